"""What an operator's watch sees: /healthz and /metrics, who may look, and what is never in them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import prometheus_client
import pytest
import requests
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from waitress.server import create_server

from sayso import access, store
from sayso.message import State
from sayso.watch import KEPT, Lookout
from sayso.wsgi import WAITRESS
from tests.conftest import House, MakeHouse, answer_until_closed
from tests.stillness import still
from tests.stored import BUYER, keep
from tests.vendors import wait_for
from tests.walk import approved, dispatched, hand_in

__all__ = ["still"]
Numbers = dict[tuple[str, str], float]


def read(house: House, **more: str) -> Numbers:
    """The metrics as Prometheus reads them: each name with its only label's value."""
    page = house.app.extensions["sayso"].lookout.page(house.runtime).decode()
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_the_metrics_count_messages_and_say_how_long_the_oldest_wait(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    hand_in(house)
    approved(house)
    approved(house)
    house.twilio.lose_answers = True
    dispatched_one(house)
    house.clock.forward(seconds=95)
    seen = read(house)
    counted = {state: int(seen["sayso_messages", state]) for state in State}
    assert {state: n for state, n in counted.items() if n} == {"held": 1, "cleared": 1, "unconfirmed": 1}
    for name in ("due", "unconfirmed", "held"):
        assert 90 <= seen[f"sayso_oldest_{name}_age_seconds", ""] < 120, name


def dispatched_one(house: House) -> None:
    """One of two messages that may go is tried; the other was stopped for that long."""
    house.store.write(lambda tx: tx.connection.execute(text(ONE_LATER), {"later": tx.at + 1_000_000}))
    dispatched(house)


ONE_LATER = (
    "UPDATE sayso_message SET due_at = :later WHERE id = (SELECT max(id) FROM sayso_message WHERE state = 'cleared')"
)


def test_the_metrics_count_stops_breakers_relays_and_incidents(still: House) -> None:
    def trouble(tx: store.Tx) -> None:
        store.add_stop(tx, "wrong list", "operator")
        store.write_breaker(tx, store.Breaker("twilio", 5, tx.now + timedelta(minutes=1), "401"))
        store.write_incident(tx, "orphan_callback", None, f"{BUYER} is a number")
        message = keep(tx)
        tx.connection.execute(text(RELAYS), {"message": message.id, "source": message.source_id, "at": tx.at})

    still.store.write(trouble)
    seen = read(still)
    assert (seen["sayso_stops", ""], seen["sayso_breakers_open", "twilio"]) == (1, 1)
    assert seen["sayso_incidents_total", "orphan_callback"] == 1
    assert {state: seen["sayso_relays", state] for state in ("waiting", "parked", "dead")} == {
        "waiting": 1, "parked": 1, "dead": 0
    }  # fmt: skip


RELAYS = (
    "INSERT INTO sayso_relay (event_id, message_id, source_id, provider, origin, sealed, state, due_at, created_at) "
    "VALUES ('E1', :message, :source, 'twilio', 'https://crm.test:443', x'00', 'waiting', :at, :at), "
    "('E2', :message, :source, 'twilio', 'https://crm.test:443', x'00', 'parked', NULL, :at), "
    "('E3', :message, :source, 'twilio', 'https://crm.test:443', x'00', 'done', NULL, :at)"
)


def test_an_empty_house_says_zero_and_not_nothing(still: House) -> None:
    seen = read(still)
    assert {value for (name, _), value in seen.items() if name != "sayso_test_mode"} == {0}
    assert len([1 for name, _ in seen if name == "sayso_messages"]) == len(State)


def test_a_scrape_every_second_counts_the_messages_once(still: House) -> None:
    first = read(still)
    hand_in(still)
    assert (read(still), KEPT >= 5) == (first, True)


def test_nobody_is_in_the_metrics_and_the_process_wide_registry_is_left_alone(still: House) -> None:
    hand_in(still, To=BUYER, Body="Kayla, your ring is ready.")
    before = len(list(prometheus_client.REGISTRY.collect()))
    page = requests.get(f"{still.url}/metrics", timeout=10).text
    assert not [word for word in (BUYER, BUYER[1:], "Kayla", "crm", "ring") if word in page]
    assert len(list(prometheus_client.REGISTRY.collect())) == before
    assert "sayso_" not in prometheus_client.generate_latest().decode()


@pytest.fixture
def served(still: House) -> Iterator[str]:
    """The address of the house behind the server that `sayso run` uses, with its settings."""
    server = create_server(still.app, host="127.0.0.1", port=0, **WAITRESS)
    threading.Thread(target=answer_until_closed, args=(server,), daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


PROXIES = (
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Real-IP": "203.0.113.9"},
    {"Forwarded": "for=203.0.113.9"},
    {"Via": "1.1 proxy"},
    {"X-Forwarded-Proto": "https"},
    {"Host": "sayso.example.com"},
    {"Host": "127.0.0.1.example.com"},
)


@pytest.mark.parametrize("headers", PROXIES, ids=lambda headers: "=".join(*headers.items()))
def test_whoever_comes_through_a_proxy_of_this_machine_is_asked_for_a_token(
    still: House, served: str, headers: dict[str, str]
) -> None:
    answer = requests.get(f"{served}/metrics", headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    with_token = headers | still.staff(role="viewer")
    assert requests.get(f"{served}/metrics", headers=with_token, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 401), ("203.0.113.9", 401)]
)
def test_only_this_machine_itself_sees_the_metrics_without_a_token(still: House, address: str, status: int) -> None:
    answer = still.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("public_url", "status"),
    [
        ("https://sayso.example.com", 401),
        ("https://127.0.0.1.example.com", 401),
        ("http://127.0.0.1:8000", 200),
        ("http://localhost:8000", 200),
        ("http://[::1]:8000", 200),
    ],
)
def test_where_the_outside_reaches_sayso_this_machine_shows_a_token_too(
    make_house: MakeHouse, public_url: str, status: int
) -> None:
    house = make_house(start=False, public_url=public_url)
    client, here = house.app.test_client(), {"REMOTE_ADDR": "127.0.0.1"}
    assert client.get("/metrics", environ_base=here).status_code == status
    assert client.get("/metrics", environ_base=here, headers=house.staff(role="viewer")).status_code == 200


