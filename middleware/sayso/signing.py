"""One say-so for many: a list of messages is frozen as it was shown and, where it must be, looked at twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso import signoff, store
from sayso.carrying import DONE
from sayso.checks import bad_news
from sayso.checks.who import PRINT
from sayso.message import Conflict, Denied, Json, Malformed, Policy
from sayso.runtime import Runtime
from sayso.store import Batch, Item, Sight, Signing, Staff, Tx

UNTYPED, ALONE = 25, 200
"""Up to how many need no typed number, and no second look."""
SECOND_LOOK = timedelta(minutes=10)
TAKING_BACK = timedelta(minutes=30)
"""For how long at most a no that is being taken back can still be undone, and is told to no CRM."""
BY_THEMSELVES = frozenset({*bad_news.NEWS, "condolence_sensitive"})
"""Purposes of which each message is decided by itself."""
BUSY = "Somebody has begun to decide on these already; look at the page again."
OTHERS = "Only those whom {shop} lists as approvers may say yes; you may still look at each of them."
SOMEBODY_ELSE = "Somebody else must say yes to these, too."
NOT_YET = "You have looked at them already. Look once more in {minutes} min, or let somebody else say yes, too."


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for, on the list as its page showed it: its digest, its last message, when, and how many."""

    kind: str
    digest: str
    upto: str
    at: datetime
    typed: str
    reason: str | None = None


def sight(policy: Policy, staff: Staff) -> Sight:
    """What this person sees of a batch, and which purposes are never decided many at once."""
    auto = {one.name for one in policy.purposes.values() if one.lane == "at_once" or one.auto_clear}
    return Sight(staff.stores, staff.email, BY_THEMSELVES | auto)


def digest(tx: Tx, items: Sequence[Item]) -> str:
    """The keyed hash of a list of messages with their versions, by which a form says what it showed."""
    return tx.seal.hash("signing", json.dumps(items))


def needs(policy: Policy, shops: frozenset[str], channels: frozenset[str], count: int) -> str:
    """Who else must look before so many of a batch go: a second `person`, the same one `later`, or nobody ("").

    A printed run cannot be called back, so where the shop has two approvers it needs both however short it is.
    """
    if not policy.two_people.isdisjoint(shops) and (count > ALONE or not PRINT.isdisjoint(channels)):
        return "person"
    return "later" if count > ALONE else ""


def may_sign(policy: Policy, shops: frozenset[str], staff: Staff) -> bool:
    """Whether this person's yes counts in every shop of a batch."""
    lets = all(policy.lets_approve(shop, staff.email) for shop in shops)
    return staff.role in signoff.DECIDERS and lets


def sign(runtime: Runtime, staff: Staff, batch: Batch, asked: Asked) -> Signing:
    """A signing of exactly what was shown: approve the clear ones, or reject all that wait.

    Conflict when the list is another by now or somebody was first, Malformed when another number was typed, Denied for
    who may not. A no needs no second look.
    """
    policy, kind = runtime.read_policy(), asked.kind
    mine = sight(policy, staff)

    def freeze(tx: Tx) -> Signing:
        shops = store.batch_shops(tx, batch.id)
        _require_may(policy, shops, staff, kind)
        store.lock_batch(tx, batch.id)
        if store.open_signings(tx, [batch.id]):
            raise Conflict(BUSY)
        items = store.listed(tx, batch.id, mine, clear=kind == "approve", upto=asked.upto, by=asked.at)
        if not items or digest(tx, items) != asked.digest:
            raise Conflict("Some of these changed while you looked, so nothing was done. This is how it is now.")
        _require_typed(asked.typed, len(items))
        alone = kind != "approve" or not needs(policy, shops, store.batch_channels(tx, batch.id), len(items))
        made = store.add_signing(tx, batch.id, staff.id, kind, items, reason=asked.reason, agreed=alone)
        _note(tx, staff, "signing_begun", made)
        return made

    return _written(runtime, freeze)


