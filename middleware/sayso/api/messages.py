"""Messages at our own door: a source reads and withdraws its own, staff read those of their shops."""

from __future__ import annotations

import re

from flask import request, url_for

from sayso import store, withdrawal, wording
from sayso.access import callers
from sayso.api.manners import Reader, guarded, readable
from sayso.doors import runtime
from sayso.message import Conflict, Denied, Json, Malformed, State, telephony
from sayso.store import Asked, Tx

FILTERS = ("state", "purpose", "store", "q", "after", "limit")
LONGEST_FILTER = 200
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


@callers("source or staff")
@guarded
def messages(reader: Reader) -> Json:
    """A page of messages, newest first."""
    given = _query()
    limit = checked_limit(given.get("limit", "50"))
    with runtime().store.read() as tx:
        found = store.recent(
            tx,
            limit=limit + 1,
            after=given.get("after"),
            state=given.get("state"),
            purpose=given.get("purpose"),
            store=given.get("store"),
            stores=reader.staff.stores if reader.staff else None,
            source_id=reader.source.id if reader.source else None,
            asked=_asked(tx, reader, given["q"]) if "q" in given else None,
            unseen_by=reader.staff.email if reader.staff else None,
        )
        shown = [wording.whole(tx, runtime(), message, reader.staff) for message in found[:limit]]
    kept = {name: value for name, value in given.items() if name != "after"}
    more = len(found) > limit
    following = url_for(".api_messages", **kept, after=found[limit - 1].id) if more else None  # type: ignore[arg-type]  # strings
    return {"messages": list(shown), "next": following}


def _query() -> dict[str, str]:
    """The filters that are not empty; Malformed for one that does not exist, stands twice or cannot be met."""
    given = request.args
    for name in given:
        if name not in FILTERS:
            raise Malformed(400, "query", f"There is no filter {name[:40]!r}; there are {', '.join(FILTERS)}.")
        if len(given.getlist(name)) > 1:
            raise Malformed(400, "query", f"{name} is there twice; say which one you mean.")
        if "\x00" in given[name] or len(given[name]) > LONGEST_FILTER:
            raise Malformed(400, "query", f"{name} is too long, or has a character that nothing here has.")
    kept = {name: value.strip() for name, value in given.items() if value.strip() or name == "limit"}
    if (state := kept.get("state")) and state not in set(State):
        raise Malformed(400, "state", f"There is no state {state[:40]!r}; there are {', '.join(State)}.")
    if "after" in kept and not ULID.fullmatch(kept["after"]):
        raise Malformed(400, "after", "after must be the id of a message of ours, as next has it.")
    return kept


def _asked(tx: Tx, reader: Reader, text: str) -> Asked:
    """A source searches its own, staff those of every source, as far as their shops' filter lets them."""
    here = runtime()
    sources = (reader.source,) if reader.source else store.read_sources(tx)
    number = telephony.e164(text, here.read_policy().default_country)
    return Asked(text, tuple(source.id for source in sources), tuple(here.providers), number)


@callers("source or staff")
@guarded
def one_message(reader: Reader, message_id: str) -> Json:
    """One message by our id or the CRM's."""
    with runtime().store.read() as tx:
        return wording.whole(tx, runtime(), readable(tx, reader, message_id), reader.staff)


@callers("source")
@guarded
def withdraw(reader: Reader, message_id: str) -> Json:
    """Stop a message that has not gone; 409 once it is too late."""
    if reader.source is None:
        raise Denied("Only the CRM that sent a message can withdraw it; staff reject it.")

    try:
        message = withdrawal.withdraw(runtime(), lambda tx: readable(tx, reader, message_id))
    except Conflict as conflict:
        raise Malformed(409, "too_late", str(conflict)) from conflict
    with runtime().store.read() as tx:
        return wording.whole(tx, runtime(), message, None)


@callers("source or staff")
@guarded
def purposes(reader: Reader) -> Json:
    """Every purpose with one sentence."""
    known = runtime().read_policy().purposes.values()
    return {"purposes": [{"name": p.name, "lane": p.lane, "sentence": p.sentence} for p in known]}


@callers("staff")
@guarded
def counts(reader: Reader) -> Json:
    """How many messages are in each state."""
    if reader.staff is None:
        raise Denied("Only staff see the counts; use a staff token.")
    with runtime().store.read() as tx:
        return dict.fromkeys(State, 0) | dict(store.count_states(tx, reader.staff.stores, unseen_by=reader.staff.email))


def checked_limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 200:
        raise Malformed(400, "limit", "limit must be a whole number from 1 to 200.")
    return int(text)
