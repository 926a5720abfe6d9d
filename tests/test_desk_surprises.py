"""The page of surprises: what is kept from whom, who may know of it, and the till's safeguard question."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from sayso.message import Fact
from tests.conftest import House
from tests.desk_visits import enter
from tests.surprise_visits import (
    KAYLA,
    LODGER,
    NORA,
    SCOTT,
    WATCH,
    answer,
    csrf,
    embargo,
    facts,
    house,
    opened,
    page,
    post,
    told,
)

__all__ = ["house"]  # a fixture from elsewhere


def test_a_surprise_says_what_from_whom_until_when_who_said_so_and_why(house: House) -> None:
    until = (house.clock() + timedelta(days=3)).isoformat()
    told(house, embargo(until=until, reason="her birthday", set_by="Shelby"))
    text = re.sub(r"<[^>]+>", "", page(house, enter(house)))
    for said in ("Purchase 8812: watch 7", "Kept from Kayla Reed until ", "Said by Shelby: her birthday"):
        assert said in text


def test_the_till_question_keeps_a_piece_from_somebody(house: House) -> None:
    ana = enter(house)
    assert "It is kept a surprise." in opened(house, ana, reason="their day", until="2099-12-24").text
    [kept] = facts(house, "embargoes").values()
    assert (kept.text("subject"), kept.texts("hide_from"), kept.text("reason")) == (
        "purchase/8812", ("kayla",), "their day",
    )  # fmt: skip
    assert kept.text("until").startswith("2099-12-25T00:00")
    assert (kept.values["hide_from"].desk, kept.text("set_by")) == (True, "ana@example.com")
    assert "Kept from <strong>Kayla Reed</strong> until " in page(house, ana)


def test_a_surprise_without_a_day_is_kept_until_somebody_says_so(house: House) -> None:
    ana = enter(house)
    opened(house, ana)
    assert facts(house, "embargoes")["desk-purchase-8812"].get("until") is None
    assert "until somebody says so" in page(house, ana)


WHOM = ("kayla", "Reed, Kayla", "kayla  REED", "(212) 555-0123", KAYLA.upper())


@pytest.mark.parametrize("whom", WHOM)
def test_somebody_is_known_by_id_name_number_or_address(house: House, whom: str) -> None:
    opened(house, enter(house), whom=whom)
    assert facts(house, "embargoes")["desk-purchase-8812"].texts("hide_from") == ("kayla",)


WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"whom": "Nobody Known"}, "Nobody is known by that.", 'value="Nobody Known"'),
    ({"whom": " "}, "Please say for whom it is", 'value="8812"'),
    ({"id": " "}, "Please write the number of the purchase", 'value="Kayla Reed"'),
    ({"kind": "ring"}, "Please write the number of the purchase", 'value="8812"'),
    ({"id": "a/b"}, "Please write the number of the purchase", 'value="a/b"'),
    ({"until": "soon"}, "Please write the day as 2026-12-24.", 'value="soon"'),
    ({"until": "2020-01-01"}, "That day is over already.", 'value="2020-01-01"'),
    ({"until": "9999-12-31"}, "Please write the day as 2026-12-24.", 'value="9999-12-31"'),
)


@pytest.mark.parametrize(("typed", "sentence", "kept"), WRONG, ids=[repr(row[0]) for row in WRONG])
def test_what_was_typed_wrong_comes_back_with_a_sentence_and_opens_nothing(
    house: House, typed: dict[str, str], sentence: str, kept: str
) -> None:
    answered = opened(house, enter(house), **typed)
    assert answered.status_code == 400
    assert sentence in html.unescape(answered.text)
    assert kept in html.unescape(answered.text)
    assert not facts(house, "embargoes")


def test_of_two_people_of_one_name_somebody_chooses(house: House) -> None:
    told(house, {"people": [{"id": "kay2", "name": "Kayla Reed", "phones": ["+12125550199"]}]})
    ana = enter(house)
    asked = html.unescape(opened(house, ana).text)
    assert "Which one is it?" in asked
    keys = dict(re.findall(r'name="person" value="(\w+)" required> <span dir="auto">([^<]+)', asked))
    assert sorted(keys.values()) == ["Kayla Reed (…0123, k…@example.com)", "Kayla Reed (…0199)"]
    assert not facts(house, "embargoes")
    second = next(key for key, said in keys.items() if "0199" in said)
    opened(house, ana, person=second)
    assert facts(house, "embargoes")["desk-purchase-8812"].texts("hide_from") == ("kay2",)


def test_a_second_person_joins_the_first(house: House) -> None:
    told(house, {"people": [{"id": "nora", "name": "Nora Reed"}]})
    ana = enter(house)
    opened(house, ana)
    opened(house, ana, whom="nora")
    assert facts(house, "embargoes")["desk-purchase-8812"].texts("hide_from") == ("kayla", "nora")


def test_a_number_that_nobody_handed_in_yet_is_kept_too(house: House) -> None:
    ana = enter(house)
    assert opened(house, ana, id="9900").status_code == 200
    assert "Purchase 9900" in page(house, ana)


def test_with_two_programs_an_unknown_number_asks_which_and_a_known_one_does_not(house: House) -> None:
    house.source("till")
    ana = enter(house)
    assert opened(house, ana).status_code == 200
    assert "Which program" in html.unescape(opened(house, ana, id="9900").text).replace(
        "which program", "Which program"
    )
    assert opened(house, ana, id="9900", source="crm").status_code == 200
    assert "desk-purchase-9900" in facts(house, "embargoes")


def test_a_person_of_another_program_is_met_in_the_one_that_sold_it(house: House) -> None:
    told(house, {"purchases": [{"id": "T-1", "items": ["pendant-9"], "purchaser": "p7"}]}, "till")
    ana = enter(house)
    assert opened(house, ana, id="T-1").status_code == 200
    assert "Kept from <strong>Kayla Reed</strong>" in page(house, ana)


def test_a_sale_that_the_till_called_a_surprise_is_there_without_anybody_noting_it(house: House) -> None:
    told(house, {"purchases": [{"id": "8812", "surprise": True, "gift_for": "kayla"}]})
    assert "Kept from <strong>Kayla Reed</strong>" in page(house, enter(house))
    told(house, {"purchases": [{"id": "8812", "given_at": "2026-11-20T10:00:00Z"}]})
    assert "No surprise is kept" in page(house, enter(house))


def bridal(house: House) -> Fact:
    """A surprise whose day is over, and that only a person may end."""
    told(house, {"purchases": [WATCH | {"id": "4411", "items": ["engagement-ring-4411"]}]})
    told(house, embargo("purchase/4411", until=(house.clock() - timedelta(days=1)).isoformat()))
    return facts(house, "embargoes")["e1"]


def test_one_whose_day_is_over_asks_on_top(house: House) -> None:
    ana = enter(house)
    bridal(house)
    opened(house, ana)
    text = page(house, ana)
    assert text.index("Has it been given?") < text.index("purchase 8812".capitalize())
    assert [said for said in ("Yes, given", "Not yet, keep 30 more days", "Keep until told") if said in text] == [
        "Yes, given", "Not yet, keep 30 more days", "Keep until told",
    ]  # fmt: skip


ANSWERS = (
    ("given", {}, "embargoes", "ended_at"),
    ("over", {}, "embargoes", "ended_at"),
    ("longer", {}, "embargoes", "until"),
    ("until", {"until": "2099-01-01"}, "embargoes", "until"),
)


@pytest.mark.parametrize(("name", "typed", "kind", "field"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_an_answer_is_a_fact_that_staff_confirmed(
    house: House, name: str, typed: dict[str, str], kind: str, field: str
) -> None:
    ana, fact = enter(house), bridal(house)
    assert answer(house, ana, fact, name, **typed).status_code == 200
    known = facts(house, kind)["e1"].values[field]
    assert (known.desk, known.by) == (True, "ana@example.com")
    moment = facts(house, kind)["e1"].moment(field)
    assert moment
    assert (moment > house.clock() + timedelta(days=29)) == (field == "until")
    assert "Has it been given?" not in page(house, ana)


def test_keeping_it_until_told_takes_its_day_away(house: House) -> None:
    ana, fact = enter(house), bridal(house)
    answer(house, ana, fact, "told")
    assert facts(house, "embargoes")["e1"].get("until") is None
    assert "until somebody says so" in page(house, ana)


def test_that_it_was_given_is_said_of_the_sale_too(house: House) -> None:
    ana, fact = enter(house), bridal(house)
    assert "it was given" in answer(house, ana, fact, "given").text
    assert facts(house, "purchases")["4411"].values["given_at"].desk
    assert "No surprise is kept" in page(house, ana)


SOLD = (("given", "purchases", "given_at"), ("over", "purchases", "surprise"), ("longer", "embargoes", "until"))


@pytest.mark.parametrize(("name", "kind", "field"), SOLD, ids=[row[0] for row in SOLD])
def test_a_sale_that_is_a_surprise_takes_every_answer(house: House, name: str, kind: str, field: str) -> None:
    told(house, {"purchases": [{"id": "8812", "surprise": True, "gift_for": "kayla"}]})
    ana = enter(house)
    answer(house, ana, facts(house, "purchases")["8812"], name)
    [said] = [fact for fact in facts(house, kind).values() if field in fact.values]
    assert said.values[field].desk
    assert ("Kept from <strong>Kayla Reed</strong>" in page(house, ana)) == (name == "longer")


def test_one_that_was_ended_can_be_opened_again_for_somebody_else(house: House) -> None:
    ana = enter(house)
    opened(house, ana)
    answer(house, ana, facts(house, "embargoes")["desk-purchase-8812"], "over")
    opened(house, ana, whom="scott")
    assert facts(house, "embargoes")["desk-purchase-8812"].texts("hide_from") == ("scott",)
    assert "Kept from <strong>Scott Hale</strong>" in page(house, ana)


def test_who_is_surprised_and_who_is_close_to_them_sees_no_trace_and_answers_nothing(house: House) -> None:
    told(house, embargo() | {"people": [LODGER], "relationships": [{"a": "kayla", "b": "nora", "kind": "sibling"}]})
    fact, ana = facts(house, "embargoes")["e1"], enter(house)
    assert "watch 7" in page(house, ana)
    for email in (KAYLA, NORA):
        them = enter(house, email)
        assert "watch" not in page(house, them)
        assert "Kayla" not in page(house, them)
        assert answer(house, them, fact, "over").status_code == 404
    assert facts(house, "embargoes")["e1"].get("ended_at") is None


def test_whose_secret_it_is_sees_it(house: House) -> None:
    told(house, embargo())
    assert "watch 7" in page(house, enter(house, SCOTT))


def test_who_has_the_same_line_as_the_surprised_sees_no_trace(house: House) -> None:
    told(house, embargo() | {"people": [{**LODGER, "phones": ["+12125550123"]}]})
    assert "watch" not in page(house, enter(house, NORA))


def test_a_viewer_reads_and_writes_nothing(house: House) -> None:
    told(house, embargo())
    vic, ana = enter(house, "vic@example.com", "viewer"), enter(house)
    text = page(house, vic)
    assert "watch 7" in text
    assert "Keep it a surprise" not in text
    assert "/desk/surprises/" not in text
    fact = facts(house, "embargoes")["e1"]
    assert (opened(house, vic).status_code, answer(house, vic, fact, "over").status_code) == (403, 403)
    assert csrf(house, vic) != csrf(house, ana)


def test_a_surprise_of_another_shop_is_not_there(house: House) -> None:
    told(house, {"purchases": [{"id": "8812", "store": "elm"}]})
    told(house, embargo())
    oak, elm = enter(house, "oak@example.com", stores=("oak",)), enter(house, "elm@example.com", stores=("elm",))
    assert ("watch 7" in page(house, oak), "watch 7" in page(house, elm)) == (False, True)
    assert answer(house, oak, facts(house, "embargoes")["e1"], "over").status_code == 404


def test_a_form_of_another_session_opens_nothing(house: House) -> None:
    ana = enter(house)
    data = {"csrf": "x", "kind": "purchase", "id": "8812", "whom": "kayla"}
    assert ana.post(f"{house.url}/desk/surprises", data=data, timeout=10).status_code == 403
    assert not facts(house, "embargoes")


@pytest.mark.parametrize("path", ["/nothex/over", f"/{'0' * 32}/over", f"/{'0' * 32}/sing"])
def test_there_is_no_other_surprise(house: House, path: str) -> None:
    assert post(house, enter(house), path).status_code == 404


def test_the_address_of_a_button_opened_later_shows_the_page(house: House) -> None:
    told(house, embargo())
    ana, fact = enter(house), facts(house, "embargoes")["e1"]
    answered = ana.get(f"{house.url}/desk/surprises/{fact.key}/over", timeout=10)
    assert (answered.status_code, "watch 7" in answered.text) == (200, True)
    assert facts(house, "embargoes")["e1"].get("ended_at") is None
