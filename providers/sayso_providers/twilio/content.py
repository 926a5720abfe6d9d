"""Twilio's Content templates, which a message names by ContentSid: read, never written, and filled as Twilio would."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from sayso.message import Account, Content, Json, Unknown
from sayso_providers.base import Http, Template
from sayso_providers.base.plain import read_object
from sayso_providers.twilio.send import key_headers

# https://www.twilio.com/docs/content/content-types-overview and the pages of each type (read 2026-11-22)
MACHINE = frozenset("id type orientation webview_size flow_id flow_token flow_first_page_id".split())
"""What only machines read; everything else in a template is shown, also what a later type brings."""
RANK = {"header_text": 0, "title": 1, "subtitle": 2, "body": 3}
"""What stands above what; the rest follows by its name."""
GAP = re.compile(r"\{\{\s*([^{}\s]{1,16})\s*\}\}")


def read_template(name: str, account: Account, http: Http) -> Template | None:
    """Every text of the template, of all its types; None when the account has no such template."""
    heard = http.request("GET", f"{_base_url(account)}/v1/Content/{name}", headers=key_headers(account))
    if heard.status == 404:
        return None
    types = read_object(heard.body).get("types")
    if heard.status != 200 or not isinstance(types, dict):
        raise Unknown(f"Twilio did not say what its template holds (HTTP {heard.status}).")
    found = [text for kind in sorted(types) for text in (*_preset(kind, types[kind]), *_texts(types[kind]))]
    return Template(tuple(dict.fromkeys(found))) if found else None


def fill_template(template: Template, content: Content) -> str:
    """The words with this message's ContentVariables in them, each text on a line of its own.

    A variable that was not given, or is empty, stays as it is written: Twilio would send its own sample value.
    """
    # https://www.twilio.com/docs/content/using-variables-with-content-api (read 2026-11-22)
    given = _variables(dict(content.fields).get("ContentVariables", ""))
    return "\n".join(GAP.sub(lambda gap: given.get(gap[1]) or gap[0], text) for text in template.texts)


def _base_url(account: Account) -> str:
    """Twilio keeps templates on a host of their own; a proxy or a stand-in has one address for all."""
    host = urlsplit(account.api_url).hostname or ""
    if host.startswith("api.") and host.endswith(".twilio.com"):
        return account.api_url.replace("//api.", "//content.", 1)
    return account.api_url


def _texts(value: Json) -> Iterator[str]:
    """The strings in a part of a template that a recipient sees, in an order that never depends on the answer's."""
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name in sorted(value.keys() - MACHINE, key=lambda name: (RANK.get(name, len(RANK)), name)):
            yield from _texts(value[name])


def _preset(kind: str, value: Json) -> Iterator[str]:
    """The words that WhatsApp itself puts into a template for a code, in English whatever the language."""
    # https://www.twilio.com/docs/content/whatsappauthentication (read 2026-11-22)
    if kind != "whatsapp/authentication" or not isinstance(value, dict) or value.get("body"):
        return
    yield "{{1}} is your verification code."
    if value.get("add_security_recommendation") is not False:
        yield "For your security, do not share this code."
    if minutes := value.get("code_expiration_minutes"):
        yield f"This code expires in {minutes} minutes."


def _variables(raw: str) -> Mapping[str, str]:
    """The values by name; none when a name stands there twice, for then nobody knows which one Twilio takes."""
    try:
        given = json.loads(raw or "{}", object_pairs_hook=_once, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return {}
    return {name: value for name, value in given.items() if isinstance(value, str) and value.strip()}


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found
