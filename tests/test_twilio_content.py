"""A Content template as Twilio answers it: every text of every type, its host, and how values are filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from sayso.message import Account, Answer, Content, Unknown
from sayso_providers import Template
from sayso_providers.twilio import fill_template, read_template
from tests.vendors import VENDOR_SID, VENDOR_TOKEN

NAME = "HX" + "ab" * 16


@dataclass
class Wire:
    """An answer of the vendor, and what was asked for it."""

    status: int
    body: object
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> Answer:
        self.asked.append((method, url, headers or {}))
        return Answer(self.status, self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode())


def account(url: str = "https://api.twilio.com") -> Account:
    """Our own account, at this address."""
    return Account("twilio", "twilio", url, VENDOR_SID, VENDOR_TOKEN)


def read(types: object) -> Template | None:
    """What is read of an answer with these types."""
    return read_template(NAME, account(), Wire(200, {"sid": NAME, "variables": {"1": "sample"}, "types": types}))


BUTTONS: dict[str, dict[str, str]] = {
    "reply": {"type": "QUICK_REPLY", "title": "Yes", "id": "y"},
    "call": {"type": "PHONE_NUMBER", "title": "Call", "phone": "+14155550100"},
    "open": {"type": "URL", "title": "Look", "url": "https://shop.example/{{1}}", "webview_size": "TALL"},
}
ITEM = {"id": "1", "item": "Ring", "description": "Gold"}
TYPES: dict[str, tuple[dict[str, object], tuple[str, ...]]] = {
    "twilio/text": ({"body": "Hi"}, ("Hi",)),
    "twilio/media": ({"media": ["https://a.example/1.jpg"], "body": "Hi"}, ("Hi", "https://a.example/1.jpg")),
    "twilio/quick-reply": ({"body": "Hi", "actions": [BUTTONS["reply"]]}, ("Hi", "Yes")),
    "twilio/call-to-action": (
        {"actions": [BUTTONS["call"], BUTTONS["open"]], "body": "Hi"},
        ("Hi", "Call", "+14155550100", "Look", "https://shop.example/{{1}}"),
    ),
    "twilio/card": (
        {"subtitle": "S", "title": "T", "body": "B", "media": None, "orientation": "VERTICAL"},
        ("T", "S", "B"),
    ),
    "twilio/list-picker": ({"body": "Hi", "button": "Choose", "items": [ITEM]}, ("Hi", "Choose", "Gold", "Ring")),
    "twilio/carousel": (
        {"body": "Hi", "cards": [{"title": "A", "body": "a"}, {"title": "B", "body": "b"}]},
        ("Hi", "A", "a", "B", "b"),
    ),
    "whatsapp/card": ({"footer": "F", "body": "B", "header_text": "H"}, ("H", "B", "F")),
    "whatsapp/authentication": (
        {"add_security_recommendation": False, "code_expiration_minutes": None},
        ("{{1}} is your verification code.",),
    ),
    "later/kind": ({"shout": {"loud": "Hey"}}, ("Hey",)),
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_text_that_a_recipient_reads_is_there_in_one_order(kind: str) -> None:
    holds, texts = TYPES[kind]
    assert read({kind: holds}) == Template(texts)


def test_what_two_types_of_a_template_share_is_there_once() -> None:
    both = {"twilio/text": {"body": "Hi"}, "twilio/quick-reply": {"body": "Hi", "actions": [BUTTONS["reply"]]}}
    assert read(both) == Template(("Hi", "Yes"))


def test_a_template_without_a_text_is_none() -> None:
    assert read({"twilio/location": {"latitude": 1.5, "longitude": 2}}) is None


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://api.twilio.com", "https://content.twilio.com"),
        ("https://api.dublin.ie1.twilio.com", "https://content.dublin.ie1.twilio.com"),
        ("https://api.twilio.com.evil.example", "https://api.twilio.com.evil.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_templates_are_read_where_the_vendor_keeps_them(url: str, asked: str) -> None:
    wire = Wire(200, {"types": {"twilio/text": {"body": "Hi"}}})
    read_template(NAME, account(url), wire)
    method, called, headers = wire.asked[0]
    assert (method, called) == ("GET", f"{asked}/v1/Content/{NAME}")
    assert headers["Authorization"].startswith("Basic ")


def test_a_template_that_is_not_there_is_none() -> None:
    assert read_template(NAME, account(), Wire(404, {"code": 20404})) is None


GOOD = {"types": {"twilio/text": {"body": "Hi"}}}


@pytest.mark.parametrize(
    ("status", "body"), [(401, {}), (429, {}), (500, GOOD), (302, GOOD), (200, b"<html>"), (200, {"types": "text"})]
)
def test_what_is_no_template_is_no_answer(status: int, body: object) -> None:
    with pytest.raises(Unknown):
        read_template(NAME, account(), Wire(status, body))


@pytest.mark.parametrize(
    ("variables", "filled"),
    [
        ('{"1": "Ana", "name": "Bo"}', "Ana and Bo"),
        ('{"1": 5, "name": 7.50}', "5 and 7.50"),
        ('{"1": "{{name}}", "name": "Bo"}', "{{name}} and Bo"),
        ('{"1": "Ana", "name": null}', "Ana and {{ name }}"),
        ('{"1": "Ana", "name": " "}', "Ana and {{ name }}"),
        ('{"1": "Ana", "1": "Cy", "name": "Bo"}', "{{1}} and {{ name }}"),
        ("", "{{1}} and {{ name }}"),
        ("[" * 100_000, "{{1}} and {{ name }}"),
    ],
    ids=["given", "numbers", "not_twice", "null", "blank", "given_twice", "none", "no_json"],
)
def test_values_are_filled_in_and_gaps_stay(variables: str, filled: str) -> None:
    content = Content(("+14155550123",), None, None, fields=(("ContentVariables", variables),))
    assert fill_template(Template(("{{1}} and {{ name }}",)), content) == filled
