"""The tables of facts: what sources, hosts and staff say about people, sealed, and the keys it is found by."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table

from sayso.store.schema import metadata

fact = Table(
    "sayso_fact",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("list", String(20), nullable=False),
    Column("source_id", ForeignKey("sayso_source.id"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("heard_at", BigInteger, nullable=False),
    Index("sayso_fact_list", "list", "at"),
)
"""One item of one list. `key` is the keyed hash of source, list and id; `at` is when it happened, for "the newest"."""

link = Table(
    "sayso_link",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),
    Column("fact", LargeBinary(16), primary_key=True),
    Index("sayso_link_fact", "fact"),
    sqlite_with_rowid=False,
)
"""What a fact is found by: the key of a person it names (a fact's key), or the keyed hash of an endpoint in it."""

rescreen = Table(
    "sayso_rescreen",
    metadata,
    Column("message_id", String(26), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""Messages that wait and are to be looked at again, because a fact about their people changed."""

unseen = Table(
    "sayso_unseen",
    metadata,
    Column("email_hash", String(64), primary_key=True),
    Column("message_id", String(26), primary_key=True),
)
"""Which members of staff do not see a message: the surprise in it is kept from them, or from somebody at their home."""
