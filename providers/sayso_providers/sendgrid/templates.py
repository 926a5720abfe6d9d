"""SendGrid's own templates, which a mail names by template_id: read, never written, and filled as far as is simple."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from sayso.message import Account, Content, Json, Unknown
from sayso.message.bodies import from_json
from sayso.message.pages import readable
from sayso_providers.base import Http, Template, gaps
from sayso_providers.sendgrid.drafts import filled
from sayso_providers.sendgrid.send import key_headers
from sayso_providers.sendgrid.shape import people, personalization

# https://www.twilio.com/docs/sendgrid/for-developers/sending-email/using-handlebars (read 2026-11-22)
VALUE = re.compile(r"\{\{\{\s*([\w.]+)\s*\}\}\}|\{\{\s*([\w.]+)\s*\}\}")
CHOICE = re.compile(r"\{\{#(if|unless)\s+([\w.]+)\s*\}\}((?:(?!\{\{[#/]).)*?)\{\{/\1\}\}", re.DOTALL)
HARD = re.compile(r"\{\{\{?\s*(?:[#^>&!](?!if\s+[\w.]+\s*\}\}|unless\s+[\w.]+\s*\}\})|else\s+\S)")
TEMPLATE = re.compile("[A-Za-z0-9_-]{1,100}")
MOST_CHOICES = 50


def read_template(name: str, account: Account, http: Http) -> Template | None:
    """Subject, text and HTML of the template's active version; None when there is none."""
    if not TEMPLATE.fullmatch(name):  # it would be another page of SendGrid's
        return None
    heard = http.request("GET", f"{account.api_url}/v3/templates/{name}", headers=key_headers(account))
    if heard.status == 404:
        return None
    try:
        said = from_json(heard.body, once=False) if heard.status == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unknown(f"SendGrid did not say what its template holds (HTTP {heard.status}).")
    for version in people(said, "versions"):
        if version.get("active") in (1, True):
            own = "" if version.get("generate_plain_content") else str(version.get("plain_content") or "")
            return Template((str(version.get("subject") or ""), own, str(version.get("html_content") or "")))
    return None


def fill_template(template: Template, content: Content) -> str:
    """What the recipient would read, each text on lines of its own; what is not simple stays as it is written."""
    try:
        return "\n".join(one for one in _texts(template, content) if one.strip())
    except gaps.TooLong as error:  # so nobody can say what would be read
        raise Unknown(str(error)) from error


def _texts(template: Template, content: Content) -> list[str]:
    own, given = personalization(content), dict(content.fields)
    subject, text, page = (*template.texts, "", "", "")[:3]
    if (content.template or "").startswith("d-"):
        data = own.get("dynamic_template_data")
        values: Json = data if isinstance(data, dict) else {}
        return [_rendered(subject, values), _rendered(text, values), readable(_rendered(page, values, escape=True))]
    words = {"<%subject%>": content.subject_line or "", "<%body%>": given.get("text") or given.get("html") or ""}
    texts = [_legacy(one, words, own) for one in (subject, text)]
    return [*texts, readable(_legacy(page, {tag: html.escape(one) for tag, one in words.items()}, own))]


def _rendered(text: str, values: Json, *, escape: bool = False) -> str:
    if HARD.search(text):
        return text
    for _ in range(MOST_CHOICES):
        text, count = CHOICE.subn(lambda found: _chosen(found, values), text)
        if not count:
            break

    def value(found: re.Match[str]) -> str:
        known = _looked_up(values, found[1] or found[2])
        if isinstance(known, bool):
            known = str(known).lower()
        if not isinstance(known, str | int | float):
            return found[0]
        return html.escape(str(known)) if escape and found[2] else str(known)

    return gaps.filled(VALUE, text, value)


def _chosen(found: re.Match[str], values: Json) -> str:
    then, _, otherwise = found[3].partition("{{else}}")
    return then if bool(_looked_up(values, found[2])) is (found[1] == "if") else otherwise


def _looked_up(values: Json, name: str) -> Json:
    found = values
    for step in name.removeprefix("this.").split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _legacy(text: str, words: Mapping[str, str], own: Mapping[str, Json]) -> str:
    for tag, said in words.items():
        text = text.replace(tag, said)
    return filled(text, own)
