"""Somebody asks for no more: it counts at once, on every channel of that endpoint, and only a START takes it back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sayso import store
from tests.conftest import House, MakeHouse
from tests.stillness import still
from tests.vendors import plain_http
from tests.walk import SHOP, TO, approved, decide, dispatched, hand_in, incidents, look, swept
from tests.writing_back import stored, why_suppressed, write_back

__all__ = ["still"]  # fixtures from elsewhere
OTHER = "+14155550177"


@pytest.fixture
def both(make_house: MakeHouse, database_url: str) -> House:
    """A house on each database, in which nothing moves by itself."""
    return make_house(start=False, database_url=database_url)


def test_a_stop_suppresses_and_what_waits_is_looked_at_at_once(both: House) -> None:
    sid, theirs = hand_in(both), hand_in(both, To=OTHER)
    reply = write_back(both, "Please stop texting me!")
    assert (reply.kind, why_suppressed(both)) == ("stop", ["inbound"])
    held, other = look(both, sid), look(both, theirs)
    assert (held.state, held.version) == ("held", 2)
    (finding,) = [found for found in held.findings if found.check == "suppressed_address"]
    assert finding.verdict == "stop"
    assert "they wrote that they want no more messages" in finding.reason
    assert (other.version, other.findings) == (1, ())


def test_a_stop_takes_approve_away_and_nothing_else(both: House) -> None:
    sid = hand_in(both)
    write_back(both, "STOP")
    may = both.message(sid)["may"]
    assert "approve" not in may
    assert "reject" in may
    assert both.decide(sid, "approve").status_code == 409


def test_what_was_approved_before_the_stop_is_caught_before_it_goes(both: House) -> None:
    sid = approved(both)
    write_back(both, "no more texts")
    dispatched(both)
    assert (look(both, sid).state, both.twilio.messages) == ("held", [])
    assert [found.check for found in look(both, sid).findings] == ["suppressed_address"]


def test_what_comes_after_the_stop_is_refused_as_the_vendor_would(both: House) -> None:
    write_back(both, "STOP")
    given = both.source()["twilio"]
    url = f"{both.url}/2010-04-01/Accounts/{given['account_sid']}/Messages.json"
    form = {"To": TO, "From": SHOP, "Body": "Your ring is ready."}
    answer = plain_http().post(url, data=form, auth=(given["account_sid"], given["auth_token"]), timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (400, 21610)
    assert "texting" not in answer.text


def test_a_start_lifts_the_writers_own_and_the_vendors_and_nobody_elses(both: House) -> None:
    write_back(both, "STOP")
    for origin in ("vendor", "host", "decision:01JD"):
        both.store.write(lambda tx, origin=origin: store.suppress(tx, TO, "so they said", origin=origin))
    both.store.write(lambda tx: store.suppress(tx, OTHER, "opted out", origin="inbound"))
    assert write_back(both, "START").kind == "start"
    assert (why_suppressed(both), why_suppressed(both, OTHER)) == (["host", "decision:01JD"], ["inbound"])


def test_after_a_start_what_waits_can_be_approved_again(both: House) -> None:
    sid = hand_in(both)
    write_back(both, "STOP")
    write_back(both, "unstop")
    assert (look(both, sid).state, look(both, sid).findings, look(both, sid).version) == ("held", (), 3)
    decide(both, sid, "approve")
    dispatched(both)
    assert look(both, sid).state == "sent"


def test_a_text_by_whatsapp_stops_the_number_on_every_channel(both: House) -> None:
    sid = hand_in(both)
    write_back(both, "basta", From=f"whatsapp:{TO}", To=f"whatsapp:{SHOP}", ProfileName="Kayla", WaId=TO[1:])
    assert [found.check for found in look(both, sid).findings] == ["suppressed_address"]
    assert why_suppressed(both, f"whatsapp:{TO}") == why_suppressed(both, TO) == ["inbound"]


def test_a_doubtful_wording_suppresses_meanwhile_and_tells_staff(both: House) -> None:
    sid = hand_in(both)
    assert write_back(both, "You have the wrong number").kind == "maybe_stop"
    assert why_suppressed(both) == ["inbound"]
    (finding,) = look(both, sid).findings
    assert "may have asked" in finding.reason
    with both.store.read() as tx:
        ((kind, detail, _),) = store.read_incidents(tx)
    assert kind == "probable_opt_out"
    assert "“You have the wrong number”" in detail


def test_what_sounds_like_it_changes_nothing(both: House) -> None:
    sid = hand_in(both)
    for text in ("Can we stop by Saturday?", "cancel my appointment", "el anillo es muy alto", "دكان"):
        assert write_back(both, text).kind == "words"
    assert (why_suppressed(both), look(both, sid).version) == ([], 1)


@pytest.mark.parametrize(
    ("text", "more", "kind"),
    [
        ("ADIOS", {"OptOutType": "STOP"}, "stop"),
        ("JOIN", {"OptOutType": "START"}, "start"),
        ("BRAND", {"OptOutType": "HELP"}, "help"),
        ("stop", {"OptOutType": "START"}, "stop"),
        ("Shop now", {"ButtonText": "Stop promotions", "ButtonPayload": "no"}, "stop"),
        ("No thanks", {"ButtonPayload": "STOP"}, "stop"),
        ("", {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x", "MediaContentType0": "image/png"}, "words"),
    ],
)
def test_the_vendors_own_word_and_buttons_count(still: House, text: str, more: dict[str, str], kind: str) -> None:
    assert write_back(still, text, **more).kind == kind


def test_a_plain_yes_starts_again_only_after_a_stop(still: House) -> None:
    assert write_back(still, "Yes").kind == "words"
    write_back(still, "STOP")
    assert write_back(still, "Yes").kind == "start"
    assert why_suppressed(still) == []
    still.store.write(lambda tx: store.suppress(tx, TO, "so said the host", origin="host"))
    assert write_back(still, "Yes").kind == "words"


def test_a_stop_after_a_doubt_is_a_stop_and_a_doubt_after_a_stop_changes_nothing(still: House) -> None:
    def why() -> str | None:
        with still.store.read() as tx:
            return store.opted_out(tx, TO)

    write_back(still, "wrong number")
    write_back(still, "STOP")
    assert why() == "they wrote that they want no more messages"
    write_back(still, "too many texts")
    assert why() == "they wrote that they want no more messages"


def test_what_was_received_and_not_yet_screened_is_stopped_by_the_sweep(still: House) -> None:
    house = still.app.extensions["sayso"]
    house.hooks.facts = lambda message: 1 / 0
    sid = hand_in(still)
    assert look(still, sid).state == "received"
    write_back(still, "STOP")
    house.hooks.facts = None
    still.clock.forward(seconds=5)
    swept(still)
    assert (look(still, sid).state, look(still, sid).stop_reason) == ("stopped", "suppressed")


def test_every_reply_leaves_a_trail_without_people(still: House) -> None:
    reply = write_back(still, "STOP")
    with still.store.read() as tx:
        rows = [tuple(row) for row in tx.connection.exec_driver_sql("SELECT actor, event, detail FROM sayso_trail")]
    ((actor, _, detail),) = [row for row in rows if row[1] == "inbound"]
    assert (actor, json.loads(detail)["kind"], json.loads(detail)["id"]) == ("twilio", "stop", reply.id)
    assert TO not in repr(rows)


def test_the_desk_can_read_what_the_person_wrote_last(still: House) -> None:
    for text in ("one", "two", "three"):
        still.clock.forward(seconds=1)
        write_back(still, text)
    write_back(still, "else", From=OTHER)
    with still.store.read() as tx:
        found = store.replies(tx, [f"whatsapp:{TO}"], 2)
    assert [reply.heard.text for reply in found] == ["three", "two"]
    assert found[0].at - found[1].at >= timedelta(seconds=1)
    assert len(stored(still)) == 4


def test_nobody_is_suppressed_by_what_another_wrote(still: House) -> None:
    write_back(still, "STOP", From=OTHER)
    assert look(still, hand_in(still)).state == "held"
    assert incidents(still) == ["inbound_unclaimed"]
