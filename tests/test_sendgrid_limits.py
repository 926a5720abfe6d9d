"""SendGrid's door takes no name that the vendor might read otherwise, and no more than can be read in a moment."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from sayso import store
from tests import walk
from tests.mailing import KAYLA, SCOTT, SHOP, Post, mail, post
from tests.test_sendgrid_door import TO, errors, nothing_stored
from tests.vendors import plain_http

__all__ = ["post"]  # a fixture from elsewhere

EVE = [{"email": "eve@example.com"}]
WORDS = {"type": "text/plain", "value": "Your ring is ready."}
NAMES: dict[str, tuple[dict[str, Any], str]] = {
    "hidden-reader": ({"personalizations": [TO | {"BCC": EVE}]}, "personalizations.0.BCC"),
    "people": ({"Personalizations": [{"to": EVE}]}, "Personalizations"),
    "words": ({"Content": [WORDS]}, "Content"),
    "settings": ({"Mail_Settings": {"bcc": {"enable": True, "email": "eve@example.com"}}}, "Mail_Settings"),
    "a-try": ({"mail_settings": {"footer": {"Enable": True}}}, "mail_settings.footer.Enable"),
    "an-address": ({"from": {"email": SHOP, "EMAIL": "eve@example.com"}}, "from.EMAIL"),
    "a-reader": ({"personalizations": [{"to": [{"email": KAYLA, "Email": "e"}]}]}, "personalizations.0.to.0.Email"),
    "a-value": ({"content": [WORDS | {"Value": "Other words"}]}, "content.0.Value"),
    "a-file": ({"attachments": [{"content": "UERG", "filename": "a", "CONTENT": "AA"}]}, "attachments.0.CONTENT"),
    "long-s": ({"personalizations": [TO | {"\u017fubject": "Other"}]}, "personalizations.0.\u017fubject"),
    "kelvin": ({"tracking_settings": {"clic\u212a_tracking": {}}}, "tracking_settings.clic\u212a_tracking"),
    "no-dot": ({"batch_\u0131d": "x"}, "batch_\u0131d"),
    "wide": ({"personalizations": [TO | {"\uff42\uff43\uff43": EVE}]}, "personalizations.0.\uff42\uff43\uff43"),
    "camel": ({"mailSettings": {}}, "mailSettings"),
    "second-header": ({"headers": {"X-SMTPAPI": '{"to": ["eve@example.com"]}'}}, "headers.X-SMTPAPI"),
}


@pytest.mark.parametrize("what", NAMES)
def test_a_name_that_the_vendor_might_read_as_its_own_is_refused(post: Post, what: str) -> None:
    given, field = NAMES[what]
    answer = post.send(mail(**given))
    assert (answer.status_code, errors(answer)[0]) == (400, field)
    assert nothing_stored(post)


def test_names_of_the_crms_own_are_written_as_it_likes(post: Post) -> None:
    own = TO | {"dynamic_template_data": {"Subject": "x", "BCC": [{"To": "y"}]}, "custom_args": {"From": "till"}}
    assert post.sent(personalizations=[own], template_id="d-1", content=None, headers={"X-To": "z"})
    assert post.sent(personalizations=[TO | {"substitutions": {"Email": "x"}}], sections={"CC": "y"})


@pytest.mark.parametrize(
    "inside",
    [
        '"email": "kayla@example.com", "email": "eve@example.com"',
        '"email": "eve@example.com", "email": "kayla@example.com"',
    ],
)
def test_a_name_that_stands_there_twice_is_refused_at_any_depth(post: Post, inside: str) -> None:
    body = json.dumps(mail()).replace(f'"email": "{KAYLA}"', inside)
    headers = post.headers() | {"Content-Type": "application/json"}
    answer = plain_http().post(f"{post.house.url}/v3/mail/send", data=body, headers=headers, timeout=10)
    assert (answer.status_code, nothing_stored(post)) == (400, True)


def test_what_is_read_is_what_leaves(post: Post) -> None:
    people = [{"to": [{"email": KAYLA, "note": "x"}], "other": EVE}]
    crm_id = post.sent(personalizations=people, unknown={"a": 1})
    walk.decide(post.house, crm_id, "approve")
    walk.dispatched(post.house)
    (sent,) = post.sendgrid.raw
    left = json.loads(sent)
    assert left["unknown"] == {"a": 1}
    assert left["personalizations"][0]["other"] == EVE


TAGS = {f"t{n:04}": "" for n in range(200)}
LARGE: dict[str, tuple[dict[str, Any], int, str]] = {
    "words": ({"content": [WORDS | {"value": "word " * 200_001}]}, 413, "content"),
    "both-words": (
        {"content": [{"type": f"text/{kind}", "value": "word " * 101_000} for kind in ("plain", "html")]},
        413,
        "content",
    ),
    "words-for-many": (
        {
            "personalizations": [{"to": [{"email": f"a{n}@example.com"}]} for n in range(60)],
            "content": [WORDS | {"value": "word " * 80_000}],
        },
        413,
        "personalizations",
    ),
    "a-footer-for-many": (
        {
            "personalizations": [{"to": [{"email": f"a{n}@example.com"}]} for n in range(60)],
            "mail_settings": {"footer": {"enable": True, "text": "word " * 80_000}},
        },
        413,
        "personalizations",
    ),
    "a-bomb": (
        {
            "personalizations": [TO | {"substitutions": {"-a-": "x" * 9_000}}],
            "content": [WORDS | {"value": "-a-" * 2_000}],
        },
        413,
        "personalizations.0.substitutions",
    ),
    "a-bomb-of-sections": (
        {
            "personalizations": [TO | {"substitutions": {"-a-": "-s-" * 100}}],
            "content": [WORDS | {"value": "-a-" * 100}],
            "sections": {"-s-": "x" * 10_000},
        },
        413,
        "personalizations.0.substitutions",
    ),
    "substitutions": (
        {"personalizations": [TO | {"substitutions": {"-a-": "x" * 9_998}}]},
        400,
        "personalizations.0.substitutions",
    ),
    "tags": (
        {"personalizations": [TO | {"substitutions": TAGS | {"one more": ""}}]},
        400,
        "personalizations.0.substitutions",
    ),
    "sections": ({"sections": TAGS | {"one more": ""}}, 400, "sections"),
    "tags-like-the-text": (
        {"personalizations": [TO | {"substitutions": TAGS}], "content": [WORDS | {"value": "t" * 100_000}]},
        413,
        "personalizations.0.substitutions",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LARGE)
def test_more_than_can_be_read_in_a_moment_is_refused_in_the_vendors_shape(post: Post, what: str) -> None:
    given, status, field = LARGE[what]
    began = time.monotonic()
    answer = post.send(mail(**given))
    assert (answer.status_code, errors(answer)[0]) == (status, field)
    assert nothing_stored(post)
    assert time.monotonic() - began < 10


def test_a_long_mail_with_many_tags_is_filled_as_ever(post: Post) -> None:
    tags = {f"-tag{n}-": f"value {n}" for n in range(100)}
    text = " ".join(tags) * 20
    shown = post.look(post.sent(personalizations=[TO | {"substitutions": tags}], content=[WORDS | {"value": text}]))
    assert (shown.content.body or "").startswith("value 0 value 1 value 2")
    assert "-tag" not in shown.content.words


def test_a_few_long_mails_are_screened_after_the_answer(post: Post) -> None:
    long = [{"type": "text/html", "value": f"<style>{'p {} ' * 52_000}</style><p>All about your ring.</p>"}]
    both = [{"to": [{"email": KAYLA}]}, {"to": [{"email": SCOTT}]}]
    first = post.sent(personalizations=both, content=long)
    with post.house.store.read() as tx:
        assert store.count_states(tx) == {"received": 2}
    walk.swept(post.house)
    assert {post.look(one).state for one in (first, f"{first}.1")} == {"held"}
    assert post.look(post.sent(content=long)).state == "held"


TEMPLATES = {
    "dynamic": ("d-1", "{{a}}" * 200, {"dynamic_template_data": {"a": "x" * 9_000}}),
    "legacy": ("1", "-a-" * 200, {"substitutions": {"-a-": "x" * 9_000}}),
}


@pytest.mark.parametrize(("name", "text", "own"), TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_that_its_values_would_make_too_long_waits_unread(
    post: Post, name: str, text: str, own: dict[str, Any]
) -> None:
    post.sendgrid.templates[name] = {"versions": [{"active": 1, "subject": "", "plain_content": text}]}
    message = post.look(post.sent(personalizations=[TO | own], template_id=name, content=None, subject=None))
    assert (message.state, message.content.seen) == ("held", None)
    assert "unseen_words" in {finding.check for finding in message.findings}
