"""One person, as staff ask for them: what is known with its source and age, what is kept from them, what was sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from sayso import store
from sayso.access import callers
from sayso.api.manners import Reader, guarded
from sayso.doors import runtime
from sayso.message import LISTS, Denied, Embargo, Fact, Json, Malformed, Person
from sayso.resolving import bonds, world
from sayso.resolving.surprises import keeps_from, surprises
from sayso.resolving.world import World
from sayso.store import Staff, Tx

LOOK_BACK = timedelta(days=400)


@callers("staff")
@guarded
def person(reader: Reader, person_id: str) -> Json:
    """Somebody by the id of the source that told us of them (`SOURCE:ID` where several have it); 404 for nobody."""
    if reader.staff is None:
        raise Denied("Only staff see people; use a staff token.")
    with runtime().store.read() as tx:
        known, found = _find(tx, person_id, reader.staff)
        kept = surprises(known, tx.now, runtime().read_policy().limits)
        hidden = [one for one in kept if keeps_from(known, reader.staff.email, one)]
        ends: list[Json] = []
        ends.extend(sorted(found.endpoints))
        return {
            "id": found.facts[0].id,
            "name": found.name,
            "sources": [{"source": fact.source, "id": fact.id} for fact in found.facts],
            "because": found.because,
            "endpoints": ends,
            "relationships": _relationships(known, found),
            "facts": _facts(known, found, hidden),
            "surprises": [_surprise(known, one) for one in kept if one not in hidden and _touches(found, one)],
            "messages": _messages(tx, found, reader.staff),
        }


def _find(tx: Tx, person_id: str, staff: Staff) -> tuple[World, Person]:
    """The world around a person; Malformed 404 where nobody has that id, 409 where several do."""
    named, _, own = person_id.partition(":")
    sources = store.read_sources(tx)
    wanted = [(source, person_id) for source in sources] + [(one, own) for one in sources if own and one.name == named]
    keys = [store.fact_key(tx.seal, source.id, "people", name) for source, name in wanted]
    known = world.load(tx, [staff.email.lower()], keys, ())
    found = {person.key: person for key in keys if (person := known.people.get(key))}
    if not found:
        raise Malformed(404, "not_found", "Nobody has told us of such a person.")
    if len(found) > 1:
        names = ", ".join(f"{one.facts[0].source}:{one.facts[0].id}" for one in found.values())
        raise Malformed(409, "several", f"Several people have this id; ask for one of {names}.")
    return known, next(iter(found.values()))


def _relationships(known: World, found: Person) -> list[Json]:
    return [
        {
            "person": known.people[other].facts[0].id,
            "name": known.people[other].name,
            "kind": bond.kind,
            "ended": bond.ended,
            "confirmed": bond.confirmed,
            "confirmed_at": _iso(bond.fact.confirmed_at),
        }
        for other, bond in bonds.bonds(known, found.key).items()
    ]


def _facts(known: World, found: Person, hidden: list[Embargo]) -> dict[str, Json]:
    """Everything that names them, list by list; what is part of a secret kept from the reader is left out."""
    secret = {one.key for one in hidden}
    shown: dict[str, Json] = {}
    for kind in LISTS:
        theirs = [
            fact for fact in known.of(kind) if found.keys & _named(fact) and not secret & {fact.key, *_named(fact)}
        ]
        if theirs:
            shown[kind] = [_fact(fact) for fact in theirs]
    return shown


def _named(fact: Fact) -> set[str]:
    return {fact.key, *(key for keys in fact.refs.values() for key in keys)}


def _fact(fact: Fact) -> Json:
    values: dict[str, Json] = {
        name: {"value": known.value, "confirmed_at": _iso(known.at), "source": known.by, "desk": known.desk}
        for name, known in fact.values.items()
    }
    return {"id": fact.id, "source": fact.source, "values": values}


def _touches(found: Person, surprise: Embargo) -> bool:
    return bool(found.keys & (surprise.hidden_from | surprise.owners))


def _surprise(known: World, surprise: Embargo) -> Json:
    names = [known.people[key].name for key in sorted(surprise.hidden_from) if key in known.people]
    return {
        "subject": surprise.subject,
        "hidden_from": list(names),
        "until": _iso(surprise.until),
        "asks": surprise.asks,
        "reason": surprise.reason,
        "set_by": surprise.set_by,
        "inferred": surprise.inferred,
    }


def _messages(tx: Tx, found: Person, staff: Staff) -> list[Json]:
    """What went to them or was to go, the newest first; what this reader may not see is not there."""
    sent = store.contacts(tx, sorted(found.endpoints), tx.now - LOOK_BACK)
    hidden = store.hidden(tx, [one.message_id for one in sent], staff.email)
    return [
        {
            "id": one.message_id,
            "at": _iso(one.at),
            "purpose": one.purpose,
            "subject": one.subject,
            "state": one.state,
            "stop_reason": one.stop_reason,
        }
        for one in sent
        if one.message_id not in hidden and (staff.stores is None or _shop(tx, one.message_id) in staff.stores)
    ]


def _shop(tx: Tx, message_id: str) -> str | None:
    found = store.get(tx, message_id)
    return found.store if found else None


def _iso(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
