"""The functions of presets: what they read, and that they hand on what they cannot read."""

from __future__ import annotations

import jmespath
import pytest

from sayso.mapping import OPTIONS

READ = [
    ("us_day('11/30/1996')", "1996-11-30"),
    ("us_day('2/3/1970')", "1970-02-03"),
    ("us_day('1996-11-30')", "1996-11-30"),
    ("us_day('Nov 30, 1996')", "1996-11-30"),
    ("us_day('11/12/2026 4:20 PM')", "2026-11-12"),
    ("us_day('30/11/1996')", "30/11/1996"),
    ("us_day('11/30/96')", "11/30/96"),
    ("us_day('849312000000')", "1996-11-30"),
    ("us_day(`849312000000`)", "1996-11-30"),
    ("us_day(`12`)", 12),
    ("us_day(nothing)", None),
    ("us_moment('11/12/2026 4:20 PM', 'America/Los_Angeles')", "2026-11-12T16:20:00-08:00"),
    ("us_moment('2026-07-01 16:20:00', 'America/Los_Angeles')", "2026-07-01T16:20:00-07:00"),
    ("us_moment('2026-11-12T16:20:00Z', 'America/Los_Angeles')", "2026-11-12T16:20:00Z"),
    ("us_moment('11/12/2026', 'America/Los_Angeles')", "2026-11-12"),
    ("us_moment('11/12/2026 16:20', 'Reno')", "11/12/2026 16:20"),
    ("us_moment('11/12/2026 16:20', 'America')", "11/12/2026 16:20"),
    ("number('(415) 555-0177', 'us')", "+14155550177"),
    ("number('020 7946 0123', 'GB')", "+442079460123"),
    ("number('call his wife', 'US')", "call his wife"),
    ("number('415 555 0177', nothing)", "415 555 0177"),
    ("number(`12`, 'US')", 12),
    ("flag('Yes')", True),
    ("flag('off')", False),
    ("flag(`false`)", False),
    ("flag(['', 'no'])", False),
    ("flag('')", None),
    ("flag(`[]`)", None),
    ("flag(nothing)", None),
    ("words([' Kayla ', '', nothing, 'Reed'])", "Kayla Reed"),
    ("words([nothing])", None),
    ("parts('a; b;;', ';')", ["a", "b"]),
    ("parts('a', '')", "a"),
    ("parts(nothing, ';')", None),
    ("lower(' SMS ')", "sms"),
    ("lower(`7`)", 7),
    ("text(`7`)", "7"),
    ("text(`true`)", True),
    ("text(nothing)", None),
    ("listed('a')", ["a"]),
    ("listed(['a'])", ["a"]),
    ("listed(nothing)", None),
    ('value_of(`{"value": "a", "versions": []}`)', "a"),
    ('value_of(`{"b": {"value": "a"}, "c": 1}`)', {"b": "a", "c": 1}),
    ("value_of('a')", "a"),
]


@pytest.mark.parametrize(("expression", "found"), READ, ids=[expression for expression, _ in READ])
def test_a_function_reads_or_hands_on(expression: str, found: object) -> None:
    answer = jmespath.search(expression, {}, OPTIONS)
    assert (answer, type(answer)) == (found, type(found))
