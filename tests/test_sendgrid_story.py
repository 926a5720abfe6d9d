"""One mail to three people: one opted out, one waits, and what was cleared of the request goes in one call."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests
from sendgrid import EventWebhook, Mail, Personalization, To
from sendgrid.helpers.mail import Content, CustomArg, From

from sayso import facts, store
from sayso.message import Facts, Message
from sayso.runtime import Runtime
from tests.conftest import House, MakeHouse
from tests.fake_sendgrid import SIGNATURE, TIMESTAMP
from tests.mailing import KAYLA, NATE, SCOTT, SHOP, Post, mail, mailing, post
from tests.walk import decide, dispatched, relayed, swept

__all__ = ["post"]  # a fixture from elsewhere


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, make_house: MakeHouse) -> Iterator[Post]:
    """The story is the same on both databases."""
    settings = {"database_url": request.getfixturevalue("postgres_url")} if request.param == "postgresql" else {}
    with mailing(make_house, start=False, **settings) as made:
        yield made


def heard(house: House) -> list[dict[str, object]]:
    """The events that the CRM heard, each signed so that the vendor's own class believes it."""
    relayed(house)
    verifier, found = EventWebhook(house.source()["sendgrid"]["event_public_key"]), []
    for one in house.crm.posts():
        stamp, signature = (one.headers[name.lower()] for name in (TIMESTAMP, SIGNATURE))
        assert verifier.verify_signature(one.body.decode(), signature, stamp)
        found += json.loads(one.body)
    return found


def three(post: Post) -> str:
    """The X-Message-Id of a mail to three people by the vendor's own client."""
    message = Mail(from_email=From(SHOP, "Smith & Sons"), subject="Your ring", plain_text_content="It is ready.")
    for address in (NATE, SCOTT, KAYLA):  # the client puts each in front of the others
        own = Personalization()
        own.add_to(To(address))
        own.add_custom_arg(CustomArg("order", address.partition("@")[0]))
        message.add_personalization(own)
    message.add_content(Content("text/html", "<p>It is <b>ready</b>.</p>"))
    answer = post.client().send(message)
    assert (answer.status_code, answer.body) == (202, b"")
    assert len(answer.headers["X-Message-Id"]) == 22
    return str(answer.headers["X-Message-Id"])


def test_three_people_one_opted_out_two_go_together(either: Post) -> None:
    post, house = either, either.house
    post.hears()
    house.store.write(lambda tx: store.suppress(tx, NATE, "unsubscribed", origin="test"))
    first = three(post)
    assert [post.look(one).state for one in (first, f"{first}.1", f"{first}.2")] == ["held", "held", "stopped"]
    (dropped,) = heard(house)
    assert (dropped["event"], dropped["reason"], dropped["email"]) == ("dropped", "Unsubscribed Address", NATE)
    assert (dropped["order"], dropped["sg_message_id"]) == ("nate", f"{first}.2.sayso")

    decide(house, first, "approve")
    decide(house, f"{first}.1", "approve")
    dispatched(house)

    (taken,) = post.sendgrid.mails
    people = sorted(own["to"][0]["email"] for own in taken["personalizations"])
    assert people == [KAYLA, SCOTT]
    assert taken["from"] == {"email": SHOP, "name": "Smith & Sons"}
    assert [part["value"] for part in taken["content"]] == ["It is ready.", "<p>It is <b>ready</b>.</p>"]
    assert {post.look(one).provider_id for one in (first, f"{first}.1")} == {taken["id"]}

    events = [post.sendgrid.event(taken, "delivered", n) for n in (0, 1)]
    assert post.tell(*events, events[0]).status_code == 204
    assert [post.look(one).delivery for one in (first, f"{first}.1")] == ["delivered", "delivered"]
    told = heard(house)[1:]
    assert sorted((one["email"], one["order"]) for one in told) == [(KAYLA, "kayla"), (SCOTT, "scott")]
    assert [str(one["sg_message_id"]).startswith(first) for one in told] == [True, True]
    assert not any("sayso_message" in one or taken["id"] in json.dumps(one) for one in told)
    swept(house)


def test_an_ordinary_mail_waits_for_nothing_but_a_person(post: Post) -> None:
    assert post.look(post.sent()).findings == ()


def test_the_same_request_while_it_waits_hears_the_same_id(post: Post) -> None:
    body = mail()
    first, again = (post.send(body).headers["X-Message-Id"] for _ in range(2))
    assert first == again
    assert post.look(first).repeats == 1


