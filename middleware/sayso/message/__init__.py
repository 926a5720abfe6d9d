"""The words: every state, move, shape and error that the rest of sayso speaks in; imports nothing of ours."""

from sayso.message.errors import Conflict, Denied, Malformed, Refused, SaysoError, TryLater, Unknown, Unsafe
from sayso.message.shapes import Content, Draft, Facts, Finding, Json, Message, OptOut, Policy, Purpose, Twin
from sayso.message.states import DELIVERY_RANK, MOVES, OPEN_TASKS, STATES, WAITING, State
from sayso.message.wire import Account, Answer, Inbound, Outgoing, Receipt, Request, Sent

__all__ = [
    "DELIVERY_RANK",
    "MOVES",
    "OPEN_TASKS",
    "STATES",
    "WAITING",
    "Account",
    "Answer",
    "Conflict",
    "Content",
    "Denied",
    "Draft",
    "Facts",
    "Finding",
    "Inbound",
    "Json",
    "Malformed",
    "Message",
    "OptOut",
    "Outgoing",
    "Policy",
    "Purpose",
    "Receipt",
    "Refused",
    "Request",
    "SaysoError",
    "Sent",
    "State",
    "TryLater",
    "Twin",
    "Unknown",
    "Unsafe",
]
