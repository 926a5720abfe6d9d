"""What a vendor's file speaks through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sayso.message import Answer


class Http(Protocol):
    """What a vendor's file speaks through: it raises TryLater before the first byte left, Unknown after."""

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = ...,
        deadline: float | None = None,
    ) -> Answer:
        """The vendor's whole answer."""
        ...
