"""Test mode: vendors that are not there. Nothing leaves, and everything else is as it would be, receipts included."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from sayso import callbacks, failpoint, store
from sayso.message import Account, Answer, Message, State
from sayso.runtime import Runtime
from sayso.store import Store
from sayso_providers import PRETENDERS

logger = logging.getLogger("sayso")
BATCH, PUT_OFF = 50, timedelta(minutes=1)
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
NUMBERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"0001": ("sent", "delivered"), "0002": ("sent", "bounced"), "0003": ("failed",)}
)
"""What becomes of a text to a number with these last digits, in our words for a delivery, one receipt each."""

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "delivered": ("sent", "delivered"),
        "bounced": ("sent", "bounced"),
        "complained": ("sent", "delivered", "complained"),
    }
)
"""What becomes of a mail to an address with this name before its @ (and before a +)."""

ANYBODY_ELSE = ("sent",)


def accounts(here: Store) -> dict[str, Account]:
    """An account at every vendor that can be pretended, with keys that only this database's secret key gives."""
    return {name: one.account(partial(here.seal.hash, f"pretend {name}")) for name, one in PRETENDERS.items()}


class Http:
    """What stands where vendors are called from: it opens no connection and answers as the vendor would."""

    def __init__(self, held: Mapping[str, Account]) -> None:
        self._held = held

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        deadline: float | None = None,
    ) -> Answer:
        """The pretended vendor's whole answer."""
        failpoint.hit("mid_request")
        name = next((name for name, account in self._held.items() if url.startswith(f"{account.api_url}/")), None)
        said = PRETENDERS[name].respond(method, url, body or b"", self._held[name]) if name else Answer(404, b"{}", {})
        failpoint.hit("before_answer_read")
        return said

    def mail(
        self, account: Account, sender: str, to: Sequence[str], mime: bytes, *, deadline: float | None = None
    ) -> Answer:
        """The pretended mail server's last word."""
        failpoint.hit("mid_request")
        said = PRETENDERS[account.provider].respond("MAIL", ",".join(to), mime, account)
        failpoint.hit("before_answer_read")
        return said


def outcome(address: str) -> tuple[str, ...]:
    """The deliveries that a message to this address goes through."""
    bare = store.bare(address)
    if "@" in bare:
        return NAMES.get(bare.partition("@")[0].partition("+")[0], ANYBODY_ELSE)
    return NUMBERS.get(bare[-4:], ANYBODY_ELSE)


def run_due(runtime: Runtime) -> int:
    """Let the vendors that are not there call back about what they took; how many messages they spoke of."""
    if runtime.mode != "test":
        return 0
    with runtime.store.read() as tx:
        taken = store.due(tx, State.SENT, BATCH)
    for message in taken:
        try:
            _speak(runtime, message)
            again = None
        except Exception:
            logger.exception("the receipts of message %s are tried again in a minute", message.id)
            again = runtime.clock() + PUT_OFF
        runtime.store.write(partial(store.look_again, message_id=message.id, at=again))
    return len(taken)


def _speak(runtime: Runtime, message: Message) -> None:
    """Every receipt that is still to come and that the vendor has a word for, in order, by the way it would take."""
    with runtime.store.read() as tx:
        said = {receipt.delivery for receipt, _ in store.read_receipts(tx, message.id)}
        tokens = [attempt.id for attempt in store.read_attempts(tx, message.id) if attempt.outcome == "accepted"]
    held, pretender = runtime.accounts[message.provider], PRETENDERS[message.provider]
    for delivery in outcome(message.content.to[0]):
        if tokens and delivery not in said and delivery in pretender.WORDS:
            url = f"{runtime.public_url}/callbacks/{message.provider}/{tokens[-1]}"
            callbacks.take(runtime, message.provider, tokens[-1], pretender.call_back(message, delivery, held, url))