@pytest.mark.parametrize("others", [pytest.param(2, id="looked-at-at-once"), pytest.param(40, id="looked-at-later")])
def test_a_request_of_which_one_may_not_be_written_to_is_met_again_while_the_others_wait(
    post: Post, others: int
) -> None:
    post.house.store.write(lambda tx: store.suppress(tx, NATE, "unsubscribed", origin="test"))
    people = [{"to": [{"email": who}]} for who in (NATE, *(f"guest{n}@example.com" for n in range(others)))]
    body = mail(personalizations=people)
    first = post.send(body).headers["X-Message-Id"]
    swept(post.house)
    assert post.send(body).headers["X-Message-Id"] == first
    assert (post.look(first).state, post.look(f"{first}.1").repeats) == ("stopped", 1)


def test_a_request_with_one_recipient_more_is_another_request_under_one_id_of_its_own(post: Post) -> None:
    two = mail(personalizations=[{"to": [{"email": who}]} for who in (KAYLA, SCOTT)])
    first = post.send(two).headers["X-Message-Id"]
    three = {**two, "personalizations": [*two["personalizations"], {"to": [{"email": NATE}]}]}
    second = post.send(three).headers["X-Message-Id"]
    assert second != first
    assert [post.look(f"{second}{end}").content.to for end in ("", ".1", ".2")] == [(KAYLA,), (SCOTT,), (NATE,)]
    assert [finding.check for finding in post.look(second).findings] == ["duplicate"]


def test_a_request_of_which_one_mail_has_gone_is_another_one_under_one_id_of_its_own(post: Post) -> None:
    two = mail(personalizations=[{"to": [{"email": who}]} for who in (KAYLA, SCOTT)])
    first = post.send(two).headers["X-Message-Id"]
    assert post.house.decide(first, "reject", reason="not_wanted").status_code == 200
    second, third = (post.send(two).headers["X-Message-Id"] for _ in range(2))
    assert first not in (second, third)
    assert post.look(f"{second}.1").content.to == (SCOTT,)


def test_every_mail_of_a_request_is_found_by_the_id_that_its_crm_saw(post: Post) -> None:
    found = post.sent(personalizations=[{"to": [{"email": who}]} for who in (KAYLA, SCOTT)])
    headers = {"Authorization": f"Bearer {post.house.source()['token']}"}
    url = f"{post.house.url}/api/messages/{found}.1"
    assert requests.get(url, headers=headers, timeout=10).json()["to"][0]["address"] == SCOTT


def test_a_purpose_that_nobody_knows_is_said_at_once(post: Post) -> None:
    answer = post.send(mail(custom_args={"purpose": "purchase_fedback"}))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "custom_args.purpose")
    assert "purchase_fedback" in answer.json()["errors"][0]["message"]


def test_whether_it_is_only_a_try_must_be_beyond_doubt(post: Post) -> None:
    answer = post.send(mail(mail_settings={"sandbox_mode": {"enable": "true"}}))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "mail_settings.sandbox_mode.enable"


@pytest.mark.parametrize("name", ["bcc", "spam_check", "something_new"])
def test_no_setting_adds_a_reader_whom_nobody_here_has_seen(post: Post, name: str) -> None:
    setting = {name: {"enable": True, "email": "ex@example.com", "post_to_url": "https://ex.example.com"}}
    answer = post.send(mail(mail_settings=setting))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, f"mail_settings.{name}")
    assert post.send(mail(mail_settings={name: {"enable": False}})).status_code == 202


def test_a_companion_that_cannot_be_screened_strands_no_other(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [{"to": [{"email": who}]} for who in (KAYLA, SCOTT, NATE)]
    sent = post.sent(personalizations=people)
    for crm_id in (sent, f"{sent}.1", f"{sent}.2"):
        decide(post.house, crm_id, "approve")
    bad, gather = post.look(f"{sent}.1").id, facts.gather

    def breaks(tx: store.Tx, runtime: Runtime, message: Message, given: facts.Given) -> Facts:
        if message.id == bad:
            raise ValueError("this one cannot be read")
        return gather(tx, runtime, message, given)

    monkeypatch.setattr(facts, "gather", breaks)
    dispatched(post.house)
    states = [post.look(crm_id).state for crm_id in (sent, f"{sent}.1", f"{sent}.2")]
    assert states == ["sent", "cleared", "sent"]


def test_sandbox_mode_is_answered_and_nothing_is_stored(post: Post) -> None:
    answer = post.send(mail(mail_settings={"sandbox_mode": {"enable": True}}))
    assert (answer.status_code, answer.content) == (200, b"")
    with post.house.store.read() as tx:
        assert store.count_states(tx) == {}
