"""What the decision bar offers: which way comes first, at what times it may go, what there is to edit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo

from sayso import facts, signoff, store
from sayso.checks import quiet_hours
from sayso.deciding.anew import MAY_ADD
from sayso.desk import asking, letters, words
from sayso.message import OPEN_TASKS, Facts, Finding, Json, Message, State, telephony
from sayso.runtime import Runtime
from sayso.store import Staff, Tx

MORE = ("edit", "delay", "phone", "redirect", "suppress")
BY_NUMBER = frozenset({"sms", "mms", "whatsapp"})
FILLS = ("ContentVariables", "variables", "merge_variables")
"""The fields that a vendor's template is filled from."""
LIMITS = {"sms": 1600, "mms": 1600, "whatsapp": 1600}
CALLING = "How did the call go?"
NUMBER = re.compile(r"\+?[0-9]{3,20}")
A_WHILE = timedelta(minutes=2)
MORNING = time(9)


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody typed into a form that did not come through, what was wrong with it, and in which field."""

    kind: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    at: str = ""

    def of(self, kind: str, name: str, otherwise: str = "") -> str:
        """What was typed into a field of that form, or what stands there at first."""
        return self.typed.get(name, otherwise) if kind == self.kind else otherwise


@dataclass(frozen=True, slots=True)
class When:
    """A moment to put a message off until: what the form sends, and what it says."""

    value: str
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The decision bar: `main` is the kind that comes first ("" for a plain yes), `more` the ways behind it.

    `proposed` is to whom we would send it instead, and the end of their address; `instead` their first name; `asks`
    when a question on the card comes before a yes.
    """

    main: str
    more: tuple[str, ...]
    approve: str
    goes: str
    usual_reason: str
    times: tuple[When, ...]
    usual_time: str
    words: str
    limit: int
    length: int
    parts: int
    unseen: int
    media: tuple[str, ...]
    template: bool
    variables: Mapping[str, str]
    numbers: tuple[tuple[str, str], ...]
    calling: str
    by_number: bool
    may_add: bool
    purpose: str
    proposed: str
    instead: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """A message with its surroundings, while its bar is made; `may` is what `staff` may do with it."""

    tx: Tx
    here: Runtime
    staff: Staff
    message: Message
    may: tuple[str, ...]
    zone: tzinfo


def bar(scene: Scene, given: Mapping[str, Json]) -> Bar:
    """What this person may choose from now; nothing stands on it that is not in `may`."""
    message, may, proposal = scene.message, scene.may, _proposal(scene.message, scene.may)
    asks = any(asking.asked(finding) for finding in message.findings)
    kinds = [str((finding.proposal or {}).get("kind")) for finding in message.findings]
    main = _main(message, str(proposal.get("kind") or ""), may)
    seen = facts.gather(scene.tx, scene.here, message, given) if {"approve", "delay"} & set(may) else None
    approve, goes = _going(scene, seen, bool(main) or asks) if seen and "approve" in may else ("", "")
    times = _times(scene, seen, words.moment(proposal.get("until"))) if seen and "delay" in may else ()
    text = message.content.words
    return Bar(
        main=main,
        more=tuple(kind for kind in MORE if kind in may and kind != main),
        approve=approve,
        goes=goes,
        usual_reason=next((words.USUAL[kind] for kind in kinds if kind in words.USUAL), ""),
        times=times,
        usual_time=times[0].value if times and proposal.get("kind") == "delay" else "",
        words=text,
        limit=LIMITS.get(message.channel, 0),
        length=len(text),
        parts=telephony.segments(text) if message.channel == "sms" else 0,
        unseen=sum(piece.kind == "hidden" for piece in letters.pieces(text)),
        media=tuple(letters.spelled(link) for link in message.content.media),
        template=bool(message.content.template),
        variables=variables(message),
        numbers=numbers(message),
        calling=CALLING if message.task in OPEN_TASKS else "",
        may_add=scene.staff.role in MAY_ADD,
        by_number=message.channel in BY_NUMBER,
        purpose=words.spoken(message.purpose or ""),
        proposed=_shown(proposed_to(message)),
        instead=letters.spelled(proposed_to(message)[1]).partition(" ")[0],
        asks=asks,
    )


def proposed_to(message: Message) -> tuple[str, str, str]:
    """To whom a message should go instead, as a finding proposes it: the address, the name, the id at the CRM."""
    found = (finding.proposal for finding in _worst_first(message) if finding.proposal)
    proposal = next((one for one in found if one.get("kind") == "redirect" and isinstance(one.get("to"), str)), {})
    to, name, person = (str(proposal.get(part) or "") for part in ("to", "name", "person"))
    return to, name or person, person


def variables(message: Message) -> dict[str, str]:
    """What a vendor's template is filled with, by name; empty where the words are the message's own."""
    given = next((value for name, value in message.content.fields if name in FILLS), "")
    try:
        found = json.loads(given) if message.content.template and given else {}
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def numbers(message: Message) -> tuple[tuple[str, str], ...]:
    """The numbers to phone, as a phone dials them ("" where it cannot) and as people read them.

    Where a finding says whom to speak to instead, it is their number alone: nobody else may hear of it.
    """
    if other := to_phone(message):
        return ((other[0], letters.spelled(f"{other[1]}, {other[0]}" if other[1] else other[0])),)
    if message.channel not in BY_NUMBER or any(finding.check == "embargo" for finding in message.findings):
        return ()  # nobody phones whoever is surprised
    found = [store.bare(address) for address in message.content.to]
    return tuple((number if NUMBER.fullmatch(number) else "", letters.spelled(number)) for number in found)


