"""GET /api/messages and the manners of our own door: pages, filters, methods, slashes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.conftest import House
from tests.handing_in import get, handed_in, sms, token
from tests.standing import standing
from tests.vendors import plain_http


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Sayso under a prefix in a host's app."""
    with standing(tmp_path_factory.mktemp("host"), "/shop/sayso") as house:
        yield house


def ask(house: House, method: str, path: str) -> requests.Response:
    """Any method, as the CRM."""
    return plain_http().request(method, house.url + path, headers=token(house), timeout=10)


def test_next_keeps_every_filter_and_where_we_are_mounted(mounted: House) -> None:
    mounted.source("reno", store="reno")
    ids = [handed_in(mounted, sms(purpose="repair_ready", body=f"Bangle {n}"), "reno")["id"] for n in range(3)]
    handed_in(mounted, sms(purpose="repair_ready", body="Bangle of another shop"))
    seen, path = [], "/api/messages?state=held&purpose=repair_ready&store=reno&q=bangle&limit=1"
    while path:
        page = get(mounted, path, mounted.staff()).json()
        seen += [message["id"] for message in page["messages"]]
        path = page["next"]
        if path:
            assert path.startswith("/shop/sayso/api/messages?")
            for kept in ("state=held", "purpose=repair_ready", "store=reno", "q=bangle", "limit=1"):
                assert kept in path
            path = path.removeprefix("/shop/sayso")
    assert seen == ids[::-1]


BAD = {
    "a misspelt filter": ("stat=held", "stat"),
    "a filter twice": ("state=held&state=sent", "state"),
    "a state that is none": ("state=lost", "lost"),
    "a page after nonsense": ("after=1", "after"),
    "a page after a CRM's id": ("after=SM" + "0" * 32, "after"),
    "a page after small letters": ("after=01jd0000000000000000000000", "after"),
    "no limit": ("limit=", "limit"),
    "too many": ("limit=201", "limit"),
    "a limit in other digits": ("limit=%D9%A1", "limit"),
    "a long question": ("q=" + "x" * 201, "q"),
    "nul": ("q=%00", "q"),
}


@pytest.mark.parametrize(("query", "named"), BAD.values(), ids=BAD)
def test_a_query_that_cannot_be_met_is_400_and_says_which_part(mounted: House, query: str, named: str) -> None:
    answer = get(mounted, f"/api/messages?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert named in answer.json()["detail"]


@pytest.mark.parametrize(
    "query", ["q=", "state=&purpose=&store=&q=", "q=%ff%fe", "q=%27%20OR%201=1", "q=%25", "q=+%2B"]
)
def test_an_empty_filter_is_none_and_an_odd_question_finds_nothing_or_all(mounted: House, query: str) -> None:
    assert get(mounted, f"/api/messages?{query}").status_code == 200


ALLOWED = {
    "/api/messages": "GET, HEAD, POST",
    "/api/messages/x": "GET, HEAD",
    "/api/messages/x/withdraw": "POST",
    "/api/messages/x/approve": "POST",
    "/api/decisions": "POST",
    "/api/purposes": "GET, HEAD",
    "/api/counts": "GET, HEAD",
    "/api/openapi.json": "GET, HEAD",
}


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS"])
def test_another_method_is_405_and_says_which_are_allowed(mounted: House, method: str, path: str) -> None:
    answer = ask(mounted, method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, ALLOWED[path])
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/messages", "/api/purposes", "/api/openapi.json"])
def test_a_trailing_slash_and_a_head_are_the_same_place(mounted: House, path: str) -> None:
    assert ask(mounted, "GET", f"{path}/").json() == ask(mounted, "GET", path).json()
    head = ask(mounted, "HEAD", path)
    assert (head.status_code, head.content) == (200, b"")


def test_a_read_of_a_withdrawn_message_and_the_counts(mounted: House) -> None:
    taken = handed_in(mounted)["id"]
    before = get(mounted, "/api/counts", mounted.staff()).json()
    withdrawn = ask(mounted, "POST", f"/api/messages/{taken}/withdraw")
    assert (withdrawn.status_code, withdrawn.json()["stop_reason"]) == (200, "withdrawn")
    after = get(mounted, "/api/counts", mounted.staff()).json()
    assert (after["held"], after["stopped"]) == (before["held"] - 1, before["stopped"] + 1)
