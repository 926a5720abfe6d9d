"""Every route, read from the url_map: who may call it, whom it refuses, and that looking changes nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from twilio.request_validator import RequestValidator
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from sayso import Sayso, access, issue, store
from sayso.message import State
from sayso.store import tables
from tests.conftest import KEY
from tests.stored import BUYER, keep
from tests.vendors import VENDOR_SID, VENDOR_TOKEN

OPEN = ("anyone", "invited")
Headers = dict[str, str]


@dataclass
class Place:
    """An app with one held message, one that is being sent, and somebody of each kind who could call."""

    app: Flask
    source: dict[str, dict[str, str]]
    other: dict[str, dict[str, str]]
    staff: str
    session: str
    invite: str
    message_id: str
    crm_id: str
    content_hash: str
    attempt: str

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Everything that is stored."""
        with self.app.extensions["sayso"].runtime.store.read() as tx:
            return {
                name: sorted((tuple(row) for row in tx.connection.execute(select(table))), key=repr)
                for name, table in tables.metadata.tables.items()
            }

    def urls(self, rule: Rule) -> Iterator[str]:
        """A rule's URLs, with the ids that are there."""
        sid = self.source["twilio"]["account_sid"]
        messages = f"Accounts/{sid}/Messages"
        rests = (f"{messages}.json", f"{messages}/{self.crm_id}.json") if "rest" in rule.arguments else ("",)
        for rest in rests:
            for kind in ("approve", "reject") if "kind" in rule.arguments else ("",):
                known = {"message_id": self.message_id, "token": self.attempt, "purpose": "receipt", "name": "x.css"}
                known["preset"] = "zapier"
                url = rule.rule
                for name, value in {**known, "rest": rest, "kind": kind}.items():
                    url = url.replace(f"<path:{name}>", value).replace(f"<{name}>", value)
                yield url

    def ask(self, method: str, url: str, headers: Headers) -> TestResponse:
        """A request that would do what it asks if its caller were the right one."""
        shown = {"version": 1, "content_hash": self.content_hash}
        form = {"To": BUYER, "From": "+14155550100", "Body": "Once more.", "Status": "canceled", **shown}
        form |= {"MessageSid": "SM1", "MessageStatus": "delivered", "AccountSid": VENDOR_SID}
        body = {"json": shown} if url.startswith("/api") else {"data": form}
        as_is = {"PATH_INFO": url, "REMOTE_ADDR": "203.0.113.9"}  # it would take the first part of //for/x for a host
        return self.app.test_client().open("/", method=method, headers=headers, environ_overrides=as_is, **body)  # type: ignore[arg-type]


