"""Who may speak to the SMTP listener, over what line, how much and how many at once, and how it ends."""

from __future__ import annotations

import base64
import json
import smtplib
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from sayso import issue, store
from sayso.message import Unsafe
from sayso.smtp import certificate as certificate_of
from sayso.smtp import listening as door
from sayso.smtp.listening import Listener
from tests.conftest import House, MakeHouse
from tests.mail_server import (
    KAYLA,
    RECEIPT,
    TILL,
    certificate,
    listening,
    mailed,
    port,
    refused,
    server,
    shop,
    signed_in,
)
from tests.standing import count_rows
from tests.test_cli import SAYSO, free_port, sayso, surroundings
from tests.vendors import wait_for

__all__ = ["port", "server", "shop"]  # fixtures from elsewhere


def test_a_wrong_password_and_no_sign_in_are_refused(shop: House, port: int) -> None:
    given = shop.source()["smtp"]
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        assert client.docmd("MAIL", f"FROM:<{TILL}>")[0] == 530
        with pytest.raises(smtplib.SMTPAuthenticationError) as denied:
            client.login(given["username"], "wrong")
        assert denied.value.smtp_code == 535
        assert client.docmd("MAIL", f"FROM:<{TILL}>")[0] == 530


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "plain"])
def test_a_client_signs_in_either_way(shop: House, port: int, way: str) -> None:
    given = shop.source()["smtp"]
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        if way == "LOGIN":
            assert client.docmd("AUTH", "LOGIN")[0] == 334
            assert client.docmd(base64.b64encode(given["username"].encode()).decode())[0] == 334
            code, _ = client.docmd(base64.b64encode(given["password"].encode()).decode())
        else:
            shown = base64.b64encode(f"\0{given['username']}\0{given['password']}".encode()).decode()
            code, _ = client.docmd("AUTH", f"{way} {shown}")
        assert code == 235


def test_the_credentials_of_another_door_open_nothing_here(shop: House, port: int) -> None:
    given = shop.source()["twilio"]
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client, pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(given["account_sid"], given["auth_token"])


def test_a_credential_that_ended_takes_no_mail_on_an_open_connection(shop: House, port: int) -> None:
    with signed_in(shop, port) as client:
        source = shop.store.write(lambda tx: store.find_source(tx, name="crm"))
        shop.store.write(lambda tx: issue.rotate(tx, source))
        shop.clock.forward(hours=25)
        shop.app.extensions["sayso"].doorkeeper._known.clear()  # it forgets within a second
        client.mail(TILL)
        client.rcpt(KAYLA)
        assert client.data(RECEIPT)[0] == 535
    assert count_rows(shop) == 0


def test_a_stranger_signs_in_only_once_the_line_is_encrypted(shop: House, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)

    def from_afar(listener: Listener) -> None:
        listener.tls = certificate_of.read(cert, key)
        listener.trusts = lambda peer: False  # type: ignore[method-assign]  # as a client of another machine

    given = shop.source()["smtp"]
    with listening(shop, from_afar) as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        assert client.docmd("AUTH", "PLAIN AAAA")[0] == 538
        client.starttls(context=ssl.create_default_context(cafile=cert))
        client.login(given["username"], given["password"])
        client.sendmail(TILL, [KAYLA], RECEIPT)
    assert count_rows(shop) == 1


TRUSTED = {
    "itself": (("127.0.0.1", 5), True),
    "itself-6": (("::1", 5, 0, 0), True),
    "listed": (("10.1.2.3", 5), True),
    "stranger": (("10.1.2.4", 5), False),
    "nobody": (None, False),
}


@pytest.mark.parametrize("who", TRUSTED)
def test_only_this_machine_and_listed_hosts_need_no_encryption(make_house: MakeHouse, who: str) -> None:
    house = make_house(start=False, allow_private_hosts="127.0.0.1,10.1.2.3")
    peer, expected = TRUSTED[who]
    assert Listener(house.app.extensions["sayso"]).trusts(peer) is expected


def test_a_listener_that_the_network_reaches_does_not_start_without_a_certificate(make_house: MakeHouse) -> None:
    no_private = {"allow_private_hosts": "", "twilio_api_url": "https://api.twilio.com", "public_url": ""}
    house = make_house(start=False, smtp_host="10.1.2.3", **no_private)
    with pytest.raises(Unsafe, match="SAYSO_SMTP_TLS_CERT"):
        Listener(house.app.extensions["sayso"])


