"""What a CRM can ask at a vendor-shaped door, each as one call of a step; the vendor's file words the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from sayso import addresses, intake, runs, store
from sayso.amending import amend
from sayso.message import Account, Answer, Conflict, Draft, Malformed, Message, Request, State
from sayso.paging import page
from sayso.runtime import Runtime
from sayso.store import Sought, Source, Tx
from sayso.withdrawal import recall, withdraw
from sayso_providers import (
    BOOKS,
    EARS,
    GALLERIES,
    RECALLERS,
    SCHEDULERS,
    SHELVES,
    Amendment,
    Call,
    Provider,
    Query,
    Viewer,
)

KEY_LIVES = {"lob": timedelta(hours=24)}
"""How long a request is known by its idempotency key at a door whose vendor forgets it; at the others, for good."""
NO_PURPOSE = {"sendgrid": (400, "custom_args.purpose"), "lob": (422, "invalid")}
"""How a vendor would say that a value of the CRM's own free fields is none, where such a field names the purpose."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request at a vendor's door, once we know whose it is and what it asks."""

    here: Runtime
    provider: Provider
    source: Source
    asked: Request
    call: Call
    purpose: str | None

    @property
    def viewer(self) -> Viewer:
        """Through whose eyes the answer is written."""
        viewer, book = self.here.viewer(self.call.login, self.source.name), BOOKS.get(self.provider.NAME)
        find = book and partial(addresses.known, self.here, book, self.source)
        return replace(viewer, known_address=find) if find else viewer


def _create(visit: Visit) -> Answer:
    viewer = visit.viewer
    key = visit.provider.key(visit.asked)
    drafts = visit.provider.accept(visit.asked, viewer)
    if not drafts:
        return visit.provider.acknowledge((), viewer)
    wanted = [replace(draft, purpose=draft.purpose or visit.purpose) for draft in drafts]
    for draft in wanted:
        _require_purpose(visit, draft)
    stored = intake.take_all(visit.here, visit.source, wanted, key, key_lives=KEY_LIVES.get(visit.provider.NAME))
    runs.stop_late(visit.here, stored)
    for message in stored:
        if intake.refused_at_once(message) and (refusal := visit.provider.refusal(message)):
            raise refusal
    return visit.provider.acknowledge([intake.as_born(message) for message in stored], viewer)


def _require_purpose(visit: Visit, draft: Draft) -> None:
    """A purpose that nobody knows is a slip of the pen, and said at once."""
    if draft.purpose and draft.purpose not in visit.here.read_policy().purposes:
        status, code = NO_PURPOSE.get(visit.provider.NAME, (400, "malformed"))
        raise Malformed(status, code, f"There is no purpose {draft.purpose[:80]!r}: see the list at /api/purposes.")


def _fetch(visit: Visit) -> Answer:
    with visit.here.store.read() as tx:
        return SHELVES[visit.provider.NAME].show(_own(tx, visit), visit.viewer)


def _list(visit: Visit) -> Answer:
    viewer, shelf, here = visit.viewer, SHELVES[visit.provider.NAME], (visit.source.id, visit.provider.NAME)
    query = shelf.query(visit.asked, viewer)
    sought = _sought(query)
    with visit.here.store.read() as tx:

        def read(at: Query, limit: int) -> Sequence[Message]:
            offset = 0 if at.after else at.page * at.size
            return store.sent_page(tx, *here, sought, limit=limit, offset=offset, after=at.after, before=at.before)

        shown, query, more = page(query, read, query.fits)
        if query.counted:
            query = replace(query, total=store.count_at(tx, *here, sought))
    return shelf.show_page(shown, query, more, viewer)


def _sought(query: Query) -> Sought:
    """What of a query the store finds by itself."""
    return Sought(
        to=query.to,
        sender=query.sender,
        channels=query.channels,
        metadata=query.metadata,
        sent=(query.sent_from, query.sent_before),
        created=query.created,
        goes=query.goes,
        scheduled=query.scheduled,
        failed=query.failed,
        by_date=query.by_date,
        upward=query.upward,
    )


def _withdraw(visit: Visit) -> Answer:
    try:
        message = withdraw(visit.here, lambda tx: _own(tx, visit))
    except Conflict as conflict:
        gone, recaller = conflict.message or _now(visit), RECALLERS.get(visit.provider.NAME)
        if recaller is None or gone.state is not State.SENT:
            raise SHELVES[visit.provider.NAME].too_late(gone, visit.viewer) from conflict
        message = recall(visit.here, gone, recaller)
    return SHELVES[visit.provider.NAME].withdrawn(message, visit.viewer)


def _now(visit: Visit) -> Message:
    with visit.here.store.read() as tx:
        return _own(tx, visit)


def _part(visit: Visit) -> Answer:
    return GALLERIES[visit.provider.NAME].part(visit.call, visit.asked, _now(visit), visit.viewer)


def _medium(visit: Visit) -> Answer:
    """A picture that somebody sent, asked of the vendor; of what goes out we keep none and fetch none."""
    with visit.here.store.read() as tx:
        reply = store.find_reply(tx, visit.call.crm_id, visit.source.id)
    if reply is None:
        where = f"/{visit.provider.DOOR}{visit.asked.path[:200]}"
        raise Malformed(404, "not_found", f"The requested resource {where} was not found: it is at your own MediaUrl.")
    account = _account(visit)
    if account is None:
        raise Malformed(503, "unavailable", "No vendor account is set, so nobody can be asked for the picture.")
    return EARS[visit.provider.NAME].medium(reply.heard, visit.call.path, account, visit.here.media_http)


def _amend(visit: Visit) -> Answer:
    def plan(message: Message) -> Amendment:
        return GALLERIES[visit.provider.NAME].amend(visit.call, visit.asked, message, visit.viewer)

    return amend(visit.here, lambda tx: _own(tx, visit), plan)


def _place(visit: Visit) -> Answer:
    book = BOOKS[visit.provider.NAME]
    return addresses.answer(visit.here, book, visit.source, visit.call, visit.asked, viewer=visit.viewer)


def _forward(visit: Visit) -> Answer:
    account = _account(visit)
    if account is None:
        raise Malformed(503, "unavailable", "No vendor account is set yet: messages are held, and nothing is sent.")
    return visit.provider.forward(visit.call, visit.asked, account, visit.here.vendor_http)


def _run(visit: Visit) -> Answer:
    order = SCHEDULERS[visit.provider.NAME].order(visit.call, visit.asked)
    return order.answer(runs.obey(visit.here, visit.source, order, min(visit.provider.CHANNELS)))


ACTS: dict[str, Callable[[Visit], Answer]] = {
    "create": _create,
    "fetch": _fetch,
    "list": _list,
    "withdraw": _withdraw,
    "part": _part,
    "medium": _medium,
    "amend": _amend,
    "forward": _forward,
    "place": _place,
    "run": _run,
}


def _account(visit: Visit) -> Account | None:
    return visit.here.accounts.get(visit.here.account_of(visit.source.name, visit.provider.NAME))


def _own(tx: Tx, visit: Visit) -> Message:
    message = store.get(tx, visit.call.crm_id, visit.source.id)
    if message is None or message.crm_id != visit.call.crm_id or message.deleted_at:
        path = f"/{visit.provider.DOOR}{visit.asked.path[:200]}"
        raise Malformed(404, "not_found", f"The requested resource {path} was not found")
    return message
