"""hidden_character: nothing invisible, turned, broken or borrowed gets past; what a language needs does."""
# ruff: noqa: RUF001  the letters that deceive are the point

from __future__ import annotations

import unicodedata

import pytest

from sayso.checks.hidden_character import check
from sayso.message import Finding
from tests.checks.build import a_message, seconds_for, some_facts


def findings(body: str, **given: object) -> tuple[Finding, ...]:
    return check(a_message(body, **given), some_facts())


DECEPTIVE = {
    "zero_width_space": ("Hi Kay\u200bla", "hidden", "U+200B"),
    "zero_width_joiner": ("Hi Kay\u200dla", "hidden", "U+200D"),
    "zero_width_non_joiner": ("Hi Kay\u200cla", "hidden", "U+200C"),
    "joiner_after_emoji_only": ("Hi \U0001f48d\u200dKayla", "hidden", "U+200D"),
    "word_joiner": ("S\u2060ale", "hidden", "U+2060"),
    "byte_order_mark": ("\ufeffHi Kayla", "hidden", "U+FEFF"),
    "soft_hyphen": ("dis\u00adcount", "hidden", "U+00AD"),
    "hangul_filler": ("Hi \u3164, ready", "hidden", "U+3164"),
    "braille_blank": ("Hi \u2800, ready", "hidden", "U+2800"),
    "line_separator": ("Hi\u2028Kayla", "hidden", "U+2028"),
    "tag_letters": ("Hi Kayla\U000e0073\U000e0065", "hidden", "U+E0073"),
    "smuggled_bytes": ("Hi \U0001f48d\U000e0101\U000e0142", "hidden", "U+E0101"),
    "selector_on_letter": ("Hi K\ufe0fayla", "hidden", "U+FE0F"),
    "invisible_times": ("2\u20623", "hidden", "U+2062"),
    "override": ("Pay \u202e0001$\u202c now", "direction", "U+202E"),
    "embedding": ("Pay \u202bme\u202c", "direction", "U+202B"),
    "isolate": ("Pay \u2067me\u2069", "direction", "U+2067"),
    "mark_in_latin": ("Pay \u200fme", "direction", "U+200F"),
    "override_in_arabic": ("مرحبا \u202e123\u202c", "direction", "U+202E"),
    "isolate_in_arabic": ("مرحبا \u2066123\u2069", "direction", "U+2066"),
    "null": ("Hi\x00Kayla", "control", "U+0000"),
    "backspace": ("Hi Kaylb\x08a", "control", "U+0008"),
    "escape": ("Hi \x1b[31mKayla", "control", "U+001B"),
    "delete": ("Hi\x7f", "control", "U+007F"),
    "replacement": ("Hi Mar\ufffda", "garbled", "U+FFFD"),
    "private_use": ("Hi \uf8ff", "garbled", "U+F8FF"),
    "mojibake_e": ("CafÃ© Mar", "garbled", "Ã©"),
    "mojibake_quote": ("Itâ€™s ready", "garbled", "â€"),
    "mojibake_raw_quote": ("It\u00e2\u0080\u0099s ready", "garbled", "\u00e2\u0080"),
    "mojibake_dash": ("9 â€“ 5", "garbled", "â€"),
    "mojibake_pound": ("Only Â£50", "garbled", "Â£"),
    "mojibake_space": ("Hi\u00c2\u00a0Kayla", "garbled", "\u00c2\u00a0"),
    "mojibake_upper": ("HÃ”TEL", "garbled", "Ã”"),
    "mojibake_emoji": ("Hi ðŸ’\u008d", "garbled", "ðŸ"),
    "mojibake_sparkles": ("Hi âœ¨", "garbled", "âœ"),
    "mojibake_rupee": ("Only â‚¹500", "garbled", "â‚"),
    "mojibake_hindi": ("à¤¨à¤®", "garbled", "à¤"),
    "mojibake_arabic": ("Ù…Ø±Ø", "garbled", "Ù…Ø±"),
    "mojibake_mac": ("It‚Äôs", "garbled", "‚Ä"),
    "cyrillic_in_word": ("Smіth & Sons", "look_alike", "Smіth"),
    "greek_in_word": ("Smith & Sοns", "look_alike", "Sοns"),
    "whole_cyrillic_word": ("Write to РауРаӏ now", "look_alike", "РауРаӏ"),
    "wide_letters": ("Big ｓａｌｅ", "look_alike", "ｓａｌｅ"),
    "bold_letters": ("Big 𝐬𝐚𝐥𝐞", "look_alike", "𝐬𝐚𝐥𝐞"),
    "phonetic": ("Big ɡold sale", "look_alike", "ɡold"),
}


@pytest.mark.parametrize(("body", "code", "subject"), DECEPTIVE.values(), ids=DECEPTIVE.keys())
def test_a_deceptive_character_is_found(body: str, code: str, subject: str) -> None:
    found = {(f.code, f.subject) for f in findings(body)}
    assert (code, subject) in found
    assert {f.verdict for f in findings(body)} == {"hold"}


def test_every_invisible_format_character_is_found_between_letters() -> None:
    visible = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    invisible = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) == "Cf" and ord(c) not in visible]
    assert [hex(ord(c)) for c in invisible if not findings(f"a{c}b")] == []


def test_every_control_character_but_line_ends_and_tabs_is_found() -> None:
    controls = [c for c in map(chr, range(0x100)) if unicodedata.category(c) == "Cc" and c not in "\t\n\r"]
    assert [hex(ord(c)) for c in controls if not findings(f"a{c}b")] == []


def test_the_evidence_names_the_code_point_and_hides_nothing_itself() -> None:
    (found,) = findings("Dear\u202e Kay\u202e")
    assert found.evidence == "U+202E RIGHT-TO-LEFT OVERRIDE, in the text, after “Dear”"
    assert all(c.isprintable() for f in findings("Hi\u200b there\u202e") for c in f.evidence + f.reason)


@pytest.mark.parametrize("garbled", [*"áéíóúñüç¿¡£©°«»–—’‘“”…€™•₹💍❤न", "مس"])
def test_whatever_was_read_with_the_wrong_table_is_found(garbled: str) -> None:
    raw = garbled.encode()
    for table in ("latin-1", "cp1252"):
        try:
            body = f"x{raw.decode(table)}x"
        except UnicodeDecodeError:
            continue
        assert findings(body), (table, body)


def test_the_name_of_the_sender_and_the_fields_are_read_as_well() -> None:
    assert [f.code for f in findings("fine", sender="Smіth")] == ["look_alike"]
    assert [f.code for f in findings("fine", fields=(("subject", "S\u200bale"),))] == ["hidden"]
    assert [f.code for f in findings("fine", fields=(("vars", '{"1": "S\\u200bale"}'),))] == ["hidden"]


def test_a_russian_text_may_have_words_that_look_latin() -> None:
    assert findings("Привет, сор и нос тут") == ()


@pytest.mark.parametrize("seed", ["é", "аa", "a\u200b", "\U0001f3f4\U000e0067"])
def test_a_long_hostile_text_is_read_in_time(seed: str) -> None:
    assert seconds_for(lambda: findings(seed * (30_000 // len(seed)))) < 2
