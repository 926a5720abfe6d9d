"""Test mode: mails to names that say what becomes of them, with events through the real callback path."""

from __future__ import annotations

import json

import pytest

from tests.conftest import MakeHouse
from tests.mailing import Post, mailing
from tests.walk import decide, dispatched, relayed, swept

ENDS = {"delivered": "delivered", "bounced": "bounced", "complained": "complained", "kayla": "sent"}


@pytest.mark.parametrize(("name", "delivery"), ENDS.items(), ids=ENDS)
def test_a_mail_ends_as_its_name_says_and_nothing_leaves(make_house: MakeHouse, name: str, delivery: str) -> None:
    with mailing(make_house, start=False, mode="test") as post:
        crm_id = _sent(post, f"{name}@example.com")
        assert post.look(crm_id).delivery == delivery
        assert post.vendor.heard == []


def test_an_event_has_the_categories_of_its_mail(make_house: MakeHouse) -> None:
    with mailing(make_house, start=False, mode="test") as post:
        post.hears()
        _sent(post, "delivered@example.com", categories=["survey", "vip"])
        relayed(post.house)
        events = [event for heard in post.house.crm.posts() for event in json.loads(heard.body)]
        assert [event["category"] for event in events] == [["survey", "vip"]] * 2


EMPTY = {"": {"templates": []}, "?generations=dynamic&page_size=18": {"result": [], "_metadata": {"count": 0}}}


@pytest.mark.parametrize(("query", "said"), EMPTY.items(), ids=["all", "by pages"])
def test_there_are_no_templates_in_the_shape_of_a_list(make_house: MakeHouse, query: str, said: object) -> None:
    with mailing(make_house, start=False, mode="test") as post:
        assert post.call("GET", f"/v3/templates{query}").json() == said


def _sent(post: Post, address: str, **more: object) -> str:
    crm_id = post.sent(personalizations=[{"to": [{"email": address}]}], **more)
    decide(post.house, crm_id, "approve")
    dispatched(post.house)
    swept(post.house)
    return crm_id
