"""Facts handed in: read, merged with what is known, stored; and what waits for those people is looked at again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sayso import store
from sayso.message import LISTS, Fact, Json, Malformed
from sayso.runtime import Runtime
from sayso.store import Source, Staff, Tx
from sayso.telling import merging, reading, secrets, touching
from sayso.telling.fields import Place, near, shown
from sayso.telling.reading import Teller

logger = logging.getLogger("sayso")
CHUNK = 500
MOST_SAME = 20
UNKNOWN = "You cannot say that of this one; ask somebody else in the shop."
CIRCLE = "same_as leads back to this person by way of others; part them first."


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it was handed in: its list, its place in it, its id as far as one can be read, and the fact."""

    list: str
    index: int
    id: str
    fact: Fact | None
    why: str = ""

    def refusal(self, why: str) -> dict[str, Json]:
        """What its sender hears of it."""
        return {"list": self.list, "index": self.index, "id": self.id, "why": why}


def tell_facts(
    runtime: Runtime, source: Source, body: Mapping[str, Json], staff: Staff | None = None
) -> dict[str, Json]:
    """`{"stored": n, "refused": […]}`: each item of the twelve lists stored for itself, or refused with a sentence."""
    items = read_items(runtime, source, body, staff)
    refused = [item.refusal(item.why) for item in items if item.fact is None]
    good = [item for item in items if item.fact is not None]
    if staff:
        hidden = secrets.kept_from(runtime, staff, [item.fact for item in good if item.fact])
        refused += [item.refusal(UNKNOWN) for item in good if item.fact and item.fact.key in hidden]
        good = [item for item in good if item.fact and item.fact.key not in hidden]
    actor = f"staff:{staff.id}" if staff else "crm"
    for start in range(0, len(good), CHUNK):
        refused += _take(runtime, source, good[start : start + CHUNK], actor)
    _look_again(runtime)
    refused.sort(key=lambda one: (LISTS.index(str(one["list"])), one["index"]))
    return {"stored": len(items) - len(refused), "refused": list(refused)}


def _look_again(runtime: Runtime) -> None:
    """Who told us hears that it is stored, whatever becomes of what waits; the sweep looks again."""
    try:
        touching.look_again(runtime)
    except Exception:
        logger.exception("what waits could not be looked at again after facts came in")


def read_items(runtime: Runtime, source: Source, body: Mapping[str, Json], staff: Staff | None = None) -> list[Item]:
    """Every item of the body as a fact, or with why it is none; nothing is stored."""
    with runtime.store.read() as tx:
        others = {other.name: other.id for other in store.read_sources(tx)}
    place = Place(runtime.clock(), runtime.read_policy().default_country)
    by = staff.email if staff else source.name
    teller = Teller(source.id, source.name, by, staff is not None, runtime.store.seal, place, others)
    return [_item(kind, index, raw, teller) for kind, listed in lists(body).items() for index, raw in enumerate(listed)]


def lists(body: Mapping[str, Json], more: Sequence[str] = ()) -> dict[str, list[Json]]:
    """The lists of a body, in the order in which they are taken; Malformed for any other name, or what is no list."""
    for name, value in body.items():
        if name in more:
            continue
        if name not in LISTS:
            close = near(name, (*LISTS, *more)) or f"; there are {', '.join(LISTS)}."
            raise Malformed(400, name, f"There is no list {shown(name)}{close}")
        if value is not None and not isinstance(value, list):
            raise Malformed(400, name, f"{name} must be a list.")
    found = {name: body.get(name) for name in LISTS}
    return {name: listed for name, listed in found.items() if isinstance(listed, list)}


def _item(kind: str, index: int, raw: Json, teller: Teller) -> Item:
    name = reading.name_of(kind, raw)
    try:
        return Item(kind, index, name, reading.read(kind, raw, teller))
    except Malformed as bad:
        return Item(kind, index, name, None, str(bad))


def _take(runtime: Runtime, source: Source, items: Sequence[Item], actor: str) -> list[dict[str, Json]]:
    """Store some items in one transaction; the refusals of those that only what is stored tells to be wrong."""

    def take(tx: Tx) -> list[dict[str, Json]]:
        store.hold_source(tx, source.id)
        known = store.get_facts(tx, {item.fact.key for item in items if item.fact})
        before, refused = dict(known), []
        _add_same(tx, known, [item.fact for item in items if item.fact])
        changed: dict[str, Fact] = {}
        for item in items:
            after = merging.merge(known.get(item.fact.key), item.fact) if item.fact else None
            if after is None or after is known.get(after.key):
                continue
            if _is_circle(known, after):
                refused.append(item.refusal(CIRCLE))
                continue
            known[after.key] = changed[after.key] = after
        store.put_facts(tx, source.id, list(changed.values()))
        _write_trail(tx, before, changed.values(), actor)
        if changed:
            former = [before[key] for key in changed if key in before]
            touching.keep_touched(tx, runtime, [*former, *changed.values()])
        return refused

    return runtime.store.write(take)


def _add_same(tx: Tx, known: dict[str, Fact], facts: Iterable[Fact]) -> None:
    """Those whom these people are said to be, and whom those are said to be, as far as that goes."""
    wanted = {key for fact in facts for key in fact.people("same_as")}
    for _ in range(MOST_SAME):
        found = store.get_facts(tx, wanted - known.keys()) if wanted - known.keys() else {}
        known |= found
        wanted = {key for fact in found.values() for key in fact.people("same_as")}


def _is_circle(known: Mapping[str, Fact], fact: Fact) -> bool:
    """Whether who somebody is said to be is, at the end of it, said to be them."""
    seen: set[str] = set()
    ahead = list(fact.people("same_as"))
    while ahead:
        key = ahead.pop()
        if key == fact.key:
            return True
        if key not in seen and key in known:
            ahead += known[key].people("same_as")
        seen.add(key)
    return False


def _write_trail(tx: Tx, before: Mapping[str, Fact], changed: Iterable[Fact], actor: str) -> None:
    """Who was made one with whom, and who was parted again: by their keys, never by name."""
    for fact in changed:
        old = set(before[fact.key].people("same_as")) if fact.key in before else set()
        new = set(fact.people("same_as"))
        for event, others in (("people_merged", new - old), ("people_parted", old - new)):
            for other in sorted(others):
                store.write_trail(tx, actor, event, {"person": fact.key, "other": other})


def who_knows(runtime: Runtime, sources: Sequence[Source], body: Mapping[str, Json]) -> list[Source]:
    """Those sources that have handed in what these items are, or what they name, by the same ids."""
    found = []
    for source in sources:
        facts = [item.fact for item in read_items(runtime, source, body) if item.fact]
        keys = {key for fact in facts for key in (fact.key, *(key for keys in fact.refs.values() for key in keys))}
        with runtime.store.read() as tx:
            known = store.get_facts(tx, keys)
        if known:
            found.append(source)
    return found
