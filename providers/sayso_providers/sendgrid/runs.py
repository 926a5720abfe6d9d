"""Batch ids and scheduled sends: runs that a CRM names at our door, pauses, cancels, and lets go again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from sayso.message import Answer, Json, Malformed, Request
from sayso_providers.base import Call, Order
from sayso_providers.sendgrid.door import read_json
from sayso_providers.sendgrid.rules import BATCH
from sayso_providers.sendgrid.shape import answer

WORDS: Mapping[str, str] = {"pause": "paused", "cancel": "canceled"}
SAID: Mapping[str, str] = {state: word for word, state in WORDS.items()}
Settle = Callable[[str | None], str]


def order(call: Call, request: Request) -> Order:
    """What is wanted of which run; Malformed for a body that names none."""
    if call.path.startswith("/mail/batch"):
        return _named(call.crm_id) if call.crm_id else _new()
    ref = call.crm_id
    if request.method == "PATCH":
        state = _wanted(read_json(request))
        return Order(ref, _again(state), lambda _: Answer(204, b"", {}))
    if request.method == "DELETE":
        return Order(ref, _again("open"), lambda _: Answer(204, b"", {}))
    if request.method == "POST":
        body = read_json(request)
        given = body.get("batch_id")
        if not isinstance(given, str) or not BATCH.fullmatch(given):
            raise Malformed(400, "batch_id", "invalid batch id")
        return Order(given, _once(_wanted(body)), lambda runs: answer(201, _rows(runs)[0]))
    return Order(ref, lambda state: state or "open", lambda runs: answer(200, _rows(runs)), look=True)


def _new() -> Order:
    ref = secrets.token_urlsafe(36)
    return Order(ref, lambda _: "open", lambda _: answer(201, {"batch_id": ref}))


def _named(ref: str) -> Order:
    return Order(ref, _known, lambda _: answer(200, {"batch_id": ref}), look=True)


def _known(state: str | None) -> str:
    if state is None:
        raise Malformed(400, "", "invalid batch id")
    return state


def _once(wanted: str) -> Settle:
    """The first pause or cancel of a run."""

    def settle(state: str | None) -> str:
        if _known(state) != "open":
            raise Malformed(400, "batch_id", "a status for this batch id has been set already; change it with PATCH")
        return wanted

    return settle


def _again(wanted: str) -> Settle:
    """Another state for a run that is paused or canceled."""

    def settle(state: str | None) -> str:
        if state in (None, "open"):
            raise Malformed(404, "", "batch id not found")
        return wanted

    return settle


def _wanted(body: Mapping[str, Json]) -> str:
    state = WORDS.get(str(body.get("status")))
    if state is None:
        raise Malformed(400, "status", "status must be one of pause, cancel")
    return state


def _rows(runs: Mapping[str, str]) -> list[Json]:
    return [{"batch_id": ref, "status": SAID[state]} for ref, state in runs.items() if state in SAID]
