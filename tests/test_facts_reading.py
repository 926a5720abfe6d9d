"""One item read: what is normalised, what is refused and with which words, and what it is found by."""

from __future__ import annotations

import pytest

from sayso import store
from sayso.message import LISTS, Json, Malformed
from sayso.telling import reading
from sayso.telling.lists import IN_LISTS
from tests.telling import SEAL, fact, teller


def key(kind: str, item_id: str, source: str = "S1") -> str:
    return store.fact_key(SEAL, source, kind, item_id)


REFUSED: tuple[tuple[str, Json, str], ...] = (
    ("people", "kayla", "It must be an object."),
    ("people", {"name": "Kayla"}, "id is missing."),
    ("people", {"id": None}, "id is missing."),
    ("people", {"id": True}, "id must be an id: a text or a whole number."),
    ("people", {"id": 1.5}, "id must be an id: a text or a whole number."),
    ("people", {"id": "x" * 201}, "id must be an id of 1 to 200 characters"),
    ("people", {"id": "a\nb"}, "id must be an id of 1 to 200 characters"),
    ("people", {"id": "a", "phone": "+14155550123"}, "There is no field 'phone' in people; did you mean phones?"),
    ("people", {"id": "a", "phones": "+14155550123"}, "phones must be a list."),
    ("occasions", {"id": "o", "person": "a"}, "There is no field 'person' in occasions; did you mean people?"),
    ("complaints", {"id": "c", "people": ["a"]}, "There is no field 'people' in complaints; did you mean person?"),
    ("people", {"id": "a", "phones": ["+14155550123", "555"]}, "phones[1] must be a telephone number"),
    ("people", {"id": "a", "emails": ["kayla"]}, "emails[0] is not an e-mail address"),
    ("people", {"id": "a", "addresses": [{"line1": "12 Oak St"}]}, "addresses[0] must have line1, and city or"),
    ("people", {"id": "a", "addresses": [{"line": "x"}]}, "An address has no 'line'; did you mean line"),
    (
        "people",
        {"id": "a", "addresses": [{"line1": "x", "city": "y", "country": "ZZ"}]},
        "addresses[0].country must",
    ),
    ("people", {"id": "a", "name": "x" * 301}, "name must have at most 300 characters."),
    ("people", {"id": "a", "name": "Kay\x00la"}, "name has control characters"),
    ("people", {"id": "a", "name": "Kay\u202ela"}, "name has control characters"),
    ("people", {"id": "a", "name": "half \ud800"}, "name has control characters"),
    ("people", {"id": "a", "deceased": "no"}, "deceased must be true or false."),
    ("people", {"id": "a", "time_zone": "America"}, "time_zone must be the name of a time zone"),
    ("people", {"id": "a", "language": "!"}, "language must be a language's tag"),
    ("people", {"id": "a", "same_as": "a"}, "same_as names the person itself."),
    ("people", {"id": "a", "confirmed_at": "2026-11-24"}, "confirmed_at is in the future"),
    ("people", {"id": "a", "confirmed_at": "2026-11-01T10:00:00"}, "confirmed_at must be a day or a time in ISO 8601"),
    ("people", {"id": "a", "confirmed_at": "0001-01-01T00:00:00+14:00"}, "confirmed_at must be a day or a time"),
    ("people", {"id": "a", "hobby": "x" * 4001}, "hobby cannot be kept: it is longer than 4000 characters."),
    ("people", {"id": "a", "hobby": float("nan")}, "hobby cannot be kept"),
    ("people", {"id": "a", "hobby": "half \ud800"}, "hobby cannot be kept"),
    ("people", {"id": "a", "": 1}, "A field's name has 1 to 60 characters"),
    ("relationships", {"a": "x", "kind": "spouse"}, "b is missing."),
    ("relationships", {}, "a and b are missing."),
    ("relationships", {"a": "x", "b": "x", "kind": "spouse"}, "a and b are the same person."),
    ("relationships", {"a": 7, "b": "7", "kind": "spouse"}, "a and b are the same person."),
    ("relationships", {"a": "x", "b": "y", "kind": "spuose"}, "did you mean spouse?"),
    ("relationships", {"a": "x", "b": "y", "kind": "rival"}, "kind must be one of partner, engaged"),
    ("relationships", {"a": "x", "b": "y", "kind": "spouse", "ended_at": "2027-01-01"}, "ended_at is in the future"),
    ("purchases", {"id": 1, "purchasor": "x"}, "There is no field 'purchasor' in purchases; did you mean purchaser?"),
    ("purchases", {"id": 1, "status": "payed"}, "did you mean paid?"),
    ("purchases", {"id": 1, "at": "2027-01-01T00:00:00Z"}, "at is in the future"),
    ("purchases", {"id": 1, "given_at": "2027-01-01"}, "given_at is in the future"),
    ("purchases", {"id": 1, "surprise": "yes"}, "surprise must be true or false."),
    ("purchases", {"id": 1, "given_at_sale": "the counter"}, "given_at_sale must be a telephone number"),
    ("purchases", {"id": 1, "items": {"a": 1}}, "items must be a list."),
    ("wishlists", {"id": 1, "items": ["a"] * 501}, "items must have at most 500 entries."),
    ("consents", {"person": "x"}, "channel is missing."),
    ("consents", {"person": "x", "channel": "pigeon"}, "channel must be one of sms"),
    ("consents", {"person": "x", "channel": "sms", "status": "maybe"}, "status must be one of granted"),
    ("complaints", {"id": "c", "opened_at": "2027-01-01"}, "opened_at is in the future"),
    ("embargoes", {"id": "e", "subject": "8812"}, "subject must be kind/id, such as purchase/8812."),
    ("embargoes", {"id": "e", "subject": "purchse/8812"}, "There is no kind 'purchse'; did you mean purchase?"),
    ("suppressions", {"reason": "opt-out"}, "address or person is missing."),
    ("staff", {"name": "Shelby"}, "address is missing."),
)


