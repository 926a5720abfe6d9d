"""The page of surprises: what is kept from whom, and the till's question; every answer is a fact that staff confirm."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

from flask import Response, redirect, request, url_for

from sayso import signoff, store
from sayso.access import callers
from sayso.desk import asking, guard, kept, knowing, sayings
from sayso.desk.choices import Kept
from sayso.desk.deciding import HIDDEN, NOT_YOURS, Given
from sayso.desk.kept import Surprise
from sayso.doors import runtime
from sayso.message import Denied, Fact, Json, Malformed, Person
from sayso.runtime import Runtime
from sayso.store import Source, Staff, Tx
from sayso.telling import taking

LISTS = {"purchase": "purchases", "wishlist": "wishlists", "repair": "repairs"}
ID = re.compile(r"[^\s/\x00-\x1f\x7f]{1,150}")
LONGEST_REASON, LONGEST_NAME = 200, 200
MORE_DAYS = timedelta(days=30)
NOTHING = Kept()


@callers("staff")
@guard.page
def page(staff: Staff) -> str:
    """Every surprise that is kept and that this person may know of; the form for one more."""
    return _page(staff, NOTHING)


@callers("staff")
@guard.page
def opened(staff: Staff) -> Response | tuple[str, int]:
    """A new surprise, from the till's question; what was mistyped is found again."""
    _require_say(staff)
    here, typed = runtime(), {name: text for name, text in request.form.items() if name not in HIDDEN}
    whom: tuple[Person, ...] = ()
    try:
        with here.store.read() as tx:
            source, about = _matter(tx, typed)
            whom = _whom(tx, here, typed, about)
            body = _new(tx, staff, typed, source, whom[0]) if len(whom) == 1 else {}
        if not body:
            raise Malformed(400, "whom", "There are several people of that name. Which one is it?")
        tell(here, source, body, staff)
    except Malformed as problem:
        found = Kept("open", typed, str(problem), str(problem.code))
        return _page(staff, found, whom if len(whom) > 1 else ()), 400
    return _back("opened")


@callers("staff")
@guard.page
def answered(staff: Staff, key: str, answer: str) -> Response | tuple[str, int]:
    """It was given, it is kept longer, or it is none any more."""
    if request.method == "GET":
        return _back("")
    _require_say(staff)
    if answer not in ANSWERS or not asking.KEY.fullmatch(key):
        raise Malformed(404, "not_found", "There is no such surprise.")
    here = runtime()
    with here.store.read() as tx:
        found, now = kept.find(tx, here, staff, key), tx.now
    clock = kept.zone(here, found.source.store)
    try:
        tell(here, found.source, ANSWERS[answer](found, now, clock), staff)
    except Malformed as problem:
        return _page(staff, Kept(key, dict(request.form), str(problem), str(problem.code))), 400
    return _back(answer)


def tell(here: Runtime, source: Source, body: Mapping[str, Json], staff: Staff) -> None:
    """Store what this person says as facts of a source, confirmed on the desk; Malformed when one is refused."""
    refused = taking.tell_facts(here, source, body, staff)["refused"]
    if isinstance(refused, list) and refused:
        first = refused[0]
        raise Malformed(400, "refused", str(first.get("why")) if isinstance(first, dict) else "It was not taken.")


def _page(staff: Staff, typed: Kept, choose: tuple[Person, ...] = ()) -> str:
    here = runtime()
    with here.store.read() as tx:
        found, sources = kept.kept(tx, here, staff), store.read_sources(tx)
    return guard.render(
        "surprises",
        staff,
        surprises=found,
        sources=[source.name for source in sources] if len(sources) > 1 else [],
        choose=[(person.key, knowing.shown(person)) for person in choose],
        may=staff.role in signoff.DECIDERS,
        kept=typed,
        noted=sayings.SURPRISES.get(request.args.get("noted", ""), ""),
        kinds=sayings.KINDS,
    )


def _back(noted: str) -> Response:
    return redirect(url_for(".desk_surprises", noted=noted or None), 303)  # type: ignore[return-value]  # a Response of the same kind


def _require_say(staff: Staff) -> None:
    if staff.role not in signoff.DECIDERS:
        raise Denied(NOT_YOURS)


