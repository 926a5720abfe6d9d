"""The store: the only SQL of the house, and the only writer."""

from sayso.store.arrivals import count_repeat, find_repeat, insert, twins
from sayso.store.database import Clock, Store, Tx, micros, moment
from sayso.store.decisions import Decision, count_states, read_decisions, write_decision
from sayso.store.listing import recent, sent_page, waiting
from sayso.store.messages import (
    Screening,
    bare,
    by_vendor_id,
    content_hash,
    due,
    get,
    move,
    new_id,
    overdue,
    put_off,
    raise_delivery,
    screened,
    words_hash,
)
from sayso.store.people import (
    Key,
    Source,
    Staff,
    add_credential,
    add_key,
    add_source,
    add_staff,
    allow_origin,
    any_admin,
    change_staff,
    drop_key,
    end_credentials,
    find_key,
    find_source,
    find_staff,
    newest_credential,
    read_sources,
    set_webhooks,
    source_by_secret,
    suppress,
    suppressed,
    touch_key,
)
from sayso.store.receipts import (
    Relay,
    add_receipt,
    add_relay,
    adopt_orphan,
    delay_relay,
    drop_relays,
    end_relay,
    orphans,
    read_receipts,
    read_relays,
    relay_counts,
    relay_is_due,
    rest_relays,
    take_relay,
    wake_relays,
)
from sayso.store.seal import token_hash
from sayso.store.sending import (
    Attempt,
    Breaker,
    Stop,
    add_stop,
    claimable,
    close_attempt,
    close_breaker,
    find_attempt,
    lift_stops,
    lost_attempts,
    name_sent,
    open_attempt,
    read_alarms,
    read_attempts,
    read_breaker,
    read_stops,
    write_breaker,
)
from sayso.store.trail import TrailRow, read_incidents, read_trail, write_incident, write_trail

__all__ = [
    "Attempt", "Breaker", "Clock", "Decision", "Key", "Relay", "Screening", "Source", "Staff", "Stop", "Store",
    "TrailRow", "Tx", "add_credential", "add_key", "add_receipt", "add_relay", "add_source", "add_staff",
    "add_stop", "adopt_orphan", "allow_origin", "any_admin", "bare", "by_vendor_id", "change_staff", "claimable",
    "close_attempt", "close_breaker", "content_hash", "count_repeat", "count_states", "delay_relay", "drop_key",
    "drop_relays", "due", "end_credentials", "end_relay", "find_attempt", "find_key", "find_repeat", "find_source",
    "find_staff", "get", "insert", "lift_stops", "lost_attempts", "micros", "moment", "move", "name_sent", "new_id",
    "newest_credential", "open_attempt", "orphans", "overdue", "put_off", "raise_delivery", "read_alarms",
    "read_attempts", "read_breaker", "read_decisions", "read_incidents", "read_receipts", "read_relays",
    "read_sources", "read_stops", "read_trail", "recent", "relay_counts", "relay_is_due", "rest_relays", "screened",
    "sent_page", "set_webhooks", "source_by_secret", "suppress", "suppressed", "take_relay", "token_hash",
    "touch_key", "twins", "waiting", "wake_relays", "words_hash", "write_breaker", "write_decision",
    "write_incident", "write_trail",
]  # fmt: skip
