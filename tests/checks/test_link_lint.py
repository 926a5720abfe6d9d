"""link_lint: a link that may lead elsewhere is found, with the letters that do it; an honest one is not."""
# ruff: noqa: RUF001  the letters that deceive are the point

from __future__ import annotations

import pytest

from sayso.checks.link_lint import check
from sayso.checks.links import links, skeleton
from sayso.message import Finding
from sayso.message.pages import readable
from tests.checks.build import a_message, seconds_for, some_facts


def findings(body: str, **given: object) -> tuple[Finding, ...]:
    return check(a_message(body, **given), some_facts())


DECEPTIVE = {
    "cyrillic_i": ("https://smіth-jewellers.com/x", "look_alike", "smіth-jewellers.com"),
    "cyrillic_i_bare": ("See smіth-jewellers.com/x today", "look_alike", "smіth-jewellers.com"),
    "cyrillic_whole": ("https://аррӏе.com", "look_alike", "аррӏе.com"),
    "cyrillic_whole_bare": ("аррӏе.com", "look_alike", "аррӏе.com"),
    "cyrillic_ending": ("smith.сом/x", "look_alike", "smith.сом"),
    "cyrillic_unknown_ending": ("https://аррӏе.photos", "look_alike", "аррӏе.photos"),
    "greek_o": ("https://gοοgle.com", "look_alike", "gοοgle.com"),
    "armenian": ("https://ցold.com", "look_alike", "ցold.com"),
    "dotless_i": ("https://smıth.com", "look_alike", "smıth.com"),
    "phonetic_g": ("https://ɡold.com", "look_alike", "ɡold.com"),
    "dot_below": ("https://smịth.com", "look_alike", "smịth.com"),
    "wide": ("https://ｓmith.com", "look_alike", "ｓmith.com"),
    "wide_dot": ("https://smith．com", "look_alike", "smith．com"),
    "chinese_dot": ("smith。com/x", "look_alike", "smith。com"),
    "dot_leader": ("smith․com", "look_alike", "smith․com"),
    "slash_in_host": ("https://smith.com∕login.evil.net", "look_alike", "smith.com∕login.evil.net"),
    "hyphen_in_host": ("https://smith‐jewellers.com", "look_alike", "smith‐jewellers.com"),
    "zero_width_in_host": ("https://smi\u200bth.com", "look_alike", "smi\u200bth.com"),
    "bold": ("https://𝐬mith.com", "look_alike", "𝐬mith.com"),
    "mail_cyrillic": ("Write to care@smіth.com", "look_alike", "smіth.com"),
    "arabic_mixed": ("https://smithم.com", "look_alike", "smithم.com"),
    "zeros": ("https://g00gle.com", "look_alike", "g00gle.com"),
    "ones": ("https://smith-jewe11ers.com", "look_alike", "smith-jewe11ers.com"),
    "punycode": ("https://xn--80ak6aa92e.com", "punycode", "xn--80ak6aa92e.com"),
    "punycode_bare": ("xn--80ak6aa92e.com", "punycode", "xn--80ak6aa92e.com"),
    "punycode_ending": ("https://smith.xn--p1ai", "punycode", "smith.xn--p1ai"),
    "punycode_bad": ("https://xn--999999999.com", "punycode", "xn--999999999.com"),
    "ip": ("http://203.0.113.7/x", "ip_address", "203.0.113.7"),
    "ip_bare": ("See 203.0.113.7/x", "ip_address", "203.0.113.7"),
    "ip_bare_port": ("See 203.0.113.7:8080", "ip_address", "203.0.113.7"),
    "ip_decimal": ("http://3405803783", "ip_address", "3405803783"),
    "ip_hex": ("http://0xCB007107/", "ip_address", "0xcb007107"),
    "ip_octal": ("http://0313.0.0161.07", "ip_address", "0313.0.0161.07"),
    "ip_short": ("http://127.1", "ip_address", "127.1"),
    "ip6": ("http://[2001:db8::1]/x", "ip_address", "[2001:db8::1]"),
    "ip6_mapped": ("http://[::ffff:203.0.113.7]:80/x", "ip_address", "[::ffff:203.0.113.7]"),
    "userinfo": ("https://smith-jewellers.com@evil.net/x", "userinfo", "evil.net"),
    "userinfo_password": ("https://smith:x@evil.net", "userinfo", "evil.net"),
    "userinfo_bare": ("smith-jewellers.com@evil.com/x", "userinfo", "evil.com"),
    "userinfo_backslash": ("https://smith.com\\@evil.net", "userinfo", "smith.com"),
    "userinfo_encoded": ("https://smith.com%2f@evil.net", "userinfo", "evil.net"),
    "two_ats": ("https://a@smith.com@evil.net", "userinfo", "evil.net"),
    "nested": ("https://smith-jewellers.com.evil-login.net", "nested_host", "smith-jewellers.com.evil-login.net"),
    "nested_country": ("smith.com.evil.co", "nested_host", "smith.com.evil.co"),
    "nested_hyphen": ("https://smith.com-login.net/x", "nested_host", "smith.com-login.net"),
    "encoded_host": ("https://smith%2ecom", "strange_host", "smith%2ecom"),
    "no_host": ("https:///evil.net", "strange_host", "https"),
    "backslashes": ("https:\\\\evil.net", "strange_host", "evil.net"),
    "javascript": ("javascript:alert(1)", "odd_scheme", "javascript"),
    "data": ("data:text/html,hi", "odd_scheme", "data"),
    "ftp": ("ftp://smith.com", "odd_scheme", "smith.com"),
    "defanged": ("hxxps://evil.net", "odd_scheme", "evil.net"),
    "shortener": ("See bit.ly/3xYz", "shortener", "bit.ly"),
    "shortener_https": ("https://tinyurl.com/ring", "shortener", "tinyurl.com"),
    "shortener_upper": ("HTTPS://BIT.LY/3xYz", "shortener", "bit.ly"),
    "shortener_www": ("http://www.t.co/x", "shortener", "www.t.co"),
    "shortener_port": ("https://bit.ly:443/x", "shortener", "bit.ly"),
    "shortener_dot": ("https://bit.ly./x", "shortener", "bit.ly"),
    "shortener_glued": ("Link:bit.ly/3xYz", "shortener", "bit.ly"),
    "shortener_bracketed": ("(bit.ly/3xYz)", "shortener", "bit.ly"),
    "shortener_emoji": ("\U0001f449bit.ly/3xYz", "shortener", "bit.ly"),
    "shortener_inside": ("https://smith.com/go?u=https://bit.ly/x", "shortener", "bit.ly"),
}


