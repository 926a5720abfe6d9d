"""What Meta posts to one address: receipts and what people write, signed, each stored once."""

from __future__ import annotations

import pytest

from sayso.store.seal import Seal
from tests.conftest import KEY, House, MakeHouse
from tests.handing_in import handed_in
from tests.handing_in import post as hand_in
from tests.vendors import plain_http
from tests.walk import decide, dispatched, look
from tests.whatsapp_world import (
    APP_SECRET,
    PHONE_ID,
    PRIYA,
    SHOP,
    TOKEN,
    FakeWhatsApp,
    approved,
    bag,
    events,
    hears,
    meta,
    post,
    shop,
    signature,
    status_of,
    whatsapp,
    with_whatsapp,
    wrote,
)

__all__ = ["meta", "shop"]  # fixtures from elsewhere


def test_a_lost_answer_is_mended_by_a_receipt_that_brings_our_id_back(shop: House, meta: FakeWhatsApp) -> None:
    message = str(handed_in(shop, whatsapp())["id"])
    decide(shop, message, "approve")
    meta.fault = (0, {})
    dispatched(shop)
    lost = {"id": "wamid.lost", "to": PRIYA, "biz_opaque_callback_data": look(shop, message).id}
    assert post(shop, bag(statuses=[status_of(lost, "sent")])).status_code == 200
    found = look(shop, message)
    assert (found.state, found.provider_id) == ("sent", "wamid.lost")


STATUSES = (
    pytest.param({"word": "read"}, "delivered", None, id="read"),
    pytest.param(
        {"word": "failed", "errors": [{"code": 131047, "title": "Re-engagement message"}]},
        "failed",
        "131047",
        id="131047",
    ),
    pytest.param(
        {"word": "failed", "errors": [{"code": 131026, "title": "Undeliverable"}]}, "bounced", "131026", id="131026"
    ),
    pytest.param({"word": "warning"}, "queued", None, id="a word that nobody knows"),
)


@pytest.mark.parametrize(("said", "delivery", "code"), STATUSES)
def test_a_status_moves_the_delivery(
    shop: House, meta: FakeWhatsApp, said: dict[str, object], delivery: str, code: str | None
) -> None:
    message = approved(shop)
    assert post(shop, bag(statuses=[status_of(meta.sent[-1], **said)])).status_code == 200
    found = look(shop, message)
    assert (found.delivery, found.error_code) == (delivery, code)


def test_who_stopped_our_offers_at_whatsapp_is_written_to_no_more(shop: House, meta: FakeWhatsApp) -> None:
    approved(shop)
    post(shop, bag(statuses=[status_of(meta.sent[-1], "failed", errors=[{"code": 131050, "title": "Stopped"}])]))
    assert hand_in(shop, whatsapp()).status_code == 409


def preference(value: str) -> dict[str, object]:
    """What somebody set in WhatsApp's own settings."""
    words = f"User requested to {value} marketing messages"
    one = {"wa_id": PRIYA.lstrip("+"), "detail": words, "category": "marketing_messages", "value": value}
    return one | {"timestamp": 1763800002}


def test_a_preference_counts_as_a_word_to_us(shop: House) -> None:
    handed_in(shop, whatsapp())
    post(shop, bag(user_preferences=[preference("stop")]))
    assert hand_in(shop, whatsapp()).status_code == 409
    post(shop, bag(user_preferences=[preference("resume")]))
    assert hand_in(shop, whatsapp()).status_code == 202


STOPS = (
    pytest.param(wrote("Please stop"), id="English"),
    pytest.param(wrote("बंद करो"), id="Hindi"),
    pytest.param(wrote("توقف"), id="Arabic"),
    pytest.param(wrote("", type="button", button={"text": "Not now", "payload": "STOP"}), id="button"),
    pytest.param(
        wrote(
            "", type="interactive", interactive={"type": "button_reply", "button_reply": {"id": "x", "title": "STOP"}}
        ),
        id="reply button",
    ),
)


@pytest.mark.parametrize("said", STOPS)
def test_a_stop_in_any_way_counts(shop: House, said: dict[str, object]) -> None:
    handed_in(shop, whatsapp())
    assert post(shop, bag(messages=[said])).status_code == 200
    assert hand_in(shop, whatsapp()).status_code == 409


@pytest.mark.parametrize(
    ("number", "spelled"),
    [
        pytest.param("+525512345678", "+5215512345678", id="Mexico"),
        pytest.param("+5511987654321", "+551187654321", id="Brazil"),
    ],
)
def test_a_stop_counts_for_the_number_that_telephones_have(shop: House, number: str, spelled: str) -> None:
    handed_in(shop, whatsapp(to=number))
    post(shop, bag(messages=[wrote("STOP", spelled)]))
    assert hand_in(shop, whatsapp(to=number)).status_code == 409


