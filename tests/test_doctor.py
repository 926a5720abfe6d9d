"""`sayso doctor`: each thing that is unsafe, missing or stuck is told with its mend, and looking changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import text

from sayso import access, doctor, store
from sayso.message import State
from sayso.store import Tx
from sayso.store.database import HEAD
from sayso.wsgi import create_app
from tests.conftest import KEY
from tests.redis_server import RedisServer, redis, redis_server
from tests.stored import keep
from tests.test_cli import free_port, sayso
from tests.vendors import FakeTwilio, Server, serve, wait_for

__all__ = ["redis", "redis_server"]
SOUND = {
    "SAYSO_PUBLIC_URL": "https://sayso.example.com",
    "SAYSO_TWILIO_ACCOUNT_SID": "AC" + "f0" * 16,
    "SAYSO_TWILIO_AUTH_TOKEN": "ab" * 16,
    "SAYSO_SECRET_KEY": KEY,
}


class Shop:
    """A shop whose sayso a doctor looks at, with these settings beside the sound ones."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        given = SOUND | {f"SAYSO_{name.upper()}": value for name, value in settings.items()}
        self.app: Flask = create_app({name: value for name, value in given.items() if value is not None}, folder)

    def write(self, fn: Callable[[Tx], object]) -> None:
        """Something happens there."""
        self.app.extensions["sayso"].runtime.store.write(fn)

    def checks(self, online: bool = False) -> dict[str, tuple[bool, str]]:
        """What the doctor says of each thing."""
        info = ScriptInfo(create_app=lambda: self.app)
        return {found.check: (found.ok, found.mend) for found in doctor.examine(info, online)}

    def wrong(self) -> set[str]:
        """What is to be mended."""
        return {name for name, (good, mend) in self.checks().items() if not good}


def settle(tx: Tx) -> None:
    """An administrator who can sign in, and a CRM."""
    store.add_source(tx, "crm")
    store.change_staff(tx, store.add_staff(tx, "ana@example.com", "admin").id, password="x")


