"""A house that stands for a whole module: the standalone program, or a plug-in in a host's app, served over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
from flask import Flask
from sqlalchemy import func, select
from waitress.server import create_server

from sayso import Sayso
from sayso.store import tables
from sayso.wsgi import create_app
from tests.conftest import KEY, Clock, House, answer_until_closed
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, FakeTwilio, serve, wait_for

TO, OTHER, SHOP = "+14155550123", "+14155550177", "+14155550100"
SERVICE, TEMPLATE = "MG" + "ab" * 16, "HX" + "cd" * 16
PICTURES = ("https://shop.example/ring.jpg", "https://shop.example/box.jpg")
SPEC = json.loads((Path(__file__).parent / "specs/twilio/twilio_api_v2010.json").read_text())
PLAIN = {"To": TO, "From": SHOP, "Body": "Hello Kayla"}
SETTINGS = {
    "SAYSO_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
    "SAYSO_TWILIO_ACCOUNT_SID": VENDOR_SID,
    "SAYSO_TWILIO_AUTH_TOKEN": VENDOR_TOKEN,
    "SAYSO_QUIET_HOURS": "off",
    "SAYSO_SECRET_KEY": KEY,
    "SAYSO_VENDOR_TIMEOUT": "2",
}


@contextmanager
def standing(folder: Path, prefix: str | None = None, **settings: str) -> Iterator[House]:
    """The standalone program, or with a prefix a host's app with sayso mounted there; its dispatcher is not started."""
    twilio = FakeTwilio()
    with serve(twilio.answer) as vendor, serve(lambda heard: (200, {}, b"")) as crm:
        server = create_server(Flask("port"), host="127.0.0.1", port=0, threads=8)
        ours = {"SAYSO_TWILIO_API_URL": vendor.url, "SAYSO_PUBLIC_URL": f"http://127.0.0.1:{server.effective_port}"}
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            for name, value in {**SETTINGS, **ours, **settings}.items():
                patch.setenv(name, value)
            app = create_app() if prefix is None else _host(folder, prefix)
        server.application = app
        threading.Thread(target=answer_until_closed, args=(server,), daemon=True).start()
        url = f"http://127.0.0.1:{server.effective_port}{prefix or ''}"
        house = House(app, url, Clock(), twilio, vendor, crm)
        try:
            yield house
        finally:
            server.close()
            house.store.close()


def count_rows(house: House) -> int:
    """How many messages are stored, in whatever state."""
    with house.store.read() as tx:
        return int(tx.connection.execute(select(func.count()).select_from(tables.message)).scalar() or 0)


def call(house: House, method: str, path: str = "/Messages.json", *, before: str = "", **more: Any) -> Any:
    """One plain HTTP request to the door of the source `crm`, with what the client would not send."""
    given = house.source()["twilio"]
    sid = more.pop("sid", given["account_sid"])
    more.setdefault("auth", (given["account_sid"], given["auth_token"]))
    url = f"{house.url}{before}/2010-04-01/Accounts/{sid}{path}"
    return requests.request(method, url, timeout=10, allow_redirects=False, **more)


def assert_twilio_error(answer: Any, status: int, code: int) -> None:
    """Twilio's four keys, an integer code, JSON."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert set(body) == {"code", "message", "more_info", "status"}
    assert type(body["code"]) is int
    assert answer.headers["Content-Type"] == "application/json"


def schema_of(ref: str) -> dict[str, Any]:
    """A schema of the vendor's OpenAPI file, by its name."""
    return plain_schema({"$ref": f"#/components/schemas/{ref}"})


def plain_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema from the vendor's OpenAPI 3.0 file, whose `nullable` JSON Schema does not know."""

    def plain(node: Any) -> Any:
        if isinstance(node, list):
            return [plain(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        made = {name: plain(inner) for name, inner in node.items()}
        return made | {"type": [made["type"], "null"]} if made.get("nullable") is True else made

    return {**plain(schema), "components": plain(SPEC["components"])}


def assert_message(body: dict[str, Any]) -> None:
    """The vendor's own schema, and every one of its keys."""
    jsonschema.validate(body, schema_of("api.v2010.account.message"))
    assert set(body) == set(SPEC["components"]["schemas"]["api.v2010.account.message"]["properties"])


def sent(house: House, **given: str) -> str:
    """A message that was approved and sent."""
    sid = house.client().messages.create(**{"to": TO, "from_": SHOP, "body": "Hello", **given}).sid
    assert house.decide(sid, "approve").status_code == 200
    wait_for(lambda: house.message(sid)["state"] == "sent")
    return sid


def _host(folder: Path, prefix: str) -> Flask:
    app = Flask("host", instance_path=str(folder / "instance"))
    Sayso(app, url_prefix=prefix)
    return app
