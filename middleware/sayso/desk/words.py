"""The desk's words: states, decisions, proposals and the clock as a shop says them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sayso.desk import letters
from sayso.message import Finding, Json, Message, State

STATES: Mapping[State, str] = {
    State.RECEIVED: "just came in",
    State.HELD: "waiting",
    State.CLEARED: "may go",
    State.SENDING: "going out",
    State.UNCONFIRMED: "we do not know",
    State.SENT: "gone out",
    State.FAILED: "refused by the vendor",
    State.STOPPED: "stopped",
}
SENTENCES: Mapping[State, str] = {
    State.RECEIVED: "It just came in and is being looked at.",
    State.HELD: "We found nothing amiss. It waits for your yes.",
    State.CLEARED: "It may go.",
    State.SENDING: "It is going out now.",
    State.UNCONFIRMED: "We do not know whether this went out.",
    State.SENT: "It went out.",
    State.FAILED: "The vendor refused it, so it did not go out.",
    State.STOPPED: "It did not go out.",
}
STOPPED: Mapping[str, str] = {
    "rejected": "Somebody said no. It did not go out.",
    "expired": "Nobody said yes in time. It was dropped, not sent.",
    "withdrawn": "The CRM took it back. It did not go out.",
    "suppressed": "This person is not to be written to. It did not go out.",
    "phone": "Somebody phones instead. It did not go out.",
    "redirected": "A new message to somebody else took its place. This one did not go out.",
    "refused": "It was refused at once. It did not go out.",
}
DELIVERIES: Mapping[str, str] = {
    "queued": "The vendor has it.",
    "sent": "It went out.",
    "deferred": "It went out, but the phone has not taken it yet.",
    "delivered": "It arrived.",
    "bounced": "It went out, but came back.",
    "failed": "It went out, but did not arrive.",
    "rejected": "It went out, but was refused on the way.",
    "complained": "It arrived, and the person complained.",
    "unsubscribed": "It arrived, and the person asked for no more.",
}
DECISIONS: Mapping[str, str] = {
    "approve": "said yes",
    "reject": "said no",
    "edit": "changed the words",
    "delay": "put it off",
    "phone": "chose to phone instead",
    "redirect": "wrote to somebody else instead",
    "suppress": "said no more of these",
    "undo": "took it back",
    "arrived": "said that it arrived",
}
MEANINGS: Mapping[str, str] = {
    "stop": " They want no more messages.",
    "maybe_stop": " That may mean that they want no more messages; please read it.",
    "start": " They want messages again.",
}
"""What we took a person's words for, where it changes something."""

MOVED: Mapping[tuple[str, str], str] = {
    ("sweep", "stopped"): "Nobody said yes in time. It was dropped, not sent.",
    ("dispatch", "stopped"): "Its time was over before it could go. It was dropped, not sent.",
    ("dispatch", "held"): "It came back: something new was found before it went out.",
    ("crm", "stopped"): "The CRM took it back.",
    ("callback", "sent"): "The vendor says that it has gone out.",
}
OUTCOMES: Mapping[str, str] = {
    "accepted": "The vendor took it.",
    "refused": "The vendor refused it.",
    "not_sent": "It could not be handed over; we try again.",
}
REASONS: Mapping[str, str] = {
    "wrong_person": "Wrong person",
    "wrong_time": "Wrong time",
    "wrong_content": "Wrong words",
    "not_wanted": "Not wanted",
    "other": "Something else",
}
USUAL: Mapping[str, str] = {
    "edit": "wrong_content",
    "delay": "wrong_time",
    "redirect": "wrong_person",
    "suppress": "not_wanted",
}
PROPOSALS: Mapping[str, str] = {
    "edit": "change the words.",
    "reject": "do not send it.",
    "phone": "phone instead.",
    "redirect": "write to somebody else instead.",
    "suppress": "send this person no more of this kind.",
    "confirm": "find out first.",
}
WITH: Mapping[str, str] = {"redirect": "write to", "phone": "phone"}
CHANNELS: Mapping[str, str] = {"sms": "text", "mms": "text with a picture", "whatsapp": "WhatsApp", "email": "e-mail"}
NO_EDIT = "do not send this one; mend the words where they come from, and send it from there again."
WAYS: Mapping[str, str] = {
    "edit": "Change the words",
    "delay": "Send it later",
    "phone": "Phone instead",
    "redirect": "Send it to somebody else",
    "suppress": "No more of these",
    "reject": "Do not send",
}
CALLS: Mapping[str, str] = {
    "reached": "We spoke, and all is said",
    "voicemail": "Voicemail, or nobody there",
    "resolved": "Settled without a call",
    "call_back": "Call back later:",
}
CALLED: Mapping[str, str] = {
    "reached": "reached this person by phone",
    "voicemail": "phoned, but reached nobody",
    "call_back": "agreed to call back",
    "resolved": "settled it without a call",
}
TASKS: Mapping[str, str] = {
    "phone": "Nobody has phoned yet",
    "voicemail": "Nobody was reached",
    "call_back": "Call back",
}
TOASTS: Mapping[str, str] = {
    "edit": "The words are changed. It was checked again, and needs a yes again.",
    "phone": "It is on this list until somebody has phoned.",
    "reject": "It will not go out.",
    "redirect": "It will not go out; a new message waits instead.",
    "suppress": "It will not go out, and no more of these go there.",
}
TYPED: Mapping[str, str] = {
    "body": "The words",
    "own_time": "The time",
    "to": "The address",
    "person": "The person",
    "at": "When to call back",
    "note": "The note",
}
LEAN_NO = frozenset({"edit", "reject", "redirect", "phone", "suppress"})
TOO_LATE: Mapping[str, str] = {
    "undo": "It can no longer be taken back.",
    "approve": "It cannot be sent from here now.",
    "reject": "It is too late to say no.",
    "arrived": "That is settled already.",
    "edit": "It is too late to change the words.",
    "delay": "It cannot be put off now.",
    "phone": "That call is settled already.",
    "redirect": "It is too late to send it to somebody else.",
    "suppress": "It is too late for that.",
}


