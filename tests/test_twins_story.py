"""A no to one message is a doubt in its twin: same people, same purpose, same matter, on whatever channel."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import House
from tests.deciding import decided, quiet, still, text
from tests.storytelling import HOME, KAYLA, SCOTT, checks, couple, mail, ring, tell

__all__ = ["quiet", "still"]
ASK = "How was your purchase?"
Json = dict[str, Any]


def bought(house: House) -> None:
    """Kayla has bought a pendant for herself, and Scott is nobody in that."""
    sale = ring(purchaser="kayla", given_at_sale=KAYLA, items=["pendant-9"], surprise=False)
    tell(house, **couple(purchases=[sale], wishlists=[]))


def twins(message: Json) -> list[str]:
    """What the look at earlier noes found."""
    return [key.rpartition(":")[0] for key in checks(message) if key.startswith("rejected_twin")]


def survey(house: House, body: str = ASK, **more: str) -> str:
    """A survey by text to Kayla."""
    return text(house, body, to=KAYLA, **{"purpose": "purchase_feedback", **more})  # type: ignore[arg-type]


def by_mail(house: House, body: str = f"{ASK} Tell us.", **more: str) -> Json:
    """The same survey by e-mail."""
    return mail(house, "kayla@example.com", body, **{"purpose": "purchase_feedback", **more})


@pytest.mark.parametrize("purpose", ["purchase_feedback", ""], ids=["declared", "undeclared"])
def test_a_text_rejected_for_its_person_holds_the_mail_to_them(still: House, purpose: str) -> None:
    bought(still)
    sid = survey(still, purpose=purpose)
    decided(still, sid, "reject", reason="wrong_person")
    seen = by_mail(still, **({"purpose": purpose} if purpose else {}))
    assert twins(seen) == ["rejected_twin:wrong_person"]
    assert seen["state"] == "held"


def test_after_a_fortnight_nobody_is_asked_again(still: House) -> None:
    bought(still)
    decided(still, survey(still), "reject", reason="wrong_person")
    still.clock.forward(days=13, hours=23)
    assert twins(by_mail(still)) == ["rejected_twin:wrong_person"]
    still.clock.forward(hours=2)
    assert twins(by_mail(still, "And how was your purchase?")) == []


def test_an_undo_of_the_no_takes_the_doubt_away_from_what_waits(still: House) -> None:
    bought(still)
    sid = survey(still)
    decided(still, sid, "reject", reason="not_wanted")
    waiting = by_mail(still)
    assert twins(waiting) == ["rejected_twin:not_wanted"]
    decided(still, sid, "undo")
    assert twins(still.message(waiting["id"])) == []


def test_what_waits_already_is_doubted_as_soon_as_its_twin_is_rejected(still: House) -> None:
    bought(still)
    waiting, sid = by_mail(still), survey(still)
    decided(still, sid, "reject", reason="wrong_person")
    assert twins(still.message(waiting["id"])) == ["rejected_twin:wrong_person"]


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("reject", {"reason": "not_wanted"}, "rejected_twin:not_wanted"),
        ("suppress", {"scope": "this_purpose"}, "rejected_twin:suppressed"),
        ("phone", {}, "rejected_twin:phone"),
        ("redirect", {"to": "+14155550124"}, "rejected_twin:redirected"),
        ("reject", {"reason": "wrong_time"}, ""),
        ("reject", {"reason": "wrong_content"}, ""),
    ],
    ids=["not wanted", "suppressed", "phoned", "redirected", "another time", "other words"],
)
def test_which_noes_hold_the_twin(quiet: House, kind: str, given: Json, code: str) -> None:
    bought(quiet)
    people = [{"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA, "+14155550124"], "emails": ["kayla@example.com"]}]
    tell(quiet, people=people)
    decided(quiet, survey(quiet), kind, 201 if kind == "redirect" else 200, **given)
    assert twins(by_mail(quiet)) == ([code] if code else [])


def test_another_purpose_matter_or_person_is_no_twin(quiet: House) -> None:
    bought(quiet)
    decided(quiet, survey(quiet), "reject", reason="wrong_person")
    assert twins(by_mail(quiet, "Your receipt for order 8812.", purpose="receipt")) == []
    assert twins(by_mail(quiet, subject="purchase/1")) == []
    assert twins(mail(quiet, "scott@example.com", f"{ASK} Please.", purpose="purchase_feedback")) == []


def test_the_copy_to_somebody_else_is_no_twin_of_what_it_was_made_from(quiet: House) -> None:
    """The home line is Scott's too: what was made for him there is not doubted for having been made."""
    people = [
        {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA, HOME]},
        {"id": "scott", "name": "Scott Miller", "phones": [SCOTT, HOME]},
    ]
    tell(quiet, **couple(people=people, wishlists=[]))
    sid = text(quiet, ASK, to=HOME, purpose="purchase_feedback")
    assert twins(dict(decided(quiet, sid, "redirect", 201, to=SCOTT))) == []


def test_nothing_for_everything_covers_all_that_is_theirs_alone_and_undo_takes_it_back(still: House) -> None:
    people = [
        {"id": "kayla", "name": "Kayla Reed", "phones": [KAYLA, HOME], "emails": ["kayla@example.com"]},
        {"id": "scott", "name": "Scott Miller", "phones": [SCOTT, HOME]},
    ]
    tell(still, **couple(people=people, purchases=[], wishlists=[]))
    sid, waiting = text(still, "Hello, Kayla.", to=KAYLA), mail(still, "kayla@example.com", "Hello, Kayla.")
    home = text(still, "Hello, all.", to=HOME)
    decided(still, sid, "suppress", scope="all")
    assert listed(still.message(waiting["id"]))
    assert not listed(still.message(home)), "it is Scott's line too"
    decided(still, sid, "undo")
    assert not listed(still.message(waiting["id"]))


def listed(message: Json) -> bool:
    """Whether the message is stopped for its address."""
    return any(key.startswith("suppressed_address") for key in checks(message))
