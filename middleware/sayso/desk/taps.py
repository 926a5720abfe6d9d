"""One tap on a card: somebody answers what a finding asks, and the answer is a fact that staff have confirmed."""

from __future__ import annotations

from flask import Response, redirect, request, url_for

from sayso import facts, rescreening, signoff, store
from sayso.access import callers
from sayso.desk import asking, cards, guard, knowing, preview, surprises
from sayso.desk.asking import Asked
from sayso.desk.choices import Kept
from sayso.desk.deciding import NOT_YOURS, Given
from sayso.doors import runtime
from sayso.message import Denied, Json, Malformed, Message
from sayso.resolving import world
from sayso.runtime import Runtime
from sayso.store import Source, Staff, Tx

SETTLED = "That is not known here any more. Look at the card again."


@callers("staff")
@guard.page
def confirm(staff: Staff, message_id: str) -> Response | tuple[str, int]:
    """An answer to what a finding asks; it is true whatever became of the message, so no version is asked for."""
    here = runtime()
    message = cards.seen(here, staff, message_id)
    if staff.role not in signoff.DECIDERS:
        raise Denied(NOT_YOURS)
    wanted, answer = request.form.get("finding", ""), request.form.get("answer", "")
    known = {this.finding: this for finding in message.findings if (this := asking.asked(finding))}
    question = known.get(wanted)
    if question and answer not in dict(question.answers):
        raise Malformed(400, "answer", "The form was not complete. Go back, reload the page and try again.")
    try:
        noted = _noted(here, staff, message, question, answer) if question else "gone"
    except Malformed as problem:
        shown = cards.opened(here, staff, message)
        sides, kept = preview.shown(here, shown.message), Kept("confirm", {}, str(problem))
        return guard.render("card", staff, card=shown, sides=sides, changed=None, kept=kept), 400
    return redirect(url_for(".desk_card", message_id=message.id, noted=noted), 303)  # type: ignore[return-value]  # a Response of the same kind


def _noted(here: Runtime, staff: Staff, message: Message, question: Asked, answer: str) -> str:
    """Store what was said and look at the message again: the name of the sentence that says what came of it."""
    if not question.is_news(answer):
        return "waits"
    with here.store.read() as tx:
        source, body = _couple(tx, question) if question.people else _fact(tx, question, answer)
    surprises.tell(here, source, body, staff)
    after = _looked_at(here, message)
    if question.finding in {finding.key for finding in after.findings}:
        return "same"
    return "others" if after.findings else "clear"


def _fact(tx: Tx, question: Asked, answer: str) -> tuple[Source, Given]:
    """What the answer says of the fact that was asked about, and whose fact it is."""
    fact = store.get_facts(tx, [question.fact]).get(question.fact) if asking.KEY.fullmatch(question.fact) else None
    source = store.find_source(tx, name=fact.source) if fact else None
    if fact is None or source is None:
        raise Malformed(400, "fact", SETTLED)
    return source, {fact.list: [question.item(fact, answer, tx.now)]}


def _couple(tx: Tx, question: Asked) -> tuple[Source, Given]:
    """That two people belong together, of whom nobody had said so; they are named as the first one's source does."""
    known = world.load(tx, [], question.people, ()).people
    people = [known[key] for key in question.people if key in known]
    source = store.find_source(tx, name=people[0].facts[0].source) if len(people) == 2 else None
    if source is None:
        raise Malformed(400, "fact", SETTLED)
    (one, first), (other, second) = (knowing.in_source(person, source) for person in people)
    couple: Json = {"a": one, "b": other, "kind": "partner", "confirmed_at": tx.now.isoformat()}
    return source, {**({"people": first + second} if first + second else {}), "relationships": [couple]}


def _looked_at(here: Runtime, message: Message) -> Message:
    """The message with what is found in it now that this is known."""
    given = facts.ask_host(here, message)

    def look_again(tx: Tx) -> Message:
        return rescreening.rescreen(tx, here, store.get(tx, message.id) or message, given or {})

    return here.store.write(look_again)
