"""Hot statements: compiled once a dialect and run on the driver's own cursor, for what every new message pays for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Delete, Dialect, Insert, Select, Update, bindparam
from sqlalchemy.exc import DBAPIError

from sayso.store.database import Tx

MOST_AT_ONCE = 64
"""How many values one statement with a list of them is compiled for, at most."""
Statement = Insert | Update | Delete | Select[tuple[object, ...]]
Compiled = tuple[str, Sequence[str] | None, Mapping[str, object]]


class Hot:
    """One statement whose values are text, whole numbers, bytes or None; `python -m bench` shows what it saves."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._compiled: dict[str, Compiled] = {}

    def run(self, tx: Tx, values: Mapping[str, object]) -> list[tuple[object, ...]]:
        """The rows as the driver gives them; none for a statement that gives none."""
        dialect = tx.connection.dialect
        text, order, defaults = self._compiled.get(dialect.name) or self._compile(dialect)
        cursor = tx.connection.connection.cursor()
        try:
            if order is not None:
                cursor.execute(text, [values.get(name, defaults[name]) for name in order])
            else:
                cursor.execute(text, {name: values.get(name, default) for name, default in defaults.items()})
            return list(cursor.fetchall()) if cursor.description else []
        except dialect.loaded_dbapi.Error as error:  # in SQLAlchemy's words, as every other statement's
            base = dialect.loaded_dbapi.Error
            raise DBAPIError.instance(text, None, error, base, hide_parameters=True, dialect=dialect) from error
        finally:
            cursor.close()

    def _compile(self, dialect: Dialect) -> Compiled:
        compiled = self._statement.compile(dialect=dialect)
        order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._compiled[dialect.name] = (str(compiled), order, dict(compiled.params))
        return self._compiled[dialect.name]


def listed(values: Sequence[object]) -> dict[str, object]:
    """What fills the `names` of a statement, the last value repeated: by powers of two a few statements do for all."""
    size = 1 << (len(values) - 1).bit_length()
    return {f"value{n}": value for n, value in enumerate([*values, *[values[-1]] * (size - len(values))])}


def names(size: int) -> list[BindParameter[Any]]:
    """The places of so many values in a statement, which `listed` fills."""
    return [bindparam(f"value{n}") for n in range(size)]
