"""Where a year is written down while it is made up: what is told, what is sent, and what a CRM says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from sayso.message import Json
from sayso.shopyear import wording
from sayso.shopyear.households import SHOP_LINE, SHOP_MAIL, Household, Somebody
from sayso.shopyear.shapes import Heard, Sent, Told, Truth

NOUNS = ("ring", "ring", "necklace", "pendant", "bracelet", "watch", "earrings", "brooch")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NEEDLESS = frozenset({"otp", "marketing", "auto_reply", "condolence_sensitive", "optout_confirmation", "staff_alert"})
"""What is about nothing that a CRM could name."""
VARIANTS: Mapping[str, str] = {
    "anniversary_both": "anniversary", "recently_purchased": "marketing", "visit_moved": "appointment_future",
}  # fmt: skip
"""Texts of another kind, and the purpose that they are of."""
ALWAYS = frozenset({"otp", "safety_legal_notice", "auto_reply"})
"""What even somebody who wrote STOP wants to hear: they just asked for it, or its lack would hurt them."""
ASKED_FOR = ALWAYS | {"appointment_today", "complaint_followup"}
"""What somebody who is only on no list any more still wants."""
NAMES_PIECE, NAMES_ORDER = 0.3, 0.4
Ways = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when one of these addresses must not get messages of these purposes (none: any but ASKED_FOR).

    `barred` is a number from which somebody wrote STOP: any but ALWAYS.
    """

    addresses: frozenset[str]
    first: datetime
    last: datetime
    harm: str
    purposes: frozenset[str] = frozenset()
    barred: bool = False

    def hurts(self, sent: Sent) -> bool:
        """Whether a message that is harmless by itself would do this harm."""
        purpose = sent.truth.purpose
        wanted = purpose in self.purposes if self.purposes else purpose not in (ALWAYS if self.barred else ASKED_FOR)
        to = sent.body["to"]
        where = str(to.get("line1")) if isinstance(to, dict) else str(to)
        return wanted and self.first < sent.at <= self.last and where in self.addresses


