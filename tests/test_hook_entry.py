"""Who may post webhooks: a token as bearer or as password, or the signature of a shop at Shopify."""

from __future__ import annotations

import base64
import json

import pytest

from tests.commands import ran
from tests.conftest import House
from tests.hooked import KEY_OF_SHOPIFY, PAYLOADS, hook, keep_key, payload, post_raw, signed
from tests.standing import count_rows
from tests.stillness import still

__all__ = ["still"]  # fixtures from elsewhere
ORDER = (PAYLOADS / "shopify-orders.json").read_bytes()
JSON = {"Content-Type": "application/json"}


def basic(name: str, password: str) -> dict[str, str]:
    """HTTP Basic."""
    return JSON | {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_a_token_as_a_password_is_taken_with_any_name(still: House) -> None:
    data = json.dumps(payload("zapier.json")).encode()
    assert post_raw(still, "zapier", data, basic("sayso", str(still.source()["token"]))).status_code == 202


def test_a_signed_order_is_taken_as_its_sources(still: House) -> None:
    keep_key(still)
    still.source("other")
    answer = post_raw(still, "shopify-orders", ORDER, signed(ORDER))
    assert (answer.status_code, answer.json()) == (200, {"stored": 2, "refused": []})


def test_a_rotation_of_our_credentials_leaves_shopifys_key_alone(still: House) -> None:
    keep_key(still)
    ran(still, "source", "rotate", "crm")
    still.clock.forward(days=2)
    assert post_raw(still, "shopify-orders", ORDER, signed(ORDER)).status_code == 200


def test_while_shopify_changes_its_key_both_are_taken(still: House) -> None:
    keep_key(still)
    keep_key(still, key="f" * 32)
    for key in (KEY_OF_SHOPIFY, "f" * 32):
        assert post_raw(still, "shopify-orders", ORDER, signed(ORDER, key)).status_code == 200


REFUSED = {
    "another key": lambda: signed(ORDER, "0" * 32),
    "other bytes": lambda: signed(ORDER + b" "),
    "an empty signature": lambda: signed(ORDER) | {"X-Shopify-Hmac-Sha256": ""},
    "letters that no signature has": lambda: signed(ORDER) | {"X-Shopify-Hmac-Sha256": "\xe9"},
    "a wrong password": lambda: basic("sayso", "x"),
    "an empty password": lambda: basic("sayso", ""),
    "a wrong token beside a good signature": lambda: signed(ORDER) | {"Authorization": "Bearer x"},
    "the signing key as token": lambda: JSON | {"Authorization": f"Bearer {KEY_OF_SHOPIFY}"},
    "nothing": lambda: JSON,
}


@pytest.mark.parametrize("who", REFUSED)
def test_whoever_cannot_show_whose_it_is_is_refused(still: House, who: str) -> None:
    keep_key(still)
    answer = post_raw(still, "shopify-orders", ORDER, REFUSED[who]())
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json"), answer.text


def test_a_signature_of_shopify_sends_no_messages(still: House) -> None:
    keep_key(still)
    data = json.dumps(payload("zapier.json")).encode()
    assert post_raw(still, "zapier", data, signed(data)).status_code == 401
    assert count_rows(still) == 0


def test_staff_do_not_post_webhooks(still: House) -> None:
    assert (
        hook(still, "zapier", payload("zapier.json"), Authorization=still.staff()["Authorization"]).status_code == 403
    )
