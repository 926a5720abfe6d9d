"""What people write back by mail: only as SendGrid signs it, stored once, a stop counts, the CRM gets it as it came."""

from __future__ import annotations

import base64
import json

import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from requests import Request
from sendgrid import EventWebhook

from sayso import store
from tests.fake_sendgrid import SIGNATURE, TIMESTAMP, EventKey
from tests.mailing import KAYLA, Post, post
from tests.vendors import plain_http
from tests.walk import relayed

__all__ = ["post"]  # a fixture from elsewhere

REPLIES = "replies@jeweller.example"
PDF = ("ring.pdf", b"%PDF \xff\x00", "application/pdf")


def form(text: str = "Thank you.", **more: str | bytes) -> dict[str, str | bytes]:
    """The fields of an Inbound Parse post."""
    envelope = json.dumps({"to": [REPLIES], "from": KAYLA})
    given = {"from": f"Kayla <{KAYLA}>", "to": f"Shop <{REPLIES}>", "subject": "Re: Your ring", "text": text}
    return {"headers": "Message-ID: <1@example.com>", "envelope": envelope, "charsets": "{}"} | given | more


def parse(post: Post, fields: dict[str, str | bytes], key: EventKey | None = None, ago: float = 0) -> requests.Response:
    """SendGrid posts a mail."""
    url = f"{post.house.url}/inbound/sendgrid"
    files = {name: (None, value) for name, value in fields.items()} | {"attachment1": PDF}
    made = Request("POST", url, files=files).prepare()
    body = made.body
    assert isinstance(body, bytes)
    signed = (key or post.sendgrid.key).signed(body, post.house.clock().timestamp() - ago)
    return plain_http().post(
        url, data=body, headers={"Content-Type": made.headers["Content-Type"], **signed}, timeout=10
    )


def written(post: Post) -> tuple[store.Reply, ...]:
    """What is stored of what somebody wrote."""
    with post.house.store.read() as tx:
        return store.replies(tx, [KAYLA], 10)


def reason(post: Post) -> str | None:
    """Why nothing goes to them any more."""
    with post.house.store.read() as tx:
        return store.opted_out(tx, KAYLA)


def test_a_mail_is_stored_once_and_told_byte_for_byte(post: Post) -> None:
    post.hears()
    fields = form("Merci, c'est pr\u00eat".encode("latin-1"), charsets=json.dumps({"text": "iso-8859-1"}))
    assert [parse(post, fields).status_code for _ in range(2)] == [200, 200]
    (reply,) = written(post)
    assert (reply.heard.sender, reply.heard.to, reply.heard.channel) == (KAYLA, REPLIES, "email")
    assert reply.heard.text == "By e-mail:\nMerci, c'est prêt"
    relayed(post.house)
    (told,) = post.house.crm.posts()
    assert PDF[1] in told.body
    assert "Merci, c'est pr\u00eat".encode("latin-1") in told.body
    assert told.headers["content-type"].startswith("multipart/form-data; boundary=")
    verifier = EventWebhook(post.house.source()["sendgrid"]["event_public_key"])
    stamp, signature = (told.headers[name.lower()] for name in (TIMESTAMP, SIGNATURE))
    key = verifier.public_key
    key.verify(base64.b64decode(signature), stamp.encode() + told.body, ec.ECDSA(hashes.SHA256()))


def test_what_nobody_of_the_vendor_signed_is_refused(post: Post) -> None:
    assert parse(post, form(), key=EventKey()).status_code == 403
    assert plain_http().post(f"{post.house.url}/inbound/sendgrid", data=form(), timeout=10).status_code == 403
    assert written(post) == ()


def test_a_mail_that_the_vendor_brings_again_after_hours_is_not_lost(post: Post) -> None:
    assert parse(post, form(), ago=72 * 3600).status_code == 200
    assert len(written(post)) == 1


