"""Step 6 of 6. From a receipt or a decision to the CRM: vendor-shaped, signed with the secret we issued, retried."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sayso import failpoint, replies, store
from sayso.message import Answer, Message, Receipt, State, TryLater, Unknown
from sayso.runtime import Runtime
from sayso.store import Relay, Reply, Tx

logger = logging.getLogger("sayso")
LEASE = timedelta(seconds=20)  # longer than one call to a CRM may take
FIRST_WAIT, LONGEST_WAIT, LONGEST_REST = 5.0, 24 * 3600.0, 60.0
GIVE_UP_AFTER = timedelta(hours=72)
KINDS = {
    **dict.fromkeys(("api", "smtp", "whatsapp"), "webhook"),
    "sendgrid": "sendgrid_events",
    "lob": "lob_webhook",
}
"""The kind of credential that signs a door's relays, where it is not called like the door."""
HEARS: dict[str, str] = {"api": "events", "smtp": "events", "sendgrid": "sendgrid_events", "lob": "lob_webhooks"}
"""The place of a source (`sayso source set`) where it hears, for doors whose messages need not say it themselves."""
SIGNS_WITH_ALL = frozenset({"webhook"})
"""The kinds of secret of which a receiver may have the former or the new one while they are changed."""
BROKEN = Answer(0, b"")
"""Stands for an answer that our own side did not live to read: the place itself may be well."""
SAYS_SENT = frozenset({"api", "smtp"})
"""Doors whose CRM hears from us that the vendor took a message; at the others the vendor's own receipts say so."""


def tell(
    tx: Tx, runtime: Runtime, message: Message, receipt: Receipt | None = None, after: datetime | None = None
) -> None:
    """Store what the CRM is to hear of a receipt or of the message's present state, if it asked to hear."""
    face = runtime.faces.get(message.door or message.provider)
    if face is None:  # made on the desk: no CRM knows of it
        return
    credential = store.newest_credential(tx, message.source_id, KINDS.get(message.door, message.door))
    login, source = credential[0] if credential else "", store.find_source(tx, source_id=message.source_id)
    hears_at = source.webhooks.get(HEARS.get(message.door, "")) if source else None
    viewer = runtime.viewer(login or "", source.name if source else "", hears_at)
    if receipt is None:
        store.drop_relays(tx, message.id)  # a decision of ours that nobody has heard of is overtaken by this one
    outgoing = face.restate(message, viewer, receipt)
    if outgoing:
        store.add_relay(tx, message, outgoing, origin=origin(outgoing.url), after=after)


def tell_sent(tx: Tx, runtime: Runtime, message: Message) -> None:
    """Store that the CRM is to hear that the vendor took its message, where no receipt of the vendor's tells it."""
    if message.door in SAYS_SENT:
        tell(tx, runtime, message)


def pass_on(tx: Tx, runtime: Runtime, reply: Reply) -> None:
    """Store that the CRM is to hear what somebody wrote, if it said where it wants to hear such things."""
    source = store.find_source(tx, source_id=reply.source_id) if reply.source_id else None
    kind = KINDS.get(reply.provider, reply.provider)
    credential = store.newest_credential(tx, source.id, kind) if source else None
    url = source.webhooks.get("inbound") if source else None
    if source is None or credential is None or not url:
        return
    replied = reply.heard.replied_to and store.spoken_of(tx, reply.provider, reply.heard.replied_to)
    known = replied.crm_id if replied and replied.source_id == source.id else None
    viewer = runtime.viewer(credential[0] or "", source.name)
    outgoing = runtime.tellers[reply.provider].retell(reply.heard, viewer, url, runtime.public_url, known)
    store.add_inbound_relay(tx, reply, source.id, outgoing, origin=origin(url))


def origin(url: str) -> str:
    """Scheme, host and port of a URL, in lower case and with the port always said; ValueError if it has none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a URL needs http or https and a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host.lower()}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def run_due(runtime: Runtime) -> bool:
    """Deliver the relay that is due longest; True when there may be more."""
    with runtime.store.read() as tx:
        if not store.relay_is_due(tx):
            return False
    relay = runtime.store.write(lambda tx: store.take_relay(tx, tx.now + LEASE))
    if relay is None:
        return False
    _deliver(runtime, relay)
    return True


def _deliver(runtime: Runtime, relay: Relay) -> None:
    with runtime.store.read() as tx:
        source = store.find_source(tx, source_id=relay.source_id)
        secrets = store.signing_secrets(tx, relay.source_id, KINDS.get(relay.provider, relay.provider))
    if source is None or not secrets or relay.origin not in source.allowed:
        note = f"{relay.origin} is not on the list of places where this CRM may be called."
        runtime.store.write(lambda tx: _park(tx, relay, note))
        return
    heard, problem = _call(runtime, relay, secrets)
    if relay.inbound_id and heard and not problem:
        made = replies.read(runtime, relay, source, heard)
        runtime.store.write(lambda tx: _answered(tx, runtime, relay, made))
    else:
        runtime.store.write(lambda tx: _settle(tx, relay, problem, heard is not None))


def _park(tx: Tx, relay: Relay, note: str) -> None:
    store.end_relay(tx, relay, "parked", note)
    if relay.inbound_id:  # no message's card shows it
        store.write_incident(tx, "inbound_parked", None, f"What somebody wrote waits to be told to its CRM: {note}")


def _answered(tx: Tx, runtime: Runtime, relay: Relay, made: replies.Replies) -> None:
    """The CRM took what somebody wrote, and its answer waits for a person, both or neither."""
    _settle(tx, relay, "", answered=True)
    for message in replies.keep(tx, runtime, made):
        if message.state is State.STOPPED:
            tell(tx, runtime, message)


def _call(runtime: Runtime, relay: Relay, secrets: tuple[str, ...]) -> tuple[Answer | None, str]:
    """What the CRM answered, if it did, and what was wrong, in words; nothing wrong when it took it."""
    try:
        failpoint.hit("before_relay_send")
        several = KINDS.get(relay.provider) in SIGNS_WITH_ALL
        secret = " ".join(secrets) if several else secrets[0]
        headers, body = runtime.faces[relay.provider].sign(relay.outgoing, secret, relay.event_id, runtime.clock())
        heard = runtime.relay_http.request("POST", relay.outgoing.url, body=body, headers=headers)
        failpoint.hit("after_relay_send")
    except (TryLater, Unknown) as error:
        return None, str(error)
    except Exception as error:
        logger.exception("relay %s ended unexpectedly", relay.event_id)
        return BROKEN, f"The relay ended unexpectedly ({type(error).__name__})."
    return heard, "" if 200 <= heard.status < 300 else f"The CRM answered {heard.status}."


def _settle(tx: Tx, relay: Relay, problem: str, answered: bool) -> None:
    if not problem:
        store.end_relay(tx, relay, "done")
        return
    seconds = min(FIRST_WAIT * 2.0 ** min(relay.tries, 20), LONGEST_WAIT)
    if tx.now + timedelta(seconds=seconds) - relay.created_at > GIVE_UP_AFTER:
        store.end_relay(tx, relay, "dead", problem)
        store.write_incident(tx, "relay_dead", relay.message_id, problem)
    else:
        store.delay_relay(tx, relay, tx.now + timedelta(seconds=seconds), problem)
    if not answered:
        store.rest_relays(tx, relay, tx.now + timedelta(seconds=min(seconds, LONGEST_REST)))
