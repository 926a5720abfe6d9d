"""Lob's lists, idempotency keys and address book, as a CRM meets them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lob_house import TO, Printing, piece, press, shared, still_lob
from tests.test_lob_door import assert_lob_error
from tests.vendors import plain_http

__all__ = ["press", "shared", "still_lob"]  # fixtures from elsewhere


def follow(press: Printing, url: str) -> dict[str, Any]:
    """The page behind a link, asked for as clients do: as it is."""
    assert url.startswith(press.base)
    return dict(plain_http().get(url, auth=(press.key(), ""), timeout=10).json())


def ids(page: dict[str, Any]) -> list[str]:
    """The ids on a page."""
    return [row["id"] for row in page["data"]]


def test_a_list_goes_forth_and_back_newest_first(press: Printing) -> None:
    made = [press.create()["id"] for _ in range(5)][::-1]
    first = press.call("GET", "/postcards?limit=2").json()
    assert (ids(first), first["count"], first["object"], first["previous_url"]) == (made[:2], 2, "list", None)
    second = follow(press, first["next_url"])
    assert ids(second) == made[2:4]
    third = follow(press, second["next_url"])
    assert (ids(third), third["next_url"]) == (made[4:], None)
    back = follow(press, third["previous_url"])
    assert ids(back) == made[2:4]
    again = follow(press, back["previous_url"])
    assert (ids(again), again["previous_url"]) == (made[:2], None)
    assert ids(follow(press, again["next_url"])) == made[2:4]


def test_each_kind_of_piece_has_its_own_list(press: Printing) -> None:
    made = {path: press.create(path)["id"] for path in ("/postcards", "/letters", "/self_mailers")}
    for path, one in made.items():
        assert ids(press.call("GET", path).json()) == [one]


def test_a_list_is_filtered_by_all_the_metadata_that_is_asked_for(press: Printing) -> None:
    both = press.create(metadata={"run": "May", "shop": "reno"})["id"]
    press.create(metadata={"run": "May", "shop": "sparks"})
    press.create(metadata={"run": "June"})
    later = press.create(metadata={"run": "May", "shop": "reno", "more": "x"})["id"]
    query = "/postcards?metadata[run]=May&metadata[shop]=reno"
    assert ids(press.call("GET", query).json()) == [later, both]
    page = press.call("GET", f"{query}&limit=1").json()
    assert ids(page) == [later]
    assert ids(follow(press, page["next_url"])) == [both]
    assert press.call("GET", "/postcards?metadata[run]=may").json()["data"] == []
    assert press.call("GET", "/postcards?metadata[May]=run").json()["data"] == []


@pytest.mark.parametrize("how", ["include[]=total_count", "include[0]=total_count", "include=total_count"])
def test_the_total_is_told_however_it_is_asked_for(press: Printing, how: str) -> None:
    for _ in range(3):
        press.create()
    page = press.call("GET", f"/postcards?limit=1&{how}").json()
    assert (page["count"], page["total_count"]) == (1, 3)
    assert "total_count" not in press.call("GET", "/postcards").json()


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "after=nothing", "before=1&after=2", "campaign_id=cmp_1", "color=true"],
)
def test_a_list_that_cannot_be_given_is_refused_and_not_guessed(press: Printing, query: str) -> None:
    assert_lob_error(press.call("GET", f"/postcards?{query}"), 422, "invalid")


def test_the_same_key_gives_the_same_piece(press: Printing) -> None:
    given, header = piece(), {"Idempotency-Key": "k" * 256}
    first = press.call("POST", "/postcards", json=given, headers=header)
    again = press.call("POST", "/postcards", json=given, headers=header)
    by_query = press.call("POST", f"/postcards?idempotency_key={'k' * 256}", json=given)
    assert first.json() == again.json() == by_query.json()
    assert press.call("GET", "/postcards").json()["count"] == 1


def test_a_key_is_one_for_each_resource(press: Printing) -> None:
    header = {"Idempotency-Key": "birthday"}
    card = press.call("POST", "/postcards", json=piece(), headers=header).json()
    letter = press.call("POST", "/letters", json=piece("/letters"), headers=header).json()
    assert (card["id"][:4], letter["id"][:4]) == ("psc_", "ltr_")


def test_another_request_under_the_same_key_is_a_conflict(press: Printing) -> None:
    header = {"Idempotency-Key": "one"}
    press.call("POST", "/postcards", json=piece(), headers=header)
    assert_lob_error(press.call("POST", "/postcards", json=piece(), headers=header), 422, "conflict")


def test_a_key_in_header_and_url_at_once_is_refused(press: Printing) -> None:
    answer = press.call("POST", "/postcards?idempotency_key=a", json=piece(), headers={"Idempotency-Key": "a"})
    assert_lob_error(answer, 422, "bad_request")
    answer = press.call("POST", "/postcards", json=piece(), headers={"Idempotency-Key": "k" * 257})
    assert_lob_error(answer, 422, "bad_request")


def test_a_key_is_forgotten_after_24_hours(still_lob: Printing) -> None:
    header = {"Idempotency-Key": "birthday-kayla"}
    first = still_lob.call("POST", "/postcards", json=piece(), headers=header).json()
    still_lob.house.clock.forward(hours=25)
    next_year = still_lob.call("POST", "/postcards", json=piece(), headers=header).json()
    assert next_year["id"] != first["id"]
    assert still_lob.call("GET", "/postcards").json()["count"] == 2


def test_an_address_is_kept_shown_listed_used_and_deleted(press: Printing) -> None:
    kept = press.call("POST", "/addresses", json=TO | {"metadata": {"vip": "yes"}, "description": "Home"}).json()
    assert (kept["name"], kept["description"], kept["metadata"]) == ("KAYLA REED", "Home", {"vip": "yes"})
    assert press.call("GET", f"/addresses/{kept['id']}").json() == kept
    assert press.call("GET", "/addresses").json()["data"] == [kept]
    assert press.call("GET", "/addresses?metadata[vip]=yes").json()["data"] == [kept]
    assert press.call("GET", "/addresses?metadata[vip]=no").json()["data"] == []
    made = press.create(to=kept["id"])
    assert made["to"]["address_line1"] == "12 OAK ST"
    gone = press.call("DELETE", f"/addresses/{kept['id']}")
    assert gone.json()["deleted"] is True
    assert_lob_error(press.call("GET", f"/addresses/{kept['id']}"), 404, "not_found")
    assert_lob_error(press.call("POST", "/postcards", json=piece(to=kept["id"])), 422, "not_found")
    assert press.call("GET", f"/postcards/{made['id']}").json()["to"]["address_line1"] == "12 OAK ST"
    assert press.lob.asked == []


def test_an_address_of_a_piece_has_an_id_that_can_be_used_again(press: Printing) -> None:
    first = press.create(**{"from": TO | {"name": "Smith & Sons"}})
    again = press.create(to=first["from"]["id"])
    assert again["to"]["name"] == "SMITH & SONS"
    assert press.call("GET", f"/addresses/{first['to']['id']}").json()["name"] == "KAYLA REED"


def test_an_address_is_nobody_elses(press: Printing) -> None:
    kept = press.call("POST", "/addresses", data=TO).json()
    for method in ("GET", "DELETE"):
        assert_lob_error(press.call(method, f"/addresses/{kept['id']}", "stranger"), 404, "not_found")
    assert_lob_error(press.call("POST", "/postcards", "stranger", json=piece(to=kept["id"])), 422, "not_found")
    assert press.call("GET", "/addresses", "stranger").json()["data"] == []
    assert press.call("GET", f"/addresses/{kept['id']}").status_code == 200


def test_addresses_are_listed_in_pages(press: Printing) -> None:
    made = [press.call("POST", "/addresses", json=TO | {"name": f"Person {n}"}).json()["id"] for n in range(3)][::-1]
    first = press.call("GET", "/addresses?limit=2").json()
    second = follow(press, first["next_url"])
    assert (ids(first), ids(second)) == (made[:2], made[2:])
    assert ids(follow(press, second["previous_url"])) == made[:2]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": ""}, "invalid"),
        ({"address_line1": ""}, "invalid"),
        ({"address_zip": "10001"}, "failed_deliverability_strictness"),
        ({"metadata": {"x": 'a"b'}}, "invalid"),
    ],
    ids=["name", "street", "zip", "metadata"],
)
def test_an_address_that_lob_would_refuse_is_refused(press: Printing, wrong: dict[str, Any], code: str) -> None:
    assert_lob_error(press.call("POST", "/addresses", json=TO | wrong), 422, code)


def test_an_address_abroad_is_taken(press: Printing) -> None:
    home = {"name": "Inês Prado", "address_line1": "Rua do Ouro 5", "address_zip": "1100-061", "address_country": "PT"}
    kept = press.call("POST", "/addresses", json=home).json()
    assert (kept["address_country"], kept["name"]) == ("PORTUGAL", "INÊS PRADO")
