"""The store: the only SQL of the house, and the only writer."""

from sayso.store.addresses import Kept, count_places, drop_place, find_place, keep_place, places_page
from sayso.store.answers import Answered, drop_answers, find_answer, keep_answer, old_answers
from sayso.store.arrivals import count_repeat, find_repeat, forget_key, insert, never_waited, twins
from sayso.store.batch_pages import (
    CLEAR,
    COMING,
    EYES,
    Item,
    Place,
    Sight,
    Tally,
    batch_channels,
    batch_shops,
    batches_seen,
    batches_waiting,
    count_all,
    find_seen,
    listed,
    not_sent,
    odd_ones,
    piece_page,
    seen_in,
    spread,
    tallies,
)
from sayso.store.batches import (
    Batch,
    add_batch,
    find_batch,
    find_batch_of,
    has_part,
    keep_part,
    left_canceled,
    left_in,
    part_id,
    read_part,
    set_batch,
    stopped_batches,
)
from sayso.store.contacts import arrived, contacts
from sayso.store.credentials import (
    Span,
    add_credential,
    end_credentials,
    newest_credential,
    read_spans,
    signing_secrets,
    source_by_secret,
)
from sayso.store.database import Clock, Store, Tx, apart, micros, moment
from sayso.store.decisions import Decision, count_states, read_decisions, write_decision
from sayso.store.editions import edit, editions, known_facts, on_file, reword, shops_of, waiting_for
from sayso.store.erasing import erase
from sayso.store.facts import endpoint_key, fact_key, facts_about, get_facts, knows_people, list_facts, put_facts
from sayso.store.hashing import bare, burst_id
from sayso.store.inbound import (
    OPT_OUT,
    Reply,
    add_inbound_relay,
    add_reply,
    find_reply,
    hearer,
    last_stop,
    opt_out,
    opted_out,
    replies,
    reply_of_event,
    was_answered,
    was_confirmed,
)
from sayso.store.listing import Burst, bursts, recent, waiting, waiting_in
from sayso.store.messages import (
    Screening,
    by_vendor_id,
    content_hash,
    get,
    move,
    new_id,
    outlines,
    raise_delivery,
    screened,
    spoken_of,
)
from sayso.store.opening import due, look_again, overdue, put_off, say_once
from sayso.store.people import (
    LIST,
    Key,
    Source,
    Staff,
    Suppression,
    add_key,
    add_source,
    add_staff,
    allow_origin,
    any_admin,
    change_staff,
    drop_key,
    drop_keys,
    find_key,
    find_source,
    find_staff,
    lift_suppressions,
    list_origin,
    read_sources,
    read_staff,
    set_webhooks,
    suppress,
    suppressed,
    suppressions,
    touch_key,
)
from sayso.store.receipts import (
    Relay,
    add_receipt,
    add_relay,
    adopt_orphan,
    delay_relay,
    drop_orphan,
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
    was_told,
)
from sayso.store.runs import all_pieces, carried, note_run, read_run, read_runs, set_total, taken
from sayso.store.seal import token_hash
from sayso.store.search import Asked, index_message
from sayso.store.sending import (
    Attempt,
    Breaker,
    Stop,
    add_stop,
    claimable,
    close_attempt,
    close_breaker,
    companions,
    find_attempt,
    join_attempt,
    lift_stops,
    lock_attempt,
    lost_attempts,
    name_sent,
    of_attempt,
    open_attempt,
    read_alarms,
    read_attempts,
    read_breaker,
    read_stops,
    write_breaker,
)
from sayso.store.shelves import Sought, count_at, sent_page
from sayso.store.signing import (
    HELD_BACK,
    Signing,
    add_signing,
    agree_to,
    claim_next,
    end_signing,
    find_signing,
    hold_back,
    hold_tongue,
    let_go,
    lock_batch,
    note_results,
    open_signings,
    read_frozen,
    read_items,
    running_signings,
    signings,
)
from sayso.store.tasks import children, copies, count_tasks, open_tasks
from sayso.store.touched import (
    Waiting,
    drop_rescreens,
    hold_source,
    put_rescreens,
    reach,
    read_rescreens,
    read_waiting,
)
from sayso.store.trail import TrailRow, read_incidents, read_trail, write_incident, write_trail
from sayso.store.unseen import hidden, hide

