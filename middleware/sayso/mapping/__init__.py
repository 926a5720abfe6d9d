"""Presets: what a CRM's own body becomes, messages or facts, by JMESPath expressions that are data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult
from jmespath.visitor import Options

from sayso.mapping.functions import Known
from sayso.message import LISTS, Json, Malformed
from sayso.telling.fields import near, shown
from sayso.telling.lists import IN_LISTS, META
from sayso_config import PresetTable, Settings, SettingsError, presets

OPTIONS = Options(custom_functions=Known())
MESSAGES = "messages"
Text = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Expression:
    """One JMESPath expression, as it was written and as it is asked."""

    text: str
    parsed: ParsedResult

    def of(self, node: Json) -> Json:
        """What it finds; a JMESPathError where it does not fit what is there."""
        try:
            found: Json = self.parsed.search(node, OPTIONS)
        except JMESPathError:
            raise
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # some of the library's functions, merge() for one, do not look at what they are given
            raise JMESPathError(f"a function was given what it cannot use: {error}") from error
        return found


@dataclass(frozen=True, slots=True)
class Rule:
    """What is made of each element that `each` finds: a message, or an item of a list of facts."""

    list: str
    each: Expression
    fields: Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset, ready for use; `columns` are the names of a CSV file's headings as `folded` writes them."""

    name: str
    says: str
    page: str
    signed: str | None
    key: Expression | None
    rules: tuple[Rule, ...]
    columns: Mapping[str, str]

    @property
    def makes_messages(self) -> bool:
        """Whether it makes messages; else it makes facts."""
        return self.rules[0].list == MESSAGES


def read_presets(settings: Settings, fields: Collection[str]) -> Mapping[str, Preset]:
    """Every preset of the settings by name; a message has these fields. SettingsError says all that is wrong."""
    tables = presets(settings)
    problems = tuple(problem for name in tables for problem in _problems(name, tables[name], fields))
    if problems:
        raise SettingsError(problems)
    return {name: _preset(name, table) for name, table in tables.items()}


def find(known: Mapping[str, Preset], name: str) -> Preset:
    """The preset of that name; Malformed 404 with those there are."""
    if name not in known:
        close = near(name[:40], known) or f"{_there(sorted(known))}."
        raise Malformed(404, "not_found", f"There is no preset {shown(name)}{close}")
    return known[name]


def folded(heading: str) -> str:
    """A heading of a CSV file without what differs between exports: capitals, blanks, dots, dashes."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum() or letter == "#")


def _problems(name: str, table: PresetTable, fields: Collection[str]) -> Iterator[str]:
    at = f"[presets.{name}]"
    if bool(table.message) == bool(table.facts):
        yield f"{at} must say what it makes: either {at[:-1]}.message] or [{at[:-1]}.facts]]"
    for field in table.message:
        if field not in fields:
            yield f"{at[:-1]}.message] {field} is no field of a message{near(field, fields) or _there(fields)}"
    for facts in table.facts:
        yield from _list_problems(at, facts.list, facts.fields)
    for where, text in _texts(table):
        wrong = _wrong(text)
        if wrong:
            yield f"{at} {where} = {text!r} is no JMESPath expression: {wrong}"


def _list_problems(at: str, listed: str, said: Collection[str]) -> Iterator[str]:
    if listed not in LISTS:
        yield f"{at} list {listed!r} is no list of facts{near(listed, LISTS) or _there(LISTS)}"
        return
    known = (*IN_LISTS[listed].fields, *META)
    for field in said:
        if field not in known and (close := near(field, known)):
            yield f"{at} {field} is no field of {listed}{close}"
    for field in IN_LISTS[listed].needed:
        if field not in said:
            yield f"{at} {listed} needs {field}: add it to its fields"


def _there(known: Collection[str]) -> str:
    return f"; there are {', '.join(known)}"


def _texts(table: PresetTable) -> Iterator[Text]:
    """Every expression of a preset, with where it stands."""
    yield from ((name, text) for name, text in (("key", table.key), ("each", table.each)) if text is not None)
    yield from ((f"message.{field}", text) for field, text in table.message.items())
    for facts in table.facts:
        yield from [("each", facts.each)] if facts.each is not None else []
        yield from ((f"{facts.list}.{field}", text) for field, text in facts.fields.items())


def _wrong(text: str) -> str:
    """What is wrong with an expression, on one line; the library finds an unknown function only when it is called."""
    try:
        parsed = jmespath.compile(text)
    except JMESPathError as error:
        return " ".join(str(error).split())
    strange = [name for name in _called(parsed.parsed) if name not in Known.FUNCTION_TABLE]
    return f"there is no function {strange[0]}(){near(strange[0], Known.FUNCTION_TABLE)}" if strange else ""


def _called(node: object) -> Iterator[str]:
    """The names of the functions that an expression calls."""
    if isinstance(node, dict):
        if node.get("type") == "function_expression":
            yield str(node["value"])
        for child in node.get("children", ()):
            yield from _called(child)


def _preset(name: str, table: PresetTable) -> Preset:
    """A preset whose expressions are known to be right."""
    messages = [(MESSAGES, table.each, table.message)] if table.message else []
    facts = [(one.list, one.each, one.fields) for one in table.facts]
    return Preset(
        name=name,
        says=table.says or name,
        page=table.page or "",
        signed=table.signed,
        key=_expression(table.key) if table.key else None,
        rules=tuple(
            Rule(listed, _expression(each or "@"), {field: _expression(text) for field, text in said.items()})
            for listed, each, said in (*messages, *facts)
        ),
        columns={folded(one): field for field, names in table.columns.items() for one in (field, *names)},
    )


def _expression(text: str) -> Expression:
    return Expression(text, jmespath.compile(text))
