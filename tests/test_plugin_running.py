"""What sayso brings along in a host's app: the dispatcher, the command line, the key and the policy."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from sayso import Sayso
from sayso.message import Unsafe
from tests.conftest import KEY
from tests.hosts import MakeHost, host, make_host
from tests.stored import at_once
from tests.vendors import wait_for

__all__ = ["host", "make_host"]  # fixtures from elsewhere

HOST = """
from flask import Flask
from sayso import Sayso
app = Flask(__name__)
sayso = Sayso(app, url_prefix="/sayso")
"""


def dispatchers() -> int:
    return sum(thread.name.startswith("sayso-") and thread.is_alive() for thread in threading.enumerate())


def test_starting_twice_starts_one_dispatcher_and_stopping_ends_it(host: Flask) -> None:
    sayso, before = Sayso(host), dispatchers()
    sayso.start(host)
    once = dispatchers() - before
    sayso.start(host)
    twice = dispatchers() - before
    sayso.stop(host)
    assert (once > 0, twice, dispatchers()) == (True, once, before)


def test_a_start_that_failed_can_be_tried_again(make_host: MakeHost, tmp_path: Path) -> None:
    host = make_host(SAYSO_DATABASE_URL=f"sqlite:///{tmp_path}/later/sayso.db")
    sayso, before = Sayso(host), dispatchers()
    with pytest.raises(SQLAlchemyError):
        sayso.start(host)
    (tmp_path / "later").mkdir()
    sayso.start(host)
    assert dispatchers() > before


def flask_sayso(folder: Path, *words: str) -> str:
    """What `flask sayso …` prints in a host's folder."""
    (folder / "app.py").write_text(HOST)
    command = [sys.executable, "-m", "flask", "--app", "app", "sayso", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60).stdout


def test_a_host_has_our_commands(tmp_path: Path) -> None:
    said = flask_sayso(tmp_path, "--help")
    assert "say-so" in said
    assert not (tmp_path / "instance").exists()


def test_a_host_can_add_a_source(tmp_path: Path) -> None:
    given = json.loads(flask_sayso(tmp_path, "source", "add", "x", "--json"))
    assert (given["source"], given["twilio"]["account_sid"][:2]) == ("x", "AC")


def test_first_starts_at_once_share_one_key_that_only_its_owner_reads(make_host: MakeHost, tmp_path: Path) -> None:
    hosts = [make_host("shared") for _ in range(8)]
    for app in hosts:
        Sayso(app)
    hashes = at_once([lambda host=host: host.extensions["sayso"].runtime.store.seal.hash("x", "y") for host in hosts])
    assert len(set(map(str, hashes))) == 1
    keys = list((tmp_path / "shared").glob("sayso.key*"))
    assert [(key.name, stat.S_IMODE(key.stat().st_mode)) for key in keys] == [("sayso.key", 0o600)]


def test_the_key_is_made_once(make_host: MakeHost, tmp_path: Path) -> None:
    for _ in range(2):
        host = make_host("shared")
        Sayso(host)
        host.test_client().get("/healthz")
        (key := tmp_path / "shared" / "sayso.key").chmod(0o400)
        made = key.read_text()
    assert key.read_text() == made


def test_a_key_file_that_was_cut_short_is_refused(host: Flask, tmp_path: Path) -> None:
    Sayso(host)
    (tmp_path / "host0").mkdir()
    (tmp_path / "host0" / "sayso.key").write_text("\n")
    with pytest.raises(Unsafe, match="no whole key"):
        host.extensions["sayso"].runtime  # noqa: B018  # it is made when it is looked at


def test_the_policy_is_read_again_and_what_the_host_set_still_counts(make_host: MakeHost) -> None:
    host = make_host(SAYSO_QUIET_HOURS="off", SAYSO_SECRET_KEY=KEY)
    Sayso(host)
    read = host.extensions["sayso"].policy.read
    assert (read().quiet_hours, read().duplicate_window) == (None, 86400)
    Path("sayso.toml").write_text("[policy]\nduplicate_window = 60\n")
    wait_for(lambda: read().duplicate_window == 60)
    assert read().quiet_hours is None
