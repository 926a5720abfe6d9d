"""The migrations: the schema they make, several processes at once, a host's own Alembic, and a later version."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from sayso.message import Unsafe
from sayso.store import Store, tables
from sayso.store.database import HEAD
from tests.stored import KEY, Ticking, at_once, keep, reread

UPGRADE = """
import sys
from datetime import UTC, datetime
from sayso.store import Store
sys.stdin.readline()
Store(sys.argv[1], "k" * 40, lambda: datetime.now(UTC)).upgrade()
"""


@pytest.fixture
def here(database_url: str) -> Iterator[Store]:
    """A store whose tables are not made yet."""
    one = Store(database_url, KEY, Ticking())
    yield one
    one.close()


@pytest.fixture
def engine(here: Store) -> Engine:
    """An engine on the same database."""
    return here.engine


def differences(connection: Connection) -> list[object]:
    ours = {"compare_type": True, "compare_server_default": True, "version_table": "sayso_alembic_version"}
    return list(compare_metadata(MigrationContext.configure(connection, opts=ours), tables.metadata))


def shape(connection: Connection, table: str) -> object:
    """What compare_metadata does not look at: keys, unique columns and the rows that an index leaves out."""
    look = inspect(connection)
    indexes = {
        (index["name"], tuple(index["column_names"]), bool(index["unique"]), str(sorted(_only(index).items())))
        for index in look.get_indexes(table)
    }
    unique = {tuple(sorted(found["column_names"])) for found in look.get_unique_constraints(table)}
    foreign = {(*key["constrained_columns"], key["referred_table"]) for key in look.get_foreign_keys(table)}
    return look.get_pk_constraint(table)["constrained_columns"], indexes, unique, foreign


def _only(index: dict[str, object]) -> dict[str, str]:
    options = index.get("dialect_options") or {}
    return {name: str(value) for name, value in options.items() if name.endswith("_where")}  # type: ignore[attr-defined]


def test_the_migrated_schema_is_the_one_in_tables(here: Store, engine: Engine) -> None:
    here.upgrade()
    with engine.connect() as connection:
        assert differences(connection) == []


def test_a_difference_between_schema_and_tables_is_found(here: Store, engine: Engine) -> None:
    here.upgrade()
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX sayso_message_due"))
        assert len(differences(connection)) == 1


def test_keys_and_partial_indexes_are_those_of_tables(here: Store, engine: Engine) -> None:
    here.upgrade()
    names = sorted(tables.metadata.tables)
    with engine.begin() as connection:
        migrated = {name: shape(connection, name) for name in names}
        tables.metadata.drop_all(connection)
        tables.metadata.create_all(connection)
        created = {name: shape(connection, name) for name in names}
    assert migrated == created


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", "sayso:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_upgrading_twice_changes_nothing(here: Store) -> None:
    here.upgrade()
    message = here.write(keep)
    here.upgrade()
    assert reread(here, message) == message


def test_four_processes_that_upgrade_at_once_all_succeed(here: Store, database_url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, database_url], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write(b"go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    assert here.is_current()


def test_four_threads_that_upgrade_at_once_all_succeed(database_url: str) -> None:
    stores = [Store(database_url, KEY, Ticking()) for _ in range(4)]
    assert at_once([one.upgrade for one in stores]) == [None] * 4
    for one in stores:
        one.close()


def test_a_hosts_own_alembic_version_is_left_alone(here: Store, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('the host''s')"))
        connection.execute(text("CREATE TABLE orders (id INTEGER PRIMARY KEY)"))
    here.upgrade()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["the host's"]
        strangers = [name for name in inspect(connection).get_table_names() if not name.startswith("sayso_")]
    assert sorted(strangers) == ["alembic_version", "orders"]


def test_a_database_of_a_later_version_is_refused_and_both_versions_are_named(here: Store, engine: Engine) -> None:
    here.upgrade()
    with engine.begin() as connection:
        connection.execute(text("UPDATE sayso_alembic_version SET version_num = '9999'"))
    with pytest.raises(Unsafe, match=f"9999.*{HEAD}"):
        here.upgrade()
