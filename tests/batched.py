"""Batches handed in as one request, screened, and looked at on the desk."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from sayso import intake, signing, store, sweep
from sayso.message import Content, Draft, Message
from sayso.signing import Asked
from sayso.store import Batch, Signing, Staff
from tests.conftest import House, MakeHouse

SHOP = "+12125550100"
MORNING = datetime(2026, 11, 23, 18, tzinfo=UTC)  # ten o'clock in Reno
CUT_OFF = datetime(2026, 11, 24, 0, tzinfo=UTC)  # four in the afternoon there
Toml = Callable[[str], House]
UNFILLED = "Dear {{first_name}}, happy birthday!"
"""Words with a merge field that nobody filled in: somebody must look."""


@pytest.fixture
def shop(make_house: MakeHouse, database_url: str, tmp_path: Path) -> Toml:
    """A house on each database, with a sayso.toml, in which nothing moves by itself and an undo lasts a minute."""

    def make(toml: str) -> House:
        (tmp_path / "sayso.toml").write_text(f'[policy]\ntime_zone = "America/Los_Angeles"\n{toml}')
        house = make_house(start=False, undo_seconds="20", database_url=database_url)
        house.clock.fixed = MORNING
        return house

    return make


@pytest.fixture
def house(shop: Toml) -> House:
    """The same, of a shop that says nothing of itself."""
    return shop("")


@pytest.fixture
def plain(make_house: MakeHouse) -> House:
    """On SQLite alone, for what no database can make a difference to."""
    house = make_house(start=False, undo_seconds="20")
    house.clock.fixed = MORNING
    return house


def pieces(count: int, *, unfilled: int = 0, channel: str = "postcard", name: str = "Birthday mailer") -> list[Draft]:
    """Drafts of one run to people who live apart, the last of them with words that need eyes."""
    return [_draft(n, channel, name, UNFILLED if n >= count - unfilled else "") for n in range(count)]


def _draft(n: int, channel: str, name: str, body: str) -> Draft:
    printed = channel == "postcard"
    to = f"Guest {n}, {n + 1} Oak St, Reno, NV 89501, US" if printed else f"+1415555{n:04d}"
    content = Content(
        to=(to,),
        sender=None if printed else SHOP,
        body=body or f"Dear guest {n}, happy birthday from all of us!",
        metadata=(("gift_code", f"GIFT-{n:04d}"),) if printed else (),
    )
    number, run = f"{n:016x}", f"{sum(map(ord, name)):08x}"
    crm_id, provider, purpose = f"psc_{number}{run}", "lob", "gift_card_mailer"
    if not printed:
        crm_id, provider, purpose = f"SM{run}{number}00000000", "twilio", "birthday"
    return Draft(channel, provider, crm_id, content, purpose=purpose, door="api", batch=name)


def handed_in(house: House, drafts: Sequence[Draft], source: str = "crm", *, looked: bool = True, **more: str) -> Batch:
    """The batch that drafts became, with all of its pieces looked at."""
    house.source(source, **more)
    with house.store.read() as tx:
        found = store.find_source(tx, name=source)
    assert found
    messages = intake.take_all(house.runtime, found, drafts)
    if looked:
        swept(house)
    with house.store.read() as tx:
        batch = store.find_batch(tx, str(messages[0].batch_id))
    assert batch
    return batch


def swept(house: House) -> None:
    """The sweep has looked until nothing is left to do."""
    for _ in range(2000):
        if not sweep.run_due(house.runtime):
            return
    raise AssertionError("there is always more to do")


def messages_of(house: House, batch: Batch) -> list[Message]:
    """Every piece, in the order it came in."""
    with house.store.read() as tx:
        sight = store.Sight(None, None)
        ids = sorted(store.seen_in(tx, batch.id, sight))
        return [found for found in (store.get(tx, one) for one in ids) if found]


def states(house: House, batch: Batch) -> list[str]:
    """Where each piece is."""
    return [str(message.state) for message in messages_of(house, batch)]


def signing_of(house: House, batch: Batch) -> Signing:
    """The latest signing of a batch."""
    with house.store.read() as tx:
        return store.signings(tx, batch.id)[0]


def asked(house: House, staff: Staff, batch: Batch, kind: str = "approve", typed: str | None = None) -> Asked:
    """What the form of the page says that this person sees now."""
    with house.store.read() as tx:
        mine = signing.sight(house.runtime.read_policy(), staff)
        items = store.listed(tx, batch.id, mine, clear=kind == "approve", by=tx.now)
        digest = signing.digest(tx, items)
    reason = "not_wanted" if kind == "reject" else None
    number = str(len(items)) if typed is None else typed
    return Asked(kind, digest, items[-1][0] if items else "", house.clock(), number, reason)


def begun(house: House, staff: Staff, batch: Batch, kind: str = "approve") -> Signing:
    """A signing of all that this person sees."""
    return signing.sign(house.runtime, staff, batch, asked(house, staff, batch, kind))


def read(house: House, browser: requests.Session, path: str = "", status: int = 200) -> str:
    """A page of the desk, as it is read."""
    answer = browser.get(f"{house.url}/desk{path}", timeout=60)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def lines(page: str) -> list[str]:
    """The ids of the messages that a page lists as lines, in its order."""
    return re.findall(r'<h2><a href="/desk/messages/(\w+)"', page)


def forms(page: str) -> dict[str, dict[str, str]]:
    """The forms of a batch's page by what they do, with their hidden fields."""
    found = {}
    for action, inside in re.findall(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', page, re.S):
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', inside))
        what = fields.get("kind") or action.rsplit("/", 1)[1]
        found[what] = {"action": action, **fields}
    return found


def press(house: House, browser: requests.Session, batch: Batch, what: str, **typed: str) -> requests.Response:
    """One of the forms of a batch's page, filled in."""
    page = read(house, browser, f"/batches/{batch.id}?now=1")
    return send(house, browser, forms(page)[what], **typed)


def send(house: House, browser: requests.Session, form: dict[str, str], **typed: str) -> requests.Response:
    """A form as a page showed it, sent."""
    data = {name: value for name, value in form.items() if name != "action"} | typed
    return browser.post(house.url + form["action"], data=data, timeout=60)
