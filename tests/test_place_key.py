"""Postal addresses in one spelling: alike where they are one place, apart where they are two."""

from __future__ import annotations

import pytest

from sayso.endpoints import place_key
from sayso.message import Json

Address = dict[str, Json]
RENO: Address = {"line1": "12 Oak St", "line2": "Apt 4", "city": "Reno", "region": "NV", "postal_code": "89501"}
SAME: dict[str, tuple[Address, Address]] = {
    "letters": (RENO, RENO | {"line1": "12 OAK ST", "city": "RENO"}),
    "abbreviations": (RENO, RENO | {"line1": "12 Oak Street", "line2": "Apartment #4"}),
    "one line": (RENO, RENO | {"line1": "12 Oak St., Unit 4", "line2": ""}),
    "four digits more": (RENO, RENO | {"postal_code": "89501-1234"}),
    "country": (RENO, RENO | {"country": "us"}),
    "another name on the bell": (RENO, RENO | {"name": "Scott Reed"}),
    "another town of the same code": (RENO, RENO | {"city": "Sparks"}),
    "region without code": (RENO | {"postal_code": ""}, RENO | {"postal_code": None, "region": "Nevada"}),
    "marks": (
        {"line1": "Hauptstraße 4", "postal_code": "D-10115", "country": "DE"},
        {"line1": "Hauptstr. 4", "postal_code": "10115", "country": "de"},
    ),
    "post office box": (
        {"line1": "P.O. Box 12", "postal_code": "sw1a1aa", "country": "GB"},
        {"line1": "PO Box 12", "postal_code": "SW1A 1AA", "country": "GB"},
    ),
}
APART: dict[str, tuple[Address, Address]] = {
    "house": (RENO, RENO | {"line1": "14 Oak St"}),
    "flat": (RENO, RENO | {"line2": "Apt 5"}),
    "no flat": (RENO, RENO | {"line2": ""}),
    "code": (RENO, RENO | {"postal_code": "89502"}),
    "country": (RENO, RENO | {"country": "CA"}),
    "a code that everybody types": (RENO | {"postal_code": "00000"}, RENO | {"postal_code": "00000", "city": "Elko"}),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_one_place_has_one_spelling(left: Address, right: Address) -> None:
    assert place_key(left, "US") == place_key(right, "US")


@pytest.mark.parametrize(("left", "right"), APART.values(), ids=APART)
def test_two_places_have_two(left: Address, right: Address) -> None:
    assert place_key(left, "US") != place_key(right, "US")


def test_a_code_that_cannot_be_is_kept_in_small_letters() -> None:
    assert place_key({"line1": "1 Elm Rd", "city": "Reno", "postal_code": "AB:1"}, "US") == "post|us|ab1 reno|1 elm rd"


def test_a_country_that_is_none_is_no_error() -> None:
    assert place_key({"line1": "1 Elm Road", "city": "Reno", "country": "ZZ"}, "US") == "post|zz|reno|1 elm rd"
