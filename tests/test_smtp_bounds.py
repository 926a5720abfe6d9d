"""What the SMTP listener takes for a mail: as much as a real one has, in a writing that every mail program reads."""

from __future__ import annotations

import time
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

import pytest

from sayso.smtp.listening import LARGEST
from sayso_providers.base import mime
from tests import walk
from tests.conftest import House
from tests.mail_server import KAYLA, TILL, Upstream, mailed, port, refused, server, shop
from tests.standing import count_rows

__all__ = ["port", "server", "shop"]  # fixtures from elsewhere

HEAD = f"From: {TILL}\r\nTo: {KAYLA}\r\nSubject: Your receipt\r\n".encode()
UNREAD = "554 5.6.0 This mail cannot be taken: "


def nested(depth: int, tail: bytes = b"Hello\r\n") -> bytes:
    """A text within so many multiparts."""
    opened = [b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(depth)]
    return HEAD + b"".join(opened) + b"\r\n" + tail


def parted(count: int, head: bytes = b"") -> bytes:
    """A mail of so many parts."""
    part = b"--b\r\n" + head + b"\r\nx\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def headed(header: bytes) -> bytes:
    """A mail with this header."""
    return HEAD.replace(b"Subject: Your receipt\r\n", b"") + header + b"\r\n\r\nHello\r\n"


