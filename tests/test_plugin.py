"""Sayso as a guest in somebody else's Flask app: what it leaves alone, and what it offers."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, current_app, has_request_context
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_wtf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from twilio.base.exceptions import TwilioRestException

from sayso import Sayso, access, issue, store
from sayso.message import Json, Message, Unsafe
from sayso_config import SettingsError
from tests.conftest import KEY, House, MakeHouse
from tests.stored import at_once
from tests.vendors import wait_for

BUYER, SHOP = "+14155550177", "+14155550100"
HOST = """
from flask import Flask
from sayso import Sayso
app = Flask(__name__)
sayso = Sayso(app, url_prefix="/sayso")
"""
MakeHost = Callable[..., Flask]


@pytest.fixture
def make_host(tmp_path: Path) -> Iterator[MakeHost]:
    """Apps of a host, each with a folder of its own unless it is told another's, and without a sayso yet."""
    made: list[Flask] = []

    def make(folder: str = "", **settings: str) -> Flask:
        app = Flask("host", instance_path=str(tmp_path / (folder or f"host{len(made)}")), static_folder=None)
        app.config.update(SECRET_KEY="the host's own", **settings)
        app.add_url_rule("/", "home", lambda: "the host's page", methods=["GET", "POST"])
        made.append(app)
        return app

    yield make
    for app in made:
        house = app.extensions.get("sayso")
        if house and house._runtime:
            house.stop()
            house.runtime.store.close()


@pytest.fixture
def host(make_host: MakeHost) -> Flask:
    """One app of a host."""
    return make_host()


