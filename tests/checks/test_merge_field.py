"""merge_field: what was never filled in is found, and what people write themselves is not."""

from __future__ import annotations

import pytest

from sayso.checks.merge_field import check
from sayso.message import Finding
from tests.checks.build import a_message, seconds_for, some_facts


def findings(body: str | None, **given: object) -> tuple[Finding, ...]:
    return check(a_message(body, **given), some_facts())


UNFILLED = {
    "handlebars": ("Hi {{first_name}}, your ring is ready", "{{first_name}}"),
    "handlebars_spaced": ("Hi {{ contact.firstname | default: 'there' }}!", None),
    "handlebars_triple": ("Hi {{{name}}}", "{{{name}}}"),
    "twilio_number": ("Hi {{1}}, your ring is ready", "{{1}}"),
    "torn_open": ("Hi {{first_name, your ring", "{{"),
    "torn_shut": ("Hi first_name}}, your ring", "}}"),
    "empty_braces": ("Hi {}, your ring", "{}"),
    "liquid": ("Hi {% if name %}Kayla{% endif %}", "{% if name %}"),
    "erb": ("Hi <%= name %>", "<%= name %>"),
    "shell": ("Hi ${name}", "${name}"),
    "ruby": ("Hi #{name}", "#{name}"),
    "salesforce": ("Hi {!Contact.FirstName}", "{!Contact.FirstName}"),
    "dlt": ("Dear {#var#}, ring ready", "{#var#}"),
    "single_brace": ("Hi {first_name}, ready", "{first_name}"),
    "single_brace_dotted": ("Hi {customer.name|there}", "{customer.name|there}"),
    "single_brace_words": ("Hi {First Name}, ready", "{First Name}"),
    "position": ("Hi {0}, ready", "{0}"),
    "percent": ("Hi %FIRSTNAME%, ready", "%FIRSTNAME%"),
    "percent_in_link": ("https://smith.com/?e=%EMAIL%", "%EMAIL%"),
    "double_percent": ("Hi %%First Name%%", "%%First Name%%"),
    "printf": ("Hi %s, ready", "%s"),
    "printf_named": ("Hi %(name)s, ready", "%(name)s"),
    "printf_numbered": ("Hi %1$s, ready", "%1$s"),
    "mailchimp": ("Hi *|FNAME|*", "*|FNAME|*"),
    "bracket_name": ("Hi [Name], ready", "[Name]"),
    "bracket_first_name": ("Hi [First Name], ready", "[First Name]"),
    "bracket_fname": ("Hi [FNAME], ready", "[FNAME]"),
    "bracket_snake": ("Hi [customer_name], ready", "[customer_name]"),
    "bracket_unknown_snake": ("Size [ring_size], ready", "[ring_size]"),
    "bracket_fallback": ("Hi [Name,fallback=], ready", "[Name,fallback=]"),
    "bracket_told": ("Hi [insert customer name here]", "[insert customer name here]"),
    "bracket_your": ("Regards, [Your Name]", "[Your Name]"),
    "bracket_date": ("See you on [date] at [time]", "[date]"),
    "double_bracket": ("Hi [[data:firstname]]", "[[data:firstname]]"),
    "zoho": ("Hi $[FNAME|there]$", "$[FNAME|there]$"),
    "keap": ("Hi ~Contact.FirstName~", "~Contact.FirstName~"),
    "double_angle": ("Hi <<First Name>>", "<<First Name>>"),
    "angle": ("Hi <first_name>", "<first_name>"),
    "word": ("Hi \u00abFirstName\u00bb", "\u00abFirstName\u00bb"),
    "hash": ("Hi #name#", "#name#"),
    "double_hash": ("Hi ##first_name##", "##first_name##"),
    "dollar": ("Hi $first_name, ready", "$first_name"),
    "spanish": ("Hola [Nombre], su anillo", "[Nombre]"),
    "french": ("Bonjour [Pr\u00e9nom], votre bague", "[Pr\u00e9nom]"),
}


