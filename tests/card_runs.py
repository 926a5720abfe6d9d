"""A shop that posts its cards by file: its settings, its files, and the paces of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sayso import dispatch, store, sweep
from sayso.message import Message
from sayso.shopyear import cards
from sayso.shopyear.cards import Cards
from sayso.store import Batch
from tests.commands import ran, said
from tests.conftest import House
from tests.storytelling import confirm, tell

SOURCE, NAME = "pos", "Birthday mailer"
ROUTES = '[sources.pos]\nroutes = { postcard = "mailhouse", letter = "mailhouse" }\n'
HEADINGS = "name,line1,city,region,postal_code,ring,gift_code,signed_by"
KAYLA = "Kayla Reed,12 Oak St,Reno,NV,89501,opal,GC-1,Shelby"
SCOTT = "Scott Miller,5 Elm St,Reno,NV,89502,ruby,GC-2,Shelby"
PAGE = "<h1>Happy birthday, {{first_name}}!</h1><!-- back --><p>Your {{ring}} ring. {{gift_code}}</p>{{signature}}"
PNG = cards.SIGNATURE


def use_the_mail_house(more: str = "") -> None:
    """Let the source's cards go by the mail house; said in the settings file of this folder."""
    Path("sayso.toml").write_text(ROUTES + more, "utf-8")


def written(*lines: str, headings: str = HEADINGS, file: str = "cards.csv", page: str = PAGE) -> tuple[str, ...]:
    """A file of cards and its template, as the words of a command."""
    Path(file).write_text("\n".join((headings, *lines)) + "\n", "utf-8")
    Path("card.html").write_text(page, "utf-8")
    return (file, "--template", "card.html", "--channel", "postcard", "--source", SOURCE)


def import_run(house: House, *words: object, status: int = 0, name: str = NAME) -> Any:
    """What the import says of a run."""
    return said(house, "batch", "import", *words, "--name", name, "--purpose", "birthday", status=status)


def refusal(house: House, *words: object, name: str = NAME) -> str:
    """What is said of a run that is not taken at all."""
    return ran(house, "batch", "import", *words, "--name", name, status=1).stderr


def hand_in_month(house: House, count: int) -> tuple[Cards, tuple[str, ...]]:
    """A month's cards with all that the shop knows of their people, and the words that import them."""
    month = cards.make_cards(7, datetime.now(UTC), count)
    tell(house, SOURCE, **month.facts)
    confirm(house, "shelby@hartwell.example.com", source=SOURCE, occasions=month.vouched)
    Path("month.csv").write_text(month.file, "utf-8")
    Path("month.html").write_text(cards.TEMPLATE, "utf-8")
    Path("shelby.png").write_bytes(cards.SIGNATURE)
    words = ("month.csv", "--template", "month.html", "--channel", "postcard", "--source", SOURCE)
    return month, (*words, "--signed-by", cards.SIGNER, "--signature", "shelby.png")


def look_at_all(house: House) -> None:
    """Let every piece that came in be looked at."""
    while any(piece.state == "received" for piece in pieces(house)):
        sweep.run_due(house.runtime)


def send_all(house: House) -> None:
    """Let everything leave whose time has come."""
    while dispatch.run_due(house.runtime):
        pass


def run_of(house: House, name: str = NAME) -> Batch:
    """The run of that name."""
    with house.store.read() as tx:
        return store.read_runs(tx, named=name)[0]


def pieces(house: House, name: str = NAME) -> list[Message]:
    """The pieces of a run in the order of its file."""
    with house.store.read() as tx:
        found = list(store.all_pieces(tx, store.read_runs(tx, named=name)[0].id))
    return sorted(found, key=lambda piece: int(dict(piece.content.metadata)["line"]))
