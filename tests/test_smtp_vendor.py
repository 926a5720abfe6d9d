"""E-mail through the shop's own mail server, a real one: what leaves, what its replies mean, and what is lost where."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default

import pytest

from sayso import store
from sayso.message import Content, Malformed
from sayso_providers import Change, smtp
from sayso_providers.base import mime
from tests import walk
from tests.conftest import House, MakeHouse
from tests.handing_in import email as a_mail
from tests.handing_in import handed_in
from tests.mail_server import KAYLA, RECEIPT, SCOTT, TILL, Upstream, listening, mailed, port, server, shop

__all__ = ["port", "server", "shop"]  # fixtures from elsewhere


def approved(house: House, sid: str, kind: str = "approve", **more: object) -> str:
    """The state of a message after it was approved and tried."""
    walk.decide(house, sid, kind, **more)
    walk.dispatched(house)
    return str(walk.look(house, sid).state)


def written(raw: bytes) -> EmailMessage:
    """A mail as its reader's program reads it."""
    return email.message_from_bytes(raw, policy=default)  # type: ignore[return-value]  # the policy's own class


def test_a_tills_receipt_waits_and_then_arrives_byte_for_byte(
    make_house: MakeHouse, server: Upstream, database_url: str
) -> None:
    house = make_house(start=False, smtp_relay_host="127.0.0.1", smtp_relay_port=server.port, database_url=database_url)
    house.source("till", purpose="receipt")
    with listening(house) as port:
        sid = mailed(house, port, RECEIPT, KAYLA, source="till", sender="bounces@shop.example.com")
    walk.dispatched(house)
    assert (walk.look(house, sid).state, server.mails) == ("held", [])
    assert approved(house, sid) == "sent"
    (taken,) = server.mails
    assert (taken.sender, taken.to, taken.raw) == ("bounces@shop.example.com", [KAYLA], RECEIPT)
    message = walk.look(house, sid)
    assert (message.provider_id, message.delivery, message.account) == ("Q0", "sent", "smtp")


HIDDEN = b"Bcc: scott@example.com,\r\n\tghost@example.com\r\nX-Sayso-Purpose: receipt\r\nX-SMTPAPI: {}\r\n"


def test_what_is_not_for_the_recipients_is_taken_out(shop: House, port: int, server: Upstream) -> None:
    approved(shop, mailed(shop, port, RECEIPT.replace(b"X-Mailer", HIDDEN + b"X-Mailer"), KAYLA, SCOTT))
    assert (server.mails[0].to, server.mails[0].raw) == ([KAYLA, SCOTT], RECEIPT)


TO_A_RELAY = {
    "mandrill": b"X-MC-BccAddress: ghost@example.com",
    "sparkpost": b'X-MSYS-API: {"options": {}}',
    "mailgun": b"X-Mailgun-Deliver-By: Fri, 25 Dec 2026 08:00:00 +0000",
    "mailjet": b"X-MJ-TemplateID: 7",
    "mailjet-too": b"X-Mailjet-TrackClick: 1",
    "postmark": b"x-pm-message-stream: broadcast",
    "amazon": b"X-SES-Configuration-Set: all",
    "folded": b"X-MC-BccAddress:\r\n ghost@example.com",
    "spaced": b"X-MC-BccAddress : ghost@example.com",
}
"""A header of each relay that would change whom a mail reaches, what it says or when it goes."""


@pytest.mark.parametrize("relay", TO_A_RELAY)
@pytest.mark.parametrize("changed", [{}, {"body": "Other words."}], ids=["as-it-came", "reworded"])
def test_a_mail_tells_no_relay_what_to_do_with_it(
    shop: House, port: int, server: Upstream, relay: str, changed: dict[str, str]
) -> None:
    sid = mailed(shop, port, RECEIPT.replace(b"X-Mailer", TO_A_RELAY[relay] + b"\r\nX-Mailer"))
    if changed:
        walk.decide(shop, sid, "edit", given=changed)
    assert approved(shop, sid) == "sent"
    head = server.mails[0].raw.partition(b"\r\n\r\n")[0]
    assert TO_A_RELAY[relay].partition(b":")[0].strip().lower() not in head.lower()


def test_a_mail_without_an_id_gets_one(shop: House, port: int, server: Upstream) -> None:
    own = b"Message-ID: <8812@shop.example.com>\r\n"
    sid = mailed(shop, port, RECEIPT.replace(own, b""))
    approved(shop, sid)
    made = f"Message-Id: <{sid}@shop.example.com>\r\n".encode()
    assert server.mails[0].raw == made + RECEIPT.replace(own, b"")


def test_a_page_with_its_files_arrives_as_it_was(shop: House, port: int, server: Upstream) -> None:
    raw = page().as_bytes()
    approved(shop, mailed(shop, port, raw))
    assert server.mails[0].raw == raw


