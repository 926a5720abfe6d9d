"""What all of us must read alike in a telephone number and a text: E.164, the country, and how many parts it fills."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber

NUMBER = re.compile(r"[\d\s().+\uff0b\u2010-\u2015\u202a-\u202c-]{1,60}")
"""What people put between the digits; a letter may be a name or a vanity number, and we do not guess which."""
# 3GPP TS 23.038, 6.2.1: the basic alphabet, and the letters that take two septets
# https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding (read 2026-11-21)
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")


def e164(raw: str, country: str) -> str | None:
    """A number in E.164, read as people of that country write it; None when it can be none, or lacks its area code."""
    if not NUMBER.fullmatch(raw):
        return None
    parsed = read_number(raw, country)
    if parsed is None:
        return None
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def read_number(raw: str, country: str | None = None) -> PhoneNumber | None:
    """A number as people of that country write it, not to be changed: several ask for the same one in turn."""
    return _read(raw, None if raw.startswith("+") else country)


@lru_cache(maxsize=4096)
def _read(raw: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None


def region_of(number: str) -> str:
    """The two letters of the country of a number in E.164; empty where it has none."""
    parsed = read_number(number)
    if parsed is None:
        return ""
    by_code = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return phonenumbers.region_code_for_number(parsed) or by_code


def segments(text: str) -> int:
    """How many SMS segments a text takes (3GPP TS 23.038: 160/153 septets, or 70/67 UTF-16 units)."""
    if all(letter in GSM or letter in GSM_TWICE for letter in text):
        size, single, each = len(text) + sum(letter in GSM_TWICE for letter in text), 160, 153
    else:
        size, single, each = len(text.encode("utf-16-le", "surrogatepass")) // 2, 70, 67
    return 1 if size <= single else -(-size // each)
