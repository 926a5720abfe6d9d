"""Sayso beside a host's own guards: Flask-WTF's CSRFProtect and Flask-Login."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_wtf import CSRFProtect

from sayso import Sayso, access, store
from tests.hosts import host, issued, make_host, post_text

__all__ = ["host", "make_host"]  # fixtures from elsewhere


@pytest.fixture(params=["csrf first", "sayso first"])
def guarded(request: pytest.FixtureRequest, host: Flask) -> Flask:
    """A host with CSRFProtect, initialised before or after us."""
    for guest in (CSRFProtect, Sayso) if request.param == "csrf first" else (Sayso, CSRFProtect):
        guest(host)
    return host


def test_beside_csrfprotect_a_vendor_posts_from_the_first_request_on(guarded: Flask) -> None:
    assert post_text(guarded, issued(guarded)) == 201


def test_beside_csrfprotect_the_hosts_own_posts_stay_guarded(guarded: Flask) -> None:
    post_text(guarded, issued(guarded))
    assert guarded.test_client().post("/").status_code == 400


def test_beside_csrfprotect_the_desk_guards_its_own_forms(guarded: Flask) -> None:
    post_text(guarded, issued(guarded))
    client = signed_in(guarded)
    answer = client.post("/desk/sign-out", data={"csrf": "of another session"})
    assert (answer.status_code, client.get("/desk/").status_code) == (403, 200)


def signed_in(app: Flask) -> FlaskClient:
    """A browser in which a reviewer chose a password."""
    token = app.extensions["sayso"].runtime.store.write(
        lambda tx: access.invite(tx, store.add_staff(tx, "ana@example.com", "reviewer").id)
    )
    client = app.test_client()
    assert client.post(f"/desk/invite/{token}", data={"password": "four words do well"}).status_code == 303
    return client


def test_exempt_csrf_may_be_called_by_hand(host: Flask) -> None:
    csrf, sayso = CSRFProtect(host), Sayso(host)
    sayso.exempt_csrf(csrf)
    assert post_text(host, issued(host)) == 201


@pytest.fixture
def login_host(host: Flask) -> Flask:
    """A host with people of its own, of whom Lena has signed in at /enter."""

    class Person(UserMixin):
        id = "lena"

    manager = LoginManager(host)
    manager.user_loader(lambda name: Person())
    host.add_url_rule("/enter", "enter", lambda: str(login_user(Person())))
    host.add_url_rule("/mine", "mine", login_required(lambda: current_user.id))
    Sayso(host)
    return host


def test_beside_flask_login_the_hosts_people_stay_signed_in(login_host: Flask) -> None:
    manager, client = login_host.login_manager, login_host.test_client()  # type: ignore[attr-defined]
    client.get("/enter")
    client.get("/desk/")
    assert (client.get("/mine").text, login_host.login_manager is manager) == ("lena", True)  # type: ignore[attr-defined]


def test_beside_flask_login_somebody_signed_in_there_is_nobody_here(login_host: Flask) -> None:
    client = login_host.test_client()
    client.get("/enter")
    answer = client.get("/desk/")
    assert (answer.status_code, "/desk/sign-in" in answer.location) == (303, True)
