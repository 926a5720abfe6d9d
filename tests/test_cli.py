"""The command line as an operator meets it: real processes in an empty folder."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.vendors import wait_for

SAYSO = (sys.executable, "-m", "sayso.cli")


def sayso(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """One command in the present folder."""
    return subprocess.run(
        [*SAYSO, *words], env=surroundings(settings), capture_output=True, text=True, timeout=60, check=False
    )


def surroundings(settings: dict[str, str]) -> dict[str, str]:
    """The environment with these settings."""
    return {**os.environ, **{f"SAYSO_{name.upper()}": value for name, value in settings.items()}}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(tmp_path: Path, journal: str = "", **settings: str) -> Iterator[tuple[str, Path]]:
    """`sayso run` with what it prints, ended by SIGTERM; `journal` is what systemd calls its own."""
    port, said = free_port(), tmp_path / "said"
    known = surroundings({"port": str(port), **settings}) | {"JOURNAL_STREAM": journal}
    with said.open("w") as out:
        process = subprocess.Popen([*SAYSO, "run"], env=known, stdout=out)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(url), 20)
        yield url, said
    finally:
        process.terminate()
        assert process.wait(20) == 0


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_a_first_start_prints_the_desk_and_a_link_that_signs_the_first_admin_in(tmp_path: Path) -> None:
    with running(tmp_path) as (url, said):
        wait_for(lambda: "No vendor keys" in said.read_text())
        assert f"{url}/desk/" in said.read_text()
        link = re.search(r"http://\S+/desk/invite/\S+", said.read_text())
        assert link
        browser = requests.Session()
        form = {"email": "owner@example.com", "password": "four words do well"}
        page = browser.post(link[0], data=form, timeout=10)
        assert page.status_code == 200
        assert "Nothing waits" in page.text


def test_a_second_start_prints_no_link_once_an_administrator_can_sign_in(tmp_path: Path) -> None:
    with running(tmp_path) as (_, said):
        link = wait_for(lambda: re.search(r"http://\S+/desk/invite/\S+", said.read_text()))[0]
        sayso("staff", "add", "ana@example.com", "--role", "reviewer")
        form = {"email": "owner@example.com", "password": "four words do well"}
        assert requests.post(link, data=form, timeout=10).status_code == 200
    with running(tmp_path) as (_, said):
        wait_for(lambda: "No vendor keys" in said.read_text())
        assert "/desk/invite/" not in said.read_text()


def test_a_journal_is_told_the_command_that_makes_a_link_and_no_link(tmp_path: Path) -> None:
    (tmp_path / "said").touch()
    kept = (tmp_path / "said").stat()
    with running(tmp_path, journal=f"{kept.st_dev}:{kept.st_ino}") as (_, said):
        wait_for(lambda: "No vendor keys" in said.read_text())
        assert "/desk/invite/" not in said.read_text()
        assert "sayso staff add EMAIL --role admin" in said.read_text()


def test_the_secret_key_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    sayso("db", "upgrade")
    assert stat.S_IMODE((tmp_path / "instance" / "sayso.key").stat().st_mode) == 0o600


def test_source_add_prints_every_promised_credential(tmp_path: Path) -> None:
    issued = json.loads(sayso("source", "add", "crm", "--json").stdout)
    assert set(issued) == {"source", "token", "webhook_secret", "twilio", "sendgrid", "lob", "smtp"}
    assert re.fullmatch(r"AC[0-9a-f]{32}", issued["twilio"]["account_sid"])
    assert re.fullmatch(r"[0-9a-f]{32}", issued["twilio"]["auth_token"])
    assert set(issued["sendgrid"]) == {"api_key", "event_public_key"}
    assert set(issued["lob"]) == {"api_key", "webhook_secret"}
    assert set(issued["smtp"]) == {"username", "password"}


def test_a_source_that_is_there_already_is_refused_in_one_line(tmp_path: Path) -> None:
    sayso("source", "add", "crm")
    again = sayso("source", "add", "crm")
    assert again.returncode == 1
    assert len(again.stderr.strip().splitlines()) == 1
    assert "rotate" in again.stderr


def test_rotated_credentials_work_beside_the_former_ones(tmp_path: Path) -> None:
    old, new = (json.loads(sayso("source", *words, "--json").stdout) for words in (("add", "crm"), ("rotate", "crm")))
    with running(tmp_path) as (url, _):
        for issued in (old, new):
            auth = (issued["twilio"]["account_sid"], issued["twilio"]["auth_token"])
            listed = requests.get(f"{url}/2010-04-01/Accounts/{auth[0]}/Messages.json", auth=auth, timeout=10)
            assert listed.status_code == 200


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param(("nonsense",), 2, id="unknown command"),
        pytest.param(("staff", "add", "a@example.com", "--role", "king"), 2, id="unknown role"),
        pytest.param(("staff", "add", "nobody", "--role", "admin"), 1, id="no e-mail address"),
        pytest.param(("token", "add", "stranger@example.com"), 1, id="token for a stranger"),
        pytest.param(("source", "allow", "nobody", "https://crm.example.com"), 1, id="allow for an unknown source"),
        pytest.param(("source", "add", "x", "--purpose", "gossip"), 1, id="unknown purpose"),
        pytest.param(("explain", "01ARZ3NDEKTSV4RRFFQ69G5FAV"), 1, id="explain an unknown message"),
    ],
)
def test_wrong_words_are_refused_with_the_promised_status(tmp_path: Path, words: tuple[str, ...], status: int) -> None:
    result = sayso(*words)
    assert result.returncode == status
    assert result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_setting_is_refused_at_start_with_the_mend(tmp_path: Path) -> None:
    result = sayso("db", "upgrade", qiet_hours="off")
    assert result.returncode == 1
    assert "SAYSO_QUIET_HOURS" in result.stderr
    assert "Traceback" not in result.stderr


def test_postgresql_without_a_secret_key_is_refused_at_start(tmp_path: Path) -> None:
    result = sayso("db", "upgrade", database_url="postgresql://localhost/sayso")
    assert result.returncode == 1
    assert "SAYSO_SECRET_KEY" in result.stderr


def test_stop_and_resume_say_what_they_did(tmp_path: Path) -> None:
    sayso("db", "upgrade")
    stopped = json.loads(sayso("stop", "--purpose", "marketing", "--reason", "wrong list", "--json").stdout)
    assert stopped == {"stopped": {"purpose": "marketing"}, "reason": "wrong list"}
    assert json.loads(sayso("resume", "--json").stdout) == {"lifted": 1}


@pytest.mark.parametrize("part", ["--purpose", "--source", "--channel", "--store"])
def test_a_stop_of_what_does_not_exist_is_refused(tmp_path: Path, part: str) -> None:
    sayso("db", "upgrade")
    assert sayso("stop", part, "marketting").returncode == 1


def test_a_stop_in_the_wrong_folder_makes_no_database_and_says_so(tmp_path: Path) -> None:
    result = sayso("stop")
    assert result.returncode == 1
    assert "There is no database" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_demo_tells_the_story_and_nothing_reaches_the_bride_to_be(tmp_path: Path) -> None:
    told = sayso("demo", "--play", "--port", str(free_port()))
    assert told.returncode == 0
    assert "CRM    ← Kayla    canceled" in told.stdout
    assert "CRM    ← Scott    delivered" in told.stdout
    assert "Nothing reached Kayla." in told.stdout
    assert "Twilio → Kayla" not in told.stdout
    assert "stop: Would tell Kayla that someone bought ring 4411" in told.stdout
    assert "stop: Rebecca and Nate are no couple any more" in told.stdout
    assert "hold: This is bad news" in told.stdout
    assert "Twilio → Scott    Your code is 482913." in told.stdout
    assert "In a made-up year of" in told.stdout
    assert "63 of them are clear, 17 need eyes" in told.stdout
    assert list(tmp_path.iterdir()) == []
