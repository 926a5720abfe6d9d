"""Two hundred households: who lives where, with whom, and at which numbers; some of it shared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from sayso.message import Json
from sayso.shopyear.names import AREAS, FIRST, KINDS, LAST, STREETS

SHOP_LINE, SHOP_MAIL = "+14155550100", "hello@hartwell.example.com"
STAFF = (("Wren", "+14155550101"), ("Shelby", "+14155550102"), ("Ana", "ana@hartwell.example.com"))
SIZES = {"single": 1, "several_spouses": 3, "parents": 3}
COUPLES = frozenset({"partners", "engaged", "spouses", "several_spouses", "associate"})
DIVORCED = frozenset({"divorced_apart", "divorced_together"})


@dataclass(frozen=True, slots=True)
class Somebody:
    """One invented person; `line` and `mailbox` are what the home shares, empty where it shares none."""

    id: str
    name: str
    phone: str
    email: str
    home: dict[str, str]
    zone: str
    line: str = ""
    mailbox: str = ""

    @property
    def first(self) -> str:
        """How a friend calls them."""
        return self.name.split()[0]

    @property
    def fact(self) -> dict[str, Json]:
        """The person as a CRM hands them in."""
        phones: list[Json] = [number for number in (self.phone, self.line) if number]
        emails: list[Json] = [mail for mail in (self.email, self.mailbox) if mail]
        places: list[Json] = [dict(self.home)]
        return {"id": self.id, "name": self.name, "phones": phones, "emails": emails, "addresses": places}


@dataclass(frozen=True, slots=True)
class Household:
    """A home, or a couple that was one: its kind and its people; those of one household know each other."""

    number: int
    kind: str
    people: tuple[Somebody, ...]

    @property
    def living(self) -> tuple[Somebody, ...]:
        """Those who are there all year."""
        return self.people[:1] if self.kind == "widowed" else self.people

    @property
    def pair(self) -> tuple[Somebody, Somebody]:
        """The two whom most of its stories are about."""
        return self.people[0], self.people[1]


def households(rng: Random, count: int) -> list[Household]:
    """So many households, in the shares of a town; the same for the same seed."""
    kinds = [kind for kind, share in KINDS for _ in range(round(share * count / 200) or 1)]
    rng.shuffle(kinds)
    numbers = _numbers(rng)
    names = _names(rng)
    return [_household(rng, n, kind, numbers, names) for n, kind in enumerate(kinds)]


def _numbers(rng: Random) -> Iterator[tuple[int, str]]:
    """Numbers of fiction, with the place in AREAS that each is from."""
    every = [(area, f"+1{AREAS[area][0]}55501{tail:02}") for area in range(len(AREAS)) for tail in range(100)]
    rng.shuffle(every)
    taken = {SHOP_LINE, *(address for _, address in STAFF)}
    return (one for one in every if one[1] not in taken)


def _names(rng: Random) -> Iterator[str]:
    every = [f"{first} {last}" for first in FIRST for last in LAST]
    rng.shuffle(every)
    return iter(every)


def _household(
    rng: Random, number: int, kind: str, numbers: Iterator[tuple[int, str]], names: Iterator[str]
) -> Household:
    area, line = next(numbers)
    home = _home(rng, area)
    shares_line = rng.random() < (0.25 if kind in COUPLES else 0.1)
    shares_mail = rng.random() < (0.25 if kind in COUPLES else 0.05)
    people: list[Somebody] = []
    for n in range(SIZES.get(kind, 2)):
        name, (_, phone) = next(names), next(numbers)
        if kind in ("spouses", "parents", "several_spouses") and people and rng.random() < 0.6:
            name = f"{name.split()[0]} {people[0].name.split()[1]}"
        one = Somebody(f"h{number}p{n}", name, phone, _mail(name, number, n), home, AREAS[area][4])
        people.append(one)
    family = people[0].name.split()[1]
    shared = replace(
        people[0], line=line if shares_line else "", mailbox=_mail(family, number, 9) if shares_mail else ""
    )
    apart = kind == "divorced_apart" or (kind == "partners" and rng.random() < 0.3)
    grown = kind == "parents"
    others = [
        replace(one, home=_home(rng, rng.randrange(len(AREAS))))
        if (apart or (grown and n == 2))
        else replace(one, line=shared.line, mailbox=shared.mailbox)
        for n, one in enumerate(people)
    ]
    return Household(number, kind, (shared if len(people) > 1 and not apart else people[0], *others[1:]))


def _home(rng: Random, area: int) -> dict[str, str]:
    _, city, state, code, _ = AREAS[area]
    street = f"{rng.randrange(2, 9999)} {rng.choice(STREETS)}"
    return {"line1": street, "city": city, "region": state, "postal_code": code, "country": "US"}


def _mail(name: str, number: int, n: int) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z]+', '.', plain)}{number}{'abcdefghij'[n]}@example.com"
