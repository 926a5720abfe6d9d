"""What a CRM sees of Lob's door through Lob's own libraries, old and new, in two languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import walk
from tests.clients.install import HERE, Library, node_module, python_path
from tests.lob_house import SHOP, TO, Printing, piece, press, shared
from tests.test_lob_door import PDF

__all__ = ["press", "shared"]  # fixtures from elsewhere

LIBRARIES = (
    Library("python", "4.5.4", mode="4", package="lob"),
    Library("python", "5.2.1", mode="5", package="lob-python"),
    Library("node", "6.6.3", mode="older", package="lob"),
    Library("node", "7.1.0", mode="older", package="lob"),
    Library("node", "1.4.2", mode="typed", package="@lob/lob-typescript-sdk"),
)
WITH_FILES = ("4", "older")
"""The libraries that upload files."""


@dataclass
class Crm:
    """A CRM in a process of its own, which speaks through one library."""

    library: Library
    process: subprocess.Popen[str]
    press: Printing

    def ask(self, act: str, key: str = "", **given: Any) -> dict[str, Any]:
        """The library's answer to an act, or its error."""
        asked = {"url": self.press.base, "key": key or self.press.key(), "act": act, "given": given}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        heard = self.process.stdout.readline()
        assert heard, f"the CRM with {self.library} ended"
        return dict(json.loads(heard))

    def said(self, act: str, **given: Any) -> Any:
        """What an act that goes well gives."""
        heard = self.ask(act, **given)
        assert "said" in heard, heard
        return heard["said"]

    def refused(self, act: str, **given: Any) -> int:
        """The status of an act that goes wrong, in the library's own error."""
        heard = self.ask(act, **given)
        assert "error" in heard, heard
        assert heard["message"]
        return int(heard["status"])


@pytest.fixture(scope="module", params=LIBRARIES, ids=str)
def process(request: pytest.FixtureRequest) -> Iterator[tuple[Library, subprocess.Popen[str]]]:
    """A CRM's program with one library."""
    library: Library = request.param
    if library.language == "node":
        line, more = ["node", str(HERE / "lob_crm.js"), library.mode, node_module(library)], {}
    else:
        line, more = [sys.executable, str(HERE / "lob_crm.py"), library.mode], python_path(library)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(line, env=os.environ | more, text=True, **pipes) as running:
        yield library, running
        running.stdin.close()


@pytest.fixture
def crm(process: tuple[Library, subprocess.Popen[str]], press: Printing) -> Crm:
    """A CRM that has handed in nothing yet."""
    return Crm(*process, press)


def test_a_card_is_created_and_fetched_as_lob_would(crm: Crm) -> None:
    made = crm.said("create", **piece(metadata={"run": "May"}, **{"from": SHOP}))
    assert made["id"].startswith("psc_")
    assert made["to"]["name"] == "KAYLA REED"
    kept = walk.look(crm.press.house, made["id"])
    assert kept.content.words.endswith("for Kayla")
    assert kept.content.metadata == (("run", "May"),)
    assert kept.state == "held"
    seen = crm.said("fetch", id=made["id"])
    assert (seen["id"], seen["url"]) == (made["id"], made["url"])


def test_a_letter_is_created(crm: Crm) -> None:
    made = crm.said("letter", **piece("/letters"))
    assert made["id"].startswith("ltr_")
    assert walk.look(crm.press.house, made["id"]).content.sender == "Smith & Sons, 1 Main St, Reno, NV 89501, US"


def test_a_list_is_read(crm: Crm) -> None:
    made = [crm.said("create", **piece())["id"] for _ in range(3)][::-1]
    page = crm.said("list", limit=2)
    assert [one["id"] for one in page["data"]] == made[:2]
    assert page["count"] == 2


FILTERS: dict[str, tuple[dict[str, Any], tuple[int, ...]]] = {
    "several sizes": ({"size": ["6x9", "6x11"]}, (2, 1)),
    "how it is mailed": ({"mail_type": "usps_standard"}, (1,)),
    "a note": ({"metadata": {"run": "May"}}, (0,)),
    "since": ({"date_created": {"gte": "2020-01-01T00:00:00Z"}}, (2, 1, 0)),
    "until": ({"date_created": {"lt": "2020-01-01T00:00:00Z"}}, ()),
    "what is scheduled": ({"scheduled": True}, (2, 1)),
    "the oldest first": ({"sort_by": {"date_created": "asc"}}, (0, 1, 2)),
    "what goes first": ({"sort_by": {"send_date": "desc"}, "size": ["6x9", "6x11"]}, (1, 2)),
}


@pytest.mark.parametrize("what", FILTERS)
def test_a_list_is_filtered_and_sorted_as_the_library_writes_it(crm: Crm, what: str) -> None:
    """With brackets, with numbers in them, or with JSON in a value."""
    now = datetime.now(UTC)
    made = [
        crm.press.create(**given)["id"]
        for given in (
            {"metadata": {"run": "May"}},
            {"size": "6x9", "mail_type": "usps_standard", "send_date": (now + timedelta(days=9)).isoformat()},
            {"size": "6x11", "send_date": (now + timedelta(days=3)).isoformat()},
        )
    ]
    given, wanted = FILTERS[what]
    page = crm.said("list", limit=5, **given)
    assert [one["id"] for one in page["data"]] == [made[n] for n in wanted]


def test_the_total_is_told_as_the_library_asks(crm: Crm) -> None:
    for _ in range(2):
        crm.press.create()
    assert crm.said("list", limit=1, include=["total_count"])["total_count"] == 2


def test_a_card_that_waits_is_canceled_and_never_printed(crm: Crm) -> None:
    made = crm.said("create", **piece())
    assert crm.said("cancel", id=made["id"])["deleted"] is True
    assert walk.look(crm.press.house, made["id"]).stop_reason == "withdrawn"
    assert crm.press.lob.asked == []


def test_an_address_is_kept_and_used_by_its_id(crm: Crm) -> None:
    kept = crm.said("address", **TO)
    made = crm.said("create", **piece(to=kept["id"]))
    assert made["to"]["address_line1"] == "12 OAK ST"


def test_a_file_is_uploaded(crm: Crm, tmp_path: Path) -> None:
    if crm.library.mode not in WITH_FILES:
        pytest.skip("this library uploads no files")
    (tmp_path / "front.pdf").write_bytes(PDF)
    made = crm.said("create", **piece(front=None), path=str(tmp_path / "front.pdf"))
    kept = walk.look(crm.press.house, made["id"])
    assert ("front", "file:front.pdf") in kept.content.fields
    assert kept.content.part


REFUSED: dict[str, tuple[str, dict[str, Any], int]] = {
    "no such state": ("create", piece(to=TO | {"address_zip": "10001"}), 422),
    "no front": ("create", piece(front="hello"), 422),
    "unknown": ("fetch", {"id": "psc_0123456789abcdef"}, 404),
    "too late": ("cancel", {"id": "psc_0123456789abcdef"}, 404),
    "key": ("fetch", {"id": "psc_0123456789abcdef", "key": "live_wrong"}, 401),
    "a cursor that is none": ("list", {"after": "nothing"}, 422),
    "values that are a list": ("create", piece(merge_variables=["x"]), 422),
    "long html": ("create", piece(front=f"<p>{'x' * 10_000}</p>"), 422),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_is_the_librarys_own_error(crm: Crm, what: str) -> None:
    """No library takes one for a success."""
    act, given, status = REFUSED[what]
    assert crm.refused(act, **given) == status
    assert crm.press.call("GET", "/postcards").json()["data"] == []