def test_a_post_that_comes_twice_is_stored_once(shop: House, meta: FakeWhatsApp) -> None:
    hears(shop, inbound=f"{shop.crm.url}/inbound", events=f"{shop.crm.url}/events")
    approved(shop)
    body = bag(statuses=[status_of(meta.sent[-1], "delivered")], messages=[wrote("When are you open?")])
    assert [post(shop, body).status_code for _ in range(2)] == [200, 200]
    assert [one["type"] for one in events(shop)] == ["message.sent", "message.delivered", "inbound.received"]


def test_the_crm_hears_what_was_written_in_our_words_and_with_its_own_ids(shop: House, meta: FakeWhatsApp) -> None:
    hears(shop, inbound=f"{shop.crm.url}/inbound")
    message = approved(shop)
    post(shop, bag(messages=[wrote("Thank you!", context={"id": meta.sent[-1]["id"]})]))
    (heard,) = events(shop)
    data = heard["data"]
    assert (data["from"], data["to"], data["text"], data["type"]) == (PRIYA, SHOP, "Thank you!", "text")
    assert data["replied_to"] == look(shop, message).crm_id
    told = shop.crm.posts()[-1].body.decode()
    assert not any(secret in told for secret in (TOKEN, PHONE_ID, APP_SECRET, "wamid"))


@pytest.mark.parametrize("key", ["", "another secret", TOKEN], ids=["empty", "another", "the token"])
def test_a_post_that_meta_did_not_sign_is_refused(shop: House, key: str) -> None:
    assert post(shop, bag(messages=[wrote("STOP")]), key).status_code == 403
    assert hand_in(shop, whatsapp()).status_code == 202


def test_a_body_that_was_changed_after_it_was_signed_is_refused(shop: House) -> None:
    body = bag(messages=[wrote("Thanks")])
    url = f"{shop.url}/callbacks/whatsapp"
    assert plain_http().post(url, data=body.replace(b"Thanks", b"STOP"), headers=signature(body)).status_code == 403


def test_both_app_secrets_count_while_they_are_changed(make_house: MakeHouse, meta: FakeWhatsApp) -> None:
    house = with_whatsapp(make_house, meta, whatsapp_app_secret=f"newer, {APP_SECRET}")
    assert [post(house, bag(), key).status_code for key in ("newer", APP_SECRET, "older")] == [200, 200, 403]


def test_without_an_app_secret_nothing_that_is_posted_counts(make_house: MakeHouse, meta: FakeWhatsApp) -> None:
    house = with_whatsapp(make_house, meta, whatsapp_app_secret="")
    assert post(house, bag(), "").status_code == 403


def test_what_is_posted_of_another_number_is_left_alone(shop: House) -> None:
    handed_in(shop, whatsapp())
    assert post(shop, bag(phone_id="999", messages=[wrote("STOP")])).status_code == 200
    assert hand_in(shop, whatsapp()).status_code == 202


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"], ids=["empty", "a list", "torn", "no text"])
def test_a_signed_post_that_is_no_object_is_a_400(shop: House, body: bytes) -> None:
    assert post(shop, body).status_code == 400


STRANGE = (
    pytest.param({"statuses": [{}, {"id": 1}, "x", {"id": "w", "status": "sent", "errors": "x"}]}, id="statuses"),
    pytest.param(
        {"messages": [{"id": "w1"}, {"id": "w2", "from": 7}, {}, {"id": "w3", "from": "91987"}]}, id="messages"
    ),
    pytest.param({"user_preferences": [{}, {"wa_id": "91987", "value": "maybe"}]}, id="preferences"),
)


@pytest.mark.parametrize("value", STRANGE)
def test_what_meta_may_post_one_day_is_no_error(shop: House, value: dict[str, object]) -> None:
    assert post(shop, bag(**value)).status_code == 200


def handshake(house: House, **asked: str) -> tuple[int, str]:
    """What Meta hears while somebody enters our address at its console."""
    params = {f"hub.{name}": value for name, value in asked.items()}
    answer = plain_http().get(f"{house.url}/callbacks/whatsapp", params=params, timeout=10)
    return answer.status_code, answer.text


def test_the_handshake_gives_the_challenge_back_for_our_verify_token_alone(shop: House) -> None:
    token = Seal(KEY).hash("handshake", "whatsapp")
    good = {"mode": "subscribe", "verify_token": token, "challenge": "1158201444"}
    assert handshake(shop, **good) == (200, "1158201444")
    refused = [
        handshake(shop, **(good | wrong))[0] for wrong in ({"verify_token": "x"}, {"verify_token": ""}, {"mode": "x"})
    ]
    assert (refused, handshake(shop)[0]) == ([403, 403, 403], 403)
    assert handshake(shop, **(good | {"challenge": "<script>"}))[0] == 400
