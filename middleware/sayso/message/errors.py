"""Our errors: one root, seven kinds, each saying what happened and what to do."""

from __future__ import annotations

from sayso.message.shapes import Message


class SaysoError(Exception):
    """The root of all our errors."""


class Malformed(SaysoError):
    """A caller's request cannot be taken: `status` is HTTP's, `code` the vendor's, the text says what to mend."""

    def __init__(self, status: int, code: int | str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class Denied(SaysoError):
    """The caller is not who it says, or may not do this."""


class Conflict(SaysoError):
    """Somebody else was first: the message is no longer as the caller saw it (`message` is as it is now)."""

    def __init__(self, text: str, message: Message | None = None) -> None:
        super().__init__(text)
        self.message = message


class Refused(SaysoError):
    """The vendor said no for good: its HTTP status, its own code and its words."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


class TryLater(SaysoError):
    """Surely not sent: wait `after` seconds if the vendor said so; `alarm` when our own keys were refused."""

    def __init__(self, text: str, *, after: float | None = None, alarm: bool = False) -> None:
        super().__init__(text)
        self.after, self.alarm = after, alarm


class Unknown(SaysoError):
    """The answer was lost after the request left: no answer is not a no."""


class Unsafe(SaysoError):
    """A setting is unknown, missing or dangerous; the text says the mend."""
