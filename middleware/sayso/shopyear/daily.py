"""What happens to everybody: codes, offers, visits, repairs, birthdays, answers; done well, and done badly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sayso.message import Json
from sayso.shopyear.households import COUPLES, Household, Somebody
from sayso.shopyear.ledger import Ledger

Episode = Callable[[Ledger, Household], None]
DRESSED = ("otp", "appointment_today", "receipt", "order_status", "auto_reply", "care_reminder")
"""What a promotion pretends to be."""


def codes(ledger: Ledger, home: Household) -> None:
    """One-time codes to whoever asked, and sometimes to the line that the whole house answers."""
    for who in home.living:
        if ledger.chance(0.4):
            ledger.send(ledger.at(ledger.some_day()), "otp", who, "principal", via="phone")
    if home.people[0].line and len(home.people) > 1:
        said = {"purpose": "otp"}
        roles = "household_member partner ex_partner"
        ledger.send(ledger.at(ledger.some_day()), "otp", home.people[0], roles, harm="private", via="line", says=said)


def offers(ledger: Ledger, home: Household) -> None:
    """The newsletter, to those who wanted it and to those who said no; now and then dressed as something else."""
    for who in home.living:
        yes = ledger.said_yes[who.id]
        for _ in range(2):
            at = ledger.at(ledger.some_day())
            if yes:
                way = "phone" if "sms" in yes and ledger.chance(0.5) else "email"
                ledger.send(at, "marketing", who, ledger.reader(who, at), via=way)
        if len(yes) < 2 and ledger.chance(0.5):
            at = ledger.at(ledger.some_day())
            ledger.send(at, "marketing", who, ledger.reader(who, at), harm="no_consent", via="phone")
    if ledger.chance(0.4):
        said = {"purpose": ledger.rng.choice(DRESSED)}
        at, who = ledger.at(ledger.some_day()), ledger.rng.choice(home.living)
        ledger.send(
            at, "marketing", who, "", harm="dressed", via="phone", says=said, case=f"offer as {said['purpose']}"
        )


def visits(ledger: Ledger, home: Household) -> None:
    """Appointments: kept, for two, moved, called off, and one that is itself a secret."""
    for who in home.living:
        if ledger.chance(0.45):
            kind = ledger.rng.choice((_kept, _kept, _kept, _moved, _moved, _called_off))
            kind(ledger, who)
    if home.kind in COUPLES and ledger.chance(0.3):
        _for_two(ledger, home)
    if home.kind in ("partners", "associate") and ledger.chance(0.5):
        _secret(ledger, home)


def _book(ledger: Ledger, who: Somebody, at: datetime, **more: Json) -> str:
    """A visit that was booked a week before."""
    name = f"a{ledger.new_id()}"
    said: dict[str, Json] = {"id": name, "booked_by": who.id, "at": at.isoformat()}
    ledger.tell(at - timedelta(days=7), appointments=[{**said, **more}])
    return name


def _kept(ledger: Ledger, who: Somebody) -> None:
    at = ledger.at(ledger.some_day(), 20)
    subject = f"appointment/{_book(ledger, who, at)}"
    ledger.send(at - timedelta(days=2, hours=2), "appointment_future", who, "principal", subject=subject, via="own")
    ledger.send(at - timedelta(hours=3), "appointment_today", who, "principal", subject=subject, via="phone")


def _moved(ledger: Ledger, who: Somebody) -> None:
    """The visit moves by some days, is told of, and the old reminder goes out all the same."""
    at = ledger.at(ledger.some_day(), 20)
    name = _book(ledger, who, at)
    moved = at + timedelta(days=ledger.rng.randrange(2, 6))
    ledger.tell(at - timedelta(days=3), appointments=[{"id": name, "at": moved.isoformat()}])
    subject = f"appointment/{name}"
    ledger.send(at - timedelta(days=3, hours=-1), "visit_moved", who, "principal", subject=subject, via="own")
    if ledger.chance(0.7):
        ledger.send(
            at - timedelta(hours=3), "appointment_today", who, "principal", subject=subject, harm="wrong_time",
            via="phone", case="reminder of a visit that was moved",
        )  # fmt: skip


def _called_off(ledger: Ledger, who: Somebody) -> None:
    at = ledger.at(ledger.some_day(), 20)
    name = _book(ledger, who, at)
    ledger.tell(at - timedelta(days=2), appointments=[{"id": name, "state": "cancelled"}])
    ledger.send(
        at - timedelta(hours=3), "appointment_today", who, "principal", subject=f"appointment/{name}",
        harm="wrong_time", via="phone", case="reminder of a visit that was called off",
    )  # fmt: skip


def _for_two(ledger: Ledger, home: Household) -> None:
    one, other = home.pair
    at = ledger.at(ledger.some_day(), 19)
    name = _book(ledger, one, at, attendees=[other.id])
    for who in (one, other):
        ledger.send(
            at - timedelta(days=1, hours=1), "appointment_future", who, "principal", subject=f"appointment/{name}",
            via="own", case="reminder of a visit for two",
        )  # fmt: skip


def _secret(ledger: Ledger, home: Household) -> None:
    """One comes alone to look at rings, and the reminder goes to the other."""
    one, other = home.pair
    at = ledger.at(ledger.some_day(), 19)
    name = _book(ledger, one, at, note="design consultation, ring")
    ledger.keep(other, at - timedelta(days=7), at)
    ledger.send(
        at - timedelta(days=1, hours=1), "appointment_future", other, f"{ledger.half(home)} household_member",
        subject=f"appointment/{name}", harm="surprise", via="own", case="reminder of a secret visit",
    )  # fmt: skip


def repairs(ledger: Ledger, home: Household) -> None:
    """Pieces that are mended, pieces that broke on the bench, and word of them that goes to the wrong half."""
    for who in home.living:
        if ledger.chance(0.35):
            _repair(ledger, home, who)


def _repair(ledger: Ledger, home: Household, who: Somebody) -> None:
    day, name, piece = ledger.some_day(), f"r{ledger.new_id()}", ledger.piece()
    chipped = ledger.chance(0.3)
    said: dict[str, Json] = {"id": name, "depositor": who.id, "owner": who.id, "items": [piece], "state": "in_workshop"}
    ledger.tell(ledger.at(day, 16), repairs=[said])
    state = "problem" if chipped else "ready"
    ledger.tell(ledger.at(day + 6, 16), repairs=[{"id": name, "state": state}])
    kind, harm = ("repair_problem", "bad_news") if chipped else ("repair_ready", "")
    subject = f"repair/{name}"
    ledger.send(ledger.at(day + 6, 17), kind, who, "principal", subject=subject, harm=harm, via="own", piece=piece)
    if home.kind in COUPLES and ledger.chance(0.2):
        other = home.people[0] if who is not home.people[0] else home.people[1]
        roles = f"{ledger.half(home)} household_member"
        ledger.send(ledger.at(day + 7), kind, other, roles, subject=subject, harm="private", via="own", piece=piece)
    ledger.tell(ledger.at(day + 14, 16), repairs=[{"id": name, "state": "collected"}])


def birthdays(ledger: Ledger, home: Household) -> None:
    """A greeting on somebody's day, or about somebody else's."""
    for who in home.living:
        at = ledger.birthday(who)
        if at is None or not ledger.chance(0.5):
            continue
        ledger.send(at, "birthday", who, "principal", subject=f"occasion/b-{who.id}", via="own")
        if home.kind in COUPLES and ledger.chance(0.08):
            other = home.people[0] if who is not home.people[0] else home.people[1]
            roles = f"{ledger.half(home)} household_member"
            ledger.send(
                at, "birthday", other, roles, subject=f"occasion/b-{who.id}", harm="wrong_person", via="own",
                name=who.first, case="birthday of the other half",
            )  # fmt: skip


def answers(ledger: Ledger, home: Household) -> None:
    """Automatic answers, good-byes to who wants no more, and the first note of a complaint."""
    who = ledger.rng.choice(home.living)
    if ledger.chance(0.5):
        ledger.send(ledger.at(ledger.some_day()), "auto_reply", who, "principal", via="phone")
    if ledger.chance(0.08):
        at = ledger.at(ledger.some_day(250, 340), 18)
        ledger.hear(at, who, ledger.rng.choice(("STOP", "please stop texting me", "unsubscribe")))
        ledger.send(at + timedelta(minutes=1), "optout_confirmation", who, "principal", via="phone")
        later = at + timedelta(days=9)
        ledger.leave_alone(who, at, "opted_out", barred=True)
        ledger.send(later, "marketing", who, ledger.reader(who, later), harm="opted_out", via="phone")


EPISODES: tuple[Episode, ...] = (codes, offers, visits, repairs, birthdays, answers)