def to_phone(message: Message) -> tuple[str, str] | None:
    """Whom to phone in place of the one it was for, as a finding proposes it: the number and the name."""
    for finding in _worst_first(message):
        proposal = finding.proposal or {}
        number = str(proposal.get("to") or "")
        if proposal.get("kind") in ("phone", "redirect") and NUMBER.fullmatch(number):
            return number, str(proposal.get("name") or "")
    return None


def _worst_first(message: Message) -> list[Finding]:
    return sorted(message.findings, key=lambda finding: finding.verdict != "stop")


def _shown(proposed: tuple[str, str, str]) -> str:
    to, name, _ = proposed
    end = words.masked(to)
    return letters.spelled(f"{name} ({end})" if name else end) if to else ""


def _proposal(message: Message, may: tuple[str, ...]) -> Mapping[str, Json]:
    """What is proposed first: by the worst finding that proposes what can be decided now, else by the worst."""
    found = [finding.proposal for finding in _worst_first(message) if finding.proposal]
    return next((proposal for proposal in found if proposal.get("kind") in may), found[0] if found else {})


def _main(message: Message, kind: str, may: tuple[str, ...]) -> str:
    """The way that comes first: the proposed one, else a no where no other way is left, else a yes."""
    if message.state is not State.HELD:
        return "phone" if "phone" in may and "approve" not in may else ""
    if kind == "delay" and "approve" in may:
        return ""  # a yes waits for the allowed hour by itself, and its button says when
    if kind in may and kind not in ("approve", "undo"):
        return kind
    return "" if "approve" in may and kind not in words.LEAN_NO else "reject" if "reject" in may else ""


def _going(scene: Scene, seen: Facts, doubted: bool) -> tuple[str, str]:
    """The word on the button that lets it go, and what that does, with the same arithmetic as the sign-off."""
    message, zone, now = scene.message, scene.zone, scene.tx.now
    if message.state is State.UNCONFIRMED:
        return "Send again", "Send again only if you are sure: otherwise it may arrive twice."
    earliest, goes_at = signoff.would_go(scene.tx, scene.here, message, seen)
    if goes_at - now < A_WHILE:
        return ("Send it as it is" if doubted else "Send it"), ""
    theirs = seen.zones[0] if len(seen.zones) == 1 else zone
    here_at, there_at = goes_at.astimezone(zone), goes_at.astimezone(theirs)
    differs = here_at.utcoffset() != there_at.utcoffset()
    worth_until = message.hold_expires_at
    if worth_until and worth_until <= goes_at and worth_until != message.send_at:
        return "Send it", f"It cannot go before {words.at(goes_at, zone)}, and is dropped before then, not sent."
    night = "It is night there. " if goes_at > earliest else ""
    there = f" ({there_at:%H:%M} for this person)" if differs else ""
    return f"Send at {there_at:%H:%M}", f"{night}Goes out {words.at(goes_at, zone)}{there}, not before."


def _times(scene: Scene, seen: Facts, wanted: datetime | None) -> tuple[When, ...]:
    """Moments that would do: not before the CRM's own, allowed there, and before it is dropped."""
    message, zone = scene.message, scene.zone
    earliest, goes_at = signoff.would_go(scene.tx, scene.here, message, seen)
    end = message.hold_expires_at if message.hold_expires_at != message.send_at else None
    kept = facts.secrets(seen.story, message.findings)
    over = max((one.until for one in kept if one.until), default=None)
    if kept and over is None:
        return ()  # it ends when somebody says so, on no day
    found: dict[datetime, When] = {}
    allowed = goes_at if goes_at > earliest else None
    for moment, value, said in (*_afterwards(over), *_moments(scene.tx.now, zone, wanted, allowed)):
        fits = moment >= (over or earliest) and (end is None or moment < end)
        if fits and moment not in found and quiet_hours.next_allowed(seen, moment, message) == moment:
            found[moment] = When(value or moment.isoformat(), f"{said} ({words.at(moment, zone)})")
    return tuple(found.values())


def _afterwards(over: datetime | None) -> Iterator[tuple[datetime, str, str]]:
    if over:
        yield over, "embargo_end", "When the surprise is over"


def _moments(
    now: datetime, zone: tzinfo, wanted: datetime | None, allowed: datetime | None
) -> Iterator[tuple[datetime, str, str]]:
    if allowed:
        yield allowed, "next_allowed", "When it is allowed there again"
    if wanted:
        yield wanted, "", "As suggested"
    yield now.replace(second=0, microsecond=0) + timedelta(hours=2), "", "In two hours"
    tomorrow = (now.astimezone(zone) + timedelta(days=1)).date()
    yield datetime.combine(tomorrow, MORNING, zone), "", "Tomorrow morning"