TOO_MUCH = {
    "nested": (nested(21), "its parts are nested too deeply"),
    "nested-forwarded": (HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 21, "its parts are nested too deeply"),
    "parts": (parted(1001), "it has more than 1,000 parts"),
    "lines": (nested(1, b"\r\n" * 500_001), "it has more than 500,000 lines"),
    "head": (HEAD + b"X-A: a\r\n" * 40_000 + b"\r\nHello\r\n", "its headers are longer than 256 KB"),
    "heads": (parted(600, b"X-A: " + b"a" * 1000 + b"\r\n"), "the headers of its parts are longer than 512 KB"),
    "subject": (headed(b"Subject:" + b"\r\n =?utf-8?q?a?=" * 5000), "its Subject header is longer than 65,536"),
    "kind": (headed(b"Content-Type: text/plain" + b";" * 5000), "its Content-Type header is longer than 4,000"),
    "comments": (headed(b"Reply-To: " + b"(" * 3000), "a header that names people has comments within comments"),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_more_than_a_mail_is_refused_for_good_and_in_words(shop: House, port: int, what: str) -> None:
    raw, why = TOO_MUCH[what]
    assert refused(shop, port, raw).startswith(UNREAD + why)
    assert count_rows(shop) == 0


def test_a_mail_that_is_too_much_is_not_read_to_its_end() -> None:
    raw, began = parted(200_000), time.process_time()
    with pytest.raises(mime.Unreadable):
        mime.read(raw)
    assert time.process_time() - began < 2  # reading it to its end takes ten


def test_a_header_on_very_many_lines_leaves_as_fast_as_any_other() -> None:
    kept = mime.enveloped(HEAD + b"X-A: a" + b"\r\n x" * 400_000 + b"\r\n\r\nHello\r\n", TILL, (KAYLA,))
    began = time.process_time()
    assert mime.outgoing(kept, {}) == kept.partition(f"{KAYLA}\r\n".encode())[2]
    assert time.process_time() - began < 5  # put together line by line, it takes half a minute


def forwarding() -> bytes:
    """A text, an invitation, a mail that was forwarded whole, and a signature over all of it."""
    inner = EmailMessage()
    inner["From"], inner["Subject"] = KAYLA, "My ring"
    inner.set_content("Is it ready?")
    made = EmailMessage()
    made.set_content("It is ready, come and see.")
    made.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar")
    made.add_attachment(inner)
    signed = MIMEMultipart("signed", protocol="application/pkcs7-signature")
    signed.attach(made)
    signed.attach(MIMEApplication(b"PKCS", "pkcs7-signature", name="smime.p7s"))
    signed["From"], signed["To"], signed["Subject"] = TILL, KAYLA, "Re: My ring"
    return signed.as_bytes(policy=SMTP)


def with_a_file(size: int) -> bytes:
    """A mail with a file of so many bytes."""
    made = MIMEMultipart()
    made["From"], made["To"], made["Subject"] = TILL, KAYLA, "The photos"
    made.attach(MIMEText("Here they are."))
    made.attach(MIMEApplication(b"\xff" * size, name="photos.zip"))
    return made.as_bytes(policy=SMTP)


def to_many() -> bytes:
    """A mail that names a thousand people."""
    names = b",\r\n ".join(b"A Person With A Long Name <%s%d@example.com>" % (b"p" * 40, n) for n in range(1000))
    return headed(b"Cc: " + names)


REAL = {"forwarding": forwarding, "file": lambda: with_a_file(2_000_000), "many": to_many, "deep": lambda: nested(20)}


@pytest.mark.parametrize("what", REAL)
def test_what_real_mails_have_is_taken_and_leaves_as_it_came(
    shop: House, port: int, server: Upstream, what: str
) -> None:
    raw = REAL[what]()
    sid = mailed(shop, port, raw)
    walk.decide(shop, sid, "approve")
    walk.dispatched(shop)
    assert server.mails[0].raw.endswith(raw)  # a Message-ID is put on top


def test_the_largest_mail_that_is_offered_is_read() -> None:
    raw = with_a_file(21_900_000)
    assert 29_500_000 < len(raw) < LARGEST
    (file,) = mime.read(raw).files
    assert (file.name, len(file.data)) == ("photos.zip", 21_900_000)


def test_what_we_put_on_top_makes_no_mail_too_much() -> None:
    raw = HEAD + b"X-A: a\r\n" * 23_000 + b"\r\n" + b"\r\n" * 499_999
    many = [f"{'p' * 60}{n}@{'d' * 60}.{'e' * 60}.{'f' * 60}.example.com" for n in range(1000)]
    assert mime.read(mime.enveloped(raw, TILL, many)).subject == mime.read(raw).subject


def written(charset: str, body: bytes = b"Your ring is ready") -> bytes:
    """A mail whose words say that they are written so."""
    return HEAD + b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + body + b"\r\n"


NOT_OF_MAIL = ("x-none", "unicode_escape", "raw_unicode_escape", "rot13", "punycode", "idna", "utf-7", "hex", "base64")
NOT_OF_MAIL = (*NOT_OF_MAIL, "zlib", "utf-16", "utf-8-sig", "cp037", "undefined", "mbcs")


@pytest.mark.parametrize("charset", NOT_OF_MAIL)
def test_words_in_a_writing_that_mail_programs_do_not_know_are_refused(charset: str) -> None:
    with pytest.raises(mime.Unreadable, match="which mail programs do not know; write it in UTF-8"):
        mime.read(written(charset))


def test_such_words_are_refused_to_the_till(shop: House, port: int) -> None:
    assert refused(shop, port, written("x-none")).startswith(UNREAD + "it is written in 'x-none'")


KNOWN = {
    "": "Grüße".encode(),
    "UTF-8": "Grüße".encode(),
    "us-ascii": "Grüße".encode(),
    "iso-8859-1": "Grüße".encode("latin-1"),
    "windows-1252": "Grüße".encode("cp1252"),
    "iso-8859-15": "Grüße".encode("iso-8859-15"),
    "macintosh": "Grüße".encode("mac-roman"),
    "gb18030": "Grüße".encode("gb18030"),
}


@pytest.mark.parametrize("charset", KNOWN)
def test_words_in_a_writing_of_mails_are_read(charset: str) -> None:
    assert mime.read(written(charset, KNOWN[charset])).text == "Grüße"


def test_a_file_may_be_written_in_anything() -> None:
    raw = written("x-none").replace(b"Content-Type", b"Content-Disposition: attachment; filename=a.txt\r\nContent-Type")
    read = mime.read(raw)
    assert (read.text, [file.name for file in read.files]) == (None, ["a.txt"])


TWO_WAYS = {
    "subject": headed(b"Subject: =?unicode_escape?q?=5Cx48i?="),
    "sender": headed(b"From: =?x-none?q?Kayla?= <kayla@example.com>").partition(b"\r\n")[2],
    "file": parted(1, b"Content-Type: image/png\r\nContent-Disposition: inline; filename*=punycode''a\r\n"),
    "kind": parted(1, b"Content-Type: text/html\r\nContent-Type: text/plain\r\n"),
    "encoding": parted(1, b"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n"),
    "place": parted(1, b"Content-Disposition: attachment\r\nContent-Disposition: inline\r\n"),
    "no-boundary": HEAD + b"Content-Type: multipart/mixed\r\n\r\nHello\r\n",
}


@pytest.mark.parametrize("what", TWO_WAYS)
def test_what_two_readers_would_read_in_two_ways_is_refused(what: str) -> None:
    with pytest.raises(mime.Unreadable):
        mime.read(TWO_WAYS[what])


def test_a_header_that_the_library_cannot_write_again_is_no_reason_to_try_for_ever(
    shop: House, port: int, server: Upstream
) -> None:
    sid = mailed(shop, port, headed(b"Sender: " + b"(a" * 300))
    walk.decide(shop, sid, "edit", given={"body": "Other words."})
    walk.decide(shop, sid, "approve")
    walk.dispatched(shop)
    assert (walk.look(shop, sid).state, walk.look(shop, sid).error_code) == ("failed", "unsendable")
