"""The SMTP listener as a till meets it: through the standard library's client, and Node's where it is installed."""

from __future__ import annotations

import json
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from standardwebhooks.webhooks import Webhook

from sayso import store
from sayso_providers.base import mime
from tests import walk
from tests.conftest import House
from tests.mail_server import KAYLA, RECEIPT, SCOTT, TILL, mailed, port, refused, server, shop
from tests.standing import count_rows
from tests.storytelling import tell

__all__ = ["port", "server", "shop"]  # fixtures from elsewhere


def with_headers(**more: str) -> bytes:
    """The receipt with further headers."""
    return "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in more.items()).encode() + RECEIPT


def test_a_mail_is_stored_before_it_is_acknowledged(shop: House, port: int) -> None:
    message = walk.look(shop, mailed(shop, port))
    assert (message.channel, message.door, message.provider, message.state) == ("email", "smtp", "smtp", "held")
    assert message.content.to == (KAYLA,)
    assert message.content.sender == "The Shop <till@shop.example.com>"
    assert message.content.subject_line == "Your receipt"
    assert message.content.body == "Thank you for your purchase, Kayla.\n.A line with a dot, and café."
    assert message.content.html is None


def test_the_mails_own_bytes_are_kept(shop: House, port: int) -> None:
    message = walk.look(shop, mailed(shop, port))
    with shop.store.read() as tx:
        kept = store.read_part(tx, message.content.part or "") or b""
    assert kept.endswith(RECEIPT)
    assert mime.envelope(kept) == (TILL, (KAYLA,))


def test_a_page_is_read_as_its_reader_sees_it(shop: House, port: int) -> None:
    page = EmailMessage()
    page["From"], page["To"], page["Subject"] = TILL, KAYLA, "Grüße aus dem Laden"
    page.set_content("Your ring is ready.")
    page.add_alternative("<p>Your <b>ring</b> is ready.</p>", subtype="html")
    page.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="receipt 8812.pdf")
    content = walk.look(shop, mailed(shop, port, page.as_bytes())).content
    assert content.subject_line == "Grüße aus dem Laden"
    assert (content.body, content.html) == ("Your ring is ready.", "<p>Your <b>ring</b> is ready.</p>")
    assert dict(content.fields)["html"] == "Your ring is ready."
    assert dict(content.fields)["attachment"] == "receipt 8812.pdf"


def test_a_page_without_a_text_is_seen(shop: House, port: int) -> None:
    page = EmailMessage()
    page["From"], page["To"], page["Subject"] = TILL, KAYLA, "Hello"
    page.set_content("<p>Your ring is <a href='https://shop.example'>here</a></p>", subtype="html")
    content = walk.look(shop, mailed(shop, port, page.as_bytes())).content
    assert (content.body, content.seen) == (None, "Your ring is here (https://shop.example)")


def test_every_recipient_of_the_envelope_is_judged_the_hidden_ones_too(shop: House, port: int) -> None:
    shop.store.write(lambda tx: store.suppress(tx, SCOTT, "asked", origin="desk"))
    message = walk.look(shop, mailed(shop, port, RECEIPT, KAYLA, SCOTT, "bcc@example.com"))
    assert message.content.to == (KAYLA, SCOTT, "bcc@example.com")
    assert [found.subject for found in message.findings if found.check == "suppressed_address"] == ["1"]
    assert message.state == "held"  # somebody may leave him out


def test_a_mail_to_nobody_who_may_be_written_to_is_refused(shop: House, port: int) -> None:
    for address in (KAYLA, SCOTT):
        shop.store.write(lambda tx, address=address: store.suppress(tx, address, "asked", origin="desk"))
    assert refused(shop, port, RECEIPT, KAYLA, SCOTT).startswith("550 5.7.1 This recipient must not be written to.")


def test_a_mail_in_every_writing_is_taken(shop: House, port: int) -> None:
    raw = (
        "From: Zoë <zoë@bücher.example>\r\nTo: josé@example.com\r\nSubject: Café\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\nDas Stück ist da: 💍\r\n"
    ).encode()
    content = walk.look(shop, mailed(shop, port, raw, "josé@example.com", sender="zoë@bücher.example")).content
    assert (content.to, content.subject_line) == (("josé@example.com",), "Café")
    assert (content.sender, content.body) == ("Zoë <zoë@bücher.example>", "Das Stück ist da: 💍")


SAID = {
    "headers": (
        {"X_Sayso_Purpose": "receipt", "X_Sayso_Subject": "purchase/8812", "X_Sayso_Person": "kayla"},
        ("receipt", "purchase/8812", "kayla"),
    ),
    "unique-args": (
        {"X_SMTPAPI": json.dumps({"unique_args": {"purpose": "receipt", "subject": "purchase/8812", "till": 3}})},
        ("receipt", "purchase/8812", None),
    ),
    "category": ({"X_SMTPAPI": json.dumps({"category": ["till", "receipt"]})}, ("receipt", None, None)),
    "nothing": ({}, (None, None, None)),
}


@pytest.mark.parametrize("way", SAID)
def test_a_mail_says_what_it_is_for_in_its_headers(shop: House, port: int, way: str) -> None:
    given, expected = SAID[way]
    message = walk.look(shop, mailed(shop, port, with_headers(**given)))
    assert (message.purpose, message.subject, message.person) == expected


