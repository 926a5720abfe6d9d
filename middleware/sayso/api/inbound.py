"""What people write on a form, in a chat or in a review: an opt-out in it counts as much as one in a reply."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping

from flask import Response
from sqlalchemy.exc import IntegrityError

from sayso import endpoints, inbound, opting_out, store
from sayso.access import callers
from sayso.api import handing_in, reading
from sayso.api.drafting import Fault
from sayso.api.manners import Reader, as_bytes, guarded, json_body
from sayso.doors import runtime
from sayso.message import Denied, Inbound, Json, Malformed
from sayso.runtime import Runtime
from sayso.store import Answered, Tx

CHANNELS = ("form", "chat", "review", "email", "sms", "mms", "whatsapp", "letter", "phone")
LONGEST = 10_000
Found = dict[str, str]


@callers("source")
@guarded
def write_in(reader: Reader) -> Response:
    """202 with what we take it for, once it is stored; the same key and body hear the same again."""
    if reader.source is None:
        raise Denied("Only a CRM hands on what people wrote; use a source's token.")
    here, source, body = runtime(), reader.source, json_body()
    asked = handing_in.request_hash(here, source, {"inbound": body})
    this = handing_in.Request(source, handing_in.read_key(), asked)
    if known := handing_in.answered_before(here, this):
        return _answer(known, replayed=True)
    found, faults = _read(body, here.read_policy().default_country)
    if faults:
        return handing_in.refusal(faults)
    try:
        return _answer(here.store.write(lambda tx: _keep(tx, here, this, found)))
    except IntegrityError:  # the same key came twice at the same time, and the other was first
        if known := handing_in.answered_before(here, this):
            return _answer(known, replayed=True)
        raise


def _read(body: Mapping[str, Json], country: str) -> tuple[Found, list[Fault]]:
    """The fields, or every one that is not right with what to mend."""
    readers: Mapping[str, Callable[[Json], str]] = {
        "from": lambda raw: _endpoint(raw, country),
        "person": lambda raw: reading.line("person", raw),
        "text": _text,
        "channel": _channel,
        "url": lambda raw: reading.url("url", raw),
    }
    strange = f"there are {', '.join(readers)}."
    faults = [(name, f"There is no field {name[:40]!r} here; {strange}") for name in body if name not in readers]
    faults += [(name, f"{name} is missing.") for name in ("text", "channel") if body.get(name) is None]
    found: Found = {}
    for name, read in readers.items():
        try:
            found |= {name: read(body[name])} if body.get(name) is not None else {}
        except Malformed as bad:
            faults.append((name, str(bad)))
    return found, faults


def _endpoint(raw: Json, country: str) -> str:
    """A number or an e-mail address; a name before the address is nobody's endpoint."""
    if isinstance(raw, str) and "@" in raw:
        return endpoints.email("from", raw).rpartition("<")[2].rstrip(">")
    return endpoints.phone("from", raw.removeprefix("whatsapp:") if isinstance(raw, str) else raw, country)


def _text(raw: Json) -> str:
    text = reading.words("text", raw)
    if not text.strip() or len(text) > LONGEST:
        raise Malformed(400, "text", f"text must be what the person wrote, of at most {LONGEST} characters.")
    return text


def _channel(raw: Json) -> str:
    if raw not in CHANNELS:
        raise Malformed(400, "channel", f"channel must be one of {', '.join(CHANNELS)}.")
    return str(raw)


def _keep(tx: Tx, here: Runtime, this: handing_in.Request, found: Found) -> Answered:
    heard = Inbound(
        event_key=secrets.token_hex(16),
        crm_id=f"in_{secrets.token_hex(16)}",
        sender=found.get("from", ""),
        to="",
        text=found["text"],
        channel=found["channel"],
    )
    kind = opting_out.meaning(heard.text)
    more = {"person": found.get("person"), "url": found.get("url")}
    reply = store.add_reply(tx, "api", heard, kind, this.source.id, **more)
    if reply is None:  # nobody guesses 128 bits
        raise Malformed(503, "unavailable", "It was not stored; send it again.")
    said = {"id": reply.id, "meaning": kind, "suppressed": inbound.note(tx, here, reply)}
    answered = Answered(this.asked, 202, json.dumps(said).encode())
    if this.key:
        store.keep_answer(tx, this.source.id, this.key, answered)
    return answered


def _answer(answered: Answered, replayed: bool = False) -> Response:
    response = as_bytes(answered.body, answered.status)
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
