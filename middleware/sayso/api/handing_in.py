"""Messages handed in at our own door: taken, refused at once, or answered as the same request was before."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response, request, url_for

from sayso import intake, store, wording
from sayso.access import callers
from sayso.api import drafting
from sayso.api.drafting import Fault, Place
from sayso.api.manners import Reader, as_bytes, as_json, document, guarded, json_body
from sayso.doors import runtime
from sayso.message import Conflict, Denied, Json, Malformed, Message
from sayso.runtime import Runtime
from sayso.store import Answered, Source, Tx
from sayso_providers import KEEPERS

KEY = re.compile(r"[\x21-\x7e]{1,255}")
FROM_A_FILE = "Cards of this source go to a card service as a run from a file: sayso batch import."
OTHER_REQUEST = "This Idempotency-Key was used for another request; take a new one for each new message."


@dataclass(frozen=True, slots=True)
class Request:
    """One request to take a message: whose it is, its key if it has one, and the hash of what it says."""

    source: Source
    key: str | None
    asked: str


@callers("source")
@guarded
def hand_in(reader: Reader) -> Response:
    """202 with the message once it is stored; 409 where it was stopped at once, 400 for what cannot be taken."""
    if reader.source is None:
        raise Denied("Only a CRM hands in messages; use a source's token.")
    here, body = runtime(), json_body()
    this = Request(reader.source, read_key(), request_hash(here, reader.source, body))
    return take(here, this, body, refusal)


def take(here: Runtime, this: Request, body: Mapping[str, Json], refuse: Callable[[list[Fault]], Response]) -> Response:
    """The answer to one request, whose message is stored by then; `refuse` words what is wrong with its fields."""
    if known := answered_before(here, this):
        return _answer(known, replayed=True)
    place = Place(here.clock(), here.read_policy(), here.providers, here.carriers(this.source.name))
    draft, faults = drafting.draft(body, place)
    if draft is None:
        return refuse(faults)
    if draft.provider in KEEPERS:
        return refuse([("channel", FROM_A_FILE)])

    def remember(tx: Tx, message: Message) -> None:
        if this.key and store.find_answer(tx, this.source.id, this.key) is None:
            store.keep_answer(tx, this.source.id, this.key, _said(tx, here, message, this.asked))

    try:
        stored = intake.take(here, this.source, draft, this.key, asked=this.asked, answered=remember)
    except Conflict as conflict:
        raise Malformed(409, "key", OTHER_REQUEST) from conflict
    if known := answered_before(here, this):
        return _answer(known, replayed=stored.crm_id != draft.crm_id)
    with here.store.read() as tx:
        return _answer(_said(tx, here, store.get(tx, stored.id) or stored, this.asked))


def read_key() -> str | None:
    """The request's Idempotency-Key, if it has one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Malformed(400, "key", "An Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key


def request_hash(here: Runtime, source: Source, body: Mapping[str, Json]) -> str:
    """A request's hash: the same for the same JSON, in whatever order its keys came."""
    try:
        plain = json.dumps([source.id, body], sort_keys=True, ensure_ascii=False)
        plain.encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise Malformed(400, "json", "The body has half a character (a lone surrogate), or is too deep.") from error
    return here.store.seal.hash("request", plain)


def answered_before(here: Runtime, this: Request) -> Answered | None:
    """What this key was answered; Malformed 409 when another request had it."""
    if this.key is None:
        return None
    with here.store.read() as tx:
        known = store.find_answer(tx, this.source.id, this.key)
    if known and known.request_hash != this.asked:
        raise Malformed(409, "key", OTHER_REQUEST)
    return known


def _said(tx: Tx, here: Runtime, message: Message, asked: str) -> Answered:
    shown = wording.whole(tx, here, message, None)
    if not intake.refused_at_once(message):
        return Answered(asked, 202, json.dumps(shown).encode())
    reasons = " ".join(finding.told for finding in message.findings)
    refused = document(409, f"It was stopped at once and will not be sent. {reasons}".strip()) | {"message": shown}
    return Answered(asked, 409, json.dumps(refused).encode())


def _answer(answered: Answered, replayed: bool = False) -> Response:
    response = as_bytes(answered.body, answered.status)
    if answered.status == 202:
        response.headers["Location"] = url_for(".api_one_message", message_id=json.loads(answered.body)["id"])
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def refusal(faults: list[Fault]) -> Response:
    """A problem that names every field that is not right."""
    said: list[Json] = [{"field": field, "detail": detail} for field, detail in faults]
    return as_json(document(400, " ".join(detail for _, detail in faults[:5])) | {"errors": said}, 400)
