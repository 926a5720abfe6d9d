"""The migrations: run from code, under a lock, with a version table of their own beside a host's."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

LOCK = 0x5A150


def upgrade(connection: Connection) -> None:
    """Run every migration that this database lacks, inside the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    config = Config()
    config.set_main_option("script_location", "sayso:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
