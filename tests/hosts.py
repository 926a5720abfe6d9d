"""Apps of somebody else in which sayso is a guest, and a text that comes in through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from sayso import issue, store

BUYER, SHOP = "+14155550177", "+14155550100"
MakeHost = Callable[..., Flask]


@pytest.fixture
def make_host(tmp_path: Path) -> Iterator[MakeHost]:
    """Apps of a host, each with a folder of its own unless it is told another's, and without a sayso yet."""
    made: list[Flask] = []

    def make(folder: str = "", **settings: str) -> Flask:
        app = Flask("host", instance_path=str(tmp_path / (folder or f"host{len(made)}")), static_folder=None)
        app.config.update(SECRET_KEY="the host's own", **settings)
        app.add_url_rule("/", "home", lambda: "the host's page", methods=["GET", "POST"])
        made.append(app)
        return app

    yield make
    for app in made:
        house = app.extensions.get("sayso")
        if house and house._runtime:
            house.stop()
            house.runtime.store.close()


@pytest.fixture
def host(make_host: MakeHost) -> Flask:
    """One app of a host."""
    return make_host()


def issued(app: Flask) -> dict[str, dict[str, str]]:
    """The credentials of a new source."""
    written: dict[str, dict[str, str]] = app.extensions["sayso"].runtime.store.write(
        lambda tx: issue.issue(tx, store.add_source(tx, "crm"))
    )
    return written


def post_text(app: Flask, given: dict[str, dict[str, str]], prefix: str = "") -> int:
    """The status that a vendor-shaped POST hears."""
    sid, token = given["twilio"]["account_sid"], given["twilio"]["auth_token"]
    form = {"To": BUYER, "From": SHOP, "Body": "Your ring is ready."}
    path = f"{prefix}/2010-04-01/Accounts/{sid}/Messages.json"
    return app.test_client().post(path, data=form, auth=(sid, token)).status_code
