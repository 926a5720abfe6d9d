"""With other words: what it becomes is screened as if it had just come in, and waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sayso import rescreening, store, template_words
from sayso.deciding import given
from sayso.deciding.sitting import Sitting, Wish
from sayso.message import Content, Json, Malformed, Message
from sayso.runtime import Runtime
from sayso_providers import Change

MAY_ADD = frozenset({"manager", "admin"})
"""Whoever may write to an endpoint that the shop has never written to."""


def edited(runtime: Runtime, message: Message, wish: Wish) -> Message:
    """The message as the edit would have it; Malformed where it cannot be, or nothing is changed."""
    template = message.content.template
    drop = _drop(message.content, wish.given["drop"]) if "drop" in wish.given else ()
    words = replace(wish, given={name: value for name, value in wish.given.items() if name != "drop"})
    change = Change(drop=drop)
    if words.given or not drop:
        change = replace(_variables(words) if template else _words(message.content, words), drop=drop)
    content = revise(runtime, message, change)
    if content == message.content:
        raise Malformed(400, "body", "Nothing was changed.")
    if template and content.template:
        content = template_words.fetch(runtime, message.provider, replace(content, seen=None), message.account)
    return replace(message, content=content)


def edit(sitting: Sitting) -> Message:
    """The message with the new words, looked at by every check; whatever was accepted of the old ones is not."""
    tx, runtime, draft = sitting.tx, sitting.runtime, sitting.draft
    again_at = template_words.ask_again_at(draft, tx.now)
    words = store.edit(tx, sitting.message, draft.content, sitting.staff.id, again_at)
    _, found = rescreening.look(tx, runtime, words, sitting.known)
    return store.screened(tx, words, found)


def revise(runtime: Runtime, message: Message, change: Change) -> Content:
    """The content of a message with a change in it, as its vendor takes it; Malformed in plain words where not."""
    country = runtime.read_policy().default_country
    return runtime.providers[message.provider].revise(message.content, change, country)


def _words(content: Content, wish: Wish) -> Change:
    """New words, fewer pictures, or both."""
    if "variables" in wish.given:
        raise Malformed(400, "variables", "Only a message made from a template has variables; change its body.")
    if content.html is not None and "body" in wish.given:
        raise Malformed(400, "body", "This one has a designed version as well, which cannot be edited here.")
    if not wish.given:
        raise Malformed(400, "body", "Send what it should say: body, or media with fewer pictures, or a subject_line.")
    media = _media(content, wish.given["media"]) if "media" in wish.given else None
    body = given.words(wish.given, "body") if "body" in wish.given else None
    if body is not None and "\r\n" not in (content.body or ""):
        body = body.replace("\r\n", "\n")  # as forms write a new line
    if media == () and not (body or content.body):
        raise Malformed(400, "media", "Without its pictures there would be nothing left to send.")
    subject_line = given.words(wish.given, "subject_line", 998) if "subject_line" in wish.given else None
    if subject_line is not None and (content.subject_line is None or not subject_line.isprintable()):
        raise Malformed(400, "subject_line", "Only an e-mail has a subject line, and it is one line.")
    return Change(body=body, media=media, subject_line=subject_line)


def _drop(content: Content, wanted: Json) -> tuple[str, ...]:
    """Some of those that it would go to, but not all of them."""
    if not isinstance(wanted, list) or not wanted or not all(one in content.to for one in wanted):
        raise Malformed(400, "drop", "drop must be a list of some of the addresses that it goes to.")
    dropped = tuple(str(one) for one in wanted)
    if set(dropped) == set(content.to):
        raise Malformed(400, "drop", "Nobody would be left to send it to: do not send it instead.")
    return dropped


def _media(content: Content, wanted: Json) -> tuple[str, ...]:
    """Some of the pictures, in their order."""
    left: Iterator[Json] = iter(content.media)
    if not isinstance(wanted, list) or not all(link in left for link in wanted):
        raise Malformed(400, "media", "media must be a list of some of the message's own pictures, in their order.")
    return tuple(str(link) for link in wanted)


def _variables(wish: Wish) -> Change:
    """What the vendor's template is filled with; its own words lie at the vendor."""
    if "body" in wish.given or "media" in wish.given:
        raise Malformed(400, "body", "These words are the vendor's template, so only its variables can be changed.")
    found = wish.given.get("variables")
    if not isinstance(found, dict) or not found:
        raise Malformed(400, "variables", 'Send the variables that change, as in {"variables": {"1": "Kayla"}}.')
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    if len(texts) != len(found):
        raise Malformed(400, "variables", "Every variable must be a text.")
    return Change(variables={name: given.checked(value, "variables") for name, value in texts.items()})
