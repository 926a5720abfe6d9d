"""Step 6 of 6. From a receipt or a decision to the CRM: vendor-shaped, signed with the secret we issued, retried."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sayso import failpoint, store
from sayso.message import Message, Receipt, TryLater, Unknown
from sayso.runtime import Runtime
from sayso.store import Relay, Tx

BATCH = 8
FIRST_WAIT, LONGEST_WAIT = 5.0, 24 * 3600.0
GIVE_UP_AFTER = timedelta(hours=72)


def tell(
    tx: Tx, runtime: Runtime, message: Message, receipt: Receipt | None = None, after: datetime | None = None
) -> None:
    """Store what the CRM is to hear of a receipt or of the message's present state, if it asked to hear."""
    credential = store.newest_credential(tx, message.source_id, message.provider)
    login = credential[0] if credential else ""
    outgoing = runtime.providers[message.provider].restate(message, runtime.viewer(login or ""), receipt)
    if outgoing:
        store.add_relay(tx, message, outgoing, origin=origin(outgoing.url), after=after)


def origin(url: str) -> str:
    """Scheme, host and port of a URL, in lower case and with the port always said; ValueError if it has none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a URL needs http or https and a host")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host.lower()}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def run_due(runtime: Runtime) -> bool:
    """Deliver the relays that are due, the oldest of each message first; True when there may be more."""
    lease = timedelta(seconds=runtime.vendor_timeout * (BATCH + 1))
    with runtime.store.read() as tx:
        if not store.relay_is_due(tx):
            return False
    taken = runtime.store.write(lambda tx: store.take_relays(tx, BATCH, tx.now + lease))
    for relay in taken:
        _deliver(runtime, relay)
    return bool(taken)


def _deliver(runtime: Runtime, relay: Relay) -> None:
    with runtime.store.read() as tx:
        source = store.find_source(tx, source_id=relay.source_id)
        credential = store.newest_credential(tx, relay.source_id, relay.provider)
    if source is None or credential is None or relay.origin not in source.allowed:
        note = f"{relay.origin} is not on the list of places where this CRM may be called."
        runtime.store.write(lambda tx: store.end_relay(tx, relay, "parked", note))
        return
    failpoint.hit("before_relay_send")
    headers, body = runtime.providers[relay.provider].sign(relay.outgoing, credential[1], relay.event_id)
    try:
        heard = runtime.relay_http.request("POST", relay.outgoing.url, body=body, headers=headers)
        problem = "" if 200 <= heard.status < 300 else f"The CRM answered {heard.status}."
    except (TryLater, Unknown) as error:
        problem = str(error)
    failpoint.hit("after_relay_send")
    runtime.store.write(lambda tx: _settle(tx, relay, problem))


def _settle(tx: Tx, relay: Relay, problem: str) -> None:
    if not problem:
        store.end_relay(tx, relay, "done")
        return
    wait = timedelta(seconds=min(FIRST_WAIT * 2.0 ** min(relay.tries, 20), LONGEST_WAIT))
    if tx.now + wait - relay.created_at > GIVE_UP_AFTER:
        store.end_relay(tx, relay, "dead", problem)
        store.write_incident(tx, "relay_dead", relay.message_id, problem)
    else:
        store.delay_relay(tx, relay, tx.now + wait, problem)
