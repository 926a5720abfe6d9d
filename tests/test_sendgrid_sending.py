"""What SendGrid gets: the request as it came, to those whom a person saw, in the words that they signed off."""

from __future__ import annotations

import base64
import json
import os
import tracemalloc
from typing import Any

import pytest

from sayso import dispatch
from sayso.message import Malformed
from tests.handing_in import email, handed_in
from tests.mailing import KAYLA, NATE, SCOTT, SHOP, Post, mail, post
from tests.walk import decide, dispatched

__all__ = ["post"]  # a fixture from elsewhere

PAGE = [{"type": "text/plain", "value": "Hi -name-"}, {"type": "text/html", "value": "<p>Hi <b>-name-</b></p>"}]
EVERYTHING: dict[str, Any] = {
    "personalizations": [
        {
            "to": [{"email": KAYLA, "name": "Kayla"}],
            "cc": [{"email": SCOTT}],
            "bcc": [{"email": NATE}],
            "subject": "For -name-",
            "headers": {"X-Order": "8812"},
            "substitutions": {"-name-": "Kayla"},
            "custom_args": {"order": "8812"},
        }
    ],
    "from": {"email": SHOP, "name": "Smith & Söhne"},
    "reply_to_list": [{"email": SHOP}],
    "subject": "Ring",
    "content": [*PAGE, {"type": "text/calendar", "value": "BEGIN:VCALENDAR"}],
    "attachments": [{"content": "iVBORw0KGgo=", "filename": "l.png", "disposition": "inline", "content_id": "logo"}],
    "headers": {"X-Shop": "reno"},
    "categories": ["rings"],
    "custom_args": {"run": "1"},
    "asm": {"group_id": 7, "groups_to_display": [7, 8]},
    "ip_pool_name": "main",
    "mail_settings": {"footer": {"enable": True, "text": "12 Oak St"}},
    "tracking_settings": {"click_tracking": {"enable": False, "enable_text": False}},
    "future_field": {"kept": [1, 2.5, None, "é"]},
}


def went(post: Post, crm_id: str) -> dict[str, Any]:
    """What SendGrid took of a mail that somebody said yes to, as far as it is not ours."""
    decide(post.house, crm_id, "approve")
    dispatched(post.house)
    taken = dict(post.sendgrid.mails[-1])
    taken.pop("id")
    for own in taken["personalizations"]:
        assert own["custom_args"].pop("sayso_message")
    return taken


def test_everything_that_came_goes_as_it_came(post: Post) -> None:
    sent = post.sent(**EVERYTHING)
    assert went(post, sent) == EVERYTHING
    raw, rest = post.sendgrid.raw[-1], {k: v for k, v in mail(**EVERYTHING).items() if k != "personalizations"}
    assert raw.endswith(json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode()[1:])


def test_a_mail_for_later_goes_at_its_time_without_saying_so(post: Post) -> None:
    at = int(post.house.clock().timestamp()) + 3600
    crm_id = post.sent(send_at=at)
    decide(post.house, crm_id, "approve")
    dispatched(post.house)
    assert post.sendgrid.mails == []
    post.house.clock.forward(hours=1, seconds=1)
    dispatched(post.house)
    (taken,) = post.sendgrid.mails
    assert "send_at" not in json.dumps(taken)


def test_whoever_is_left_out_gets_nothing(post: Post) -> None:
    crm_id = post.sent(**EVERYTHING)
    decide(post.house, crm_id, "edit", given={"drop": [NATE]})
    taken = went(post, crm_id)
    assert NATE not in json.dumps(taken)
    assert taken["personalizations"][0]["cc"] == [{"email": SCOTT}]


def test_copies_alone_are_not_sent(post: Post) -> None:
    crm_id = post.sent(**EVERYTHING)
    with pytest.raises(Malformed, match="only copies"):
        decide(post.house, crm_id, "edit", given={"drop": [KAYLA]})


def test_edited_words_go_and_the_others_of_the_request_keep_theirs(post: Post) -> None:
    people = [{"to": [{"email": one}], "substitutions": {"-name-": one[:5]}} for one in (KAYLA, SCOTT, NATE)]
    first = post.sent(personalizations=people, content=PAGE[:1], subject="Ring -name-")
    decide(post.house, first, "edit", given={"body": "Hello -name- dear", "subject_line": "Your -name-"})
    for one in (first, f"{first}.1", f"{first}.2"):
        decide(post.house, one, "approve")
    dispatched(post.house)
    mine, theirs = sorted(post.sendgrid.mails, key=lambda taken: len(taken["personalizations"]))
    assert [part["value"] for part in mine["content"]] == ["Hello -name- dear"]
    assert mine["personalizations"][0]["subject"] == "Your -name-"
    assert "substitutions" not in mine["personalizations"][0]
    assert [part["value"] for part in theirs["content"]] == ["Hi -name-"]
    assert len(theirs["personalizations"]) == 2


