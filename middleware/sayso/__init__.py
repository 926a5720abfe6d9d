"""Sayso: nothing goes out without somebody's say-so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sayso.extension import Sayso

__all__ = ["Sayso"]


def __getattr__(name: str) -> object:
    if name == "Sayso":  # lazy, so that a vendor's file can import sayso.message alone
        from sayso.extension import Sayso

        return Sayso
    raise AttributeError(f"module 'sayso' has no attribute {name!r}")
