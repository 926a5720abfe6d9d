"""SendGrid's door: what it takes, what it says of what it cannot take, and what of it a person and the checks see."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from python_http_client import exceptions
from sendgrid.helpers.mail import Mail

from sayso import store
from tests.mailing import KAYLA, NATE, SCOTT, SHOP, Post, mail, post
from tests.vendors import plain_http

__all__ = ["post"]  # a fixture from elsewhere

TEXT = {"type": "text/plain", "value": "x"}
HTML = {"type": "text/html", "value": "<p>x</p>"}
TO: dict[str, Any] = {"to": [{"email": KAYLA}]}
FILE = {"content": "UERG", "filename": "a.pdf"}
WRONG: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "no-people": ({"personalizations": []}, "personalizations", "at least one personalization"),
    "no-to": ({"personalizations": [{}]}, "personalizations.0.to", "The to array is required"),
    "no-email": ({"personalizations": [TO, {"to": [{}]}]}, "personalizations.1.to.0.email", "is required"),
    "bad-email": ({"personalizations": [{"to": [{"email": "kayla"}]}]}, "personalizations.0.to.0.email", "valid"),
    "email-list": ({"personalizations": [{"to": [{"email": [KAYLA]}]}]}, "personalizations.0.to.0.email", "given: arr"),
    "bad-cc": ({"personalizations": [TO | {"cc": [{"email": "a b@c.de"}]}]}, "personalizations.0.cc.0.email", "valid"),
    "twice": ({"personalizations": [TO | {"bcc": [{"email": KAYLA}]}]}, "personalizations.0.bcc", "unique"),
    "too-many": ({"personalizations": [TO] * 1001}, "personalizations", "1000"),
    "too-many-cc": (
        {"personalizations": [TO | {"cc": [{"email": f"a{n}@example.com"} for n in range(1000)]}]},
        "personalizations",
        "1000 recipients",
    ),
    "no-from": ({"from": None}, "from.email", "from object"),
    "from-text": ({"from": SHOP}, "from", "Expected: object, given: string"),
    "no-subject": ({"subject": None}, "subject", "subject is required"),
    "two-lines": ({"subject": "a\nb"}, "subject", "one line"),
    "no-content": ({"content": None}, "content", "at least one defined content block"),
    "empty-content": ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value", "one character"),
    "html-first": ({"content": [HTML, TEXT]}, "content", "first"),
    "no-filename": ({"attachments": [{"content": "UERG"}]}, "attachments.0.filename", "required"),
    "blanks-and-no-base64": (
        {"attachments": [{"content": " " * 60_000 + "!", "filename": "a"}]},
        "attachments.0.content",
        "base64",
    ),
    "no-base64": ({"attachments": [{"content": "%PDF", "filename": "a"}]}, "attachments.0.content", "base64"),
    "too-late": ({"send_at": 4102444800}, "send_at", "72 hours"),
    "own-too-late": ({"personalizations": [TO | {"send_at": 4102444800}]}, "personalizations.0.send_at", "72 hours"),
    "args-number": ({"custom_args": {"order": 8812}}, "custom_args.order", "Expected: string, given: integer"),
    "args-long": ({"custom_args": {"note": "x" * 10_001}}, "custom_args", "10000"),
    "categories": ({"categories": [str(n) for n in range(11)]}, "categories", "10"),
    "reserved": ({"headers": {"Subject": "x"}}, "headers.Subject", "reserved"),
    "header-line": ({"headers": {"X-A": "x\r\nBcc: a@example.com"}}, "headers.X-A", "valid header"),
    "asm": ({"asm": {"group_id": "7"}}, "asm.group_id", "Expected: integer"),
    "pool": ({"ip_pool_name": "x"}, "ip_pool_name", "2 and 64"),
    "batch": ({"batch_id": "a b"}, "batch_id", "invalid"),
    "both-replies": ({"reply_to": {"email": SHOP}, "reply_to_list": [{"email": SHOP}]}, "reply_to", "Only one"),
    "mixed": (
        {"template_id": "d-1", "personalizations": [TO | {"substitutions": {"a": "b"}}]},
        "personalizations.0.substitutions",
        "dynamic templating",
    ),
    "half-character": ({"subject": "\ud83d"}, None, "Bad Request"),
}


def errors(answer: Any) -> tuple[str | None, str]:
    """The one error of an answer in the vendor's shape."""
    (said,) = answer.json()["errors"]
    assert set(said) == {"message", "field", "help"}
    assert said["help"] is None
    return said["field"], said["message"]


def nothing_stored(post: Post) -> bool:
    """Whether no message is there."""
    with post.house.store.read() as tx:
        return store.count_states(tx) == {}


