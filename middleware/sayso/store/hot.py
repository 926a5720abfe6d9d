"""Hot statements: compiled once a dialect and run on the driver's own cursor, for what every new message pays for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

from sayso.store.database import Tx

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
