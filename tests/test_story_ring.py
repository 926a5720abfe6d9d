"""The surprise ring: a message that would tell the bride-to-be cannot be approved, however it comes."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.conftest import House
from tests.deciding import refused, still
from tests.storytelling import (
    ELM_ST,
    KAYLA,
    OAK_ST,
    SCOTT,
    ago,
    card,
    checks,
    confirm,
    couple,
    found,
    mail,
    ring,
    role,
    stops,
    tell,
    texted,
    written,
)  # fmt: skip

__all__ = ["still"]
SURVEY = "Hi Kayla! How was your purchase? We'd love to hear from you."
TOLD = "Would tell Kayla that someone bought ring 4411 from their wishlist."


def redirects_to(message: dict[str, Any], endpoint: str) -> bool:
    """Whether a finding proposes to send it to that endpoint instead."""
    ways = [finding["proposal"] for finding in message["findings"] if finding["verdict"] == "stop"]
    return bool(ways) and all(way["kind"] == "redirect" and way["to"] == endpoint for way in ways)


@pytest.mark.parametrize("purpose", ["purchase_feedback", ""], ids=["declared", "undeclared"])
def test_the_survey_to_her_is_stopped_and_proposed_to_him(still: House, purpose: str) -> None:
    """Nobody declared a gift: the ring is on her wishlist, and he is her partner."""
    tell(still, **couple())
    seen = texted(still, SURVEY, purpose=purpose)
    assert (seen["state"], seen["purpose"], seen["subject"]) == ("held", "purchase_feedback", "purchase/8812")
    assert role(seen) == "gift_recipient_before"
    assert seen["findings"][0]["reason"] == TOLD
    assert redirects_to(seen, SCOTT)
    assert "approve" not in seen["may"]
    assert {"redirect", "phone", "edit"} <= set(seen["may"])
    assert "Would tell Kayla" in refused(still, seen["crm_id"], "approve", 409)


@pytest.mark.parametrize(
    ("purpose", "body"),
    [
        ("receipt", "Your receipt for order 8812: $4,200. Thank you!"),
        ("order_status", "Good news: your order 8812 is on its way."),
        ("care_reminder", "Time to have your ring cleaned and checked."),
        ("payment_reminder", "Your payment for order 8812 is due."),
    ],
    ids=lambda value: value.split()[0],
)
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
def test_no_kind_of_message_about_it_reaches_her(still: House, purpose: str, body: str, declared: bool) -> None:
    """The surprise covers receipts, order status, care and debts alike."""
    tell(still, **couple())
    seen = texted(still, body, purpose=purpose if declared else "")
    assert stops(seen), checks(seen)
    assert "approve" not in seen["may"]


def test_a_mailbox_that_both_read_is_hers_too(still: House) -> None:
    """His receipt to the address they share tells her; the text to his own phone does not."""
    people = [
        {"id": "kayla", "name": "Kayla Reed", "emails": ["home@example.com"], "phones": [KAYLA]},
        {"id": "scott", "name": "Scott Miller", "emails": ["home@example.com"], "phones": [SCOTT]},
    ]
    tell(still, **couple(people=people))
    body = "Your receipt for order 8812."
    seen = mail(still, "home@example.com", body, purpose="receipt", subject="purchase/8812")
    assert stops(seen)
    assert found(seen, "embargo")["proposal"]["to"] == SCOTT
    assert found(seen, "embargo")["proposal"]["kind"] == "phone"
    assert stops(texted(still, body, to=SCOTT, purpose="receipt")) == []


def test_a_postcard_to_their_home_is_read_by_her(still: House) -> None:
    """Nobody phones a hallway: what is printed is read by whoever is home."""
    people = [
        {"id": "kayla", "name": "Kayla Reed", "addresses": [OAK_ST]},
        {"id": "scott", "name": "Scott Miller", "addresses": [OAK_ST | {"line1": "12 Oak Street"}], "phones": [SCOTT]},
    ]
    tell(still, **couple(people=people))
    place = OAK_ST | {"name": "Scott Miller"}
    seen = card(still, place, "Scott, thank you for buying your ring with us!", purpose="purchase_feedback")
    assert "embargo" in stops(seen)


def test_a_recently_purchased_mail_to_her_is_stopped(still: House) -> None:
    """Marketing that features the piece is covered as well."""
    tell(still, **couple())
    seen = mail(still, "kayla@example.com", "Because you recently purchased ring-4411: matching earrings, 20% off!")
    assert "embargo" in stops(seen)


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "undeclared"])
def test_her_wishlist_without_the_ring_waits(still: House, declared: bool) -> None:
    """A piece that silently vanishes is itself the tell."""
    tell(still, **couple())
    body = "Your wishlist: ring-4412 and pendant-9 are waiting for you."
    more = {"purpose": "wishlist_reminder", "subject": "wishlist/w1"} if declared else {}
    seen = mail(still, "kayla@example.com", body, subject_line="Your wishlist", **more)
    finding = found(seen, "embargo")
    assert (finding["verdict"], finding["proposal"]["until"]) == ("hold", "embargo_end")


def test_bought_on_her_account_nobody_is_the_buyer(still: House) -> None:
    """He paid on her account and left his own number: neither has the buyer's privilege."""
    tell(still, **couple(purchases=[ring(purchaser="kayla")]))
    assert stops(texted(still, SURVEY))
    his = texted(still, "How was your purchase?", to=SCOTT, purpose="purchase_feedback")
    assert role(his) != "principal"