def test_other_words_go_without_the_old_ones_and_with_the_files(shop: House, port: int, server: Upstream) -> None:
    made = page(html=False)
    sid = mailed(shop, port, made.as_bytes())
    walk.decide(shop, sid, "edit", given={"body": "Grüße, Kayla.", "subject_line": "Dein Beleg"})
    approved(shop, sid)
    heard = written(server.mails[0].raw)
    assert heard["Subject"] == "Dein Beleg"
    assert (heard["From"], heard["To"], heard["X-Mailer"]) == (made["From"], made["To"], "The Till 9")
    assert heard.get_body().get_content() == "Grüße, Kayla.\r\n"
    (file,) = heard.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("receipt.pdf", b"%PDF-1.7 \xff\x00")
    assert b"purchase" not in server.mails[0].raw


def test_new_words_take_the_place_of_a_page_too() -> None:
    raw = mime.enveloped(page().as_bytes(), TILL, (KAYLA,))
    read = mime.read(raw)
    fields = (("mime", "part"), ("html", "Thank you"), ("subject_line", read.subject))
    before = Content((KAYLA,), TILL, read.text, fields=fields, subject_line=read.subject, html=read.html)
    after = smtp.revise(before, Change(body="Hello"), "US")
    assert (after.body, after.html, after.seen, dict(after.fields).get("html")) == ("Hello", None, None, None)
    heard = written(smtp._reworded(read, after))
    assert [part.get_content_type() for part in heard.walk()] == ["multipart/mixed", "text/plain", "application/pdf"]


def test_another_subject_line_changes_nothing_else(shop: House, port: int, server: Upstream) -> None:
    raw = page().as_bytes()
    sid = mailed(shop, port, raw)
    walk.decide(shop, sid, "edit", given={"subject_line": "Thank you"})
    approved(shop, sid)
    assert server.mails[0].raw == raw.replace(b"Subject: Your receipt", b"Subject: Thank you")


def test_who_was_left_out_stands_in_no_header(shop: House, port: int, server: Upstream) -> None:
    two = b'To: "Reed, Kayla" <kayla@example.com>,\r\n Scott <scott@example.com>\r\nCc: boss@example.com'
    raw = RECEIPT.replace(b"To: Kayla Reed <kayla@example.com>", two)
    sid = mailed(shop, port, raw, KAYLA, SCOTT, "boss@example.com")
    walk.decide(shop, sid, "edit", given={"drop": [SCOTT, "boss@example.com"]})
    approved(shop, sid)
    kept = raw.replace(two, b'To: "Reed, Kayla" <kayla@example.com>')
    assert (server.mails[0].to, server.mails[0].raw) == ([KAYLA], kept)


def test_whoever_gets_it_instead_is_the_only_one_named(shop: House, port: int, server: Upstream) -> None:
    sid = mailed(shop, port)
    new = walk.decide(shop, sid, "redirect", walk.person(shop, role="manager"), given={"to": SCOTT})
    assert (new.content.to, new.door, walk.look(shop, sid).state) == ((SCOTT,), "desk", "stopped")
    approved(shop, new.id)
    assert server.mails[0].to == [SCOTT]
    assert server.mails[0].raw == RECEIPT.replace(b"Kayla Reed <kayla@example.com>", b"scott@example.com")


@pytest.mark.parametrize("to", ["nobody", "a@b@c", "x y@example.com"])
def test_a_mail_cannot_go_to_what_is_no_address(to: str) -> None:
    with pytest.raises(Malformed, match="is no e-mail address"):
        smtp.revise(Content((KAYLA,), TILL, "Hello"), Change(to=to), "US")


def test_our_own_door_sends_text_and_page(shop: House, server: Upstream) -> None:
    given = a_mail(**{"from": "Die Goldschmiede <laden@example.com>"}, subject_line="Grüße", html="<p>Ring</p>")
    sid = str(handed_in(shop, given)["id"])
    assert approved(shop, sid) == "sent"
    (taken,) = server.mails
    heard = written(taken.raw)
    assert (taken.sender, taken.to) == ("laden@example.com", [KAYLA])
    assert (heard["From"], heard["To"], heard["Subject"]) == (given["from"], KAYLA, "Grüße")
    assert heard["Message-ID"] == f"<{walk.look(shop, sid).crm_id}@example.com>"
    assert heard["Date"]
    assert heard.get_content_type() == "multipart/alternative"
    assert [part.get_content().strip() for part in heard.iter_parts()] == [given["body"], "<p>Ring</p>"]


def test_without_a_vendor_of_mail_the_shops_server_carries_it(make_house: MakeHouse, server: Upstream) -> None:
    assert make_house(start=False).runtime.carriers("crm")["email"] == "sendgrid"
    with_server = make_house(start=False, smtp_relay_host="127.0.0.1", smtp_relay_port=server.port)
    assert with_server.runtime.carriers("crm")["email"] == "smtp"


