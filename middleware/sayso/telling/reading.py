"""One item of a list as a fact: every field read, dated and told by whom, its keys made; or a sentence why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sayso import store
from sayso.message import KINDS, Fact, Json, Known
from sayso.store.seal import Seal
from sayso.telling import fields as f
from sayso.telling.lists import IN_LISTS, META, TURNED
from sayso.telling.merging import is_bad

MOST_FIELDS, LONGEST_NAME = 60, 60
SELF_DATED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "relationships": ("ended_at", ("kind",)),
    "purchases": ("given_at", ("given_at", "surprise")),
    "complaints": ("closed_at", ("closed_at",)),
    "embargoes": ("ended_at", ("ended_at",)),
    "consents": ("at", ("at", "status", "proof")),
}
"""The field whose moment dates these fields of an item that says of no date when it was known."""
SAME = ("same_as", "not_same_as")


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells, and whose ids are used: the source's, and by name those of others, for `same_as`."""

    source_id: str
    source: str
    by: str
    desk: bool
    seal: Seal
    place: f.Place
    others: Mapping[str, str]


def read(kind: str, raw: Json, teller: Teller) -> Fact:
    """The item as a fact of the fields it names, its endpoints left to `merge`; Malformed with why it is none."""
    if not isinstance(raw, dict):
        raise f.wrong(kind, "It must be an object.")
    said = {name: _value(kind, name, value, teller.place) for name, value in raw.items()}
    _require(kind, said, len(raw))
    plain = _turned(kind, said)
    item_id = IN_LISTS[kind].make_id(plain)
    key = store.fact_key(teller.seal, teller.source_id, kind, item_id)
    refs = {name: _keys(kind, name, value, teller) for name, value in plain.items()}
    if key in refs.get("same_as", ()):
        raise f.wrong("same_as", "same_as names the person itself.")
    values = _known(kind, plain, teller)
    named = {name: keys for name, keys in refs.items() if keys}
    return Fact(key, kind, item_id, teller.source, values, named)


def name_of(kind: str, raw: Json) -> str:
    """The id of an item as its sender finds it again, whatever else is wrong with it."""
    if not isinstance(raw, dict):
        return ""
    parts = [raw.get(name) for name in IN_LISTS[kind].needed or ("address", "person")]
    return "|".join(str(part)[: f.LONGEST_ID] for part in parts if isinstance(part, str | int))


def _value(kind: str, name: str, raw: Json, place: f.Place) -> Json:
    known = IN_LISTS[kind].fields
    reader = known.get(name) or META.get(name)
    if reader is None:
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise f.wrong(name[:LONGEST_NAME], f"A field's name has 1 to {LONGEST_NAME} characters that can be seen.")
        if close := f.near(name, (*known, *META)):
            raise f.wrong(name, f"There is no field {f.shown(name)} in {kind}{close}")
        reader = f.anything
    return None if raw is None else reader(name, raw, place)


def _require(kind: str, said: Mapping[str, Json], count: int) -> None:
    missing = [name for name in IN_LISTS[kind].needed if said.get(name) is None]
    if missing:
        raise f.wrong(missing[0], f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    if kind == "suppressions" and said.get("address") is None and said.get("person") is None:
        raise f.wrong("address", "address or person is missing.")
    if count > MOST_FIELDS:
        raise f.wrong(kind, f"An item has at most {MOST_FIELDS} fields.")
    if kind == "relationships" and said["a"] == said["b"]:
        raise f.wrong("b", "a and b are the same person.")


def _turned(kind: str, said: dict[str, Json]) -> dict[str, Json]:
    """A child of somebody is kept as that one's parent, so that both ways of saying it are one fact."""
    other = TURNED.get(str(said.get("kind"))) if kind == "relationships" else None
    return said | {"kind": other, "a": said["b"], "b": said["a"]} if other else said


def _known(kind: str, plain: Mapping[str, Json], teller: Teller) -> dict[str, Known]:
    """Each field with its date; that somebody knew it then is kept as `confirmed_at`, for whoever asks its age."""
    now, by = teller.place.now, str(plain.get("source") or teller.by) if not teller.desk else teller.by
    at = f.when(plain.get("confirmed_at")) or (now if teller.desk else None)
    dates = _dates(kind, plain, at)
    found: dict[str, Known] = {}
    for name, value in plain.items():
        if name not in ("id", *META) or (name == "deleted" and value is True):
            found[name] = Known(value, dates.get(name, at), by, teller.desk, now)
    if at and plain.get("deleted") is not True:
        found["confirmed_at"] = Known(at.isoformat(), at, by, teller.desk, now)
    return found


def _dates(kind: str, plain: Mapping[str, Json], at: datetime | None) -> dict[str, datetime]:
    """What dates itself; bad news does not, because it would lose against a list that was merely stamped later."""
    name, dated = SELF_DATED.get(kind, ("", ()))
    own = f.when(plain.get(name)) if at is None else None
    if own is None:
        return {}
    return {one: own for one in dated if kind == "consents" or not is_bad(kind, one, plain.get(one))}


def _keys(kind: str, name: str, value: Json, teller: Teller) -> tuple[str, ...]:
    """The keys of the facts that a field names by their ids."""
    if kind == "embargoes" and name == "subject" and isinstance(value, str):
        what, _, item_id = value.partition("/")
        return (store.fact_key(teller.seal, teller.source_id, KINDS[what], item_id),)
    if name not in IN_LISTS[kind].people:
        return ()
    ids = [str(one) for one in value] if isinstance(value, list) else [] if value is None else [str(value)]
    return tuple(dict.fromkeys(_person(one, name in SAME, teller) for one in ids))


def _person(item_id: str, may_be_others: bool, teller: Teller) -> str:
    source, _, rest = item_id.partition("/")
    if may_be_others and rest and source in teller.others:
        return store.fact_key(teller.seal, teller.others[source], "people", rest)
    return store.fact_key(teller.seal, teller.source_id, "people", item_id)
