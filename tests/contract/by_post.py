"""The worlds of the vendors that print: Lob with its API, and a mail house that takes a list."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import itertools
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from sayso import store
from sayso.batching import handover
from sayso.message import Account
from tests import fake_lob, walk
from tests.card_runs import pieces
from tests.commands import said as commanded
from tests.conftest import MakeHouse
from tests.contract.own_doors import look_at_our_door
from tests.contract.world import OTHER, POSTAL, STILL, Callback, Place, Told, saying
from tests.fake_lob import LOB_KEY, FakeLob
from tests.vendors import Heard, Server, plain_http, serve

NAMES = {"crm": "Kayla Reed", OTHER: "Rebecca Canary"}
PLACE = {"address_line1": "12 Oak St", "address_city": "Reno", "address_state": "NV", "address_zip": "89501"}


@dataclass
class LobWorld:
    """Lob, and CRMs that send what its clients do; the clients themselves are in test_clients.py."""

    place: Place
    fake: FakeLob
    vendor: Server
    keys = (fake_lob.LOB_SECRET, "ef" * 20, "00" * 20)
    secrets = (LOB_KEY, fake_lob.LOB_SECRET)
    DELIVERED, NO, WAIT = "delivered", "invalid", 90
    ELSEWHERE, THERE = POSTAL, "5 Elm St"
    TOLD: ClassVar[Mapping[str, str]] = {"delivered": "delivered", "failed": "failed"}

    def hand_in(self, source: str, words: str) -> str:
        auth = (self.place.house.source(source)["lob"]["api_key"], "")
        url = f"{self.place.house.url}/v1/postcards"
        answer = plain_http().post(url, json=self.card(source, words), auth=auth, timeout=10)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def asked(self, words: str) -> object:
        card = self.card("crm", words)
        abroad = {"address_country": "US"}
        return card | {"to": card["to"] | abroad, "from": card["from"] | abroad}

    @staticmethod
    def card(source: str, words: str) -> dict[str, Any]:
        return {
            "to": PLACE | {"name": NAMES[source]},
            "from": PLACE | {"name": "Smith & Sons", "address_line1": "1 Main St"},
            "front": "<h1>Happy birthday, {{name}}</h1>",
            "back": f"<p>{words}</p>",
            "merge_variables": {"name": NAMES[source]},
            "metadata": {"order": "8812"},
            "description": "Birthday",
            "size": "6x9",
            "mail_type": "usps_standard",
            "use_type": "operational",
        }

    def took(self) -> list[object]:
        found: list[object] = []
        for piece in self.fake.pieces:
            own = {name: value for name, value in piece["asked"]["metadata"].items() if name != "sayso_id"}
            found.append(piece["asked"] | {"metadata": own})
        return found

    def vendor_ids(self) -> list[str]:
        return [piece["id"] for piece in self.fake.pieces]

    def told(self, heard: Heard, source: str) -> Told:
        secret, stamp = (
            self.place.house.source(source)["lob"]["webhook_secret"],
            heard.headers["lob-signature-timestamp"],
        )
        good = hmac.new(secret.encode(), f"{stamp}.".encode() + heard.body, hashlib.sha256).hexdigest()
        assert heard.headers["lob-signature"] == good, "not signed with the issued secret"
        event = json.loads(heard.body)
        assert event["reference_id"] == event["body"]["id"]
        return Told(event["body"]["id"], event["event_type"]["id"].partition(".")[2])

    def look_around(self, source: str, crm_id: str) -> None:
        auth = (self.place.house.source(source)["lob"]["api_key"], "")
        for path in ("/postcards", f"/postcards/{crm_id}", "/addresses", "/letters", "/checks", "/bank_accounts"):
            self.place.get(f"/v1{path}", headers={}, auth=auth)

    def callback(self, word: str, *, key: int = 0, ago: float = 0) -> Callback:
        piece = self.fake.pieces[-1]
        url = f"https://lob-assets.com/postcards/{piece['id']}.pdf"
        more = {"url": url, "thumbnails": [{"small": url}], "tracking_events": [{"name": "Mailed", "type": "normal"}]}
        body = self.fake.event(piece, word, **more)
        headers = fake_lob.signed(body, secret=self.keys[key], at=self.place.house.clock().timestamp() - ago)
        return Callback(f"{self.place.house.url}/callbacks/lob", headers, body)

    def is_refusal(self, said: Mapping[str, object]) -> bool:
        error = said["error"]
        return isinstance(error, dict) and set(error) == {"message", "status_code", "code"}

    def saying(self, what: str) -> AbstractContextManager[None]:
        reset = {"X-Rate-Limit-Reset": str(int(self.place.house.clock().timestamp()) + self.WAIT)}
        status, kind, body = fake_lob.problem(429, "rate_limit_exceeded")
        no = fake_lob.problem(422, self.NO, f"not with {LOB_KEY}")
        return saying(
            self.vendor, what, {"busy": (status, kind | reset, body), "forbidden": (403, {}, b"{}"), "no": no}
        )

    def elsewhere(self, account: Account) -> Account:
        return replace(account, api_url="http://127.0.0.1:1")


@contextmanager
def with_lob(make_house: MakeHouse, database_url: str, rotating: bool = False) -> Iterator[LobWorld]:
    """A Lob that prints each idempotency key once."""
    fake = FakeLob()
    secrets = ", ".join(LobWorld.keys[: 2 if rotating else 1])
    with serve(fake.answer) as vendor:
        settings = {"lob_api_key": LOB_KEY, "lob_api_url": vendor.url, "lob_webhook_secret": secrets}
        place = Place(make_house(database_url=database_url, **STILL, **settings))
        for source in ("crm", OTHER):
            place.listen(source, "lob_webhooks")
        yield LobWorld(place, fake, vendor)


@dataclass
class MailHouseWorld:
    """A card service without an API, and shops that import their cards as a file."""

    place: Place
    runs: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    secrets: tuple[str, ...] = ()
    DELIVERED, NO, WAIT = "", "", 0
    ELSEWHERE, THERE = POSTAL, "5 Elm St"
    TOLD: ClassVar[Mapping[str, str]] = {}

    def hand_in(self, source: str, words: str) -> str:
        self.place.house.source(source)
        card = dict(self.card(source, words))
        Path("cards.csv").write_text(",".join(card) + "\n" + ",".join(card.values()) + "\n", "utf-8")
        Path("card.html").write_text("<h1>For {{first_name}}</h1><!-- back --><p>{{said}}</p>", "utf-8")
        run = f"Run {next(self.numbers)}"
        words_ = ("cards.csv", "--template", "card.html", "--channel", "postcard", "--source", source, "--name", run)
        commanded(self.place.house, "batch", "import", *words_, "--purpose", "birthday")
        while pieces(self.place.house, run)[0].state == "received":
            walk.swept(self.place.house)
        self.runs.append(run)
        return pieces(self.place.house, run)[0].crm_id

    def asked(self, words: str) -> object:
        return self.card("crm", words)

    @staticmethod
    def card(source: str, words: str) -> dict[str, str]:
        place = {"line1": "12 Oak St", "city": "Reno", "region": "NV", "postal_code": "89501"}
        code = f"GC-{zlib.crc32(words.encode())}"  # no two cards carry the same
        return {"name": NAMES[source], **place, "said": words, "gift_code": code, "signed_by": "Shelby"}

    def took(self) -> list[object]:
        found: list[object] = []
        for run in self.runs:
            if any(piece.state == "sent" for piece in pieces(self.place.house, run)):
                text = handover.hand_over(self.place.house.runtime, self._run(run), "ana").text
                rows = csv.DictReader(io.StringIO(text))
                found += [{k: v for k, v in row.items() if v and k not in ("country", "added")} for row in rows]
        return found

    def vendor_ids(self) -> list[str]:
        return [f"list_{piece.id}" for run in self.runs for piece in pieces(self.place.house, run)]

    def _run(self, name: str) -> store.Batch:
        with self.place.house.store.read() as tx:
            return store.read_runs(tx, named=name)[0]

    def look_around(self, source: str, crm_id: str) -> None:
        look_at_our_door(self.place, source, crm_id)

    def callback(self, word: str, *, key: int = 0, ago: float = 0) -> Callback:
        return Callback(f"{self.place.house.url}/callbacks/mailhouse", {}, b'{"word": "delivered"}')

    def is_refusal(self, said: Mapping[str, object]) -> bool:
        return "error" in said


@contextmanager
def with_mailhouse(make_house: MakeHouse, database_url: str, rotating: bool = False) -> Iterator[MailHouseWorld]:
    """A shop whose two sources send their cards by the mail house."""
    lines = (f'[sources.{one}]\nroutes = {{ postcard = "mailhouse" }}\n' for one in ("crm", OTHER))
    Path("sayso.toml").write_text("".join(lines), "utf-8")
    yield MailHouseWorld(Place(make_house(database_url=database_url, **STILL)))
