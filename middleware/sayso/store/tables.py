"""The tables: times are integer microseconds UTC, people and words are sealed with a keyed hash beside them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from sayso.store.batch_tables import batch, part, signing
from sayso.store.fact_tables import fact, link, rescreen, unseen
from sayso.store.people_tables import address, credential, key, seal, source, staff, suppression
from sayso.store.schema import Serial, metadata, where

__all__ = ["address", "answer", "attempt", "attempt_message", "batch", "breaker", "content", "credential", "decision",
    "fact", "inbound", "incident", "key", "link", "message", "metadata", "part", "receipt", "recipient", "relay",
    "rescreen", "screening", "seal", "signing", "source", "staff", "stop", "suppression", "token", "trail",
    "unseen"]  # fmt: skip

message = Table(
    "sayso_message",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("crm_id", String(64), nullable=False, unique=True),
    Column("source_id", ForeignKey("sayso_source.id"), nullable=False),
    Column("store", String(100)),
    Column("channel", String(20), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("account", String(100)),
    Column("door", String(40), nullable=False, server_default="twilio"),
    Column("parent_id", String(26)),
    Column("state", String(20), nullable=False),
    Column("stop_reason", String(40)),
    Column("version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("words_hash", String(64), nullable=False),
    Column("sender_hash", String(64)),
    Column("edition", Integer, nullable=False, server_default="1"),
    Column("screening_id", String(26)),
    Column("purpose", String(100)),
    Column("subject", String(200)),
    Column("person", String(200)),
    Column("batch_id", String(26)),
    Column("part", String(64)),
    Column("doubts", Integer),
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64), nullable=False),
    Column("open_key", String(64), unique=True),
    Column("repeats", Integer, nullable=False, server_default="0"),
    Column("send_at", BigInteger),
    Column("due_at", BigInteger),
    Column("hold_expires_at", BigInteger),
    Column("delivery", String(20)),
    Column("delivery_word", String(40)),
    Column("error_code", String(40)),
    Column("provider_id", String(100)),
    Column("accepted", LargeBinary),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("sent_at", BigInteger),
    Column("task", String(20)),
    Column("task_at", BigInteger),
    Column("edited_by", String(26)),
    Column("deleted_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("source_id", "idempotency_key"),
    Index("sayso_message_state", "state", "id"),
    Index("sayso_message_source", "source_id", "id"),
    Index("sayso_message_words", "words_hash", "id"),
    Index("sayso_message_vendor", "provider", "provider_id"),
    where("due_at IS NOT NULL", "sayso_message_due", "state", "due_at"),
    Index("sayso_message_expiry", "state", "hold_expires_at"),
    where("parent_id IS NOT NULL", "sayso_message_parent", "parent_id"),
    where("task IS NOT NULL", "sayso_message_task", "task", "id"),
    where("batch_id IS NOT NULL", "sayso_message_batch", "batch_id", "id"),
    where("part IS NOT NULL", "sayso_message_part", "part", "state"),
)
"""`open_key` is the request's hash while the message waits, so that a keyless repeat meets it there.

`door` is where it came in, `parent_id` the message or reply it was made from, `task` what a person is to do by phone,
`edited_by` who wrote the words as they are now, where that was not the CRM; `account` the vendor account that carries
it, `part` what of its request it shares with others, and `doubts` how many findings its last screening had.
"""

content = Table(
    "sayso_content",
    metadata,
    Column("message_id", ForeignKey("sayso_message.id"), primary_key=True),
    Column("edition", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""One row an edition: an edit adds one, and the first stays as the CRM sent it."""

recipient = Table(
    "sayso_recipient",
    metadata,
    Column("message_id", ForeignKey("sayso_message.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("address_hash", ForeignKey("sayso_address.hash"), nullable=False),
    Index("sayso_recipient_address", "address_hash", "message_id"),
)

screening = Table(
    "sayso_screening",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("message_id", ForeignKey("sayso_message.id"), nullable=False, index=True),
    Column("policy_hash", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

decision = Table(
    "sayso_decision",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("message_id", ForeignKey("sayso_message.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("reason", String(40)),
    Column("staff_id", String(26)),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

attempt = Table(
    "sayso_attempt",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("provider", String(40), nullable=False),
    Column("account", String(100), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("outcome", String(20)),
    Column("detail", LargeBinary),
    where("ended_at IS NULL", "sayso_attempt_open", "lease_until"),
)

attempt_message = Table(
    "sayso_attempt_message",
    metadata,
    Column("attempt_id", ForeignKey("sayso_attempt.id"), primary_key=True),
    Column("message_id", ForeignKey("sayso_message.id"), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("provider_id", String(100)),
    Index("sayso_attempt_message_message", "message_id"),
)

receipt = Table(
    "sayso_receipt",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("provider", String(40), nullable=False),
    Column("event_key", String(200), nullable=False),
    Column("message_id", ForeignKey("sayso_message.id"), index=True),
    Column("attempt_id", String(64)),
    Column("provider_id", String(100), nullable=False),
    Column("delivery", String(20), nullable=False),
    Column("word", String(40), nullable=False),
    Column("error_code", String(40)),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("provider", "event_key"),
)
"""`message_id` is null for an orphan: a verified callback whose message we do not know (yet)."""

relay = Table(
    "sayso_relay",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("event_id", String(26), nullable=False, unique=True),
    Column("message_id", ForeignKey("sayso_message.id"), index=True),
    Column("inbound_id", ForeignKey("sayso_inbound.id")),
    Column("source_id", ForeignKey("sayso_source.id"), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("origin", String(300), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("state", String(20), nullable=False),
    Column("due_at", BigInteger),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("detail", LargeBinary),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    where("due_at IS NOT NULL", "sayso_relay_due", "due_at"),
    where("state IN ('parked', 'dead')", "sayso_relay_stuck", "state"),
)

stop = Table(
    "sayso_stop",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("source", String(100)),
    Column("store", String(100)),
    Column("purpose", String(100)),
    Column("channel", String(20)),
    Column("reason", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
)

breaker = Table(
    "sayso_breaker",
    metadata,
    Column("account", String(140), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("open_until", BigInteger, nullable=False),
    Column("alarm", String(300)),
    Column("at", BigInteger, nullable=False),
)

incident = Table(
    "sayso_incident",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("message_id", String(26), index=True),
    Column("kind", String(40), nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

trail = Table(
    "sayso_trail",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True),
    Column("message_id", String(26), index=True),
    Column("actor", String(60), nullable=False),
    Column("event", String(40), nullable=False),
    Column("version", Integer),
    Column("detail", Text),
    Column("at", BigInteger, nullable=False),
)

inbound = Table(
    "sayso_inbound",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("provider", String(40), nullable=False),
    Column("event_key", String(200), nullable=False),
    Column("source_id", ForeignKey("sayso_source.id"), index=True),
    Column("crm_id", String(64), nullable=False, unique=True),
    Column("from_hash", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("provider", "event_key"),
    Index("sayso_inbound_from", "from_hash", "id"),
)
"""What people wrote back, or wrote on a form; `kind` is stop, maybe_stop, start, help or words."""

token = Table(
    "sayso_token",
    metadata,
    Column("source_id", ForeignKey("sayso_source.id"), primary_key=True),
    Column("message_id", ForeignKey("sayso_message.id"), primary_key=True),
    Column("tokens", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Blind tokens (48 bits of a keyed hash each, one after the other) of what a message can be found by."""

answer = Table(
    "sayso_answer",
    metadata,
    Column("source_id", ForeignKey("sayso_source.id"), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
)
"""What a caller of our own door was answered, so that the same Idempotency-Key hears the same bytes."""
