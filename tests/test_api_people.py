"""One person at our own door: what staff may know, with its source and age, and what is kept from whom."""

from __future__ import annotations

from typing import Any

import requests

from tests.conftest import House
from tests.deciding import still
from tests.storytelling import KAYLA, SCOTT, ago, confirm, couple, tell, texted
from tests.test_openapi import check_answer

__all__ = ["still"]


def ask(house: House, person: str, headers: dict[str, str] | None = None) -> requests.Response:
    """What a member of staff is answered."""
    return requests.get(f"{house.url}/api/people/{person}", headers=headers or house.staff(), timeout=10)


def test_a_person_is_shown_with_all_that_is_known(still: House) -> None:
    """Sources and ages, the surprise that is kept, and why nothing was sent."""
    tell(still, **couple())
    held = texted(still, "How was your purchase?", purpose="purchase_feedback")
    answer = ask(still, "kayla")
    check_answer(answer, "/api/people/{person_id}")
    shown: dict[str, Any] = answer.json()
    assert (shown["name"], shown["endpoints"]) == ("Kayla Reed", [KAYLA, "kayla@example.com"])
    assert [(one["name"], one["confirmed"]) for one in shown["relationships"]] == [("Scott Miller", True)]
    assert [(one["subject"], one["hidden_from"]) for one in shown["surprises"]] == [("purchase/8812", ["Kayla Reed"])]
    assert [one["id"] for one in shown["messages"]] == [held["id"]]
    assert shown["facts"]["people"][0]["values"]["name"]["source"] == "crm"


def test_whoever_is_surprised_finds_no_trace_of_it_in_her_own_record(still: House) -> None:
    """Nor in his."""
    tell(still, **couple())
    texted(still, "How was your purchase?", to=SCOTT, purpose="purchase_feedback")
    mine = still.staff("kayla@example.com", "manager")
    for person in ("kayla", "scott"):
        text = ask(still, person, mine).text
        assert "8812" not in text
        assert '"surprises":[]' in text.replace(" ", "")
    assert "8812" in ask(still, "scott").text


def test_two_sources_that_speak_of_one_person_are_shown_as_one_and_can_be_parted(still: House) -> None:
    """The same name at the same number; a member of staff says that they are two."""
    tell(still, people=[{"id": "k1", "name": "Kayla Reed", "phones": [KAYLA]}])
    tell(still, source="till", people=[{"id": "77", "name": "Reed, Kayla", "phones": [KAYLA]}])
    shown = ask(still, "crm:k1").json()
    assert {one["source"] for one in shown["sources"]} == {"crm", "till"}
    assert shown["because"]
    confirm(still, source="crm", people=[{"id": "k1", "not_same_as": "till/77"}])  # type: ignore[arg-type]  # whose ids
    assert [one["source"] for one in ask(still, "k1").json()["sources"]] == ["crm"]


def test_an_id_that_several_have_wants_its_source(still: House) -> None:
    """Ids belong to their source."""
    tell(still, people=[{"id": "1", "name": "Kayla Reed", "phones": [KAYLA]}])
    tell(still, source="till", people=[{"id": "1", "name": "Scott Miller", "phones": [SCOTT]}])
    assert ask(still, "1").status_code == 409
    assert ask(still, "till:1").json()["name"] == "Scott Miller"


def test_a_source_and_a_stranger_see_nobody(still: House) -> None:
    """People are for staff; nobody of that id is 404."""
    tell(still, people=[{"id": "1", "name": "Kayla Reed", "confirmed_at": ago(days=1)}])
    own = {"Authorization": f"Bearer {still.source()['token']}"}
    assert ask(still, "1", own).status_code in (401, 403)
    assert ask(still, "2").status_code == 404
