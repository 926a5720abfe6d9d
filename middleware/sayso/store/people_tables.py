"""The tables of people: sources with their credentials, staff with their keys, addresses, and who is not written to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from sayso.store.schema import metadata

seal = Table("sayso_seal", metadata, Column("mark", String(64), primary_key=True))
"""The mark of the secret key that everything here is sealed with; another key does not start."""

source = Table(
    "sayso_source",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("name", String(100), nullable=False, unique=True),
    Column("store", String(100)),
    Column("purpose", String(100)),
    Column("allowed", Text, nullable=False, server_default="[]"),
    Column("webhooks", Text, nullable=False, server_default="{}"),
    Column("created_at", BigInteger, nullable=False),
)

credential = Table(
    "sayso_credential",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("source_id", ForeignKey("sayso_source.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("login", String(64)),
    Column("secret_hash", String(64), nullable=False),
    Column("sealed", LargeBinary),
    Column("created_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    UniqueConstraint("kind", "secret_hash"),
)

staff = Table(
    "sayso_staff",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("email_hash", String(64), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("role", String(20), nullable=False),
    Column("stores", Text),
    Column("password", String(200)),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", BigInteger),
    Column("disabled_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
)

key = Table(
    "sayso_key",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("staff_id", ForeignKey("sayso_staff.id"), index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
)
"""What a member of staff can show: an invite link, a session, an API token."""

address = Table(
    "sayso_address",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

suppression = Table(
    "sayso_suppression",
    metadata,
    Column("address_hash", String(64), primary_key=True),
    Column("purpose", String(100), primary_key=True),
    Column("origin", String(60), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""`purpose` is empty for all of them; `origin` says who asked, and each takes back only what it asked for."""
