"""Couples: anniversaries of those who are one, of those who were, and hints at each other's wishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sayso.message import Json
from sayso.shopyear.households import DIVORCED, Household, Somebody
from sayso.shopyear.ledger import Ledger

Episode = Callable[[Ledger, Household], None]


def anniversaries(ledger: Ledger, home: Household) -> None:
    """A greeting to those who are still a couple, and cards by post; of several spouses one at a time."""
    if home.kind not in ("spouses", "several_spouses", "parents"):
        return
    one = home.people[0]
    others = home.people[1:3] if home.kind == "several_spouses" else home.people[1:2]
    for other in others:
        day = ledger.some_day(20, 350)
        subject = wedding(ledger, one, other, day)
        kind = ledger.rng.choice(("anniversary", "anniversary_both"))
        reader = ledger.rng.choice((one, other))
        spouse = other if reader is one else one
        roles = "principal" if home.number not in ledger.loose else "principal household_member"
        ledger.send(ledger.at(day), kind, reader, roles, subject=subject, via="own", other=spouse.first)
        if ledger.chance(0.3):
            at = ledger.at(day - 6)
            ledger.send(
                at,
                "gift_card_mailer",
                one,
                f"{roles} partner household_member",
                subject=subject,
                via="home",
                other=other.first,
            )


def wedding(ledger: Ledger, one: Somebody, other: Somebody, day: int, known: int = 200) -> str:
    """The wedding day of two, as it was handed in when the year began."""
    ledger.weddings |= {one.id: day, other.id: day}
    name = f"o-{one.id}-{other.id}"
    date = (ledger.start + timedelta(days=day)).date()
    years = ledger.rng.randrange(2, 40)
    said: Json = {
        "id": name, "kind": "anniversary", "people": [one.id, other.id],
        "date": date.replace(year=date.year - years, day=min(date.day, 28)).isoformat(),
        "confirmed_at": ledger.ago(known // 2, known),
    }  # fmt: skip
    ledger.tell(ledger.start, occasions=[said])
    return f"occasion/{name}"


def the_divorced(ledger: Ledger, home: Household) -> None:
    """Word of a divorce comes in the year; the CRM goes on, and imports its old list again."""
    if home.kind not in DIVORCED:
        return
    one, other = home.people[:2]
    ends, married = ledger.some_day(10, 60), ledger.some_day(80, 300)
    subject = wedding(ledger, one, other, married, 3000)
    ended = ledger.at(ends, 16)
    over: dict[str, Json] = {"a": one.id, "b": other.id, "kind": "ex_partner", "ended_at": ended.date().isoformat()}
    ledger.tell(ended, by_staff=ledger.chance(0.5), relationships=[{**over, "confirmed_at": ended.isoformat()}])
    if ledger.chance(0.5):
        again: Json = {"a": one.id, "b": other.id, "kind": "spouse", "confirmed_at": ledger.ago(400, 900)}
        ledger.tell(ledger.at(ends + 10, 3), relationships=[again])
    for who, ex in ((one, other), (other, one)):
        kind = ledger.rng.choice(("anniversary", "anniversary_both"))
        ledger.send(
            ledger.at(married), kind, who, "ex_partner", subject=subject, harm="ex_partner", via="own", other=ex.first
        )
    if one.home == other.home:
        ledger.send(
            ledger.at(married - 5), "gift_card_mailer", one, "ex_partner", subject=subject, harm="ex_partner",
            via="home", other=other.first, case="card to those divorced who share a home",
        )  # fmt: skip
    _of_the_ex(ledger, one, other, ends)


def _of_the_ex(ledger: Ledger, one: Somebody, other: Somebody, ends: int) -> None:
    """The other one's birthday, wishes, and a ring of that time."""
    if (at := ledger.birthday(other, ends + 5)) and ledger.chance(0.7):
        ledger.send(
            at, "birthday", one, "ex_partner", subject=f"occasion/b-{other.id}", harm="ex_partner", via="own",
            name=other.first, case="birthday of the ex",
        )  # fmt: skip
    if ledger.chance(0.5):
        name = ledger.wish(other, ledger.piece(), 3)
        at = ledger.at(ledger.some_day(ends + 5, 340))
        ledger.send(
            at, "wishlist_hint", one, "ex_partner", subject=f"wishlist/{name}", harm="ex_partner", via="own",
            other=other.first, piece=ledger.piece(),
        )  # fmt: skip
    if ledger.chance(0.5):
        sale, piece = ledger.new_id(), ledger.piece("ring")
        bought: Json = {
            "id": sale, "purchaser": one.id, "gift_for": other.id, "items": [piece], "status": "delivered",
            "at": ledger.ago(30, 60), "given_at": ledger.ago(10, 20),
        }  # fmt: skip
        ledger.tell(ledger.start, purchases=[bought])
        at = ledger.at(ends + 4)
        ledger.send(
            at, "care_reminder", other, "ex_partner gift_recipient_after", subject=f"purchase/{sale}",
            harm="ex_partner", via="own", piece=piece, case="care of a ring from the ex",
        )  # fmt: skip


