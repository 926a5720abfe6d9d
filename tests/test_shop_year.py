"""A made-up shop's year through the real screening: what is found without a person, what is missed, what is false."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench import shop_year
from sayso.message import Json
from sayso.shopyear import Judged, Sent, Told, Truth, make_year, wording
from sayso.shopyear.living import START, open_shop, sample
from sayso_config.purposes import shipped_purposes

SEED, SAMPLE = 7, 640
FOUND, FALSE_STOPS, UNSEEN = 0.9, 0.02, 0.03
NEVER = ("surprise", "ex_partner", "deceased")
"""The harm that no message may do unseen."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    """A share of every story of the year, with all that was told in it, on SQLite."""
    year = make_year(SEED, START)
    shop = open_shop(Path(tmp_path_factory.mktemp("year")))
    found = shop.live(sample(year, SAMPLE))
    print(*shop_year.table(found), sep="\n")
    return found


def shown(found: list[Judged]) -> str:
    """What was missed, as a failed test shows it."""
    return "\n".join(one.line for one in found[:20])


def test_nine_of_ten_messages_find_subject_and_role_without_a_person(judged: list[Judged]) -> None:
    counted = [one for one in judged if one.counts]
    missed = [one for one in counted if not one.found]
    assert len(missed) <= (1 - FOUND) * len(counted), shown(missed)


@pytest.mark.parametrize("harm", NEVER)
def test_no_harm_of_the_worst_kinds_is_unseen(judged: list[Judged], harm: str) -> None:
    harmful = [one for one in judged if one.sent.truth.harm == harm]
    missed = [one for one in harmful if one.unseen or one.state == "cleared"]
    assert harmful
    assert missed == [], shown(missed)


def test_next_to_no_harm_of_any_kind_is_unseen(judged: list[Judged]) -> None:
    harmful = [one for one in judged if one.sent.truth.harm]
    missed = [one for one in harmful if one.unseen]
    assert len(missed) <= UNSEEN * len(harmful), shown(missed)


def test_nothing_harmful_goes_at_once(judged: list[Judged]) -> None:
    gone = [one for one in judged if one.sent.truth.harm and one.state == "cleared"]
    assert gone == [], shown(gone)


def test_hardly_any_harmless_message_is_stopped(judged: list[Judged]) -> None:
    harmless = [one for one in judged if not one.sent.truth.harm]
    stopped = [one for one in harmless if one.stops]
    assert len(stopped) <= FALSE_STOPS * len(harmless), shown(stopped)


def test_codes_that_somebody_waits_for_go_at_once(judged: list[Judged]) -> None:
    codes = [one for one in judged if one.sent.truth.purpose == "otp" and not one.sent.truth.harm]
    declared = [one for one in codes if one.sent.body.get("purpose") == "otp"]
    assert declared
    assert [one for one in declared if one.state != "cleared"] == []


def test_half_of_the_year_is_undeclared_and_every_purpose_is_in_it() -> None:
    messages = make_year(SEED, START).messages
    assert len(messages) > 3000
    assert 0.45 <= sum(one.undeclared for one in messages) / len(messages) <= 0.6
    assert {one.truth.purpose for one in messages} == {row.name for row in shipped_purposes()}


def test_the_same_seed_makes_the_same_year() -> None:
    start = datetime(2025, 3, 1, tzinfo=UTC)
    assert make_year(3, start, 20) == make_year(3, start, 20)
    assert make_year(3, start, 20) != make_year(4, start, 20)


def test_everything_is_told_in_its_time() -> None:
    events = make_year(SEED, START, 40).events
    assert [event.at for event in events] == sorted(event.at for event in events)


def numbers(sent: Sent) -> Iterator[str]:
    """The telephone numbers of a message."""
    yield from (str(sent.body[name]) for name in ("to", "from") if str(sent.body.get(name, "")).startswith("+"))


def test_nobody_real_can_be_reached() -> None:
    year = make_year(SEED, START)
    for sent in year.messages:
        assert all(number[5:10] == "55501" for number in numbers(sent)), sent.body
    told = str([event.lists for event in year.events if isinstance(event, Told)])
    assert "@" in told
    assert told.count("@") == told.count("example.com")


@pytest.mark.parametrize("kind", sorted(wording.TEMPLATES))
def test_every_kind_of_text_has_eight_wordings_or_more(kind: str) -> None:
    assert len(set(wording.lines(kind))) >= 8


def test_what_a_till_tells_at_night_is_in_the_judgement_of_the_next_morning(tmp_path: Path) -> None:
    at = START + timedelta(hours=18)
    kayla: dict[str, Json] = {"id": "kayla", "name": "Kayla Reed", "phones": ["+14155550123"]}
    scott: dict[str, Json] = {"id": "scott", "name": "Scott Miller", "phones": ["+14155550177"]}
    couple: Json = {"a": "kayla", "b": "scott", "kind": "partner", "confirmed_at": at.isoformat()}
    ring: Json = {"id": "8812", "at": at.isoformat(), "purchaser": "scott", "items": ["ring-4411"], "surprise": True}
    text: dict[str, Json] = {
        "channel": "sms",
        "to": "+14155550123",
        "from": "+14155550100",
        "body": "How is your ring?",
    }
    events = (
        Told(at, "crm", {"people": [kayla, scott], "relationships": [couple]}),
        Sent(
            at, text, "a receipt before the till", Truth("purchase_feedback", "purchase/8812", frozenset(), "surprise")
        ),
        Told(at + timedelta(hours=8), "crm", {"purchases": [ring]}),
    )
    (found,) = open_shop(tmp_path).live(events)
    assert found.stops, found.line
