"""To somebody else: a new message with an id of its own, which waits for a yes of its own; the first is stopped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sayso import endpoints, facts, rescreening, screening, store, template_words
from sayso.checks import ways
from sayso.checks.disclosure import decisive, first_name, what
from sayso.deciding import given, no
from sayso.deciding.anew import MAY_ADD, revise
from sayso.deciding.greeting import readdressed
from sayso.deciding.sitting import Sitting, Wish
from sayso.message import Conflict, Denied, Facts, Malformed, Message, Person, State, Story
from sayso.runtime import Runtime
from sayso.store import Screening
from sayso_providers import Change

STRANGER = "The shop has never written to that address; ask a manager to send it there."
NOBODYS = "Nobody that we know of has that address; ask a manager to send it there."


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a redirect goes: the new message, what is known of it, and what is found in it."""

    draft: Message
    seen: Facts
    found: Screening


def redirected(runtime: Runtime, message: Message, wish: Wish) -> Message:
    """The new message to somebody else, as it would be stored; Malformed where nobody can be written to there."""
    person = given.words(wish.given, "person", 200) if wish.given.get("person") is not None else None
    by_name = person is not None and wish.given.get("to") is None
    to = _only_endpoint(runtime, message, person) if person and by_name else given.words(wish.given, "to", 300)
    content = revise(runtime, message, Change(to=to))
    if set(map(store.bare, content.to)) <= set(map(store.bare, message.content.to)):
        raise Malformed(400, "to", "It is for that address already.")
    run = None if (message.batch_id or "B").startswith("B") else message.batch_id
    content = replace(content, callback_url=None, metadata=content.metadata if run else ())
    now = runtime.clock()
    return Message(
        id=store.new_id(now),
        crm_id=runtime.providers[message.provider].fresh_id(content),
        source_id=message.source_id,
        channel=message.channel,
        provider=message.provider,
        account=message.account,
        batch_id=run,
        door="desk",
        parent_id=message.id,
        state=State.HELD,
        version=1,
        content_hash=store.content_hash(runtime.store.seal, content, message.channel),
        content=content,
        created_at=now,
        updated_at=now,
        store=message.store,
        purpose=message.purpose,
        subject=message.subject,
        person=person,
        send_at=message.send_at,
        hold_expires_at=message.hold_expires_at,
        edited_by=message.edited_by,
    )


def redirect(sitting: Sitting) -> Message:
    """The new message, greeted by the new name, as its second edition; it waits, and the first is stopped."""
    tx, runtime, draft = sitting.tx, sitting.runtime, sitting.draft
    first = facts.gather(tx, runtime, sitting.message, store.known_facts(tx, sitting.message.id)).story
    seen = facts.gather(tx, runtime, draft, sitting.known or {})
    words = _greeting_them(runtime, draft, first, seen.story)
    seen, found = rescreening.look(tx, runtime, words, sitting.known)
    known = _is_known(sitting, first, Aim(draft, seen, found))
    no.stop(sitting, "redirected")
    again_at = template_words.ask_again_at(draft, tx.now)
    request = runtime.store.seal.hash("request", f"redirect|{draft.id}")
    changed_by = draft.edited_by if known else sitting.staff.id
    born = replace(draft, findings=found.findings, due_at=again_at, edited_by=changed_by)
    kept = store.insert(tx, born, request, found)
    return store.reword(tx, kept, words.content) if words.content != draft.content else kept


def _only_endpoint(runtime: Runtime, message: Message, person: str) -> str:
    """The one private endpoint of a person in the story that the channel can reach."""
    with runtime.store.read() as tx:
        story = facts.gather(tx, runtime, message, store.known_facts(tx, message.id)).story
    people = {one.key: one for one in story.people.values() if any(fact.id == person for fact in one.facts)}
    if len(people) != 1:
        raise Malformed(400, "to", "We cannot tell who that person is here; say to which address it should go.")
    chosen = next(iter(people.values()))
    others = {key for one in _people(story) for key in one.keys}
    hidden = (ways.hidden_from(story) | others) - chosen.keys
    ends, printed = ways.private_endpoints(chosen, story, hidden), message.channel in endpoints.MAIL
    found = [end for end in ends if (end.startswith("post|") if printed else ways.fits(end, message.channel))]
    if len(found) != 1:
        many = (
            "has several addresses that it could go to" if found else "has no address of their own that it could go to"
        )
        raise Malformed(400, "to", f"{first_name(chosen.name)} {many}; say to which one it should go.")
    return _home(runtime, chosen, found[0]) if printed else found[0]


