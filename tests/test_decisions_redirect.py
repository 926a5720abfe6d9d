"""Redirect: a new message to somebody else, which waits for a yes of its own; the first one is stopped."""

from __future__ import annotations

import pytest
import requests

from sayso import store
from tests.conftest import House
from tests.deciding import by_manager, decided, may, quiet, refused, still, text, told, told_only_after_the_window
from tests.walk import SHOP, TO, dispatched, look

__all__ = ["quiet", "still"]
SCOTT = "+14155550188"


def redirected(house: House, sid: str, **more: object) -> dict[str, object]:
    """The new message to Scott, to whom the shop has never written."""
    answer = by_manager(house, sid, "redirect", to=SCOTT, **more)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_the_new_message_goes_to_the_other_once_it_is_signed_off_and_the_first_never(still: House):
    sid = text(still, "Your ring is ready.", purpose="repair_ready")
    new = redirected(still, sid, person="scott", note="Scott brought it in.")
    first = look(still, sid)
    assert (first.state, first.stop_reason) == ("stopped", "redirected")
    assert (new["state"], new["parent_id"], new["door"], new["version"]) == ("held", first.id, "desk", 1)
    assert new["to"] == [{"address": SCOTT, "person": "scott", "role": None, "evidence": None}]
    assert (new["body"], new["purpose"], new["from"], new["source"]) == (
        "Your ring is ready.",
        "repair_ready",
        SHOP,
        "crm",
    )
    assert new["hold_expires_at"] == still.message(sid)["hold_expires_at"]
    told_only_after_the_window(still, sid, "canceled")
    assert look(still, str(new["id"])).state == "held"
    decided(still, str(new["id"]), "approve")
    still.clock.forward(seconds=21)
    dispatched(still)
    assert [(sent["To"], sent["Body"]) for sent in still.twilio.messages] == [(SCOTT, "Your ring is ready.")]


def test_the_crm_hears_nothing_of_the_new_message_and_does_not_list_it(still: House):
    sid = text(still)
    new = redirected(still, sid)
    decided(still, str(new["id"]), "approve")
    still.clock.forward(seconds=21)
    dispatched(still)
    assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 204
    assert look(still, str(new["id"])).delivery == "delivered"
    assert told(still) == [(sid, "canceled")]
    assert [message.sid for message in still.client().messages.list()] == [sid]


def test_its_id_is_shaped_like_the_vendors_own(quiet: House):
    assert str(redirected(quiet, text(quiet))["crm_id"]).startswith("SM")
    with_picture = redirected(quiet, text(quiet, media_url=["https://example.com/a.png"]))
    assert str(with_picture["crm_id"]).startswith("MM")
    assert with_picture["media"] == ["https://example.com/a.png"]


def test_a_new_address_needs_a_manager_and_one_that_the_shop_has_written_to_does_not(still: House):
    sid = text(still)
    why = "The shop has never written to that address; ask a manager to send it there."
    assert refused(still, sid, "redirect", 403, to=SCOTT) == why
    text(still, "Hello Scott.", to=SCOTT)
    assert decided(still, sid, "redirect", 201, to=SCOTT)["state"] == "held"


def test_an_address_of_another_shop_is_new(quiet: House):
    quiet.source("reno-crm", store="reno")
    text(quiet, "Hello Scott.", to=SCOTT, source="reno-crm")
    assert "ask a manager" in refused(quiet, text(quiet), "redirect", 403, to=SCOTT)


def test_a_stop_finding_does_not_keep_a_person_from_redirecting(still: House):
    sid = text(still)
    still.store.write(lambda tx: store.suppress(tx, TO, "STOP", origin="test"))
    decided(still, sid, "edit", body="Your ring is ready, Scott.")
    assert "approve" not in may(still, sid)
    assert redirected(still, sid)["findings"] == []


def test_one_to_a_suppressed_address_waits_with_its_stop_finding(still: House):
    still.store.write(lambda tx: store.suppress(tx, SCOTT, "STOP", origin="test"))
    new = redirected(still, text(still))
    assert (new["state"], [finding["verdict"] for finding in new["findings"]]) == ("held", ["stop"])
    assert "approve" not in new["may"]


@pytest.mark.parametrize("spelled", ["(415) 555-0188", "+1 415 555 0188", " +14155550188 "])
def test_every_spelling_of_a_number_is_one(quiet: House, spelled: str):
    new = by_manager(quiet, text(quiet), "redirect", to=spelled).json()
    assert [to["address"] for to in new["to"]] == [SCOTT]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param({}, "to must be a text", id="none"),
        pytest.param({"to": ["+14155550188"]}, "to must be a text", id="list"),
        pytest.param({"to": "soon"}, "'soon' is no number that can be written to", id="no number"),
        pytest.param({"to": "scott@example.com"}, "is no number that can be written to", id="e-mail"),
        pytest.param({"to": "whatsapp:+14155550188"}, "cannot go to whatsapp", id="other channel"),
        pytest.param({"to": "(415) 555-0123"}, "It is for that address already", id="the same"),
        pytest.param({"to": "+14155550100"}, "the number it would be sent from", id="the sender"),
        pytest.param({"to": SCOTT, "person": 5}, "person must be a text", id="person"),
        pytest.param({"to": SCOTT, "body": "Hi"}, "knows no 'body'; it takes to, person", id="unknown key"),
    ],
)
def test_an_address_that_is_none_is_refused(quiet: House, given: dict[str, object], why: str):
    assert why in refused(quiet, text(quiet), "redirect", 400, **given)


def test_whatsapp_stays_whatsapp(quiet: House):
    sid = text(quiet, to=f"whatsapp:{TO}", from_=f"whatsapp:{SHOP}")
    new = by_manager(quiet, sid, "redirect", to=SCOTT).json()
    assert ([to["address"] for to in new["to"]], new["channel"]) == ([f"whatsapp:{SCOTT}"], "whatsapp")


def test_an_undo_withdraws_the_new_message_and_the_first_waits_again(still: House):
    sid = text(still)
    new = redirected(still, sid)
    assert may(still, sid) == ["undo"]
    decided(still, sid, "undo")
    child = look(still, str(new["id"]))
    assert (look(still, sid).state, child.state, child.stop_reason) == ("held", "stopped", "withdrawn")
    again = redirected(still, sid)
    decided(still, sid, "undo")
    assert look(still, str(again["id"])).state == "stopped"
    still.clock.forward(hours=1)
    assert told(still) == []


def test_a_redirect_whose_message_may_go_already_cannot_be_undone(still: House):
    sid = text(still)
    new = redirected(still, sid)
    decided(still, str(new["id"]), "approve")
    assert "The new message is cleared by now" in refused(still, sid, "undo", 409)


def test_a_keyless_repeat_of_the_first_request_is_a_new_message(quiet: House):
    sid = text(quiet, "Your ring is ready.")
    redirected(quiet, sid)
    again = text(quiet, "Your ring is ready.")
    assert again != sid
    assert [finding["check"] for finding in quiet.message(again)["findings"]] == ["duplicate"]


def test_staff_find_the_new_message_by_its_number(quiet: House):
    new = redirected(quiet, text(quiet))
    params = {"q": SCOTT}
    found = requests.get(f"{quiet.url}/api/messages", params=params, headers=quiet.staff(), timeout=10).json()
    assert [message["id"] for message in found["messages"]] == [new["id"]]
