"""SendGrid's unsubscribe groups: who leaves one, who joins it again, and which mails still go to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sayso import store
from tests import storytelling as facts
from tests.conftest import MakeHouse
from tests.mailing import KAYLA, NATE, SCOTT, Post, mailing
from tests.mailing import post as a_post
from tests.walk import decide, dispatched

__all__ = ["a_post"]  # a fixture from elsewhere

LEFT, JOINED, GROUP = "group_unsubscribe", "group_resubscribe", 7


@pytest.fixture
def post(make_house: MakeHouse, database_url: str) -> Iterator[Post]:
    """A house with SendGrid beside it, on each of the two databases."""
    with mailing(make_house, start=False, database_url=database_url) as made:
        yield made


def gone(post: Post) -> dict[str, Any]:
    """A mail that SendGrid took."""
    decide(post.house, post.sent(), "approve")
    dispatched(post.house)
    return post.sendgrid.mails[-1]


def tell(post: Post, *said: tuple[str, int, object], taken: dict[str, Any] | None = None) -> None:
    """SendGrid posts events of these words, so many seconds ago and of these groups."""
    mail, now = taken or gone(post), int(post.house.clock().timestamp())
    group = {"unsubscribe": "none", "spamreport": "none"}
    events = [
        post.sendgrid.event(mail, word, timestamp=now - ago, **({} if word in group else {"asm_group_id": number}))
        for word, ago, number in said
    ]
    assert post.tell(*events).status_code == 204


def is_suppressed(post: Post, address: str = KAYLA) -> bool:
    """Whether anything is kept from an address."""
    with post.house.store.read() as tx:
        return bool(store.suppressions(tx, [address]))


@pytest.mark.parametrize("posts", [1, 2], ids=["in one post", "in two"])
def test_who_joins_a_group_again_hears_of_us_again(post: Post, posts: int) -> None:
    said, taken = [(LEFT, 90, GROUP), (JOINED, 30, GROUP)], gone(post)
    for part in (said,) if posts == 1 else ([one] for one in said):
        tell(post, *part, taken=taken)
    assert not is_suppressed(post)


KEPT: dict[str, list[tuple[str, int, object]]] = {
    "another group": [(LEFT, 90, 8), (JOINED, 30, GROUP)],
    "everything": [("unsubscribe", 90, 0), (JOINED, 30, GROUP)],
    "a spam report": [("spamreport", 90, 0), (JOINED, 30, GROUP)],
    "left again since": [(LEFT, 90, GROUP), (LEFT, 10, GROUP), (JOINED, 30, GROUP)],
    "left again since, told late": [(LEFT, 10, GROUP), (LEFT, 90, GROUP), (JOINED, 30, GROUP)],
    "in the same second": [(LEFT, 30, GROUP), (JOINED, 30, GROUP)],
    "a group that is no number": [(LEFT, 90, "7"), (JOINED, 30, "7")],
    "no group at all": [(LEFT, 90, None), (JOINED, 30, None)],
}


@pytest.mark.parametrize("said", KEPT.values(), ids=KEPT)
def test_joining_a_group_takes_back_nothing_but_having_left_it_before(
    post: Post, said: list[tuple[str, int, object]]
) -> None:
    tell(post, *said)
    assert is_suppressed(post)


def test_joining_a_group_takes_back_no_person_s_word_and_no_stop(a_post: Post) -> None:
    def ask(tx: store.Tx) -> None:
        store.suppress(tx, KAYLA, "not wanted", origin="staff")
        store.opt_out(tx, KAYLA, "they wrote that they want no more messages")

    a_post.house.store.write(ask)
    tell(a_post, (LEFT, 90, GROUP), (JOINED, 30, GROUP), taken=other(a_post))
    with a_post.house.store.read() as tx:
        assert {one.origin for one in store.suppressions(tx, [KAYLA])} == {"staff", store.OPT_OUT}


def other(post: Post) -> dict[str, Any]:
    """A mail to somebody else, of which SendGrid says that it was about Kayla."""
    decide(post.house, post.sent(personalizations=[{"to": [{"email": SCOTT}]}]), "approve")
    dispatched(post.house)
    mail = post.sendgrid.mails[-1]
    mail["personalizations"][0]["to"] = [{"email": KAYLA}]
    return mail


def test_a_group_of_another_account_is_another_group(a_post: Post) -> None:
    origins = {store.list_origin(account, f"unsubscribe group {n}") for account in ("sendgrid", "east") for n in (7, 8)}
    assert len(origins) == 4
    assert all(len(origin) <= 60 for origin in origins)


STOPPED, HELD = ("stopped", "suppressed"), ("held", None)
GOES = {
    "an offer": ({"purpose": "marketing"}, None, STOPPED),
    "a greeting": ({"purpose": "birthday"}, None, STOPPED),
    "a receipt only by its words": ({}, None, STOPPED),
    "a receipt only by its words, of another group": ({}, 8, STOPPED),
    "a receipt of that group": ({"purpose": "receipt"}, GROUP, STOPPED),
    "a receipt of another group": ({"purpose": "receipt"}, 8, HELD),
    "a receipt of no group": ({"purpose": "receipt"}, None, HELD),
}


@pytest.mark.parametrize(("args", "group", "becomes"), GOES.values(), ids=GOES)
def test_leaving_a_group_stops_its_mails_and_whatever_does_not_surely_serve_its_reader(
    a_post: Post, args: dict[str, str], group: int | None, becomes: tuple[str, str | None]
) -> None:
    tell(a_post, (LEFT, 90, GROUP))
    facts.tell(a_post.house, people=[{"id": "kayla", "name": "Kayla Reed", "emails": [KAYLA]}])
    asm = {"asm": {"group_id": group, "groups_to_display": [group]}} if group else {}
    words = [{"type": "text/plain", "value": "Order confirmation #8812. We have received your order."}]
    made = a_post.look(a_post.sent(custom_args=args, content=words, **asm))
    assert (made.state, made.stop_reason) == becomes
    read = made.reading["purpose"]
    assert isinstance(read, dict)
    assert (read["name"], read["inferred"]) == (args.get("purpose", "receipt"), not args)


def test_what_waits_for_them_is_looked_at_again(a_post: Post) -> None:
    taken = gone(a_post)
    both = a_post.sent(personalizations=[{"to": [{"email": KAYLA}], "cc": [{"email": NATE}]}])

    def stops() -> bool:
        return "suppressed_address" in {finding.check for finding in a_post.look(both).findings}

    seen = [stops()]
    tell(a_post, (LEFT, 90, GROUP), taken=taken)
    seen.append(stops())
    tell(a_post, (JOINED, 30, GROUP), taken=taken)
    assert [*seen, stops()] == [False, True, False]
