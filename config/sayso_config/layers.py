"""Where settings come from, the later over the earlier: default.toml, sayso.toml, app.config, environment."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ValidationError

from sayso_config import values
from sayso_config.settings import (
    PolicyTable,
    PresetTable,
    PurposeTable,
    RegionTable,
    RoleTable,
    Settings,
    SettingsError,
    SourceTable,
    StoreTable,
    complaints,
)
from sayso_config.unsafe import Unsafe, unsafe

PREFIX = "SAYSO_"
INSIDE: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "policy": PolicyTable,
        "purposes": PurposeTable,
        "stores": StoreTable,
        "sources": SourceTable,
        "regions": RegionTable,
        "presets": PresetTable,
    }
)
TABLES = (*INSIDE, "accounts")
KEYS = tuple(key for key in Settings.model_fields if key not in TABLES)
NAMES = tuple(PREFIX + key.upper() for key in KEYS)
NOTHING: Mapping[str, object] = MappingProxyType({})

Loc = tuple[str, ...]
_HEADER = re.compile(r"\s*\[+([^\]]+)\]")
_KEY = re.compile(r"\s*([^\s=#]+)\s*=")


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place says and what is wrong with it already; `text` is the file's, to find lines in."""

    where: str
    said: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    text: str = ""
    readable: bool = True

    def place(self, loc: Loc) -> str:
        """Where the person who set it finds it."""
        if not self.text:
            return f"{PREFIX}{loc[0].upper()} ({self.where})"
        return f"{self.where}{_line(self.text, loc)}: {_spelled(loc)}"


def load(environ: Mapping[str, str], *, given: Mapping[str, object] = NOTHING, file: Path | None = None) -> Settings:
    """The checked settings of all layers; else a SettingsError with every problem and its mend."""
    layers = (_file(file), _prefixed(given, "app.config"), _prefixed(environ, "environment"))
    said: dict[str, object] = {}
    for layer in layers:
        said |= layer.said
    settings, wrong = _checked(said)
    problems = [problem for layer in layers for problem in layer.problems]
    problems += [f"{_place(loc, layers)} {text}" for loc, text in wrong.items()]
    if all(layer.readable for layer in layers):
        dangers = (danger for danger in unsafe(settings) if not _doubtful(danger, wrong))
        problems += [f"{_place(danger.loc, layers)} {danger.text}" for danger in dangers]
    if problems:
        raise SettingsError(tuple(problems))
    return settings


@cache
def shipped() -> Mapping[str, object]:
    """Every setting's default, as default.toml writes it."""
    return MappingProxyType(tomllib.loads(files("sayso_config").joinpath("default.toml").read_text("utf-8")))


def _file(file: Path | None) -> Layer:
    path = file or Path("sayso.toml")
    if file is None and not path.exists():
        return Layer(str(path))
    try:
        text = path.read_text("utf-8-sig")
        said = tomllib.loads(text)
    except OSError as error:
        return Layer(str(path), problems=(f"{path}: {error.strerror}: check its path and rights",), readable=False)
    except ValueError as error:
        return Layer(str(path), problems=(f"{path}: is not TOML: {error}",), readable=False)
    layer = Layer(str(path), text=text)
    return Layer(
        str(path),
        said={key: _plain(key, value) for key, value in said.items() if key in Settings.model_fields},
        problems=tuple(layer.place((key,)) + _stranger(key) for key in said if key not in Settings.model_fields),
        text=text,
    )


def _stranger(key: str) -> str:
    if key in PolicyTable.model_fields:
        return " is no setting of its own: put it under [policy]"
    return f" is no setting{values.near(key.lower().removeprefix(PREFIX.lower()), Settings.model_fields)}"


def _prefixed(entries: Mapping[str, object], where: str) -> Layer:
    ours = {name: value for name, value in entries.items() if name.startswith(PREFIX)}
    tables = tuple(PREFIX + table.upper() for table in TABLES)
    return Layer(
        where,
        said={
            key: _plain(key, ours[name]) for key, name in zip(KEYS, NAMES, strict=True) if ours.get(name) is not None
        },
        problems=tuple(
            f"{name} ({where}) is a table: write it in sayso.toml"
            if name in tables
            else f"{name} ({where}) is no setting{values.near(name.upper(), NAMES)}"
            for name in ours
            if name not in NAMES
        ),
    )


def _plain(key: str, value: object) -> object:
    plain = value.strip() if isinstance(value, str) else value
    return shipped()[key] if plain == "" else plain


def _checked(said: Mapping[str, object]) -> tuple[Settings, dict[Loc, str]]:
    try:
        return Settings.model_validate(_merged(said)), {}
    except ValidationError as error:
        wrong = _wrong(error)
    for loc in wrong:
        said = _dropped(said, loc)
    return Settings.model_validate(_merged(said)), wrong


def _merged(said: Mapping[str, object]) -> dict[str, object]:
    default, own = shipped()["policy"], said.get("policy", {})
    whole = {**shipped(), **said}
    if isinstance(default, dict) and isinstance(own, dict):
        whole["policy"] = {**default, **own}
    return whole


def _wrong(error: ValidationError) -> dict[Loc, str]:
    wrong: dict[Loc, str] = {}
    for loc, kind, text in complaints(error):
        at, told = loc[: _depth(loc)], _unknown(loc) if kind == "extra_forbidden" else text
        wrong[at] = f"{wrong[at]}, or {told}" if at in wrong else told
    return wrong


def _depth(loc: Loc) -> int:
    """How many names lead to the setting that a complaint is about."""
    if loc[0] not in TABLES:
        return 1
    if _in_shop(loc):
        return 5
    return 2 if loc[0] == "policy" else 3


def _in_shop(loc: Loc) -> bool:
    """Whether it lies in what one shop says of a purpose."""
    return loc[0] == "stores" and loc[2:3] == ("purposes",) and len(loc) > 3


def _unknown(loc: Loc) -> str:
    if loc[-1] in KEYS:
        return "is no setting of a table: put it above the first [table]"
    table = RoleTable if _in_shop(loc) else INSIDE[loc[0]]
    return f"is no setting{values.near(loc[-1], table.model_fields)}"


def _dropped(table: Mapping[str, object], loc: Loc) -> dict[str, object]:
    inner = table.get(loc[0])
    if len(loc) > 1 and isinstance(inner, Mapping):
        return {**table, loc[0]: _dropped(inner, loc[1:])}
    return {key: value for key, value in table.items() if key != loc[0]}


def _doubtful(danger: Unsafe, wrong: Mapping[Loc, str]) -> bool:
    return danger.loc in wrong or any((key,) in wrong for key in danger.beside)


def _place(loc: Loc, layers: tuple[Layer, ...]) -> str:
    for layer in reversed(layers):
        if loc[0] in layer.said:
            return layer.place(loc)
    return PREFIX + loc[0].upper()


def _spelled(loc: Loc) -> str:
    if loc[0] not in TABLES:
        return loc[0]
    parents, key = (loc[:-1], f" {loc[-1]}") if len(loc) == _depth(loc) else (loc, "")
    return f"[{'.'.join(parents)}]{key}"


def _line(text: str, loc: Loc) -> str:
    table: Loc = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            here = table = _parts(header[1])
        elif key := _KEY.match(line):
            here = table + _parts(key[1])
        else:
            continue
        if here[: len(loc)] == loc:
            return f" line {number}"
    return _line(text, loc[:-1]) if len(loc) > 1 else ""


def _parts(name: str) -> Loc:
    return tuple(part.strip().strip("\"'") for part in name.split("."))
