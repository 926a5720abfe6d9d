"""The settings: every promised key is there, and a later layer wins."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from sayso_config import Settings, load
from sayso_config.settings import PolicyTable
from tests.configured import KEY, PROMISED, env, from_toml

SHIPPED = files("sayso_config").joinpath("default.toml").read_text("utf-8")
NEEDS = {
    "SAYSO_REDIS_URL": {"SAYSO_SECRET_KEY": KEY},
    "SAYSO_TWILIO_ACCOUNT_SID": {"SAYSO_TWILIO_AUTH_TOKEN": "token"},
    "SAYSO_TWILIO_AUTH_TOKEN": {"SAYSO_TWILIO_ACCOUNT_SID": "AC1"},
    "SAYSO_FAILPOINT": {"SAYSO_MODE": "test"},
}


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_key_is_taken_from_the_environment(name: str) -> None:
    key = name.removeprefix("SAYSO_").lower()
    changed = load({name: PROMISED[name], **NEEDS.get(name, {})})
    assert getattr(changed, key) != getattr(load({}), key)


def test_default_toml_and_the_settings_have_the_same_keys() -> None:
    assert set(tomllib.loads(SHIPPED)) == set(Settings.model_fields)
    assert set(tomllib.loads(SHIPPED)["policy"]) == set(PolicyTable.model_fields)


def test_no_key_is_there_that_the_interface_does_not_promise() -> None:
    tables = {"policy", "purposes", "stores", "accounts", "sources", "regions", "presets"}
    assert {f"SAYSO_{key.upper()}" for key in set(Settings.model_fields) - tables} == set(PROMISED)


def test_every_default_has_one_comment_line_above_it() -> None:
    lines = SHIPPED.splitlines()
    said = [i for i, line in enumerate(lines) if " = " in line and not line.startswith("#")]
    assert said
    assert [lines[i] for i in said if not lines[i - 1].startswith("#") or lines[i - 2].startswith("# ")] == []


@pytest.mark.parametrize(
    ("toml", "given", "environ", "port"),
    [
        pytest.param("", {}, {}, 8000, id="default"),
        pytest.param("port = 1", {}, {}, 1, id="file-over-default"),
        pytest.param("port = 1", {"SAYSO_PORT": 2}, {}, 2, id="host-over-file"),
        pytest.param("port = 1", {"SAYSO_PORT": 2}, env(port="3"), 3, id="environment-over-host"),
        pytest.param("port = 1", {"SAYSO_PORT": None, "DEBUG": True}, {}, 1, id="none-is-not-given"),
        pytest.param("port = 1", {}, env(port=" "), 8000, id="empty-is-the-default"),
    ],
)
def test_a_later_layer_wins(
    toml: str, given: dict[str, object], environ: dict[str, str], port: int, tmp_path: Path
) -> None:
    file = tmp_path / "other.toml"
    file.write_text(toml, "utf-8")
    assert load(environ, given=given, file=file).port == port


def test_sayso_toml_of_the_current_folder_is_read_unless_another_file_is_named(tmp_path: Path) -> None:
    assert from_toml("port = 1").port == 1
    (tmp_path / "other.toml").write_text("", "utf-8")
    assert load({}, file=tmp_path / "other.toml").port == 8000


def test_a_file_written_by_a_windows_editor_is_read() -> None:
    assert from_toml("\ufeffport = 1\r\n").port == 1


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load({}).port = 1