__all__ = [
    "CLEAR", "COMING", "EYES", "HELD_BACK", "LIST", "OPT_OUT", "Answered", "Asked", "Attempt", "Batch", "Breaker",
    "Burst", "Clock", "Decision", "Item", "Kept", "Key", "Place", "Relay", "Reply", "Screening", "Sight", "Signing",
    "Sought", "Source", "Span", "Staff", "Stop", "Store", "Suppression", "Tally", "TrailRow", "Tx", "Waiting",
    "add_batch", "add_credential", "add_inbound_relay", "add_key", "add_receipt", "add_relay", "add_reply",
    "add_signing", "add_source", "add_staff", "add_stop", "adopt_orphan", "agree_to", "all_pieces", "allow_origin",
    "any_admin", "apart", "arrived", "bare", "batch_channels", "batch_shops", "batches_seen", "batches_waiting",
    "burst_id", "bursts", "by_vendor_id", "carried", "change_staff", "children", "claim_next", "claimable",
    "close_attempt", "close_breaker", "companions", "contacts", "content_hash", "copies", "count_all", "count_at",
    "count_places", "count_repeat", "count_states", "count_tasks", "delay_relay", "drop_answers", "drop_key",
    "drop_keys", "drop_orphan", "drop_place", "drop_relays", "drop_rescreens", "due", "edit", "editions",
    "end_credentials", "end_relay", "end_signing", "endpoint_key", "erase", "fact_key", "facts_about",
    "find_answer", "find_attempt", "find_batch", "find_batch_of", "find_key", "find_place", "find_repeat",
    "find_reply", "find_seen", "find_signing", "find_source", "find_staff", "forget_key", "get", "get_facts",
    "has_part", "hearer", "hidden", "hide", "hold_back", "hold_source", "hold_tongue", "index_message", "insert",
    "join_attempt", "keep_answer", "keep_part", "keep_place", "known_facts", "knows_people", "last_stop",
    "left_canceled", "left_in", "let_go", "lift_stops", "lift_suppressions", "list_facts", "list_origin", "listed",
    "lock_attempt", "lock_batch", "look_again", "lost_attempts", "micros", "moment", "move", "name_sent",
    "never_waited", "new_id", "newest_credential", "not_sent", "note_results", "note_run", "odd_ones", "of_attempt",
    "old_answers", "on_file", "open_attempt", "open_signings", "open_tasks", "opt_out", "opted_out", "orphans",
    "outlines", "overdue", "part_id", "piece_page", "places_page", "put_facts", "put_off", "put_rescreens",
    "raise_delivery", "reach", "read_alarms", "read_attempts", "read_breaker", "read_decisions", "read_frozen",
    "read_incidents", "read_items", "read_part", "read_receipts", "read_relays", "read_rescreens", "read_run",
    "read_runs", "read_sources", "read_spans", "read_staff", "read_stops", "read_trail", "read_waiting", "recent",
    "relay_counts", "relay_is_due", "replies", "reply_of_event", "rest_relays", "reword", "running_signings",
    "say_once", "screened", "seen_in", "sent_page", "set_batch", "set_total", "set_webhooks", "shops_of",
    "signing_secrets", "signings", "source_by_secret", "spoken_of", "spread", "stopped_batches", "suppress",
    "suppressed", "suppressions", "take_relay", "taken", "tallies", "token_hash", "touch_key", "twins", "waiting",
    "waiting_for", "waiting_in", "wake_relays", "was_answered", "was_confirmed", "was_told", "write_breaker",
    "write_decision", "write_incident", "write_trail",
]  # fmt: skip
