"""An import that is killed in the middle, or given twice at once: nothing is lost, and nobody is in twice."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sayso import store
from sayso.batching import taking
from sayso.batching.rows import Order
from sayso.batching.taking import Run, Taken
from sayso.batching.template import read_template
from tests.card_runs import NAME, PAGE, SOURCE, import_run, pieces, run_of, use_the_mail_house, written
from tests.commands import said
from tests.conftest import House, MakeHouse
from tests.test_cli import SAYSO, surroundings

CARDS = 450
LINES = [f"Guest {n},{n + 1} Oak St,Reno,NV,89501,opal,GC-{n},Shelby" for n in range(CARDS)]
BAD = "Nobody,,Reno,NV,89501,opal,GC-x,Shelby"


def test_an_import_that_was_killed_goes_on_where_it_stopped(make_house: MakeHouse, tmp_path: Path) -> None:
    use_the_mail_house()
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    house = make_house(start=False, database_url=url)
    house.source(SOURCE)
    words = [*written(*LINES, BAD), "--name", NAME, "--purpose", "birthday"]
    known = {"database_url": url, "secret_key": str(house.app.config["SAYSO_SECRET_KEY"])}
    command = [*SAYSO, "batch", "import", *words]
    with subprocess.Popen(command, env=surroundings(known), stderr=subprocess.PIPE, text=True) as importing:
        assert importing.stderr
        heard = next(line for line in importing.stderr if " taken" in line)
        importing.kill()
    there = len(pieces(house))
    assert heard == f"200 of {CARDS} taken\n"
    assert (importing.returncode, there % taking.CHUNK) == (-9, 0)
    assert 0 < there < CARDS
    report = said(house, "batch", "report", NAME)
    left_out = [one["line"] for one in report["missing"] if one["where"] == "did not get in"]
    assert (report["total"], left_out) == (CARDS, [CARDS + 2])
    again = import_run(house, *words[:-4], status=1)
    assert (again["taken"], again["before"]) == (CARDS - there, there)
    assert len({piece.content.to for piece in pieces(house)}) == len(pieces(house)) == CARDS


def test_the_same_file_twice_at_once_stores_everybody_once(make_house: MakeHouse, postgres_url: str) -> None:
    use_the_mail_house()
    houses = [make_house(start=False, database_url=postgres_url) for _ in range(2)]
    houses[0].source(SOURCE)
    file = Path(written(*LINES)[0]).read_bytes()

    def take(house: House) -> Taken:
        with house.store.read() as tx:
            source = store.find_source(tx, name=SOURCE)
        assert source
        template = read_template(PAGE, "postcard", is_page=True)
        run = Run(source, NAME, file, Order("postcard", template, "birthday", bundle=template.bundle))
        return taking.take(house.runtime, taking.look_at(house.runtime, run), lambda done, of: None)

    with ThreadPoolExecutor() as at_once:
        both = list(at_once.map(take, houses))
    assert both[0].batch.id == both[1].batch.id
    assert len({piece.content.to for piece in pieces(houses[0])}) == len(pieces(houses[0])) == CARDS
    assert run_of(houses[0]).total == CARDS
