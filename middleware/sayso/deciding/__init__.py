"""The decisions: one function for each, what it may be given, and what it makes of the message before it is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sayso.deciding import anew, back, elsewhere, no, yes
from sayso.deciding.sitting import Sitting, Wish
from sayso.message import Message
from sayso.runtime import Runtime

DECISIONS: Mapping[str, Callable[[Sitting], Message]] = {
    "approve": yes.approve,
    "edit": anew.edit,
    "redirect": elsewhere.redirect,
    "delay": yes.delay,
    "phone": no.phone,
    "reject": no.reject,
    "suppress": no.suppress,
    "undo": back.undo,
    "arrived": yes.arrived,
}
"""Every decision, in the order that `may[]` names them."""

DRAFTS: Mapping[str, Callable[[Runtime, Message, Wish], Message]] = {
    "edit": anew.edited,
    "redirect": elsewhere.redirected,
}
"""What a decision would make of a message, worked out before the transaction: vendor and host may be asked about it."""

TAKES: Mapping[str, tuple[str, ...]] = {
    "edit": ("body", "variables", "media", "subject_line", "drop"),
    "redirect": ("to", "person"),
    "delay": ("until",),
    "phone": ("outcome", "at"),
    "suppress": ("scope",),
}
"""What a kind of decision can be given beside version, content_hash and note."""