def _matter(tx: Tx, typed: Mapping[str, str]) -> tuple[Source, Fact | None]:
    """Who keeps this purchase, wishlist or repair, and what is known of it: nothing, before the till's export."""
    kind, item = typed.get("kind", ""), typed.get("id", "").strip()
    if kind not in LISTS or not ID.fullmatch(item):
        raise Malformed(400, "id", "Please write the number of the purchase, wishlist or repair as it is kept.")
    sources = {source.name: source for source in store.read_sources(tx)}
    keys = {name: store.fact_key(tx.seal, source.id, LISTS[kind], item) for name, source in sources.items()}
    known = store.get_facts(tx, keys.values())
    chosen = typed.get("source", "")
    names = [chosen] if chosen in sources else [name for name in sources if keys[name] in known] or list(sources)
    if len(names) != 1:
        raise Malformed(400, "source", "Please say which program keeps this number.")
    return sources[names[0]], known.get(keys[names[0]])


def _whom(tx: Tx, here: Runtime, typed: Mapping[str, str], about: Fact | None) -> tuple[Person, ...]:
    """The person that somebody wrote or chose; several, where the words fit several."""
    text = " ".join(typed.get("whom", "").split())[:LONGEST_NAME]
    if not text:
        raise Malformed(400, "whom", "Please say for whom it is: who must not know of it?")
    found = knowing.matching(tx, text, about, here.read_policy().default_country)
    if not found:
        raise Malformed(400, "whom", "Nobody is known by that. Try the whole name, a number or an e-mail address.")
    return tuple(person for person in found if person.key == typed.get("person")) or found


def _new(tx: Tx, staff: Staff, typed: Mapping[str, str], source: Source, whom: Person) -> Given:
    """The fact that opens a surprise; one more person for the same matter is added to those before."""
    subject, reason = f"{typed['kind']}/{typed['id'].strip()}", typed.get("reason", "").strip()
    item = f"desk-{subject.replace('/', '-')}"
    before = store.get_facts(tx, [key := store.fact_key(tx.seal, source.id, "embargoes", item)]).get(key)
    running = before if before and before.get("ended_at") is None else None
    person, unknown = knowing.in_source(whom, source)
    embargo: Given = {
        "id": item,
        "subject": subject,
        "hide_from": list(dict.fromkeys([*(running.texts("hide_from") if running else ()), person])),
        "until": _until(typed.get("until", ""), tx.now, kept.zone(runtime(), source.store)),
        "set_by": staff.email,
        "ended_at": None,
        **({"reason": reason[:LONGEST_REASON]} if reason else {}),
    }
    return {**({"people": unknown} if unknown else {}), "embargoes": [embargo]}


def _until(typed: str, now: datetime, clock: tzinfo) -> str | None:
    """The end of the day that somebody chose; None for "until somebody says so"."""
    if not typed.strip():
        return None
    try:
        end = datetime.combine(date.fromisoformat(typed.strip()) + timedelta(days=1), time(), clock)
    except (ValueError, OverflowError):
        raise Malformed(400, "until", "Please write the day as 2026-12-24.") from None
    if end <= now:
        raise Malformed(400, "until", "That day is over already. Please choose one that is still to come.")
    return end.isoformat()


def _given(found: Surprise, now: datetime, clock: tzinfo) -> Given:
    """It was given: the sale says so, and what was noted beside it is over."""
    kind, _, item = found.fact.text("subject").partition("/")
    sale = found.fact.id if found.fact.list == "purchases" else item if kind == "purchase" else ""
    given: Given = {"purchases": [{"id": sale, "given_at": now.isoformat()}]} if sale else {}
    return given | (_over(found, now, clock) if found.fact.list == "embargoes" else {})


def _over(found: Surprise, now: datetime, clock: tzinfo) -> Given:
    """It is no surprise any more, or never was one."""
    if found.fact.list == "embargoes":
        return {"embargoes": [{"id": found.fact.id, "ended_at": now.isoformat()}]}
    return {"purchases": [{"id": found.fact.id, "surprise": False}]}


def _kept_until(found: Surprise, until: str | None) -> Given:
    """It is kept until then; one that only the sale told of is noted by itself from now on."""
    if found.fact.list == "embargoes":
        return {"embargoes": [{"id": found.fact.id, "until": until}]}
    subject = f"purchase/{found.fact.id}"
    item = f"desk-{subject.replace('/', '-')}"
    return {"embargoes": [{"id": item, "subject": subject, "until": until, "reason": found.reason}]}


ANSWERS: Mapping[str, Callable[[Surprise, datetime, tzinfo], Given]] = {
    "given": _given,
    "over": _over,
    "longer": lambda found, now, clock: _kept_until(found, (now + MORE_DAYS).isoformat()),
    "told": lambda found, now, clock: _kept_until(found, None),
    "until": lambda found, now, clock: _kept_until(found, _until(request.form.get("until", "") or "-", now, clock)),
}
