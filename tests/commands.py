"""Commands of an operator, in the process and on the clock of a house of tests."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result
from flask.cli import ScriptInfo

from sayso.cli import flask_group
from tests.conftest import House


def ran(house: House, *words: object, status: int = 0) -> Result:
    """What a command printed, which ended with this status."""
    info = ScriptInfo(create_app=lambda: house.app)
    result = CliRunner().invoke(flask_group, [str(word) for word in words], obj=info)
    assert result.exit_code == status, result.output
    return result


def said(house: House, *words: object, status: int = 0) -> Any:
    """What a command printed for a program."""
    return json.loads(ran(house, *words, "--json", status=status).stdout)