@pytest.mark.parametrize("purpose", ["purchase_feedback", ""], ids=["declared", "undeclared"])
def test_she_who_bought_for_herself_is_not_bothered(still: House, purpose: str) -> None:
    """Payer and number are hers, although the ring was on her list."""
    tell(still, **couple(purchases=[ring(purchaser="kayla", given_at_sale=KAYLA)]))
    seen = texted(still, SURVEY, purpose=purpose)
    assert (role(seen), seen["findings"]) == ("principal", [])


def test_what_he_may_hear_goes_to_him(still: House) -> None:
    """The buyer at his own number, with the surprise still on."""
    tell(still, **couple())
    seen = texted(still, "Hi Scott, how was your purchase?", to=SCOTT)
    assert (role(seen), seen["subject"], stops(seen)) == ("principal", "purchase/8812", [])


def test_once_he_has_proposed_she_may_know_of_it_but_not_what_it_cost(still: House) -> None:
    """The surprise ends when it is given; the price stays his."""
    tell(still, **couple())
    waiting = texted(still, "Time to have your ring cleaned.", purpose="care_reminder")
    assert "embargo" in stops(waiting)
    tell(still, purchases=[{"id": "8812", "given_at": ago(days=1)}])
    again = still.message(waiting["id"])
    assert stops(again) == []
    assert again["version"] > waiting["version"]
    assert role(texted(still, "A care reminder for your ring.", purpose="care_reminder")) == "gift_recipient_after"
    assert stops(texted(still, "Your receipt: $4,200 for order 8812.", purpose="receipt"))


def test_a_returned_ring_is_still_a_secret(still: House) -> None:
    """The end of the purchase never ends the surprise."""
    tell(still, **couple(purchases=[ring(status="returned", confirmed_at=ago(days=1))]))
    assert stops(texted(still, SURVEY))


def test_a_stranger_with_the_same_ring_on_her_list_is_not_bothered(still: House) -> None:
    """An unrelated person's wishlist is no sign of anything."""
    told = couple()
    told["people"].append({"id": "mia", "name": "Mia Stone", "phones": ["+14155550188"], "addresses": [ELM_ST]})
    told["wishlists"].append({"id": "w2", "owner": "mia", "items": ["ring-4411"]})
    tell(still, **told)
    seen = texted(still, "Hi Mia, the pieces on your wishlist are still here.", to="+14155550188")
    assert (seen["purpose"], role(seen), stops(seen)) == ("wishlist_reminder", "wishlist_owner", [])
    assert "embargo" not in {finding["check"] for finding in seen["findings"]}
    assert role(texted(still, "Hi Scott, how was your purchase?", to=SCOTT)) == "principal"


def test_what_the_till_says_beats_what_the_list_suggests(still: House) -> None:
    """Not a surprise, said the till: she was there when he bought it."""
    tell(still, **couple(purchases=[ring(surprise=False)]))
    seen = texted(still, SURVEY, purpose="purchase_feedback")
    assert "embargo" not in stops(seen)


def test_a_surprise_that_a_clerk_notes_is_kept_without_any_list(still: House) -> None:
    """For whom and until when, said at the till: the waiting message is looked at again."""
    tell(still, **couple(wishlists=[], purchases=[ring(items=["watch-7"])], relationships=[]))
    seen = texted(still, "Your receipt for order 8812.", purpose="receipt")
    confirm(still, embargoes=[{"id": "e1", "subject": "purchase/8812", "hide_from": ["kayla"], "reason": "birthday"}])
    again = still.message(seen["id"])
    assert stops(again), checks(again)


