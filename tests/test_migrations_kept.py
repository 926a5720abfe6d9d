"""What the first release stored is still there, and still opens, after the second release's migration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, insert, select, text

from sayso import store
from sayso.message import Outgoing
from sayso.store import Store
from tests.stored import BUYER, KEY, Ticking, keep, reread


def furnish(tx: store.Tx) -> str:
    """A message with all that hangs on it, a suppression and a relay; the message's id."""
    message = keep(tx)
    store.suppress(tx, "+14155550199", "Asked in the shop.", origin="vendor")
    store.add_relay(tx, message, Outgoing("https://crm.example.com/status", (("a", "b"),)), origin="https://crm:443")
    return message.id


def make_first_release(engine: Engine, source: Engine) -> None:
    """The tables of the first release, with whatever of another database fits into them."""
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "sayso:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        former, present = MetaData(), MetaData()
        former.reflect(connection)
        with source.connect() as there:
            present.reflect(there)
            rows = {
                name: [dict(row._mapping) for row in there.execute(select(t))] for name, t in present.tables.items()
            }
        for table in former.sorted_tables:
            for row in rows[table.name] if "alembic" not in table.name else []:
                connection.execute(insert(table).values({c.name: row[c.name] for c in table.columns}))


@pytest.fixture
def present(tmp_path: Path) -> Iterator[Store]:
    """A store of this release, from which the rows are taken."""
    one = Store(f"sqlite:///{tmp_path / 'present.db'}", KEY, Ticking())
    one.upgrade()
    yield one
    one.close()


def test_messages_suppressions_and_relays_of_the_first_release_are_kept(present: Store, database_url: str) -> None:
    message_id = present.write(furnish)
    with present.read() as tx:
        message = store.get(tx, message_id)
    assert message
    here = Store(database_url, KEY, Ticking())
    make_first_release(here.engine, present.engine)
    with here.engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM sayso_alembic_version")).scalar() == "0001"
    here.upgrade()
    assert reread(here, message) == message
    assert message.door == "twilio"
    with here.read() as tx:
        assert store.suppressed(tx, ["+14155550199", BUYER]) == {"+14155550199": "Asked in the shop."}
        relay = store.read_relays(tx, message_id)[0]
    assert (relay.outgoing.url, relay.state, relay.message_id) == (
        "https://crm.example.com/status",
        "waiting",
        message_id,
    )
    assert here.write(lambda tx: store.lift_suppressions(tx, ["vendor"], "+14155550199")) == 1
    here.close()
