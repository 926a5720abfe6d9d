"""A mail on its way out: what is surely not sent, what nobody knows, and to whom nothing is said in the open."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from sayso.message import Account, Answer, TryLater, Unknown
from sayso.outbound import Http
from tests.mail_server import KAYLA, PASSWORD, RECEIPT, TILL, USER, Upstream, certificate, server, upstream

__all__ = ["server"]  # fixtures from elsewhere

BIG = RECEIPT + b"Line after line.\r\n" * 600_000


def account(port: int, host: str = "127.0.0.1", user: str = "", secret: str = "") -> Account:
    """The account at a mail server."""
    return Account("smtp", "smtp", "", user, secret, more={"host": host, "port": str(port)})


def http(timeout: float = 5.0, private: str = "127.0.0.1") -> Http:
    """What vendors are called through."""
    return Http(timeout=timeout, private_hosts=frozenset({private}))


def test_a_connection_that_ends_within_the_mail_has_sent_nothing(server: Upstream) -> None:
    server.drops = "before"
    with pytest.raises(TryLater):
        http().mail(account(server.port), TILL, [KAYLA], BIG)
    assert server.mails == []


def test_the_end_of_a_mail_does_not_leave_too_late(server: Upstream) -> None:
    with pytest.raises(TryLater, match="too late"):
        http().mail(account(server.port), TILL, [KAYLA], RECEIPT, deadline=time.monotonic() - 1)
    assert server.mails == []


def test_nobody_there_is_nothing_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TryLater, match="Nothing was sent"):
        http().mail(account(port), TILL, [KAYLA], RECEIPT)


def test_a_server_that_says_nothing_holds_nobody_up() -> None:
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TryLater, match="Nothing was sent"):
        http(timeout=0.3).mail(account(silent.getsockname()[1]), TILL, [KAYLA], RECEIPT)
    assert time.monotonic() - began < 5


LINES = {
    "bare-newline": (b"Subject: x\n\nOne\n.\nMAIL FROM:<evil@example.com>\n", b"Subject: x\r\n\r\nOne\r\n.\r\nMAIL"),
    "bare-return": (b"Subject: x\r\n\r\nOne\r.\rTwo\r\n", b"Subject: x\r\n\r\nOne\r\n.\r\nTwo\r\n"),
    "no-end": (b"Subject: x\r\n\r\n.One", b"Subject: x\r\n\r\n.One\r\n"),
}


@pytest.mark.parametrize("what", LINES)
def test_no_line_within_a_mail_ends_it(server: Upstream, what: str) -> None:
    raw, begins = LINES[what]
    assert http().mail(account(server.port), TILL, [KAYLA], raw).status == 250
    assert len(server.mails) == 1
    assert server.mails[0].raw.startswith(begins)


def test_a_server_on_the_network_gets_it_encrypted_and_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, key = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", cert)
    with upstream(tls=context(cert, key), wants_user=True) as server:
        here = account(server.port, "localhost", USER, PASSWORD)
        assert http().mail(here, TILL, [KAYLA], RECEIPT) == Answer(250, b"2.0.0 Ok: queued as Q0")
        assert (server.mails[0].encrypted, server.mails[0].user, server.mails[0].raw) == (True, USER, RECEIPT)


def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    with upstream(tls=context(*certificate(tmp_path))) as server:
        with pytest.raises(TryLater, match="no good encryption") as error:
            http().mail(account(server.port, "localhost"), TILL, [KAYLA], RECEIPT)
        assert (error.value.alarm, server.heard) == (True, [])


def test_a_server_on_the_network_without_encryption_gets_nothing(server: Upstream) -> None:
    with pytest.raises(TryLater, match="offers no encryption") as error:
        http().mail(account(server.port, "localhost", USER, PASSWORD), TILL, [KAYLA], RECEIPT)
    assert (error.value.alarm, server.heard) == (True, [])


def test_a_wrong_password_is_an_alarm() -> None:
    with upstream(wants_user=True) as server:
        with pytest.raises(TryLater, match="refuses our user name") as error:
            http().mail(account(server.port, "127.0.0.1", USER, "wrong"), TILL, [KAYLA], RECEIPT)
        assert error.value.alarm
        assert "wrong" not in str(error.value)


def test_letters_beyond_ascii_in_an_address_are_spelled_as_the_wire_has_them(server: Upstream) -> None:
    assert http().mail(account(server.port), "zoë@bücher.example", ["josé@example.com"], RECEIPT).status == 250
    assert (server.mails[0].sender, server.mails[0].to) == ("zoë@xn--bcher-kva.example", ["josé@example.com"])
    assert "SMTPUTF8" in server.heard


def test_an_answer_after_the_end_that_is_none_is_unknown(server: Upstream) -> None:
    server.says = {"DATA": "what?"}
    with pytest.raises(Unknown):
        http().mail(account(server.port), TILL, [KAYLA], RECEIPT)


def context(cert: str, key: str) -> object:
    """The other end of an encrypted line."""
    import ssl

    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(cert, key)
    return made
