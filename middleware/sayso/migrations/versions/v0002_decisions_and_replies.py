"""Every decision, replies, search and remembered answers: new columns on messages, three tables, finer suppressions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COPY = sa.text(
    "INSERT INTO sayso_suppression (address_hash, purpose, origin, sealed, at) "
    "SELECT address_hash, '', 'vendor', sealed, at FROM sayso_suppression_old"
)


def upgrade() -> None:
    """Add what the second release stores; what is there stays, and came in at Twilio's door."""
    op.add_column("sayso_message", sa.Column("door", sa.String(length=40), server_default="twilio", nullable=False))
    for column in ("task_at", "deleted_at"):
        op.add_column("sayso_message", sa.Column(column, sa.BigInteger(), nullable=True))
    for column in ("parent_id", "edited_by"):
        op.add_column("sayso_message", sa.Column(column, sa.String(length=26), nullable=True))
    op.add_column("sayso_message", sa.Column("task", sa.String(length=20), nullable=True))
    _index_of_some("sayso_message_parent", ["parent_id"], "parent_id IS NOT NULL")
    _index_of_some("sayso_message_task", ["task", "id"], "task IS NOT NULL")
    _suppressions()
    _inbound()
    op.create_table(
        "sayso_token",
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["sayso_message.id"]),
        sa.PrimaryKeyConstraint("source_id", "message_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sayso_answer",
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.PrimaryKeyConstraint("source_id", "key"),
    )
    op.create_index(op.f("ix_sayso_answer_at"), "sayso_answer", ["at"])


def _suppressions() -> None:
    op.rename_table("sayso_suppression", "sayso_suppression_old")
    op.create_table(
        "sayso_suppression",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=100), nullable=False),
        sa.Column("origin", sa.String(length=60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", "purpose", "origin", name="sayso_suppression_by_purpose"),
    )
    op.execute(COPY)
    op.drop_table("sayso_suppression_old")


def _inbound() -> None:
    op.create_table(
        "sayso_inbound",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=True),
        sa.Column("crm_id", sa.String(length=64), nullable=False),
        sa.Column("from_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("crm_id"),
        sa.UniqueConstraint("provider", "event_key"),
    )
    op.create_index(op.f("ix_sayso_inbound_source_id"), "sayso_inbound", ["source_id"])
    op.create_index("sayso_inbound_from", "sayso_inbound", ["from_hash", "id"])
    with op.batch_alter_table("sayso_relay") as relay:
        relay.alter_column("message_id", existing_type=sa.String(length=26), nullable=True)
        relay.add_column(sa.Column("inbound_id", sa.String(length=26), nullable=True))
        relay.create_foreign_key("sayso_relay_inbound", "sayso_inbound", ["inbound_id"], ["id"])
    _index_of_some("sayso_relay_stuck", ["state"], "state IN ('parked', 'dead')", table="sayso_relay")


def _index_of_some(name: str, columns: list[str], condition: str, table: str = "sayso_message") -> None:
    """An index of only those rows that somebody looks for."""
    rows = {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}
    op.create_index(name, table, columns, **rows)  # type: ignore[arg-type]  # the dialects' own options
