"""What became of a run: how many pieces are where, who got none and why, and which gift cards' codes are unused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sayso import store
from sayso.batching.template import CODE
from sayso.message import Json, Message, State
from sayso.store import Batch, Tx

WAITS, COMING = "waiting", "being looked at"
NOTHING = "It waits for a yes."
WHERE: Mapping[State, str] = {
    State.RECEIVED: COMING,
    State.HELD: WAITS,
    State.CLEARED: "signed off",
    State.SENDING: "signed off",
    State.UNCONFIRMED: "nobody knows",
    State.SENT: "went out",
    State.FAILED: "not taken",
    State.STOPPED: "stopped",
}
"""Where a piece is, as the shop says it."""
GOES = frozenset({State.CLEARED, State.SENDING, State.SENT})
STOPPED: Mapping[str, str] = {
    "rejected": "Somebody said no.",
    "suppressed": "They asked for no more of this.",
    "refused": "It was stopped at once.",
    "expired": "Nobody said yes in time.",
    "withdrawn": "It was taken back.",
    "redirected": "It was made out to somebody else instead.",
    "phone": "Somebody phones instead.",
}
LEFT_OUT = "did not get in"


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who got no piece: the line of the file, the name and address, where it is, why, and the unused code."""

    line: int
    to: str
    where: str
    why: str
    code: str = ""
    signed_by: str = ""
    message_id: str = ""

    @property
    def is_unused(self) -> bool:
        """Whether its code will not go out any more."""
        return bool(self.code) and self.where in (WHERE[State.STOPPED], WHERE[State.FAILED], LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run as it is now: its pieces counted by where they are, and everybody who got none, by line."""

    batch: Batch
    counts: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()

    @property
    def unused(self) -> tuple[str, ...]:
        """The codes of the pieces that will not go."""
        return tuple(one.code for one in self.missing if one.is_unused)


def outcome(tx: Tx, batch: Batch) -> Outcome:
    """What became of a run until now."""
    counts: Counter[str] = Counter()
    missing = left_out(store.read_run(tx, batch.id).get("left_out"))
    for piece in store.all_pieces(tx, batch.id):
        counts[WHERE[piece.state]] += 1
        if piece.state not in GOES:
            missing.append(_missing(piece))
    missing.sort(key=lambda one: (one.line, one.message_id))
    elsewhere = given(tx, batch, (one.code for one in missing if one.is_unused))
    missing = [replace(one, code="") if one.code.casefold() in elsewhere else one for one in missing]
    return Outcome(batch, dict(counts), tuple(missing))


def given(tx: Tx, batch: Batch, codes: Iterable[str]) -> frozenset[str]:
    """Those of these codes, in small letters, that are on another card of the source, which went or may still go."""
    return frozenset(store.carried(tx, batch.source_id, CODE, [code for code in codes if code]))


def notes(piece: Message) -> dict[str, str]:
    """What the run's file said of a piece beside its words: line, gift_code, signed_by."""
    return dict(piece.content.metadata)


def line_of(piece: Message) -> int:
    """The line of the file that a piece comes from; 0 for one that came from no file."""
    said = notes(piece).get("line", "")
    return int(said) if said.isdecimal() else 0


def why(piece: Message) -> str:
    """Why somebody got no piece, in one or two sentences; the reasons of the worst finding come after the decision."""
    found = sorted(piece.findings, key=lambda finding: finding.verdict != "stop")
    decided = STOPPED.get((piece.stop_reason or "").partition(":")[0], "")
    if piece.state is State.FAILED:
        decided = "The card service did not take it."
    return " ".join(part for part in (decided, found[0].reason if found else "") if part) or NOTHING


def _missing(piece: Message) -> Missing:
    said = notes(piece)
    if piece.stop_reason == "redirected":  # its code is on the card that was made instead
        said.pop("gift_code", None)
    code, signer = said.get("gift_code", ""), said.get("signed_by", "")
    return Missing(line_of(piece), piece.content.to[0], WHERE[piece.state], why(piece), code, signer, piece.id)


def left_out(said: Json) -> list[Missing]:
    """The lines that did not get in, as the import kept them."""
    found = []
    for one in said if isinstance(said, list) else []:
        if isinstance(one, list) and len(one) == 4:
            line, reason, name, code = map(str, one)
            found.append(Missing(int(line), name or f"line {line}", LEFT_OUT, reason, code))
    return found
