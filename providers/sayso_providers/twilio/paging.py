"""What a list request wants: a page of a size, from a moment on, until a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from sayso.message import Malformed
from sayso_providers.base import Query
from sayso_providers.twilio import fields as rules

MOST_FIELDS = 1_000
LONGEST_PAGE = 1000


def pairs(raw: bytes | str) -> tuple[tuple[str, str], ...]:
    """The names and values of a form or a query, in order; Malformed when they are not UTF-8, or too many."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
    except UnicodeDecodeError as error:
        raise Malformed(400, 20001, "The parameters are not UTF-8.") from error
    except ValueError as error:
        raise Malformed(400, 20001, f"More than {MOST_FIELDS} parameters.") from error


def paged(given: Mapping[str, str], date: str, filters: Sequence[str]) -> Query:
    """The page that is asked for, and the bounds on the moment that `date` names."""
    sent_from, sent_before = _bounds(given, date)
    return Query(
        sent_from=sent_from,
        sent_before=sent_before,
        size=min(rules.count(given, "PageSize", 50, 1, 999_999_999), LONGEST_PAGE),
        page=rules.count(given, "Page", 0, 0, 1_000_000),
        raw={name: given[name] for name in filters if given.get(name)},
    )


def _bounds(given: Mapping[str, str], date: str) -> tuple[datetime | None, datetime | None]:
    """From when until when; a day without a time is meant whole, on its end as well."""
    day, after, before = (given.get(f"{date}{sign}", "") for sign in ("", ">", "<"))
    try:
        if day:
            start = rules.moment(day).replace(hour=0, minute=0, second=0, microsecond=0)
            return start, start + timedelta(days=1)
        end = rules.moment(before) if before else None
        if end:
            end += timedelta(days=1) if len(before) <= len("YYYY-MM-DD") else timedelta(seconds=1)
        return (rules.moment(after) if after else None), end
    except (ValueError, OverflowError) as error:
        raise Malformed(400, 20001, f"{date} must be a date (YYYY-MM-DD).") from error
