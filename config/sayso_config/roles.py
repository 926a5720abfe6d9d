"""Who may be told what: the lines of knows.csv and roles.csv, with what the settings change in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

from sayso_config import tables, values
from sayso_config.purposes import PurposeRow, shipped_purposes
from sayso_config.settings import RoleTable, Settings, SettingsError, Verdict

ROLES = tuple(RoleTable.model_fields)
VERDICTS: tuple[Verdict, ...] = ("allow", "hold", "stop")
CHANGED: Mapping[Verdict, str] = MappingProxyType(
    {
        "allow": "The shop's own settings allow this.",
        "hold": "The shop's own settings want somebody to look at this first.",
        "stop": "The shop's own settings say that this does not go to this person.",
    }
)

Cell = tuple[str, str]
ShopCell = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A cell of the matrix: what a purpose's message may do for a role, and why as a sentence.

    `agreed` are the kinds of fact that this role may be told here, though it does not know them: somebody said yes.
    """

    purpose: str
    role: str
    verdict: Verdict
    agreed: frozenset[str]
    reason: str


def matrix(settings: Settings) -> Mapping[Cell, RoleRow]:
    """Every purpose for every role, with the settings' `[purposes.<name>] ROLE` applied."""
    return {cell: _changed(row, settings.purposes.get(row.purpose)) for cell, row in shipped_matrix().items()}


def shop_matrix(settings: Settings) -> Mapping[ShopCell, RoleRow]:
    """The cells that a shop treats otherwise than all shops, from `[stores.<id>.purposes.<name>] ROLE`."""
    whole = matrix(settings)
    own = {
        (shop, row.purpose, row.role): _changed(row, table.purposes.get(row.purpose))
        for shop, table in settings.stores.items()
        for row in whole.values()
    }
    return {key: row for key, row in own.items() if row != whole[key[1:]]}


def told_beyond(discloses: frozenset[str], known: frozenset[str]) -> tuple[str, ...]:
    """What a message tells that somebody does not know: the one rule is that this is never allowed."""
    return () if "any" in known else tuple(sorted(discloses - known))


@cache
def knows() -> Mapping[str, frozenset[str]]:
    """What somebody in a role knows already, as sayso ships it."""
    return read_knows(tables.shipped_text("knows.csv"))


@cache
def shipped_matrix() -> Mapping[Cell, RoleRow]:
    """Every purpose for every role as sayso ships it."""
    return read_roles(tables.shipped_text("roles.csv"), shipped_purposes(), knows())


def read_knows(text: str) -> Mapping[str, frozenset[str]]:
    """What each role of a knows.csv knows, or a SettingsError that names every line which is wrong."""
    rows = tables.read("knows.csv", text, ("role", "knows"), _knowing)
    _complete("knows.csv", ROLES, [role for role, _ in rows])
    return MappingProxyType(dict(rows))


def read_roles(
    text: str, purposes: tuple[PurposeRow, ...], known: Mapping[str, frozenset[str]]
) -> Mapping[Cell, RoleRow]:
    """The cells of a roles.csv that keeps the one rule, or a SettingsError that names every line which does not."""
    told = {row.name: row for row in purposes}

    def row(cells: tables.Cells, before: list[RoleRow]) -> RoleRow:
        made = _row(cells, before, told)
        if made.verdict == "allow" and (
            lost := told_beyond(told[made.purpose].discloses - made.agreed, known[made.role])
        ):
            raise ValueError(f"allow {would_tell(made.role, lost)}: write hold or stop")
        return made

    rows = tables.read("roles.csv", text, ("purpose", "role", "verdict", "agreed", "reason"), row)
    whole = [f"{name}, {role}" for name in told for role in ROLES]
    _complete("roles.csv", whole, [f"{one.purpose}, {one.role}" for one in rows])
    return MappingProxyType({(one.purpose, one.role): one for one in rows})


def would_tell(role: str, lost: tuple[str, ...]) -> str:
    """`would tell a partner item, price`, for what is wrong with an allow."""
    return f"would tell {'an' if role[0] in 'aeiou' else 'a'} {role} {', '.join(lost).replace('any', 'anything')}"


def _knowing(cells: tables.Cells, before: list[tuple[str, frozenset[str]]]) -> tuple[str, frozenset[str]]:
    role = _one_of("role", cells["role"], ROLES)
    if role in dict(before):
        raise ValueError("role has a line already")
    return role, values.disclosed(cells["knows"])


def _row(cells: tables.Cells, before: list[RoleRow], told: Mapping[str, PurposeRow]) -> RoleRow:
    purpose, role = _one_of("purpose", cells["purpose"], told), _one_of("role", cells["role"], ROLES)
    verdict, reason = next((one for one in VERDICTS if one == cells["verdict"]), None), cells["reason"]
    if verdict is None:
        raise ValueError("verdict must be allow, hold or stop")
    if any((one.purpose, one.role) == (purpose, role) for one in before):
        raise ValueError(f"{purpose}, {role} has a line already")
    if verdict == "hold" and told[purpose].lane == "at_once":
        raise ValueError(f"verdict must be allow or stop: {purpose} is decided at once and never held")
    if not (reason[:1].isupper() and reason.endswith(".")):
        raise ValueError("reason must be a sentence with its full stop")
    return RoleRow(purpose, role, verdict, values.disclosed(cells["agreed"]), reason)


def _one_of(name: str, word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    if word not in known:
        raise ValueError(f"{name} is none that sayso knows{values.near(word, known)}")
    return word


def _complete(name: str, wanted: list[str] | tuple[str, ...], there: list[str]) -> None:
    """Refuses a file in which a cell is missing."""
    missing = tuple(f"{name}: has no line for {one}" for one in wanted if one not in set(there))
    if missing:
        raise SettingsError(missing)


def _changed(row: RoleRow, table: RoleTable | None) -> RoleRow:
    said = dict(said_verdicts(table)).get(row.role) if table else None
    return row if said in (None, row.verdict) else replace(row, verdict=said, reason=CHANGED[said])


def said_verdicts(table: RoleTable) -> Iterator[tuple[str, Verdict]]:
    """The roles that a table of the settings has a verdict for."""
    for role in ROLES:
        verdict: Verdict | None = getattr(table, role)
        if verdict is not None:
            yield role, verdict