def test_another_subject_of_a_designed_mail_leaves_its_page_as_it_was_read(post: Post) -> None:
    crm_id = post.sent(**EVERYTHING)
    decide(post.house, crm_id, "edit", given={"subject_line": "Your ring"})
    taken = went(post, crm_id)
    assert taken["personalizations"][0]["subject"] == "Your ring"
    words = [part["value"] for part in taken["content"]]
    assert words == ["Hi Kayla", "<p>Hi <b>Kayla</b></p>", "BEGIN:VCALENDAR"]
    assert taken["attachments"] == EVERYTHING["attachments"]


def test_the_text_of_a_designed_mail_is_not_edited_away_from_its_page(post: Post) -> None:
    crm_id = post.sent(content=PAGE)
    with pytest.raises(Malformed, match="designed version"):
        decide(post.house, crm_id, "edit", given={"body": "Other words"})


def test_a_redirected_mail_goes_to_the_other_address_alone(post: Post) -> None:
    crm_id = post.sent(personalizations=[{"to": [{"email": KAYLA, "name": "Kayla"}]}])
    post.sent(personalizations=[{"to": [{"email": SCOTT}]}])  # so that the shop has written there before
    made = decide(post.house, crm_id, "redirect", given={"to": SCOTT})
    (own,) = went(post, made.id)["personalizations"]
    assert own["to"] == [{"email": SCOTT}]
    assert post.look(crm_id).state == "stopped"


def test_a_mail_from_our_own_door_goes_as_a_mail_of_the_vendor(post: Post) -> None:
    given = email(**{"from": "Smith & Sons <shop@jeweller.example>", "html": "<p>Ready.</p>", "body": "Ready, Kayla."})
    taken = went(post, str(handed_in(post.house, given)["id"]))
    assert taken == {
        "personalizations": [{"to": [{"email": KAYLA}], "custom_args": {}}],
        "from": {"email": SHOP, "name": "Smith & Sons"},
        "subject": "Your ring",
        "content": [{"type": "text/plain", "value": "Ready, Kayla."}, {"type": "text/html", "value": "<p>Ready.</p>"}],
    }


