"""The presets of outgoing webhooks: what each tool's own body becomes, and what the door answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import House, MakeHouse
from tests.hooked import hook, made, payload, post_raw
from tests.standing import count_rows
from tests.stillness import still
from tests.vendors import plain_http

__all__ = ["still"]  # fixtures from elsewhere
ADDRESS = {"name": "Kayla Reed", "line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501"}
MESSAGES: dict[str, dict[str, Any]] = {
    "zapier": {
        "to": "(415) 555-0177",
        "subject": "purchase/8812",
        "person": "5107",
        "metadata": {"zap": "Ready at the counter"},
    },
    "make": {"channel": "postcard", "to": ADDRESS, "person": "kayla"},
    "shopify-flow": {"subject": "purchase/5678901234567", "person": "7012345678901"},
    "salesforce-flow": {
        "from": "+14155550100",
        "person": "003Hs00004aBcDeIAK",
        "metadata": {"record": "00UHs00000xYzAbMAC"},
    },
    "hubspot-workflow": {"channel": "sms", "to": "+1 415-555-0177", "person": "51"},
}
KEYS = {
    "zapier": "zapier:deal-8812-ready",
    "make": "make:birthday-kayla-2026",
    "shopify-flow": "shopify-flow:5678901234567-fulfilled",
    "salesforce-flow": "salesforce-flow:3f1c2a9b4d5e6f708192a3b4c5d6e7f8",
    "hubspot-workflow": None,
}


@pytest.mark.parametrize("preset", MESSAGES)
def test_each_tools_body_becomes_the_message_that_it_means(preset: str) -> None:
    (one,) = made(preset, payload(f"{preset}.json"))
    assert {name: one.values[name] for name in MESSAGES[preset]} == MESSAGES[preset]
    assert (one.key, one.faults) == (KEYS[preset], ())


@pytest.mark.parametrize("preset", MESSAGES)
def test_each_tools_body_is_taken_and_waits(still: House, preset: str) -> None:
    answer = hook(still, preset, payload(f"{preset}.json"))
    assert answer.status_code == 202, answer.text
    shown = answer.json()
    assert (shown["state"], shown["source"], shown["idempotency_key"]) == ("held", "crm", KEYS[preset])
    assert answer.headers["Location"].endswith(shown["id"])


@pytest.mark.parametrize("preset", [preset for preset in MESSAGES if KEYS[preset]])
def test_a_webhook_that_comes_twice_is_one_message(still: House, preset: str) -> None:
    first, second = (hook(still, preset, payload(f"{preset}.json")) for _ in range(2))
    assert first.json() == second.json()
    assert (second.headers["Idempotent-Replayed"], count_rows(still)) == ("true", 1)


def test_a_key_that_comes_with_other_words_is_refused(still: House) -> None:
    body = payload("zapier.json")
    assert hook(still, "zapier", body).status_code == 202
    answer = hook(still, "zapier", body | {"body": "Something else."})
    assert (answer.status_code, count_rows(still)) == (409, 1)


def test_the_same_key_of_two_presets_is_two_messages(still: House) -> None:
    body = payload("zapier.json")
    answers = [hook(still, preset, body | {"body": f"By {preset}."}) for preset in ("zapier", "make")]
    assert [answer.status_code for answer in answers] == [202, 202]


def test_the_header_beats_the_key_in_the_body(still: House) -> None:
    shown = hook(still, "zapier", payload("zapier.json"), Idempotency_Key="mine").json()
    assert shown["idempotency_key"] == "mine"


def test_a_contact_with_all_its_properties_needs_only_what_no_contact_has() -> None:
    body = payload("hubspot-contact-workflow.json") | {"channel": "email", "body": "Hello"}
    (one,) = made("hubspot-workflow", body)
    assert (one.values["to"], one.values["person"]) == ("scott.miller@example.com", "51")


def test_what_is_missing_is_named_with_where_it_was_looked_for(still: House) -> None:
    body = payload("zapier.json") | {"to": " "}
    answer = hook(still, "zapier", body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    (error,) = answer.json()["errors"]
    assert error["field"] == "to"
    assert error["detail"].startswith("The channel sms needs to. It is looked for at `to || (to_line1 && ")
    assert "The body has channel, to, from, body, purpose" in error["detail"]
    assert count_rows(still) == 0


def test_every_field_that_is_wrong_is_named_at_once(still: House) -> None:
    answer = hook(still, "zapier", {"channel": "sms", "to": "x", "from": "y", "body": "z", "purpose": "nothing"})
    assert [error["field"] for error in answer.json()["errors"]] == ["to", "purpose"]


def test_a_form_is_read_like_json(still: House) -> None:
    form = {name: value for name, value in payload("zapier.json").items() if isinstance(value, str)}
    given = still.source()["token"]
    url = f"{still.url}/api/hooks/zapier"
    answer = plain_http().post(url, data=form, headers={"Authorization": f"Bearer {given}"}, timeout=10)
    assert (answer.status_code, answer.json()["subject"]) == (202, "purchase/8812")


def test_json_that_its_tool_calls_a_form_is_read_as_json(still: House) -> None:
    headers = {
        "Authorization": f"Bearer {still.source()['token']}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert post_raw(still, "zapier", json.dumps(payload("zapier.json")).encode(), headers).status_code == 202


def test_an_unknown_preset_is_404_with_those_there_are(still: House) -> None:
    for name, said in (("zapper", "did you mean zapier?"), ("x", "there are edge-csv, hubspot-contacts, ")):
        answer = hook(still, name, {})
        assert (answer.status_code, said in answer.json()["detail"]) == (404, True), answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[[" * 5000, b"3", b"[]", b'{"a": 1, "a": 2}', b'{"to": "\xff"}'])
def test_a_body_that_is_none_is_400(still: House, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {still.source()['token']}", "Content-Type": "application/json"}
    for preset in ("zapier", "hubspot-contacts", "shopify-orders"):
        answer = post_raw(still, preset, body, headers)
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json"), answer.text


OWN = """
[presets.campaign]
key = "join('/', [item.whole.id, item.phone])"
each = "members"
[presets.campaign.message]
channel = "'sms'"
from = "'+14155550100'"
to = "phone"
body = "join('', ['Hi ', name, ', ', whole.text])"
[presets.zapier]
like = "zapier"
[presets.zapier.message]
from = "'+14155550111'"
"""
CAMPAIGN = {
    "id": "c7",
    "text": "your ring is ready.",
    "members": [{"name": "Scott", "phone": "+14155550177"}, {"name": "Nate", "phone": "+14155550181"}],
}


@pytest.fixture
def own(make_house: MakeHouse) -> House:
    """A house whose settings file has presets of its own."""
    Path("sayso.toml").write_text(OWN, "utf-8")
    return make_house(start=False)


def bodies(answer: requests.Response) -> list[int]:
    """The status of each of several."""
    return [one["status"] for one in answer.json()["results"]]


def test_an_own_preset_makes_several_messages_of_one_body(own: House) -> None:
    first, again = hook(own, "campaign", CAMPAIGN), hook(own, "campaign", CAMPAIGN)
    assert (first.status_code, bodies(first)) == (202, [202, 202])
    assert [one["message"]["to"][0]["address"] for one in first.json()["results"]] == ["+14155550177", "+14155550181"]
    assert (again.json(), count_rows(own)) == (first.json(), 2)


def test_of_several_the_bad_one_spoils_no_other(own: House) -> None:
    members = [{"name": "Scott", "phone": "x"}, {"name": None, "phone": "+14155550170"}, CAMPAIGN["members"][1]]
    answer = hook(own, "campaign", CAMPAIGN | {"members": members})
    assert (answer.status_code, bodies(answer)) == (207, [400, 400, 202])
    said = [one["problem"]["errors"][0]["detail"] for one in answer.json()["results"][:2]]
    assert "It is looked for at `phone`" in said[0]
    assert "body cannot be worked out: In function join()" in said[1]
    none = hook(own, "campaign", CAMPAIGN | {"members": members[:2]})
    assert (none.status_code, bodies(none), count_rows(own)) == (400, [400, 400], 1)


def test_too_many_messages_at_once_are_refused(own: House) -> None:
    answer = hook(own, "campaign", CAMPAIGN | {"members": CAMPAIGN["members"] * 101})
    assert (answer.status_code, count_rows(own)) == (413, 0)


def test_an_own_preset_of_the_same_name_wins(own: House) -> None:
    body = payload("zapier.json")
    (one,) = made("zapier", body)
    assert (one.values["from"], one.values["subject"]) == ("+14155550111", body["subject"])
