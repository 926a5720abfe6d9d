"""WhatsApp's message templates, named by name/language: read, never written, and filled as WhatsApp would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from sayso.message import Account, Content, Json, Unknown
from sayso_providers.base import Http, Template
from sayso_providers.base.plain import read_object
from sayso_providers.whatsapp.compose import values_of
from sayso_providers.whatsapp.shape import VERSION, headers, objects, text_at

GAP = re.compile(r"\{\{\s*([\w.]{1,70})\s*\}\}")
NO_ID = "No business_id stands in its [accounts], so nobody can ask WhatsApp what its templates say."


def read_template(name: str, account: Account, http: Http) -> Template | None:
    """Every text of the template in that language; Unknown while the id of the business account is not set."""
    # https://developers.facebook.com/documentation/business-messaging/whatsapp/templates (read 2026-11-22)
    if not (business := account.more.get("business_id")):
        raise Unknown(NO_ID)
    title, _, language = name.partition("/")
    asked = urlencode({"name": title, "language": language, "fields": "name,language,components", "limit": "100"})
    url = f"{account.api_url}/{VERSION}/{business}/message_templates?{asked}"
    heard = http.request("GET", url, headers=headers(account))
    listed = read_object(heard.body).get("data")
    if heard.status != 200 or not isinstance(listed, list):
        raise Unknown(f"WhatsApp did not say what its template holds (HTTP {heard.status}).")
    for one in objects(listed):
        if (one.get("name"), one.get("language")) == (title, language):
            return Template(tuple(_texts(one.get("components"))))
    return None


def fill_template(template: Template, content: Content) -> str:
    """The words with this message's values in them, each text on a line of its own; other gaps stay as they are."""
    given = values_of(content)
    return "\n".join(GAP.sub(lambda gap: given.get(gap[1]) or gap[0], text) for text in template.texts)


def _texts(components: Json) -> Iterator[str]:
    """From the top down; a gap above the words or in a button's link is named as a message's values are."""
    for part in objects(components):
        if text := text_at(part, "text"):
            yield GAP.sub(_above, text) if text_at(part, "type") == "HEADER" else text
        for n, button in enumerate(objects(part.get("buttons"))):
            link = GAP.sub(f"{{{{button.{n}}}}}", text_at(button, "url"))
            yield " ".join(word for word in (text_at(button, "text"), link) if word)


def _above(gap: re.Match[str]) -> str:
    return "{{header}}" if gap[1].isdigit() else f"{{{{header.{gap[1]}}}}}"