def test_a_mail_that_is_too_large_is_refused_by_what_it_says_and_by_what_it_is(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LARGEST", 100_000)
    with listening(shop) as port:
        with signed_in(shop, port) as client:
            assert client.mail(TILL, ["SIZE=100001"])[0] == 552
        assert refused(shop, port, RECEIPT + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 2000).startswith("552")
    assert count_rows(shop) == 0


def test_thirty_megabytes_are_offered(shop: House, port: int) -> None:
    with signed_in(shop, port) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "30000000"


@pytest.mark.parametrize("address", ["nobody", "a b@example.com", "x@@example.com", "x@-.com"])
def test_what_is_no_address_is_refused_by_itself(shop: House, port: int, address: str) -> None:
    with signed_in(shop, port) as client:
        client.mail(TILL)
        assert client.docmd("RCPT", f"TO:<{address}>")[0] in (501, 553)
        assert client.rcpt(KAYLA)[0] == 250


def test_there_are_only_so_many_recipients(shop: House, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_RECIPIENTS", 2)
    with signed_in(shop, port) as client:
        client.mail(TILL)
        assert [client.rcpt(f"p{n}@example.com")[0] for n in range(3)] == [250, 250, 452]


def test_a_database_that_does_not_answer_is_a_reason_to_come_again(shop: House, port: int) -> None:
    with signed_in(shop, port) as client:
        with shop.store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE sayso_message RENAME TO sayso_gone")
        client.mail(TILL)
        client.rcpt(KAYLA)
        code, said = client.data(RECEIPT)
        with shop.store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE sayso_gone RENAME TO sayso_message")
        assert (code, said[:5]) == (451, b"4.3.0")
        assert client.sendmail(TILL, [KAYLA], RECEIPT) == {}
    assert count_rows(shop) == 1


def test_two_hundred_mails_at_once_are_all_kept(shop: House, port: int) -> None:
    def hand_in(n: int) -> str:
        return mailed(shop, port, RECEIPT.replace(b"8812", b"%d" % n), f"p{n}@example.com")

    shop.source()
    with ThreadPoolExecutor(20) as pool:
        ids = list(pool.map(hand_in, range(200)))
    assert len(set(ids)) == count_rows(shop) == 200


def test_one_client_too_many_is_asked_to_come_again(shop: House, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_CLIENTS", 1)
    with signed_in(shop, port):
        with pytest.raises(smtplib.SMTPConnectError) as busy:
            smtplib.SMTP("127.0.0.1", port, timeout=10)
        assert busy.value.smtp_code == 421


def from_the_network(listener: Listener) -> None:
    """Every client is of another machine, with an encrypted line."""
    listener.trusts = lambda peer: False  # type: ignore[method-assign]


def test_one_silent_host_keeps_nobody_else_out(shop: House) -> None:
    with listening(shop, from_the_network) as port, ExitStack() as open_ones:
        for _ in range(10):
            open_ones.enter_context(smtplib.SMTP("127.0.0.1", port, timeout=10))
        with pytest.raises(smtplib.SMTPConnectError) as busy:
            smtplib.SMTP("127.0.0.1", port, timeout=10)
        assert busy.value.smtp_code == 421
        with smtplib.SMTP("127.0.0.1", port, timeout=10, source_address=("127.0.0.2", 0)) as till:
            assert till.ehlo()[0] == 250


def test_a_client_that_left_makes_room(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "OF_A_TRUSTED_HOST", 1)
    found: list[Listener] = []
    with listening(shop, found.append) as port:
        for _ in range(3):
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
                assert client.ehlo()[0] == 250
            wait_for(lambda: not found[0].clients)


def test_a_fourth_wrong_password_ends_the_connection(shop: House, port: int) -> None:
    shown = base64.b64encode(b"\0crm\0wrong").decode()
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        assert [client.docmd("AUTH", f"PLAIN {shown}")[0] for _ in range(4)] == [535, 535, 535, 421]
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.docmd("NOOP")


def test_a_line_without_end_is_told_so_and_the_next_mail_is_taken(shop: House, port: int) -> None:
    assert refused(shop, port, RECEIPT + b"x" * 200_000 + b"\r\n").startswith("500 Line too long")
    assert mailed(shop, port)


def test_the_end_waits_for_the_mail_under_way_and_for_no_idle_client(shop: House) -> None:
    found: list[Listener] = []
    with listening(shop, found.append) as port:
        idle = smtplib.SMTP("127.0.0.1", port, timeout=10)
        with signed_in(shop, port) as client:
            client.mail(TILL)
            found[0].leave()
            assert idle.getreply()[0] == 421
            client.rcpt(KAYLA)
            assert client.data(RECEIPT)[0] == 250
            assert client.getreply()[0] == 421
    assert count_rows(shop) == 1


def test_nothing_of_a_mail_is_written_to_the_librarys_log(
    shop: House, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    mailed(shop, port)
    assert threading.active_count() > 1
    assert KAYLA not in caplog.text


def test_the_command_takes_mails_until_it_is_told_to_end(tmp_path: Path) -> None:
    port, said = free_port(), tmp_path / "said"
    settings = {"secret_key": "k" * 40, "smtp_port": str(port)}
    issued = json.loads(sayso("source", "add", "till", "--json", **settings).stdout)["smtp"]
    with said.open("w") as out:
        process = subprocess.Popen([*SAYSO, "smtp"], env=surroundings(settings), stdout=out, stderr=out)
    try:
        wait_for(lambda: "Mails are taken at" in said.read_text(), 30)
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.login(issued["username"], issued["password"])
            client.sendmail(TILL, [KAYLA], RECEIPT)
            process.terminate()
            assert client.getreply()[0] == 421
        assert process.wait(20) == 0
    finally:
        process.kill()
    assert "till@" not in said.read_text()