def agree(runtime: Runtime, staff: Staff, signing_id: str, typed: str) -> Signing:
    """The second look; pieces that this person may not see stay where they are. Denied for who is not the second."""
    policy = runtime.read_policy()

    def second(tx: Tx) -> Signing:
        signing = _open(tx, signing_id, "waiting")
        shops = store.batch_shops(tx, signing.batch_id)
        _require_may(policy, shops, staff, "approve")
        first = store.find_staff(tx, staff_id=signing.staff_id)
        if first is None or first.disabled:
            raise Denied("Whoever signed these off is not here any more; drop it and sign them off anew.")
        if why := not_yet(policy, shops, signing, staff, tx.now):
            raise Denied(why)
        seen = store.seen_in(tx, signing.batch_id, sight(policy, staff))
        kept = [n for n, item in enumerate(store.read_frozen(tx, signing.id)) if item[0] not in seen]
        _require_typed(typed, signing.count - len(kept))
        agreed = store.agree_to(tx, signing, staff.id, kept)
        _note(tx, staff, "signing_agreed", agreed)
        return agreed

    return _written(runtime, second)


def not_yet(policy: Policy, shops: frozenset[str], signing: Signing, staff: Staff, now: datetime) -> str:
    """Why this person cannot be the second now; empty when they can."""
    if staff.id != signing.staff_id:
        return ""
    if not policy.two_people.isdisjoint(shops):
        return SOMEBODY_ELSE
    left = signing.at + SECOND_LOOK - now
    return NOT_YET.format(minutes=-(-left // timedelta(minutes=1))) if left > timedelta() else ""


def drop(runtime: Runtime, staff: Staff, signing_id: str) -> Signing:
    """A signing that waits for its second look, given up: nothing of it is decided."""

    def end(tx: Tx) -> Signing:
        signing = _open(tx, signing_id, "waiting")
        _require_may(runtime.read_policy(), frozenset(), staff, "reject")
        store.end_signing(tx, signing.id)
        _note(tx, staff, "signing_dropped", signing)
        return signing

    return _written(runtime, end)


def take_back(runtime: Runtime, staff: Staff, signing_id: str) -> Signing:
    """The undo of all that a signing has done so far and that is still here; meanwhile nothing of its batch leaves."""
    policy = runtime.read_policy()

    def back(tx: Tx) -> Signing:
        signing = _open(tx, signing_id, "running", "done")
        _require_may(policy, frozenset(), staff, "undo")
        store.lock_batch(tx, signing.batch_id)
        store.end_signing(tx, signing.id)
        if store.open_signings(tx, [signing.batch_id]):
            raise Conflict(BUSY)
        done = zip(store.read_frozen(tx, signing.id), signing.codes, strict=False)
        items = [(one[0], one[1] + 1, one[2]) for one, code in done if code == DONE]
        if not items:
            raise Conflict("There is nothing to take back.")
        seen = store.seen_in(tx, signing.batch_id, sight(policy, staff))
        kept = [n for n, item in enumerate(items) if item[0] not in seen]
        store.hold_back(tx, signing.batch_id)
        if signing.kind == "reject":
            mine = [item[0] for item in items if item[0] in seen]
            store.hold_tongue(tx, mine, tx.now + TAKING_BACK)
        made = store.add_signing(tx, signing.batch_id, staff.id, "undo", items, of=signing.id, kept=kept, agreed=True)
        _note(tx, staff, "signing_undone", made)
        return made

    return _written(runtime, back)


def _open(tx: Tx, signing_id: str, *states: str) -> Signing:
    signing = store.find_signing(tx, signing_id, lock=True)
    if signing is None:
        raise Malformed(404, "not_found", "There is nothing of the kind.")
    if signing.state not in states or (signing.kind == "undo"):
        raise Conflict("Somebody was first; this is how it is now.")
    return signing


def _require_may(policy: Policy, shops: frozenset[str], staff: Staff, kind: str) -> None:
    if staff.role not in signoff.DECIDERS:
        raise Denied("You may look, but not decide.")
    if kind == "approve" and not may_sign(policy, shops, staff):
        barred = sorted(shop for shop in shops if not policy.lets_approve(shop, staff.email))
        raise Denied(OTHERS.format(shop=", ".join(barred)))


def _require_typed(typed: str, count: int) -> None:
    """Above a handful the number is typed, so that whoever says so knows how many they are."""
    if count > UNTYPED and re.sub(r"[\s,.']", "", typed) != str(count):
        raise Malformed(400, "count", f"Nothing was done. There are {count:,}: please type that.")


def _note(tx: Tx, staff: Staff, event: str, signing: Signing) -> None:
    said: dict[str, Json] = {
        "signing": signing.id,
        "batch": signing.batch_id,
        "kind": signing.kind,
        "count": signing.count,
    }
    store.write_trail(tx, f"staff:{staff.id}", event, said)


def _written(runtime: Runtime, change: Callable[[Tx], Signing]) -> Signing:
    made = runtime.store.write(change)
    runtime.dispatch_bell.ring()
    return made
