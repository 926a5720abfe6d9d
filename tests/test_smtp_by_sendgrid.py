"""Mails of a till that leave through SendGrid's API, which takes parts and no mail as a whole."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests import walk
from tests.conftest import House, MakeHouse
from tests.fake_sendgrid import API_KEY, FakeSendGrid
from tests.mail_server import KAYLA, RECEIPT, SCOTT, TILL, listening, mailed, refused
from tests.vendors import serve

BOSS = "boss@example.com"


@pytest.fixture
def sendgrid() -> FakeSendGrid:
    """SendGrid."""
    return FakeSendGrid()


@pytest.fixture
def shop(make_house: MakeHouse, sendgrid: FakeSendGrid) -> Iterator[House]:
    """A house whose mails leave by SendGrid."""
    with serve(sendgrid.answer) as server:
        yield make_house(start=False, sendgrid_api_key=API_KEY, sendgrid_api_url=server.url)


@pytest.fixture
def port(shop: House) -> Iterator[int]:
    """The listener's port."""
    with listening(shop) as here:
        yield here


def page() -> bytes:
    """A mail with a page, a file and a picture in the page."""
    made = EmailMessage()
    made["From"], made["To"], made["Cc"] = f"Die Goldschmiede <{TILL}>", f'"Reed, Kayla" <{KAYLA}>', BOSS
    made["Subject"], made["Reply-To"], made["List-Unsubscribe"] = "Grüße", BOSS, "<https://shop.example/no>"
    made["Message-ID"], made["X-Sayso-Purpose"] = "<8814@shop.example.com>", "receipt"
    made["X-SMTPAPI"] = '{"category": "till", "unique_args": {"order": 8812}, "asm_group_id": 7}'
    made.set_content("The ring is ready.")
    made.add_alternative("<p>The ring</p><img src='cid:logo'>", subtype="html")
    made.get_payload()[1].add_related(b"PNG", "image", "png", cid="<logo>")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="receipt.pdf")
    return made.as_bytes()


def test_a_mail_becomes_a_request_of_its_parts(shop: House, port: int, sendgrid: FakeSendGrid) -> None:
    sid = mailed(shop, port, page(), KAYLA, BOSS, SCOTT)
    walk.decide(shop, sid, "approve")
    walk.dispatched(shop)
    (mail,), message = sendgrid.mails, walk.look(shop, sid)
    assert (message.state, message.provider_id) == ("sent", mail["id"])
    assert mail["personalizations"] == [
        {
            "to": [{"email": KAYLA, "name": "Reed, Kayla"}],
            "cc": [{"email": BOSS}],
            "bcc": [{"email": SCOTT}],
            "custom_args": {"order": "8812", "sayso_message": message.id},
        }
    ]
    assert (mail["from"], mail["reply_to"]) == ({"email": TILL, "name": "Die Goldschmiede"}, {"email": BOSS})
    assert (mail["subject"], mail["categories"], mail["asm"]) == ("Grüße", ["till"], {"group_id": 7})
    assert [part["type"] for part in mail["content"]] == ["text/plain", "text/html"]
    assert [part["value"].strip() for part in mail["content"]] == [
        "The ring is ready.",
        "<p>The ring</p><img src='cid:logo'>",
    ]
    assert [(file["filename"], file["disposition"]) for file in mail["attachments"]] == [
        ("image/png", "inline"),
        ("receipt.pdf", "attachment"),
    ]
    assert base64.b64decode(mail["attachments"][1]["content"]) == b"%PDF"
    assert mail["headers"] == {"List-Unsubscribe": "<https://shop.example/no>"}


def test_no_header_of_a_mail_tells_another_relay_what_to_do_with_it(
    shop: House, port: int, sendgrid: FakeSendGrid
) -> None:
    told = b"X-MC-BccAddress: ghost@example.com\r\nX-MSYS-API: {}\r\nX-PM-Tag: till\r\nX-Till: 3\r\n"
    sid = mailed(shop, port, told + RECEIPT)
    walk.decide(shop, sid, "approve")
    walk.dispatched(shop)
    assert sendgrid.mails[0]["headers"] == {"X-Till": "3", "X-Mailer": "The Till 9"}


def test_what_was_changed_is_what_leaves(shop: House, port: int, sendgrid: FakeSendGrid) -> None:
    sid = mailed(shop, port, RECEIPT, KAYLA, SCOTT)
    walk.decide(shop, sid, "edit", given={"body": "Hello Kayla.", "subject_line": "News", "drop": [SCOTT]})
    walk.decide(shop, sid, "approve")
    walk.dispatched(shop)
    (mail,) = sendgrid.mails
    assert mail["personalizations"][0]["to"] == [{"email": KAYLA, "name": "Kayla Reed"}]
    assert "bcc" not in mail["personalizations"][0]
    assert (mail["subject"], mail["content"]) == ("News", [{"type": "text/plain", "value": "Hello Kayla."}])


def test_whoever_gets_it_instead_is_addressed_by_address_alone(shop: House, port: int, sendgrid: FakeSendGrid) -> None:
    sid = mailed(shop, port)
    new = walk.decide(shop, sid, "redirect", walk.person(shop, role="manager"), given={"to": SCOTT})
    walk.decide(shop, new.id, "approve")
    walk.dispatched(shop)
    assert sendgrid.mails[0]["personalizations"][0]["to"] == [{"email": SCOTT}]


def test_an_address_that_sendgrid_would_refuse_is_refused_at_once(shop: House, port: int) -> None:
    raw = RECEIPT.replace(b"till@shop.example.com>\r\nTo", b"till@shop>\r\nTo")
    assert refused(shop, port, raw).startswith("554 5.6.0 from must be an e-mail address that SendGrid takes.")
