"""What a list can be asked for: brackets, or JSON in a value, as Lob's own clients write their filters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from sayso.message import Json, Message, Request
from sayso_providers.base import Query, Viewer
from sayso_providers.lob.forms import nested, pairs, parsed
from sayso_providers.lob.kinds import KINDS, MAIL_TYPES, Kind, invalid
from sayso_providers.lob.shape import as_asked, status_word

Span = tuple[datetime | None, datetime | None]

MOST, USUAL = 100, 10
CURSOR = re.compile("[0-9A-Z]{26}")
EVERYWHERE = ("after", "before", "date_created", "include", "limit", "metadata")
OF_PIECES = ("mail_type", "scheduled", "send_date", "sort_by", "status")
ONLY: Mapping[str, tuple[str, ...]] = {"postcards": ("size",), "self_mailers": ("size",), "letters": ("color",)}
"""The filters that one kind of piece has, as https://github.com/lob/lob-openapi 1.22.0 names them (read 2026-11-22)."""
WRITTEN = frozenset({"date_created", "include", "metadata", "send_date", "size", "sort_by"})
"""The filters that clients made from Lob's specification write as JSON."""
LISTED = re.compile(r"(include|size)(\[\])?")
WORDS = ("processed", "rendered", "failed")
SORTS = {"date_created": False, "send_date": True}
TICK = timedelta(milliseconds=1)
"""The finest that a moment is shown in, so that what is shown is what is compared."""


def query(request: Request, viewer: Viewer) -> Query:
    """The page and the filters of a list; a filter that we cannot answer by is refused, not left out."""
    resource = request.path.strip("/")
    kind, named = KINDS.get(resource), _numbered(request)
    given = {name: _read(name, value) for name, value in nested(named).items()}
    known = sorted([*EVERYWHERE, *(OF_PIECES if kind else ()), *ONLY.get(resource, ())])
    for name in given:
        if name not in known:
            raise invalid(f"A list can be asked for by {', '.join(known)} here, and not by {name[:40]}.")
    if given.get("after") and given.get("before"):
        raise invalid("Send before or after, and not both.")
    metadata, wanted = _metadata(given.get("metadata")), _wanted(given, kind)
    counted = bool(_several("include", given.get("include"), ("total_count",)))
    hidden = [*wanted, *(["metadata"] if metadata and not kind else [])]
    if counted and hidden:
        raise invalid(f"total_count cannot be told together with {hidden[0]}: leave one of them out.")
    by_date, upward = _sort(given.get("sort_by"))
    return Query(
        size=_size(given.get("limit")),
        after=_cursor("after", given.get("after")),
        before=_cursor("before", given.get("before")),
        channels=(kind.channel,) if kind else (),
        metadata=metadata,
        raw={name: value for name, value in named if name not in ("after", "before")},
        counted=counted,
        created=_span("date_created", given.get("date_created")),
        goes=_span("send_date", given.get("send_date")),
        scheduled=_flag("scheduled", given),
        failed=_one_of("status", given["status"], WORDS) == "failed" if "status" in given else None,
        by_date=by_date,
        upward=upward,
        fits=partial(_fits, wanted) if wanted else None,
    )


def _numbered(request: Request) -> list[tuple[str, str]]:
    """The pairs of the URL, those of a list each with its number: clients write `size=`, `size[]=` or `size[0]=`."""
    given = list(enumerate(pairs(request.query)))
    return [(f"{found[1]}[{n}]" if (found := LISTED.fullmatch(name)) else name, value) for n, (name, value) in given]


def _read(name: str, value: Json) -> Json:
    """A value as it is, or as the JSON that it is written in."""
    if isinstance(value, list):
        return [_read(name, one) for one in value]
    is_json = name in WRITTEN and isinstance(value, str) and value[:1] in ("{", "[")
    return parsed(str(value).encode(), name) if is_json else value


def _wanted(given: Mapping[str, Json], kind: Kind | None) -> dict[str, tuple[Json, ...]]:
    """What a piece must show that only the piece itself says, for that is sealed."""
    wanted: dict[str, tuple[Json, ...]] = {}
    if kind and (sizes := _several("size", given.get("size"), kind.choices["size"])):
        wanted["size"] = sizes
    if "mail_type" in given:
        wanted["mail_type"] = (_one_of("mail_type", given["mail_type"], MAIL_TYPES),)
    if "color" in given:
        wanted["color"] = (_flag("color", given),)
    if given.get("status") in ("processed", "rendered"):
        wanted["status"] = (given["status"],)
    return wanted


