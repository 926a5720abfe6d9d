"""What a CRM sees through its vendor's own library is the same in every version, and in either language."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from sayso import store
from tests import walk
from tests.clients.install import Library, command
from tests.conftest import House
from tests.standing import SERVICE, SHOP, TEMPLATE, TO, standing
from tests.vendor_log import keep_log

OLDEST = Library("python", "6.63.2")
LIBRARIES = (
    OLDEST,
    Library("python", "7.16.5"),
    Library("python", "8.13.0"),
    Library("python"),
    Library("python", mode="async"),
    Library("node", "4.23.0"),
    Library("node", "5.13.1"),
    Library("node", "6.2.0"),
)
ERRORS = {"python": "TwilioRestException", "node": "RestException"}
PICTURE = "https://shop.example/ring.jpg"
_numbers = count(1)


@dataclass
class Crm:
    """A CRM in a process of its own, which speaks through one version of a library."""

    library: Library
    process: subprocess.Popen[str]
    house: House
    source: str = ""

    def ask(self, act: str, *, secret: str = "", **given: Any) -> dict[str, Any]:
        """The library's answer to an act, or its error, in plain words."""
        keys = self.house.source(self.source)["twilio"]
        asked = {"url": self.house.url, "login": keys["account_sid"], "secret": secret or keys["auth_token"]}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({**asked, "act": act, "given": given}) + "\n")
        self.process.stdin.flush()
        heard = self.process.stdout.readline()
        assert heard, f"the CRM with {self.library} ended"
        answer = dict(json.loads(heard))
        if "unknown" in answer and self.library == OLDEST:
            pytest.skip(f"this version cannot ask for that: {answer['unknown']}")
        return answer

    def said(self, act: str, **given: Any) -> Any:
        """What an act that goes well gives."""
        heard = self.ask(act, **given)
        assert "said" in heard, heard
        return heard["said"]

    def create(self, **given: Any) -> dict[str, Any]:
        """A message that no other has the words of."""
        plain = {"to": TO, "from_": SHOP, "body": f"Ring number {next(_numbers)} is ready."}
        return dict(self.said("create", **plain | given))

    def refused(self, act: str, **given: Any) -> tuple[int, int]:
        """The status and the code of an act that goes wrong, in the library's own error."""
        heard = self.ask(act, **given)
        assert heard["error"] == ERRORS[self.library.language], heard
        return heard["status"], heard["code"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all versions, whose dispatcher the tests run themselves."""
    with standing(tmp_path_factory.mktemp("house"), SAYSO_UNDO_SECONDS="0") as here:
        yield here


@pytest.fixture(scope="module", params=LIBRARIES, ids=str)
def process(request: pytest.FixtureRequest) -> Iterator[tuple[Library, subprocess.Popen[str]]]:
    """A CRM's program with one version of a library."""
    line, more = command(request.param)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(line, env=os.environ | more, text=True, **pipes) as running:
        yield request.param, running
        running.stdin.close()


@pytest.fixture
def crm(process: tuple[Library, subprocess.Popen[str]], house: House) -> Crm:
    """A CRM with credentials of its own, and nothing handed in yet."""
    return Crm(*process, house, f"crm{next(_numbers)}")


def test_a_message_is_created_as_the_vendor_would(crm: Crm, house: House) -> None:
    before = int(time.time())
    body = f"Ring {next(_numbers)} costs 5 \u20ac"
    made = crm.said("create", to="(415) 555-0123", from_=SHOP, body=body)
    login = house.source(crm.source)["twilio"]["account_sid"]
    uri = f"/2010-04-01/Accounts/{login}/Messages/{made['sid']}"
    assert re.fullmatch(r"SM[0-9a-f]{32}", made["sid"])
    assert before <= made.pop("date_created") <= made.pop("date_updated") <= time.time()
    assert made == {
        "sid": made["sid"],
        "account_sid": login,
        "status": "queued",
        "body": body,
        "to": TO,
        "from": SHOP,
        "messaging_service_sid": None,
        "direction": "outbound-api",
        "api_version": "2010-04-01",
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "error_message": None,
        "uri": f"{uri}.json",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "date_sent": None,
    }


def test_a_held_message_is_fetched_as_it_was_created(crm: Crm) -> None:
    made = crm.create()
    assert crm.said("fetch", sid=made["sid"]) == made


MADE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "service": ({"from_": SERVICE}, {"status": "accepted", "from": None, "messaging_service_sid": SERVICE}),
    "picture": ({"media_url": [PICTURE], "validity_period": 600}, {"status": "queued", "num_media": "1"}),
    "whatsapp": ({"to": f"whatsapp:{TO}", "from_": f"whatsapp:{SHOP}"}, {"to": f"whatsapp:{TO}"}),
    "template": ({"body": None, "content_sid": TEMPLATE, "content_variables": '{"1": "x"}'}, {"status": "queued"}),
}


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_of_message_is_taken(crm: Crm, kind: str) -> None:
    given, expected = MADE[kind]
    wanted = {"to": TO, "from_": SHOP, "body": f"Ring {next(_numbers)}"} | given
    made = crm.said("create", **{name: value for name, value in wanted.items() if value is not None})
    assert {name: made[name] for name in expected} == expected


