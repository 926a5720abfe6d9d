"""The shop itself: what it knew when the year began, and whom its CRM takes for somebody else."""

from __future__ import annotations

from datetime import timedelta

from sayso.message import Json
from sayso.shopyear.households import COUPLES, DIVORCED, SHOP_LINE, SHOP_MAIL, STAFF, Household, Somebody
from sayso.shopyear.ledger import Ledger

KIND = {"partners": "partner", "engaged": "engaged", "associate": "partner", "parents": "spouse"}
STALE, UNCONFIRMED, NO_ZONE, OTHER_BOOK = 0.1, 0.08, 0.4, 0.12


def open_shop(ledger: Ledger, homes: list[Household]) -> None:
    """All that was known on the first day: people, who belongs to whom, birthdays, old sales, who wants offers."""
    staff: list[Json] = [{"address": address, "name": name} for name, address in STAFF]
    ledger.tell(ledger.start, staff=[*staff, {"address": SHOP_LINE, "name": "the shop"}, {"address": SHOP_MAIL}])
    for home in homes:
        _people(ledger, home)
        _bonds(ledger, home)
        for who in home.people:
            _habits(ledger, who)


def _people(ledger: Ledger, home: Household) -> None:
    people: list[Json] = []
    for who in home.people:
        zone: dict[str, Json] = {} if ledger.chance(NO_ZONE) else {"time_zone": who.zone}
        people.append({**who.fact, **zone, "confirmed_at": ledger.ago(20, 300)})
    ledger.tell(ledger.start, people=people)
    if ledger.chance(OTHER_BOOK):  # the associate's own book knows them, too, by other ids
        one = home.people[0]
        again: list[Json] = [{"id": f"book-{one.id}", "name": one.name, "phones": [one.phone], "emails": []}]
        ledger.tell(ledger.start, "book", people=again)
    if home.kind == "associate":
        ledger.tell(ledger.start, staff=[{"address": home.people[1].phone, "name": home.people[1].first}])


def _bonds(ledger: Ledger, home: Household) -> None:
    a, *others = home.people
    if home.kind in COUPLES or home.kind == "parents":
        bonds: list[Json] = []
        for other in others[: 2 if home.kind == "several_spouses" else 1]:
            bonds.append(_couple(ledger, home, a, other))
        if home.kind == "parents":
            bonds += [{"a": parent.id, "b": others[1].id, "kind": "parent"} for parent in home.people[:2]]
        ledger.tell(ledger.start, relationships=bonds)
    elif home.kind in DIVORCED or home.kind == "widowed":
        both: Json = {"a": a.id, "b": others[0].id, "kind": "spouse", "confirmed_at": ledger.ago(400, 3000)}
        ledger.tell(ledger.start, relationships=[both])
    elif home.kind == "housemates":
        ledger.tell(ledger.start, relationships=[{"a": a.id, "b": others[0].id, "kind": "household"}])


def _couple(ledger: Ledger, home: Household, a: Somebody, b: Somebody) -> dict[str, Json]:
    """One couple as it was handed in: seen lately, seen long ago, or with no date at all."""
    said: dict[str, Json] = {"a": a.id, "b": b.id, "kind": KIND.get(home.kind, "spouse"), "source": "Wren"}
    luck = ledger.rng.random()
    if luck < UNCONFIRMED:
        ledger.loose.add(home.number)
        return said
    return said | {"confirmed_at": ledger.ago(10, 90) if luck > UNCONFIRMED + STALE else ledger.ago(3000, 5000)}


def _habits(ledger: Ledger, who: Somebody) -> None:
    """Their birthday, something that they once bought for themselves, and what they said to offers."""
    ledger.birthdays[who.id] = ledger.rng.randrange(3, 362)
    day = ledger.start + timedelta(days=ledger.birthdays[who.id])
    day = day.replace(year=1950 + ledger.rng.randrange(50), day=min(day.day, 28))
    birthday: Json = {
        "id": f"b-{who.id}", "kind": "birthday", "people": [who.id], "date": day.date().isoformat(),
        "confirmed_at": ledger.ago(30, 380),
    }  # fmt: skip
    sale: Json = {
        "id": ledger.new_id(), "at": ledger.ago(200, 900), "purchaser": who.id, "items": [ledger.piece()],
        "status": "delivered",
    }  # fmt: skip
    luck = ledger.rng.random()
    yes = {"sms", "email"} if luck < 0.6 else {"email"} if luck < 0.85 else set()
    ledger.said_yes[who.id] = frozenset(yes)
    consents: list[Json] = [
        {
            "person": who.id, "channel": channel, "purpose": "marketing", "at": ledger.ago(30, 500),
            "status": "granted" if channel in yes else "denied", "proof": "card at the till",
        }
        for channel in ("sms", "email")
    ]  # fmt: skip
    ledger.tell(ledger.start, occasions=[birthday], purchases=[sale], consents=consents)


def mix_up(ledger: Ledger, homes: list[Household]) -> None:
    """Numbers that belong to others, the shop's own number on everybody, and staff who are customers."""
    for _ in range(len(homes) // 8):
        right, wrong = ledger.rng.sample(homes, 2)
        _stranger(ledger, right.people[0], wrong.people[-1])
    for home in ledger.rng.sample(homes, max(1, len(homes) // 6)):
        number: Json = {"id": home.people[0].id, "phones": [home.people[0].phone, SHOP_LINE]}
        ledger.tell(ledger.at(1), people=[number])
    for day in range(5, 360, 9):
        name, address = ledger.rng.choice(STAFF)
        colleague = Somebody("", name, address, address, {}, "")
        via = "email" if "@" in address else "phone"
        other = ledger.rng.choice(homes).people[0].first
        ledger.send(ledger.at(day), "staff_alert", colleague, "staff", via=via, other=other)
    for _ in range(len(homes) // 20 or 1):
        who = ledger.rng.choice(homes).people[0]
        at = ledger.at(ledger.some_day())
        said = {"purpose": "staff_alert"}
        roles = ledger.reader(who, at) + " unknown"
        ledger.send(at, "staff_alert", who, roles, harm="internal", via="phone", other="them", says=said)


def _stranger(ledger: Ledger, right: Somebody, wrong: Somebody) -> None:
    """A sale of one customer, and the number of another."""
    day, sale, piece = ledger.some_day(), ledger.new_id(), ledger.piece()
    at = ledger.at(day, 16)
    bought: Json = {"id": sale, "purchaser": right.id, "items": [piece], "status": "paid", "at": at.isoformat()}
    ledger.tell(at, purchases=[bought])
    kind = ledger.rng.choice(("receipt", "order_status", "purchase_feedback"))
    ledger.send(
        ledger.at(day, 17), kind, wrong, "unknown", subject=f"purchase/{sale}", harm="wrong_person", piece=piece,
        case=f"{kind} to a stranger", via="phone",
    )  # fmt: skip
