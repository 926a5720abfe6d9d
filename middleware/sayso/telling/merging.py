"""What becomes of a fact when more is said of it: field by field, so that in the end the order does not matter."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sayso.message import ENDED_STATES, Fact, Json, Known
from sayso.telling.fields import when
from sayso.telling.lists import ends_of

Judge = Callable[[Json], bool]


def _is_set(value: Json) -> bool:
    return value is not None


BAD: Mapping[tuple[str, str], Judge] = {
    ("relationships", "ended_at"): _is_set,
    ("relationships", "kind"): lambda value: value == "ex_partner",
    ("purchases", "status"): lambda value: value in ENDED_STATES,
    ("people", "deceased"): lambda value: value is True,
    ("people", "bereaved_at"): _is_set,
    ("complaints", "opened_at"): _is_set,
    ("staff", "left_at"): _is_set,
    ("consents", "status"): lambda value: value in ("denied", "withdrawn", "revoked"),
}
"""What ends or worsens something: it needs no date to be believed, until somebody dates what is better."""


OWN_DATES = frozenset({"given_at", "closed_at", "ended_at"})
"""What dates itself: whoever takes it back need not say when."""


def is_bad(kind: str, name: str, value: Json) -> bool:
    """Whether this value of a field ends or worsens something."""
    judge = BAD.get((kind, name))
    return judge is not None and judge(value)


def merge(old: Fact | None, new: Fact) -> Fact:
    """The fact after an item was heard: what the item does not name is kept; `old` itself where nothing changed."""
    if old is None:
        return _settled(new)
    won = {
        name: known
        for name, known in new.values.items()
        if name not in old.values or beats(new.list, name, known, old.values[name])
    }
    values, refs = {**old.values, **won}, dict(old.refs)
    for name in won:
        refs.pop(name, None)
        refs |= {name: new.refs[name]} if name in new.refs else {}
    values |= _revived(old, new, values)
    merged = _settled(replace(old, values=values, refs=refs))
    return old if merged.values == old.values else merged


def beats(kind: str, name: str, new: Known, old: Known) -> bool:
    """Whether a value that is heard now counts more than the one that is known."""
    if new.at and old.at:
        return _rank(kind, name, new, new.at) > _rank(kind, name, old, old.at)
    bad, was_bad = is_bad(kind, name, new.value), is_bad(kind, name, old.value)
    if new.value == old.value and not new.at:
        return False
    if old.at:
        own_date = name in OWN_DATES and old.at == when(old.value)
        taken_back = new.value is None and not old.desk and own_date
        return (bad and not old.desk) or (name == "deleted" and old.value is False) or taken_back
    if new.at:
        return not was_bad or new.desk or new.at > old.heard_at
    return bad or not was_bad


def _rank(kind: str, name: str, known: Known, at: datetime) -> tuple[datetime, bool, bool, str, str]:
    plain = "" if name == "deleted" else json.dumps(known.value, sort_keys=True)
    return (at, known.desk, is_bad(kind, name, known.value), plain, known.by)


def _revived(old: Fact, new: Fact, values: Mapping[str, Known]) -> dict[str, Known]:
    """An item that was taken back is there again when its source hands it in again, unless the desk took it back."""
    gone = old.values.get("deleted")
    if gone is None or gone.value is not True or gone.desk or "deleted" in new.values:
        return {}
    if "confirmed_at" in new.values or values["deleted"] != gone:
        return {}
    return {"deleted": replace(gone, value=False)}


def _settled(fact: Fact) -> Fact:
    """The fact with what follows from its fields: what was taken back and confirmed since is there; its endpoints."""
    gone, seen = fact.values.get("deleted"), fact.values.get("confirmed_at")
    values = dict(fact.values)
    if gone and gone.value is True and seen and _outlives(seen, gone):
        values["deleted"] = replace(gone, value=False)
    plain = {name: known.value for name, known in values.items()}
    return replace(fact, values=values, endpoints=ends_of(fact.list, plain))


def _outlives(seen: Known, gone: Known) -> bool:
    """Whether somebody knew it to be true after it was taken back; without a date it is taken back only by a source."""
    if seen.at is None:
        return False
    if gone.at is None:
        return seen.desk or seen.at > gone.heard_at
    return seen.at > gone.at or (seen.at == gone.at and seen.desk and not gone.desk)
