"""Facts at our own door: who may hand them in, with whose ids, and what a body that is not right hears."""

from __future__ import annotations

import json

import pytest
import requests

from sayso import store
from sayso.message import Fact
from sayso.telling import taking
from sayso.telling.lists import IN_LISTS, META
from tests.conftest import House
from tests.handing_in import handed_in, sms, token
from tests.stillness import still
from tests.test_openapi import SCHEMAS, check_answer
from tests.vendors import plain_http

__all__ = ["still"]
KAYLA = {"id": "kayla", "name": "Kayla Reed", "phones": ["+14155550123"]}
Body = dict[str, object]


def tell(house: House, body: object, headers: dict[str, str] | None = None) -> requests.Response:
    """Facts handed in, by the CRM unless told otherwise."""
    answer = plain_http().post(f"{house.url}/api/facts", json=body, headers=headers or token(house), timeout=30)
    check_answer(answer, "/api/facts")
    return answer


def known(house: House, kind: str, item_id: str, source: str = "crm") -> Fact | None:
    """The fact as it is stored."""
    with house.store.read() as tx:
        found = store.find_source(tx, name=source)
        assert found
        key = store.fact_key(tx.seal, found.id, kind, item_id)
        return store.get_facts(tx, [key]).get(key)


def told_of_them(house: House) -> list[tuple[str, str]]:
    """Who was made one, and who was parted."""
    with house.store.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT event, detail FROM sayso_trail WHERE event LIKE 'people_%'")
        return [(row[0], row[1]) for row in rows]


def test_a_bad_item_is_reported_and_the_rest_is_stored(still: House) -> None:
    answer = tell(still, {"purchases": [{"id": 1, "status": "payed"}], "people": [KAYLA, {"id": "b", "phones": "x"}]})
    assert answer.status_code == 207
    said = answer.json()
    assert said["stored"] == 1
    assert [(one["list"], one["index"], one["id"]) for one in said["refused"]] == [
        ("people", 1, "b"),
        ("purchases", 0, "1"),
    ]
    assert known(still, "people", "kayla")
    assert known(still, "people", "b") is None


def test_ids_may_be_named_before_their_items_come(still: House) -> None:
    assert tell(still, {"purchases": [{"id": "8812", "purchaser": "scott"}]}).json() == {"stored": 1, "refused": []}
    assert tell(still, {"people": [{"id": "scott"}]}).status_code == 200


def test_an_empty_body_is_taken(still: House) -> None:
    assert tell(still, {"people": None}).json() == {"stored": 0, "refused": []}


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"peple": []}, 400, "There is no list 'peple'; did you mean people?"),
        ({"gifts": []}, 400, "There is no list 'gifts'; there are people, relationships"),
        ({"people": KAYLA}, 400, "people must be a list."),
        ([KAYLA], 400, "The body must be a JSON object."),
        ({"source": "till", "people": [KAYLA]}, 400, "only staff name a source"),
        (
            {"people": [1] * 9000, "staff": [1] * 1001},
            413,
            "At most 10000 items a call, over all lists",
        ),
    ],
)
def test_what_is_not_the_shape_is_refused_whole(still: House, body: object, status: int, why: str) -> None:
    answer = tell(still, body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert why in answer.json()["detail"]
    assert known(still, "people", "kayla") is None


def test_a_body_may_be_larger_than_elsewhere_but_not_than_ten_megabytes(still: House) -> None:
    notes = [{"id": n, "notes": "x" * 3900} for n in range(400)]
    assert tell(still, {"repairs": notes}).status_code == 200
    assert tell(still, {"repairs": notes * 7}).status_code == 413


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("reviewer", 200), ("manager", 200)])
def test_who_may_not_decide_may_not_say_what_is_so(still: House, role: str, status: int) -> None:
    still.source()
    assert tell(still, {"people": [KAYLA]}, still.staff(f"{role}@example.com", role)).status_code == status


def test_what_staff_say_is_confirmed_by_them_now(still: House) -> None:
    still.source()
    tell(still, {"people": [KAYLA | {"source": "till 3"}]}, still.staff())
    kayla = known(still, "people", "kayla")
    assert kayla
    name = kayla.values["name"]
    assert (name.by, name.desk, name.at) == ("ana@example.com", True, name.heard_at)