def on_disk(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def issued(app: Flask) -> dict[str, dict[str, str]]:
    """The credentials of a new source."""
    written: dict[str, dict[str, str]] = app.extensions["sayso"].runtime.store.write(
        lambda tx: issue.issue(tx, store.add_source(tx, "crm"))
    )
    return written


def post_text(app: Flask, given: dict[str, dict[str, str]], prefix: str = "") -> int:
    """The status that a vendor-shaped POST hears."""
    sid, token = given["twilio"]["account_sid"], given["twilio"]["auth_token"]
    form = {"To": BUYER, "From": SHOP, "Body": "Your ring is ready."}
    path = f"{prefix}/2010-04-01/Accounts/{sid}/Messages.json"
    return app.test_client().post(path, data=form, auth=(sid, token)).status_code


# Manners


def test_two_apps_in_one_process_do_not_meet(make_host: MakeHost) -> None:
    one, two = make_host(), make_host()
    Sayso(one)
    Sayso(two)
    given = issued(one)
    assert (post_text(one, given), post_text(two, given)) == (201, 401)
    assert one.extensions["sayso"] is not two.extensions["sayso"]


def test_one_sayso_serves_two_apps_each_with_its_own_state(make_host: MakeHost) -> None:
    one, two, sayso = make_host(), make_host(), Sayso()
    sayso.init_app(one)
    sayso.init_app(two)
    given = issued(one)
    assert (post_text(one, given), post_text(two, given)) == (201, 401)


def test_init_app_mounts_it_later_and_where_it_is_told(host: Flask) -> None:
    Sayso().init_app(host, url_prefix="/sayso/")
    client = host.test_client()
    assert [client.get(path).status_code for path in ("/sayso/healthz", "/healthz", "/")] == [200, 404, 200]


def test_importing_it_writes_nothing(tmp_path: Path) -> None:
    code = "from sayso import Sayso; import sayso_config, sayso_providers"
    subprocess.run([sys.executable, "-B", "-c", code], cwd=tmp_path, check=True)
    assert on_disk(tmp_path) == set()


def test_nothing_is_on_disk_before_the_first_use(host: Flask, tmp_path: Path) -> None:
    Sayso(host)
    created = on_disk(tmp_path)
    host.test_client().get("/")
    visited = on_disk(tmp_path)
    host.test_client().get("/healthz")
    assert (created, visited) == (set(), set())
    assert {"host0/sayso.db", "host0/sayso.key"} <= on_disk(tmp_path)


def manners(app: Flask) -> dict[str, object]:
    """Everything of an app that a guest could have changed."""
    scoped = (
        "before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors",
        "url_value_preprocessors", "url_default_functions", "error_handler_spec", "view_functions", "blueprints",
    )  # fmt: skip
    ours = ("sayso", "sayso.")
    return {
        **{
            name: {k: repr(v) for k, v in getattr(app, name).items() if not str(k).startswith(ours) and v}
            for name in scoped
        },
        "config": dict(app.config),
        "extensions": {name for name in app.extensions if name != "sayso"},
        "converters": dict(app.url_map.converters),
        "slashes": (app.url_map.strict_slashes, app.url_map.merge_slashes, app.url_map.host_matching),
        "rules": {rule.rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("sayso.")},
        "jinja": [sorted(getattr(app.jinja_env, part)) for part in ("globals", "filters", "tests", "extensions")],
        "teardown": list(app.teardown_appcontext_funcs),
        "context": list(app.shell_context_processors),
        "session": type(app.session_interface),
        "json": type(app.json),
        "wsgi": app.wsgi_app.__func__,
        "commands": set(app.cli.commands),
    }


def test_the_host_is_as_it_was_but_for_our_blueprint_and_extension(host: Flask) -> None:
    before = manners(host)
    Sayso(host, url_prefix="/sayso")
    mounted = manners(host)
    host.test_client().get("/sayso/desk/")
    assert mounted == before
    assert manners(host) == before
    assert (set(host.blueprints), set(host.extensions)) == ({"sayso"}, {"sayso"})


def test_a_planted_change_of_the_host_is_found(host: Flask) -> None:
    before = manners(host)
    host.before_request(lambda: None)
    assert manners(host) != before


def test_a_second_sayso_on_the_same_app_is_refused(host: Flask) -> None:
    Sayso(host)
    with pytest.raises(Unsafe, match="one Sayso an app"):
        Sayso(host)


def test_an_unknown_setting_is_refused_when_it_is_mounted_and_leaves_no_trace(make_host: MakeHost) -> None:
    host = make_host(SAYSO_UNDO_SECOND="0")
    with pytest.raises(SettingsError, match="SAYSO_UNDO_SECOND"):
        Sayso(host)
    assert (set(host.blueprints), set(host.extensions)) == (set(), set())


def test_postgresql_without_a_secret_key_is_refused(make_host: MakeHost) -> None:
    with pytest.raises(SettingsError, match="SAYSO_SECRET_KEY"):
        Sayso(make_host(SAYSO_DATABASE_URL="postgresql://localhost/sayso"))


# Beside a host's own guards


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


# The host's facts


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house whose time can be set."""
    return make_house()


def hook(house: House, facts: Callable[[Message], dict[str, Json]]) -> None:
    """Let the host of this house know something."""
    house.app.extensions["sayso"].hooks.facts = facts


def test_the_facts_hook_is_asked_in_an_app_context_without_a_request(house: House) -> None:
    asked: list[tuple[object, bool]] = []

    def facts(message: Message) -> dict[str, Json]:
        asked.append((current_app._get_current_object(), has_request_context()))  # type: ignore[attr-defined]
        return {}

    hook(house, facts)
    house.client().messages.create(to=BUYER, from_=SHOP, body="Your ring is ready.")
    assert asked == [(house.app, False)]


def test_the_decorator_registers_the_facts_hook(host: Flask) -> None:
    sayso = Sayso(host)

    @sayso.facts
    def facts(message: Message) -> dict[str, Json]:
        return {}

    assert host.extensions["sayso"].hooks.facts is facts


def test_a_suppression_that_the_host_knows_stops_a_message(house: House) -> None:
    hook(house, lambda message: {"suppressions": [{"address": BUYER, "reason": "asked to be left alone"}]})
    with pytest.raises(TwilioRestException) as refused:
        house.client().messages.create(to=BUYER, from_=SHOP, body="Your ring is ready.")
    assert refused.value.code == 21610
    with house.store.read() as tx:
        [message] = store.recent(tx, limit=2)
    assert (message.state, message.stop_reason) == ("stopped", "suppressed")


def fail(message: Message) -> dict[str, Json]:
    raise ConnectionError("the host's own database is away")


def test_while_the_facts_hook_fails_a_message_is_received_and_is_screened_when_it_works_again(house: House) -> None:
    hook(house, fail)
    sid = house.client().messages.create(to=BUYER, from_=SHOP, body="Your ring is ready.").sid
    assert house.message(sid)["state"] == "received"
    hook(house, lambda message: {})
    house.clock.forward(seconds=5)
    wait_for(lambda: house.message(sid)["state"] == "held")
    assert house.message(sid)["findings"] == []


def test_a_facts_hook_that_fails_for_30_seconds_leaves_it_to_a_person(house: House) -> None:
    hook(house, fail)
    sid = house.client().messages.create(to=BUYER, from_=SHOP, body="Your ring is ready.").sid
    house.clock.forward(seconds=31)
    wait_for(lambda: house.message(sid)["state"] == "held")
    assert [finding["key"] for finding in house.message(sid)["findings"]] == ["facts:missing:"]


# The dispatcher, the command line, the key and the policy


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
    for host in hosts:
        Sayso(host)
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
