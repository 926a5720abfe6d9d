"""Sales: for oneself, as a surprise, as a gift that was given, on somebody else's account, in instalments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sayso.message import Json
from sayso.shopyear.households import COUPLES, Household, Somebody
from sayso.shopyear.ledger import Ledger

Episode = Callable[[Ledger, Household], None]
KNOWN_BY = ("list", "list", "list", "till", "gift_for", "both", "note")
"""How the shop could know that a piece is a surprise: it is on a list, the till said so, or a note does."""

WRONG = (
    "receipt", "order_status", "purchase_feedback", "care_reminder", "recently_purchased", "safety_legal_notice",
)  # fmt: skip
"""What a CRM sends to the wrong one of two."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale: its number and piece, who bought it for whom, on which day, and the list that it is on, if any."""

    id: str
    piece: str
    buyer: Somebody
    whom: Somebody
    day: int
    wishlist: str = ""

    @property
    def subject(self) -> str:
        """As a CRM names it."""
        return f"purchase/{self.id}"


def for_oneself(ledger: Ledger, home: Household) -> None:
    """Everybody buys something for themselves now and then, some of it from their own wishlist: nothing is secret."""
    for who in home.living:
        for _ in range(ledger.rng.choice((0, 1, 1, 2))):
            day, piece = ledger.some_day(), ledger.piece()
            if ledger.chance(0.2):
                _wish(ledger, who, piece, day - 5)
            sale = _sell(ledger, Sale(ledger.new_id(), piece, who, who, day), given_at_sale=who.phone)
            _after_sale(ledger, sale)


def _after_sale(ledger: Ledger, sale: Sale) -> None:
    """What every buyer hears: all of it theirs to know."""
    days = (("receipt", 0, 0.8), ("order_status", 4, 0.5), ("purchase_feedback", 9, 0.5), ("care_reminder", 40, 0.4))
    for kind, after, share in days:
        if ledger.chance(share):
            at = ledger.at(sale.day + after, None if after else 17)
            ledger.send(at, kind, sale.buyer, "principal", subject=sale.subject, piece=sale.piece)


def surprises(ledger: Ledger, home: Household) -> None:
    """One buys for the other, and the CRM writes to whom it takes for the primary contact."""
    if home.kind not in COUPLES:
        return
    for _ in range(ledger.rng.choice((1, 1, 2) if home.kind != "engaged" else (1, 2))):
        buyer, whom = home.pair if home.kind == "associate" or ledger.chance(0.5) else home.pair[::-1]
        _surprise(ledger, home, buyer, whom)


def _surprise(
    ledger: Ledger, home: Household, buyer: Somebody, whom: Somebody, signs: tuple[str, ...] = KNOWN_BY
) -> None:
    day, piece = ledger.some_day(), ledger.piece("ring" if ledger.chance(0.5) else "")
    known = ledger.rng.choice(signs)
    wishlist = _wish(ledger, whom, piece, day - 6) if known in ("list", "both") else ""
    sale = Sale(ledger.new_id(), piece, buyer, whom, day, wishlist)
    said: dict[str, dict[str, Json]] = {
        "till": {"surprise": True}, "both": {"surprise": True}, "gift_for": {"gift_for": whom.id},
        "note": {"note": f"surprise for {whom.first}, do not call home"},
    }  # fmt: skip
    more = dict(said.get(known, {}))
    if ledger.chance(0.7):
        more["given_at_sale"] = buyer.phone
    _sell(ledger, sale, at_night=ledger.chance(0.08), **more)
    given = ledger.gift_day(whom, day)
    _buyer_hears(ledger, sale)
    _other_hears(ledger, home, sale, given)
    _given(ledger, home, sale, given)


def _buyer_hears(ledger: Ledger, sale: Sale) -> None:
    for kind, after in (("receipt", 0), ("order_status", 5), ("purchase_feedback", 12)):
        if ledger.chance(0.75):
            at = ledger.at(sale.day + after, None if after else 17)
            ledger.send(at, kind, sale.buyer, "principal", subject=sale.subject, piece=sale.piece)


def _other_hears(ledger: Ledger, home: Household, sale: Sale, given: int) -> None:
    """What goes to the one it is a surprise for, at their own number or at one that they share."""
    roles = "gift_recipient_before" + (" wishlist_owner" if sale.wishlist else "")
    ways = [way for way in ("own", "line", "mailbox") if way == "own" or getattr(sale.whom, way)]
    for kind in ledger.rng.sample(WRONG, 2):
        day, way = ledger.rng.randrange(sale.day + 1, given), ledger.rng.choice(ways)
        _send_wrong(ledger, sale, kind, roles, day=day, way=way)
    if sale.wishlist and ledger.chance(0.6):
        at, list_roles = ledger.at(ledger.rng.randrange(sale.day + 1, given)), "gift_recipient_before wishlist_owner"
        ledger.send(
            at, "wishlist_reminder", sale.whom, list_roles, subject=f"wishlist/{sale.wishlist}", harm="surprise",
            piece=ledger.piece(),
        )  # fmt: skip
    if sale.buyer.home == sale.whom.home and ledger.chance(0.2):
        _send_wrong(ledger, sale, "care_reminder", roles, day=sale.day + 3, way="home")


def _send_wrong(ledger: Ledger, sale: Sale, kind: str, roles: str, *, day: int, way: str) -> None:
    subject = "" if kind == "recently_purchased" else sale.subject
    ledger.send(
        ledger.at(day), kind, sale.whom, roles, subject=subject, harm="surprise", via=way, piece=sale.piece,
        case=f"{kind} to the surprised ({way})",
    )  # fmt: skip


