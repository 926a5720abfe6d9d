"""What every table shares: the metadata, the numbering, and the indexes of some rows only."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, MetaData, text

metadata = MetaData()
Serial = BigInteger().with_variant(Integer, "sqlite")


def where(condition: str, name: str, *columns: str) -> Index:
    """An index of only those rows that somebody looks for."""
    return Index(name, *columns, postgresql_where=text(condition), sqlite_where=text(condition))
