"""Lives that a CRM does not follow: the divorced couple, the damaged ring, codes and visits, families."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import House
from tests.deciding import still
from tests.storytelling import (
    ELM_ST,
    OAK_ST,
    SHOP,
    ago,
    card,
    checks,
    confirm,
    found,
    role,
    stops,
    tell,
    texted,
    written,
)

__all__ = ["still"]
REBECCA, NATE, SARAH = "+14155550111", "+14155550112", "+14155550113"
HERS, HIS = OAK_ST, ELM_ST


def charles(**more: Any) -> dict[str, list[dict[str, Any]]]:
    """Rebecca and Nate, married once, with their anniversary and her birthday on file."""
    anniversary, birthday = datetime.now(UTC) + timedelta(days=5), datetime.now(UTC) + timedelta(days=3)
    married = {"a": "rebecca", "b": "nate", "kind": "spouse", "confirmed_at": "2010-03-01T00:00:00Z"}
    return {
        "people": [
            {"id": "rebecca", "name": "Rebecca Charles", "phones": [REBECCA], "addresses": [HERS]},
            {"id": "nate", "name": "Nate Charles", "phones": [NATE], "addresses": [HIS]},
        ],
        "relationships": [married | more],
        "occasions": [
            {"id": "o1", "kind": "anniversary", "people": ["rebecca", "nate"], "date": f"1996-{anniversary:%m-%d}",
             "confirmed_at": "2010-03-01T00:00:00Z"},
            {"id": "o2", "kind": "birthday", "people": ["rebecca"], "date": f"1970-{birthday:%m-%d}",
             "confirmed_at": ago(days=100)},
            {"id": "o3", "kind": "birthday", "people": ["nate"], "date": f"1969-{birthday:%m-%d}",
             "confirmed_at": ago(days=100)},
        ],
    }  # fmt: skip


ENDED = {"ended_at": ago(days=700)}


@pytest.mark.parametrize("purpose", ["anniversary", None], ids=["declared", "undeclared"])
def test_the_anniversary_card_of_the_divorced_is_stopped(still: House, purpose: str | None) -> None:
    """Two years after the divorce nobody congratulates them."""
    tell(still, **charles(**ENDED))
    place = HERS | {"name": "Nate and Rebecca Charles"}
    seen = card(still, place, "Happy anniversary, Nate and Rebecca!", purpose=purpose)
    assert stops(seen), checks(seen)
    assert "suppress" in {finding["proposal"]["kind"] for finding in seen["findings"] if finding["verdict"] == "stop"}


def test_a_marriage_nobody_has_confirmed_for_years_is_asked_about(still: House) -> None:
    """Stale, not over: one tap says that they are still together, and the reason is gone."""
    tell(still, **charles())
    seen = texted(still, "Happy anniversary, Rebecca!", to=REBECCA, purpose="anniversary")
    asked = found(seen, "stale_relationship")["proposal"]
    assert (asked["kind"], stops(seen)) == ("confirm", [])
    now = datetime.now(UTC).isoformat()
    confirm(still, relationships=[{"a": "rebecca", "b": "nate", "confirmed_at": now}])
    assert "stale_relationship" not in {one["check"] for one in still.message(seen["id"])["findings"]}


def test_a_birthday_card_with_both_names_is_stopped_and_hers_alone_is_not(still: House) -> None:
    """The other half alone is still greeted."""
    tell(still, **charles(**ENDED))
    both = texted(still, "Dear Nate and Rebecca, happy birthday Rebecca!", to=REBECCA, purpose="birthday")
    assert both["findings"]
    assert "approve" not in both["may"] or any(one["verdict"] == "hold" for one in both["findings"])
    hers = texted(still, "Happy birthday, Rebecca!", to=REBECCA, purpose="birthday")
    assert (role(hers), stops(hers)) == ("principal", [])
    his = texted(still, "Happy birthday, Nate!", to=NATE, purpose="birthday")
    assert (role(his), stops(his)) == ("principal", [])


def test_a_reimport_does_not_remarry_them(still: House) -> None:
    """An old or undated line of the CRM's export never beats what staff know."""
    tell(still, **charles())
    confirm(still, relationships=[{"a": "nate", "b": "rebecca", "kind": "spouse", "ended_at": ago(days=1)}])
    for again in ({"confirmed_at": "2010-03-01T00:00:00Z"}, {}):
        tell(still, relationships=[{"a": "rebecca", "b": "nate", "kind": "spouse"} | again])
    seen = texted(still, "Happy anniversary, Rebecca!", to=REBECCA, purpose="anniversary")
    assert stops(seen), checks(seen)


