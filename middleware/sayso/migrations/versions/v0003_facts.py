"""Facts about people, the keys they are found by, and what is to be looked at again because of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of facts; nothing that is there changes."""
    op.create_table(
        "sayso_fact",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("list", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sayso_source.id"]),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("sayso_fact_list", "sayso_fact", ["list", "at"])
    op.create_table(
        "sayso_link",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("fact", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("key", "fact"),
        sqlite_with_rowid=False,
    )
    op.create_index("sayso_link_fact", "sayso_link", ["fact"])
    op.create_table(
        "sayso_rescreen",
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_table(
        "sayso_unseen",
        sa.Column("email_hash", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("email_hash", "message_id"),
    )