def test_a_mail_that_says_nothing_is_for_what_its_source_is_for(shop: House, port: int) -> None:
    shop.source("till", purpose="receipt")
    assert walk.look(shop, mailed(shop, port, source="till")).purpose == "receipt"


REFUSED = {
    "purpose": (with_headers(X_Sayso_Purpose="recipt"), "554 5.6.0 X-Sayso-Purpose"),
    "subject": (with_headers(X_Sayso_Subject="8812"), "554 5.6.0 subject says"),
    "smtpapi": (with_headers(X_SMTPAPI="{"), "554 5.6.0 X-SMTPAPI must be"),
    "merge": (with_headers(X_SMTPAPI='{"to": ["x@example.com"]}'), "554 5.6.0 X-SMTPAPI: sayso takes no 'to'"),
    "send-at": (with_headers(X_SMTPAPI='{"send_at": "soon"}'), "554 5.6.0 X-SMTPAPI: send_at"),
    "two-subjects": (with_headers(Subject="Another"), "554 5.6.0 This mail cannot be taken: it has more than one"),
    "no-sender": (b"Subject: x\r\n\r\nHello\r\n", "554 5.6.0 This mail has no From header"),
    "words": (RECEIPT + b"All the words there are.\r\n" * 50_000, "552 5.3.4"),
    "nested": (
        b"From: a@example.com\r\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(60)),
        "554 5.6.0 This mail cannot be taken: its parts are nested too deeply",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_mail_that_cannot_be_taken_is_refused_at_once(shop: House, port: int, what: str) -> None:
    raw, said = REFUSED[what]
    assert refused(shop, port, raw).startswith(said)
    assert count_rows(shop) == 0


def test_a_mail_to_somebody_who_may_not_be_written_to_is_refused_in_the_lane_that_nobody_reads(
    shop: House, port: int
) -> None:
    shop.store.write(lambda tx: store.suppress(tx, KAYLA, "asked", origin="desk"))
    raw = with_headers(X_Sayso_Purpose="otp").replace(b"Thank you for your purchase, Kayla.", b"Your code is 123456.")
    assert refused(shop, port, raw).startswith("550 5.7.1 This recipient must not be written to.")
    assert count_rows(shop) == 1


def test_the_same_mail_sent_again_is_the_same_message(shop: House, port: int) -> None:
    first = mailed(shop, port)
    assert mailed(shop, port, b"Received: from elsewhere\r\n" + RECEIPT) == first
    walk.decide(shop, first, "approve")
    walk.dispatched(shop)
    assert mailed(shop, port) == first
    assert count_rows(shop) == 1


def test_the_same_mail_to_somebody_else_or_of_another_source_is_another(shop: House, port: int) -> None:
    ids = {mailed(shop, port), mailed(shop, port, RECEIPT, SCOTT), mailed(shop, port, source="other")}
    ids.add(mailed(shop, port, RECEIPT.replace(b"Thank you", b"Thanks")))
    assert len(ids) == count_rows(shop) == 4


def test_another_file_under_the_same_message_id_is_another_mail(shop: House, port: int) -> None:
    def with_file(data: bytes) -> bytes:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = "till@example.com", KAYLA, "Your receipt"
        mail["Message-ID"] = "<till@example.com>"
        mail.set_content("Your receipt is attached.")
        mail.add_attachment(data, maintype="application", subtype="pdf", filename="receipt.pdf")
        return mail.as_bytes()

    assert mailed(shop, port, with_file(b"one")) != mailed(shop, port, with_file(b"two"))
    assert count_rows(shop) == 2


def test_a_crm_hears_at_its_own_place_what_became_of_its_mail(shop: House, port: int) -> None:
    source = shop.source()
    url = f"{shop.crm.url}/heard"
    shop.store.write(lambda tx: store.set_webhooks(tx, store.find_source(tx, name="crm"), {"events": url}))
    sent, rejected = mailed(shop, port), mailed(shop, port, RECEIPT, SCOTT)
    walk.decide(shop, sent, "approve")
    walk.dispatched(shop)
    walk.decide(shop, rejected, "reject", reason="wrong_time")
    walk.relayed(shop)
    heard = [Webhook(source["webhook_secret"]).verify(one.body, one.headers) for one in shop.crm.posts()]
    said = [(one["type"], one["data"]["crm_id"], one["data"]["metadata"]["message_id"]) for one in heard]
    assert said == [
        ("message.sent", sent, "<8812@shop.example.com>"),
        ("message.stopped", rejected, "<8812@shop.example.com>"),
    ]


def test_a_surprise_in_a_mail_waits(shop: House, port: int) -> None:
    tell(
        shop,
        people=[
            {"id": "kayla", "name": "Kayla Reed", "emails": [KAYLA]},
            {"id": "scott", "name": "Scott Miller", "emails": [SCOTT]},
        ],
        purchases=[{"id": "8812", "at": "2026-11-12T16:20:00Z", "purchaser": "scott", "gift_for": "kayla"}],
        embargoes=[{"id": "e1", "subject": "purchase/8812", "hide_from": ["kayla"]}],
    )
    raw = with_headers(X_Sayso_Purpose="receipt", X_Sayso_Subject="purchase/8812")
    message = walk.look(shop, mailed(shop, port, raw, SCOTT, KAYLA))
    assert {"embargo", "recipient_role"} & {found.check for found in message.findings if found.verdict == "stop"}
