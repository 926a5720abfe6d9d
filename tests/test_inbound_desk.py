"""Staff see on a card what its person wrote back, and what that changed."""

from __future__ import annotations

from tests.conftest import House
from tests.desk_visits import enter
from tests.stillness import still
from tests.walk import hand_in, look
from tests.writing_back import answered, write_back

__all__ = ["still"]  # fixtures from elsewhere


def card(house: House, sid: str) -> str:
    """A message's page."""
    return enter(house).get(f"{house.url}/desk/messages/{look(house, sid).id}", timeout=10).text


def test_a_card_shows_what_the_person_wrote_and_what_it_means(still: House) -> None:
    write_back(still, "An old question")
    still.clock.forward(days=8)
    sid = hand_in(still)
    write_back(still, "<b>Please stop texting me</b>")
    write_back(still, "STOP", From="+14155550177")
    page = card(still, sid)
    assert "They wrote: “&lt;b&gt;Please stop texting me&lt;/b&gt;” They want no more messages." in page
    assert page.count("They wrote") == 1


def test_the_card_of_an_answer_shows_what_it_answers(still: House) -> None:
    (shown,) = answered(still, "<Message>Until six.</Message>", "How long are you open?")
    assert "They wrote: “How long are you open?”" in card(still, shown["crm_id"])
