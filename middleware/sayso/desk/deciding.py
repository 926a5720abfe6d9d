"""The forms of a card: what somebody typed becomes a decision, and nothing that they typed is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo

from flask import Response, redirect, request, url_for

from sayso import signoff, store
from sayso.access import callers
from sayso.desk import cards, choices, guard, letters, preview, view, words
from sayso.desk.choices import Kept
from sayso.doors import runtime
from sayso.endpoints import MAIL
from sayso.message import OPEN_TASKS, Conflict, Denied, Json, Malformed, Message
from sayso.signoff import Wish
from sayso.store import Staff

LONGEST_NOTE = 2000
HIDDEN = frozenset({"csrf", "version", "content_hash"})
NOT_YOURS = "You may look, but not decide."
Given = dict[str, Json]
Form = Mapping[str, str]


@callers("staff")
@guard.page
def decide(staff: Staff, message_id: str, kind: str) -> Response | tuple[str, int]:
    """A decision on the version shown; whoever comes second, or mistyped, finds what they wrote again."""
    if kind not in signoff.DECISIONS:
        raise Malformed(404, "not_found", "There is no such decision.")
    message = cards.seen(runtime(), staff, message_id)
    if staff.role not in signoff.DECIDERS:
        raise Denied(NOT_YOURS)
    form = request.form
    version, content_hash = form.get("version", ""), form.get("content_hash", "")
    if not re.fullmatch(r"[0-9]{1,9}", version):
        raise Malformed(400, "version", "The form was not complete. Go back, reload the page and try again.")
    kept = Kept(kind, {name: text for name, text in form.items() if name not in HIDDEN})
    try:
        given, reason = _read(message, kind, form)
        wish = Wish(kind, int(version), content_hash, reason, form.get("note", "")[:LONGEST_NOTE], given)
        after = signoff.decide(runtime(), staff, message_id, wish)
    except Conflict as conflict:
        shown = cards.opened(runtime(), staff, message)
        return _again(staff, shown, kept, cards.changed(shown, int(version), kept, str(conflict))), 409
    except Malformed as problem:
        if problem.status == 404:
            raise
        kept = Kept(kind, kept.typed, str(problem), str(problem.code))
        return _again(staff, cards.opened(runtime(), staff, message), kept), problem.status
    except Denied as denied:
        kept = Kept(kind, kept.typed, str(denied))
        return _again(staff, cards.opened(runtime(), staff, message), kept), 403
    return redirect(_next(kind, after), 303)  # type: ignore[return-value]  # a Response of the same kind


@callers("staff")
@guard.page
def decided(staff: Staff, message_id: str, kind: str) -> Response:
    """The address of a form, opened again later: it decides nothing, it shows the card."""
    return redirect(url_for(".desk_card", message_id=message_id), 303)  # type: ignore[return-value]  # a Response of the same kind


@callers("staff")
@guard.page
def allow(staff: Staff, message_id: str) -> Response:
    """Let the CRM of this message be called back where it asked to be, and send what waited for that."""
    if staff.role not in ("manager", "admin"):
        raise Denied("A manager can allow this place.")
    message = cards.seen(runtime(), staff, message_id)

    def permit(tx: store.Tx) -> None:
        source = store.find_source(tx, source_id=message.source_id)
        for relay in store.read_relays(tx, message.id):
            if source and relay.state == "parked":
                store.allow_origin(tx, source, relay.origin, f"staff:{staff.id}")
                store.wake_relays(tx, "parked", source.id, relay.origin)

    runtime().store.write(permit)
    runtime().relay_bell.ring()
    return redirect(url_for(".desk_card", message_id=message_id), 303)  # type: ignore[return-value]  # a Response of the same kind


def _again(staff: Staff, shown: cards.Card, kept: Kept, changed: cards.Changed | None = None) -> str:
    """The card as it is now, with what was typed and why it did not come through."""
    sides = preview.shown(runtime(), shown.message)
    return guard.render("card", staff, card=shown, sides=sides, changed=changed, kept=kept)


def _next(kind: str, after: Message) -> str:
    """Where a person goes on: to the card that needs them again, to the calls, or to what waits."""
    if kind in ("undo", "edit", "redirect"):
        return url_for(".desk_card", message_id=after.id, done=1)
    return url_for(".desk_calls" if kind == "phone" else ".desk_list", done=after.id)


def _read(message: Message, kind: str, form: Form) -> tuple[Given, str | None]:
    """What a decision needs beside the version, and the reason for a no, from a form's fields."""
    zone = view.zone(runtime(), message)
    read = READ.get(kind)
    given = read(message, form, zone) if read else {}
    if kind != "reject":
        return given, None
    if form.get("reason") not in signoff.REASONS:
        raise Malformed(400, "reason", "Please say why it should not go.")
    return given, form["reason"]


