"""Webhooks of other people's CRMs: the recorded shapes of tests/payloads/crm, posted as their tools post them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import requests

from sayso import store
from sayso.api.drafting import KNOWN
from sayso.mapping import Preset, making, read_presets
from sayso.mapping.making import Made
from sayso_config import load
from tests.conftest import House
from tests.handing_in import token
from tests.vendors import plain_http

PAYLOADS = Path(__file__).parent / "payloads/crm"
KEY_OF_SHOPIFY = "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6"


def payload(name: str) -> Any:
    """The body of a file."""
    return json.loads((PAYLOADS / name).read_text("utf-8"))


def presets() -> dict[str, Preset]:
    """The presets of the settings in the present folder."""
    return dict(read_presets(load({}), KNOWN))


def made(preset: str, body: Any) -> list[Made]:
    """What a preset makes of a body."""
    return making.make(presets()[preset], body)


def facts(preset: str, body: Any) -> dict[str, Any]:
    """The lists of facts that a preset makes of a body."""
    return making.lists(made(preset, body))[0]


def hook(house: House, preset: str, body: Any, **headers: str) -> requests.Response:
    """A webhook with a source's token, in JSON."""
    given = token(house) | {name.replace("_", "-"): value for name, value in headers.items()}
    return plain_http().post(f"{house.url}/api/hooks/{preset}", json=body, headers=given, timeout=10)


def post_raw(house: House, preset: str, data: bytes, headers: dict[str, str]) -> requests.Response:
    """A webhook whose bytes and headers are these and no others."""
    return plain_http().post(f"{house.url}/api/hooks/{preset}", data=data, headers=headers, timeout=10)


def keep_key(house: House, source: str = "crm", key: str = KEY_OF_SHOPIFY) -> None:
    """Shopify's signing key, kept for a source."""
    house.source(source)

    def keep(tx: store.Tx) -> None:
        found = store.find_source(tx, name=source)
        assert found
        store.add_credential(tx, found.id, "shopify", key)

    house.store.write(keep)


def signed(data: bytes, key: str = KEY_OF_SHOPIFY) -> dict[str, str]:
    """The headers of a webhook of Shopify."""
    mac = base64.b64encode(hmac.new(key.encode(), data, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Hmac-Sha256": mac,
        "X-Shopify-Shop-Domain": "reed-and-sons.myshopify.com",
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Triggered-At": "2026-11-12T16:20:03.123456789Z",
    }
