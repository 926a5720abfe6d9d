"""markup: tags, entities and escapes that a phone would show as they are."""

from __future__ import annotations

import pytest

from sayso.checks.markup import check
from tests.checks.build import a_message, seconds_for, some_facts

LEFTOVERS = {
    "break": ("Hi Kayla<br>ready", "tag", "<br>"),
    "break_closed": ("Hi Kayla<br />ready", "tag", "<br />"),
    "bold": ("Your <b>ring</b>", "tag", "<b>"),
    "upper": ("Your <STRONG>ring", "tag", "<STRONG>"),
    "link": ('<a href="https://smith.com">here</a>', "tag", '<a href="https://smith.com">'),
    "image": ("<img src=x onerror=alert(1)>", "tag", "<img src=x onerror=alert(1)>"),
    "script": ("<script>alert(1)</script>", "tag", "<script>"),
    "torn_script": ("<script src=//evil.com", "tag", "<script"),
    "comment": ("Hi <!-- name --> Kayla", "tag", "<!--"),
    "doctype": ("<!DOCTYPE html>", "tag", "<!DOCTYPE"),
    "ampersand": ("Smith &amp; Sons", "entity", "&amp;"),
    "ampersand_twice": ("Smith &amp;amp; Sons", "entity", "&amp;"),
    "space": ("Hi&nbsp;Kayla", "entity", "&nbsp;"),
    "apostrophe": ("It&#39;s ready", "entity", "&#39;"),
    "hex": ("It&#x27;s ready", "entity", "&#x27;"),
    "quote": ("&quot;ready&quot;", "entity", "&quot;"),
    "newline": ("Hi Kayla\\nready", "escape", "\\n"),
    "unicode": ("It\\u2019s ready", "escape", "\\u2019"),
    "slashed_quote": ("It\\'s ready", "escape", "\\'"),
    "percent_space": ("Hi%20Kayla", "escape", "%20"),
}


@pytest.mark.parametrize(("body", "code", "subject"), LEFTOVERS.values(), ids=LEFTOVERS.keys())
def test_what_a_phone_would_show_as_it_is_is_held(body: str, code: str, subject: str) -> None:
    found = check(a_message(body), some_facts())
    assert (found[0].code, found[0].subject, found[0].verdict) == (code, subject, "hold")


def test_a_mail_may_have_tags() -> None:
    assert check(a_message("<p>Smith &amp; Sons</p>", channel="email"), some_facts()) == ()


@pytest.mark.parametrize("seed", ["<a ", "<", "&#1", "&a", "\\u", "<!-", "://"])
def test_a_long_hostile_text_is_read_in_time(seed: str) -> None:
    assert seconds_for(lambda: check(a_message(seed * (30_000 // len(seed))), some_facts())) < 2
