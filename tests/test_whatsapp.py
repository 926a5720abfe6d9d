"""WhatsApp's Cloud API as a vendor: out by its graph, and back by one post that has receipts and what people write."""

from __future__ import annotations

import json

import pytest

from sayso import dispatch, sweep
from tests.conftest import House, MakeHouse
from tests.handing_in import get, handed_in
from tests.handing_in import post as hand_in
from tests.walk import decide, dispatched, incidents, look, person
from tests.whatsapp_world import (
    APP_SECRET,
    BUSINESS,
    OMAR,
    PHONE_ID,
    PRIYA,
    TOKEN,
    FakeWhatsApp,
    approved,
    asked_for,
    bag,
    events,
    hears,
    meta,
    post,
    shop,
    status_of,
    template,
    whatsapp,
    with_whatsapp,
    wrote,
)

__all__ = ["meta", "shop"]  # fixtures from elsewhere


def test_a_whatsapp_is_held_approved_sent_delivered_and_answered_with_stop(
    make_house: MakeHouse, meta: FakeWhatsApp, database_url: str
) -> None:
    house = with_whatsapp(make_house, meta, database_url=database_url)
    hears(house, inbound=f"{house.crm.url}/inbound", events=f"{house.crm.url}/events")
    taken = handed_in(house, whatsapp(body="Your bangle is ready, Priya."))
    message = str(taken["id"])
    assert (taken["state"], taken["provider"], meta.sent) == ("held", "whatsapp", [])
    decide(house, message, "approve")
    dispatched(house)
    sent = meta.sent[-1]
    assert (sent["to"], sent["text"]) == (PRIYA, {"body": "Your bangle is ready, Priya.", "preview_url": False})
    told = post(house, bag(statuses=[status_of(sent, "sent"), status_of(sent, "delivered")], messages=[wrote("STOP")]))
    assert (told.status_code, look(house, message).delivery) == (200, "delivered")
    assert [one["type"] for one in events(house)] == ["message.sent", "message.delivered", "inbound.received"]
    again = hand_in(house, whatsapp())
    assert (again.status_code, "no more" in again.text or "must not" in again.text) == (409, True)


@pytest.mark.parametrize("to", [PRIYA, OMAR], ids=["India", "the Gulf"])
def test_the_request_is_what_the_cloud_api_takes(shop: House, meta: FakeWhatsApp, to: str) -> None:
    sent = asked_for(shop, meta, whatsapp(to=to, body="Ready."))
    assert (sent["path"], sent["bearer"]) == (f"/v24.0/{PHONE_ID}/messages", f"Bearer {TOKEN}")
    assert (sent["messaging_product"], sent["recipient_type"], sent["type"]) == ("whatsapp", "individual", "text")
    assert (sent["to"], sent["text"]) == (to, {"body": "Ready.", "preview_url": False})


def test_another_source_s_whatsapps_go_as_before(shop: House, meta: FakeWhatsApp) -> None:
    assert handed_in(shop, whatsapp(), "another")["provider"] == "twilio"


LINK = "https://shop.example/files/quote.pdf"
FILES = (
    pytest.param(
        "a.jpg", {"type": "image", "image": {"link": "https://x.example/a.jpg", "caption": "Look."}}, id="image"
    ),
    pytest.param(
        "q.pdf",
        {"type": "document", "document": {"link": "https://x.example/q.pdf", "caption": "Look.", "filename": "q.pdf"}},
        id="document",
    ),
    pytest.param(
        "v.mp4", {"type": "video", "video": {"link": "https://x.example/v.mp4", "caption": "Look."}}, id="video"
    ),
)


@pytest.mark.parametrize(("name", "asked"), FILES)
def test_a_file_goes_by_its_link(shop: House, meta: FakeWhatsApp, name: str, asked: dict[str, object]) -> None:
    sent = asked_for(shop, meta, whatsapp(media=[f"https://x.example/{name}"], body="Look."))
    assert {key: sent[key] for key in asked} == asked


TEMPLATES = (
    pytest.param({"2": "ring", "1": "Priya"}, [("body", ["Priya", "ring"])], id="numbered"),
    pytest.param({str(n): f"v{n}" for n in range(1, 12)}, [("body", [f"v{n}" for n in range(1, 12)])], id="eleven"),
    pytest.param({"header": "Hello", "button.0": "8812"}, [("button", ["8812"]), ("header", ["Hello"])], id="placed"),
)


