"""From a body to what a preset makes of it: the values of each message or fact, and what could not be worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from jmespath.exceptions import JMESPathError

from sayso.mapping import MESSAGES, Expression, Preset, Rule
from sayso.mapping.functions import as_text
from sayso.message import Json, Malformed

Fault = tuple[str, str]
IDS, NOTES = frozenset({"to", "from", "person"}), frozenset({"metadata", "content"})
"""The fields of a message in which a number is an id, and those that are objects of texts."""
TORN = re.compile("[\ud800-\udfff]")
LONGEST_KEY, LONGEST_SAID = 255, 300
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Made:
    """One message or fact: its values by field, the key that a repeat of it has, and the fields that went wrong."""

    rule: Rule
    values: dict[str, Json]
    key: str | None
    faults: tuple[Fault, ...]


def make(preset: Preset, body: Json, headers: Mapping[str, str] = NO_HEADERS) -> list[Made]:
    """Everything that a preset makes of a body; Malformed where it makes nothing."""
    try:
        found = [_made(preset, rule, node, body, headers) for rule in preset.rules for node in _nodes(rule, body)]
    except RecursionError as error:
        raise Malformed(400, "json", "The body is nested too deeply.") from error
    if not found:
        places = " and ".join(dict.fromkeys(f"`{rule.each.text}`" for rule in preset.rules))
        raise Malformed(
            400, "each", f"The preset {preset.name} finds nothing in this: it looks at {places}. {_has(body)}"
        )
    return found


def where(rule: Rule, field: str, body: Json) -> str:
    """Where a field was looked for, as a sentence for whoever set the other side up."""
    expression = rule.fields.get(re.split(r"[.\[]", field, maxsplit=1)[0])
    looked = f"It is looked for at `{expression.text}`." if expression else "The preset has nothing for it."
    looked = "" if field == "key" else looked  # the preset's, not the rule's: its faults say themselves where
    return f"{looked} {_has(body)}".strip()


def lists(made: Sequence[Made]) -> tuple[dict[str, Json], dict[tuple[str, int], Made]]:
    """Facts as the API takes them, and whose each item is; those that could not be worked out are left out.

    What has the same id in one list is one item: the lines of a sale are one purchase of several pieces.
    """
    items: dict[str, dict[str, dict[str, Json]]] = {}
    whose: dict[tuple[str, int], Made] = {}
    for n, one in enumerate(made):
        if one.faults:
            continue
        listed = items.setdefault(one.rule.list, {})
        named = str(one.values.get("id", f"\n{n}"))
        if named not in listed:
            whose[one.rule.list, len(listed)] = one
        _join(listed.setdefault(named, {}), one.values)
    return {name: list(listed.values()) for name, listed in items.items()}, whose


def broken(made: Sequence[Made]) -> list[dict[str, Json]]:
    """The refusals of facts that could not be worked out."""
    return [_refusal(n, one) for n, one in enumerate(made) if one.faults]


def _refusal(index: int, one: Made) -> dict[str, Json]:
    why, named = " ".join(why for _, why in one.faults), str(one.values.get("id", ""))[:LONGEST_SAID]
    return {"list": one.rule.list, "index": index, "id": named, "why": why}


def explained(
    refused: Sequence[Mapping[str, Json]], whose: Mapping[tuple[str, int], Made], body: Json
) -> Iterator[dict[str, Json]]:
    """The refusals of facts, each with where the field that is not right was looked for."""
    for one in refused:
        made, why = whose.get((str(one["list"]), int(str(one["index"])))), str(one["why"])
        field = re.match(r"\w*", why)
        named = field[0] if made and field and field[0] in made.rule.fields else ""
        yield {**one, "why": f"{why} {where(made.rule, named, body)}" if made and named else why}


def _join(earlier: dict[str, Json], later: Mapping[str, Json]) -> None:
    for name, value in later.items():
        known = earlier.get(name)
        if isinstance(known, list) and isinstance(value, list):
            earlier[name] = [*known, *(one for one in value if one not in known)]
        else:
            earlier[name] = value


def _nodes(rule: Rule, body: Json) -> Iterator[Json]:
    """The elements that a rule is for; one that is an object also has the body it stands in, as `whole`."""
    try:
        found = rule.each.of(body)
    except JMESPathError as error:
        raise Malformed(400, "each", f"`{rule.each.text}` does not fit: {_in_words(error)} {_has(body)}") from error
    for node in found if isinstance(found, list) else [found]:
        if node is not None:
            yield {**node, "whole": body} if isinstance(node, dict) else node


def _made(preset: Preset, rule: Rule, node: Json, body: Json, headers: Mapping[str, str]) -> Made:
    values: dict[str, Json] = {}
    faults: list[Fault] = []
    for field, expression in rule.fields.items():
        try:
            value = _plain(expression.of(node))
        except JMESPathError as error:
            faults.append((field, f"{field} cannot be worked out: {_in_words(error)}"))
            continue
        if rule.list == MESSAGES:
            value = _noted(value) if field in NOTES else as_text(value) if field in IDS else value
        if _is_torn(value):
            faults.append((field, f"{field} has half a character (a lone surrogate)."))
        elif value not in (None, "", [], {}):
            values[field] = value
    if rule.list != MESSAGES or preset.key is None:
        return Made(rule, values, None, tuple(faults))
    asked: Json = {"headers": dict(headers), "body": body, "item": node}
    key, wrong = _key(preset.name, preset.key, asked)
    return Made(rule, values, key, (*faults, *wrong))


def _noted(value: Json) -> Json:
    """The numbers in an object of texts as texts, one level deep or two."""
    return {name: _noted(as_text(one)) for name, one in value.items()} if isinstance(value, dict) else value


def _is_torn(value: Json) -> bool:
    """Whether somewhere in a value is half a character, as it is left where a text with an emoji was cut."""
    if isinstance(value, dict):
        return any(_is_torn(name) or _is_torn(one) for name, one in value.items())
    if isinstance(value, list):
        return any(map(_is_torn, value))
    return isinstance(value, str) and not value.isascii() and TORN.search(value) is not None


def _plain(value: Json) -> Json:
    """A value without what is empty in it: an empty cell of a tool says nothing, and never clears what is known."""
    if isinstance(value, dict):
        inner = {name: _plain(one) for name, one in value.items() if name != "whole"}
        return {name: one for name, one in inner.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [one for one in map(_plain, value) if one not in (None, "", [], {})]
    return value if not isinstance(value, str) or value.strip() else None


def _key(name: str, expression: Expression, asked: Json) -> tuple[str | None, tuple[Fault, ...]]:
    """What a repeat has in common with the first, apart from other presets' keys, in letters that a header may have.

    What is found and can be no key is a fault: without it a repeat would be a second message.
    """
    try:
        found = as_text(expression.of(asked))
    except JMESPathError as error:
        return None, (("key", f"key cannot be worked out at `{expression.text}`: {_in_words(error)}"),)
    if found is None or (isinstance(found, str) and not found.strip()):
        return None, ()
    if not isinstance(found, str) or _is_torn(found):
        return None, (("key", f"key must be a text, or a number with all its digits; look at `{expression.text}`."),)
    key = f"{name}:{quote(found.strip(), safe='!*();:@&=+$,/?#[]~')}"
    if len(key) > LONGEST_KEY:
        return None, (("key", f"key is longer than {LONGEST_KEY} characters; look at `{expression.text}`."),)
    return key, ()


def _in_words(error: JMESPathError) -> str:
    text = _seen(" ".join(str(error).split())).rstrip(".")
    return (text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…") + "."


def _seen(text: str) -> str:
    """A text that can be printed, where it may have half a character."""
    return text.encode(errors="replace").decode()


def _has(body: Json) -> str:
    """What a body has on its first level, so that its sender sees what was looked at."""
    if isinstance(body, list):
        return f"The body is a list of {len(body)}."
    if not isinstance(body, dict):
        return "The body is no object."
    names = [_seen(name[:40]) for name in body if name != "whole"]
    more = ", …" if len(names) > 30 else ""
    return f"The body has {', '.join(names[:30])}{more}." if names else "The body is empty."
