"""The tables of batches: what was handed in as one, what its messages share, and who signed it off."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, UniqueConstraint, text

from sayso.store.schema import metadata, where

batch = Table(
    "sayso_batch",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("source_id", ForeignKey("sayso_source.id"), nullable=False),
    Column("store", String(100)),
    Column("name", String(200), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("purpose", String(100)),
    Column("ref", String(200)),
    Column("state", String(20), nullable=False, server_default="open"),
    Column("total", Integer),
    Column("cut_off", BigInteger),
    Column("sealed", LargeBinary),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("source_id", "ref"),
    where("state <> 'open'", "sayso_batch_stopped", "state"),
)
"""`ref` is the CRM's or the file's own name for it; `state` is open, paused, canceled or taken_back; `total` how many
pieces an import is to have, `cut_off` until when a sign-off can be taken back, `sealed` what else an import says."""

STOPPED = text("sayso_batch.state <> 'open'")
"""What is to be found by its index, for that is how the index says it."""

part = Table(
    "sayso_part",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)
"""What messages of one request share, once: files, the body of a mail; `id` is its keyed hash."""

signing = Table(
    "sayso_signing",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("batch_id", ForeignKey("sayso_batch.id"), nullable=False, index=True),
    Column("staff_id", String(26), nullable=False),
    Column("agreed_by", String(26)),
    Column("frozen", LargeBinary, nullable=False),
    Column("count", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("results", LargeBinary),
    Column("at", BigInteger, nullable=False),
    Column("agreed_at", BigInteger),
    Column("ended_at", BigInteger),
    where("ended_at IS NULL", "sayso_signing_open", "agreed_at"),
)
"""One yes to many: the frozen list of messages with their versions, how far it is, and what was not taken."""
