"""The filters of Lob's lists, as its clients write them: what is asked for, all of it, and page by page."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.lob_house import TO, Printing, press, shared, still_lob
from tests.test_lob_door import assert_lob_error
from tests.test_lob_lists import follow, ids

__all__ = ["press", "shared", "still_lob"]  # fixtures from elsewhere

DAY = timedelta(days=1)


def listed(press: Printing, query: str, path: str = "/postcards") -> list[str]:
    """The ids that a list has."""
    answer = press.call("GET", f"{path}?{query}")
    assert answer.status_code == 200, answer.text
    return ids(answer.json())


def walked(press: Printing, query: str) -> list[str]:
    """The ids of all pages, one after the other, and the same again on the way back."""
    page = press.call("GET", f"/postcards?{query}").json()
    found, back = ids(page), []
    while page["next_url"]:
        page = follow(press, page["next_url"])
        found += ids(page)
    while page["previous_url"]:
        page = follow(press, page["previous_url"])
        back = ids(page) + back
    assert found[: len(back)] == back
    return found


def days_ahead(press: Printing, days: int) -> str:
    """A send date, as Lob writes one."""
    at = press.house.clock() + timedelta(days=days)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture
def five(still_lob: Printing) -> list[str]:
    """Five cards, one an hour, that go 9, 1, 5 days later, at once, and 3 days later."""
    made = []
    for days in (9, 1, 5, 0, 3):
        made.append(still_lob.create(send_date=days_ahead(still_lob, days) if days else None)["id"])
        still_lob.house.clock.forward(hours=1)
    return made


SORTED = {
    "sort_by[date_created]=asc": (0, 1, 2, 3, 4),
    "sort_by[date_created]=desc": (4, 3, 2, 1, 0),
    "sort_by[send_date]=asc": (3, 1, 4, 2, 0),
    "sort_by[send_date]=desc": (0, 2, 4, 1, 3),
    f"sort_by={quote(json.dumps({'send_date': 'asc'}))}": (3, 1, 4, 2, 0),
    "sort_by[send_date]=asc&scheduled=true": (1, 4, 2, 0),
    "sort_by[send_date]=desc&scheduled=False": (3,),
    "sort_by=%7B%7D": (4, 3, 2, 1, 0),
}


@pytest.mark.parametrize("size", [2, 10])
@pytest.mark.parametrize("query", SORTED)
def test_a_list_is_sorted_and_paged_both_ways(still_lob: Printing, five: list[str], query: str, size: int) -> None:
    assert walked(still_lob, f"{query}&limit={size}") == [five[n] for n in SORTED[query]]


def test_what_goes_at_the_same_time_is_on_some_page_once(still_lob: Printing) -> None:
    at = days_ahead(still_lob, 2)
    made = [still_lob.create(send_date=at)["id"] for _ in range(5)]
    assert sorted(walked(still_lob, "sort_by[send_date]=asc&limit=2")) == sorted(made)


@pytest.mark.parametrize("sign", ["gt", "gte", "lt", "lte"])
@pytest.mark.parametrize("field", ["date_created", "send_date"])
def test_a_bound_is_held_against_what_a_piece_shows(
    still_lob: Printing, five: list[str], field: str, sign: str
) -> None:
    rows = still_lob.call("GET", "/postcards").json()["data"]
    edge = rows[2][field]
    fits = {"gt": edge.__lt__, "gte": edge.__le__, "lt": edge.__gt__, "lte": edge.__ge__}[sign]
    wanted = [row["id"] for row in rows if fits(row[field])]
    assert wanted
    for query in (f"{field}[{sign}]={edge}", f"{field}={quote(json.dumps({sign: edge}))}"):
        assert walked(still_lob, f"{query}&limit=2") == wanted


def test_several_bounds_hold_at_once_and_a_day_is_a_whole_day(still_lob: Printing, five: list[str]) -> None:
    now = still_lob.house.clock()
    day = (now + 5 * DAY).date().isoformat()
    assert listed(still_lob, f"send_date={day}") == [five[2]]
    between = f"send_date[gte]={(now + DAY).date()}&send_date[lt]={day}"
    assert listed(still_lob, between) == [five[4], five[1]]
    assert listed(still_lob, f"date_created[gt]={(now + DAY).date()}") == []
    with_zone = (now + timedelta(hours=9)).replace(tzinfo=None).isoformat() + "%2B09:00"
    assert listed(still_lob, f"date_created[gt]={with_zone}") == []


def test_the_total_is_that_of_the_filter(still_lob: Printing, five: list[str]) -> None:
    still_lob.create(metadata={"run": "May"})
    for query, total in (("scheduled=true", 4), ("scheduled=false", 2), ("metadata[run]=May", 1), ("status=failed", 0)):
        page = still_lob.call("GET", f"/postcards?limit=1&include[]=total_count&{query}").json()
        assert (query, page["total_count"]) == (query, total)


CHOSEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "size=6x9": ("/postcards", ("large", "slow")),
    "size[]=6x9&size[]=4x6": ("/postcards", ("large", "plain", "slow")),
    "size[0]=6x9&size[1]=4x6": ("/postcards", ("large", "plain", "slow")),
    "size=6x9&size=4x6": ("/postcards", ("large", "plain", "slow")),
    f"size={quote(json.dumps(['6x9', '4x6']))}": ("/postcards", ("large", "plain", "slow")),
    "size=6x11": ("/postcards", ()),
    "mail_type=usps_standard": ("/postcards", ("slow",)),
    "mail_type=usps_first_class": ("/postcards", ("large", "plain")),
    "size=6x9&mail_type=usps_first_class": ("/postcards", ("large",)),
    "status=processed": ("/postcards", ("large", "plain", "slow")),
    "status=rendered": ("/postcards", ()),
    "color=true": ("/letters", ("color",)),
    "color=False": ("/letters", ("gray",)),
}


@pytest.mark.parametrize("query", CHOSEN)
def test_what_only_the_piece_itself_says_is_filtered_by_too(press: Printing, query: str) -> None:
    """And what Lob takes where nothing was said counts as said."""
    made = {
        "plain": press.create()["id"],
        "large": press.create(size="6x9")["id"],
        "slow": press.create(size="6x9", mail_type="usps_standard")["id"],
        "color": press.create("/letters")["id"],
        "gray": press.create("/letters", color=False)["id"],
    }
    path, wanted = CHOSEN[query]
    assert sorted(listed(press, query, path)) == sorted(made[name] for name in wanted)
    if path == "/postcards":
        assert sorted(walked(press, f"{query}&limit=1")) == sorted(made[name] for name in wanted)


@pytest.mark.parametrize("metadata", ["metadata[run]=May", f"metadata={quote(json.dumps({'run': 'May'}))}"])
def test_metadata_and_another_filter_hold_together_in_any_order(
    still_lob: Printing, five: list[str], metadata: str
) -> None:
    made = [still_lob.create(metadata={"run": run}, size="6x9")["id"] for run in ("May", "June", "May", "May")]
    may = [made[0], made[2], made[3]]
    assert walked(still_lob, f"{metadata}&size=6x9&limit=1&sort_by[date_created]=asc") == may
    assert walked(still_lob, f"{metadata}&limit=2") == may[::-1]
    assert walked(still_lob, f"{metadata}&scheduled=true") == []


REFUSED = [
    "campaign_id=cmp_1",
    "color=true",
    "status=mailed",
    "size=a4",
    "size=",
    "size[0][x]=6x9",
    "size=%5B%226x9%22",
    "mail_type=pigeon",
    "scheduled=perhaps",
    "sort_by=send_date",
    "sort_by[size]=asc",
    "sort_by[send_date]=up",
    "sort_by[send_date]=asc&sort_by[date_created]=asc",
    "date_created[gt]=soon",
    "date_created[ge]=2026-01-01",
    "date_created[gt]=0001-01-01T00:00:00%2B14:00",
    "send_date=9999-12-31",
    "send_date[gt][x]=2026-01-01",
    "send_date=%7B%22gt%22:5%7D",
    "include=everything",
    "include[]=total_count&size=6x9",
    "include[]=total_count&status=processed",
    "metadata=May",
    "metadata=%7B%22run%22:5%7D",
]


@pytest.mark.parametrize("query", REFUSED)
def test_a_filter_that_cannot_be_answered_is_refused_by_its_name(press: Printing, query: str) -> None:
    answer = press.call("GET", f"/postcards?{query}")
    assert answer.status_code == 422
    assert_lob_error(answer, 422, answer.json()["error"]["code"])
    assert query.partition("=")[0].partition("[")[0].replace("include", "total_count") in (
        answer.json()["error"]["message"].replace("include", "total_count")
    )


def test_addresses_are_listed_by_when_they_were_added(still_lob: Printing) -> None:
    made = []
    for n in range(4):
        made.append(still_lob.call("POST", "/addresses", json=TO | {"metadata": {"even": str(n % 2 == 0)}}).json())
        still_lob.house.clock.forward(hours=1)
    query = f"date_created[gt]={made[0]['date_created']}&date_created[lte]={made[2]['date_created']}"
    page = still_lob.call("GET", f"/addresses?{query}&limit=1&include[]=total_count").json()
    assert (ids(page), page["total_count"]) == ([made[2]["id"]], 2)
    assert ids(follow(still_lob, page["next_url"])) == [made[1]["id"]]
    assert listed(still_lob, f"{query}&metadata[even]=True", "/addresses") == [made[2]["id"]]
    for wrong in ("size=4x6", "sort_by[date_created]=asc", "include=total_count&metadata[a]=b"):
        assert_lob_error(still_lob.call("GET", f"/addresses?{wrong}"), 422, "invalid")