def test_whoever_is_surprised_does_not_see_it_at_work(still: House) -> None:
    """Kayla works here: the message about her ring is not on her list, and not to be found."""
    tell(still, **couple())
    seen = texted(still, "Hi Scott, how was your purchase?", to=SCOTT, purpose="purchase_feedback")

    mine = still.staff("kayla@example.com", "manager")
    assert requests.get(f"{still.url}/api/messages/{seen['id']}", headers=mine, timeout=10).status_code == 404
    listed = requests.get(f"{still.url}/api/messages", headers=mine, timeout=10).json()["messages"]
    assert listed == []
    ours = requests.get(f"{still.url}/api/messages", headers=still.staff(), timeout=10).json()["messages"]
    assert [one["id"] for one in ours] == [seen["id"]]


def test_the_crm_that_knows_none_of_it_is_told_none_of_it(still: House) -> None:
    """The till is another source: its ring is not the marketing tool's business."""
    tell(still, source="till", **couple())
    still.source("mailer")
    client = still.client("mailer")
    sid = client.messages.create(to=KAYLA, from_="+14155550100", body=SURVEY).sid

    headers = {"Authorization": f"Bearer {still.source('mailer')['token']}"}
    shown = requests.get(f"{still.url}/api/messages/{sid}", headers=headers, timeout=10)
    assert stops(still.message(sid))
    for secret in ("Scott", "4411", "8812", SCOTT, "surprise", "wishlist"):
        assert secret not in shown.text


def test_a_gift_for_someone_by_name_on_the_parcel(still: House) -> None:
    """A parcel in her name, paid by him, is a gift for her."""
    sale = ring(items=["watch-7"], ship_to={"name": "Kayla Reed"})
    tell(still, **couple(wishlists=[], purchases=[sale]))
    assert stops(texted(still, "Your order 8812 has shipped.", purpose="order_status"))


def test_written_by_hand_the_subject_may_be_named(still: House) -> None:
    """With purpose and subject declared nothing needs to be inferred."""
    tell(still, **couple())
    to = {"channel": "sms", "to": KAYLA, "from": "+14155550100"}
    seen = written(still, **to, body="How was it?", purpose="purchase_feedback", subject="purchase/8812")
    assert (role(seen), stops(seen) != []) == ("gift_recipient_before", True)


@pytest.mark.parametrize(
    "said",
    [
        {"surprise": False},
        {"given_at": "2026-01-01T00:00:00Z"},
        {"deleted": True},
        {"gift_for": None, "surprise": None},
    ],
    ids=["no_surprise", "given", "deleted", "nobody"],
)
def test_whoever_is_surprised_cannot_end_it_at_work(still: House, said: dict[str, Any]) -> None:
    """What is kept from her she cannot speak of either, nor learn that it is there."""
    tell(still, **couple())
    body = {"purchases": [{"id": "8812"} | said]}
    mine = still.staff("kayla@example.com", "manager")
    answer = requests.post(f"{still.url}/api/facts", json=body, headers=mine, timeout=10)
    assert (answer.status_code, answer.json()["stored"]) == (207, 0)
    assert stops(texted(still, SURVEY))


def test_a_surprise_noted_by_a_colleague_cannot_be_ended_by_her(still: House) -> None:
    """The same for an item of embargoes."""
    tell(still, **couple(wishlists=[]))
    confirm(still, embargoes=[{"id": "e1", "subject": "purchase/8812", "hide_from": ["kayla"], "reason": "proposal"}])
    mine = still.staff("kayla@example.com", "manager")
    for said in ({"ended_at": ago(hours=1)}, {"deleted": True}):
        body = {"embargoes": [{"id": "e1"} | said]}
        answer = requests.post(f"{still.url}/api/facts", json=body, headers=mine, timeout=10)
        assert answer.json()["stored"] == 0


def test_a_surprise_that_was_not_given_after_all_is_one_again(still: House) -> None:
    """The till takes its word back, without a date."""
    tell(still, **couple(purchases=[ring(surprise=True)]))
    tell(still, purchases=[{"id": "8812", "given_at": ago(hours=2)}])
    assert "embargo" not in stops(texted(still, SURVEY))
    tell(still, purchases=[{"id": "8812", "given_at": None}])
    assert "embargo" in stops(texted(still, f"{SURVEY} Thank you."))


def test_the_piece_in_other_words_and_in_a_picture_is_the_piece(still: House) -> None:
    """Its number left out, in the plural, or only in the picture's address."""
    tell(still, **couple(purchases=[ring(items=["emerald-necklace-7"], surprise=True)]))
    for body in ("Our emerald necklaces are back!", "The emerald necklace, 20% off"):
        assert "embargo" in stops(mail(still, "kayla@example.com", body, purpose="marketing"))
