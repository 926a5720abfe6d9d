"""The twelve lists of facts: their fields, what makes an item's id, whom it names, and what it is found by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sayso import endpoints
from sayso.message import KINDS, Json
from sayso.telling import fields as f

Values = Mapping[str, Json]
META: Mapping[str, f.Reader] = {"source": f.line, "confirmed_at": f.past, "deleted": f.flag}
"""What every item may have beside its own fields."""
ALIKE: Mapping[str, str] = {"partner": "couple", "engaged": "couple", "spouse": "couple", "ex_partner": "couple"}
"""The kinds of relationship of which two people have one at a time, so that an ex-partner is no spouse any more."""
TURNED: Mapping[str, str] = {"child": "parent"}
"""The kinds that are kept the other way round."""
NOTES: Mapping[str, f.Reader] = {"note": f.text, "notes": f.text}


@dataclass(frozen=True, slots=True)
class Shape:
    """One list: its fields, those an item cannot be without, the fields with people's ids, those with endpoints."""

    fields: Mapping[str, f.Reader]
    needed: tuple[str, ...] = ("id",)
    people: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    make_id: Callable[[Values], str] = lambda values: str(values["id"])


def joined(*parts: Json) -> str:
    """Several texts as one id, of which none can pose as two."""
    return "|".join(str(part or "").replace("%", "%25").replace("|", "%7C") for part in parts)


def _bond_id(values: Values) -> str:
    kind = str(values.get("kind") or "partner")  # whoever confirms a couple need not say again what kind it is
    kind = TURNED.get(kind, kind)
    return joined(ALIKE.get(kind, kind), *sorted((str(values["a"]), str(values["b"]))))


def _suppression_id(values: Values) -> str:
    address = values.get("address")
    end = endpoints.place_key(address, "") if isinstance(address, dict) else address
    return joined(end, values.get("person"), values.get("purpose"), values.get("occasion"))


def _staff_id(values: Values) -> str:
    return str(values["address"])


def _consent_id(values: Values) -> str:
    return joined(values["person"], values["channel"], values.get("purpose"))


IN_LISTS: Mapping[str, Shape] = {
    "people": Shape(
        {
            "id": f.ident, "name": f.line, "phones": f.phones, "emails": f.emails, "addresses": f.addresses,
            "time_zone": f.zone, "language": f.language, "deceased": f.flag, "bereaved_at": f.past,
            "same_as": f.ident_or_more, "not_same_as": f.ident_or_more,
        },
        people=("same_as", "not_same_as"),
        ends=("phones", "emails", "addresses"),
    ),
    "relationships": Shape(
        {
            "a": f.ident, "b": f.ident, "since": f.past, "ended_at": f.past,
            "kind": f.one_of(
                *("partner", "engaged", "spouse", "ex_partner", "parent", "child", "sibling", "household"),
                *("colleague", "other"),
            ),
        },
        needed=("a", "b"),
        people=("a", "b"),
        make_id=_bond_id,
    ),
    "purchases": Shape(
        {
            "id": f.ident, "at": f.past, "purchaser": f.ident, "items": f.items, "gift_for": f.ident_or_more,
            "surprise": f.flag, "given_at": f.past, "given_at_sale": f.endpoint, "store": f.line, **NOTES,
            "status": f.one_of("quote", "paid", "delivered", "returned", "refunded", "exchanged", "traded_in"),
        },
        people=("purchaser", "gift_for"),
        ends=("given_at_sale",),
    ),
    "wishlists": Shape(
        {"id": f.ident, "owner": f.ident, "items": f.items, "present": f.idents, "hints_to": f.idents, **NOTES},
        people=("owner", "present", "hints_to"),
    ),
    "appointments": Shape(
        {"id": f.ident, "booked_by": f.ident, "attendees": f.idents, "at": f.moment, "state": f.term, **NOTES},
        people=("booked_by", "attendees"),
    ),
    "repairs": Shape(
        {"id": f.ident, "depositor": f.ident, "owner": f.ident, "items": f.items, "state": f.term, **NOTES},
        people=("depositor", "owner"),
    ),
    "occasions": Shape(
        {"id": f.ident, "kind": f.term, "people": f.idents, "date": f.moment, **NOTES},
        people=("people",),
    ),
    "consents": Shape(
        {
            "person": f.ident, "purpose": f.term, "at": f.past, "proof": f.text,
            "channel": f.one_of("sms", "mms", "whatsapp", "email", "letter", "postcard", "self_mailer", "phone"),
            "status": f.one_of("granted", "implied", "denied", "withdrawn", "revoked"),
        },
        needed=("person", "channel"),
        people=("person",),
        make_id=_consent_id,
    ),
    "complaints": Shape(
        {"id": f.ident, "person": f.ident, "opened_at": f.past, "closed_at": f.past, **NOTES},
        people=("person",),
    ),
    "embargoes": Shape(
        {
            "id": f.ident, "subject": f.subject(KINDS), "hide_from": f.idents, "until": f.moment, "ended_at": f.past,
            "reason": f.text, "set_by": f.line, "items": f.items, **NOTES,
        },
        people=("hide_from",),
    ),
    "suppressions": Shape(
        {"address": f.endpoint, "person": f.ident, "purpose": f.term, "occasion": f.term, "reason": f.text},
        needed=(),
        people=("person",),
        ends=("address",),
        make_id=_suppression_id,
    ),
    "staff": Shape(
        {"address": f.endpoint, "name": f.line, "left_at": f.moment},
        needed=("address",),
        ends=("address",),
        make_id=_staff_id,
    ),
}  # fmt: skip


def ends_of(kind: str, values: Values) -> tuple[str, ...]:
    """What an item with these values can be found by: numbers, e-mail addresses, and places for the post."""
    found: dict[str, None] = {}
    for name in IN_LISTS[kind].ends:
        value = values.get(name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                found[endpoints.place_key(one, "")] = None
            elif isinstance(one, str):
                found[one] = None
    return tuple(found)
