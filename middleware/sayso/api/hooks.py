"""Any CRM's own webhook at our door: mapped by a preset, then taken as the messages or the facts that it makes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import partial

from flask import Response, current_app, request

from sayso import store
from sayso.access import callers
from sayso.api import facts, handing_in
from sayso.api.drafting import Fault
from sayso.api.manners import BODY_LIMIT, Reader, as_json, bearer, document, guarded, problem, read_json
from sayso.doors import runtime
from sayso.mapping import Preset, find, making
from sayso.mapping.making import Made
from sayso.message import Denied, Json, Malformed
from sayso.store import Source, Tx
from sayso.telling import taking

MOST_MESSAGES = 200
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
SECRET = ("Authorization", "Cookie")
SIGNED = "X-Shopify-Hmac-Sha256"


def entering(tx: Tx) -> Reader:
    """Whose a webhook is: by bearer token, by HTTP Basic with the token as password, or by Shopify's signature."""
    given = request.authorization
    if given and given.type == "basic":
        source = store.source_by_secret(tx, "token", given.password or "")
        if source is None:
            raise Malformed(401, "credentials", "The password is no token of this sayso; any name goes with it.")
        return Reader(source, None)
    if "Authorization" not in request.headers and SIGNED in request.headers:
        return Reader(_signer(tx, request.headers[SIGNED]), None)
    return bearer(tx)


@callers("source")
@partial(guarded, body_limit=facts.BODY_LIMIT, who=entering)
def take_hook(reader: Reader, preset: str) -> Response:
    """What the preset makes of the body: 202 with the message, or 200 or 207 with what became of the facts."""
    if reader.source is None:
        raise Denied("Only a CRM posts its webhooks here; use a source's token.")
    found = find(current_app.extensions["sayso"].presets, preset)
    if SIGNED in request.headers and "Authorization" not in request.headers and found.signed != "shopify":
        raise Malformed(401, "credentials", f"Send a token: Shopify does not sign for the preset {preset}.")
    if found.makes_messages and len(request.get_data()) > BODY_LIMIT:
        raise Malformed(413, "too_large", f"The request is larger than {BODY_LIMIT} bytes.")
    body = _body()
    headers = {name.lower(): value for name, value in request.headers.items() if name not in SECRET}
    made = making.make(found, body, headers)
    return _messages(reader.source, found, made, body) if found.makes_messages else _facts(reader.source, made, body)


def _signer(tx: Tx, signature: str) -> Source:
    """The source with whose key Shopify signed these bytes."""
    # https://shopify.dev/docs/apps/build/webhooks/verify-deliveries (read 2026-11-22): base64 of HMAC-SHA256, raw body
    data = request.get_data()
    for source in store.read_sources(tx):
        for key in store.signing_secrets(tx, source.id, "shopify"):
            made = base64.b64encode(hmac.new(key.encode(), data, hashlib.sha256).digest())
            if hmac.compare_digest(made, signature.encode("latin-1", "replace")):
                return source
    said = "No source's key makes this signature; give Shopify's with: sayso hooks secret SOURCE."
    raise Malformed(401, "credentials", said)


def _body() -> Json:
    """The body as JSON, or a form's fields; some tools say that JSON is a form."""
    data = request.get_data()
    if request.mimetype in FORMS and data.lstrip()[:1] not in (b"{", b"["):
        given = request.form.to_dict(flat=False)
        return {name: values[0] if len(values) == 1 else list(values) for name, values in given.items()}
    return read_json(data)


def _messages(source: Source, preset: Preset, made: list[Made], body: Json) -> Response:
    if len(made) > MOST_MESSAGES:
        raise Malformed(413, "too_many", f"At most {MOST_MESSAGES} messages a call; these are {len(made)}.")
    key = handing_in.read_key()
    keys = [one.key if key is None else key if n == 0 else f"{key}:{n}" for n, one in enumerate(made)]
    answers = [_taken(source, one, its_key, body) for one, its_key in zip(made, keys, strict=True)]
    return answers[0] if len(answers) == 1 else _several(answers)


def _taken(source: Source, one: Made, key: str | None, body: Json) -> Response:
    here = runtime()

    def refuse(faults: list[Fault]) -> Response:
        return handing_in.refusal([(field, f"{why} {making.where(one.rule, field, body)}") for field, why in faults])

    if faults := [fault for fault in one.faults if key is None or fault[0] != "key"]:
        return refuse(faults)
    try:
        this = handing_in.Request(source, key, handing_in.request_hash(here, source, one.values))
        return handing_in.take(here, this, one.values, refuse)
    except Malformed as bad:
        return problem(bad.status, str(bad))


def _several(answers: list[Response]) -> Response:
    """What became of each of several messages: 202 where all were taken, 207 where some were, else 400."""
    results: list[Json] = [_result(n, answer) for n, answer in enumerate(answers)]
    taken = [answer.status_code == 202 for answer in answers]
    if any(taken):
        return as_json({"results": results}, 202 if all(taken) else 207)
    return as_json(document(400, f"None of these {len(answers)} was taken.") | {"results": results}, 400)


def _result(index: int, answer: Response) -> dict[str, Json]:
    said: Json = json.loads(answer.get_data())
    return {"index": index, "status": answer.status_code, "message" if answer.status_code == 202 else "problem": said}


def _facts(source: Source, made: list[Made], body: Json) -> Response:
    if len(made) > facts.MOST:
        raise Malformed(413, "too_many", f"At most {facts.MOST} items a call, over all lists; these are {len(made)}.")
    given, whose = making.lists(made)
    told = taking.tell_facts(runtime(), source, given)
    refused: list[Json] = [*making.explained(_objects(told["refused"]), whose, body), *making.broken(made)]
    return as_json({"stored": told["stored"], "refused": refused}, 207 if refused else 200)


def _objects(refused: Json) -> list[Mapping[str, Json]]:
    return [one for one in refused if isinstance(one, dict)] if isinstance(refused, list) else []
