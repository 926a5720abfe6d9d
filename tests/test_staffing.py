"""Who may come in, seen and changed from the command line; and that somebody who left is out at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo

from sayso import access, cli, staffing
from sayso.wsgi import create_app
from tests.conftest import House
from tests.desk_visits import PASSWORD, enter, invited
from tests.stillness import still

__all__ = ["still"]
EMAIL = "ana@example.com"


def sayso(*words: str) -> Result:
    """One command in the present folder, in this process."""
    return CliRunner().invoke(cli.flask_group, words, obj=ScriptInfo(create_app=create_app))


def inside(house: House, browser: requests.Session) -> bool:
    """Whether the desk lets this browser see what waits."""
    return browser.get(f"{house.url}/desk/", timeout=10, allow_redirects=False).status_code == 200


def test_a_new_password_ends_every_other_session_of_that_person_and_nobody_elses(still: House) -> None:
    before, other = enter(still, EMAIL), enter(still, "ben@example.com")
    unused = invited(still, EMAIL)
    after = enter(still, EMAIL)
    assert [inside(still, browser) for browser in (before, after, other)] == [False, True, True]
    assert requests.post(unused, data={"password": PASSWORD}, timeout=10).status_code == 403


def test_a_removed_person_is_out_at_once_with_every_session_link_and_token(still: House) -> None:
    browser, link, token = enter(still, EMAIL), invited(still, EMAIL), still.staff(EMAIL)
    still.store.write(lambda tx: access.remove(tx, EMAIL))
    assert not inside(still, browser)
    assert requests.post(link, data={"password": PASSWORD}, timeout=10).status_code == 403
    assert requests.get(f"{still.url}/api/counts", headers=token, timeout=10).status_code == 401
    still.store.write(lambda tx: staffing.bring_back(tx, EMAIL, "reviewer"))
    assert requests.get(f"{still.url}/api/counts", headers=token, timeout=10).status_code == 401
    still.store.write(lambda tx: access.remove(tx, EMAIL))
    form = {"email": EMAIL, "password": PASSWORD}
    assert requests.post(f"{still.url}/desk/sign-in", data=form, timeout=10).status_code == 403


def test_staff_list_shows_who_may_come_in_as_what(tmp_path: Path) -> None:
    assert sayso("staff", "add", EMAIL, "--role", "manager", "--store", "reno").exit_code == 0
    sayso("staff", "add", "ben@example.com", "--role", "viewer")
    assert sayso("staff", "remove", "ben@example.com").exit_code == 0
    assert json.loads(sayso("staff", "list", "--json").stdout) == [
        {"email": EMAIL, "role": "manager", "stores": ["reno"], "state": "invited"},
        {"email": "ben@example.com", "role": "viewer", "stores": [], "state": "removed"},
    ]
    assert EMAIL in sayso("staff", "list").stdout
    assert sayso("token", "add", "ben@example.com").exit_code == 1


def test_a_removed_person_who_is_added_again_is_back(tmp_path: Path) -> None:
    for words in (("add", EMAIL, "--role", "admin"), ("remove", EMAIL), ("add", EMAIL, "--role", "viewer")):
        assert sayso("staff", *words).exit_code == 0
    assert [one["state"] for one in json.loads(sayso("staff", "list", "--json").stdout)] == ["invited"]


def test_source_list_shows_every_crm_and_no_credential(tmp_path: Path) -> None:
    issued = json.loads(sayso("source", "add", "crm", "--purpose", "receipt", "--json").stdout)
    sayso("source", "allow", "crm", "https://crm.example.com")
    listed = sayso("source", "list", "--json")
    told = json.loads(listed.stdout)
    assert [sorted(span) for span in told[0].pop("keys")] == [["ends_at", "issued_at"]]
    assert told == [
        {
            "source": "crm",
            "store": None,
            "purpose": "receipt",
            "allowed": ["https://crm.example.com:443"],
            "webhooks": {},
        }
    ]
    plain = sayso("source", "list").stdout
    assert "crm: receipt, called back at https://crm.example.com:443" in plain
    assert not [word for word in (issued["token"], issued["twilio"]["auth_token"]) if word in listed.stdout + plain]


@pytest.mark.parametrize("words", [("staff", "list"), ("source", "list"), ("staff", "remove", EMAIL)])
def test_looking_in_the_wrong_folder_makes_no_database(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert (sayso(*words).exit_code, list(tmp_path.iterdir())) == (1, [])


def test_removing_a_stranger_is_refused(tmp_path: Path) -> None:
    sayso("db", "upgrade")
    result = sayso("staff", "remove", "stranger@example.com")
    assert (result.exit_code, "staff list" in result.stderr) == (1, True)