def test_a_message_for_later_is_scheduled(crm: Crm) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0).isoformat()
    made = crm.create(from_=SERVICE, schedule_type="fixed", send_at=at)
    assert made["status"] == "scheduled"
    assert crm.said("cancel", sid=made["sid"])["status"] == "canceled"


def test_a_list_goes_through_all_pages_newest_first(crm: Crm) -> None:
    made = [crm.create()["sid"] for _ in range(5)][::-1]
    assert [one["sid"] for one in crm.said("list", page_size=2)] == made
    assert [one["sid"] for one in crm.said("list", limit=3)] == made[:3]
    assert [one["sid"] for one in crm.said("page", page_size=2)] == made[:2]
    assert crm.said("list", to="+14155550177") == []


def test_a_message_that_waits_is_canceled(crm: Crm) -> None:
    sid = crm.create()["sid"]
    assert crm.said("cancel", sid=sid)["status"] == "canceled"
    assert crm.said("fetch", sid=sid)["status"] == "canceled"


REFUSED: dict[str, tuple[str, dict[str, Any], tuple[int, int]]] = {
    "number": ("create", {"to": "12", "from_": SHOP, "body": "x"}, (400, 21211)),
    "sender": ("create", {"to": TO, "from_": "?", "body": "x"}, (400, 21212)),
    "long": ("create", {"to": TO, "from_": SHOP, "body": "x" * 1601}, (400, 21617)),
    "secret": ("create", {"to": TO, "from_": SHOP, "body": "x", "secret": "0" * 32}, (401, 20003)),
    "unknown": ("fetch", {"sid": "SM" + "0" * 32}, (404, 20404)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_is_the_librarys_own_error(crm: Crm, what: str) -> None:
    act, given, expected = REFUSED[what]
    assert crm.refused(act, **given) == expected


def test_a_number_that_opted_out_is_refused(crm: Crm, house: House) -> None:
    number = f"+1415556{next(_numbers):04}"
    house.store.write(lambda tx: store.suppress(tx, number, "STOP", origin="inbound"))
    assert crm.refused("create", to=number, from_=SHOP, body="x") == (400, 21610)


def test_a_message_of_another_crm_is_unknown(crm: Crm) -> None:
    sid = crm.create()["sid"]
    crm.source = f"other{next(_numbers)}"
    assert crm.refused("fetch", sid=sid) == (404, 20404)


def delivered(crm: Crm, house: House, **given: Any) -> str:
    """The id of a message that was approved, sent, and arrived."""
    sid = str(crm.create(**given)["sid"])
    assert house.decide(sid, "approve").status_code == 200
    walk.dispatched(house)
    assert crm.said("fetch", sid=sid)["status"] in ("queued", "sent")
    assert house.twilio.call_back(house.twilio.messages[-1], "delivered").status_code == 204
    return sid


def test_after_the_approval_the_message_is_sent_and_then_delivered(crm: Crm, house: House) -> None:
    before = int(time.time())
    seen = crm.said("fetch", sid=delivered(crm, house))
    assert (seen["status"], seen["error_code"]) == ("delivered", None)
    assert before <= seen["date_sent"] <= time.time()


def test_what_was_delivered_is_not_canceled(crm: Crm, house: House) -> None:
    assert crm.refused("cancel", sid=delivered(crm, house)) == (409, 30409)


def test_a_rejected_message_is_canceled(crm: Crm, house: House) -> None:
    sid = crm.create()["sid"]
    assert house.decide(sid, "reject", reason="wrong_time").status_code == 200
    assert crm.said("fetch", sid=sid)["status"] == "canceled"


def test_the_media_of_a_message_are_listed(crm: Crm) -> None:
    assert len(crm.said("media", sid=crm.create(media_url=[PICTURE])["sid"])) == 1
    assert crm.said("media", sid=crm.create()["sid"]) == []


@pytest.mark.parametrize("act", ["redact", "delete"])
def test_what_waits_is_neither_redacted_nor_deleted(crm: Crm, act: str) -> None:
    sid = crm.create()["sid"]
    assert crm.refused(act, sid=sid) == (409, 20009)
    assert crm.said("fetch", sid=sid)["body"] != ""


def test_what_was_delivered_is_redacted_and_then_deleted(crm: Crm, house: House) -> None:
    log, sid = keep_log(house), delivered(crm, house)
    assert crm.said("redact", sid=sid)["body"] == ""
    assert crm.said("fetch", sid=sid)["status"] == "delivered"
    assert crm.said("delete", sid=sid) is True
    assert crm.refused("fetch", sid=sid) == (404, 20404)
    assert crm.said("list") == []
    assert [method for method, _, _ in log.asked] == ["POST", "DELETE"]
