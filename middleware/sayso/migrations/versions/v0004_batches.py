"""Batches, what messages of one request share, and the vendor account that carries a message."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = (
    sa.Column("account", sa.String(length=100), nullable=True),
    sa.Column("part", sa.String(length=64), nullable=True),
    sa.Column("doubts", sa.Integer(), nullable=True),
)


LOOKED_UP = "UPDATE sayso_credential SET sealed = NULL WHERE kind IN ('token', 'sendgrid', 'lob', 'smtp')"
"""Credentials that only let somebody in are kept as hashes alone; those that sign relays stay sealed as well."""


def upgrade() -> None:
    """Add the tables and columns, and forget the secrets that need not be read again."""
    op.execute(LOOKED_UP)
    for column in COLUMNS:
        op.add_column("sayso_message", column)
    for name, columns in {"batch": ["batch_id", "id"], "part": ["part", "state"]}.items():
        only = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(f"sayso_message_{name}", "sayso_message", columns, sqlite_where=only, postgresql_where=only)
    op.create_table(
        "sayso_part",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    _batch()
    _signing()


def _batch() -> None:
    op.create_table(
        "sayso_batch",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("store", sa.String(length=100), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=100), nullable=True),
        sa.Column("ref", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=20), server_default="open", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("cut_off", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id", "ref"),
    )
    only = sa.text("state <> 'open'")
    op.create_index("sayso_batch_stopped", "sayso_batch", ["state"], sqlite_where=only, postgresql_where=only)


def _signing() -> None:
    op.create_table(
        "sayso_signing",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("batch_id", sa.String(length=26), nullable=False),
        sa.Column("staff_id", sa.String(length=26), nullable=False),
        sa.Column("agreed_by", sa.String(length=26), nullable=True),
        sa.Column("frozen", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("results", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["sayso_batch.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    only = sa.text("ended_at IS NULL")
    op.create_index("sayso_signing_open", "sayso_signing", ["agreed_at"], sqlite_where=only, postgresql_where=only)
    op.create_index("ix_sayso_signing_batch_id", "sayso_signing", ["batch_id"])