def sentence(message: Message) -> str:
    """The verdict: what a person needs to know first."""
    if message.state is State.HELD and message.findings:
        return sorted(message.findings, key=lambda finding: finding.verdict != "stop")[0].reason
    if message.state is State.STOPPED:
        return STOPPED.get(message.stop_reason or "", SENTENCES[State.STOPPED])
    if message.state is State.SENT:
        return DELIVERIES.get(message.delivery or "", SENTENCES[State.SENT])
    return SENTENCES[message.state]


def proposed(finding: Finding, zone: tzinfo, may: tuple[str, ...] = ()) -> str:
    """What a finding suggests, after "We suggest:", as far as it can be done here; empty when it suggests nothing."""
    proposal = finding.proposal or {}
    kind = str(proposal.get("kind") or "")
    until = moment(proposal.get("until"))
    if kind == "edit" and "edit" not in may:
        return NO_EDIT
    if kind == "delay" and proposal.get("until") == "embargo_end":
        return "wait until the surprise is over."
    if kind == "delay" and until:
        return f"wait until {at(until, zone)}."
    if kind == "confirm" and isinstance(proposal.get("fact"), str) and "question" not in proposal:
        return f"find out the {spoken(str(proposal['fact']))} first."
    if proposal.get("name") and kind in WITH:
        return f"{WITH[kind]} {letters.spelled(str(proposal['name']))} instead."
    return PROPOSALS.get(kind, "")


def at(moment: datetime, zone: tzinfo) -> str:
    """A moment on the shop's clock; where that is not known it says UTC."""
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b, %H:%M}{' UTC' if zone is UTC else ''}"


def clock_name(zone: tzinfo) -> str:
    """Whose clock the times are read from."""
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def leaves(due_at: datetime, now: datetime, zone: tzinfo) -> str:
    """In how many seconds while it can be counted, else on which day and when."""
    return left(due_at - now) if due_at - now < timedelta(hours=1) else at(due_at, zone)


def left(span: timedelta) -> str:
    """How long something still takes."""
    seconds = int(span.total_seconds())
    if seconds <= 0:
        return "any moment"
    for size, unit, small, rest in ((86400, "day", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 60, "")):
        if seconds >= size:
            count, more = seconds // size, seconds % size // small
            more = 0 if unit == "day" and count > 1 else more
            name = f"{unit}s" if unit == "day" and count > 1 else unit
            return f"in {count} {name}" + (f" {more} {rest}" if more and rest else "")
    return f"in {seconds} s"


def ago(span: timedelta) -> str:
    """How long ago something was."""
    return "just now" if span < timedelta(seconds=2) else f"{left(span).removeprefix('in ')} ago"


def spoken(name: str) -> str:
    """A name of the code as people say it."""
    return name.replace("_", " ")


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: Ana, Ben and Cleo."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def typed(name: str) -> str:
    """What a form's field holds, for somebody who finds it again; empty for what is not worth keeping."""
    return f"What fills “{name.removeprefix('var_')}”" if name.startswith("var_") else TYPED.get(name, "")


def masked(address: str) -> str:
    """The end of an endpoint, enough to know it by; of a place, the town."""
    if "@" not in address and "," in address:
        return ", ".join(["…", *(part.strip() for part in address.split(",")[-3:])])
    if address.startswith("post|"):
        return " ".join(["…", *address.upper().split("|")[1:3]])
    return f"…{address[-4:]}" if "@" not in address else f"{address[:1]}…@{address.rpartition('@')[2]}"


def whom(message: Message) -> str:
    """Whom it is for: the name on a printed piece's envelope, or who the records say; else the end of the endpoint."""
    read, address = message.reading.get("to"), message.content.to[0]
    known = read[0].get("name") if isinstance(read, list) and read and isinstance(read[0], dict) else None
    placed = address.partition(",")[0] if "," in address and "@" not in address else ""
    return placed or (known if isinstance(known, str) and known else masked(address))


def moment(given: Json) -> datetime | None:
    """A moment from ISO 8601; None for anything else, and for one without its zone."""
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None