@pytest.fixture
def make_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Shops with settings of their own; their tables are made and somebody works there, unless told otherwise."""
    made: list[Shop] = []

    def make(*, settled: bool = True, **settings: object) -> Shop:
        shop = Shop(tmp_path / f"shop{len(made)}", **settings)
        made.append(shop)
        if settled:
            shop.write(settle)
        return shop

    yield make
    for shop in made:
        if shop.app.extensions["sayso"]._runtime:
            shop.app.extensions["sayso"].runtime.store.close()


MakeShop = Callable[..., Shop]


def test_a_sound_shop_has_nothing_to_mend(make_shop: MakeShop, database_url: str) -> None:
    checks = make_shop(database_url=database_url).checks()
    assert [name for name, (good, _) in checks.items() if not good] == []
    assert {"database", "tables", "durability", "seal", "clock", "secret_key", "staff", "dispatcher"} <= set(checks)


SETTINGS = (
    ("public_url", {"public_url": None}, "https"),
    ("public_url", {"public_url": "http://10.0.0.7", "allow_private_hosts": "10.0.0.7"}, "TLS"),
    ("public_url", {"public_url": "http://localhost:8000"}, "own name"),
    ("vendor_keys", {"twilio_account_sid": None, "twilio_auth_token": None}, "SAYSO_TWILIO_ACCOUNT_SID"),
    ("twilio_keys", {"twilio_account_sid": "AC1"}, "console"),
    ("twilio_keys", {"twilio_auth_token": "anything"}, "console"),
    ("private_hosts", {"allow_private_hosts": "crm.local"}, "crm.local"),
    ("failpoint", {"mode": "test", "failpoint": "C6:kill"}, "SAYSO_FAILPOINT"),
    ("quiet_hours", {"quiet_hours": "off"}, "SAYSO_QUIET_HOURS"),
)


@pytest.mark.parametrize(("name", "settings", "word"), SETTINGS, ids=lambda value: str(value)[:60])
def test_an_unsafe_or_missing_setting_is_told_with_its_mend(
    make_shop: MakeShop, name: str, settings: dict[str, object], word: str
) -> None:
    good, mend = make_shop(**settings).checks()[name]
    assert (good, word in mend) == (False, True)


def test_test_mode_is_told_and_needs_no_keys_and_no_address(make_shop: MakeShop) -> None:
    keyless = {"twilio_account_sid": None, "twilio_auth_token": None, "public_url": None}
    shop = make_shop(mode="test", quiet_hours="off", **keyless)
    assert (shop.wrong(), shop.checks()["mode"][1][:27]) == (set(), "Test mode: nothing leaves. ")


def cleared(tx: Tx) -> None:
    keep(tx, State.CLEARED, due_at=tx.now - timedelta(minutes=5))


def lost(tx: Tx) -> None:
    message = keep(tx, State.UNCONFIRMED)
    store.open_attempt(tx, [message], "twilio", tx.now)
    tx.connection.execute(text("UPDATE sayso_attempt SET started_at = started_at - 600000000"))


def relay_that_is(state: str) -> Callable[[Tx], None]:
    def add(tx: Tx) -> None:
        message = keep(tx)
        row = {"m": message.id, "s": message.source_id, "state": state, "at": tx.at}
        tx.connection.execute(
            text(
                "INSERT INTO sayso_relay (event_id, message_id, source_id, provider, origin, sealed, state, created_at,"
                " done_at) VALUES ('E', :m, :s, 'twilio', 'https://crm.test:443', x'00', :state, :at, :at)"
            ),
            row,
        )

    return add


TROUBLE = (
    ("dispatcher", cleared, "sayso run"),
    ("unconfirmed", lost, "arrived"),
    ("parked_relays", relay_that_is("parked"), "sayso source allow crm https://crm.test:443"),
    ("dead_relays", relay_that_is("dead"), "three days"),
    ("vendor_alarms", lambda tx: store.write_breaker(tx, store.Breaker("twilio", 5, tx.now, "401")), "twilio: 401"),
    ("staff", lambda tx: access.remove(tx, "ana@example.com"), "There is no admin who"),
    ("accounts", lambda tx: keep(tx, provider="lob"), "lob (1 messages wait)"),
    ("clock", lambda tx: store.write_trail(replace(tx, now=tx.now + timedelta(minutes=5)), "test", "x", {}), "behind"),
)


@pytest.mark.parametrize(("name", "trouble", "word"), TROUBLE, ids=[name for name, _, _ in TROUBLE])
def test_what_is_stuck_is_told_with_its_mend(
    make_shop: MakeShop, name: str, trouble: Callable[[Tx], object], word: str
) -> None:
    shop = make_shop()
    shop.write(trouble)
    assert shop.wrong() == {name}
    assert word in shop.checks()[name][1]


def test_a_stop_in_force_is_told_and_needs_no_mend(make_shop: MakeShop) -> None:
    shop = make_shop()
    shop.write(lambda tx: store.add_stop(tx, "wrong list", "operator"))
    good, remark = shop.checks()["stops"]
    assert (good, "wrong list" in remark) == (True, True)


def test_nobody_and_no_crm_are_told(make_shop: MakeShop) -> None:
    shop = make_shop(settled=False)
    shop.write(lambda tx: None)
    assert shop.wrong() == {"staff", "sources"}


def test_tables_of_another_release_are_told(make_shop: MakeShop, database_url: str) -> None:
    for version, mend in (("0001", "sayso db upgrade"), ("9999", "install the later")):
        shop = make_shop(settled=version == "0001", database_url=database_url)
        Shop(shop.folder, database_url=database_url)
        with shop.app.extensions["sayso"].runtime.store.engine.begin() as on:
            on.execute(text(f"UPDATE sayso_alembic_version SET version_num = '{version}'"))  # noqa: S608
        good, said = shop.checks()["tables"]
        assert (good, mend in said) == (False, True)
        with shop.app.extensions["sayso"].runtime.store.engine.begin() as on:
            on.execute(text(f"UPDATE sayso_alembic_version SET version_num = '{HEAD}'"))  # noqa: S608


def test_another_key_and_a_lost_key_are_told(make_shop: MakeShop, tmp_path: Path) -> None:
    shop = make_shop(secret_key=None)
    key = shop.folder / "sayso.key"
    assert shop.wrong() == set()
    key.chmod(0o644)
    assert shop.wrong() == {"secret_key"}
    key.chmod(0o600)
    assert Shop(shop.folder, secret_key="j" * 40).wrong() == {"seal"}
    key.rename(tmp_path / "elsewhere")
    again = Shop(shop.folder, secret_key=None)
    assert again.wrong() >= {"secret_key"}
    assert not key.exists()


def test_a_database_that_everybody_can_read_is_told(make_shop: MakeShop) -> None:
    shop = make_shop()
    shop.folder.chmod(0o755)
    (shop.folder / "sayso.db").chmod(0o644)
    assert "chmod 600" in shop.checks()["database_file"][1]


def test_postgresql_that_forgets_is_told(make_shop: MakeShop, postgres_url: str) -> None:
    shop = make_shop(database_url=postgres_url)
    with shop.app.extensions["sayso"].runtime.store.engine.begin() as on:
        name = on.execute(text("SELECT current_database()")).scalar()
        on.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    assert "synchronous_commit" in str(Shop(shop.folder, database_url=postgres_url).checks())
    assert Shop(shop.folder, database_url=postgres_url).wrong() == {"tables"}


def test_a_database_that_is_down_is_one_thing_to_mend_and_shows_no_password(make_shop: MakeShop) -> None:
    url = f"postgresql+psycopg://sayso:canary-pass@127.0.0.1:{free_port()}/sayso"
    shop = make_shop(settled=False, database_url=url)
    good, mend = shop.checks()["database"]
    assert (good, "canary-pass" in str(shop.checks()), shop.wrong()) == (False, False, {"database"})
    assert "refused" in mend


def test_looking_makes_neither_a_database_nor_a_key(tmp_path: Path) -> None:
    (folder := tmp_path / "instance").mkdir()
    result = sayso("doctor", "--json")
    assert (result.returncode, list(folder.iterdir())) == (1, [])
    assert {"database", "secret_key"} <= {one["check"] for one in json.loads(result.stdout) if not one["ok"]}


def test_refused_settings_are_checks_and_no_traceback(tmp_path: Path) -> None:
    result = sayso("doctor", "--json", qiet_hours="off", vendor_timeout="soon")
    checks = json.loads(result.stdout)
    assert (result.returncode, result.stderr) == (1, "")
    assert [(one["check"], one["ok"]) for one in checks] == [("settings", False)] * 2
    assert any("SAYSO_QUIET_HOURS" in one["mend"] for one in checks)


def test_each_check_has_the_promised_keys_and_a_sound_shop_ends_with_zero(make_shop: MakeShop, tmp_path: Path) -> None:
    shop = make_shop(settled=True)
    (tmp_path / "instance").symlink_to(shop.folder)
    result = subprocess.run(
        [sys.executable, "-m", "sayso.cli", "doctor", "--json"],
        env={**os.environ, **SOUND}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (result.returncode, {frozenset(one) for one in json.loads(result.stdout)}) == (
        0, {frozenset({"check", "ok", "mend"})}
    )  # fmt: skip


def test_it_is_there_inside_a_host_app_too(tmp_path: Path) -> None:
    (tmp_path / "host.py").write_text(
        "from flask import Flask\nfrom sayso import Sayso\n"
        "app = Flask('host', instance_path=__file__ + '.d')\nSayso(app)\n"
    )
    command = [sys.executable, "-m", "flask", "--app", "host", "sayso", "doctor"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, "✗ mend  database" in result.stdout, result.stderr) == (1, True, "")


def test_redis_that_is_away_and_a_worker_that_is_missing_are_told(make_shop: MakeShop, redis: RedisServer) -> None:
    shop = make_shop(redis_url=redis.url)
    assert shop.wrong() == {"workers"}
    redis.kill()
    good, mend = shop.checks()["redis"]
    assert (good, "Error" in mend) == (False, True)


def test_a_worker_that_listens_is_seen(make_shop: MakeShop, redis: RedisServer) -> None:
    shop = make_shop(redis_url=redis.url)
    house = shop.app.extensions["sayso"]
    house.work()
    try:
        wait_for(lambda: shop.wrong() == set(), 30)
    finally:
        house.stop()


@pytest.fixture
def vendor() -> Iterator[Server]:
    """A made-up Twilio that counts who asks."""
    with serve(FakeTwilio().answer) as server:
        yield server


def test_the_vendor_is_asked_online_only(make_shop: MakeShop, vendor: Server) -> None:
    at_home = {"twilio_api_url": vendor.url, "allow_private_hosts": "127.0.0.1", "public_url": None}
    shop = make_shop(**at_home)
    assert (shop.checks()["twilio_keys"], vendor.heard) == ((True, ""), [])
    assert (shop.checks(online=True)["twilio_keys"], len(vendor.heard)) == ((True, ""), 1)
    good, mend = make_shop(**at_home, twilio_auth_token="wrong").checks(online=True)["twilio_keys"]
    assert (good, "did not say yes" in mend) == (False, True)
