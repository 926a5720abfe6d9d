"""Named places where a test may kill, pause or break this process; each does nothing until it is armed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sayso import message

POINTS: Mapping[str, str] = MappingProxyType(
    {
        "before_intake_commit": "C1: the message was read and is not yet stored.",
        "after_intake_commit": "C2: the message is stored and the CRM has not heard so.",
        "during_screening": "C3: the checks are running on a stored message.",
        "before_decision_commit": "C4: a reviewer has decided and it is not yet stored.",
        "after_decision_commit": "C5: the decision is stored and the reviewer has not seen the page.",
        "after_claim_commit": "C6: the attempt is stored and no byte has gone to the vendor.",
        "mid_request": "C7: the vendor has the headers and not the body.",
        "before_answer_read": "C8: the vendor has the whole request and its answer is unread.",
        "before_receipt_commit": "C9: the vendor's answer was read and is not yet stored.",
        "after_receipt_commit": "C10: the vendor's answer is stored and nothing else was done.",
        "before_callback_commit": "C11: a callback was read and is not yet stored.",
        "before_relay_send": "C12: the callback is stored and its relay has not been sent.",
        "after_relay_send": "C13: the relay was delivered and is not yet marked so.",
    }
)
"""Every point and the crash of the fault model (docs: C1 to C13) that it stands for."""


class FailpointHit(RuntimeError):
    """An armed point was passed whose action is `raise`."""


def arm(spec: str | None, pause: float) -> None:
    """Make one point act the next time it is passed: "point:kill|pause|raise", or "C6:kill"; None disarms."""
    disarm()
    if not spec:
        return
    name, _, action = spec.partition(":")
    point = _ALIASES.get(name, name)
    if point not in POINTS:
        raise message.Unsafe(f"There is no failpoint {name!r}; the points are {', '.join(POINTS)}.")
    if action not in _ACTIONS:
        raise message.Unsafe(f"A failpoint cannot {action!r}; it can {', '.join(_ACTIONS)}.")
    _armed[point] = _Armed(point, action, pause, threading.Lock())


def disarm() -> None:
    """Make every point do nothing again."""
    _armed.clear()


def hit(point: str) -> None:
    """Pass a point: nothing happens, unless it is armed and this is the first time."""
    armed = _armed.get(point)
    if armed and armed.unused.acquire(blocking=False):
        _ACTIONS[armed.action](armed)


@dataclass(frozen=True, slots=True)
class _Armed:
    """One armed point; whoever takes the lock `unused`, which is never given back, is the one it acts on."""

    point: str
    action: str
    pause: float
    unused: threading.Lock


def _kill(armed: _Armed) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _pause(armed: _Armed) -> None:
    time.sleep(armed.pause)


def _raise(armed: _Armed) -> None:
    raise FailpointHit(f"The failpoint {armed.point} was passed.")


_ACTIONS: Mapping[str, Callable[[_Armed], None]] = {"kill": _kill, "pause": _pause, "raise": _raise}
_ALIASES = {sentence.partition(":")[0]: name for name, sentence in POINTS.items()}
_armed: dict[str, _Armed] = {}
