"""Does every link in the message go where it seems to go? Only looked at, never opened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from sayso.checks.links import Link, links, script, skeleton
from sayso.checks.words import named, once, texts
from sayso.message import Facts, Finding, Message
from sayso.message.pages import PICTURE

_SHORTENER_LIST = """
    1url.com adf.ly amzn.to bit.do bit.ly bitly.com bl.ink buff.ly clck.ru cli.gs cutt.ly dub.sh
    fb.me g.co goo.gl goo.su is.gd j.mp kutt.it lnkd.in mcaf.ee n9.cl ow.ly po.st qr.ae rb.gy
    rebrand.ly s.id short.gy short.io shorte.st shorturl.at shrtco.de snip.ly soo.gd spoo.me surl.li
    t.co t.ly tiny.cc tiny.one tinyurl.com tny.im tr.im trib.al u.to urlz.fr v.gd wp.me x.co
"""
_SHORTENERS = frozenset(_SHORTENER_LIST.split())

_SHOWN = re.compile(rf"(\bsrc\s*=\s*[\"']?|\burl\(\s*[\"']?){PICTURE.pattern}", re.IGNORECASE)
"""A picture in the page itself, where it is shown and not led to."""

_SENTENCES: Mapping[str, str] = {
    "look_alike": "The link “{host}” has letters that only look ordinary; please type it anew.",
    "punycode": "The link “{host}” hides its real name; please check where it leads.",
    "ip_address": "The link goes to a number ({host}), so nobody sees whose page it is; please use a name.",
    "userinfo": "The link begins with another name but leads to “{host}”; please check it.",
    "nested_host": "The link “{host}” leads to the name at its end; please check it.",
    "strange_host": "Nobody can see where the link “{host}” leads; please type it anew.",
    "odd_scheme": "The link begins with “{scheme}:”, which opens no ordinary page; please check it.",
    "shortener": "The link is shortened by {host}, so nobody sees where it leads; please use the full one.",
}


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A finding for every link that may deceive, and one whose words name another site."""
    return once(finding for _, text in texts(message) for finding in (*_disguised(text), *_mismatched(text)))


def _disguised(text: str) -> Iterator[Finding]:
    for link in links(_SHOWN.sub(r"\1", text)):
        for code, look in _QUESTIONS:
            if evidence := look(link):
                reason = _SENTENCES[code].format(host=_short(link.host), scheme=link.scheme)
                yield _finding(code, link.host or link.scheme, reason, evidence)


def _mismatched(text: str) -> Iterator[Finding]:
    """Links of an HTML mail whose words name one site and whose target is another."""
    for target, shown in re.findall(
        r"<a\b[^<>]{0,500}?\bhref\s*=\s*[\"']?([^\"'\s<>]{1,500})[^<>]{0,500}>([^<]{0,300})</a",
        text,
        re.IGNORECASE,
    ):
        hosts = {link.host.removeprefix("www.") for link in links(target)}
        for link in links(shown):
            if hosts and link.host.removeprefix("www.") not in hosts:
                to = min(hosts)
                reason = f"The link says “{_short(link.host)}” but leads to “{_short(to)}”."
                yield _finding("other_target", to, reason, f"shown {link.written}, target {target}")


def _finding(code: str, subject: str, reason: str, evidence: str) -> Finding:
    return Finding("link_lint", code, reason, "hold", subject[:80], evidence[:300], {"kind": "edit"})


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "\u2026"


def _look_alike(link: Link) -> str:
    """The letters that deceive; accents do not, nor does a name that is wholly in another script."""
    labels = link.host.split(".")
    if not labels[-1].isascii():
        labels.append("".join(labels[-2:]))
    odd = [c for label in labels for c in _odd(label, whole=skeleton(labels[-1]).isascii())]
    known = ", ".join(dict.fromkeys(named(c) for c in odd))
    return f"{link.written}: {known}" if known else _digits(link)


def _odd(label: str, *, whole: bool) -> list[str]:
    """What is strange in one part of a host; `whole`: also a part whose every letter has an ordinary twin."""
    strange = [c for c in label if not c.isascii()]
    if not strange:
        return []
    scripts = {script(c) for c in label} - {"COMMON", "INHERITED"}
    if len(scripts - _EAST_ASIAN) + bool(scripts & _EAST_ASIAN) > 1:
        return [c for c in strange if script(c) != "LATIN"]
    if whole and skeleton(label).isascii():
        return strange
    return [c for c in strange if _poses(c)]


_EAST_ASIAN = frozenset({"HAN", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})


def _poses(char: str) -> bool:
    """Whether one letter by itself poses as another: a sign, a Latin twin, a dot below like a speck."""
    if unicodedata.category(char)[0] not in "LMN":
        return True
    marks = unicodedata.normalize("NFD", char)[1:]
    latin = script(char) in ("LATIN", "COMMON")
    return (latin and skeleton(char).isascii()) or any(c in "\u0323\u0331\u032d\u0330\u0324" for c in marks)


def _digits(link: Link) -> str:
    """0 for o and 11 for ll, between letters, as in g00gle."""
    posing = re.search(r"[a-z](?:0{1,2}|11)[a-z]", link.host)
    return f"{link.written}: the digits in “{posing[0]}”" if posing and not link.is_mail else ""


def _punycode(link: Link) -> str:
    hidden = [label for label in link.host.split(".") if label.startswith("xn--")]
    return f"{link.host} reads {'.'.join(map(_unfolded, link.host.split('.')))}" if hidden else ""


def _unfolded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return "(unreadable)"


def _ip_address(link: Link) -> str:
    number = r"\[.*\]|(?:(?:0x[0-9a-f]+|\d+)\.){0,3}(?:0x[0-9a-f]+|\d+)"
    return link.written if re.fullmatch(number, skeleton(link.host)) else ""


def _userinfo(link: Link) -> str:
    posing = link.user if link.scheme else re.search(r"\.(?:com|net|org|co\.\w\w)$", link.user)
    return link.written if posing or ("\\" in link.rest and "@" in link.rest) else ""


def _nested_host(link: Link) -> str:
    labels = link.host.split(".")
    inner = labels[1 : -2 if len(labels[-1]) == 2 else -1]
    posing = any(label in _BIG for label in inner) or any(re.match("(?:com|net|org)-", label) for label in labels[1:])
    return link.written if posing and not link.is_mail else ""


_BIG = frozenset({"com", "net", "org", "gov"})


def _strange_host(link: Link) -> str:
    if link.scheme not in _WEB or link.is_mail:
        return ""
    return link.written if "%" in link.host or not link.host or "\\" in link.written else ""


_WEB = frozenset({"", "http", "https"})


def _odd_scheme(link: Link) -> str:
    return "" if link.scheme in _WEB else link.written


def _shortener(link: Link) -> str:
    return link.written if link.host.removeprefix("www.") in _SHORTENERS and not link.user else ""


_QUESTIONS: tuple[tuple[str, Callable[[Link], str]], ...] = (
    ("look_alike", _look_alike),
    ("punycode", _punycode),
    ("ip_address", _ip_address),
    ("userinfo", _userinfo),
    ("nested_host", _nested_host),
    ("strange_host", _strange_host),
    ("odd_scheme", _odd_scheme),
    ("shortener", _shortener),
)
"""Every question a link is asked; what one answers is the evidence, an empty answer means no."""