STOPS = {
    "word": (form("STOP"), True),
    "subject": (form("", subject="unsubscribe"), True),
    "wish": (form("Please take me off your list."), True),
    "page": (form("", html="<p>Please <b>unsubscribe</b> me</p>"), True),
    "quoted": (form("Lovely!\n\nOn Sat, 21 Nov 2026 Smith & Sons wrote:\n> Reply STOP to end these mails"), False),
    "below": (form("On Sat, 21 Nov 2026 Smith & Sons wrote:\n> Hello\n\nPlease unsubscribe me."), True),
    "thanks": (form("Thank you, see you on Saturday."), False),
    "raw": (form("", email="Subject: Hello\r\nContent-Type: text/plain\r\n\r\nSTOP\r\n"), True),
    "raw-page": (form("", email="Content-Type: text/html\r\n\r\n<p>Please unsubscribe me</p>\r\n"), True),
    "raw-latin": (
        form("", email="Content-Type: text/plain; charset=x-foo\r\n\r\nSTOP \xe9\r\n".encode("latin-1")),
        True,
    ),
    "raw-idna": (form("", email="Content-Type: text/plain; charset=idna\r\n\r\nSTOP..\r\n"), True),
    "raw-utf-7": (form("", email="Content-Type: text/plain; charset=utf-7\r\n\r\nSTOP +2AA-\r\n"), True),
    "raw-all-utf-7": (
        form("", email="Content-Type: text/plain; charset=UTF-7\r\n\r\n+AFMAVABPAFA-\r\n"),
        True,
    ),
    "raw-utf-16": (
        form("", email=b"Content-Type: text/plain; charset=utf-16le\r\n\r\n" + "STOP".encode("utf-16le")),
        True,
    ),
    "raw-odd-type": (form("", email="Content-Type: ((((text/plain\r\n\r\nSTOP\r\n"), True),
    "raw-comments": (form("", email=f"From: {'(' * 5_000}\r\n\r\nSTOP\r\n"), True),
    "raw-long-type": (
        form("", email="Content-Type: text/plain; " + 'a="b" ' * 3_000 + "\r\n\r\nSTOP\r\n"),
        True,
    ),
    "raw-deep": (
        form(
            "",
            email="".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(300))
            + "\r\nSTOP\r\n",
        ),
        True,
    ),
    "raw-many": (
        form(
            "",
            email="Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSTOP\r\n" + "--b\r\n\r\nx\r\n" * 30_000,
        ),
        True,
    ),
    "charset": (form("STOP", charsets='{"text": "x-foo"}'), True),
    "half-characters": (form("STOP +2AA-", charsets='{"text": "utf-7"}'), True),
    "deep-charsets": (form("STOP", charsets="[" * 100_000), True),
    "torn-page": (form("", html="<p>Please unsubscribe me</p><![foo[ x]]>" + "<a " * 8_000), True),
    "deep-envelope": (form("STOP", envelope="[" * 100_000), True),
}


@pytest.mark.parametrize(("fields", "stops"), STOPS.values(), ids=STOPS)
def test_a_wish_for_no_more_counts_and_what_they_quote_does_not(
    post: Post, fields: dict[str, str | bytes], stops: bool
) -> None:
    assert parse(post, fields).status_code == 200
    assert (reason(post) is not None) is stops


def test_a_mail_never_takes_a_stop_back_for_its_sender_is_easily_forged(post: Post) -> None:
    parse(post, form("STOP"))
    parse(post, form("START", subject="", headers="Message-ID: <2@example.com>"))
    parse(post, form("", subject="START", headers="Message-ID: <3@example.com>"))
    parse(post, form("START", headers="Message-ID: <4@example.com>"))
    assert reason(post)


@pytest.mark.parametrize(
    "fields", [form(**{"from": "nobody"}), form(**{"from": "(" * 5_000}), form(to="", envelope="{"), {}]
)
def test_a_form_without_a_sender_or_a_recipient_is_not_taken(post: Post, fields: dict[str, str | bytes]) -> None:
    assert parse(post, fields).status_code == 400
    assert written(post) == ()