@pytest.mark.parametrize(("body", "code", "subject"), DECEPTIVE.values(), ids=DECEPTIVE.keys())
def test_a_deceptive_link_is_held(body: str, code: str, subject: str) -> None:
    found = {(f.code, f.subject): f for f in findings(body)}
    assert (code, subject) in found
    assert found[code, subject].verdict == "hold"
    assert found[code, subject].evidence


def test_the_evidence_names_the_letters_that_deceive() -> None:
    (found,) = findings("https://smіth.com")
    assert "U+0456 CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I" in found.evidence


def test_the_evidence_reads_a_punycode_name_out() -> None:
    (found,) = findings("https://xn--80ak6aa92e.com")
    assert "аррӏе.com" in found.evidence


def test_a_link_whose_words_name_another_site_is_held() -> None:
    body = '<a class="b" href="https://evil.net/x">www.smith.com</a> <a href="https://smith.com/x">smith.com</a>'
    (found,) = findings(body, channel="email")
    assert found.key == "link_lint:other_target:evil.net"
    assert "smith.com" in found.reason


PNG = "data:image/png;base64,iVBORw0KGgo="
PICTURES = {
    "quoted": (f'<img alt="Shelby" src="{PNG}">', False),
    "bare": (f"<img src={PNG} alt=Shelby>", False),
    "of a style": (f"<p style=\"background: url('{PNG}')\">Hi</p>", False),
    "jpeg": (f'<img src="{PNG.replace("png", "jpeg")}">', False),
    "a link to it": (f'<a href="{PNG}">Hi</a>', True),
    "in the words": (f"See {PNG}", True),
    "a picture that can run": ('<img src="data:image/svg+xml;base64,PHN2Zz4=">', True),
    "a page as a picture": ('<img src="data:text/html;base64,PHA+">', True),
    "a link behind it": (f'<img src="{PNG},bit.ly/x">', True),
}


@pytest.mark.parametrize("way", ["as it was sent", "as it is read"])
@pytest.mark.parametrize(("page", "waits"), PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_in_the_page_itself_is_no_link_but_what_leads_there_is(page: str, waits: bool, way: str) -> None:
    if way == "as it is read":
        page = readable(f"{page} Yours")
    assert bool(findings(page, channel="email")) is waits


def test_the_callback_url_and_the_picture_are_no_links_of_the_text() -> None:
    given = {
        "callback_url": "http://10.0.0.5/cb",
        "media": ("https://bit.ly/pic",),
        "fields": (("StatusCallback", "http://10.0.0.5/cb"), ("MediaUrl", "https://bit.ly/pic")),
    }
    assert findings("fine", **given) == ()


def test_a_link_in_a_template_s_variables_is_read() -> None:
    found = findings("", template="HX1", fields=(("ContentVariables", '{"1": "bit.ly/x"}'),))
    assert [f.subject for f in found] == ["bit.ly"]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        (
            "See smith.com, www.smith.co.uk/x. Or https://a.smith.com:8443/x?y=1#z!",
            ["smith.com", "www.smith.co.uk", "a.smith.com"],
        ),
        ("It is ready.See you at 9.30am or 5.We wait", []),
        ("<https://smith.com> «smith.fr» “smith.es”", ["smith.com", "smith.fr", "smith.es"]),
        ("@smith.com #123456", []),
        ("smith.com💍smith.fr", ["smith.com", "smith.fr"]),
    ],
    ids=["three", "missing spaces", "quoted", "handle", "emoji between"],
)
def test_links_are_found_as_a_phone_would(text: str, hosts: list[str]) -> None:
    assert [link.host for link in links(text)] == hosts


def test_a_skeleton_is_what_the_eye_reads() -> None:
    assert skeleton("Sm\u0456th.\u0421OM \uff33 \u00e9 \u0436") == "smith.com s \u00e9 \u0436"


@pytest.mark.parametrize("seed", ["http://", "a.", "a@", "<a href=", "a:", "[", "x--", "http://a?=", ".", "і."])
def test_a_long_hostile_text_is_read_in_time(seed: str) -> None:
    assert seconds_for(lambda: findings(seed * (30_000 // len(seed)))) < 2
