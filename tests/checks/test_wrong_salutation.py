"""wrong_salutation: a text greets whom it goes to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.checks.wrong_salutation import check
from sayso.message import Behind, Fact, Finding, Known, Person, Recipient, Role, Story
from tests.checks.build import NOON, a_message, seconds_for, some_facts


def fact(kind: str, name: str, values: dict[str, str], **refs: tuple[str, ...]) -> Fact:
    known = {key: Known(value, NOON, "till 3", False, NOON) for key, value in values.items()}
    return Fact(name, kind, name, "crm", known, refs)


def person(name: str) -> Person:
    key = name.split(maxsplit=1)[0].casefold() if name else "nobody"
    return Person(key, name, frozenset({key}), (fact("people", key, {"name": name}),), frozenset())


def related(one: str, other: str, kind: str = "spouse") -> Fact:
    return fact("relationships", f"{one}-{other}", {"kind": kind}, a=(one,), b=(other,))


def story(*names: str, others: tuple[str, ...] = (), facts: tuple[Fact, ...] = (), crowded: bool = False) -> Story:
    behind = tuple(Behind(person(name), (Role("principal", ""),)) for name in names)
    people = {one.key: one for name in (*names, *others) for one in [person(name)]}
    return Story(True, recipients=(Recipient("+14155550123", behind, crowded),), people=people, facts=facts)


def found(body: str, told: Story, **given: object) -> list[Finding]:
    return list(check(a_message(body, **given), some_facts(story=told)))


WRONG = {
    "hi": "Hi Kayla, your ring is ready.",
    "hello": "Hello Kayla! How was your purchase?",
    "no_comma": "Hi Kayla your ring is ready",
    "comma_first": "Hi, Kayla! It's here.",
    "small_letters": "hi kayla, your ring is here",
    "capitals": "HI KAYLA, YOUR RING IS READY",
    "dear_both_names": "Dear Kayla Reed, thank you.",
    "title": "Dear Mr. Reed, thank you.",
    "two_titles": "Sehr geehrte Frau Dr. Groß, danke",
    "vocative": "Kayla, your repair is done.",
    "vocative_we": "Kayla, we miss you",
    "after_the_shop": "Smith & Sons: Hi Kayla, it's ready",
    "in_brackets": "[Smith] Kayla, your ring is here",
    "second_line": "Smith & Sons\nDear Kayla,\nthank you",
    "morning": "Good morning Kayla, see you at 3.",
    "birthday": "Happy birthday Kayla!",
    "birthday_comma": "Happy Birthday, Kayla.",
    "congratulations": "Congratulations, Kayla!",
    "surname_alike": "Dear Kayla Miller, hello",
    "spanish": "Hola Kayla, su anillo está listo",
    "spanish_formal": "Estimada Sra. Núñez: su reparación está lista.",
    "french": "Bonjour Chloé, votre bague est prête",
    "french_dear": "Chère Kayla, merci",
    "german": "Liebe Kayla, Ihr Ring ist da",
    "german_formal": "Sehr geehrter Herr Groß, Ihr Ring ist da",
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG.keys())
def test_a_name_that_is_not_the_recipients_is_held(body: str) -> None:
    (one,) = found(body, story("Scott Miller"))
    assert (one.code, one.verdict, one.proposal) == ("wrong_name", "hold", {"kind": "edit"})


RIGHT = {
    "hi": "Hi Scott, your ring is ready.",
    "small": "hi scott, it's here",
    "capitals": "HI SCOTT, IT IS HERE",
    "both_names": "Dear Scott Miller, thank you.",
    "title": "Dear Mr. Miller, thank you.",
    "accent": "Bonjour Scótt, merci",
    "vocative": "Scott, your repair is done.",
    "friend": "Hi friend! 20% off.",
    "there": "Hi there, see you at 3",
    "there_capital": "Hi There! See you",
    "all": "Hello all, we moved.",
    "everyone": "Dear everyone,",
    "customer": "Dear Customer, your ring is ready.",
    "valued": "Dear Valued Customer,",
    "team": "Hello team, till 2 waits.",
    "lover": "Dear Jewelry Lover, hello",
    "sir": "Dear Sir or Madam,",
    "spanish_all": "Hola a todos",
    "spanish_client": "Estimado cliente: gracias",
    "french_client": "Cher client, merci",
    "german_client": "Liebe Kundin, lieber Kunde",
    "german_all": "Sehr geehrte Damen und Herren,",
    "hallo_zusammen": "Hallo zusammen!",
    "none": "Your ring is ready.",
    "from": "Hello from Smith & Sons!",
    "shop_here": "Hi, Smith & Sons here! It's ready.",
    "its": "Hi it's Shelby from Smith's",
    "thanks": "Thanks, we got your message.",
    "finally": "Finally, your ring is here!",
    "today": "Today, we open at 10",
    "signed": "It's ready. Best, Shelby",
    "thank_you": "Thank you, Shelby",
    "dear_inside": "He is a dear Friend of ours",
    "congratulations_on": "Congratulations on your ring",
    "birthday_from": "Happy birthday from Smith & Sons!",
    "hindi_letters": "प्रिय स्कॉट, धन्यवाद",
    "arabic_letters": "مرحبا سارة، خاتمك جاهز",
    "high": "High five! Kayla likes it",
}


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT.keys())
def test_the_recipients_name_or_nobodys_is_fine(body: str) -> None:
    assert found(body, story("Scott Miller")) == []


def test_the_sentence_says_who_is_greeted_and_who_would_read_it() -> None:
    (one,) = found("Hi Kayla, your ring is ready.", story("Scott Miller"))
    assert one.reason == "This greets Kayla, but it goes to Scott."
    assert one.evidence == "Behind this address: Scott Miller, said by till 3."


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (Story(), "nobody was told of"),
        (Story(True, recipients=(Recipient("+14155550123", (Behind(None, ()),)),)), "a stranger"),
        (story("Scott Miller", crowded=True), "more than we look at"),
        (story(""), "somebody without a name"),
    ],
    ids=lambda value: value.replace(" ", "_") if isinstance(value, str) else "",
)
def test_where_we_do_not_know_everybody_nothing_is_said(told: Story, why: str) -> None:
    assert found("Hi Kayla!", told) == []


def test_any_of_those_behind_a_shared_address_may_be_greeted() -> None:
    both = story("Scott Miller", "Kayla Reed")
    assert found("Hi Kayla!", both) == []
    (one,) = found("Hi Rebecca!", both)
    assert one.reason == "This greets Rebecca, but it goes to Scott or Kayla."


def test_a_nickname_that_the_shop_knows_is_a_name() -> None:
    scott = replace(person("Scott Miller"), facts=(fact("people", "scott", {"nickname": "Scotty"}),))
    told = Story(True, recipients=(Recipient("+14155550123", (Behind(scott, ()),)),), people={"scott": scott})
    assert found("Hi Scotty!", told) == []


TOGETHER = (
    "Dear Nate and Rebecca,",
    "Hi Nate & Rebecca!",
    "Happy anniversary, Nate and Rebecca!",
    "Dear Mr. and Mrs. Moss,",
    "Queridos Nate y Rebecca:",
    "Liebe Rebecca und lieber Nate,",
    "Chers Nate et Rebecca,",
)


@pytest.mark.parametrize("body", TOGETHER)
def test_a_couple_is_greeted_together_only_while_it_is_one(body: str) -> None:
    others = ("Nate Moss",)
    alone = story("Rebecca Moss", others=others)
    current = story("Rebecca Moss", others=others, facts=(related("rebecca", "nate"),))
    over = story("Rebecca Moss", others=others, facts=(related("rebecca", "nate", "ex_partner"),))
    behind = story("Rebecca Moss", "Nate Moss")
    assert [[f.code for f in found(body, told)] for told in (alone, current, over, behind)] == [
        ["not_both"], [], ["not_both"], []
    ]  # fmt: skip


def test_a_couple_that_the_recipient_is_no_half_of_is_held() -> None:
    (one,) = found("Dear Nate and Rebecca,", story("Scott Miller"))
    assert one.code == "wrong_name"
    assert one.reason == "This greets Nate and Rebecca, but it goes to Scott."


def test_a_sister_behind_the_other_line_is_no_couple() -> None:
    told = story("Rebecca Moss", others=("Nate Moss",), facts=(related("rebecca", "nate", "sibling"),))
    assert [one.code for one in found("Dear Nate and Rebecca,", told)] == ["not_both"]


def test_a_page_and_a_printed_side_are_read_as_well() -> None:
    scott = story("Scott Miller")
    assert found("", scott, html="<style>p{}</style><p>Dear Kayla,</p>")
    assert found("", scott, fields=(("content", '{"back": "<p>Dear Kayla,</p>"}'),))
    assert not found("", scott, html="<p>Dear Scott,</p>")


@pytest.mark.parametrize("piece", ["Hi Kayla and ", "Mr. ", "Dear ", "A B C ", "Hi, ", "\n\n\n", " \n ", "\t\t\t"])
def test_a_very_long_text_is_read_in_time(piece: str) -> None:
    assert seconds_for(lambda: found(piece * 3000, story("Scott Miller"))) < 5
