"""What a vendor's file speaks through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sayso.message import Account, Answer


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

    def mail(
        self, account: Account, sender: str, to: Sequence[str], mime: bytes, *, deadline: float | None = None
    ) -> Answer:
        """What the account's mail server said last, by its own code; `headers` has whom it would not take, and why.

        TryLater when the mail's end had not left yet, Unknown when it had and no answer came.
        """
        ...
