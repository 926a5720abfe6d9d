"""How it goes: whether somebody sends, what is stuck, who may sign off, and what was stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import wraps

from sayso import store
from sayso.doctor.patient import Check, Patient
from sayso.store import Tx
from sayso.store.watch import count_dead, count_homeless, parked_places, read_watch
from sayso_providers import PRETENDERS

LATE = timedelta(seconds=60)
LATELY = timedelta(days=7)
Look = Callable[[Patient], Iterator[Check]]


def _asks(look: Callable[[Patient, Tx], Iterator[Check]]) -> Look:
    """A look at tables that can be read; without them there is nothing to see."""

    @wraps(look)
    def looks(patient: Patient) -> Iterator[Check]:
        if patient.store and patient.current:
            with patient.store.read() as tx:
                yield from look(patient, tx)

    return looks


@_asks
def people(patient: Patient, tx: Tx) -> Iterator[Check]:
    """Somebody who may sign off, and a CRM that may hand in."""
    mend = "There is no admin who can sign in: sayso staff add EMAIL --role admin"
    yield Check("staff", anybody := patient.hosted or store.any_admin(tx), "" if anybody else mend)
    names = {source.name for source in store.read_sources(tx)}
    yield Check("sources", bool(names), "" if names else "No CRM yet: sayso source add NAME")
    strange = sorted(patient.settings.sources.keys() - names)
    mend = f"[sources] names no CRM that is here: {', '.join(strange)}. Mend the name, or sayso source add NAME."
    yield Check("sources_named", not strange, mend if strange else "")


@_asks
def dispatcher(patient: Patient, tx: Tx) -> Iterator[Check]:
    """Whether what may go goes: the only sign of a dispatcher is that nothing which could go waits."""
    names = tuple(PRETENDERS) if patient.testing else tuple(patient.accounts)
    ready = store.claimable(tx, 1, names)
    first = store.get(tx, ready[0]) if ready else None
    late = first and first.due_at and tx.now - first.due_at > LATE
    who = "sayso worker" if patient.settings.redis_url else "sayso run"
    mend = f"A message has waited over a minute to be sent: is `{who}` running on this database?"
    yield Check("dispatcher", not late, mend if late else "")


@_asks
def stuck(patient: Patient, tx: Tx) -> Iterator[Check]:
    """Messages of which nobody knows whether they went, and those that no account of ours can send."""
    seen = read_watch(tx)
    over = timedelta(seconds=patient.settings.unconfirmed_window)
    lost = seen.oldest_unconfirmed and tx.now - seen.oldest_unconfirmed > over
    mend = f"Messages nobody knows the fate of: {seen.messages['unconfirmed']}. Say on the desk whether they arrived."
    yield Check("unconfirmed", not lost, mend if lost else "")
    names = tuple(PRETENDERS) if patient.testing else tuple(patient.accounts)
    homeless = count_homeless(tx, names)
    mend = "No keys are set for " + ", ".join(f"{name} ({n} messages wait)" for name, n in sorted(homeless.items()))
    yield Check("accounts", not homeless, f"{mend}." if homeless else "")


@_asks
def stops(patient: Patient, tx: Tx) -> Iterator[Check]:
    """What was stopped on purpose, and vendors that are left alone because they refused us."""
    told = [f"“{one.reason}”" for one in store.read_stops(tx)]
    yield Check("stops", True, f"Stopped on purpose: {', '.join(told)}. Lift with sayso resume." if told else "")
    alarms = [f"{one.account}: {one.alarm}" for one in store.read_alarms(tx)]
    yield Check("vendor_alarms", not alarms, f"Check the vendor's keys. {'; '.join(alarms)}" if alarms else "")


@_asks
def relays(patient: Patient, tx: Tx) -> Iterator[Check]:
    """What a CRM should have heard and has not."""
    places = [f"sayso source allow {name} {origin}" for name, origin in parked_places(tx)]
    yield Check("parked_relays", not places, f"If that is your CRM: {'; '.join(places)}" if places else "")
    dead = count_dead(tx, LATELY)
    mend = f"A CRM did not answer for three days, and was not told {dead} times in the last week: is it there?"
    yield Check("dead_relays", not dead, mend if dead else "")


def redis(patient: Patient) -> Iterator[Check]:
    """Whether workers hear, where Redis wakes them."""
    if patient.settings.redis_url is None:
        return
    from sayso.worker.far import count_workers  # heavy, and an extra

    workers = count_workers(patient.settings.redis_url)
    yield Check("redis", True)
    yield Check("workers", workers > 0, "" if workers else "No worker is there: start `sayso worker`.")


LOOKS: tuple[Look, ...] = (people, dispatcher, stuck, stops, relays, redis)