def _home(runtime: Runtime, person: Person, end: str) -> str:
    """The postal address that is known by this endpoint, as JSON, with the person's name on it."""
    country = runtime.read_policy().default_country
    for fact in person.facts:
        known = fact.get("addresses")
        for one in known if isinstance(known, list) else ():
            if isinstance(one, dict) and endpoints.place_key(one, country) == end:
                parts = {name: one[name] for name in endpoints.PLACE if one.get(name)}
                return json.dumps({"country": country, **parts, "name": person.name})
    raise Malformed(400, "to", f"We do not know how {first_name(person.name)}'s address is written; say it in full.")


def _greeting_them(runtime: Runtime, draft: Message, first: Story, story: Story) -> Message:
    """The new message with the greeting of the one person behind its address, where it greeted the first by name.

    A template, or a designed version, is left as it is: the findings say whom it greets.
    """
    now, body = _people(story), draft.content.body
    old = [person.name for person in _people(first) if person.key not in {one.key for one in now}]
    if draft.person:
        now = [one for one in now if any(fact.id == draft.person for fact in one.facts)] or now
    if len(now) != 1 or not body or draft.content.template or draft.content.html is not None:
        return draft
    words = readdressed(body, old, now[0].name)
    if words == body:
        return draft
    content = revise(runtime, draft, Change(body=words))
    return replace(draft, content=content)


def _people(story: Story) -> list[Person]:
    return list({one.person.key: one.person for one in story.behind if one.person}.values())


def _is_known(sitting: Sitting, first: Story, aim: Aim) -> bool:
    """Whether the new address needs nobody's leave; Conflict where it would give a secret away, Denied for a manager's.

    Once people are known, an address is known by who has it; before, by whether the shop ever wrote to it.
    """
    tx, draft = sitting.tx, aim.draft
    may_add = sitting.staff.role in MAY_ADD
    if not (first.told or aim.seen.story.told):
        known = all(store.on_file(tx, address, draft.store) for address in draft.content.to)
        if not known and not may_add:
            raise Denied(STRANGER)
        return known
    _keep_secret(sitting, first, aim)
    if _is_proposed(sitting.message, draft):
        return True
    why = _why_not(sitting.message, aim)
    if why and not may_add:
        raise Denied(why)
    return not why


def _keep_secret(sitting: Sitting, first: Story, aim: Aim) -> None:
    """Conflict for an address that is read by whoever must not know, whoever asks for it."""
    message, story = sitting.message, aim.seen.story
    secrets = (*facts.secrets(first, message.findings), *facts.secrets(story, aim.found.findings))
    hidden = {key for one in secrets for key in one.hidden_from}
    told = [one.person for one in story.behind if one.person and one.person.keys & _all_keys(first, story, keys=hidden)]
    if told:
        who = first_name(told[0].name)
        raise Conflict(
            f"{who} reads what goes to that address, and it is a surprise for {who}. Choose another.", message
        )


def _all_keys(*stories: Story, keys: Iterable[str]) -> frozenset[str]:
    """These keys, and all others of the same people."""
    found = set(keys)
    for story in stories:
        found |= {key for one in keys if one in story.people for key in story.people[one].keys}
    return frozenset(found)


def _is_proposed(message: Message, draft: Message) -> bool:
    """Whether a finding itself proposes to send it there."""
    ways_out = [finding.proposal for finding in message.findings if finding.proposal]
    proposed = {str(one["to"]) for one in ways_out if one.get("kind") == "redirect" and one.get("to")}
    return set(map(store.bare, draft.content.to)) <= set(map(store.bare, proposed))


def _why_not(message: Message, aim: Aim) -> str:
    """Why an address is of nobody who may read this, empty where it is; Conflict where nobody may send it there."""
    seen, read = aim.seen, screening.as_read(aim.draft, aim.seen)
    for recipient in seen.story.recipients:
        behind, role = decisive(read, seen, recipient)
        if role.name == "principal":
            continue
        if behind.person is None:
            return NOBODYS
        cell = seen.policy.cell(read.store, read.purpose or "", role.name)
        said = f"{first_name(behind.person.name)} {what(role.name)}"
        if cell and cell.verdict == "stop":
            raise Conflict(f"{said}, so it cannot go there.", message)
        if cell is None or cell.verdict != "allow":
            return f"{said}; ask a manager to send it there."
    return ""
