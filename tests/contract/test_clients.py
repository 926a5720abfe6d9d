"""One round trip and the typed errors of every vendor's client library, in the languages that CRMs are written in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests import walk
from tests.clients.install import HERE, Library, command, node_module, python_path
from tests.conftest import MakeHouse
from tests.contract.by_post import LobWorld
from tests.contract.own_doors import SmtpWorld
from tests.contract.paces import some_words, told
from tests.contract.vendor_doors import SendGridWorld
from tests.contract.world import CRM, World
from tests.contract.worlds import WORLDS

Asked = dict[str, Any]
NO_CLIENT: Mapping[str, str] = {
    "whatsapp": "CRMs hand these in at our own door, by plain HTTP: the round trip is test_round_trip.py",
    "mailhouse": "the cards come as a file",
}
"""The vendors for which there is no library to try."""


@dataclass(frozen=True)
class Client:
    """A library in one version, and how it says that a key or an input is not good: (error, status, code)."""

    vendor: str
    library: Library
    bad_key: tuple[str, int, object]
    bad_input: tuple[str, int, object]

    def __str__(self) -> str:
        return f"{self.vendor}-{self.library}"


PYTHON_TWILIO = {"bad_key": ("TwilioRestException", 401, 20003), "bad_input": ("TwilioRestException", 400, 21211)}
NODE_TWILIO = {"bad_key": ("RestException", 401, 20003), "bad_input": ("RestException", 400, 21211)}
FIELD = "personalizations.0.to.0.email"
PYTHON_SENDGRID = {"bad_key": ("UnauthorizedError", 401, None), "bad_input": ("BadRequestsError", 400, FIELD)}
NODE_SENDGRID = {"bad_key": ("ResponseError", 401, None), "bad_input": ("ResponseError", 400, FIELD)}
LOB_4 = {"bad_key": ("AuthenticationError", 401, None), "bad_input": ("InvalidRequestError", 422, None)}
LOB_5 = {"bad_key": ("UnauthorizedException", 401, None), "bad_input": ("ApiException", 422, None)}
LOB_NODE = {"bad_key": ("Error", 401, None), "bad_input": ("Error", 422, None)}
LOB_TYPED = {"bad_key": ("AxiosError", 401, None), "bad_input": ("AxiosError", 422, None)}
MAILER = {"bad_key": ("EAUTH", 535, None), "bad_input": ("EENVELOPE", 553, None)}
CLIENTS = (
    Client("twilio", Library("python"), **PYTHON_TWILIO),
    Client("twilio", Library("python", "6.63.2"), **PYTHON_TWILIO),
    Client("twilio", Library("node", "4.23.0"), **NODE_TWILIO),
    Client("twilio", Library("node", "6.2.0"), **NODE_TWILIO),
    Client("sendgrid", Library("python", package="sendgrid"), **PYTHON_SENDGRID),
    Client("sendgrid", Library("python", "6.0.5", package="sendgrid"), **PYTHON_SENDGRID),
    Client("sendgrid", Library("node", "6.5.5", package="@sendgrid/mail"), **NODE_SENDGRID),
    Client("sendgrid", Library("node", "7.7.0", package="@sendgrid/mail"), **NODE_SENDGRID),
    Client("sendgrid", Library("node", "8.1.6", package="@sendgrid/mail"), **NODE_SENDGRID),
    Client("lob", Library("python", "4.5.4", mode="4", package="lob"), **LOB_4),
    Client("lob", Library("python", "5.2.1", mode="5", package="lob-python"), **LOB_5),
    Client("lob", Library("node", "6.6.3", mode="older", package="lob"), **LOB_NODE),
    Client("lob", Library("node", "7.1.0", mode="older", package="lob"), **LOB_NODE),
    Client("lob", Library("node", "1.4.2", mode="typed", package="@lob/lob-typescript-sdk"), **LOB_TYPED),
    Client("smtp", Library("node", "7.0.11", package="nodemailer"), **MAILER),
)


def programs(client: Client) -> tuple[list[str], dict[str, str]]:
    """How to start the CRM with a library, and what its environment has more than ours."""
    library = client.library
    if client.vendor == "twilio":
        return command(library)
    name = {"sendgrid": "mailer", "lob": "lob_crm", "smtp": "mail"}[client.vendor]
    modes = [library.mode] if library.mode else []
    if library.language == "node":
        return ["node", str(HERE / f"{name}.js"), *modes, node_module(library)], {}
    return [sys.executable, str(HERE / f"{name}.py"), *modes], python_path(library) if library.version else {}


def twilio(world: World, words: str, wrong: bool) -> Asked:
    """A text."""
    given = world.place.house.source(CRM)["twilio"]
    text = {"to": "12" if wrong else "+14155550123", "from_": "+14155550100", "body": words}
    asked = {"login": given["account_sid"], "secret": given["auth_token"], "url": world.place.house.url}
    return asked | {"act": "create", "given": text | {"status_callback": world.place.hears_at(CRM)}}


def sendgrid(world: World, words: str, wrong: bool) -> Asked:
    """A mail."""
    mail = SendGridWorld.mail(CRM, words)
    if wrong:
        mail["personalizations"][0]["to"][0]["email"] = "kayla"
    return {"url": world.place.house.url, "key": world.place.house.source(CRM)["sendgrid"]["api_key"], "mail": mail}


def lob(world: World, words: str, wrong: bool) -> Asked:
    """A card."""
    card = LobWorld.card(CRM, words) | ({"front": "hello"} if wrong else {})
    key = world.place.house.source(CRM)["lob"]["api_key"]
    return {"url": f"{world.place.house.url}/v1", "key": key, "act": "create", "given": card}


def smtp(world: World, words: str, wrong: bool) -> Asked:
    """A mail of a till."""
    assert isinstance(world, SmtpWorld)
    given = world.place.house.source(CRM)["smtp"]
    login = {"user": given["username"], "pass": given["password"]}
    mail = {"from": "till@shop.example.com", "to": "kayla@example.com", "subject": "Your ring", "text": words}
    if wrong:
        mail["envelope"] = {"from": "till@shop.example.com", "to": ["kayla@"]}  # type: ignore[assignment]
    return {"smtp": {"host": "127.0.0.1", "port": world.port, "auth": login, "ignoreTLS": True}, "mail": mail}


ASKED: Mapping[str, Callable[[World, str, bool], Asked]] = {
    "twilio": twilio,
    "sendgrid": sendgrid,
    "lob": lob,
    "smtp": smtp,
}
WRONG_KEYS: Mapping[str, Callable[[Asked], Asked]] = {
    "twilio": lambda asked: asked | {"secret": "0" * 32},
    "sendgrid": lambda asked: asked | {"key": "SG.wrong"},
    "lob": lambda asked: asked | {"key": "live_wrong"},
    "smtp": lambda asked: asked | {"smtp": asked["smtp"] | {"auth": {"user": "till", "pass": "wrong"}}},
}


def heard(client: Client, asked: Asked) -> dict[str, Any]:
    """What the library said of one act."""
    line, more = programs(client)
    words = json.dumps(asked)
    if client.vendor == "smtp":
        line, words = [*line, words], ""
    ran = subprocess.run(
        line, input=f"{words}\n", env=os.environ | more, capture_output=True, text=True, timeout=60, check=True
    )
    return dict(json.loads(ran.stdout))


def id_in(said: dict[str, Any]) -> str:
    """Under what id the message was taken."""
    if "response" in said:
        return str(said["response"]).rpartition(" ")[2]
    taken = said.get("said", said)
    return str(taken.get("sid") or taken["id"])


def refusal(said: dict[str, Any]) -> tuple[str, int, object]:
    """The library's own error: its class or name, the status, and the vendor's code in it."""
    if "errors" in said:
        return said["error"], said["status"], said["errors"][0]["field"]
    return said.get("error") or said["code"], said["status"], said.get("code") if "error" in said else None


@pytest.fixture(params=CLIENTS, ids=str)
def client(request: pytest.FixtureRequest) -> Client:
    """One library; the reason is shown where it cannot be had."""
    programs(request.param)
    found: Client = request.param
    return found


@pytest.fixture
def world(client: Client, make_house: MakeHouse) -> Iterator[World]:
    """The vendor of that library."""
    with WORLDS[client.vendor](make_house, "") as here:
        yield here


def test_every_vendor_is_tried_with_its_libraries_or_there_are_none() -> None:
    assert {client.vendor for client in CLIENTS} | set(NO_CLIENT) == set(WORLDS)


def test_a_message_goes_all_the_way_and_back(client: Client, world: World) -> None:
    house, words = world.place.house, some_words()
    crm_id = id_in(heard(client, ASKED[client.vendor](world, words, False)))
    assert (walk.look(house, crm_id).state, world.took()) == ("held", [])
    walk.decide(house, crm_id, "approve")
    walk.dispatched(house)
    assert len(world.took()) == 1
    assert words in repr(world.took())
    if world.DELIVERED:
        assert world.callback(world.DELIVERED).post().status_code == 204
    expected = world.TOLD["delivered" if world.DELIVERED else "sent"]
    assert [(one.crm_id, one.word) for one in told(world)] == [(crm_id, expected)]


@pytest.mark.parametrize("what", ["bad_key", "bad_input"])
def test_a_refusal_is_the_librarys_own_error_with_its_own_code(client: Client, world: World, what: str) -> None:
    asked = ASKED[client.vendor](world, some_words(), what == "bad_input")
    said = heard(client, WRONG_KEYS[client.vendor](asked) if what == "bad_key" else asked)
    assert refusal(said) == getattr(client, what), said
