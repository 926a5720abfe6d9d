"""The OpenAPI document: every route under /api and nothing more, and real answers are as it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from sayso import signoff
from sayso.api import drafting
from sayso.message import DELIVERY_RANK, State
from tests.conftest import House
from tests.handing_in import SCOTT, card, email, get, handed_in, post, sms, token
from tests.standing import standing
from tests.stillness import still
from tests.vendors import plain_http
from tests.walk import decide, dispatched, relayed

__all__ = ["still"]  # fixtures from elsewhere
FILE = Path(drafting.__file__).with_name("openapi.json")
DOCUMENT = json.loads(FILE.read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Sayso under a prefix in a host's app."""
    with standing(tmp_path_factory.mktemp("host"), "/sayso") as house:
        yield house


def check(schema: dict[str, Any], body: object) -> None:
    """The body is as the schema says."""
    whole = schema | {"components": DOCUMENT["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(body)


def check_answer(answer: requests.Response, path: str) -> None:
    """A real answer is one that the document promises for this route: its status, kind and body."""
    method = str(answer.request.method).lower()
    promised = DOCUMENT["paths"][path][method]["responses"][str(answer.status_code)]
    if "$ref" in promised:
        promised = DOCUMENT["components"]["responses"][promised["$ref"].rpartition("/")[2]]
    check(promised["content"][answer.headers["Content-Type"]]["schema"], answer.json())


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_every_route_is_in_it_and_nothing_more(mounted: House) -> None:
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix("/sayso")), method.lower())
        for rule in mounted.app.url_map.iter_rules()
        if rule.rule.startswith("/sayso/api/") and "not_" not in rule.endpoint
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method) for path, item in DOCUMENT["paths"].items() for method in item if method != "parameters"
    }
    assert described == served


def test_it_is_served_to_whoever_has_a_token_with_our_own_address(mounted: House) -> None:
    assert get(mounted, "/api/openapi.json", {"Accept": "*/*"}).status_code == 401
    for headers in (token(mounted), mounted.staff()):
        said = get(mounted, "/api/openapi.json", headers).json()
        assert said["servers"][0]["url"].endswith("/sayso")
        assert said | {"servers": 0} == DOCUMENT | {"servers": 0}


def test_its_words_are_those_of_the_code() -> None:
    properties = SCHEMAS["NewMessage"]["properties"]
    assert set(properties) == set(drafting.KNOWN)
    assert properties["channel"]["enum"] == list(drafting.CARRIERS)
    assert SCHEMAS["Message"]["properties"]["state"]["enum"] == list(State)
    assert set(SCHEMAS["Receipt"]["properties"]["delivery"]["enum"]) == set(DELIVERY_RANK)
    assert set(SCHEMAS["Decision"]["properties"]["kind"]["enum"]) == set(signoff.DECISIONS)


def test_a_message_has_no_key_that_the_document_does_not_explain(still: House) -> None:
    taken = handed_in(still, card())
    decide(still, taken["id"], "reject")
    shown = get(still, f"/api/messages/{taken['id']}", still.staff()).json()
    assert set(shown) <= set(SCHEMAS["Message"]["properties"])
    for name, schema in (("decisions", "Decision"), ("attempts", "Attempt"), ("receipts", "Receipt")):
        for row in shown[name]:
            assert set(row) <= set(SCHEMAS[schema]["properties"])


def test_what_we_hand_in_here_is_what_the_document_lets_others_hand_in() -> None:
    for body in (sms(), sms(channel="whatsapp", metadata={"a": "b"}), email(html="<p>"), card()):
        check(SCHEMAS["NewMessage"], body)
    example = DOCUMENT["paths"]["/api/messages"]["post"]["requestBody"]["content"]["application/json"]["example"]
    check(SCHEMAS["NewMessage"], example)


def posted(house: House, path: str, body: object, headers: dict[str, str]) -> requests.Response:
    """One POST."""
    return plain_http().post(house.url + path, json=body, headers=headers, timeout=10)


def test_what_is_handed_in_is_answered_as_the_document_says(still: House) -> None:
    for body in (sms(), email(), card(), sms(to="x"), sms(purpose="otp", body="Hi {{name}}")):
        check_answer(post(still, body), "/api/messages")
    check_answer(post(still, sms(), headers=still.staff()), "/api/messages")
    for written in ({"text": "Please stop", "channel": "form", "from": SCOTT}, {"text": ""}):
        check_answer(posted(still, "/api/inbound", written, token(still)), "/api/inbound")


def test_decisions_are_answered_as_the_document_says(still: House) -> None:
    taken = handed_in(still)["id"]
    shown = get(still, f"/api/messages/{taken}", still.staff()).json()
    wish = {"version": shown["version"], "content_hash": shown["content_hash"]}
    for headers in (still.staff(), still.staff(), token(still)):
        answer = posted(still, f"/api/messages/{taken}/reject", wish, headers)
        check_answer(answer, "/api/messages/{message_id}/{kind}")
    bulk = {"decision": "reject", "messages": [{"id": taken, "version": 1}, {"id": "nothing", "version": 1}]}
    for headers in (still.staff(), token(still)):
        check_answer(posted(still, "/api/decisions", bulk, headers), "/api/decisions")
    for name in (taken, "nothing"):
        answer = posted(still, f"/api/messages/{name}/withdraw", None, token(still))
        check_answer(answer, "/api/messages/{message_id}/withdraw")


@pytest.mark.parametrize("who", ["source", "staff", "nobody"])
def test_what_is_read_is_as_the_document_says(still: House, who: str) -> None:
    sent = handed_in(still)["id"]
    decide(still, sent, "approve")
    dispatched(still)
    still.twilio.call_back(still.twilio.messages[-1], "delivered")
    headers = {"source": token(still), "staff": still.staff(), "nobody": {"Accept": "*/*"}}[who]
    for query in ("", "?q=ring&limit=1", "?state=lost"):
        check_answer(get(still, f"/api/messages{query}", headers), "/api/messages")
    for name in (sent, "nothing"):
        check_answer(get(still, f"/api/messages/{name}", headers), "/api/messages/{message_id}")
    for path in ("/api/purposes", "/api/counts", "/api/openapi.json"):
        check_answer(get(still, path, headers), path)


def test_every_webhook_is_as_the_document_says(still: House) -> None:
    sent, stopped = (handed_in(still, sms(callback_url=still.crm.url))["id"] for _ in range(2))
    decide(still, sent, "approve")
    decide(still, stopped, "reject")
    dispatched(still)
    still.twilio.call_back(still.twilio.messages[-1], "delivered")
    relayed(still)
    assert len(still.crm.posts()) == 3
    for heard in still.crm.posts():
        check(SCHEMAS["Event"], json.loads(heard.body))


def test_a_planted_lie_is_found(still: House) -> None:
    answer = post(still, sms(to=SCOTT))
    with pytest.raises(Exception, match="is not of type"):
        check({"type": "object", "properties": {"id": {"type": "integer"}}}, answer.json())
