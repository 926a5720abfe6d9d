"""What a CRM hears of our SMTP listener through nodemailer, the library that most of Node's CRMs mail with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import walk
from tests.clients.install import HERE, Library, node_module
from tests.conftest import House, MakeHouse
from tests.mail_server import KAYLA, SCOTT, TILL, Upstream, certificate, listening, upstream

LIBRARIES = tuple(Library("node", version, package="nodemailer") for version in ("5.1.1", "6.10.1", "7.0.11"))


@pytest.fixture
def server() -> Iterator[Upstream]:
    """The shop's own mail server."""
    with upstream() as here:
        yield here


@pytest.fixture
def shop(make_house: MakeHouse, server: Upstream, tmp_path: Path) -> House:
    """A house whose listener offers STARTTLS."""
    cert, key = certificate(tmp_path)
    relay = {"smtp_relay_host": "127.0.0.1", "smtp_relay_port": server.port}
    return make_house(start=False, smtp_tls_cert=cert, smtp_tls_key=key, **relay)


def sent(library: Library, shop: House, port: int, mail: dict[str, Any], password: str = "") -> dict[str, Any]:
    """What nodemailer says of one mail, or of its failure."""
    given = shop.source()["smtp"]
    login = {"user": given["username"], "pass": password or given["password"]}
    transport = {"host": "127.0.0.1", "port": port, "auth": login, "tls": {"rejectUnauthorized": False}}
    line = ["node", str(HERE / "mail.js"), node_module(library), json.dumps({"smtp": transport, "mail": mail})]
    ran = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True)
    return dict(json.loads(ran.stdout))


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
def test_a_mail_is_taken_waits_and_leaves_as_it_came(library: Library, shop: House, server: Upstream) -> None:
    mail = {"from": f"Die Goldschmiede <{TILL}>", "to": KAYLA, "bcc": SCOTT, "subject": "Grüße 💍"}
    mail |= {"text": "Das Stück ist da.", "html": "<p>Das Stück ist da.</p>", "headers": {"X-Sayso-Purpose": "receipt"}}
    mail |= {"attachments": [{"filename": "Beleg.pdf", "content": "%PDF-1.7"}]}
    with listening(shop) as port:
        said = sent(library, shop, port, mail)
    assert said["accepted"] == [KAYLA, SCOTT]
    sid = said["response"].removeprefix("250 2.0.0 Ok: queued as ")
    message = walk.look(shop, sid)
    assert (message.purpose, message.state, message.content.to) == ("receipt", "held", (KAYLA, SCOTT))
    assert (message.content.subject_line, message.content.body) == ("Grüße 💍", "Das Stück ist da.")
    walk.decide(shop, sid, "approve")
    walk.dispatched(shop)
    raw = server.mails[0].raw
    assert server.mails[0].to == [KAYLA, SCOTT]
    assert said["id"].encode() in raw
    assert b"Beleg.pdf" in raw
    assert b"X-Sayso" not in raw


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
def test_a_wrong_password_is_nodemailers_own_error(library: Library, shop: House) -> None:
    with listening(shop) as port:
        said = sent(library, shop, port, {"from": TILL, "to": KAYLA, "text": "x"}, password="wrong")
    assert (said["code"], said["status"]) == ("EAUTH", 535)
