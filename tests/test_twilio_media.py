"""A message's media through Twilio's own client: listed and deleted under ids of ours, never fetched for anybody."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.conftest import House
from tests.ended import arrived, opened
from tests.standing import PICTURES, PLAIN, assert_twilio_error, call
from tests.standing_alone import alone
from tests.stillness import still
from tests.vendor_log import keep_log
from tests.walk import decide, dispatched, hand_in, withdraw

__all__ = ["alone", "still"]  # fixtures from elsewhere

KINDS = {
    "https://shop.example/ring.jpg": "image/jpeg",
    "https://shop.example/ring.PNG?size=big": "image/png",
    "https://shop.example/card.pdf": "application/pdf",
    "https://shop.example/ring.webp": "image/webp",
    "https://shop.example/show?ring=1": "application/octet-stream",
}


def handed_in(house: House, *links: str) -> str:
    """A message with these pictures."""
    answer = call(house, "POST", data=PLAIN | {"Body": " ".join(links), "MediaUrl": list(links)})
    return str(answer.json()["sid"])


def test_the_media_of_a_message_are_listed_and_fetched_under_ids_of_our_own(alone: House) -> None:
    sid = handed_in(alone, *KINDS)
    mine = alone.client().messages(sid)

    found = mine.media.list()

    assert [one.content_type for one in found] == list(KINDS.values())
    assert len({one.sid for one in found}) == len(KINDS)
    assert {one.parent_sid for one in found} == {sid}
    for one in found:
        fetched = mine.media(one.sid).fetch()
        assert (fetched.sid, fetched.content_type, fetched.uri) == (one.sid, one.content_type, one.uri)
    assert [one.sid for one in mine.media.list()] == [one.sid for one in found]


def test_the_same_picture_has_another_id_in_another_message(alone: House) -> None:
    first, second = handed_in(alone, *PICTURES), handed_in(alone, PICTURES[0], PICTURES[0])

    ids = [one.sid for sid in (first, second) for one in alone.client().messages(sid).media.list()]

    assert len(set(ids)) == 4


def test_the_media_list_is_walked_page_by_page(alone: House) -> None:
    sid = handed_in(alone, *(f"https://shop.example/{n}.jpg" for n in range(7)))
    media = alone.client().messages(sid).media
    every = [one.sid for one in media.list()]

    assert [one.sid for one in media.list(page_size=2)] == every
    assert [one.sid for one in media.stream(page_size=3, limit=4)] == every[:4]
    page = media.get_page(media.page(page_size=3).next_page_url)
    assert [one.sid for one in page] == every[3:6]
    assert [one.sid for one in page.previous_page()] == every[:3]


@pytest.mark.parametrize(
    ("given", "finds"),
    [
        ({"date_created_after": "2020-01-01"}, True),
        ({"date_created_before": "2020-01-01"}, False),
        ({"date_created": "2020-01-01"}, False),
    ],
)
def test_the_media_list_is_filtered_by_the_day(alone: House, given: dict[str, Any], finds: bool) -> None:
    sid = handed_in(alone, *PICTURES)

    assert bool(alone.client().messages(sid).media.list(**given)) is finds


def test_the_content_itself_is_neither_fetched_nor_pointed_to(alone: House) -> None:
    sid = handed_in(alone, *PICTURES)
    medium = call(alone, "GET", f"/Messages/{sid}/Media.json").json()["media_list"][0]["sid"]
    heard = len(alone.vendor.heard)

    answer = call(alone, "GET", f"/Messages/{sid}/Media/{medium}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/xml")
    assert "Location" not in answer.headers
    assert PICTURES[0] not in answer.text
    assert len(alone.vendor.heard) == heard


NOT_THERE = {
    "another_messages": ("GET", "/Media/{foreign}.json", 404, 20404),
    "no_id": ("GET", "/Media/ring.json", 404, 20404),
    "unknown": ("DELETE", "/Media/ME" + "0" * 32 + ".json", 404, 20404),
    "posting_one": ("POST", "/Media.json", 405, 20004),
    "deleting_all": ("DELETE", "/Media.json", 405, 20004),
    "changing_one": ("PUT", "/Media/{own}.json", 405, 20004),
    "reading_feedback": ("GET", "/Feedback.json", 405, 20004),
    "another_part": ("GET", "/Parts.json", 404, 20404),
}


@pytest.mark.parametrize(("method", "path", "status", "code"), NOT_THERE.values(), ids=NOT_THERE)
def test_what_a_message_has_not_is_twilios_404_or_405(
    alone: House, method: str, path: str, status: int, code: int
) -> None:
    sids = [handed_in(alone, *PICTURES, f"https://shop.example/{n}.jpg") for n in (1, 2)]
    own, foreign = (call(alone, "GET", f"/Messages/{sid}/Media.json").json()["media_list"][0]["sid"] for sid in sids)

    answer = call(alone, method, f"/Messages/{sids[0]}{path.format(own=own, foreign=foreign)}")

    assert_twilio_error(answer, status, code)


def test_one_medium_of_a_message_that_is_over_is_deleted_and_the_others_keep_their_ids(still: House) -> None:
    sid = handed_in(still, *PICTURES, PICTURES[0])
    withdraw(still, sid)
    media = still.client().messages(sid).media
    first, second, _ = media.list()

    assert media(first.sid).delete() is True

    assert [one.sid for one in media.list()] == [second.sid]
    assert still.client().messages(sid).fetch().num_media == "1"
    assert f'"{PICTURES[0]}"' not in opened(still, sid)
    with pytest.raises(TwilioRestException) as gone:
        media(first.sid).fetch()
    assert gone.value.code == 20404


def test_the_last_medium_goes_at_the_vendor_too(still: House) -> None:
    log, sid = keep_log(still), arrived(still, MediaUrl=PICTURES[0])
    log.media = ["ME" + "1" * 32]
    media = still.client().messages(sid).media

    media(media.list()[0].sid).delete()

    assert (log.media, media.list()) == ([], [])


def test_one_of_several_that_the_vendor_has_is_not_guessed(still: House) -> None:
    log = keep_log(still)
    log.media = ["ME" + "1" * 32, "ME" + "2" * 32]
    sid = handed_in(still, *PICTURES)
    decide(still, sid, "approve")
    dispatched(still)
    still.twilio.call_back(still.twilio.messages[-1], "delivered")
    media = still.client().messages(sid).media

    with pytest.raises(TwilioRestException) as no:
        media(media.list()[0].sid).delete()

    assert (no.value.status, no.value.code) == (409, 20409)
    assert len(media.list()) == len(log.media) == 2


def test_a_held_messages_media_are_listed_and_another_sources_are_not(still: House) -> None:
    sid, foreign = hand_in(still, MediaUrl=PICTURES[0]), hand_in(still, "other", MediaUrl=PICTURES[0])

    assert len(still.client().messages(sid).media.list()) == 1
    assert_twilio_error(call(still, "GET", f"/Messages/{foreign}/Media.json"), 404, 20404)
