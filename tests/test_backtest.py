"""`sayso backtest`: one changed cell shows exactly the messages that it changes, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from sayso.store import tables
from tests.commands import ran, said
from tests.conftest import House, MakeHouse
from tests.deciding import text
from tests.storytelling import KAYLA, SCOTT, Json, ago, couple, mail, ring, tell, texted

NEWS, HOW = "New rings are in. Reply STOP to opt out.", "How was your purchase?"
PARTNER = '[purposes.order_status]\npartner = "stop"\n'
OFFERS = '[purposes.marketing]\npartner = "allow"\n'


@pytest.fixture
def house(make_house: MakeHouse, database_url: str) -> House:
    """A house on each database in which nothing moves by itself."""
    return make_house(start=False, database_url=database_url)


@pytest.fixture
def quick(make_house: MakeHouse) -> House:
    """The same on SQLite alone."""
    return make_house(start=False)


def yes(who: str) -> Json:
    """Somebody agreed to offers by text."""
    return {"person": who, "channel": "sms", "purpose": "marketing", "status": "granted", "at": ago(days=3)}


def known(house: House) -> None:
    """Kayla and Scott are together; he bought a ring that is no surprise, and agreed to offers by text."""
    lists = couple(purchases=[ring(surprise=False)], consents=[yes("scott")])
    tell(house, **{name: items for name, items in lists.items() if name != "wishlists"})


def offer(house: House) -> Json:
    """An offer by e-mail to Kayla, who bought nothing and agreed to nothing."""
    return mail(house, "kayla@example.com", "New rings are in.", purpose="marketing")


def on_its_way(house: House, to: str = KAYLA) -> Json:
    """News of Scott's order."""
    return texted(house, "Your order is on its way.", to=to, purpose="order_status")


def policy(tmp_path: Path, words: str) -> Path:
    """Another sayso.toml."""
    file = tmp_path / "new.toml"
    file.write_text(words, "utf-8")
    return file


def judged(house: House, tmp_path: Path, words: str = "", since: str = "30d") -> Json:
    """What a backtest says of another policy."""
    return dict(said(house, "backtest", "--settings", policy(tmp_path, words), "--since", since))


def rows(house: House) -> list[int]:
    """How much is in each table."""
    with house.store.read() as tx:
        return [tx.connection.execute(select(func.count()).select_from(one)).scalar() or 0 for one in every_table()]


def every_table() -> list[object]:
    """Every table of ours."""
    return list(tables.metadata.sorted_tables)


def test_one_changed_cell_shows_exactly_the_messages_that_it_changes(house: House, tmp_path: Path) -> None:
    known(house)
    changed = on_its_way(house)
    on_its_way(house, SCOTT)
    offer(house)
    texted(house, "Your order is on its way.", to="+17755550199", purpose="order_status")
    before = rows(house)
    found = judged(house, tmp_path, PARTNER)
    assert [(one["id"], one["purpose"], one["from"], one["to"]) for one in found["changes"]] == [
        (changed["id"], "order_status", "held", "stopped")
    ]
    assert found["changes"][0]["reason"].startswith("Would tell Kayla")
    assert (found["of"], found["other_findings"]) == (4, [])
    assert rows(house) == before


def test_it_is_said_in_words_too(quick: House, tmp_path: Path) -> None:
    known(quick)
    message = on_its_way(quick)
    printed = ran(quick, "backtest", "--settings", policy(tmp_path, PARTNER)).stdout
    assert "1 messages judged again; 1 would have gone another way." in printed
    assert f"{message['id']} order_status: held → stopped. Would tell Kayla" in printed


def test_what_is_found_no_more_is_the_reason(make_house: MakeHouse, tmp_path: Path) -> None:
    Path("sayso.toml").write_text('burst_brake = "1/600"\n')
    house = make_house(start=False)
    for _ in range(4):
        text(house, purpose="order_status")
    found = judged(house, tmp_path, 'burst_brake = "off"\n')
    assert {(one["from"], one["to"]) for one in found["changes"]} == {("held", "sign_off")}
    assert found["changes"][0]["reason"].startswith("No longer: Far more messages than usual")
    assert found["checks"] == {"burst_brake": {"before": len(found["changes"]), "after": 0}}


def test_a_purpose_that_is_cleared_by_itself_is_a_change_with_its_reason(quick: House, tmp_path: Path) -> None:
    text(quick, purpose="order_status")
    found = judged(quick, tmp_path, "[purposes.order_status]\nauto_clear = true\n")
    assert [(one["from"], one["to"], one["reason"]) for one in found["changes"]] == [
        ("sign_off", "cleared", "The same is found; its purpose goes another way.")
    ]


