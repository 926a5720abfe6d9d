"""From what somebody wrote back to what follows from it: stored once, an opt-out counts at once, their CRM hears it."""

from __future__ import annotations

import logging
from functools import partial

from sayso import callbacks, failpoint, opting_out, relay, rescreening, store
from sayso.message import Answer, Inbound, Request
from sayso.opting_out import Meaning
from sayso.runtime import Runtime
from sayso.store import Reply, Tx
from sayso_providers import Postbag

logger = logging.getLogger("sayso")
LIFTED = (store.OPT_OUT, "vendor")
"""Whose suppressions a START takes back: its writer's own, and the vendor's word for it; nobody else's."""
REASONS = {
    "stop": "they wrote that they want no more messages",
    "maybe_stop": "they may have asked for no more messages, so please read what they wrote",
}


def take(runtime: Runtime, provider_name: str, request: Request) -> Answer:
    """What the vendor hears, after the commit; Denied when it did not sign what it posts."""
    provider = runtime.ears[provider_name]
    heard = callbacks.verified(runtime, provider_name, partial(provider.inbound, request))

    def keep(tx: Tx) -> None:
        _keep(tx, runtime, provider_name, heard)
        failpoint.hit("before_callback_commit")

    runtime.store.write(keep)
    runtime.relay_bell.ring()
    return provider.NOTED


def take_both(runtime: Runtime, provider_name: str, postbag: Postbag, request: Request) -> None:
    """Store the receipts of one post and what people wrote in it, all or none; Denied when the vendor did not sign."""
    receipts = callbacks.read(runtime, provider_name, request)
    written = callbacks.everything(runtime, provider_name, partial(postbag.heard, request))

    def keep(tx: Tx) -> None:
        callbacks.keep(tx, runtime, provider_name, None, receipts)
        for _, heard in written:
            _keep(tx, runtime, provider_name, heard)
        failpoint.hit("before_callback_commit")

    runtime.store.write(keep)
    runtime.relay_bell.ring()


def note(tx: Tx, runtime: Runtime, reply: Reply) -> bool:
    """Let what came in by a form count, and say whether its writer is suppressed now; no form proves a START."""
    if reply.kind in REASONS:
        _stop(tx, runtime, reply)
    _write_trail(tx, reply)
    return reply.kind in REASONS and bool(reply.heard.sender)


def _keep(tx: Tx, runtime: Runtime, provider_name: str, heard: Inbound) -> None:
    reply = store.add_reply(tx, provider_name, heard, _kind(tx, heard), _hearer(tx, provider_name, heard))
    if reply:
        _follow(tx, runtime, reply)


def _kind(tx: Tx, heard: Inbound) -> Meaning:
    """What the vendor took it for counts, except against a stop that we read in it."""
    meaning = opting_out.meaning(heard.text, stopped=store.opted_out(tx, heard.sender) is not None)
    if "stop" in (heard.said, meaning):
        return "stop"
    return {"start": "start", "help": "help"}.get(heard.said or "", meaning)  # type: ignore[return-value]  # two of them


def _hearer(tx: Tx, provider_name: str, heard: Inbound) -> str | None:
    """The source of the message that it answers, else of whoever wrote from that number."""
    replied = heard.replied_to and store.spoken_of(tx, provider_name, heard.replied_to)
    return replied.source_id if replied else store.hearer(tx, heard.sender, heard.to)


def _follow(tx: Tx, runtime: Runtime, reply: Reply) -> None:
    if reply.kind in REASONS:
        _stop(tx, runtime, reply)
    elif reply.kind == "start" and store.lift_suppressions(tx, LIFTED, reply.heard.sender):
        _rescreen(tx, runtime, reply.heard.sender)
    relay.pass_on(tx, runtime, reply)
    _write_trail(tx, reply)
    if reply.source_id is None:
        store.write_incident(tx, "inbound_unclaimed", None, f"Nobody's CRM knows who wrote: “{reply.heard.text[:200]}”")


def _stop(tx: Tx, runtime: Runtime, reply: Reply) -> None:
    """Nothing goes to this endpoint any more, by no channel, and what waits for it is looked at again."""
    sender, said = reply.heard.sender, reply.heard.text[:200]
    if not sender:
        store.write_incident(tx, "opt_out_without_address", None, f"Somebody wants no more messages: “{said}”")
        return
    if not (reply.kind == "maybe_stop" and store.opted_out(tx, sender)):
        store.opt_out(tx, sender, REASONS[reply.kind])
    if reply.kind == "maybe_stop":
        what = "This may ask for no more messages, so nothing goes to its writer until somebody has read it"
        store.write_incident(tx, "probable_opt_out", None, f"{what}: “{said}”")
    _rescreen(tx, runtime, sender)


def _rescreen(tx: Tx, runtime: Runtime, address: str) -> None:
    rescreening.rescreen_waiting(tx, runtime, address)


def _write_trail(tx: Tx, reply: Reply) -> None:
    detail = {"id": reply.id, "kind": reply.kind, "source": reply.source_id, "channel": reply.heard.channel}
    store.write_trail(tx, reply.provider, "inbound", detail)