def basic(login: str, secret: str) -> Headers:
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()}


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def cookie(session: str) -> Headers:
    return {"Cookie": f"sayso={session}"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """The app, with no dispatcher running."""
    app = Flask("host", instance_path=str(tmp_path / "instance"), static_folder=None)
    vendor = {"SAYSO_TWILIO_ACCOUNT_SID": VENDOR_SID, "SAYSO_TWILIO_AUTH_TOKEN": VENDOR_TOKEN}
    app.config.update(vendor, SAYSO_SECRET_KEY=KEY, SAYSO_PUBLIC_URL="http://localhost")
    Sayso(app)
    here = app.extensions["sayso"].runtime.store

    def furnish(tx: store.Tx) -> Place:
        source = issue.issue(tx, store.add_source(tx, "crm"))
        other = issue.issue(tx, store.add_source(tx, "other"))
        ana = store.add_staff(tx, "ana@example.com", "manager")
        session, held = "s" * 43, keep(tx)
        store.add_key(tx, session, "session", ana.id, tx.now + timedelta(hours=1))
        attempt = store.open_attempt(tx, [keep(tx, State.SENDING)], "twilio", tx.now + timedelta(hours=1))
        token, link = access.add_token(tx, ana), access.invite(tx, ana.id)
        found = (token, session, link, held.id, held.crm_id, held.content_hash, attempt)
        return Place(app, source, other, *found)  # type: ignore[arg-type]  # what issue() gives is str within dict

    yield here.write(furnish)
    here.close()


def ours(app: Flask) -> list[Rule]:
    """Our routes."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("sayso.")]


def declared(app: Flask, rule: Rule) -> str | None:
    """Who may call a route, as its view or a view that it wraps declares."""
    view: object = app.view_functions[rule.endpoint]
    while view is not None and not hasattr(view, "sayso_callers"):
        view = getattr(view, "__wrapped__", None)
    return getattr(view, "sayso_callers", None)


def undeclared(app: Flask) -> list[str]:
    """Routes that anybody added without a thought of who may call them."""
    return [rule.rule for rule in ours(app) if declared(app, rule) not in access.Caller.__args__]  # type: ignore[attr-defined]


def guarded(app: Flask) -> list[Rule]:
    """The routes that are not for everybody."""
    return [rule for rule in ours(app) if declared(app, rule) not in OPEN]


def refused(answer: TestResponse) -> bool:
    """Whether an answer sends its caller away: unknown, forbidden, to the sign-in, or never possible like this."""
    to_sign_in = answer.status_code in (302, 303) and "/desk/sign-in" in answer.location
    return answer.status_code in (401, 403, 405) or to_sign_in


def test_every_route_declares_its_callers(place: Place) -> None:
    assert len(ours(place.app)) > 20
    assert undeclared(place.app) == []


def test_a_planted_route_without_a_declaration_is_found(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path), static_folder=None)
    Sayso(app)
    app.add_url_rule("/planted", "sayso.planted", lambda: "")
    assert undeclared(app) == ["/planted"]


STRANGERS = {
    "nothing": lambda place: {},
    "a wrong password": lambda place: basic(place.source["twilio"]["account_sid"], "0" * 32),
    "a wrong token": lambda place: bearer("sayso_" + "0" * 43),
    "a wrong session": lambda place: cookie("0" * 43),
    "another source's password under this one's name": lambda place: basic(
        place.source["twilio"]["account_sid"], place.other["twilio"]["auth_token"]
    ),
    "the vendor's own password": lambda place: basic(VENDOR_SID, VENDOR_TOKEN),
    "the vendor's own token as bearer": lambda place: bearer(VENDOR_TOKEN),
    "the vendor's own token as session": lambda place: cookie(VENDOR_TOKEN),
    "an invite as session": lambda place: cookie(place.invite),
    "an invite as token": lambda place: bearer(place.invite),
    "a session as token": lambda place: bearer(place.session),
    "an API token as session": lambda place: cookie(place.staff),
    "a wrong signature": lambda place: {"X-Twilio-Signature": "AAAA"},
}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_refused_everywhere_and_changes_nothing(place: Place, who: str) -> None:
    headers, before = STRANGERS[who](place), place.rows()
    taken = [
        f"{method} {url}: {answer.status_code}"
        for rule in guarded(place.app)
        for url in place.urls(rule)
        for method in sorted(rule.methods or ())
        if not refused(answer := place.ask(method, url, headers))
    ]
    assert taken == []
    assert place.rows() == before


def test_a_callback_that_another_source_signed_is_refused(place: Place) -> None:
    before, url = place.rows(), f"/callbacks/twilio/{place.attempt}"
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "AccountSid": VENDOR_SID}
    signature = RequestValidator(place.other["twilio"]["auth_token"]).compute_signature(f"http://localhost{url}", form)
    answer = place.app.test_client().post(url, data=form, headers={"X-Twilio-Signature": signature})
    assert (answer.status_code, place.rows()) == (403, before)


OTHERS = {
    "password": lambda place: basic(place.other["twilio"]["account_sid"], place.other["twilio"]["auth_token"]),
    "token": lambda place: bearer(place.other["token"]),
}


@pytest.mark.parametrize("who", OTHERS)
def test_another_source_sees_nothing_of_this_one_and_changes_nothing(place: Place, who: str) -> None:
    headers, before = OTHERS[who](place), place.rows()
    mine = (place.message_id, place.source["twilio"]["account_sid"])
    seen = [
        f"{method} {url}: {answer.status_code}"
        for rule in guarded(place.app)
        for url in place.urls(rule)
        for method in sorted(rule.methods or ())
        if "Your ring is ready." in (answer := place.ask(method, url, headers)).text
        or (any(part in url for part in mine) and not refused(answer) and answer.status_code != 404)
    ]
    assert seen == []
    assert place.rows() == before


def test_looking_changes_nothing_whoever_looks(place: Place) -> None:
    given, before = place.source, place.rows()
    callers = (
        basic(given["twilio"]["account_sid"], given["twilio"]["auth_token"]),
        bearer(str(given["token"])),
        bearer(place.staff),
        cookie(place.session),
    )
    statuses = [
        place.ask(method, url, headers).status_code
        for rule in ours(place.app)
        for url in (*place.urls(rule), rule.rule.replace("<token>", place.invite))
        for method in ("GET", "HEAD")
        for headers in callers
        if method in (rule.methods or ())
    ]
    assert statuses.count(200) > 20
    assert place.rows() == before


@pytest.mark.parametrize(
    ("method", "path", "who"),
    [
        ("POST", "/2010-04-01/Accounts/{sid}/Messages.json", "source"),
        ("POST", "/api/messages/{message}/approve", "staff"),
        ("POST", "/api/messages/{message}/withdraw", "token"),
    ],
)
def test_the_same_request_of_the_right_caller_changes_something(place: Place, method: str, path: str, who: str) -> None:
    given, before = place.source, place.rows()
    headers = {
        "source": basic(given["twilio"]["account_sid"], given["twilio"]["auth_token"]),
        "staff": bearer(place.staff),
        "token": bearer(str(given["token"])),
    }[who]
    answer = place.ask(method, path.format(sid=given["twilio"]["account_sid"], message=place.message_id), headers)
    assert (answer.status_code in (200, 201), place.rows() != before) == (True, True)
