"""Losses and anger: who died, who is left, who complained, and who asked to be left alone."""

from __future__ import annotations

from collections.abc import Callable

from sayso.message import Json
from sayso.shopyear.couples import wedding
from sayso.shopyear.households import Household
from sayso.shopyear.ledger import Ledger

Episode = Callable[[Ledger, Household], None]
CHEERFUL = frozenset({"marketing", "birthday", "anniversary", "gift_card_mailer", "wishlist_reminder"})
FAMILY = "principal partner household_member"


def the_widowed(ledger: Ledger, home: Household) -> None:
    """One of two dies; the CRM greets both, and sells to who is left."""
    if home.kind != "widowed":
        return
    left, gone = home.people[:2]
    died = ledger.some_day(15, 120)
    at = ledger.at(died, 16)
    told: list[Json] = [
        {"id": gone.id, "deceased": True, "confirmed_at": at.isoformat()},
        {"id": left.id, "bereaved_at": at.date().isoformat()},
    ]
    ledger.tell(at, by_staff=ledger.chance(0.4), people=told)
    day = died + ledger.rng.randrange(20, 150)
    subject = wedding(ledger, left, gone, day, 3000)
    kind = ledger.rng.choice(("anniversary", "anniversary_both"))
    ledger.send(ledger.at(day), kind, left, FAMILY, subject=subject, harm="deceased", via="own", other=gone.first)
    ledger.send(ledger.at(died + 30), "marketing", gone, FAMILY, harm="deceased", via="own")
    if birthday := ledger.birthday(gone, died + 3):
        about = f"occasion/b-{gone.id}"
        ledger.send(birthday, "birthday", gone, FAMILY, subject=about, harm="deceased", via="own")
    ledger.leave_alone(left, at, "bereaved", days=180, purposes=CHEERFUL)
    ledger.send(ledger.at(died + 40), "marketing", left, "principal", harm="bereaved", via="email")
    if ledger.chance(0.5):
        ledger.send(
            ledger.at(died + 5),
            "condolence_sensitive",
            left,
            "principal",
            harm="bereaved",
            via="email",
            other=gone.first,
        )


def complaints(ledger: Ledger, home: Household) -> None:
    """Somebody is angry: a person answers, and nothing cheerful goes out until it is settled."""
    if not ledger.chance(0.18):
        return
    who, name = home.people[0], f"c{ledger.new_id()}"
    day, piece, sale = ledger.some_day(), ledger.piece(), ledger.new_id()
    bought: Json = {
        "id": sale, "purchaser": who.id, "items": [piece], "status": "delivered", "at": ledger.at(day, 16).isoformat()
    }  # fmt: skip
    ledger.tell(ledger.at(day, 17), purchases=[bought])
    opened = ledger.at(day + 6, 16)
    ledger.tell(opened, complaints=[{"id": name, "person": who.id, "opened_at": opened.isoformat()}])
    ledger.send(
        ledger.at(day + 7), "complaint_followup", who, "principal", subject=f"complaint/{name}", via="own", piece=piece
    )
    if "email" in ledger.said_yes[who.id]:
        at = ledger.at(day + 9)
        ledger.send(at, "marketing", who, ledger.reader(who, at), harm="complaint", via="email")
    ledger.send(
        ledger.at(day + 8), "purchase_feedback", who, "principal", subject=f"purchase/{sale}", harm="complaint",
        via="own", piece=piece,
    )  # fmt: skip
    closed = ledger.at(day + 20, 16)
    ledger.tell(closed, by_staff=True, complaints=[{"id": name, "closed_at": closed.isoformat()}])


def left_alone(ledger: Ledger, home: Household) -> None:
    """Somebody asks to be taken off every list; the CRM imports them again, and writes."""
    if not ledger.chance(0.08):
        return
    who, day = home.people[-1], ledger.some_day(250, 320)
    asked: Json = {"person": who.id, "reason": "asked to be removed"}
    ledger.tell(ledger.at(day, 16), by_staff=ledger.chance(0.5), suppressions=[asked])
    ledger.tell(ledger.at(day + 5, 3), people=[who.fact])
    at = ledger.at(day + 8)
    ledger.send(at, "marketing", who, ledger.reader(who, at), harm="opted_out", via="own")
    if birthday := ledger.birthday(who, day + 6):
        ledger.send(birthday, "birthday", who, "principal", subject=f"occasion/b-{who.id}", harm="opted_out", via="own")
    ledger.leave_alone(who, ledger.at(day, 16), "opted_out")


EPISODES: tuple[Episode, ...] = (the_widowed, complaints, left_alone)
