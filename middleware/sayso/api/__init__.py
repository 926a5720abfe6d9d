"""Our own door: JSON in, JSON out, RFC 9457 problems; a staff token decides, a source token sees its own."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sayso.access import callers
from sayso.api import decisions, description, facts, handing_in, hooks, inbound, messages, people
from sayso.api.manners import View, problem
from sayso.doors import METHODS


def add_routes(blueprint: Blueprint) -> None:
    """Everything under /api/."""
    routes: tuple[tuple[str, View, tuple[str, ...]], ...] = (
        ("/api/messages", messages.messages, ("GET",)),
        ("/api/messages", handing_in.hand_in, ("POST",)),
        ("/api/messages/<message_id>", messages.one_message, ("GET",)),
        ("/api/messages/<message_id>/withdraw", messages.withdraw, ("POST",)),
        ("/api/messages/<message_id>/<kind>", decisions.decide, ("POST",)),
        ("/api/inbound", inbound.write_in, ("POST",)),
        ("/api/facts", facts.tell, ("POST",)),
        ("/api/hooks/<preset>", hooks.take_hook, ("POST",)),
        ("/api/decisions", decisions.decide_many, ("POST",)),
        ("/api/people/<person_id>", people.person, ("GET",)),
        ("/api/purposes", messages.purposes, ("GET",)),
        ("/api/counts", messages.counts, ("GET",)),
        ("/api/openapi.json", description.describe, ("GET",)),
    )
    allowed: dict[str, list[str]] = {}
    for rule, view, methods in routes:
        _add(blueprint, rule, f"api_{view.__name__}", view, methods)
        allowed.setdefault(rule, []).extend((*methods, "HEAD") if "GET" in methods else methods)
    for n, (rule, possible) in enumerate(allowed.items()):
        others = tuple(method for method in METHODS if method not in possible)
        _add(blueprint, rule, f"api_not_allowed_{n}", not_allowed, others, allow=", ".join(sorted(possible)))
    for rule in ("/api", "/api/<path:rest>"):
        _add(blueprint, rule, "api_not_found", not_found, METHODS)


def _add(blueprint: Blueprint, rule: str, name: str, view: View, methods: tuple[str, ...], **given: str) -> None:
    how = {"methods": methods, "strict_slashes": False, "provide_automatic_options": False, "defaults": given}
    blueprint.add_url_rule(rule, name, view, **how)  # type: ignore[arg-type]  # each option has its type


@callers("anyone")
def not_found(**values: str) -> Response:
    """404 in our own dialect."""
    return problem(404, "There is nothing here; see /api/messages and /api/purposes.")


@callers("anyone")
def not_allowed(allow: str, **values: str) -> Response:
    """405 in our own dialect."""
    response = problem(405, f"{request.method} is not possible here; {allow} is.")
    response.headers["Allow"] = allow
    return response
