"""Step 4: what lies beside a message, such as its files, is gone or cannot be read: it waits, and no other does."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from sayso import store
from sayso.message import Conflict
from tests.mailing import Post, post
from tests.walk import decide, dispatched

__all__ = ["post"]  # a fixture from elsewhere

FILE = [{"content": "aGVsbG8=", "filename": "ring.txt"}]
DAMAGED = {"changed": b"\x01" + b"?" * 60, "cut short": b"\x01", "empty": b""}


def approved(post: Post, **more: object) -> str:
    """A mail that may go."""
    crm_id = post.sent(**more)
    decide(post.house, crm_id, "approve")
    return crm_id


def sealed(post: Post, crm_id: str, becomes: bytes | None) -> bytes:
    """Put other bytes in the place of what lies beside a mail, or none at all: what was there."""
    name = {"name": post.look(crm_id).content.part}

    def change(tx: store.Tx) -> bytes:
        was = tx.connection.execute(text("SELECT sealed FROM sayso_part WHERE id = :name"), name).scalar_one()
        if becomes is None:
            tx.connection.execute(text("DELETE FROM sayso_part WHERE id = :name"), name)
        else:
            row = {**name, "sealed": becomes}
            tx.connection.execute(text("UPDATE sayso_part SET sealed = :sealed WHERE id = :name"), row)
        return bytes(was)

    return post.house.store.write(change)


def nearly_ill(post: Post) -> store.Breaker:
    """SendGrid's account as it is after four failures: one more, and it rests."""
    known = store.Breaker("sendgrid", 4, post.house.clock(), None)
    post.house.store.write(lambda tx: store.write_breaker(tx, known))
    return known


def breaker(post: Post) -> store.Breaker | None:
    """How SendGrid's account is doing."""
    with post.house.store.read() as tx:
        return store.read_breaker(tx, "sendgrid")


def test_a_mail_whose_file_is_gone_waits_for_a_person_and_cannot_be_approved(post: Post) -> None:
    crm_id = approved(post, attachments=FILE)
    sealed(post, crm_id, None)
    dispatched(post.house)
    message = post.look(crm_id)
    assert (message.state, post.vendor.heard) == ("held", [])
    assert [finding.key for finding in message.findings] == ["signed_words:incomplete:"]
    with pytest.raises(Conflict):
        decide(post.house, crm_id, "approve")


def test_a_mail_whose_file_is_gone_is_nothing_against_its_account(post: Post) -> None:
    post.house.clock.fixed = post.house.clock()
    known, gone = nearly_ill(post), [approved(post, attachments=FILE) for _ in range(3)]
    for one in gone:
        sealed(post, one, None)
    dispatched(post.house)
    assert breaker(post) == known
    fine = approved(post)
    dispatched(post.house)
    assert [post.look(one).state for one in (*gone, fine)] == ["held"] * 3 + ["sent"]


@pytest.mark.parametrize("how", DAMAGED)
def test_a_file_that_cannot_be_read_is_tried_again_in_a_minute_and_holds_no_other_mail_up(post: Post, how: str) -> None:
    post.house.clock.fixed = post.house.clock()
    crm_id, known = approved(post, attachments=FILE), nearly_ill(post)
    was = sealed(post, crm_id, DAMAGED[how])
    dispatched(post.house)
    assert (post.look(crm_id).state, post.vendor.heard, breaker(post)) == ("cleared", [], known)
    fine = approved(post)
    post.house.clock.forward(seconds=59)
    dispatched(post.house)
    assert [post.look(one).state for one in (crm_id, fine)] == ["cleared", "sent"]

    sealed(post, crm_id, was)
    post.house.clock.forward(seconds=1)
    dispatched(post.house)
    assert (post.look(crm_id).state, post.sendgrid.mails[-1]["attachments"]) == ("sent", FILE)
