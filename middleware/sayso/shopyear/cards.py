"""A month's cards of a made-up shop: its file, what the shop knows of its customers, and those who must not get one."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sayso.message import Json
from sayso.shopyear.names import AREAS, FIRST, LAST, STREETS

FULL = 742
"""How many cards the shop posts in a month."""
SHARED, COUPLES_IN = 11, 8
"""How many share their home with somebody else, and one card in how many is for a couple's anniversary."""
SIGNER, LEFT = "Shelby", "Wren"
COLUMNS = (
    *("name", "line1", "city", "region", "postal_code", "country", "person", "purpose", "subject"),
    *("greeting", "words", "gift_code", "signed_by"),
)
TEMPLATE = """<h1>{{greeting}}!</h1><p>From all of us at Hartwell's.</p>
<!-- back -->
<p>{{words}}</p><p>Your gift card: {{gift_code}}</p><p>Yours, {{signature}}</p>
"""
SIGNATURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A picture of one dot."""
USUAL = "Come by for a coffee, and let us clean your rings while you sit."
HINT = "The ring 4411 from your wishlist is still in our window."
Lists = dict[str, list[Json]]


@dataclass
class Cards:
    """The file's rows, what is known of their people, what staff vouch for, and the cases by the line they are in."""

    rows: list[dict[str, str]] = field(default_factory=list)
    facts: Lists = field(default_factory=dict)
    vouched: list[Json] = field(default_factory=list)
    cases: dict[int, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The rows as a CSV file."""
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()

    def tell(self, kind: str, item: dict[str, Json]) -> None:
        """One more thing that the shop knows."""
        self.facts.setdefault(kind, []).append(item)


def make_cards(seed: int, now: datetime, count: int = FULL) -> Cards:
    """So many cards for birthdays and anniversaries of the next weeks, seventeen of which need eyes."""
    month = _Month(Random(seed), now, Cards())  # noqa: S311 (no secret)
    special = [
        ("divorced", month.divorced),
        ("died", month.died),
        ("may have died", month.may_have_died),
        ("surprise", month.surprise),
        *[(f"signed by {LEFT}", month.by_one_who_left)] * 2,
        *[("shared address", month.shared)] * SHARED,
    ]
    places = dict(zip(month.rng.sample(range(count), len(special)), special, strict=True))
    for n in range(count):
        case, make = places.get(n, ("", month.anniversary if n % COUPLES_IN == 0 else month.birthday))
        make()
        if case:
            month.cards.cases[n + 2] = case  # the first line has the headings
    month.cards.tell("staff", {"address": "shelby@hartwell.example.com", "name": f"{SIGNER} Moreno"})
    gone = {"address": "wren@hartwell.example.com", "name": f"{LEFT} Doyle", "left_at": month.ago(20)}
    month.cards.tell("staff", {**gone})
    return month.cards


@dataclass
class _Month:
    """The cards while they are made."""

    rng: Random
    now: datetime
    cards: Cards

    def __post_init__(self) -> None:
        self.names = [f"{first} {last}" for first in FIRST for last in LAST]
        self.rng.shuffle(self.names)
        self.homes = 0

    def ago(self, days: int) -> str:
        """A moment so many days before now."""
        return (self.now - timedelta(days=days)).isoformat()

    def birthday(self, **more: Json) -> str:
        """A card for somebody who lives alone as far as the shop knows: the person's id."""
        one, home = self._person(self._home(), **more)
        self._card(one, home, "birthday", [one])
        return one

    def anniversary(self, **bond: Json) -> None:
        """A card for two who live together, confirmed a short while ago."""
        home = self._home()
        one, _ = self._person(home)
        other, _ = self._person(home)
        known: dict[str, Json] = {"a": one, "b": other, "kind": "spouse", "confirmed_at": self.ago(40)}
        self.cards.tell("relationships", known | bond)
        self._card(one, home, "anniversary", [one, other])

    def divorced(self) -> None:
        """An anniversary of two who are no couple any more."""
        self.anniversary(ended_at=self.ago(200), confirmed_at=self.ago(900))

    def died(self) -> None:
        """A birthday of somebody of whom the shop was told."""
        self.birthday(deceased=True)

    def may_have_died(self) -> None:
        """A birthday of somebody of whom only a note speaks."""
        self.birthday(note="A daughter rang: he passed away in the summer.")

    def surprise(self) -> None:
        """A card with a word on the very ring that somebody has bought for her."""
        hers = self.birthday()
        his, _ = self._person(self._home())
        self.cards.rows[-1]["words"] = HINT
        self.cards.tell("relationships", {"a": hers, "b": his, "kind": "partner", "confirmed_at": self.ago(10)})
        self.cards.tell("wishlists", {"id": "w-4411", "owner": hers, "items": ["ring-4411"]})
        sale: dict[str, Json] = {"id": "s-4411", "purchaser": his, "gift_for": hers, "surprise": True, "status": "paid"}
        self.cards.tell("purchases", sale | {"items": ["ring-4411"], "at": self.ago(9)})

    def by_one_who_left(self) -> None:
        """A birthday card that a former colleague signed."""
        self.birthday()
        self.cards.rows[-1]["signed_by"] = LEFT

    def shared(self) -> None:
        """A birthday of somebody in whose home another customer lives."""
        self.birthday()
        row = self.cards.rows[-1]
        self._person({name: row[name] for name in ("line1", "city", "region", "postal_code", "country")})

    def _person(self, home: Mapping[str, str], **more: Json) -> tuple[str, Mapping[str, str]]:
        """Somebody whose address the post's own list of moves confirmed a month ago."""
        people = self.cards.facts.setdefault("people", [])
        one, name = f"c{len(people)}", self.names[len(people) % len(self.names)]
        places: list[Json] = [dict(home)]
        people.append({"id": one, "name": name, "addresses": places, "confirmed_at": self.ago(30), **more})
        return one, home

    def _home(self) -> dict[str, str]:
        """A place where nobody else lives."""
        self.homes += 1
        _, city, region, code, _ = self.rng.choice(AREAS)
        street = f"{self.homes + 10} {self.rng.choice(STREETS)}"
        return {"line1": street, "city": city, "region": region, "postal_code": code, "country": "US"}

    def _card(self, one: str, home: Mapping[str, str], kind: str, people: list[str]) -> None:
        n = len(self.cards.rows)
        day = (self.now + timedelta(days=self.rng.randrange(5, 24))).replace(year=1950 + self.rng.randrange(50))
        occasion: dict[str, Json] = {"id": f"o{n}", "kind": kind, "people": [*people], "date": day.date().isoformat()}
        self.cards.vouched.append(occasion)
        names = [self.names[int(person[1:]) % len(self.names)] for person in people]
        self.cards.rows.append({
            "name": names[0], **home, "person": one, "purpose": kind, "subject": f"occasion/o{n}",
            "greeting": f"Happy {kind}, {' and '.join(name.split()[0] for name in names)}",
            "words": USUAL, "gift_code": f"GC-{n:04}-{self.rng.randrange(16**6):06X}", "signed_by": SIGNER,
        })  # fmt: skip
