"""The kind thing to do instead: to the person whose business it is, at an endpoint that gives nothing away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sayso.message import Behind, Json, Message, Person, Story

NUMBER = ("sms", "mms", "whatsapp")


def kind_way(message: Message, story: Story, behind: Behind) -> Mapping[str, Json]:
    """Redirect to somebody whose business it is, else phone them, else do not send it."""
    hidden = hidden_from(story) | (behind.person.keys if behind.person else frozenset())
    for key in sorted(story.principals):
        person = story.people.get(key)
        if person is None or person.keys & hidden:
            continue
        private = private_endpoints(person, story, hidden)
        fitting = [end for end in private if fits(end, message.channel)]
        if fitting:
            return {"kind": "redirect", "person": _own_id(person), "name": person.name, "to": fitting[0]}
        numbers = [end for end in private if fits(end, "sms")]
        if numbers:
            return {"kind": "phone", "person": _own_id(person), "name": person.name, "to": numbers[0]}
    return {"kind": "reject"}


def hidden_from(story: Story) -> frozenset[str]:
    """Every key of everybody from whom a surprise is kept."""
    keys = {key for one in story.embargoes for key in one.hidden_from}
    return frozenset(key for one in keys for key in (story.people[one].keys if one in story.people else {one}))


def private_endpoints(person: Person, story: Story, hidden: Iterable[str]) -> tuple[str, ...]:
    """The endpoints of a person that none of those shares from whom it is to be kept."""
    taken = {end for key in hidden if key in story.people for end in story.people[key].endpoints}
    return tuple(sorted(person.endpoints - taken))


def fits(endpoint: str, channel: str) -> bool:
    """Whether a channel can reach an endpoint; a printed piece goes to nobody else, somebody phones instead."""
    if channel in NUMBER:
        return endpoint.startswith("+")
    return channel == "email" and "@" in endpoint


def _own_id(person: Person) -> str:
    return person.facts[0].id
