"""A card service without an API: what is "sent" stands on its run's hand-over list, and nothing leaves by network.

It is there for a source that names it: `[sources.<name>] routes = { postcard = "mailhouse", letter = "mailhouse" }`.
It pretends itself for test mode (`account`, `respond`, `call_back`); the ids of what is listed then begin with `test_`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sayso.message import Account, Answer, Content, Denied, Json, Malformed, Message, Receipt, Request, Sent
from sayso.message.pages import with_picture
from sayso_providers.base import Change, Http, Side, Template, plain

NAME = "mailhouse"
CHANNELS = frozenset({"postcard", "letter"})
TOGETHER = 250
SETTINGS: Mapping[str, str] = {}
NEEDED: frozenset[str] = frozenset()
STATUSES: Mapping[str, str] = {"listed": "queued"}
OPTED_OUT: frozenset[str] = frozenset()
WORDS: Mapping[str, tuple[str, str]] = {}
"""A card service without an API calls nobody back."""

PLACE = ("name", "line1", "line2", "city", "region", "postal_code", "country")
LONGEST_LINE = 100
NO_EDIT = "What a card says comes from its run's file: stop this one, and import its line again with the mend in it."

fresh_id, read_template, fill_template = plain.fresh_id, plain.read_template, plain.fill_template


def compose(content: Content, channel: str, country: str) -> Content:
    """The content as it is: names, address and values go into the list as our own door took them."""
    if not dict(content.fields).get("to"):
        raise Malformed(400, "to", "A card needs an address for the post.")
    return content


def revise(content: Content, change: Change, country: str) -> Content:
    """The content for another address; the words are those of the run."""
    if change.body is not None or change.media is not None or change.variables is not None:
        raise Malformed(400, "body", NO_EDIT)
    if change.drop:
        raise Malformed(400, "to", "A card goes to one address; stop it instead.")
    if change.to is None:
        return content
    place = _place(change.to, country)
    region = " ".join(place[name] for name in ("region", "postal_code") if name in place)
    parts = [place["name"], place["line1"], place.get("line2", ""), place["city"], region, place["country"]]
    line = ", ".join(part for part in parts if part).replace(":", " ")
    fields = tuple((name, json.dumps(place) if name == "to" else value) for name, value in content.fields)
    return replace(content, to=(line,), fields=fields)


def send(
    messages: Sequence[Message],
    account: Account,
    http: Http,
    *,
    callback_url: str,
    now: datetime,
    deadline: float,
) -> Sent:
    """The cards stand on the list from now on; whoever takes it to the card service does the rest."""
    return Sent(f"{account.user or 'list'}_{messages[0].id}", "listed")


def receipts(request: Request, account: Account) -> list[Receipt]:
    """Denied: nobody calls back from there."""
    raise Denied("A card service without an API does not call back.")


def account(derived: Callable[[str], str]) -> Account:
    """The list of test mode, of which nothing is to be printed."""
    return Account(NAME, NAME, "", "test", "")


def respond(method: str, url: str, body: bytes, held: Account) -> Answer:
    """Never asked for: nothing leaves by network."""
    return Answer(404, b"")


def call_back(message: Message, delivery: str, held: Account, url: str) -> Request:
    """Never asked for: it has no word for a delivery."""
    raise Denied("A card service without an API does not call back.")


def sides(message: Message, found: Template | None) -> Sequence[Side]:
    """Every page of a piece with this person's values, and the signature where it stands; none where it is a text."""
    pages = json.loads(dict(message.content.fields).get("content") or "{}")
    picture = json.loads(message.part or b"{}").get("signature") or ""
    filled = {name: with_picture(page, picture) if picture else page for name, page in pages.items()}
    return [Side(name, "text/html", page.encode()) for name, page in filled.items()]


def _place(raw: str, country: str) -> dict[str, str]:
    """The address in the JSON of our own door; Malformed says what it lacks."""
    try:
        given: Json = json.loads(raw)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not set(given) <= set(PLACE):
        raise Malformed(400, "to", f"Give an address with {', '.join(PLACE)}.")
    found = {name: str(given[name]).strip() for name in PLACE if given.get(name)}
    missing = [name for name in ("name", "line1", "city") if not found.get(name)]
    if missing:
        raise Malformed(400, "to", f"The address has no {' and no '.join(missing)}.")
    if any(len(value) > LONGEST_LINE or not value.isprintable() for value in found.values()):
        raise Malformed(400, "to", f"A line of an address has at most {LONGEST_LINE} characters, on one line.")
    return found | {"country": found.get("country", country).upper()}
