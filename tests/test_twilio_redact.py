"""Redacting what is over, through Twilio's own client: nothing of the words stays, here or at the vendor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from twilio.base.exceptions import TwilioRestException

from sayso import store
from sayso.store import tables
from tests.conftest import House
from tests.ended import OVER, PICTURE, SECRET, arrived, opened, rejected
from tests.standing import assert_twilio_error, call
from tests.stillness import still
from tests.vendor_log import keep_log, refuses
from tests.vendors import VENDOR_SID, VENDOR_TOKEN
from tests.walk import approved, decide, hand_in, look, sent, withdraw

__all__ = ["still"]  # fixtures from elsewhere


@pytest.mark.parametrize("make", OVER)
def test_a_message_that_is_over_is_redacted_and_nothing_of_its_words_stays(
    still: House, make: Callable[[House], str]
) -> None:
    keep_log(still)
    sid = make(still)
    before = still.client().messages(sid).fetch()
    assert "Emerald" in opened(still, sid)

    after = still.client().messages(sid).update(body="")

    assert (after.body, after.sid, after.num_segments) == ("", sid, "1")
    assert (after.status, after.error_code, after.to, after.from_) == (
        before.status,
        before.error_code,
        before.to,
        before.from_,
    )
    everything = opened(still, sid)
    assert not [word for word in ("Emerald", "Kayla", "{{name}}", "name") if word in everything.replace('"name', "")]
    assert still.client().messages(sid).fetch().body == ""


def test_the_media_of_a_redacted_message_go_here_and_at_the_vendor(still: House) -> None:
    log = keep_log(still)
    sid = arrived(still, Body=SECRET, MediaUrl=PICTURE, ContentVariables='{"1": "Emerald"}', FutureField="Emerald")
    log.media = ["ME" + "1" * 32, "ME" + "2" * 32]

    after = still.client().messages(sid).update(body="")

    assert after.num_media == "0"
    assert still.client().messages(sid).media.list() == []
    assert log.media == []
    assert log.asked[-1] == ("POST", "", {"Body": ""})
    everything = opened(still, sid)
    assert not [word for word in ("Emerald", PICTURE) if word in everything]


def test_the_words_of_every_edition_and_decision_are_redacted_and_who_decided_stays(still: House) -> None:
    sid = hand_in(still, Body=SECRET, MediaUrl=PICTURE)
    decide(still, sid, "edit", given={"body": "Emerald ring for her"}, note="no name")
    decide(still, sid, "reject", note="not now")
    still.clock.forward(seconds=1)

    still.client().messages(sid).update(body="")

    everything = opened(still, sid)
    assert not [word for word in ("Emerald", PICTURE, "for her") if word in everything]
    with still.store.read() as tx:
        decisions = store.read_decisions(tx, look(still, sid).id)
    assert [(one.kind, one.by, one.note) for one in decisions] == [
        ("edit", "ana@example.com", "no name"),
        ("reject", "ana@example.com", "not now"),
    ]
    assert still.message(sid)["state"] == "stopped"


def test_a_redacted_message_is_no_longer_found_by_its_words(still: House) -> None:
    sid = rejected(still)
    message = look(still, sid)

    def tokens() -> set[bytes]:
        with still.store.read() as tx:
            mine = select(tables.token.c.tokens).where(tables.token.c.message_id == message.id)
            stored = bytes(tx.connection.execute(mine).scalar_one())
        return {stored[at : at + 6] for at in range(0, len(stored), 6)}

    before = tokens()
    still.client().messages(sid).update(body="")

    assert tokens() < before


WAITING = {
    "held": hand_in,
    "cleared": approved,
    "sent_and_not_yet_delivered": sent,
}


@pytest.mark.parametrize("make", WAITING.values(), ids=WAITING)
@pytest.mark.parametrize("act", ["redact", "delete", "delete_medium"])
def test_what_is_not_over_cannot_be_redacted_or_deleted(still: House, make: Callable[..., str], act: str) -> None:
    log = keep_log(still)
    sid = make(still, Body=SECRET, MediaUrl=PICTURE)
    mine, before = still.client().messages(sid), opened(still, sid)
    acts = {
        "redact": lambda: mine.update(body=""),
        "delete": mine.delete,
        "delete_medium": lambda: mine.media(mine.media.list()[0].sid).delete(),
    }

    with pytest.raises(TwilioRestException) as no:
        acts[act]()

    assert (no.value.status, no.value.code) == (409, 20009)
    assert "delivery has not been completed" in no.value.msg
    assert (opened(still, sid), log.asked) == (before, [])


ACTS: dict[str, tuple[str, dict[str, str] | None]] = {"redact": ("POST", {"Body": ""}), "delete": ("DELETE", None)}


@pytest.mark.parametrize(("method", "data"), ACTS.values(), ids=ACTS)
def test_the_vendors_refusal_is_passed_on_with_our_ids_and_nothing_changes(
    still: House, method: str, data: dict[str, str] | None
) -> None:
    log, sid = keep_log(still), arrived(still, Body=SECRET)
    theirs = look(still, sid).provider_id
    log.fault = refuses(409, 20009, f"Cannot delete {theirs} of {VENDOR_SID} ({VENDOR_TOKEN})")
    before = opened(still, sid)

    answer = call(still, method, f"/Messages/{sid}.json", data=data)

    assert_twilio_error(answer, 409, 20009)
    assert sid in answer.text
    assert not [name for name in (theirs, VENDOR_SID, VENDOR_TOKEN) if str(name) in answer.text]
    assert opened(still, sid) == before
    assert still.client().messages(sid).fetch().body == SECRET


FAULTS = {
    "lost": (0, {}, b""),
    "a_gateway": (502, {"Content-Type": "text/html"}, b"<html>"),
    "our_key_is_wrong": refuses(401, 20003, "Authenticate"),
    "not_twilio_at_all": (404, {}, b"nothing here"),
    "a_redirect": (302, {"Location": "https://elsewhere.example/"}, b""),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize(("method", "data"), ACTS.values(), ids=ACTS)
def test_while_the_vendor_does_not_answer_it_is_503_and_nothing_changes(
    still: House, method: str, data: dict[str, str] | None, fault: tuple[int, dict[str, str], bytes]
) -> None:
    log, sid = keep_log(still), arrived(still, Body=SECRET)
    log.fault = fault
    before = opened(still, sid)

    assert_twilio_error(call(still, method, f"/Messages/{sid}.json", data=data), 503, 20503)

    assert opened(still, sid) == before
    log.fault = None
    assert call(still, method, f"/Messages/{sid}.json", data=data).ok


@pytest.mark.parametrize(("method", "data"), ACTS.values(), ids=ACTS)
def test_what_the_vendor_has_no_more_goes_here_too(still: House, method: str, data: dict[str, str] | None) -> None:
    log, sid = keep_log(still), arrived(still, Body=SECRET)
    log.fault = refuses(404, 20404, "not found")

    assert call(still, method, f"/Messages/{sid}.json", data=data).ok

    assert "Emerald" not in opened(still, sid)


MIXED = {
    "both": {"Status": "canceled", "Body": ""},
    "words": {"Body": "other words"},
    "another_status": {"Status": "delivered"},
    "nothing": {"FutureField": "x"},
    "no_status": {"Status": ""},
}


@pytest.mark.parametrize("data", MIXED.values(), ids=MIXED)
def test_nothing_else_can_be_changed(still: House, data: dict[str, str]) -> None:
    sid = hand_in(still)
    before = look(still, sid)

    assert_twilio_error(call(still, "POST", f"/Messages/{sid}.json", data=data), 400, 20001)

    assert look(still, sid) == before


def test_another_sources_message_cannot_be_redacted_or_deleted(still: House) -> None:
    sid = hand_in(still, "other", Body=SECRET)
    withdraw(still, sid, "other")

    for method, data in ACTS.values():
        assert_twilio_error(call(still, method, f"/Messages/{sid}.json", data=data), 404, 20404)
    assert "Emerald" in opened(still, sid)