def test_whoever_asked_to_be_removed_hears_no_more_and_the_other_still_does(still: House) -> None:
    """A suppression is of one person."""
    tell(still, **charles(**ENDED), suppressions=[{"person": "rebecca", "reason": "asked to be removed"}])
    assert stops(texted(still, "Happy birthday, Rebecca!", to=REBECCA, purpose="birthday"))
    assert stops(texted(still, "Happy birthday, Nate!", to=NATE, purpose="birthday")) == []


def test_a_suppressed_number_is_answered_as_the_vendor_would(still: House) -> None:
    """21610 at Twilio's door, and the row is kept."""
    from twilio.base.exceptions import TwilioRestException

    tell(still, suppressions=[{"address": REBECCA, "reason": "opt-out"}])
    with pytest.raises(TwilioRestException) as refusal:
        still.client().messages.create(to=REBECCA, from_=SHOP, body="Hello")
    assert (refusal.value.status, refusal.value.code) == (400, 21610)


def test_a_chipped_diamond_is_news_for_a_call(still: House) -> None:
    """The text to its depositor waits, and what is proposed is to phone her."""
    tell(
        still,
        people=[{"id": "sarah", "name": "Sarah Bell", "phones": [SARAH]}],
        repairs=[{"id": "r1", "depositor": "sarah", "owner": "sarah", "items": ["ring-77"], "state": "problem",
                  "note": "stone chipped"}],
    )  # fmt: skip
    for body, purpose in (
        ("Hi Sarah, there is a problem with your repair, a stone chipped.", ""),
        ("Hi Sarah, how was your purchase?", "purchase_feedback"),
        ("Sarah, new arrivals this week!", "marketing"),
    ):
        seen = texted(still, body, to=SARAH, purpose=purpose)
        ways = {(one["verdict"], one["proposal"]["kind"]) for one in seen["findings"] if one["proposal"]}
        assert any(kind == "phone" for _, kind in ways), checks(seen)


@pytest.mark.parametrize("purpose", ["otp", ""], ids=["declared", "undeclared"])
def test_a_code_to_the_accounts_number_passes_at_once(still: House, purpose: str) -> None:
    """Nobody waits for a code."""
    tell(still, people=[{"id": "sarah", "name": "Sarah Bell", "phones": [SARAH]}])
    seen = texted(still, "Your verification code is 482913", to=SARAH, purpose=purpose)
    assert (seen["state"], seen["findings"], seen["purpose"]) == ("cleared", [], "otp")


def test_an_offer_dressed_as_a_code_waits(still: House) -> None:
    """Undeclared, it is what it reads like; nothing of it goes at once."""
    tell(still, people=[{"id": "sarah", "name": "Sarah Bell", "phones": [SARAH]}])
    seen = texted(still, "Your code 482913 gives you 20% off all rings this weekend!", to=SARAH)
    assert (seen["state"], seen["purpose"]) != ("cleared", "otp")
    assert seen["state"] == "held"