def _fits(wanted: Mapping[str, tuple[Json, ...]], message: Message) -> bool:
    shown = as_asked(message) | {"status": status_word(message)}
    return all(shown.get(name) in values for name, values in wanted.items())


def _metadata(raw: Json) -> dict[str, str]:
    if raw is not None and (not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values())):
        raise invalid("metadata is written as metadata[name]=value.")
    return {name: str(value) for name, value in raw.items()} if isinstance(raw, dict) else {}


def _sort(raw: Json) -> tuple[bool, bool]:
    """Whether it is sorted by the date of sending, and whether the oldest is first."""
    if raw in (None, {}):
        return False, False
    if not isinstance(raw, dict) or len(raw) != 1 or not raw.keys() <= SORTS.keys():
        raise invalid("sort_by is written as sort_by[date_created] or sort_by[send_date], not both, and asc or desc.")
    name, way = next(iter(raw.items()))
    return SORTS[name], _one_of("sort_by", way, ("asc", "desc")) == "asc"


def _flag(name: str, given: Mapping[str, Json]) -> bool | None:
    return _one_of(name, given[name], ("true", "false")) == "true" if name in given else None


def _one_of(name: str, raw: Json, known: Sequence[str]) -> str:
    said = raw.lower() if isinstance(raw, str) else ""
    if said not in known:
        raise invalid(f"{name} can be {' or '.join(known)}.")
    return said


def _several(name: str, raw: Json, known: tuple[str, ...]) -> tuple[str, ...]:
    """Each of a list, which may be JSON in one value."""
    given = raw if isinstance(raw, list) else [] if raw is None else [raw]
    flat = [inner for one in given for inner in (one if isinstance(one, list) else [one])]
    for one in flat:
        if one not in known:
            raise invalid(f"{name} can be {' or '.join(known)}.")
    return tuple(str(one) for one in flat)


def _past(moment: datetime) -> datetime:
    """Where what is shown begins to be later than a moment."""
    return moment - timedelta(microseconds=moment.microsecond % 1000) + TICK


def _up(moment: datetime) -> datetime:
    """Where what is shown begins to be that moment or later."""
    return moment if moment.microsecond % 1000 == 0 else _past(moment)


EDGES = {"gt": _past, "gte": _up, "lt": _up, "lte": _past}
"""Where what a sign asks for begins or ends."""


def _span(name: str, raw: Json) -> Span:
    """From when until before when; a date by itself is that whole day in UTC."""
    if raw is None:
        return None, None
    try:
        if isinstance(raw, str):
            first, whole = _moment(raw), _is_day(raw)
            return (first, first + timedelta(days=1)) if whole else (_up(first), _past(first))
        if not isinstance(raw, dict) or not raw.keys() <= EDGES.keys():
            raise ValueError
        at = {sign: _moment(value) for sign, value in raw.items()}
        starts = [EDGES[sign](moment) for sign, moment in at.items() if sign in ("gt", "gte")]
        ends = [EDGES[sign](moment) for sign, moment in at.items() if sign in ("lt", "lte")]
    except (ValueError, OverflowError) as error:
        raise invalid(f"{name} is written as {name}[gt], [gte], [lt] or [lte], with a date or a time.") from error
    return max(starts, default=None), min(ends, default=None)


def _is_day(raw: str) -> bool:
    return len(raw) <= len("2026-11-22")


def _moment(raw: Json) -> datetime:
    if not isinstance(raw, str):
        raise ValueError
    if _is_day(raw):
        day = date.fromisoformat(raw)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    at = datetime.fromisoformat(raw)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _size(raw: Json) -> int:
    if raw is None:
        return USUAL
    if not isinstance(raw, str) or not re.fullmatch("[0-9]{1,3}", raw) or not 1 <= int(raw) <= MOST:
        raise invalid(f"limit must be a number from 1 to {MOST}.")
    return int(raw)


def _cursor(name: str, raw: Json) -> str | None:
    if not raw:
        return None
    if not isinstance(raw, str) or not CURSOR.fullmatch(raw):
        raise invalid(f"{name} must be one that a list here has given, in next_url or previous_url.")
    return raw
