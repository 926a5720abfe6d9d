"""Does the person who signs this still work here? A card from somebody who has left is worse than none."""

from __future__ import annotations

from sayso.checks import who
from sayso.checks.greetings import tokens
from sayso.message import Colleague, Facts, Finding, Json, Message

CHECK = "signer_left"
SIGNER = "signed_by"


def check(message: Message, facts: Facts) -> tuple[Finding, ...]:
    """A hold for a signer who has left, and for one whom nobody knows where the shop has told us who works there."""
    signer = " ".join(dict(message.content.metadata).get(SIGNER, "").split())
    if not tokens(signer):
        return ()
    meant = [one for one in facts.colleagues if _is_meant(signer, one)]
    if any(one.is_here for one in meant):
        return ()
    if meant:
        left = next((one for one in meant if one.fact), meant[0])
        reason = f"This is signed by {signer}, who no longer works here."
        return (_finding("left", signer, reason, left, facts),)
    if not any(one.fact for one in facts.colleagues):
        return ()  # nobody has told us who works here
    return (_finding("unknown", signer, f"Does {signer} still work here? This is signed so.", None, facts),)


def _is_meant(signer: str, one: Colleague) -> bool:
    """Whether a card may be signed so by this colleague: by the first name, the whole name, or a part of it."""
    signed, name = set(tokens(signer)), set(tokens(one.name))
    return bool(name) and (signed <= name or name <= signed)


def _finding(code: str, signer: str, reason: str, left: Colleague | None, facts: Facts) -> Finding:
    proof, ask = "", dict[str, Json]()
    if left and left.fact:
        proof = who.evidence(left.fact, facts.now, f"{left.name}, on the list of staff")
        ask = who.confirm(left.fact, f"Does {left.name} still work here?")
    elif left:
        proof = f"{left.name} can no longer sign in here."
    proposal = ask or {"kind": "reject"}
    return Finding(CHECK, code, reason, "hold", "-".join(tokens(signer)), proof, proposal)
