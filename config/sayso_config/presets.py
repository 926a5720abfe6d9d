"""Presets: the files of presets/, with those of the settings beside or instead of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from sayso_config import values
from sayso_config.settings import PresetTable, Settings, SettingsError

Presets = Mapping[str, PresetTable]
MERGED = ("message", "columns")
"""What a preset that is `like` another adds to, name by name; anything else that it says is said instead."""


def presets(settings: Settings) -> Presets:
    """Every preset by name, `like` applied; else a SettingsError that says which one is like none."""
    known = shipped_presets()
    lost = {name: table.like for name, table in settings.presets.items() if table.like and table.like not in known}
    if lost:
        raise SettingsError(
            tuple(f"[presets.{name}] like is no preset{values.near(of, known)}" for name, of in lost.items())
        )
    return MappingProxyType({**known, **{name: _like(known, table) for name, table in settings.presets.items()}})


@cache
def shipped_presets() -> Presets:
    """The presets as sayso ships them; one may be like another whose name comes before it."""
    known: dict[str, PresetTable] = {}
    folder = files("sayso_config").joinpath("presets")
    said = {file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8")) for file in folder.iterdir()}
    for name in sorted(said, key=lambda name: ("like" in said[name], name)):
        known[name] = _like(known, PresetTable.model_validate(said[name]))
    return MappingProxyType(known)


def _like(known: Presets, own: PresetTable) -> PresetTable:
    if not own.like:
        return own
    base, said = known[own.like], {name: getattr(own, name) for name in own.model_fields_set}
    merged = {name: {**getattr(base, name), **said[name]} for name in MERGED if name in said}
    return base.model_copy(update={**said, **merged})