def test_staff_use_the_ids_of_the_source_that_knows_them(still: House) -> None:
    tell(still, {"purchases": [{"id": "8812"}]}, token(still, "pos"))
    still.source("crm")
    embargo = {"embargoes": [{"id": "e1", "subject": "purchase/8812"}]}
    assert tell(still, embargo, still.staff()).status_code == 200
    assert known(still, "embargoes", "e1", "pos")


def test_staff_say_whose_ids_they_use_where_nobody_or_everybody_knows_them(still: House) -> None:
    for source in ("crm", "pos"):
        tell(still, {"people": [KAYLA]}, token(still, source))
    for person in ("kayla", "nobody"):
        answer = tell(still, {"people": [{"id": person}]}, still.staff())
        assert answer.status_code == 400
        assert answer.json()["detail"] == "Say whose ids these are, as source; there are crm, pos."
    assert tell(still, {"source": "pos", "people": [{"id": "kayla", "name": "K"}]}, still.staff()).status_code == 200
    assert [fact.text("name") for name in ("crm", "pos") if (fact := known(still, "people", "kayla", name))] == [
        "Kayla Reed",
        "K",
    ]
    assert tell(still, {"source": "till", "people": [KAYLA]}, still.staff()).status_code == 400


def test_staff_hear_when_there_is_no_source_at_all(still: House) -> None:
    assert "There is no source yet" in tell(still, {"people": [KAYLA]}, still.staff()).json()["detail"]


def test_two_people_are_made_one_and_parted_with_a_trail_that_names_nobody(still: House) -> None:
    tell(still, {"people": [KAYLA, {"id": "kr", "name": "K. Reed", "same_as": "kayla"}]})
    tell(still, {"people": [{"id": "kr", "same_as": "kayla"}]})
    tell(still, {"people": [{"id": "kr", "same_as": None}]})
    rows = told_of_them(still)
    assert [event for event, _ in rows] == ["people_merged", "people_parted"]
    one, other = known(still, "people", "kr"), known(still, "people", "kayla")
    assert one
    assert other
    assert json.loads(rows[0][1]) == json.loads(rows[1][1]) == {"person": one.key, "other": other.key}


@pytest.mark.parametrize("batches", [1, 3], ids=["at once", "one after the other"])
def test_people_who_are_each_other_in_a_circle_are_refused(still: House, batches: int) -> None:
    people = [{"id": "a", "same_as": "b"}, {"id": "b", "same_as": "c"}, {"id": "c", "same_as": "a"}]
    bodies = [people] if batches == 1 else [[person] for person in people]
    answers = [tell(still, {"people": body}).json() for body in bodies]
    assert [one["id"] for answer in answers for one in answer["refused"]] == ["c"]
    assert sum(answer["stored"] for answer in answers) == 2


def test_a_second_import_writes_nothing(still: House) -> None:
    body: Body = {"people": [KAYLA, {"id": "b", "deceased": True}], "purchases": [{"id": 1, "given_at": "2026-01-01"}]}
    tell(still, body)
    with still.store.read() as tx:
        before = tx.connection.exec_driver_sql("SELECT sealed FROM sayso_fact ORDER BY key").fetchall()
    assert tell(still, body).json() == {"stored": 3, "refused": []}
    with still.store.read() as tx:
        assert tx.connection.exec_driver_sql("SELECT sealed FROM sayso_fact ORDER BY key").fetchall() == before


def test_the_document_names_the_fields_of_every_list() -> None:
    assert set(SCHEMAS["Facts"]["properties"]) == {"source", *IN_LISTS}
    for kind, shape in IN_LISTS.items():
        described = SCHEMAS[f"Fact_{kind}"]
        assert set(described["properties"]) == {*shape.fields, *META}
        assert described.get("required", []) == list(shape.needed)


def test_that_nobody_can_be_looked_at_again_loses_no_fact(still: House) -> None:
    handed_in(still, sms(to="+14155550123"))
    still.store.write(lambda tx: tx.connection.exec_driver_sql("DROP TABLE sayso_rescreen"))
    assert tell(still, {"people": [KAYLA]}).json()["stored"] == 1
    assert known(still, "people", "kayla")


def test_more_than_one_chunk_is_stored_in_one_call(still: House) -> None:
    people = [{"id": n} for n in range(taking.CHUNK + 7)]
    assert tell(still, {"people": people}).json()["stored"] == taking.CHUNK + 7
    assert known(still, "people", str(taking.CHUNK + 6))
