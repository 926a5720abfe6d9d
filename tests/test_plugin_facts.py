"""What a host knows, asked through the facts hook, and what is done when it cannot be asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, current_app, has_request_context
from twilio.base.exceptions import TwilioRestException

from sayso import Sayso, store
from sayso.message import Json, Message
from tests.conftest import House
from tests.hosts import BUYER, SHOP, host, make_host
from tests.vendors import wait_for

__all__ = ["host", "make_host"]  # fixtures from elsewhere


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