@pytest.mark.parametrize(("values", "parts"), TEMPLATES)
def test_a_template_is_filled_part_by_part(
    shop: House, meta: FakeWhatsApp, values: dict[str, str], parts: list[tuple[str, list[str]]]
) -> None:
    asked = asked_for(shop, meta, template(**values))["template"]
    assert (asked["name"], asked["language"]) == ("ring_ready", {"code": "en_US"})
    assert [(one["type"], [value["text"] for value in one["parameters"]]) for one in asked["components"]] == parts


def test_a_template_s_named_values_keep_their_names(shop: House, meta: FakeWhatsApp) -> None:
    (body,) = asked_for(shop, meta, template(customer="Priya"))["template"]["components"]
    assert body["parameters"] == [{"type": "text", "text": "Priya", "parameter_name": "customer"}]


def test_a_template_whose_words_nobody_can_read_waits_whatever_its_purpose(
    make_house: MakeHouse, meta: FakeWhatsApp
) -> None:
    auto = '[sources.crm]\nroutes = { whatsapp = "whatsapp" }\n[purposes.repair_ready]\nauto_clear = true\n'
    house = with_whatsapp(make_house, meta, auto)
    taken = handed_in(house, template(**{"1": "Priya"}) | {"purpose": "repair_ready"})
    assert (taken["state"], "unseen" in json.dumps(taken["findings"])) == ("held", True)


def test_a_template_s_words_are_read_where_the_business_account_is_known(
    make_house: MakeHouse, meta: FakeWhatsApp
) -> None:
    meta.templates["ring_ready", "en_US"] = [
        {"type": "HEADER", "format": "TEXT", "text": "Hello {{1}}"},
        {"type": "BODY", "text": "Your {{1}} is ready, {{2}}."},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "See it", "url": "https://x.example/{{1}}"}]},
    ]
    assert meta.server
    toml = f"""
    [accounts.india]
    provider = "whatsapp"
    token = "{TOKEN}"
    phone_id = {PHONE_ID}
    app_secret = "{APP_SECRET}"
    business_id = {BUSINESS}
    [sources.crm]
    account = "india"
    routes = {{ whatsapp = "whatsapp" }}
    """
    house = with_whatsapp(make_house, meta, toml)
    values = {"header": "Priya", "1": "bangle", "2": "dear", "button.0": "8812"}
    message = str(handed_in(house, template(**values))["id"])
    seen = look(house, message).content.seen
    assert seen == "Hello Priya\nYour bangle is ready, dear.\nSee it https://x.example/8812"
    assert meta.server.heard[-1].path.startswith(f"/v24.0/{BUSINESS}/message_templates?name=ring_ready")


WRONG = (
    pytest.param({"content": {"template": "HX" + "a" * 32}, "body": None}, "ring_ready/en_US", id="Twilio's template"),
    pytest.param({"content": {"template": "ring_ready"}, "body": None}, "ring_ready/en_US", id="no language"),
    pytest.param({"content": {"template": "a/en", "variables": {"2": "x"}}, "body": None}, "without a gap", id="gap"),
    pytest.param({"content": {"template": "a/en", "variables": {"1": "a\nb"}}, "body": None}, "one line", id="lines"),
    pytest.param({"content": {"template": "a/en", "variables": {"x y": "1"}}, "body": None}, "no value", id="name"),
    pytest.param({"content": {"template": "a/en", "variables": {"1": "a", "b": "c"}}, "body": None}, "names", id="mix"),
    pytest.param({"content": {"template": "a/en"}, "body": "Hello"}, "not both", id="template and words"),
    pytest.param({"media": ["https://x.example/a.jpg", "https://x.example/b.jpg"]}, "one file", id="two files"),
    pytest.param({"media": ["https://x.example/a"]}, "must end in", id="a link without an ending"),
    pytest.param({"body": "x" * 4097}, "4096", id="too long"),
    pytest.param({"body": "x" * 1025, "media": ["https://x.example/a.jpg"]}, "1024", id="caption too long"),
    pytest.param({"from": "SHOP"}, "own WhatsApp number", id="a name as sender"),
    pytest.param({"from": PRIYA}, "own WhatsApp number", id="to itself"),
)