def _given(ledger: Ledger, home: Household, sale: Sale, given: int) -> None:
    """The day it is given: somebody says so, a ring may have been the ring, and now it may be spoken of."""
    at, said = ledger.at(given, 16), ledger.chance(0.8)
    ledger.keep(sale.whom, ledger.at(sale.day, 0), at if said else ledger.at(365))
    if said:
        ledger.tell(at, by_staff=ledger.chance(0.5), purchases=[{"id": sale.id, "given_at": at.isoformat()}])
        if ledger.chance(0.6):
            later = ledger.at(given + ledger.rng.randrange(10, 40))
            roles = "gift_recipient_after" + (" wishlist_owner" if sale.wishlist else "")
            ledger.send(later, "care_reminder", sale.whom, roles, subject=sale.subject, piece=sale.piece, via="own")
    if home.kind == "partners" and "ring" in sale.piece and ledger.chance(0.5):
        bond: Json = {"a": sale.buyer.id, "b": sale.whom.id, "kind": "engaged", "confirmed_at": at.isoformat()}
        ledger.tell(at, by_staff=True, relationships=[bond])
        ledger.loose.discard(home.number)


def on_her_account(ledger: Ledger, home: Household) -> None:
    """One pays on the other's account: nobody is proven to be the buyer, and the account's owner is surprised."""
    if home.kind not in ("partners", "spouses") or not ledger.chance(0.15):
        return
    buyer, whom = home.pair
    day, piece = ledger.some_day(), ledger.piece()
    wishlist = _wish(ledger, whom, piece, day - 6)
    sale = Sale(ledger.new_id(), piece, whom, whom, day, wishlist)
    _sell(ledger, sale, given_at_sale=buyer.phone)
    ledger.keep(whom, ledger.at(day, 0), ledger.at(365))
    case = "receipt for what was bought on the other's account"
    ledger.send(
        ledger.at(day, 17), "receipt", whom, "gift_recipient_before wishlist_owner", subject=sale.subject, via="own",
        harm="surprise", case=case, piece=piece,
    )  # fmt: skip
    roles = ledger.half(home) + " household_member"
    ledger.send(
        ledger.at(day, 17.2), "receipt", buyer, roles, subject=sale.subject, via="phone", case=case, piece=piece
    )


def for_the_family(ledger: Ledger, home: Household) -> None:
    """A parent buys for a grown child, or a house shares a line: what one bought is not for the others."""
    if home.kind == "parents":
        parent, child = home.people[0], home.people[2]
        _surprise(ledger, home, parent, child, ("list", "gift_for"))
    shared = [who for who in home.people if who.line]
    if len(shared) > 1 and ledger.chance(0.4):
        day, piece = ledger.some_day(), ledger.piece()
        sale = _sell(ledger, Sale(ledger.new_id(), piece, shared[0], shared[0], day))
        role = "household_member" if home.kind in ("housemates", "parents") else f"{ledger.half(home)} household_member"
        role = f"{role} ex_partner" if home.kind.startswith("divorced") else role
        kind = ledger.rng.choice(("receipt", "purchase_feedback"))
        ledger.send(
            ledger.at(day, 17), kind, shared[0], role, subject=sale.subject, via="line", harm="private", piece=piece
        )


def in_instalments(ledger: Ledger, home: Household) -> None:
    """A layaway: the payer is reminded, and sometimes the wrong half of the couple is."""
    if not ledger.chance(0.25):
        return
    payer, day, piece = home.people[0], ledger.some_day(), ledger.piece("watch")
    sale = _sell(ledger, Sale(ledger.new_id(), piece, payer, payer, day), note="layaway", given_at_sale=payer.phone)
    for month in (1, 2):
        at = ledger.at(day + 28 * month)
        ledger.send(at, "payment_reminder", payer, "principal", subject=sale.subject, piece=piece)
    if home.kind in ("spouses", "partners") and ledger.chance(0.3):
        ledger.send(
            ledger.at(day + 35), "payment_reminder", home.people[1], ledger.half(home), subject=sale.subject,
            harm="private", via="own", piece=piece,
        )  # fmt: skip


def recall(ledger: Ledger, home: Household) -> None:
    """A maker calls a piece back: its buyer must know."""
    if ledger.chance(0.12):
        who, day, piece = home.people[0], ledger.some_day(), ledger.piece()
        sale = _sell(ledger, Sale(ledger.new_id(), piece, who, who, day))
        at = ledger.at(day + 30)
        ledger.send(at, "safety_legal_notice", who, "principal", subject=sale.subject, piece=piece)


def _sell(ledger: Ledger, sale: Sale, *, at_night: bool = False, **more: Json) -> Sale:
    """The till's word on a sale; some tills export at night, when the receipt has long been written."""
    at = ledger.at(sale.day, 16)
    said: dict[str, Json] = {"id": sale.id, "at": at.isoformat(), "purchaser": sale.buyer.id, "items": [sale.piece]}
    told = at + timedelta(hours=11) if at_night else at
    ledger.tell(told, purchases=[{**said, "status": "paid", **more}])
    return sale


def _wish(ledger: Ledger, owner: Somebody, piece: str, day: int) -> str:
    """A wishlist with this piece and some others."""
    for _ in range(ledger.rng.randrange(1, 4)):
        ledger.wish(owner, ledger.piece(), day)
    return ledger.wish(owner, piece, day)


EPISODES: tuple[Episode, ...] = (for_oneself, surprises, on_her_account, for_the_family, in_instalments, recall)
