"""Real answers of Twilio's door, held against the vendor's own OpenAPI file."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from tests.conftest import House
from tests.ended import OVER, arrived, expired, rejected
from tests.standing import PICTURES, PLAIN, SERVICE, SPEC, TEMPLATE, call, plain_schema
from tests.standing_alone import alone
from tests.stillness import still
from tests.vendor_log import keep_log
from tests.walk import sent

__all__ = ["alone", "still"]  # fixtures from elsewhere

CREATES: dict[str, dict[str, Any]] = {
    "sms": {},
    "mms": {"MediaUrl": list(PICTURES)},
    "service": {"From": None, "MessagingServiceSid": SERVICE},
    "template": {"Body": None, "ContentSid": TEMPLATE, "ContentVariables": '{"1": "Kayla"}'},
    "whatsapp": {"To": "whatsapp:+14155550123", "From": "whatsapp:+14155550100"},
    "everything": {"MaxPrice": "0.5", "ValidityPeriod": "600", "SmartEncoded": "true", "FutureField": "x"},
}
AT = "/2010-04-01/Accounts/{AccountSid}"
MESSAGE, MESSAGES = f"{AT}/Messages/{{Sid}}.json", f"{AT}/Messages.json"
MEDIUM, MEDIA = f"{AT}/Messages/{{MessageSid}}/Media/{{Sid}}.json", f"{AT}/Messages/{{MessageSid}}/Media.json"
FEEDBACK = f"{AT}/Messages/{{MessageSid}}/Feedback.json"


def assert_as_promised(answer: Any, place: str, method: str, status: int) -> dict[str, Any]:
    """The answer has the status, the schema and every key that the vendor's file has for this call."""
    assert answer.status_code == status, answer.text
    (promised,) = SPEC["paths"][place][method]["responses"].values()
    schema = promised["content"]["application/json"]["schema"]
    body = answer.json()
    jsonschema.validate(body, plain_schema(schema))
    name = schema.get("$ref", "").rpartition("/")[2]
    keys = SPEC["components"]["schemas"][name]["properties"] if name else schema["properties"]
    assert set(body) == set(keys)
    return dict(body)


@pytest.mark.parametrize("given", CREATES.values(), ids=CREATES)
def test_create_fetch_and_cancel_answer_what_the_vendors_file_promises(alone: House, given: dict[str, Any]) -> None:
    made = assert_as_promised(call(alone, "POST", data=PLAIN | given), MESSAGES, "post", 201)
    path = f"/Messages/{made['sid']}.json"

    assert assert_as_promised(call(alone, "GET", path), MESSAGE, "get", 200) == made
    canceled = assert_as_promised(call(alone, "POST", path, data={"Status": "canceled"}), MESSAGE, "post", 200)
    assert canceled["status"] == "canceled"


@pytest.mark.parametrize("size", [1, 2, 50])
def test_every_page_of_a_list_is_what_the_vendors_file_promises(alone: House, size: int) -> None:
    for n in range(3):
        call(alone, "POST", data=PLAIN | {"Body": f"page {size} {n}"})

    for page in (0, 1, 99):
        answer = call(alone, "GET", f"/Messages.json?PageSize={size}&Page={page}")
        body = assert_as_promised(answer, MESSAGES, "get", 200)
        assert len(body["messages"]) <= size
        assert (page < 99) or body["messages"] == []


@pytest.mark.parametrize("make", OVER)
def test_what_is_over_is_shown_redacted_and_deleted_as_the_vendors_file_promises(still: House, make: Any) -> None:
    keep_log(still)
    path = f"/Messages/{make(still)}.json"

    assert_as_promised(call(still, "GET", path), MESSAGE, "get", 200)
    assert_as_promised(call(still, "POST", path, data={"Body": ""}), MESSAGE, "post", 200)
    gone = call(still, "DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert "204" in SPEC["paths"][MESSAGE]["delete"]["responses"]


def test_media_are_what_the_vendors_file_promises(alone: House) -> None:
    sid = call(alone, "POST", data=PLAIN | {"MediaUrl": list(PICTURES)}).json()["sid"]

    listed = assert_as_promised(call(alone, "GET", f"/Messages/{sid}/Media.json"), MEDIA, "get", 200)
    for medium in listed["media_list"]:
        shown = call(alone, "GET", f"/Messages/{sid}/Media/{medium['sid']}.json")
        assert assert_as_promised(shown, MEDIUM, "get", 200) == medium


def test_feedback_is_what_the_vendors_file_promises_but_for_its_status(still: House) -> None:
    """The file says 200; Twilio's pages and its answers say 201 for what a POST makes."""
    keep_log(still)
    sid = sent(still)

    answer = call(still, "POST", f"/Messages/{sid}/Feedback.json", data={"Outcome": "confirmed"})

    assert_as_promised(answer, FEEDBACK, "post", 201)


def test_a_status_is_always_one_that_the_vendor_knows(still: House) -> None:
    known = SPEC["components"]["schemas"]["message_enum_status"]["enum"]

    for make in (rejected, expired, arrived, sent):
        answer = call(still, "GET", f"/Messages/{make(still)}.json").json()
        assert answer["status"] in known
