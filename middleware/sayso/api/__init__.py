"""Our own door: JSON in, JSON out, RFC 9457 problems; a staff token decides, a source token sees its own."""

from __future__ import annotations

from flask import Blueprint, Response, request

from sayso.access import callers
from sayso.api import decisions, messages
from sayso.api.manners import View, problem
from sayso.doors import METHODS


def add_routes(blueprint: Blueprint) -> None:
    """Everything under /api/."""
    for rule, view, methods in (
        ("/api/messages", messages.messages, ("GET",)),
        ("/api/messages/<message_id>", messages.one_message, ("GET",)),
        ("/api/messages/<message_id>/withdraw", messages.withdraw, ("POST",)),
        ("/api/messages/<message_id>/<kind>", decisions.decide, ("POST",)),
        ("/api/purposes", messages.purposes, ("GET",)),
        ("/api/counts", messages.counts, ("GET",)),
    ):
        name = f"api_{view.__name__}"
        blueprint.add_url_rule(rule, name, view, methods=methods, strict_slashes=False, provide_automatic_options=False)
        others = tuple(
            method for method in METHODS if method not in methods and not (method == "HEAD" and "GET" in methods)
        )
        _add(blueprint, rule, f"{name}_not_allowed", not_allowed, others)
    for rule in ("/api", "/api/<path:rest>"):
        _add(blueprint, rule, "api_not_found", not_found, METHODS)


def _add(blueprint: Blueprint, rule: str, name: str, view: View, methods: tuple[str, ...]) -> None:
    blueprint.add_url_rule(rule, name, view, methods=methods, strict_slashes=False, provide_automatic_options=False)


@callers("anyone")
def not_found(**values: str) -> Response:
    """404 in our own dialect."""
    return problem(404, "There is nothing here; see /api/messages and /api/purposes.")


@callers("anyone")
def not_allowed(**values: str) -> Response:
    """405 in our own dialect."""
    return problem(405, f"{request.method} is not possible here.")