def test_what_the_vendor_would_not_take_is_refused_at_once_at_the_field(post: Post) -> None:
    for name, (given, field, words) in WRONG.items():
        answer = post.send(mail(**given))
        assert answer.status_code == 400, name
        found, said = errors(answer)
        assert (found, words in said) == (field, True), (name, found, said)
    assert nothing_stored(post)


RAW: dict[str, tuple[bytes, dict[str, str], int]] = {
    "no-json": (b"{", {}, 400),
    "a-list": (b"[]", {}, 400),
    "twice": (b'{"subject": "a", "subject": "b"}', {}, 400),
    "nan": (b'{"send_at": NaN}', {}, 400),
    "deep": (b"[" * 100_000, {}, 400),
    "deep-enough-to-parse": (b'{"asm": ' + b"[" * 500 + b"]" * 500 + b"}", {}, 400),
    "an-endless-number": (b'{"send_at": 1e999}', {}, 400),
    "a-form": (b"to=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "packed-otherwise": (b"x", {"Content-Encoding": "br"}, 415),
    "not-packed": (b"{}", {"Content-Encoding": "gzip"}, 400),
    "a-bomb": (gzip.compress(b" " * (31 * 1024 * 1024)), {"Content-Encoding": "gzip"}, 413),
    "too-large": (b" " * (30 * 1024 * 1024 + 1), {}, 413),
    "no-key": (b"{}", {"Authorization": ""}, 401),
    "another-key": (b"{}", {"Authorization": "Bearer SG.x.y"}, 401),
    "for-a-subuser": (b"{}", {"On-Behalf-Of": "somebody"}, 403),
}


@pytest.mark.parametrize(("body", "headers", "status"), RAW.values(), ids=RAW)
def test_a_request_that_cannot_be_read_hears_so_in_the_vendors_shape(
    post: Post, body: bytes, headers: dict[str, str], status: int
) -> None:
    sent = {"Authorization": f"Bearer {post.key}", "Content-Type": "application/json"} | headers
    answer = plain_http().post(f"{post.house.url}/v3/mail/send", data=body, headers=sent, timeout=30)
    assert answer.status_code == status, answer.text
    assert errors(answer)[0] is None
    assert nothing_stored(post)


PATHS = {
    ("GET", "/v3/mail/send"): 405,
    ("POST", "/v3/templates"): 405,
    ("GET", "/v3/asm/suppressions/global"): 404,
    ("GET", "/v3/asm/groups/7/suppressions"): 404,
    ("GET", "/v3/suppression/bounces"): 404,
    ("GET", "/v3/user/email"): 404,
    ("GET", "/v3/messages"): 404,
    ("POST", "/v3/marketing/singlesends"): 404,
    ("GET", "/v3/api_keys"): 404,
    ("GET", "/v3"): 404,
    ("GET", "/v3/templates/../api_keys"): 404,
}


@pytest.mark.parametrize(("asked", "status"), PATHS.items(), ids=str)
def test_everything_else_is_the_vendors_own_error(post: Post, asked: tuple[str, str], status: int) -> None:
    answer = post.call(*asked)
    assert answer.status_code == status
    assert errors(answer)[0] is None
    assert post.vendor.heard == []


def test_errors_are_typed_exceptions_in_the_vendors_client(post: Post) -> None:
    with pytest.raises(exceptions.BadRequestsError) as bad:
        post.client().send(Mail(from_email=SHOP, to_emails="kayla@nowhere", subject="x", plain_text_content="x"))
    assert bad.value.to_dict["errors"][0]["field"] == "personalizations.0.to.0.email"
    post.house.issued["crm"]["sendgrid"]["api_key"] = "SG.other.key"
    with pytest.raises(exceptions.UnauthorizedError):
        post.client().send(Mail(from_email=SHOP, to_emails=KAYLA, subject="x", plain_text_content="x"))


def test_a_packed_request_is_taken(post: Post) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", **post.headers()}
    packed = gzip.compress(json.dumps(mail()).encode())
    answer = plain_http().post(f"{post.house.url}/v3/mail/send", data=packed, headers=headers, timeout=10)
    assert answer.status_code == 202


def test_keys_and_templates_are_asked_of_the_vendor_without_our_key(post: Post) -> None:
    answer = post.call("GET", "/v3/scopes")
    assert (answer.status_code, answer.json()["seen"]) == (200, "Bearer [secret]")
    assert post.call("GET", "/v3/asm/groups?id=5").json() == {"path": "/v3/asm/groups?id=5"}
    missing = post.call("GET", "/v3/templates/d-1")
    assert (missing.status_code, errors(missing)) == (404, (None, "not found"))


def test_every_recipient_is_one_of_the_message_and_its_kind_stays(post: Post) -> None:
    own = {"to": [{"email": KAYLA, "name": "Kayla"}], "cc": [{"email": SCOTT}], "bcc": [{"email": NATE}]}
    content = post.look(post.sent(personalizations=[own])).content
    assert content.to == (KAYLA, SCOTT, NATE)
    assert json.loads(dict(content.fields)["personalization"])["bcc"] == [{"email": NATE}]


def test_the_words_are_shown_as_each_of_them_would_read_them(post: Post) -> None:
    people = [
        {"to": [{"email": KAYLA}], "substitutions": {"-name-": "Kayla", "-ring-": "oval"}, "subject": "For -name-"},
        {"to": [{"email": SCOTT}], "substitutions": {"-name-": "Scott", "-ring-": "round"}},
    ]
    page = '<html><head><title>x</title></head><body><p>Hi -name-,</p><a href="https://a.example/r">-ring-</a></body>'
    first = post.sent(personalizations=people, subject="Ring", content=[{"type": "text/html", "value": page}])
    kayla, scott = (post.look(one).content for one in (first, f"{first}.1"))
    assert (kayla.subject_line, scott.subject_line) == ("For Kayla", "Ring")
    assert (kayla.body, kayla.words) == (None, "Hi Kayla,\noval (https://a.example/r)")
    assert scott.words.startswith("Hi Scott,")
    assert "Hi Scott," in (scott.html or "")


def test_an_unfilled_field_in_a_page_or_a_subject_waits_for_somebody(post: Post) -> None:
    page = [TEXT, {"type": "text/html", "value": "<p>Hi {{first_name}}</p>"}]
    found = post.look(post.sent(content=page, subject="Your *|RING|*")).findings
    assert {finding.subject for finding in found if finding.check == "merge_field"} >= {"{{first_name}}", "*|RING|*"}


def test_what_is_attached_and_added_is_told_to_staff_without_its_bytes(post: Post) -> None:
    logo = {"content": "iVBORw0KGgo=", "filename": "logo.png", "type": "image/png", "disposition": "inline"}
    footer = {"footer": {"enable": True, "text": "12 Oak St", "html": "<p>12 Oak St, Reno</p>"}}
    more = {"mail_settings": footer | {"bypass_list_management": {"enable": True}}, "asm": {"group_id": 7}}
    message = post.look(post.sent(attachments=[FILE, logo | {"content_id": "logo"}], **more))
    told = dict(message.content.fields)
    assert told["attachments"] == "a.pdf, logo.png (image/png, inline)"
    assert told["footer"] == "12 Oak St\n12 Oak St, Reno"
    assert told["mail_settings"] == "bypass_list_management"
    assert told["asm"] == "unsubscribe group 7"
    assert "iVBORw0KGgo" not in json.dumps(told)


def test_what_it_is_for_comes_from_arguments_and_categories(post: Post) -> None:
    mine = {"purpose": "purchase_feedback", "person": "kayla", "order": "8812"}
    people = [TO | {"custom_args": {"subject": "purchase/8812"}}, {"to": [{"email": SCOTT}]}]
    first = post.sent(personalizations=people, custom_args=mine, categories=["subject:purchase/9"])
    kayla, scott = (post.look(one) for one in (first, f"{first}.1"))
    assert (kayla.purpose, kayla.subject, kayla.person) == ("purchase_feedback", "purchase/8812", "kayla")
    assert (scott.purpose, scott.subject) == ("purchase_feedback", "purchase/9")
    assert dict(kayla.content.metadata) == {**mine, "subject": "purchase/8812"}
    assert kayla.batch_id == scott.batch_id is not None


def test_a_purpose_in_front_of_the_path_counts(post: Post) -> None:
    answer = post.send(mail(), "/for/purchase_feedback")
    assert post.look(answer.headers["X-Message-Id"]).purpose == "purchase_feedback"


def test_a_mail_for_later_is_held_by_us_and_is_not_worth_sending_after_that(post: Post) -> None:
    at = (post.house.clock() + timedelta(hours=2)).replace(microsecond=0)
    people = [TO | {"send_at": int(at.timestamp())}, {"to": [{"email": SCOTT}]}]
    first = post.sent(personalizations=people, send_at=int((at + timedelta(hours=1)).timestamp()))
    kayla, scott = (post.look(one) for one in (first, f"{first}.1"))
    assert (kayla.send_at, kayla.hold_expires_at) == (at, at)
    assert scott.send_at == at + timedelta(hours=1)
    assert post.look(post.sent(send_at=1_600_000_000)).send_at is None


def test_a_thousand_personalizations_are_one_batch_of_a_thousand_messages(post: Post) -> None:
    people = [{"to": [{"email": f"buyer{n}@example.com"}]} for n in range(1000)]
    first = post.sent(personalizations=people)
    with post.house.store.read() as tx:
        assert store.count_states(tx) == {"received": 1000}
    assert post.look(f"{first}.999").batch_id == post.look(first).batch_id is not None