def test_a_message_that_waits_for_another_reason_too_is_named_apart(quick: House, tmp_path: Path) -> None:
    known(quick)
    message = offer(quick)
    found = judged(quick, tmp_path, OFFERS)
    assert (found["changes"], found["other_findings"]) == ([], [message["id"]])


def test_a_policy_that_is_the_same_changes_nothing(quick: House, tmp_path: Path) -> None:
    known(quick)
    on_its_way(quick)
    found = judged(quick, tmp_path)
    assert (found["changes"], found["checks"], found["moves"]) == (
        [],
        {},
        [{"from": "held", "to": "held", "count": 1}],
    )


def test_messages_that_came_later_do_not_count(quick: House, tmp_path: Path) -> None:
    known(quick)
    for n in range(3):
        sid = text(quick, f"Offer {n} is in. Reply STOP to opt out.", to=SCOTT, purpose="marketing")
        assert quick.decide(sid, "approve").status_code == 200
    moves = {(one["from"], one["to"]): one["count"] for one in judged(quick, tmp_path)["moves"]}
    assert moves == {("sign_off", "sign_off"): 2, ("held", "held"): 1}


def test_a_burst_counts_what_had_come_by_then(make_house: MakeHouse, tmp_path: Path) -> None:
    house = make_house(start=False, burst_brake="3/600")
    messages = [house.message(text(house, purpose="order_status")) for _ in range(6)]
    braked = sum(bool(message["findings"]) for message in messages)
    moves = {(one["from"], one["to"]): one["count"] for one in judged(house, tmp_path)["moves"]}
    assert moves == {("sign_off", "sign_off"): 6 - braked, ("held", "held"): braked}
    assert braked == 3


def test_a_message_is_judged_at_the_moment_at_which_it_came(quick: House, tmp_path: Path) -> None:
    text(quick, HOW, purpose="purchase_feedback")
    quick.clock.forward(days=60)
    assert judged(quick, tmp_path, since="90d")["moves"] == [{"from": "sign_off", "to": "sign_off", "count": 1}]


def test_facts_count_as_they_are_known_now(quick: House, tmp_path: Path) -> None:
    text(quick, HOW, to=KAYLA, purpose="purchase_feedback")
    tell(quick, **couple(purchases=[ring(surprise=True)]))
    assert judged(quick, tmp_path)["moves"] == [{"from": "stopped", "to": "stopped", "count": 1}]


def test_older_messages_are_not_looked_at(quick: House, tmp_path: Path) -> None:
    text(quick, HOW)
    quick.clock.forward(days=8)
    text(quick, "Hello again")
    assert judged(quick, tmp_path, since="1w")["of"] == 1


def test_words_that_staff_changed_are_judged_as_they_came(quick: House, tmp_path: Path) -> None:
    sid = text(quick, "Dear {{name}}, your ring is ready.", purpose="order_status")
    assert quick.decide(sid, "edit", body="Dear Kayla, your ring is ready.").status_code == 200
    assert judged(quick, tmp_path)["moves"] == [{"from": "held", "to": "held", "count": 1}]


def test_what_the_crm_erased_is_left_out_and_counted(quick: House, tmp_path: Path) -> None:
    sid = text(quick, HOW, purpose="purchase_feedback")
    quick.decide(sid, "reject", reason="not_wanted")
    quick.clock.forward(minutes=5)
    quick.client().messages(sid).update(body="")
    found = judged(quick, tmp_path)
    assert (found["of"], found["left_out"]["erased"]) == (0, 1)


def test_more_than_a_page_is_looked_at(quick: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.reporting.PAGE", 2)
    for _ in range(5):
        text(quick)
    assert judged(quick, tmp_path)["of"] == 5


@pytest.mark.parametrize(
    ("words", "named"),
    [
        pytest.param('[purposes.marketing]\npartner = "perhaps"\n', "new.toml line 2", id="no verdict"),
        pytest.param('[purposes.receipt]\npartner = "allow"\n', "new.toml line 2", id="would tell"),
        pytest.param("[purposes\n", "is not TOML", id="no TOML"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(quick: House, tmp_path: Path, words: str, named: str) -> None:
    assert named in ran(quick, "backtest", "--settings", policy(tmp_path, words), status=1).stderr


def test_a_file_that_is_not_there_is_refused(quick: House, tmp_path: Path) -> None:
    assert "none.toml" in ran(quick, "backtest", "--settings", tmp_path / "none.toml", status=1).stderr


@pytest.mark.parametrize("since", ["30", "d", "0d", "30 days", "-3d"])
def test_a_time_that_cannot_be_read_is_wrong_usage(quick: House, tmp_path: Path, since: str) -> None:
    ran(quick, "backtest", "--settings", policy(tmp_path, ""), "--since", since, status=2)
