"""What vendors have in common that keep no templates and give no ids, and how what the others say is read."""

from __future__ import annotations

import secrets

from sayso.message import Account, Content, Json
from sayso.message.bodies import from_json
from sayso_providers.base.http import Http
from sayso_providers.base.shapes import Template


def fresh_id(content: Content) -> str:
    """An id of ours for a message that no CRM handed in."""
    return f"msg_{secrets.token_hex(16)}"


def read_template(name: str, account: Account, http: Http) -> Template | None:
    """None: such a vendor keeps no words."""
    return None


def fill_template(template: Template, content: Content) -> str:
    """The words of a template, which such a vendor never has."""
    return "\n".join(template.texts)


def read_object(raw: bytes) -> dict[str, Json]:
    """The JSON object that a vendor said; empty where it said anything else."""
    try:
        said = from_json(raw, once=False)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