FAULTS: dict[str, tuple[int, dict[str, str], object, str, str | None]] = {
    "field": (400, {}, {"errors": [{"message": "no", "field": "from.email"}]}, "failed", "from.email"),
    "unverified": (403, {}, {"errors": [{"message": "no", "field": "from"}]}, "failed", "from"),
    "large": (413, {}, "<html>", "failed", "413"),
    "key": (401, {}, {"errors": [{"message": "no", "field": None}]}, "cleared", None),
    "forbidden": (403, {}, {"errors": [{"message": "no", "field": None}]}, "cleared", None),
    "busy": (429, {}, {"errors": [{"message": "too many requests", "field": None}]}, "cleared", None),
    "not-it": (404, {}, "<html>", "cleared", None),
    "strange-400": (400, {}, "<html>", "cleared", None),
    "ill": (500, {}, {"errors": [{"message": "internal"}]}, "unconfirmed", None),
    "no-id": (202, {}, "", "unconfirmed", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_the_vendor_answers_decides_what_becomes_of_it(post: Post, fault: str) -> None:
    status, headers, body, state, code = FAULTS[fault]
    said = body if isinstance(body, str) else json.dumps(body)
    post.sendgrid.fault = (status, headers, said.encode())
    crm_id = post.sent()
    decide(post.house, crm_id, "approve")
    dispatch.run_due(post.house.runtime)
    message = post.look(crm_id)
    assert (message.state, message.error_code) == (state, code)


def test_a_busy_vendor_is_left_alone_until_it_counts_anew(post: Post) -> None:
    at = int(post.house.clock().timestamp()) + 90
    post.sendgrid.fault = (429, {"X-RateLimit-Reset": str(at)}, b'{"errors": [{"message": "too many"}]}')
    crm_id = post.sent()
    decide(post.house, crm_id, "approve")
    dispatch.run_due(post.house.runtime)
    due_at = post.look(crm_id).due_at
    assert due_at
    assert abs(due_at.timestamp() - at) < 5


def test_one_bad_personalization_does_not_take_the_others_with_it(post: Post) -> None:
    people = [{"to": [{"email": one}]} for one in (KAYLA, SCOTT)]
    first = post.sent(personalizations=people)
    for one in (first, f"{first}.1"):
        decide(post.house, one, "approve")
    answer = post.sendgrid.answer

    def refusing(heard: Any) -> Any:
        if SCOTT.encode() in heard.body:
            return 400, {}, b'{"errors": [{"message": "no", "field": "personalizations.0.to"}]}'
        return answer(heard)

    post.vendor.answer = refusing
    dispatched(post.house)
    assert [post.look(one).state for one in (first, f"{first}.1")] == ["sent", "failed"]


def test_twenty_megabytes_arrive_as_they_were_in_a_handful_of_copies(post: Post) -> None:
    file = os.urandom(15_000_000)
    content = base64.b64encode(file).decode()
    people = [{"to": [{"email": one}]} for one in (KAYLA, SCOTT, NATE)]
    attached = [{"content": content, "filename": "ring.mov", "type": "video/quicktime"}]
    first = post.sent(personalizations=people, attachments=attached)
    del attached
    for n in ("", ".1", ".2"):
        decide(post.house, f"{first}{n}", "approve")
    answer, peaks = post.sendgrid.answer, []

    def measured(heard: Any) -> Any:
        peaks.append(tracemalloc.get_traced_memory()[1])
        return answer(heard)

    post.vendor.answer = measured
    tracemalloc.start()
    dispatched(post.house)
    tracemalloc.stop()
    (taken,) = post.sendgrid.mails
    assert base64.b64decode(taken["attachments"][0]["content"]) == file
    assert len(taken["personalizations"]) == 3
    assert peaks[0] < 6 * len(content)  # one of them is the fake vendor's own, in this same process


def test_a_template_is_read_filled_in_and_edited_by_its_values(post: Post) -> None:
    words = {
        "subject": "For {{name}}",
        "plain_content": "",
        "html_content": "<p>Hi {{name}}{{#if vip}}, dear{{/if}}.</p>",
    }
    version = words | {"active": 1, "generate_plain_content": True}
    post.sendgrid.templates["d-1"] = {"id": "d-1", "versions": [{"active": 0, "subject": "old"}, version]}
    own = {"to": [{"email": KAYLA}], "dynamic_template_data": {"name": "Kayla", "vip": True}}
    crm_id = post.sent(personalizations=[own], template_id="d-1", content=None, subject=None)
    message = post.look(crm_id)
    assert (message.content.seen, message.findings) == ("For Kayla\nHi Kayla, dear.", ())
    decide(post.house, crm_id, "edit", given={"variables": {"name": "Kayla Reed"}})
    assert post.look(crm_id).content.seen == "For Kayla Reed\nHi Kayla Reed, dear."
    taken = went(post, crm_id)
    assert taken["template_id"] == "d-1"
    assert taken["personalizations"][0]["dynamic_template_data"] == {"name": "Kayla Reed", "vip": True}


GAPS = {
    "missing": ("Hi {{name}}", {}, "Hi {{name}}"),
    "loop": ("{{#each rings}}{{this}}{{/each}} {{name}}", {"name": "Kayla"}, None),
    "helper": ('Hi {{insert name "default=you"}}', {"name": "Kayla"}, None),
    "nothing": ("Hi {{a.b}}", {"a": {"b": None}}, "Hi {{a.b}}"),
}


@pytest.mark.parametrize(("text", "data", "shown"), GAPS.values(), ids=GAPS)
def test_what_cannot_be_filled_in_stays_and_waits_for_somebody(
    post: Post, text: str, data: dict[str, object], shown: str | None
) -> None:
    post.sendgrid.templates["d-1"] = {"versions": [{"active": 1, "subject": "", "plain_content": text}]}
    own = {"to": [{"email": KAYLA}], "dynamic_template_data": data}
    message = post.look(post.sent(personalizations=[own], template_id="d-1", content=None, subject=None))
    assert message.content.seen == (shown or text)
    assert "merge_field" in {finding.check for finding in message.findings}


def test_words_that_the_vendor_does_not_show_wait_unseen(post: Post) -> None:
    message = post.look(post.sent(template_id="d-9", content=None))
    assert message.content.seen is None
    assert "unseen_words" in {finding.check for finding in message.findings}
