"""How a card says whom a message reaches and how we know; and the kind thing to do instead, as its first button."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from sayso import store
from sayso.desk import choices, reading, words
from sayso.message import Content, Finding, Json, Message, State
from sayso.store import Screening, Tx
from tests.conftest import House, MakeHouse
from tests.desk_visits import BUYER, enter, form_of, held, state
from tests.storytelling import OAK_ST, tell
from tests.storytelling import card as written_card

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAIN = Message(
    id="1", crm_id="SM1", source_id="s", channel="sms", provider="twilio", state=State.HELD, version=1,
    content_hash="", content=Content((BUYER,), None, "Your ring is ready."), created_at=NOW, updated_at=NOW,
)  # fmt: skip
ROW: Mapping[str, Json] = {
    "address": BUYER, "person": "kayla", "name": "Kayla Reed", "role": "gift_recipient_before",
    "evidence": "Ring 4411 is on her wishlist, crm, 3 days ago.", "others": ["Nate Reed"],
}  # fmt: skip
INSTEAD: dict[str, Json] = {"kind": "redirect", "person": "scott", "name": "Scott Hale", "to": "+12125550178"}


def read(**found: Json) -> reading.Reading:
    """How that message reads with this."""
    return reading.reading(replace(PLAIN, reading=found))


def test_an_address_has_its_people_by_name_with_their_role_and_how_we_know() -> None:
    [reached] = read(to=[dict(ROW)]).to
    assert reached.end == "…0177"
    assert reached.people == (
        reading.Somebody("Kayla Reed", "the surprise is for them", "Ring 4411 is on her wishlist, crm, 3 days ago."),
    )
    assert reached.others == "Nate Reed"


ROLES = (
    ("principal", "purchase/8812", "buyer"),
    ("principal", "repair/r1", "brought it in"),
    ("principal", None, "it is their own business"),
    ("ex_partner", None, "former partner"),
    ("cousin_of_sorts", None, "cousin of sorts"),
)


@pytest.mark.parametrize(("role", "subject", "said"), ROLES, ids=[f"{row[0]}-{row[1]}" for row in ROLES])
def test_a_role_is_said_as_the_shop_says_it(role: str, subject: str | None, said: str) -> None:
    about: Json = {"name": subject, "inferred": True, "how": ""} if subject else None
    [reached] = read(to=[{**ROW, "role": role}], subject=about).to
    assert reached.people[0].role == said


BROKEN: tuple[dict[str, Json], ...] = (
    {}, {"to": None}, {"to": "x"}, {"to": ["x", {}]}, {"purpose": "x", "subject": [], "tells": "x"},
    {"purpose": {"name": 3}}, {"to": [{"address": BUYER, "role": None}]}, {"to": [{**ROW, "others": "x"}]},
)  # fmt: skip


@pytest.mark.parametrize("found", BROKEN, ids=[str(row)[:40] for row in BROKEN])
def test_a_reading_that_lacks_something_is_shown_as_far_as_it_goes(found: dict[str, Json]) -> None:
    shown = read(**found)
    assert (shown.purpose, [one.address for one in shown.to]) == ("", [BUYER])


def test_what_the_crm_declared_is_never_called_a_guess() -> None:
    guessed: dict[str, Json] = {"name": "order_ready", "inferred": True, "how": "It reads like it."}
    assert (read(purpose=guessed).purpose, read(purpose=guessed).purpose_how) == ("order_ready", "It reads like it.")
    said = reading.reading(replace(PLAIN, purpose="survey", reading={"purpose": guessed}))
    assert (said.purpose, said.purpose_how) == ("survey", "")


MASKED = (
    ("+12125550177", "…0177"),
    ("kayla@example.com", "k…@example.com"),
    ("Kayla Reed, 12 Oak St, Reno, NV 89501, US", "…, Reno, NV 89501, US"),
    ("post|us|89501|12 oak st", "… US 89501"),
)


@pytest.mark.parametrize(("address", "shown"), MASKED, ids=[row[0] for row in MASKED])
def test_the_end_of_an_address_is_enough_to_know_it_by(address: str, shown: str) -> None:
    assert words.masked(address) == shown


@pytest.fixture
def house(make_house: MakeHouse) -> House:
    """A house in which nothing leaves."""
    return make_house(start=False)


def waiting(house: House, *proposals: dict[str, Json], found: Mapping[str, Json] | None = None) -> str:
    """The id of a message for which a finding proposes this, and that reads like that."""
    message_id = held(house)
    findings = tuple(
        Finding("of_a_host", f"n{n}", "Would tell Kayla.", proposal=one) for n, one in enumerate(proposals)
    )

    def find(tx: Tx) -> None:
        message = store.get(tx, message_id)
        assert message
        store.screened(tx, message, Screening("policy", findings, {"reading": dict(found or {})}))

    house.store.write(find)
    return message_id


def card(house: House, browser: requests.Session, message_id: str) -> str:
    """A card as it is read."""
    return html.unescape(browser.get(f"{house.url}/desk/messages/{message_id}", timeout=10).text)


def test_the_card_names_people_and_masks_where_they_are_reached(house: House) -> None:
    found = {"to": [dict(ROW)], "purpose": {"name": "survey", "inferred": True, "how": "it asks how it was."}}
    text = card(house, enter(house), waiting(house, INSTEAD, found=found | {"tells": ["purchase", "item"]}))
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    for said in (
        "Kayla Reed …0177 the surprise is for them",
        "Ring 4411 is on her wishlist",
        "Nate Reed may read it there too.",
        "(We think so: it asks how it was.)",
        "It tells purchase and item",
    ):
        assert said in plain
    assert BUYER in re.sub(r"\s+", "", text.split("Show the whole number")[1])


def test_the_proposed_person_is_one_tap_away_and_their_number_is_masked(house: House) -> None:
    boss = enter(house, "boss@example.com", "manager")
    message_id = waiting(house, INSTEAD)
    text = card(house, boss, message_id)
    assert "<summary>Send it to Scott instead</summary>" in text
    assert "Scott Hale (…0178)" in text
    assert 'value="+12125550178"' not in text
    form = form_of(house, boss, message_id) | {"whom": "proposed", "to": "", "person": ""}
    made = boss.post(f"{house.url}/desk/messages/{message_id}/redirect", data=form, timeout=10).url
    with house.store.read() as tx:
        new = store.get(tx, made.split("/")[-1][:26])
    assert new
    assert (new.content.to, new.person) == (("+12125550178",), "scott")


def test_somebody_else_can_still_be_written_to_and_both_at_once_cannot(house: House) -> None:
    boss = enter(house, "boss@example.com", "manager")
    message_id = waiting(house, INSTEAD)
    form = form_of(house, boss, message_id) | {"to": "+12125550199", "person": "nora"}
    url = f"{house.url}/desk/messages/{message_id}/redirect"
    both = boss.post(url, data=form | {"whom": "proposed"}, timeout=10)
    assert (both.status_code, "Please leave one of the two." in both.text) == (400, True)
    assert state(house, message_id)[0] == "held"
    assert boss.post(url, data=form | {"whom": "other"}, timeout=10).status_code == 200
    assert state(house, message_id)[0] == "stopped"


def test_whom_to_phone_is_the_proposed_one_and_never_the_surprised(house: House) -> None:
    ana, message_id = enter(house), waiting(house, INSTEAD | {"kind": "phone"})
    text = card(house, ana, message_id)
    assert 'href="tel:+12125550178"' in text
    assert f"tel:{BUYER}" not in text
    ana.post(f"{house.url}/desk/messages/{message_id}/phone", data=form_of(house, ana, message_id), timeout=10)
    calls = html.unescape(ana.get(f"{house.url}/desk/calls", timeout=10).text)
    assert "Scott Hale" in calls
    assert BUYER not in calls


def test_a_decision_comes_before_a_question_as_the_first_button(house: House) -> None:
    asks: dict[str, Json] = {"kind": "confirm", "fact": "0" * 32, "list": "occasions", "question": "Still so?"}
    text = card(house, enter(house), waiting(house, asks, {"kind": "reject"}))
    assert 'class="way no main"' in text


def test_numbers_come_from_the_worst_finding_that_names_one() -> None:
    calm = Finding("a", "b", "c", proposal=INSTEAD)
    worst = Finding("d", "e", "f", "stop", proposal=INSTEAD | {"to": "+12125550199", "name": ""})
    assert choices.numbers(replace(PLAIN, findings=(calm, worst))) == (("+12125550199", "+12125550199"),)


ENVELOPES = {
    "the other one's": ("Manon Doyle", "Manon Doyle", "Ngozi Georgiou"),
    "in capitals and without accents": ("MANON DOYLE", "Manon Doyle", "Ngozi Georgiou"),
    "nobody's there": ("The Doyles", "Ngozi Georgiou", "Manon Doyle"),
}


@pytest.mark.parametrize("case", ENVELOPES)
def test_a_card_for_the_post_is_for_whoever_the_envelope_names_and_the_others_may_read_it(
    make_house: MakeHouse, case: str
) -> None:
    envelope, first, other = ENVELOPES[case]
    house = make_house(start=False)
    people = [
        {"id": "ngozi", "name": "Ngozi Georgiou", "addresses": [OAK_ST]},
        {"id": "manon", "name": "Manon Doyle", "addresses": [OAK_ST]},
    ]
    day = {"id": "o1", "kind": "birthday", "people": ["manon"], "date": "1990-01-05"}
    tell(house, people=people, occasions=[day])
    seen = written_card(
        house, OAK_ST | {"name": envelope}, "Happy birthday!", purpose="birthday", subject="occasion/o1"
    )
    with house.store.read() as tx:
        message = store.get(tx, str(seen["id"]))
    assert message
    [reached] = reading.reading(message).to
    assert ([one.name for one in reached.people], reached.others) == ([first], other)
    assert words.whom(message) == envelope
    page = enter(house).get(f"{house.url}/desk/messages/{message.id}", timeout=10).text
    assert f"{other} may read it there too." in page