REPLIES = {
    "mailbox": ({"RCPT": "550 5.1.1 No such user"}, "failed", "5.1.1"),
    "sender": ({"MAIL": "553 5.7.1 Not yours"}, "failed", "5.7.1"),
    "spam": ({"DATA": "554 Spam"}, "failed", "554"),
    "greylisted": ({"RCPT": "450 4.2.0 Come again"}, "cleared", None),
    "full": ({"DATA": "452 4.3.1 Disk full"}, "cleared", None),
    "busy": ({"MAIL": "421 4.3.2 Busy"}, "cleared", None),
}


@pytest.mark.parametrize("what", REPLIES)
def test_a_definite_no_ends_it_and_any_other_is_tried_again(
    shop: House, port: int, server: Upstream, what: str
) -> None:
    server.says, state, code = REPLIES[what]
    sid = mailed(shop, port)
    assert approved(shop, sid) == state
    assert walk.look(shop, sid).error_code == code
    if state == "cleared":
        server.says = {}
        shop.clock.forward(minutes=2)
        walk.dispatched(shop)
        assert (walk.look(shop, sid).state, len(server.mails)) == ("sent", 1)


def test_whom_the_server_does_not_know_is_told_and_the_others_get_it(shop: House, port: int, server: Upstream) -> None:
    server.says = {f"RCPT {SCOTT}": "550 5.1.1 No such user"}
    sid = mailed(shop, port, RECEIPT, KAYLA, SCOTT)
    assert approved(shop, sid) == "sent"
    assert server.mails[0].to == [KAYLA]
    with shop.store.read() as tx:
        told = [detail for kind, detail, _ in store.read_incidents(tx, walk.look(shop, sid).id)]
    assert told == [f"{SCOTT}: 550 5.1.1 No such user"]


def test_while_one_is_to_be_tried_again_nobody_gets_it(shop: House, port: int, server: Upstream) -> None:
    server.says = {f"RCPT {SCOTT}": "450 4.2.0 Come again"}
    assert approved(shop, mailed(shop, port, RECEIPT, KAYLA, SCOTT)) == "cleared"
    assert server.mails == []


def test_an_answer_that_was_lost_is_no_no(shop: House, port: int, server: Upstream) -> None:
    server.drops = "after"
    sid = mailed(shop, port)
    assert approved(shop, sid) == "unconfirmed"
    shop.clock.forward(hours=1)
    walk.dispatched(shop)
    assert len(server.mails) == 1


QUEUED = {
    "2.0.0 Ok: queued as 4F2A9": "4F2A9",
    "OK id=1rKx2P-0001": "1rKx2P-0001",
    "2.6.0 <8812@shop.example.com> Queued mail for delivery": "<8812@shop.example.com> Queued mail for delivery",
    "": "m1",
}


@pytest.mark.parametrize(("said", "name"), QUEUED.items())
def test_the_servers_own_name_of_a_mail_is_kept(said: str, name: str, shop: House) -> None:
    message = walk.look(shop, str(handed_in(shop, a_mail())["id"]))
    assert smtp._queue_id(said, message) == (name if name != "m1" else message.id)


FATES = {"delivered@example.com": ("sent", "sent"), "bounced+1@example.com": ("failed", "failed")}


@pytest.mark.parametrize("address", FATES)
def test_in_test_mode_nothing_leaves_and_a_mailbox_can_be_unknown(
    make_house: MakeHouse, server: Upstream, address: str
) -> None:
    house = make_house(start=False, mode="test", smtp_relay_host="127.0.0.1", smtp_relay_port=server.port)
    with house.store.read() as tx:
        assert store.find_source(tx, name="crm") is None
    house.runtime.routes["crm"] = {"email": "smtp"}  # type: ignore[index]  # as the file's [sources.crm] routes
    with listening(house) as port:
        sid = mailed(house, port, RECEIPT, address)
    approved(house, sid)
    walk.swept(house)
    message = walk.look(house, sid)
    assert ((message.state, message.delivery), server.mails) == (FATES[address], [])


def page(*, html: bool = True) -> EmailMessage:
    """A mail with a file, and with a page beside its text."""
    made = EmailMessage(policy=default.clone(linesep="\r\n"))
    made["From"], made["To"], made["Subject"] = "The Shop <till@shop.example.com>", KAYLA, "Your receipt"
    made["Message-ID"], made["X-Mailer"] = "<8813@shop.example.com>", "The Till 9"
    made.set_content("Thank you for your purchase.")
    if html:
        made.add_alternative("<p>Thank you</p><img src='cid:logo'>", subtype="html")
        logo = made.get_payload()[1]
        logo.add_related(b"\x89PNG\x00", "image", "png", cid="<logo>")
    made.add_attachment(b"%PDF-1.7 \xff\x00", maintype="application", subtype="pdf", filename="receipt.pdf")
    return made
