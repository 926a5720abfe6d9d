"""The hand-over list of a run and its report: exactly what went out, who got none and why."""

from __future__ import annotations

import csv
import io
import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from sayso import dispatch
from sayso.batching import handover, outcome
from sayso.message import Sent
from sayso_providers import mailhouse
from tests.card_runs import (
    KAYLA,
    NAME,
    SCOTT,
    SOURCE,
    import_run,
    look_at_all,
    pieces,
    run_of,
    send_all,
    use_the_mail_house,
    written,
)
from tests.commands import ran, said
from tests.conftest import House, MakeHouse
from tests.walk import lose_lease, swept


@pytest.fixture
def shop(make_house: MakeHouse) -> House:
    """A house with no threads of its own, whose point of sale posts its cards by the mail house."""
    use_the_mail_house()
    house = make_house(start=False)
    house.source(SOURCE)
    import_run(house, *written(KAYLA, SCOTT))
    look_at_all(house)
    return house


def decide(shop: House, n: int, kind: str, **more: str) -> None:
    """One decision on a card, and what follows from it."""
    assert shop.decide(pieces(shop)[n].crm_id, kind, **more).status_code == 200
    send_all(shop)


def rows(file: str) -> list[dict[str, str]]:
    """The rows of a list."""
    with Path(file).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_the_list_has_the_signed_off_and_never_the_stopped(shop: House) -> None:
    decide(shop, 0, "approve")
    decide(shop, 1, "reject", reason="wrong_person")
    assert said(shop, "batch", "export", NAME, "list.csv")["count"] == 1
    (kayla,) = rows("list.csv")
    assert (kayla["name"], kayla["line1"], kayla["ring"]) == ("Kayla Reed", "12 Oak St", "opal")
    assert (kayla["gift_code"], kayla["signed_by"]) == ("GC-1", "Shelby")


def test_only_its_owner_can_read_the_list_and_no_file_is_written_over(shop: House) -> None:
    decide(shop, 0, "approve")
    ran(shop, "batch", "export", NAME, "list.csv")
    assert stat.S_IMODE(Path("list.csv").stat().st_mode) == 0o600
    assert "is there already" in ran(shop, "batch", "export", NAME, "list.csv", status=1).stderr


def test_before_the_cut_off_the_list_says_until_when_on_the_shops_clock(make_house: MakeHouse) -> None:
    use_the_mail_house('[policy]\ntime_zone = "America/Los_Angeles"\n')
    house = make_house(start=False)
    house.source(SOURCE)
    import_run(house, *written(KAYLA), "--cut-off", "2040-11-27T16:00")
    assert "(27 Nov 2040, 16:00)" in ran(house, "batch", "export", NAME, "early.csv", status=1).stderr


@pytest.mark.parametrize("words", [("export", NAME, "there.csv"), ("report", NAME, "--csv", "there.csv")])
def test_a_command_that_would_write_over_a_file_says_so_and_leaves_it(shop: House, words: tuple[str, ...]) -> None:
    decide(shop, 0, "approve")
    Path("there.csv").write_text("mine", "utf-8")
    refused = ran(shop, "batch", *words, status=1)
    assert "there.csv is there already; give another name." in refused.stderr
    assert Path("there.csv").read_text("utf-8") == "mine"


def test_a_file_that_cannot_be_written_is_told_in_one_sentence(shop: House) -> None:
    Path("away.csv").symlink_to("nowhere/list.csv")
    assert ran(shop, "batch", "report", NAME, "--csv", "away.csv", status=1).stderr.count("\n") == 1


def test_in_test_mode_the_cards_come_onto_a_list_that_says_of_each_that_it_is_not_to_be_printed(
    make_house: MakeHouse,
) -> None:
    use_the_mail_house()
    house = make_house(start=False, mode="test")
    house.source(SOURCE)
    import_run(house, *written(KAYLA, SCOTT))
    look_at_all(house)
    doctor = {look["check"]: look["ok"] for look in said(house, "doctor", status=1)}
    assert doctor["accounts"], "cards that wait for a list miss no keys"
    for n in (0, 1):
        decide(house, n, "approve")
    swept(house)
    told = ran(house, "batch", "export", NAME, "list.csv").stdout
    assert "2 of them were signed off in test mode. Print none." in told
    assert [row["TEST MODE"] for row in rows("list.csv")] == ["DO NOT PRINT"] * 2


def test_the_trail_says_who_took_the_list(shop: House) -> None:
    decide(shop, 0, "approve")
    handover.hand_over(shop.runtime, run_of(shop), "staff:ana")
    with shop.store.read() as tx:
        found = tx.connection.exec_driver_sql("SELECT actor FROM sayso_trail WHERE event = 'handed_over'").all()
    assert [row[0] for row in found] == ["staff:ana"]