@pytest.mark.parametrize(("wrong", "mend"), WRONG)
def test_what_whatsapp_could_not_take_is_refused_at_once(shop: House, wrong: dict[str, object], mend: str) -> None:
    answer = hand_in(shop, whatsapp(**wrong))
    assert (answer.status_code, mend in answer.text) == (400, True), answer.text


def fault(status: int, code: int | None, **more: object) -> tuple[int, dict[str, object]]:
    """An error of Meta's."""
    return status, {
        "error": {"message": f"(#{code}) no", "type": "OAuthException", "fbtrace_id": "A1", "code": code} | more
    }


OUTCOMES = (
    pytest.param(fault(400, 131047), "failed", [], id="outside the 24 hours"),
    pytest.param(fault(404, 132001), "failed", [], id="no such template"),
    pytest.param(fault(400, 100), "failed", [], id="a wrong parameter"),
    pytest.param(fault(400, 130429), "cleared", [], id="too fast"),
    pytest.param(fault(400, 80007), "cleared", [], id="too much"),
    pytest.param(fault(429, None), "cleared", [], id="429"),
    pytest.param(fault(400, 190), "cleared", ["vendor_alarm"], id="token over"),
    pytest.param(fault(400, 100, error_subcode=33), "cleared", ["vendor_alarm"], id="a phone id that is not there"),
    pytest.param((404, {}), "cleared", ["vendor_alarm"], id="not its API"),
    pytest.param(fault(500, 131000), "unconfirmed", [], id="something went wrong"),
    pytest.param((200, {}), "unconfirmed", [], id="200 without an id"),
    pytest.param((0, {}), "unconfirmed", [], id="answer lost"),
)


@pytest.mark.parametrize(("said", "state", "noted"), OUTCOMES)
def test_an_answer_that_is_no_receipt_means_what_meta_says(
    shop: House, meta: FakeWhatsApp, said: tuple[int, dict[str, object]], state: str, noted: list[str]
) -> None:
    message = str(handed_in(shop, whatsapp())["id"])
    decide(shop, message, "approve")
    meta.fault = said
    dispatch.run_due(shop.runtime)
    assert (look(shop, message).state, incidents(shop, message)) == (state, noted)


def test_a_refusal_is_told_with_its_code(shop: House, meta: FakeWhatsApp) -> None:
    hears(shop, events=f"{shop.crm.url}/events")
    message = str(handed_in(shop, whatsapp())["id"])
    decide(shop, message, "approve")
    meta.fault = fault(400, 131047, error_data={"details": "More than 24 hours have passed."})
    dispatched(shop)
    (heard,) = events(shop)
    assert (heard["type"], heard["data"]["error_code"]) == ("message.failed", "131047")


def test_a_value_goes_as_staff_changed_it(shop: House, meta: FakeWhatsApp) -> None:
    message = str(handed_in(shop, template(**{"1": "Pria", "2": "bangle"}))["id"])
    decide(shop, message, "edit", given={"variables": {"1": "Priya"}})
    decide(shop, message, "approve", person(shop, "ben@example.com"))
    dispatched(shop)
    (body,) = meta.sent[-1]["template"]["components"]
    assert [value["text"] for value in body["parameters"]] == ["Priya", "bangle"]


FATES = (
    pytest.param("+919876540001", "delivered", id="0001"),
    pytest.param("+919876540002", "bounced", id="0002"),
    pytest.param("+919876540003", "failed", id="0003"),
)


@pytest.mark.parametrize(("to", "delivery"), FATES)
def test_in_test_mode_a_number_has_a_fate_and_nothing_leaves(
    make_house: MakeHouse, meta: FakeWhatsApp, to: str, delivery: str
) -> None:
    house = with_whatsapp(make_house, meta, mode="test")
    message = approved(house, to=to)
    for _ in range(3):
        sweep.run_due(house.runtime)
    assert (look(house, message).delivery, meta.sent) == (delivery, [])


def test_our_id_is_found_again_by_the_api(shop: House, meta: FakeWhatsApp) -> None:
    message = approved(shop)
    shown = get(shop, f"/api/messages/{message}").json()
    assert (shown["provider"], shown["channel"], shown["provider_id"]) == ("whatsapp", "whatsapp", meta.sent[-1]["id"])