def hints(ledger: Ledger, home: Household) -> None:
    """A hint to whom the list's owner named, and one to somebody they did not."""
    if home.kind not in ("partners", "spouses") or not ledger.chance(0.3):
        return
    owner, other = home.pair
    day, piece = ledger.some_day(20, 300), ledger.piece()
    name = ledger.wish(owner, piece, day - 10)
    way = ledger.way(other)
    if way and ledger.chance(0.7):
        ledger.tell(ledger.at(day - 9, 15), wishlists=[{"id": name, "owner": owner.id, "hints_to": [other.id]}])
        ledger.send(
            ledger.at(day), "wishlist_hint", other, "partner principal", subject=f"wishlist/{name}", via=way,
            other=owner.first, piece=piece,
        )  # fmt: skip
    else:
        ledger.send(
            ledger.at(day), "wishlist_hint", other, "household_member partner principal", subject=f"wishlist/{name}",
            harm="private", via="own", other=owner.first, piece=piece,
        )  # fmt: skip


def own_lists(ledger: Ledger, home: Household) -> None:
    """A reminder of one's own list, on which nothing is bought."""
    who = home.people[0]
    way = ledger.way(who)
    if way and home.kind in ("single", "housemates", "widowed") and ledger.chance(0.7):
        day = ledger.some_day(20, 300)
        name = ledger.wish(who, ledger.piece(), day - 15)
        ledger.send(
            ledger.at(day), "wishlist_reminder", who, "wishlist_owner", subject=f"wishlist/{name}", via=way,
            piece=ledger.piece(),
        )  # fmt: skip


def parted(ledger: Ledger, home: Household) -> None:
    """An engagement ring comes back: nobody says why, and the CRM goes on about it."""
    if home.kind != "engaged" or not ledger.chance(0.35):
        return
    one, other = home.pair
    day, sale, piece = ledger.some_day(8, 200), ledger.new_id(), ledger.piece("ring")
    bought: dict[str, Json] = {
        "id": sale, "purchaser": one.id, "gift_for": other.id, "items": [piece], "status": "paid",
        "at": ledger.at(day, 16).isoformat(), "given_at": ledger.at(day, 16).isoformat(),
    }  # fmt: skip
    ledger.tell(ledger.at(day, 17), purchases=[bought])
    back = day + ledger.rng.randrange(20, 60)
    state = ledger.rng.choice(("returned", "traded_in"))
    ledger.tell(ledger.at(back, 16), purchases=[{"id": sale, "status": state}])
    for who, roles in ((one, "principal"), (other, "gift_recipient_after gift_recipient_before")):
        ledger.send(
            ledger.at(back + 12), "care_reminder", who, roles, subject=f"purchase/{sale}", harm="came_back",
            via="own", piece=piece, case="care of a ring that came back",
        )  # fmt: skip


EPISODES: tuple[Episode, ...] = (anniversaries, the_divorced, hints, own_lists, parted)