def test_a_sources_token_and_a_removed_persons_do_not_open_the_metrics(still: House) -> None:
    source = {"Authorization": f"Bearer {still.source()['token']}"}
    ana = still.staff("ana@example.com")
    still.store.write(lambda tx: access.remove(tx, "ana@example.com"))
    for headers in (source, ana):
        asked = still.app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.7"})
        assert asked.status_code == 401


def test_metrics_say_503_when_the_database_is_gone(make_house: MakeHouse, postgres_url: str) -> None:
    house = make_house(start=False, database_url=postgres_url)
    house.store.write(lambda tx: tx.connection.execute(text("ALTER TABLE sayso_message RENAME TO gone")))
    assert requests.get(f"{house.url}/metrics", timeout=10).status_code == 503


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_is_200_and_says_no_more_than_that(still: House, method: str) -> None:
    answer = requests.request(method, f"{still.url}/healthz", timeout=10)
    assert (answer.status_code, answer.content) == (200, b'{"ok": true}\n' if method == "GET" else b"")


def test_health_is_503_while_the_tables_are_not_of_this_release(make_house: MakeHouse, database_url: str) -> None:
    house = make_house(start=False, database_url=database_url)
    assert requests.get(f"{house.url}/healthz", timeout=10).status_code == 200
    for version, status in (("0001", 503), ("9999", 503)):
        house.store.write(
            lambda tx, version=version: tx.connection.execute(
                text("UPDATE sayso_alembic_version SET version_num = :v"), {"v": version}
            )
        )
        answer = requests.get(f"{house.url}/healthz", timeout=10)
        assert (answer.status_code, answer.json()) == (status, {"ok": False})


def test_health_is_503_within_seconds_while_the_database_hangs_and_200_afterwards(
    make_house: MakeHouse, postgres_url: str
) -> None:
    house = make_house(start=False, database_url=postgres_url)
    with house.store.engine.begin() as connection:
        connection.execute(text("LOCK TABLE sayso_alembic_version IN ACCESS EXCLUSIVE MODE"))
        answers = [requests.get(f"{house.url}/healthz", timeout=6) for _ in range(3)]
        threads = [thread for thread in threading.enumerate() if thread.name == "sayso-ready"]
    assert ([answer.status_code for answer in answers], len(threads)) == ([503] * 3, 1)
    wait_for(lambda: requests.get(f"{house.url}/healthz", timeout=6).status_code == 200)


def test_a_look_that_fails_is_no_and_the_next_one_is_asked_anew() -> None:
    lookout = Lookout()
    assert [lookout.is_ready(look) for look in (lambda: 1 / 0 > 0, lambda: True, lambda: False)] == [False, True, False]


def test_health_and_metrics_are_ours_under_a_prefix_too(tmp_path: object) -> None:
    from sayso import Sayso

    app = Flask("host", instance_path=f"{tmp_path}/host", static_folder=None)
    Sayso(app, url_prefix="/sayso")
    client = app.test_client()
    try:
        found = [client.get(path).status_code for path in ("/sayso/healthz", "/sayso/metrics", "/metrics")]
    finally:
        app.extensions["sayso"].runtime.store.close()
    assert found == [200, 200, 404]
