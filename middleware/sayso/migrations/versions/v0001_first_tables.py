"""The first tables: messages, attempts, receipts, relays, people; sealed from the start."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "sayso_seal", sa.Column("mark", sa.String(length=64), nullable=False), sa.PrimaryKeyConstraint("mark")
    )
    op.create_table(
        "sayso_address",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "sayso_attempt",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index_of_some("sayso_attempt_open", "sayso_attempt", ["lease_until"], "ended_at IS NULL")
    op.create_table(
        "sayso_breaker",
        sa.Column("account", sa.String(length=140), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.BigInteger(), nullable=False),
        sa.Column("alarm", sa.String(length=300), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "sayso_incident",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_sayso_incident_message_id"), "sayso_incident", ["message_id"])
    op.create_table(
        "sayso_source",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("store", sa.String(length=100), nullable=True),
        sa.Column("purpose", sa.String(length=100), nullable=True),
        sa.Column("allowed", sa.Text(), server_default="[]", nullable=False),
        sa.Column("webhooks", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "sayso_staff",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("stores", sa.Text(), nullable=True),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_hash"),
    )
    op.create_table(
        "sayso_stop",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("store", sa.String(length=100), nullable=True),
        sa.Column("purpose", sa.String(length=100), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "sayso_suppression",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash"),
    )
    op.create_table(
        "sayso_trail",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=True),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(op.f("ix_sayso_trail_message_id"), "sayso_trail", ["message_id"])
    op.create_table(
        "sayso_credential",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "secret_hash"),
    )
    op.create_index(op.f("ix_sayso_credential_source_id"), "sayso_credential", ["source_id"])
    op.create_table(
        "sayso_key",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["sayso_staff.id"]),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index(op.f("ix_sayso_key_staff_id"), "sayso_key", ["staff_id"])
    op.create_table(
        "sayso_message",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("crm_id", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("store", sa.String(length=100), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("stop_reason", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("words_hash", sa.String(length=64), nullable=False),
        sa.Column("sender_hash", sa.String(length=64), nullable=True),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("screening_id", sa.String(length=26), nullable=True),
        sa.Column("purpose", sa.String(length=100), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("person", sa.String(length=200), nullable=True),
        sa.Column("batch_id", sa.String(length=26), nullable=True),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("open_key", sa.String(length=64), nullable=True),
        sa.Column("repeats", sa.Integer(), server_default="0", nullable=False),
        sa.Column("send_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("hold_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("delivery", sa.String(length=20), nullable=True),
        sa.Column("delivery_word", sa.String(length=40), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("provider_id", sa.String(length=100), nullable=True),
        sa.Column("accepted", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crm_id"),
        sa.UniqueConstraint("open_key"),
        sa.UniqueConstraint("source_id", "idempotency_key"),
    )
    _index_of_some("sayso_message_due", "sayso_message", ["state", "due_at"], "due_at IS NOT NULL")
    op.create_index("sayso_message_expiry", "sayso_message", ["state", "hold_expires_at"])
    op.create_index("sayso_message_source", "sayso_message", ["source_id", "id"])
    op.create_index("sayso_message_state", "sayso_message", ["state", "id"])
    op.create_index("sayso_message_vendor", "sayso_message", ["provider", "provider_id"])
    op.create_index("sayso_message_words", "sayso_message", ["words_hash", "id"])
    op.create_table(
        "sayso_attempt_message",
        sa.Column("attempt_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["sayso_attempt.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.PrimaryKeyConstraint("attempt_id", "message_id"),
    )
    op.create_index("sayso_attempt_message_message", "sayso_attempt_message", ["message_id"])
    op.create_table(
        "sayso_content",
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.PrimaryKeyConstraint("message_id", "edition"),
    )
    op.create_table(
        "sayso_decision",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("staff_id", sa.String(length=26), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_sayso_decision_message_id"), "sayso_decision", ["message_id"])
    op.create_table(
        "sayso_receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=True),
        sa.Column("attempt_id", sa.String(length=64), nullable=True),
        sa.Column("provider_id", sa.String(length=100), nullable=False),
        sa.Column("delivery", sa.String(length=20), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "event_key"),
    )
    op.create_index(op.f("ix_sayso_receipt_message_id"), "sayso_receipt", ["message_id"])
    op.create_table(
        "sayso_recipient",
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["address_hash"], ["sayso_address.hash"]),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.PrimaryKeyConstraint("message_id", "n"),
    )
    op.create_index("sayso_recipient_address", "sayso_recipient", ["address_hash", "message_id"])
    op.create_table(
        "sayso_relay",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index(op.f("ix_sayso_relay_message_id"), "sayso_relay", ["message_id"])
    _index_of_some("sayso_relay_due", "sayso_relay", ["due_at"], "due_at IS NOT NULL")
    op.create_table(
        "sayso_screening",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("policy_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_sayso_screening_message_id"), "sayso_screening", ["message_id"])


def _index_of_some(name: str, table: str, columns: list[str], condition: str) -> None:
    """An index of only those rows that somebody looks for."""
    op.create_index(name, table, columns, postgresql_where=sa.text(condition), sqlite_where=sa.text(condition))
