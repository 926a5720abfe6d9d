"""What a page of HTML says: torn and hostile pages are read as well, and what cannot be read is shown as written."""

from __future__ import annotations

import pytest

from sayso.message.pages import readable, unescaped
from tests.checks.build import seconds_for

PAGES = {
    "words": ("<p>Thank&nbsp;you.</p><p>STOP</p>", "Thank you.\nSTOP"),
    "a-link": ('<a href="https://a.example">Look</a>', "Look (https://a.example)"),
    "unseen": ("<style>p {}</style>STOP", "STOP"),
    "torn-tag": ("STOP<a href='x", "STOP<a href='x"),
    "torn-comment": ("Hi<!-- STOP", "Hi<!-- STOP"),
    "torn-letter": ("STO&#80", "STOP"),
    "torn-letter-in-a-tag": ("<a title='&amp;", "<a title='&"),
    "section-of-nothing": ("<p>Hi</p><![foo[ x]]><p>STOP</p>", "Hi\n<![foo[ x]]>STOP"),
    "section-without-a-name": ("<![ x>STOP", "<![ x>STOP"),
    "torn-section": ("Hi <![x STOP", "Hi <![x STOP"),
    "torn-declaration": ("Hi <!x[ STOP", "Hi <!x[ STOP"),
    "outlooks-condition": ("<![if !mso]>STOP<![endif]>", "STOP"),
    "endless-number": ("a &#" + "9" * 5000 + "; STOP", "a \ufffd STOP"),
    "endless-number-in-a-link": ("<a href='&#" + "9" * 5000 + "'>STOP</a>", "STOP (\ufffd)"),
}


@pytest.mark.parametrize(("page", "words"), PAGES.values(), ids=PAGES)
def test_a_page_is_read_whole_however_it_is_written(page: str, words: str) -> None:
    assert readable(page) == words


def test_a_number_too_long_to_read_is_no_letter() -> None:
    assert unescaped("&#" + "9" * 5000 + ";&#65;") == "\ufffdA"


HOSTILE = ["<a ", "<a b='", '<a b="', "<!--", "<![", "</a ", "<?", "<!", "<script>", "&#", "<a =", "<a b='>", "<!a["]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_page_of_torn_tags_is_read_in_time(piece: str) -> None:
    assert seconds_for(lambda: [readable(piece * 8000 + end) for end in ("", ">")]) < 5
