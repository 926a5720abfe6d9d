"""What is only read at a vendor is read with the account of whoever asks, and shown to no other account's source."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sayso import template_words
from sayso.message import Content
from tests.conftest import House, MakeHouse
from tests.fake_lob import LOB_KEY
from tests.fake_sendgrid import API_KEY
from tests.vendors import VENDOR_SID, Heard, Server, plain_http, serve
from tests.whatsapp_world import BUSINESS, PHONE_ID, TOKEN

EAST_SID = "AC" + "0e" * 16
TEMPLATES = {
    "twilio": "HX" + "a" * 32,
    "sendgrid": "d-" + "b" * 32,
    "lob": "tmpl_" + "c" * 15,
    "whatsapp": "ring_ready/en_US",
}


def basic(user: str, secret: str) -> str:
    """The header of basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


WHOSE = {
    basic(VENDOR_SID, "ab" * 16): "the first",
    basic(EAST_SID, "cd" * 16): "the second",
    f"Bearer {API_KEY}": "the first",
    "Bearer SG.second": "the second",
    basic(LOB_KEY, ""): "the first",
    basic("test_second", ""): "the second",
    f"Bearer {TOKEN}": "the first",
    "Bearer second": "the second",
}


@dataclass
class Vendors:
    """All vendors on one server, which knows by the key whose words and groups to show."""

    heard: list[tuple[str, str]] = field(default_factory=list)
    server: Server | None = None

    def answer(self, heard: Heard) -> tuple[int, dict[str, str], bytes]:
        """The words of the account that asks, in the shape of every vendor at once."""
        whose = WHOSE[heard.headers["authorization"]]
        self.heard.append((whose, heard.path))
        words = f"Words of {whose}."
        parts = [{"type": "BODY", "text": words}]
        said = {
            "types": {"twilio/text": {"body": words}},
            "versions": [{"active": 1, "subject": words, "html_content": ""}],
            "published_version": {"html": f"<p>{words}</p>"},
            "data": [{"name": "ring_ready", "language": "en_US", "components": parts}],
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(said).encode()


@pytest.fixture
def vendors() -> Iterator[Vendors]:
    """The running server."""
    made = Vendors()
    with serve(made.answer) as server:
        made.server = server
        yield made


@pytest.fixture
def house(make_house: MakeHouse, vendors: Vendors) -> House:
    """A house in which `crm` goes by every vendor's first account, and `east` by a second one."""
    assert vendors.server
    url = vendors.server.url
    tables = {
        "twilio": {"account_sid": EAST_SID, "auth_token": "cd" * 16},
        "sendgrid": {"api_key": "SG.second"},
        "lob": {"api_key": "test_second"},
        "whatsapp": {"phone_id": "200", "token": "second", "app_secret": "s", "business_id": "300"},
    }
    lines = [f'[accounts.main]\nprovider = "whatsapp"\nphone_id = "{PHONE_ID}"\ntoken = "{TOKEN}"\napp_secret = "s"']
    lines += [f'business_id = "{BUSINESS}"\napi_url = "{url}"']
    for vendor, keys in tables.items():
        given = {"provider": vendor, "api_url": url} | keys
        lines += [f"[accounts.east_{vendor}]", *(f'{name} = "{value}"' for name, value in given.items())]
    lines += [
        '[sources.crm]\naccount = "main"',
        f'[sources.east]\naccount = "{", ".join(f"east_{one}" for one in tables)}"',
    ]
    Path("sayso.toml").write_text("\n".join(lines), "utf-8")
    first = {"twilio_api_url": url, "sendgrid_api_key": API_KEY, "sendgrid_api_url": url}
    return make_house(start=False, lob_api_key=LOB_KEY, lob_api_url=url, **first)


@pytest.mark.parametrize("vendor", TEMPLATES)
def test_templates_of_the_same_name_are_read_and_kept_for_each_account_by_itself(
    house: House, vendors: Vendors, vendor: str
) -> None:
    content = Content(("+14155550123",), None, None, fields=(("front", TEMPLATES[vendor]),), template=TEMPLATES[vendor])
    sources = ("crm", "east", "crm", "east")
    names = [house.runtime.account_of(source, vendor) for source in sources]
    seen = [template_words.fetch(house.runtime, vendor, content, name).seen for name in names]
    assert [words and words.strip() for words in seen] == ["Words of the first.", "Words of the second."] * 2
    assert [whose for whose, _ in vendors.heard] == ["the first", "the second"]


@pytest.mark.parametrize("path", ["/templates", "/templates/d-1", "/asm/groups", "/asm/groups/7", "/scopes"])
def test_what_a_plug_in_reads_at_sendgrid_is_its_own_account_s(house: House, vendors: Vendors, path: str) -> None:
    for source in ("crm", "east"):
        headers = {"Authorization": f"Bearer {house.source(source)['sendgrid']['api_key']}"}
        shown = plain_http().get(f"{house.url}/v3{path}", headers=headers, timeout=10).text
        mine, other = ("first", "second") if source == "crm" else ("second", "first")
        assert (f"Words of the {mine}." in shown, f"Words of the {other}." in shown) == (True, False)
    assert vendors.heard == [("the first", f"/v3{path}"), ("the second", f"/v3{path}")]


@pytest.mark.parametrize("name", ["../asm/suppressions/global", "d-1/versions", "d-1?x=y", ".."])
def test_the_name_of_a_template_is_no_way_to_other_pages_of_sendgrid(house: House, vendors: Vendors, name: str) -> None:
    content = Content(("kayla@example.com",), None, None, template=name)
    assert template_words.fetch(house.runtime, "sendgrid", content).seen is None
    assert vendors.heard == []
