"""A house with a fake Lob behind it, and a CRM that speaks Lob's API in front of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from tests.conftest import House, MakeHouse
from tests.fake_lob import LOB_KEY, LOB_SECRET, FakeLob
from tests.standing import standing
from tests.vendors import plain_http, serve

TO = {
    "name": "Kayla Reed", "address_line1": "12 Oak St", "address_city": "Reno", "address_state": "NV",
    "address_zip": "89501",
}  # fmt: skip
SHOP = TO | {"name": "Smith & Sons", "address_line1": "1 Main St"}
_numbers = itertools.count(1)


@dataclass
class Printing:
    """A house, the Lob behind it, and what its CRM asks."""

    house: House
    lob: FakeLob
    name: str = "crm"

    @property
    def base(self) -> str:
        """Where a Lob client is pointed to."""
        return f"{self.house.url}/v1"

    def key(self, source: str = "") -> str:
        """The issued key."""
        return self.house.source(source or self.name)["lob"]["api_key"]

    def call(self, method: str, path: str, source: str = "", **more: Any) -> requests.Response:
        """One request to the door."""
        more.setdefault("auth", (self.key(source), ""))
        return plain_http().request(method, self.base + path, timeout=10, allow_redirects=False, **more)

    def create(self, path: str = "/postcards", source: str = "", **more: Any) -> dict[str, Any]:
        """A piece that no other has the words of."""
        answer = self.call("POST", path, source, json=piece(path, **more))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def piece(path: str = "/postcards", **more: Any) -> dict[str, Any]:
    """The fields of a piece; one that is None is left out."""
    words = f"<p>Card {next(_numbers)} for {{{{name}}}}</p>"
    sides = {
        "/postcards": {"front": "<h1>Happy birthday</h1>", "back": words},
        "/letters": {"file": words, "from": SHOP, "color": True},
        "/self_mailers": {"outside": "<p>For you</p>", "inside": words},
    }[path]
    given = {"to": TO, "use_type": "operational", "merge_variables": {"name": "Kayla"}, **sides} | more
    return {name: value for name, value in given.items() if value is not None}


def printing_house(make_house: MakeHouse, **settings: object) -> Iterator[Printing]:
    """A house with a fake Lob behind it, for as long as the test lasts."""
    lob = FakeLob()
    with serve(lob.answer) as vendor:
        known = {"lob_api_key": LOB_KEY, "lob_api_url": vendor.url, "lob_webhook_secret": LOB_SECRET}
        yield Printing(make_house(**{**known, **settings}), lob)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printing]:
    """The standalone program with a fake Lob behind it, for all tests of a module."""
    lob = FakeLob()
    with serve(lob.answer) as vendor:
        known = {"SAYSO_LOB_API_KEY": LOB_KEY, "SAYSO_LOB_API_URL": vendor.url, "SAYSO_LOB_WEBHOOK_SECRET": LOB_SECRET}
        with standing(tmp_path_factory.mktemp("lob"), **known, SAYSO_UNDO_SECONDS="0") as house:
            yield Printing(house, lob)


@pytest.fixture
def press(shared: Printing) -> Printing:
    """A CRM that has handed in nothing yet; nothing moves by itself."""
    shared.lob.asked.clear()
    return replace(shared, name=f"crm{next(_numbers)}")


@pytest.fixture
def still_lob(make_house: MakeHouse) -> Iterator[Printing]:
    """Nothing moves by itself."""
    yield from printing_house(make_house, start=False)