@dataclass
class Ledger:
    """The year so far; every choice is the seeded generator's.

    `secrets` are who must not know of something from when to when, `said_yes` the channels on which somebody wants to
    hear of offers, `loose` the couples of whom nobody ever said when they were one.
    """

    rng: Random
    start: datetime
    events: list[tuple[datetime, int, Told | Heard | Sent]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(20001))
    secrets: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    said_yes: dict[str, frozenset[str]] = field(default_factory=dict)
    loose: set[int] = field(default_factory=set)
    birthdays: dict[str, int] = field(default_factory=dict)
    weddings: dict[str, int] = field(default_factory=dict)
    quiet: list[Quiet] = field(default_factory=list)
    wishes: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)

    def chance(self, share: float) -> bool:
        """Whether it happens, this time."""
        return self.rng.random() < share

    def at(self, day: float, hour: float | None = None) -> datetime:
        """A moment of a day of the year, while shops are open in the whole country unless an hour is said."""
        minutes = round(60 * (hour if hour is not None else self.rng.uniform(16.5, 22)))
        return self.start + timedelta(days=int(day), minutes=minutes, seconds=self.rng.randrange(60))

    def some_day(self, first: int = 8, last: int = 320) -> int:
        """Any day of the year, early enough for what comes of it."""
        return self.rng.randrange(first, last)

    def new_id(self) -> str:
        """A number for a sale, a repair, a visit…"""
        return str(next(self.numbers))

    def piece(self, noun: str = "") -> str:
        """A piece of stock."""
        return f"{noun or self.rng.choice(NOUNS)}-{self.rng.randrange(1000, 9999)}"

    def ago(self, first: int, last: int, now: datetime | None = None) -> str:
        """A moment so many days before the year began, or before `now`."""
        return ((now or self.start) - timedelta(days=self.rng.randint(first, last), minutes=7)).isoformat()

    def keep(self, whom: Somebody, first: datetime, last: datetime) -> None:
        """That a surprise is kept from somebody for a while."""
        self.secrets.append((whom.id, first, last))

    def reader(self, who: Somebody, at: datetime) -> str:
        """The roles of a customer to whom something is written that is about no matter."""
        kept = any(whom == who.id and first <= at <= last for whom, first, last in self.secrets)
        return "gift_recipient_before principal" if kept else "principal"

    def way(self, who: Somebody) -> str:
        """A channel on which somebody wants to hear of what they did not ask for; empty where there is none."""
        yes = sorted(self.said_yes[who.id])
        return {"sms": "phone", "email": "email"}[self.rng.choice(yes)] if yes else ""

    def half(self, home: Household) -> str:
        """What one of a couple is to the other: a partner only where somebody said when they were one."""
        return "household_member" if home.number in self.loose else "partner"

    def birthday(self, who: Somebody, after: int = 0) -> datetime | None:
        """The hour at which somebody is greeted this year; None where that is over by a day of the year."""
        day = self.birthdays[who.id]
        return self.at(day) if after < day < 360 else None

    def gift_day(self, whom: Somebody, sold: int) -> int:
        """When a gift is given: on the next day of theirs that is near, else some weeks after it was bought."""
        days = [days[whom.id] for days in (self.birthdays, self.weddings) if whom.id in days]
        soon = [day for day in days if sold - 1 <= day <= sold + 45]
        return max(min(soon), sold + 3) if soon else sold + self.rng.randrange(20, 40)

    def leave_alone(
        self, who: Somebody, at: datetime, harm: str, *, days: int = 400, purposes: frozenset[str] = frozenset(),
        barred: bool = False,
    ) -> None:  # fmt: skip
        """That nothing, or nothing of these purposes, is to reach somebody; `barred`: nothing at all their phone."""
        ends = frozenset({who.phone} if barred else {who.phone, who.email, who.home["line1"]})
        self.quiet.append(Quiet(ends, at, at + timedelta(days=days), harm, purposes, barred))

    def wish(self, owner: Somebody, piece: str, day: int) -> str:
        """The one list of somebody, with this piece on it from that day on."""
        self.wishes.setdefault(owner.id, []).append((self.at(max(1, day), 15), piece))
        return f"w-{owner.id}"

    def tell_wishes(self) -> None:
        """Every list as it grew."""
        for owner, found in self.wishes.items():
            items: list[Json] = []
            for at, piece in sorted(found):
                items = [*items, piece]
                self.tell(at, wishlists=[{"id": f"w-{owner}", "owner": owner, "items": items}])

    def tell(self, at: datetime, source: str = "crm", *, by_staff: bool = False, **lists: list[Json]) -> None:
        """Facts as somebody posts them."""
        self._add(at, Told(at, source, lists, by_staff))

    def hear(self, at: datetime, who: Somebody, text: str) -> None:
        """What somebody writes back."""
        self._add(at, Heard(at, who.phone, text))

    def send(
        self, at: datetime, kind: str, to: Somebody, roles: str, *, subject: str = "", harm: str = "", via: str = "",
        case: str = "", says: Mapping[str, str] | None = None, **words: str,
    ) -> None:  # fmt: skip
        """A message of the CRM's: `roles` that are right for its reader, `via` own, phone, line, mailbox or home."""
        purpose = VARIANTS.get(kind, kind)
        named = self._spoken(subject, words)
        text = wording.words(self.rng, kind, {"name": to.first, "day": self._day(at), "time": self._time()} | named)
        declared = self.declared(purpose, subject) if says is None else dict(says)
        truth = Truth(purpose, subject, frozenset(roles.split()), harm)
        body = self._addressed(to, via, text) | declared
        self._add(at, Sent(at, body, f"{case or kind}, {harm or 'harmless'}", truth))

    def _add(self, at: datetime, event: Told | Heard | Sent) -> None:
        self.events.append((at, len(self.events), event))

    def _spoken(self, subject: str, words: dict[str, str]) -> dict[str, str]:
        """How the text names the piece and the order: by its number, or only by what it is."""
        named = dict(words)
        if piece := words.get("piece"):
            named["piece"] = piece.replace("-", " ") if self.chance(NAMES_PIECE) else piece.partition("-")[0]
        if subject.startswith(("purchase/", "repair/")) and self.chance(NAMES_ORDER):
            named["order"] = f"order {subject.partition('/')[2]}"
        return named

    def declared(self, purpose: str, subject: str) -> dict[str, str]:
        """What a CRM says of its own: half of the time nothing at all."""
        luck = self.rng.random()
        said = {}
        if 0.5 <= luck < 0.9:
            said["purpose"] = purpose
        if (0.5 <= luck < 0.7 or luck >= 0.9) and subject:
            said["subject"] = subject
        return said

    def _addressed(self, to: Somebody, via: str, text: str) -> dict[str, Json]:
        own = via in ("", "own")
        way = ("phone" if self.chance(0.6) else "email") if own else via
        if way == "home":
            place: Json = {"name": to.name, **to.home}
            return {
                "channel": "postcard",
                "to": place,
                "content": {"front": "<p>Hartwell</p>", "back": f"<p>{text}</p>"},
            }
        if way in ("email", "mailbox"):
            mail = to.email if way == "email" else to.mailbox
            line = self.rng.choice(("Hartwell Jewelers", "A note from Hartwell", "From your jeweler"))
            return {"channel": "email", "to": mail, "from": SHOP_MAIL, "subject_line": line, "body": text}
        number = {"phone": to.phone, "line": to.line, "shop": SHOP_LINE}[way]
        return {"channel": "sms", "to": number, "from": SHOP_LINE, "body": text}

    def _day(self, at: datetime) -> str:
        return DAYS[(at.weekday() + self.rng.randrange(1, 5)) % 7]

    def _time(self) -> str:
        return self.rng.choice(("3 pm", "2:30pm", "11 o\u2019clock", "4:15", "10:30 am", "1 pm", "noon", "14:00"))
