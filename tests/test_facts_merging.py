"""What becomes of a fact when more is said of it: which value counts, and in what order it came does not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.message import Fact, Json
from sayso.telling import merging
from tests.telling import NOW, fact, told

Item = dict[str, Json]
PAIR: Item = {"a": "rebecca", "b": "nate"}
MAY, JUNE, LATER = "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-11-23T00:00:00Z"
DESK: Item = {"desk": True}


def item(**more: Json) -> Item:
    """An item about one thing, whatever its list."""
    return {"id": "x"} | more


RULES: dict[str, tuple[str, str, list[Item], Json]] = {
    "newer beats older": ("people", "name", [item(name="A", confirmed_at=MAY), item(name="B", confirmed_at=JUNE)], "B"),
    "older does not beat newer": (
        "people", "name", [item(name="B", confirmed_at=JUNE), item(name="A", confirmed_at=MAY)], "B",
    ),
    "undated does not beat dated": ("people", "name", [item(name="A", confirmed_at=MAY), item(name="B")], "A"),
    "dated beats undated": ("people", "name", [item(name="B"), item(name="A", confirmed_at=MAY)], "A"),
    "of undated the later": ("people", "name", [item(name="A"), item(name="B")], "B"),
    "undated does not beat the desk": ("people", "name", [item(name="A") | DESK, item(name="B")], "A"),
    "older does not beat the desk": ("people", "name", [item(name="A") | DESK, item(name="B", confirmed_at=MAY)], "A"),
    "newer beats the desk": ("people", "name", [item(name="A") | DESK, item(name="B", confirmed_at=LATER)], "B"),
    "the desk beats dated": ("people", "name", [item(name="A", confirmed_at=MAY), item(name="B") | DESK], "B"),
    "at the same moment the desk": (
        "people", "name", [item(name="Z", confirmed_at=MAY), item(name="A", confirmed_at=MAY) | DESK], "A",
    ),
    "at the same moment the desk, bad news or not": (
        "people", "deceased",
        [item(deleted=None, deceased=False, confirmed_at=MAY) | DESK, item(deceased=True, confirmed_at=MAY)], False,
    ),
    "absent keeps": ("people", "name", [item(name="A"), item(language="en")], "A"),
    "null clears": ("people", "name", [item(name="A"), item(name=None)], None),
    "a list replaces": ("wishlists", "items", [item(items=["r1", "r2"]), item(items=["r3"])], ["r3"]),
    "a re-import does not remarry": (
        "relationships", "kind",
        [PAIR | {"kind": "spouse"}, PAIR | {"kind": "ex_partner"}, PAIR | {"kind": "spouse"}], "ex_partner",
    ),
    "bad news needs no date": (
        "relationships", "kind",
        [PAIR | {"kind": "spouse", "confirmed_at": JUNE}, PAIR | {"kind": "ex_partner"}], "ex_partner",
    ),
    "what was dated before bad news does not beat it": (
        "relationships", "kind",
        [PAIR | {"kind": "ex_partner"}, PAIR | {"kind": "spouse", "confirmed_at": JUNE}], "ex_partner",
    ),
    "who is confirmed after bad news is together again": (
        "relationships", "kind",
        [PAIR | {"kind": "ex_partner"}, PAIR | {"kind": "spouse", "confirmed_at": LATER}], "spouse",
    ),
    "bad news does not beat the desk": (
        "relationships", "kind", [PAIR | {"kind": "spouse"} | DESK, PAIR | {"kind": "ex_partner"}], "spouse",
    ),
    "the desk beats bad news": (
        "relationships", "kind", [PAIR | {"kind": "ex_partner"}, PAIR | {"kind": "spouse"} | DESK], "spouse",
    ),
    "an end without a date of its own": (
        "relationships", "ended_at",
        [
            PAIR | {"kind": "spouse", "ended_at": None, "confirmed_at": JUNE},
            PAIR | {"kind": "spouse", "ended_at": "2026-03-01"},
        ],
        "2026-03-01",
    ),
    "returned": ("purchases", "status", [item(status="paid", confirmed_at=JUNE), item(status="returned")], "returned"),
    "traded in stays": ("purchases", "status", [item(status="traded_in"), item(status="delivered")], "traded_in"),
    "deceased": ("people", "deceased", [item(deceased=False, confirmed_at=JUNE), item(deceased=True)], True),
    "bereaved": ("people", "bereaved_at", [item(bereaved_at=None, confirmed_at=JUNE), item(bereaved_at=MAY)],
                 "2026-05-01T00:00:00+00:00"),
    "a complaint": ("complaints", "opened_at", [item(opened_at=None, confirmed_at=JUNE), item(opened_at="2026-05-01")],
                    "2026-05-01"),
    "a consent is dated by itself": (
        "consents", "status",
        [
            {"person": "k", "channel": "sms", "status": "withdrawn", "at": JUNE},
            {"person": "k", "channel": "sms", "status": "granted", "at": MAY},
        ],
        "withdrawn",
    ),
    "what was given is dated by itself": (
        "purchases", "given_at", [item(given_at="2026-06-02"), item(given_at=None, confirmed_at=JUNE)], "2026-06-02",
    ),
    "taken back": ("wishlists", "deleted", [item(items=["r"]), item(deleted=True)], True),
    "handed in again": ("wishlists", "deleted", [item(deleted=True), item(items=["r"])], False),
    "handed in again with nothing but its id": ("wishlists", "deleted", [item(deleted=True), item()], False),
    "an older list does not bring it back": (
        "wishlists", "deleted", [item(deleted=True, confirmed_at=JUNE), item(items=["r"], confirmed_at=MAY)], True,
    ),
    "a newer list brings it back": (
        "wishlists", "deleted", [item(deleted=True, confirmed_at=MAY), item(items=["r"], confirmed_at=JUNE)], False,
    ),
    "what the desk took back stays": ("wishlists", "deleted", [item(deleted=True) | DESK, item(items=["r"])], True),
    "what the desk said is not taken back without a date": (
        "embargoes", "deleted", [item(reason="ring") | DESK, item(deleted=True)], False,
    ),
    "what a source said is": (
        "embargoes", "deleted", [item(reason="ring", confirmed_at=JUNE), item(deleted=True)], True,
    ),
    "taken back once more": (
        "wishlists", "deleted",
        [item(deleted=True, confirmed_at=MAY), item(items=["r"], confirmed_at=JUNE), item(deleted=True)], True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "items", "value"), RULES.values(), ids=RULES)
def test_which_value_counts(kind: str, name: str, items: list[Item], value: Json) -> None:
    assert told(kind, *items).get(name) == value


def test_bad_news_heard_again_changes_nothing() -> None:
    first = fact("people", NOW - timedelta(days=9), id="x", deceased=True)
    assert merging.merge(first, fact("people", id="x", deceased=True)) is first


def test_the_winner_brings_what_it_names_and_what_it_is_found_by() -> None:
    older = item(purchaser="scott", given_at_sale="+14155550177", confirmed_at=MAY)
    newer = item(purchaser="kayla", given_at_sale="+14155550123", confirmed_at=JUNE)
    for sales in ((older, newer), (newer, older)):
        sale = told("purchases", *sales)
        assert sale.people("purchaser") == fact("purchases", id="x", purchaser="kayla").people("purchaser")
        assert sale.endpoints == ("+14155550123",)
    assert told("purchases", older, item(purchaser=None, confirmed_at=JUNE)).refs == {}


def test_a_tap_that_only_confirms_is_kept_as_a_date() -> None:
    known = told("occasions", item(date="1996-11-30", confirmed_at=MAY), item() | DESK)
    assert known.moment("confirmed_at") == known.confirmed_at == NOW - timedelta(hours=1)
    assert known.values["date"].at == datetime(2026, 5, 1, tzinfo=UTC)


def test_an_end_dates_the_state_that_it_ends() -> None:
    ended = fact("relationships", **PAIR, kind="partner", ended_at="2026-03-01")
    assert ended.values["kind"].at == datetime(2026, 3, 1, tzinfo=UTC)
    assert fact("relationships", **PAIR, kind="ex_partner", ended_at="2026-03-01").values["kind"].at is None


DATES = st.sampled_from([f"2026-0{month}-01T00:00:00Z" for month in range(1, 8)])
DATED = {
    "people": st.fixed_dictionaries(
        {"id": st.just("x"), "confirmed_at": DATES, "desk": st.booleans(), "source": st.sampled_from(["a", "b"])},
        optional={
            "name": st.sampled_from(["A", "B", None]),
            "phones": st.sampled_from([["+14155550123"], ["+14155550177"], [], None]),
            "deceased": st.sampled_from([True, False, None]),
            "same_as": st.sampled_from(["y", "z", None]),
            "deleted": st.booleans(),
        },
    ),
    "relationships": st.fixed_dictionaries(
        {
            "a": st.just("n"), "b": st.just("r"), "confirmed_at": DATES, "desk": st.booleans(),
            "kind": st.sampled_from(["partner", "spouse", "ex_partner"]),
        },
        optional={"ended_at": st.sampled_from(["2026-01-01", "2026-03-01T00:00:00Z", None]), "deleted": st.booleans()},
    ),
}  # fmt: skip


def plainly(known: Fact) -> object:
    """A fact without when we heard of it."""
    values = {name: (one.value, one.at, one.by, one.desk) for name, one in known.values.items()}
    return values, {name: keys for name, keys in known.refs.items() if keys}, known.endpoints


@pytest.mark.parametrize("kind", DATED)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_dated_items_give_the_same_fact_in_any_order(kind: str, data: st.DataObject) -> None:
    items = data.draw(st.lists(DATED[kind], min_size=2, max_size=5))
    other = data.draw(st.permutations(items))
    assert plainly(told(kind, *items)) == plainly(told(kind, *other))


ANY = st.fixed_dictionaries(
    {"id": st.just("x")},
    optional={
        "confirmed_at": DATES,
        "status": st.sampled_from(["paid", "delivered", "returned", None]),
        "given_at": st.sampled_from(["2026-02-01", None]),
        "deleted": st.booleans(),
    },
)


@settings(max_examples=300, deadline=None)
@given(one=ANY, desk=st.booleans())
def test_what_is_handed_in_once_more_changes_nothing(one: Item, desk: bool) -> None:
    """A clerk who says it again says it now, unless a date was given."""
    desk = desk and "confirmed_at" in one
    known = told("purchases", one | {"desk": desk})
    assert merging.merge(known, fact("purchases", desk=desk, **one)) is known


@settings(max_examples=300, deadline=None)
@given(items=st.lists(ANY, min_size=2, max_size=5))
def test_no_undated_item_makes_a_dated_value_better(items: list[Item]) -> None:
    """Whatever comes without a date: a dated status changes only for the worse."""
    seen = [told("purchases", *items[: n + 1]).values.get("status") for n in range(len(items))]
    for (before, after), one in zip(pairwise(seen), items[1:], strict=True):
        if before and before.at and after and after.value != before.value and "confirmed_at" not in one:
            assert merging.is_bad("purchases", "status", after.value)
