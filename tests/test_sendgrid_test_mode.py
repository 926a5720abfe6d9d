"""Test mode: mails to names that say what becomes of them, with events through the real callback path."""

from __future__ import annotations

import pytest

from tests.conftest import MakeHouse
from tests.mailing import Post, mailing
from tests.walk import decide, dispatched, swept

ENDS = {"delivered": "delivered", "bounced": "bounced", "complained": "complained", "kayla": "sent"}


@pytest.mark.parametrize(("name", "delivery"), ENDS.items(), ids=ENDS)
def test_a_mail_ends_as_its_name_says_and_nothing_leaves(make_house: MakeHouse, name: str, delivery: str) -> None:
    with mailing(make_house, start=False, mode="test") as post:
        crm_id = _sent(post, f"{name}@example.com")
        assert post.look(crm_id).delivery == delivery
        assert post.vendor.heard == []


def _sent(post: Post, address: str) -> str:
    crm_id = post.sent(personalizations=[{"to": [{"email": address}]}])
    decide(post.house, crm_id, "approve")
    dispatched(post.house)
    swept(post.house)
    return crm_id