@pytest.mark.parametrize(("body", "field"), UNFILLED.values(), ids=UNFILLED.keys())
def test_a_field_that_nobody_filled_in_is_found(body: str, field: str | None) -> None:
    found = findings(body)
    assert {f.code for f in found} == {"unfilled"}
    assert field is None or found[0].subject == field
    assert found[0].verdict == "hold"
    assert found[0].proposal == {"kind": "edit"}


NO_VALUE = {
    "dear_none": "Dear None, your ring is ready",
    "hi_null": "Hi null, ready",
    "hi_lower_none": "hi none, ready",
    "hi_na": "Hi N/A, ready",
    "hi_first_name": "Hello First Name, ready",
    "hola_null": "Hola null, su anillo",
    "bonjour_undefined": "Bonjour undefined, votre bague",
    "greeting_comma": "Hello, undefined!",
    "object": "Your order [object Object] is ready",
    "undefined": "Total: undefined",
    "nan": "You owe $NaN today",
    "null_in_words": "Your order null is ready",
    "none_in_words": "Your order None is ready",
    "thank_none": "Thank you, None",
    "none_starts": "None, your ring is ready",
    "none_owns": "None's ring is ready",
    "none_price": "It costs $None",
    "invalid_date": "See you on Invalid Date",
    "null_link": "https://smith.com/orders/null",
    "whole": "null",
}


@pytest.mark.parametrize("body", NO_VALUE.values(), ids=NO_VALUE.keys())
def test_a_word_for_nothing_in_the_place_of_a_value_is_found(body: str) -> None:
    assert {f.code for f in findings(body)} == {"no_value"}


NO_NAME = {
    "dear": "Dear , your ring is ready",
    "dear_close": "Dear, your ring is ready",
    "hi": "Hi , ready",
    "hello": "Hello ! Ready",
    "dear_wide": "Dear  ! Ready",
    "second_sentence": "Smith's: Hi , ready",
    "second_line": "Smith & Sons\nHi , ready",
    "good_morning": "Good morning , ready",
    "hola": "Hola , su anillo",
    "hola_marks": "\u00a1Hola ! Su anillo",
    "hola_hole": "\u00a1Hola, ! Su anillo",
    "estimada": "Estimada , su anillo",
    "bonjour": "Bonjour , votre bague",
    "chere": "Ch\u00e8re , votre bague",
    "title": "Dear Mrs. , ready",
    "birthday": "Happy birthday, ! From Smith's",
    "hindi": "\u092a\u094d\u0930\u093f\u092f , aapka haar",
}


@pytest.mark.parametrize("body", NO_NAME.values(), ids=NO_NAME.keys())
def test_a_greeting_without_its_name_is_found(body: str) -> None:
    assert {f.code for f in findings(body)} == {"no_name"}


def test_values_inside_a_json_field_are_read_one_by_one() -> None:
    variables = '{"1": "None", "2": "{{date}}", "2": "fine"}'
    found = findings(None, template="HX1", fields=(("ContentVariables", variables),))
    assert [(f.code, f.subject) for f in found] == [("no_value", "None"), ("unfilled", "{{date}}")]
    assert "ContentVariables" in found[0].evidence


def test_json_that_is_broken_or_very_deep_is_read_as_text() -> None:
    deep = "[" * 100_000 + "{{x}}"
    assert {f.code for f in findings("fine", fields=(("a", deep), ("b", '{"x": {{name}}')))} == {"unfilled"}


def test_the_key_is_the_same_wherever_the_field_stands() -> None:
    assert (
        findings("Hi {{name}}")[0].key == findings("Smith's: dear {{name}}")[0].key == "merge_field:unfilled:{{name}}"
    )


def test_the_same_field_twice_is_one_finding() -> None:
    assert len(findings("Hi {{name}}, bye {{name}}")) == 1


def test_a_flood_of_fields_is_a_readable_few() -> None:
    assert len(findings(" ".join(f"{{{{field_{n}}}}}" for n in range(1000)))) == 12


@pytest.mark.parametrize(
    "seed", ["{", "{{a", "[", "<<", "%a", "%%", "*|", "$[", "~a.", "#a", "Dear ", ", ", "{%", "\u00ab"]
)
def test_a_long_hostile_text_is_read_in_time(seed: str) -> None:
    assert seconds_for(lambda: findings(seed * (30_000 // len(seed)))) < 2