def visit(at: datetime, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Sarah has an appointment."""
    return {
        "people": [{"id": "sarah", "name": "Sarah Bell", "phones": [SARAH], "time_zone": "UTC"}],
        "appointments": [{"id": "a1", "booked_by": "sarah", "attendees": [], "at": at.isoformat()} | more],
    }


@pytest.mark.parametrize("purpose", ["appointment_today", ""], ids=["declared", "undeclared"])
def test_a_reminder_of_todays_visit_passes_at_once(still: House, purpose: str) -> None:
    """The shop's records know of it, and it is hers."""
    still.clock.fixed = datetime(2026, 11, 20, 9, tzinfo=UTC)
    tell(still, **visit(datetime(2026, 11, 20, 15, tzinfo=UTC)))
    seen = texted(still, "Hi Sarah, your appointment is today at 15:00.", to=SARAH, purpose=purpose)
    assert (seen["state"], seen["purpose"]) == ("cleared", "appointment_today")


def test_a_reminder_of_a_visit_that_was_moved_does_not_pass(still: House) -> None:
    """The till has moved it to tomorrow, the CRM has not heard: refused at once, and told so."""
    from twilio.base.exceptions import TwilioRestException

    still.clock.fixed = datetime(2026, 11, 20, 9, tzinfo=UTC)
    tell(still, **visit(datetime(2026, 11, 20, 15, tzinfo=UTC)))
    moved = datetime(2026, 11, 21, 11, tzinfo=UTC).isoformat()
    tell(still, appointments=[{"id": "a1", "at": moved}])
    body = "Hi Sarah, your appointment is today at 15:00."
    with pytest.raises(TwilioRestException) as refusal:
        still.client(path="/for/appointment_today").messages.create(to=SARAH, from_=SHOP, body=body)
    assert refusal.value.code == 21612
    assert texted(still, body, to=SARAH)["state"] == "held"


def test_a_man_with_two_wives_is_no_contradiction(still: House) -> None:
    """Several current spouses are a family; each may be told what a partner is told, and no more."""
    people = [
        {"id": "omar", "name": "Omar Haddad", "phones": ["+14155550141"]},
        {"id": "layla", "name": "Layla Haddad", "phones": ["+14155550142"]},
        {"id": "noor", "name": "Noor Haddad", "phones": ["+14155550143"]},
    ]
    married = [{"a": "omar", "b": wife, "kind": "spouse", "confirmed_at": ago(days=9)} for wife in ("layla", "noor")]
    day = f"2015-{datetime.now(UTC) + timedelta(days=2):%m-%d}"
    occasions = [
        {"id": wife, "kind": "anniversary", "people": ["omar", wife], "date": day, "confirmed_at": ago(days=9)}
        for wife in ("layla", "noor")
    ]
    tell(still, people=people, relationships=married, occasions=occasions)
    for number, name in (("+14155550142", "Layla"), ("+14155550143", "Noor")):
        seen = texted(still, f"Happy anniversary, {name}!", to=number, purpose="anniversary")
        assert (role(seen), stops(seen)) == ("principal", []), checks(seen)
    sale = {"id": "1", "at": ago(days=3), "purchaser": "omar", "items": ["necklace-5"], "given_at_sale": "+14155550141"}
    tell(still, purchases=[sale])
    told = texted(still, "Your receipt for order 1.", to="+14155550142", purpose="receipt")
    assert stops(told) == ["recipient_role"]


def test_the_dead_are_not_written_to(still: House) -> None:
    """A fact of the family's stops every greeting."""
    tell(still, people=[{"id": "sarah", "name": "Sarah Bell", "phones": [SARAH], "deceased": True}])
    assert "deceased" in stops(texted(still, "Happy birthday, Sarah!", to=SARAH, purpose="birthday"))


def test_a_shop_that_has_told_us_of_nobody_is_not_bothered(still: House) -> None:
    """Without people there are no roles: what waits, waits for its sign-off alone."""
    seen = texted(still, "Your ring is ready.", to=SARAH, purpose="repair_ready")
    assert (seen["state"], seen["findings"], seen["to"][0]["role"]) == ("held", [], None)


def test_two_shops_with_the_same_ids_do_not_mix(still: House) -> None:
    """Ids belong to their source; people meet by endpoint and name."""
    sale = {"id": "7", "at": ago(days=4), "purchaser": "1", "items": ["ring-77"], "given_at_sale": SARAH}
    tell(still, source="till", people=[{"id": "1", "name": "Sarah Bell", "phones": [SARAH]}], purchases=[sale])
    tell(still, people=[{"id": "1", "name": "Omar Haddad", "phones": [REBECCA]}])
    assert role(texted(still, "How was your purchase?", to=REBECCA, purpose="purchase_feedback")) != "principal"
    assert role(texted(still, "How was your purchase, Sarah?", to=SARAH, purpose="purchase_feedback")) == "principal"


def test_a_subject_that_nobody_told_us_of_is_a_question(still: House) -> None:
    """Named by the CRM, unknown to us: not knowing holds."""
    tell(still, people=[{"id": "sarah", "name": "Sarah Bell", "phones": [SARAH]}])
    fields = {"channel": "sms", "to": SARAH, "from": SHOP, "purpose": "receipt", "subject": "purchase/404"}
    seen = written(still, **fields, body="Your receipt.")
    assert (stops(seen), seen["findings"] != []) == ([], True)
