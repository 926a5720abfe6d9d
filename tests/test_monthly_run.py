"""The monthly run as a story: 742 cards from a file, 17 that need eyes, two people's yes, a list for the printer."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from sayso import carrying, signing, store
from sayso.signing import Asked
from sayso.store import Signing, Staff
from tests import card_runs
from tests.card_runs import NAME, SOURCE
from tests.commands import ran, said
from tests.conftest import House, MakeHouse
from tests.walk import person

CARDS = 742
SHOP = '[stores.reno]\napprovers = ["ana@hartwell.example.com", "ben@hartwell.example.com"]\n'
FOUND = {
    "divorced": {"ex_partner", "recipient_role"},
    "died": {"deceased"},
    "may have died": {"deceased"},
    "surprise": {"embargo"},
    "signed by Wren": {"signer_left"},
    "shared address": {"recipient_role", "shared_endpoint"},
}
"""What is found in each of the cards that need eyes."""


@pytest.fixture
def shop(make_house: MakeHouse, database_url: str) -> House:
    """A house with no threads of its own, whose point of sale posts its cards by the mail house."""
    card_runs.use_the_mail_house(SHOP)
    house = make_house(start=False, database_url=database_url)
    house.source(SOURCE, store="reno")
    return house


def test_the_monthly_run_posts_exactly_what_two_people_signed_off(shop: House) -> None:
    month, words = card_runs.hand_in_month(shop, CARDS)
    cut_off = shop.clock() + timedelta(hours=30)
    taken = card_runs.import_run(shop, *words, "--cut-off", cut_off.isoformat())
    assert (taken["total"], taken["taken"], taken["left_out"]) == (CARDS, CARDS, [])

    card_runs.look_at_all(shop)
    eyes = {int(dict(one.content.metadata)["line"]): one for one in card_runs.pieces(shop) if one.findings}
    found = {line: {finding.check for finding in one.findings} for line, one in eyes.items()}
    assert found == {line: FOUND[case] for line, case in month.cases.items()}
    assert Counter(month.cases.values())["shared address"] == 11
    assert len(found) == 17

    ana, ben = person(shop, "ana@hartwell.example.com"), person(shop, "ben@hartwell.example.com", "manager")
    begun = sign_the_clear(shop, ana)
    assert begun.agreed_at is None  # what is printed needs both
    card_runs.send_all(shop)
    assert states(shop) == {"held": CARDS}
    assert agree(shop, ben, begun).count == CARDS - 17
    card_runs.send_all(shop)
    assert states(shop) == {"held": 17, "cleared": CARDS - 17}  # until the cut-off each can be taken back

    assert "cut-off" in ran(shop, "batch", "export", NAME, "early.csv", status=1).stderr
    shop.clock.forward(hours=31)
    card_runs.send_all(shop)
    assert states(shop) == {"held": 17, "sent": CARDS - 17}
    assert said(shop, "batch", "export", NAME, "cards.csv")["count"] == CARDS - 17
    handed = {row["gift_code"] for row in csv.DictReader(Path("cards.csv").read_text("utf-8").splitlines())}
    wanted = {row["gift_code"] for n, row in enumerate(month.rows, 2) if n not in month.cases}
    assert handed == wanted
    assert shop.twilio.messages == []  # nothing left by network

    for one in eyes.values():
        shop.decide(one.crm_id, "reject", "ana@hartwell.example.com", reason="wrong_person")
    missing = said(shop, "batch", "report", NAME)["missing"]
    assert {one["line"]: one["unused_gift_code"] for one in missing} == {
        line: month.rows[line - 2]["gift_code"] for line in month.cases
    }
    assert all(one["why"].startswith("Somebody said no. ") for one in missing)


def sign_the_clear(shop: House, first: Staff) -> Signing:
    """One say-so for all in which nothing was found."""
    batch, now = card_runs.run_of(shop), shop.clock()
    mine = signing.sight(shop.runtime.read_policy(), first)
    with shop.store.read() as tx:
        items = store.listed(tx, batch.id, mine, clear=True)
        asked = Asked("approve", signing.digest(tx, items), items[-1][0], now, str(len(items)))
    return signing.sign(shop.runtime, first, batch, asked)


def agree(shop: House, second: Staff, begun: Signing) -> Signing:
    """The second look of somebody else, carried out."""
    signing.agree(shop.runtime, second, begun.id, str(begun.count))
    while carrying.run_due(shop.runtime):
        pass
    with shop.store.read() as tx:
        return store.signings(tx, begun.batch_id)[0]


def states(shop: House) -> dict[str, int]:
    """How many cards are where."""
    return dict(Counter(str(one.state) for one in card_runs.pieces(shop)))
