"""Real answers of SendGrid's door, and what we send on, held against the vendor's own OpenAPI files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.mailing import KAYLA, SCOTT, Post, mail, post
from tests.walk import decide, dispatched

__all__ = ["post"]  # a fixture from elsewhere

FOLDER = Path(__file__).parent / "specs" / "sendgrid"
MAIL, SCHEDULED = (json.loads((FOLDER / name).read_text("utf-8")) for name in
                   ("tsg_mail_v3.json", "tsg_scheduled_sends_v3.json"))  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "personalizations": [
        {
            "to": [{"email": KAYLA, "name": "Kayla"}],
            "cc": [{"email": SCOTT}],
            "subject": "Ring",
            "custom_args": {"order": "8812"},
            "headers": {"X-Order": "8812"},
        }
    ],
    "attachments": [{"content": "UERG", "filename": "a.pdf", "type": "application/pdf", "disposition": "attachment"}],
    "categories": ["rings"],
    "asm": {"group_id": 7, "groups_to_display": [7]},
    "ip_pool_name": "main",
    "mail_settings": {"footer": {"enable": True, "text": "12 Oak St"}},
}
Asked = tuple[str, str, str, object, str, int]


def promised(spec: dict[str, Any], schema: Any) -> Any:
    """A schema with what it refers to in its place, and `nullable` as JSON Schema says it."""
    if isinstance(schema, list):
        return [promised(spec, one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found: Any = spec
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return promised(spec, found)
    plain = {name: promised(spec, one) for name, one in schema.items() if name != "nullable"}
    if schema.get("nullable"):
        plain["type"] = [plain["type"], "null"]
    return plain


def assert_as_promised(spec: dict[str, Any], place: str, method: str, answer: Any) -> None:
    """The answer is one that the vendor's file has for this call; `help` is null, as it is in the live API."""
    found = promised(spec, spec["paths"][place][method]["responses"])[str(answer.status_code)]
    if "content" not in found:
        assert answer.content == b""
        return
    body = answer.json()
    for one in body["errors"] if isinstance(body, dict) and "errors" in body else ():
        assert one.pop("help") is None
    jsonschema.validate(body, found["content"]["application/json"]["schema"])


ASKED: dict[str, Asked] = {
    "sent": ("POST", "/v3/mail/send", "/v3/mail/send", mail(), "mail", 202),
    "bad": ("POST", "/v3/mail/send", "/v3/mail/send", {}, "mail", 400),
    "method": ("DELETE", "/v3/mail/send", "/v3/mail/send", None, "mail", 405),
    "new-batch": ("POST", "/v3/mail/batch", "/v3/mail/batch", None, "mail", 201),
    "no-batch": ("GET", "/v3/mail/batch/x", "/v3/mail/batch/{batch_id}", None, "mail", 400),
    "none": ("GET", "/v3/user/scheduled_sends", "/v3/user/scheduled_sends", None, "scheduled", 200),
    "bad-run": ("POST", "/v3/user/scheduled_sends", "/v3/user/scheduled_sends", {"status": "x"}, "scheduled", 400),
}


@pytest.mark.parametrize("asked", ASKED)
def test_an_answer_is_what_the_vendors_file_promises(post: Post, asked: str) -> None:
    method, path, place, body, file, status = ASKED[asked]
    answer = post.call(method, path, body)
    assert answer.status_code == status
    spec = MAIL if file == "mail" else SCHEDULED
    known = method.lower() if method.lower() in spec["paths"][place] else "post"
    assert_as_promised(spec, place, known, answer)


def test_the_states_of_a_run_are_what_the_vendors_file_promises(post: Post) -> None:
    batch_id = post.call("POST", "/v3/mail/batch").json()["batch_id"]
    all_of, one = "/v3/user/scheduled_sends", "/v3/user/scheduled_sends/{batch_id}"
    given = {"batch_id": batch_id, "status": "pause"}
    assert_as_promised(SCHEDULED, all_of, "post", post.call("POST", all_of, given))
    for place, path in ((all_of, all_of), (one, f"{all_of}/{batch_id}")):
        assert_as_promised(SCHEDULED, place, "get", post.call("GET", path))
    assert_as_promised(SCHEDULED, one, "patch", post.call("PATCH", f"{all_of}/{batch_id}", {"status": "cancel"}))
    assert_as_promised(SCHEDULED, one, "delete", post.call("DELETE", f"{all_of}/{batch_id}"))


def test_what_we_send_is_what_the_vendors_file_asks_for(post: Post) -> None:
    crm_id = post.sent(**EVERYTHING)
    decide(post.house, crm_id, "approve")
    dispatched(post.house)
    asked = promised(MAIL, MAIL["paths"]["/v3/mail/send"]["post"]["requestBody"])
    jsonschema.validate(json.loads(post.sendgrid.raw[0]), asked["content"]["application/json"]["schema"])