@pytest.mark.parametrize(("kind", "item", "why"), REFUSED, ids=[f"{kind}: {why[:60]}" for kind, _, why in REFUSED])
def test_what_cannot_be_taken_is_refused_with_a_sentence(kind: str, item: Json, why: str) -> None:
    with pytest.raises(Malformed) as refused:
        reading.read(kind, item, teller())
    assert why in str(refused.value)


def test_every_list_has_a_shape() -> None:
    assert tuple(IN_LISTS) == LISTS


def test_a_persons_endpoints_are_kept_in_one_spelling() -> None:
    address: Json = {"line1": "12 Oak Street", "city": "Reno", "region": "Nevada", "postal_code": "89501-1234"}
    kayla = fact(
        "people", id=7, phones=["(415) 555-0123", "+14155550123"], emails=["Kayla@Example.com"], addresses=[address]
    )
    assert (kayla.id, kayla.key) == ("7", key("people", "7"))
    assert kayla.texts("phones") == ("+14155550123",)
    assert kayla.texts("emails") == ("kayla@example.com",)
    assert kayla.get("addresses") == [address | {"country": "US"}]


def test_dates_that_may_be_ahead_are_taken() -> None:
    assert fact("appointments", id="a", at="2027-01-01T15:00:00Z").moment("at")
    assert fact("embargoes", id="e", until="2027-01-01").moment("until")
    assert fact("occasions", id="o", date="2027-01-01").moment("date")
    assert fact("people", id="a", confirmed_at="2026-11-23T11:00:00Z").confirmed_at


def test_a_field_that_we_do_not_know_is_kept() -> None:
    assert fact("people", id="a", ring_size=6.5, pets=["cat"]).get("ring_size") == 6.5


def test_what_a_fact_names_is_found_by_the_key_of_it() -> None:
    sale = fact("purchases", id="8812", purchaser="scott", gift_for=["kayla", "zoe"])
    assert sale.refs == {
        "purchaser": (key("people", "scott"),),
        "gift_for": (key("people", "kayla"), key("people", "zoe")),
    }
    secret = fact("embargoes", id="e1", subject="purchase/8812", hide_from=["kayla"])
    assert secret.refs == {"subject": (key("purchases", "8812"),), "hide_from": (key("people", "kayla"),)}


def test_one_person_may_be_named_by_another_sources_id() -> None:
    assert fact("people", id="a", same_as="till/42").people("same_as") == (key("people", "42", "S2"),)
    assert fact("people", id="a", same_as="b").people("same_as") == (key("people", "b"),)
    assert fact("people", id="a", same_as="b/c").people("same_as") == (key("people", "b/c"),)


def test_a_couple_is_one_fact_whoever_is_named_first_and_whatever_they_are_now() -> None:
    couples = [
        fact("relationships", a=a, b=b, kind=kind).key
        for a, b in (("nate", "rebecca"), ("rebecca", "nate"))
        for kind in ("partner", "engaged", "spouse", "ex_partner")
    ]
    assert len(set(couples)) == 1
    assert fact("relationships", a="nate", b="rebecca", kind="colleague").key not in couples


def test_who_confirms_a_couple_need_not_say_again_what_they_are() -> None:
    assert (
        fact("relationships", a="nate", b="rebecca").key
        == fact("relationships", a="nate", b="rebecca", kind="spouse").key
    )


def test_a_child_is_kept_as_its_parents_parent() -> None:
    child = fact("relationships", a="kid", b="mum", kind="child")
    assert child.key == fact("relationships", a="mum", b="kid", kind="parent").key
    assert (child.text("kind"), child.text("a"), child.text("b")) == ("parent", "mum", "kid")


def test_no_two_pairs_of_ids_make_one_relationship() -> None:
    first = fact("relationships", a="a|b", b="c", kind="other")
    assert first.key != fact("relationships", a="a", b="b|c", kind="other").key
    assert first.key != fact("relationships", a="a%7Cb", b="c", kind="other").key


def test_suppressions_of_an_address_a_person_and_an_occasion_are_three() -> None:
    items: tuple[dict[str, Json], ...] = (
        {"address": "+14155550104"},
        {"person": "kayla"},
        {"person": "kayla", "occasion": "Mothers Day"},
    )
    assert len({fact("suppressions", **item).key for item in items}) == 3
    assert fact("suppressions", **items[2]).text("occasion") == "mothers_day"


def test_who_says_so_is_the_items_own_source_else_the_crm_and_on_the_desk_the_person() -> None:
    assert fact("people", id="a", name="A", source="till 3").values["name"].by == "till 3"
    assert fact("people", id="a", name="A").values["name"].by == "crm"
    on_desk = fact("people", id="a", name="A", source="till 3", desk=True).values["name"]
    assert (on_desk.by, on_desk.desk, on_desk.at is not None) == ("ana@example.com", True, True)