def _edit(message: Message, form: Form, zone: tzinfo) -> Given:
    if "drop" in form:
        n = int(form["drop"]) if re.fullmatch("[0-9]{1,4}", form["drop"]) else len(message.content.to)
        return {"drop": list(message.content.to[n : n + 1])}
    if message.content.template:
        return _filled(message, form)
    body, shown, media = _lines(form.get("body", "")), message.content.body or "", message.content.media
    if form.get("take_out") == "yes":
        body = "".join(piece.text for piece in letters.pieces(body) if piece.kind != "hidden")
    if not body.strip() and (shown.strip() or not media):
        raise Malformed(400, "body", "Please write what it should say.")
    left = [link for n, link in enumerate(media) if form.get(f"picture_{n}") == "yes"]
    given: Given = {"media": list(left)} if len(left) < len(media) else {}
    return given | ({"body": shown if body == _lines(shown) else body} if body.strip() else {})


def _filled(message: Message, form: Form) -> Given:
    """What the vendor's template is to be filled with, as far as it is another text."""
    was = choices.variables(message)
    filled = {name: _lines(form.get(f"var_{name}", "")) for name in was}
    changed: Given = {name: text for name, text in filled.items() if text != was[name]}
    if not changed:
        raise Malformed(400, "variables", "Nothing was changed.")
    return {"variables": changed}


def _delay(message: Message, form: Form, zone: tzinfo) -> Given:
    chosen, own = form.get("until", ""), form.get("own_time", "").strip()
    if own and chosen not in ("", "own"):
        raise Malformed(400, "until", "You chose a time and typed another one. Please leave one of the two.")
    if not own and chosen in ("", "own"):
        raise Malformed(400, "until", "Please choose when it may go.")
    return {"until": _instant(own, zone, "until") if own else chosen}


def _redirect(message: Message, form: Form, zone: tzinfo) -> Given:
    to, person = form.get("to", "").strip(), form.get("person", "").strip()
    if form.get("whom") == "proposed":
        if to:
            raise Malformed(400, "to", "You chose somebody and typed another address. Please leave one of the two.")
        to, _, person = choices.proposed_to(message)
    if not to and not (person and message.channel in MAIL):  # whose home we know
        raise Malformed(400, "to", "Please say where it should go instead.")
    return {**({"to": to} if to else {}), **({"person": person} if person else {})}


def _phone(message: Message, form: Form, zone: tzinfo) -> Given:
    if message.task not in OPEN_TASKS:
        return {}
    outcome, at = form.get("outcome", ""), form.get("at", "").strip()
    if outcome not in words.CALLS:
        raise Malformed(400, "outcome", "Please say how the call went.")
    if outcome == "call_back" and not at:
        raise Malformed(400, "at", "Please say when to call back.")
    return {"outcome": outcome, **({"at": _instant(at, zone, "at")} if outcome == "call_back" else {})}


def _suppress(message: Message, form: Form, zone: tzinfo) -> Given:
    scope = form.get("scope", "")
    if scope not in ("this_purpose", "all"):
        raise Malformed(400, "scope", "Please choose how much should stop.")
    return {"scope": scope}


READ: Mapping[str, Callable[[Message, Form, tzinfo], Given]] = {
    "edit": _edit,
    "delay": _delay,
    "redirect": _redirect,
    "phone": _phone,
    "suppress": _suppress,
}


def _instant(wall: str, zone: tzinfo, at: str) -> str:
    """The moment that a clock on the shop's wall shows, as ISO 8601; an hour that the clocks skip is none."""
    try:
        typed = datetime.fromisoformat(wall)
        moment = typed if typed.tzinfo else typed.replace(tzinfo=zone)
        shown = moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Malformed(400, at, "Please write the day and the hour, as 2026-11-30T09:00.") from None
    if shown != typed.replace(tzinfo=None):
        raise Malformed(400, at, "The clocks are changed then, and that hour does not exist.")
    if moment <= runtime().clock():
        raise Malformed(400, at, "That time is over already. Please choose one that is still to come.")
    return moment.isoformat()


def _lines(text: str) -> str:
    """A text area's words with plain line ends."""
    return text.replace("\r\n", "\n")