def test_a_second_list_says_what_is_new(shop: House) -> None:
    decide(shop, 0, "approve")
    ran(shop, "batch", "export", NAME, "first.csv")
    decide(shop, 1, "approve")
    again = said(shop, "batch", "export", NAME, "second.csv")
    assert (again["count"], again["added"]) == (2, 1)
    assert [(row["name"], row["added"]) for row in rows("second.csv")] == [("Kayla Reed", ""), ("Scott Miller", "new")]


def test_there_is_no_list_while_nothing_is_signed_off(shop: House) -> None:
    assert "nothing was signed off" in ran(shop, "batch", "export", NAME, "list.csv", status=1).stderr
    assert not Path("list.csv").exists()


def test_a_report_says_who_got_none_and_which_codes_are_unused(shop: House) -> None:
    decide(shop, 0, "approve")
    decide(shop, 1, "reject", reason="wrong_person")
    told = said(shop, "batch", "report", NAME, "--csv", "missing.csv")
    assert told["counts"] == {"went out": 1, "stopped": 1}
    assert [(one["line"], one["why"], one["unused_gift_code"]) for one in told["missing"]] == [
        (3, "Somebody said no.", "GC-2")
    ]
    assert [(row["to"], row["unused_gift_code"]) for row in rows("missing.csv")] == [
        ("Scott Miller, 5 Elm St, Reno, NV 89502, US", "GC-2")
    ]


def test_a_code_that_still_waits_is_not_called_unused_and_is_shown_nowhere(shop: House) -> None:
    told = ran(shop, "batch", "report", NAME).output
    assert "waiting: It waits for a yes." in told
    assert "GC-" not in told


def test_the_report_has_the_lines_that_did_not_get_in(shop: House) -> None:
    import_run(shop, *written("Nate Charles,,Reno,NV,89501,jade,GC-7,Shelby"), name="Another", status=1)
    (missing,) = said(shop, "batch", "report", "Another")["missing"]
    assert (missing["to"], missing["where"], missing["unused_gift_code"]) == ("Nate Charles", "did not get in", "GC-7")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_kept_a_text(cell: str) -> None:
    assert handover.safe(cell) == f"'{cell}"
    assert handover.safe("12 Oak St") == "12 Oak St"


def test_a_card_made_out_to_somebody_else_is_on_the_list_with_its_code_which_is_not_unused(shop: House) -> None:
    card, code = pieces(shop)[0], dict(pieces(shop)[0].content.metadata)["gift_code"]
    home = {"name": "Sarah Ives", "line1": "5 Elm St", "city": "Reno", "region": "NV", "postal_code": "89501"}
    body = {"version": card.version, "content_hash": card.content_hash, "to": json.dumps(home)}
    url, mia = f"/api/messages/{card.id}/redirect", shop.staff("mia@example.com", "manager")
    made = shop.app.test_client().post(url, json=body, headers=mia)
    assert made.status_code == 201, made.text
    assert shop.decide(str(made.json["id"]), "approve").status_code == 200
    send_all(shop)
    with shop.store.read() as tx:
        assert code not in outcome.outcome(tx, run_of(shop)).unused
    listed = csv.DictReader(io.StringIO(handover.hand_over(shop.runtime, run_of(shop), "ana").text))
    assert [(row["name"], row["gift_code"]) for row in listed] == [("Sarah Ives", code)]


class Dies:
    """The mail house, in a process that ends while cards are put on its list."""

    def __getattr__(self, name: str) -> object:
        return getattr(mailhouse, name)

    def send(self, *_: object, **__: object) -> Sent:
        """The process is over."""
        raise KeyboardInterrupt


def test_cards_that_a_process_had_in_hand_as_it_died_go_back_and_stand_on_the_list_once(shop: House) -> None:
    for card in pieces(shop):
        assert shop.decide(card.crm_id, "approve").status_code == 200
    with pytest.raises(KeyboardInterrupt):
        dispatch.run_due(replace(shop.runtime, providers={**shop.runtime.providers, "mailhouse": Dies()}))
    assert [card.state for card in pieces(shop)] == ["sending", "sending"]
    lose_lease(shop)
    assert [card.state for card in pieces(shop)] == ["cleared", "cleared"]
    send_all(shop)
    listed = csv.DictReader(io.StringIO(handover.hand_over(shop.runtime, run_of(shop), "ana").text))
    assert [row["name"] for row in listed] == ["Kayla Reed", "Scott Miller"]
