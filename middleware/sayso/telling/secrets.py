"""What a member of staff may not speak of: a surprise that is kept from them, or from somebody at their home."""

from __future__ import annotations

from collections.abc import Iterable

from sayso import store
from sayso.message import Fact
from sayso.resolving import world
from sayso.resolving.surprises import keeps_from, surprises
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

ABOUT = frozenset({"purchases", "repairs", "embargoes", "appointments"})
"""The lists whose items may be somebody's secret."""


def kept_from(runtime: Runtime, staff: Staff, facts: Iterable[Fact]) -> frozenset[str]:
    """The keys of those facts that are, or are about, a surprise which this person may not know of."""
    told = [fact for fact in facts if fact.list in ABOUT]
    with runtime.store.read() as tx:
        return frozenset(fact.key for fact in told if _is_hidden(tx, runtime, staff, fact))


def _is_hidden(tx: Tx, runtime: Runtime, staff: Staff, fact: Fact) -> bool:
    keys = {fact.key, *fact.people("subject")}
    near = {key for one in store.get_facts(tx, keys).values() for refs in one.refs.values() for key in refs}
    known = world.load(tx, [staff.email.lower()], sorted(keys | near), ())
    kept = surprises(known, tx.now, runtime.read_policy().limits)
    about = keys | {key for one in known.of("embargoes") if one.key in keys for key in one.people("subject")}
    return any(
        keeps_from(known, staff.email, one)
        for one in kept
        if one.key in about or about & set(known.facts[one.key].people("subject") if one.key in known.facts else ())
    )
