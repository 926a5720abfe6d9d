"""Shadow mode: everything goes out at once, what would have waited is noted and shown, and who said stop is heard."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import text as sql
from twilio.base.exceptions import TwilioRestException

from sayso import dispatch, store
from tests import templated
from tests.conftest import House, MakeHouse
from tests.deciding import text
from tests.desk_visits import enter
from tests.handing_in import handed_in, sms
from tests.storytelling import KAYLA, SCOTT, couple, ring, stops, tell
from tests.templated import rewrite, with_template
from tests.test_cli import running, sayso
from tests.test_plugin_facts import hook
from tests.vendors import wait_for
from tests.walk import dispatched, hand_in, look, relayed, swept, told
from tests.writing_back import answered, hears

HOW = "How was your purchase?"


@pytest.fixture
def shadow(make_house: MakeHouse, database_url: str) -> House:
    """A house on each database that forwards everything, and in which nothing moves unless a test moves it."""
    return make_house(start=False, mode="shadow", database_url=database_url)


@pytest.fixture
def quick(make_house: MakeHouse) -> House:
    """The same on SQLite alone."""
    return make_house(start=False, mode="shadow")


def would(house: House, sid: str) -> object:
    """What would have become of a message, as our API says it."""
    return house.message(sid)["would"]


def test_the_story_of_the_ring_goes_out_and_is_noted(shadow: House) -> None:
    tell(shadow, **couple(purchases=[ring(surprise=True)]))
    sid = text(shadow, HOW, to=KAYLA, purpose="purchase_feedback")
    dispatched(shadow)
    message = shadow.message(sid)
    assert (message["state"], message["would"]) == ("sent", "stopped")
    assert "embargo" in stops(message)
    assert [one["Body"] for one in shadow.twilio.messages] == [HOW]


def test_the_crm_hears_of_it_what_it_would_hear_of_its_vendor(quick: House) -> None:
    sid = text(quick, HOW)
    dispatched(quick)
    quick.twilio.call_back(quick.twilio.messages[0], "delivered")
    relayed(quick)
    assert told(quick)[-1] == "delivered"
    assert quick.message(sid)["attempts"][0]["outcome"] == "accepted"  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        pytest.param({"purpose": "marketing", "body": "Dear {{name}}, come in"}, "held", id="something found"),
        pytest.param({"purpose": "order_status"}, "sign_off", id="nothing found"),
        pytest.param({"purpose": "otp", "body": "Your code is 123456."}, "cleared", id="at once"),
        pytest.param({"purpose": "otp", "body": "Code 123456. Get one free!"}, "stopped", id="refused at once"),
    ],
)
def test_what_would_have_become_of_it_is_noted(quick: House, given: dict[str, str], verdict: str) -> None:
    sid = str(handed_in(quick, sms(**given))["id"])
    assert (look(quick, sid).state, would(quick, sid)) == ("cleared", verdict)


def test_a_mode_that_is_not_shadow_notes_nothing(make_house: MakeHouse) -> None:
    house = make_house(start=False)
    assert would(house, text(house, HOW)) is None


def test_whoever_opted_out_is_not_written_to(quick: House) -> None:
    quick.store.write(lambda tx: store.opt_out(tx, KAYLA, "STOP"))
    with pytest.raises(TwilioRestException) as refused:
        text(quick, HOW, to=KAYLA)
    assert refused.value.code == 21610
    dispatched(quick)
    assert quick.twilio.messages == []


def test_a_person_who_asked_to_be_removed_is_not_written_to(quick: House) -> None:
    tell(quick, **couple(suppressions=[{"person": "kayla", "reason": "asked to be removed"}]))
    with pytest.raises(TwilioRestException):
        text(quick, HOW, to=KAYLA)


def test_whoever_opts_out_between_intake_and_sending_is_not_written_to(quick: House) -> None:
    sid = text(quick, HOW, to=KAYLA)
    quick.store.write(lambda tx: store.opt_out(tx, KAYLA, "STOP"))
    dispatched(quick)
    message = look(quick, sid)
    assert (message.state, message.stop_reason, quick.twilio.messages) == ("stopped", "suppressed", [])
    relayed(quick)
    assert len(quick.crm.posts()) == 1


def test_what_is_not_worth_sending_any_more_is_stopped(quick: House) -> None:
    sid = text(quick, HOW)
    quick.clock.forward(days=30)
    dispatched(quick)
    assert (look(quick, sid).state, look(quick, sid).stop_reason) == ("stopped", "expired")


def test_the_second_screening_holds_nothing_and_notes_what_it_finds(quick: House) -> None:
    sid = text(quick, HOW, to=KAYLA, purpose="purchase_feedback")
    before = would(quick, sid)
    tell(quick, **couple(purchases=[ring(surprise=True)]))
    dispatched(quick)
    assert (look(quick, sid).state, before, would(quick, sid)) == ("sent", "sign_off", "stopped")


def test_nobody_waits_for_the_night_to_end(make_house: MakeHouse) -> None:
    house = make_house(start=False, mode="shadow", quiet_hours="00:00-23:59")
    sid = text(house, HOW, purpose="order_status")
    dispatched(house)
    assert look(house, sid).state == "sent"
    assert would(house, sid) == "held"


def test_a_host_that_does_not_answer_keeps_nothing_back(quick: House) -> None:
    hook(quick, lambda message: 1 / 0)  # type: ignore[arg-type,return-value]
    sid = text(quick, HOW)
    quick.clock.forward(seconds=3)
    swept(quick)
    dispatched(quick)
    assert look(quick, sid).state == "sent"


def test_a_time_that_the_crm_set_is_kept(quick: House) -> None:
    at = (quick.clock() + timedelta(hours=2)).isoformat()
    sid = str(handed_in(quick, sms(send_at=at))["id"])
    dispatched(quick)
    assert look(quick, sid).state == "cleared"
    quick.clock.forward(hours=2, seconds=1)
    dispatched(quick)
    assert look(quick, sid).state == "sent"


def test_a_reply_that_the_crm_answers_with_goes_out(quick: House) -> None:
    hears(quick)
    answered(quick, "<Message>We open at nine.</Message>")
    dispatched(quick)
    assert [one["Body"] for one in quick.twilio.messages] == ["We open at nine."]


def test_what_waited_before_waits_on(make_house: MakeHouse) -> None:
    house = make_house(start=False)
    sid = hand_in(house)
    dispatch.run_due(replace(house.runtime, mode="shadow"))
    assert look(house, sid).state == "held"


def test_back_in_enforce_what_has_findings_and_has_not_gone_waits(quick: House) -> None:
    at = (quick.clock() + timedelta(hours=2)).isoformat()
    sid = str(handed_in(quick, sms(send_at=at, body="Dear {{name}}, come in"))["id"])
    quick.clock.forward(hours=2, seconds=1)
    dispatch.run_due(replace(quick.runtime, mode="enforce"))
    assert look(quick, sid).state == "held"


def test_words_that_were_changed_in_the_database_do_not_go(quick: House) -> None:
    sid = text(quick, HOW)
    change = sql("UPDATE sayso_message SET content_hash = 'another' WHERE crm_id = :sid")
    quick.store.write(lambda tx: tx.connection.execute(change, {"sid": sid}))
    dispatched(quick)
    assert (look(quick, sid).state, quick.twilio.messages) == ("held", [])


def test_every_page_of_the_desk_says_so(quick: House) -> None:
    sid = str(look(quick, text(quick, "Dear {{name}}, come in")).id)
    browser = enter(quick)
    for path in ("", "history", "calls", "surprises", "shadow", f"messages/{sid}"):
        page = browser.get(f"{quick.url}/desk/{path}", timeout=10)
        assert page.status_code == 200, path
        assert "Shadow: everything goes out." in page.text
    assert "Otherwise it would have waited, because something was found." in page.text


def test_the_page_of_shadow_mode_lists_what_would_have_waited(quick: House) -> None:
    tell(quick, **couple(purchases=[ring(surprise=True)]))
    text(quick, HOW, to=KAYLA, purpose="purchase_feedback")
    text(quick, "Your ring is ready.", to=SCOTT, purpose="order_status")
    page = enter(quick).get(f"{quick.url}/desk/shadow", timeout=10).text
    assert "1 of 2 would have waited" in page
    assert "1 would have been stopped, or could not have been approved" in page
    assert page.count("aria-describedby") == 1


def test_whoever_is_surprised_does_not_find_it_on_the_page(quick: House) -> None:
    tell(quick, **couple(purchases=[ring(surprise=True)]))
    text(quick, HOW, to=KAYLA, purpose="purchase_feedback")
    page = enter(quick, "kayla@example.com").get(f"{quick.url}/desk/shadow", timeout=10).text
    assert "would have waited</h1>" not in page


def test_without_shadow_mode_no_page_links_there(make_house: MakeHouse) -> None:
    house = make_house(start=False)
    assert "/desk/shadow" not in enter(house).get(f"{house.url}/desk/", timeout=10).text


def test_it_is_said_at_the_start_and_by_the_doctor(tmp_path: Path) -> None:
    with running(tmp_path, mode="shadow") as (_, printed):
        wait_for(lambda: "Shadow mode: everything goes out at once" in printed.read_text())
    checks = {one["check"]: one for one in json.loads(sayso("doctor", "--json", mode="shadow").stdout)}
    assert "Set SAYSO_MODE=enforce" in checks["mode"]["mend"]


def test_the_metrics_say_so(quick: House) -> None:
    page = requests.get(f"{quick.url}/metrics", timeout=10).text
    assert "sayso_shadow_mode 1.0" in page


def test_a_template_that_its_vendor_changed_keeps_nothing_back(make_house: MakeHouse) -> None:
    house = with_template(make_house, mode="shadow")
    sid = templated.hand_in(house)
    rewrite(house, "Hi {{1}}, your {{2}} is late.")
    house.clock.forward(seconds=6)
    dispatched(house)
    assert look(house, sid).state == "sent"
