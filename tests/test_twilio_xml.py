"""A path that does not end in `.json` is answered in XML, errors too; what is said is the same."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from tests.conftest import House
from tests.standing import PICTURES, PLAIN, call
from tests.standing_alone import alone
from tests.walk import withdraw

__all__ = ["alone"]  # fixtures from elsewhere


def read(answer: Any) -> ElementTree.Element:
    """The one element within a TwilioResponse."""
    assert answer.headers["Content-Type"] == "application/xml", answer.text
    root = ElementTree.fromstring(answer.content)  # noqa: S314  # our own
    assert root.tag == "TwilioResponse"
    (inner,) = root
    return inner


def camel(name: str) -> str:
    """A JSON key as an element's name."""
    return "".join(word.capitalize() for word in name.split("_"))


@pytest.mark.parametrize("suffix", ["", ".xml"])
def test_a_message_says_in_xml_what_it_says_in_json(alone: House, suffix: str) -> None:
    created = read(call(alone, "POST", f"/Messages{suffix}", data=PLAIN | {"Body": f"<b>Grüße</b> & 💍 {suffix}"}))
    sid = created.findtext("Sid")
    fetched = read(call(alone, "GET", f"/Messages/{sid}{suffix}"))
    said = call(alone, "GET", f"/Messages/{sid}.json").json()

    assert ElementTree.tostring(created) == ElementTree.tostring(fetched)
    assert fetched.tag == "Message"
    assert [one.tag for one in fetched] == [camel(name) for name in said]
    for name, value in said.items():
        if not name.endswith(("uri", "uris")):
            assert (fetched.findtext(camel(name)) or None) == (value if value is None else str(value) or None)
    assert fetched.findtext("Uri") == said["uri"].removesuffix(".json")
    assert fetched.findtext("SubresourceUris/Media") == f"{fetched.findtext('Uri')}/Media"


def test_a_list_in_xml_has_the_envelope_as_attributes_and_pages_that_can_be_followed(alone: House) -> None:
    made = [
        read(call(alone, "POST", "/Messages", data=PLAIN | {"Body": f"page {n}"})).findtext("Sid") for n in range(3)
    ]
    first = read(call(alone, "GET", "/Messages?PageSize=2"))

    assert (first.tag, {one.tag for one in first}) == ("Messages", {"Message"})
    assert {name: first.get(name) for name in ("page", "pagesize", "start", "end", "previouspageuri")} == {
        "page": "0",
        "pagesize": "2",
        "start": "0",
        "end": "1",
        "previouspageuri": "",
    }
    given = alone.source()["twilio"]
    following = requests.get(
        alone.url + str(first.get("nextpageuri")), auth=(given["account_sid"], given["auth_token"]), timeout=10
    )
    found = [one.findtext("Sid") for one in (*first, *read(following))]
    assert found[:3] == made[::-1]


def test_a_cancel_a_deletion_and_media_speak_xml(alone: House) -> None:
    sid = read(call(alone, "POST", "/Messages", data=PLAIN | {"MediaUrl": list(PICTURES)})).findtext("Sid")

    listed = read(call(alone, "GET", f"/Messages/{sid}/Media"))
    assert (listed.tag, [one.tag for one in listed]) == ("MediaList", ["Media", "Media"])
    one = read(call(alone, "GET", f"/Messages/{sid}/Media/{listed.findtext('Media/Sid')}.xml"))
    assert (one.tag, one.findtext("ParentSid"), one.findtext("ContentType")) == ("Media", sid, "image/jpeg")
    assert read(call(alone, "POST", f"/Messages/{sid}", data={"Status": "canceled"})).findtext("Status") == "canceled"
    gone = call(alone, "DELETE", f"/Messages/{sid}/Media/{one.findtext('Sid')}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert read(call(alone, "POST", f"/Messages/{sid}", data={"Body": ""})).findtext("NumMedia") == "0"
    assert call(alone, "DELETE", f"/Messages/{sid}").status_code == 204


def test_a_forwarded_read_speaks_xml(alone: House) -> None:
    account = read(call(alone, "GET", ""))

    assert (account.tag, account.findtext("Sid")) == ("Account", alone.source()["twilio"]["account_sid"])


ERRORS: dict[str, tuple[str, str, dict[str, Any], int, int]] = {
    "400": ("POST", "/Messages", {"data": PLAIN | {"To": "Kayla"}}, 400, 21211),
    "401": ("POST", "/Messages", {"data": PLAIN, "auth": None}, 401, 20003),
    "404": ("GET", "/Messages/SM" + "0" * 32, {}, 404, 20404),
    "404_media": ("GET", "/Messages/SM" + "0" * 32 + "/Media", {}, 404, 20404),
    "404_place": ("GET", "/Calls", {}, 404, 20404),
    "405": ("PUT", "/Messages", {}, 405, 20004),
    "405_options": ("OPTIONS", "/Messages.xml", {}, 405, 20004),
    "409": ("DELETE", "/Messages/{held}", {}, 409, 20009),
    "413": ("POST", "/Messages", {"data": b"a" * 1_000_001}, 413, 20413),
    "415": ("POST", "/Messages", {"json": PLAIN}, 415, 20415),
}


@pytest.mark.parametrize(("method", "path", "more", "status", "code"), ERRORS.values(), ids=ERRORS)
def test_an_error_in_xml_has_the_four_elements(
    alone: House, *, method: str, path: str, more: dict[str, Any], status: int, code: int
) -> None:
    held = call(alone, "POST", data=PLAIN | {"Body": "held for an error"}).json()["sid"]

    answer = call(alone, method, path.format(held=held), **more)

    error = read(answer)
    assert (answer.status_code, error.tag) == (status, "RestException")
    assert {one.tag: one.text for one in error if one.tag != "Message"} == {
        "Code": str(code),
        "MoreInfo": f"https://www.twilio.com/docs/errors/{code}",
        "Status": str(status),
    }
    assert error.findtext("Message")


def test_a_failure_of_ours_speaks_xml_too(alone: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("sayso_providers.twilio.accept", break_down)

    assert read(call(alone, "POST", "/Messages", data=PLAIN)).findtext("Code") == "20500"
    assert call(alone, "POST", "/Messages.json", data=PLAIN).json()["code"] == 20500


def test_what_xml_cannot_hold_is_replaced_and_the_rest_is_readable(alone: House) -> None:
    body = "bell \x07 nul \x00 end \uffff ok"
    made = call(alone, "POST", "/Messages", data=PLAIN | {"Body": body})

    assert read(made).findtext("Body") == "bell \ufffd nul \ufffd end \ufffd ok"


@pytest.mark.parametrize("path", ["/Messages.json", "/Messages"])
def test_head_has_the_headers_of_get(alone: House, path: str) -> None:
    head, get = call(alone, "HEAD", path), call(alone, "GET", path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_a_message_that_was_withdrawn_by_json_is_canceled_in_xml(alone: House) -> None:
    sid = call(alone, "POST", data=PLAIN | {"Body": "both formats"}).json()["sid"]
    withdraw(alone, sid)

    assert read(call(alone, "GET", f"/Messages/{sid}")).findtext("Status") == "canceled"
