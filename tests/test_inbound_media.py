"""A picture that somebody sent: its CRM finds it at our own door, and nobody else finds it at all."""

from __future__ import annotations

import socket

import pytest
import requests

from tests.conftest import House
from tests.stillness import still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, Heard, Server, serve
from tests.walk import relayed, sent
from tests.writing_back import hears, write_back

__all__ = ["still"]  # fixtures from elsewhere
ME = "ME" + "d" * 32
PICTURE = b"\x89PNG\r\n" + bytes(range(256)) * 20


def picture(house: House, *names: str) -> list[str]:
    """Where the CRM is told that the pictures of an MMS are."""
    hears(house)
    account = f"https://api.twilio.com/2010-04-01/Accounts/{VENDOR_SID}/Messages/MM{'1' * 32}/Media/"
    links = {f"MediaUrl{n}": name if "/" in name else account + name for n, name in enumerate(names)}
    types = {f"MediaContentType{n}": "image/png" for n in range(len(names))}
    write_back(house, "look", NumMedia=str(len(names)), MessageSid="MM" + "1" * 32, **links, **types)
    relayed(house)
    form = house.crm.posts()[-1].form
    return [form[f"MediaUrl{n}"] for n in range(len(names))]


def get(house: House, url: str, name: str = "crm") -> requests.Response:
    """A picture as that source would ask for it."""
    given = house.source(name)["twilio"]
    return requests.get(url, auth=(given["account_sid"], given["auth_token"]), timeout=10)


def keep_at(house: House, elsewhere: Server | None, kind: str = "image/png") -> None:
    """The vendor has the picture, or sends whoever asks elsewhere."""

    def answer(heard: Heard) -> tuple[int, dict[str, str], bytes]:
        if elsewhere:
            return 307, {"Location": f"{elsewhere.url}/kept/{VENDOR_SID}?signed=1"}, b""
        return 200, {"Content-Type": kind}, PICTURE

    house.vendor.answer = answer


def test_the_crm_is_sent_to_our_own_door_and_gets_the_picture_there(still: House) -> None:
    (url,) = picture(still, ME)
    given = still.source()["twilio"]
    assert url.startswith(f"{still.url}/2010-04-01/Accounts/{given['account_sid']}/Messages/MM")
    assert VENDOR_SID not in url
    keep_at(still, None)
    answer = get(still, url)
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, PICTURE, "image/png")
    assert (answer.headers["Content-Disposition"], answer.headers["X-Content-Type-Options"]) == (
        "attachment",
        "nosniff",
    )
    asked = still.vendor.heard[-1]
    assert asked.path == f"/2010-04-01/Accounts/{VENDOR_SID}/Messages/MM{'1' * 32}/Media/{ME}"
    assert asked.headers["authorization"].startswith("Basic ")


def test_the_vendors_redirect_is_followed_without_our_key_and_unseen_by_the_crm(still: House) -> None:
    (url,) = picture(still, ME)
    with serve(lambda heard: (200, {"Content-Type": "image/png; charset=x"}, PICTURE)) as elsewhere:
        keep_at(still, elsewhere)
        answer = get(still, url)
        assert (answer.status_code, answer.content, answer.history) == (200, PICTURE, [])
        assert VENDOR_SID not in repr(dict(answer.headers))
        (asked,) = elsewhere.heard
        assert "authorization" not in asked.headers
        assert VENDOR_TOKEN not in repr(asked)


def test_a_redirect_into_our_own_network_is_not_followed(still: House) -> None:
    (url,) = picture(still, ME)
    for place in ("http://169.254.169.254/latest", "https://10.0.0.1/", "https://[::1]/", "file:///etc/passwd"):
        still.vendor.answer = lambda heard, place=place: (302, {"Location": place}, b"")
        assert get(still, url).status_code == 503


def test_a_redirect_to_a_machine_of_ours_is_not_even_knocked_at(still: House) -> None:
    (url,) = picture(still, ME)
    with socket.create_server(("127.0.0.1", 0)) as canary:
        port = canary.getsockname()[1]
        still.vendor.answer = lambda heard: (302, {"Location": f"https://localhost:{port}/"}, b"")
        assert get(still, url).status_code == 503
        canary.settimeout(0)
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_a_redirect_that_never_ends_is_given_up(still: House) -> None:
    (url,) = picture(still, ME)
    still.vendor.answer = lambda heard: (302, {"Location": heard.path}, b"")
    assert get(still, url).status_code == 503
    assert len([heard for heard in still.vendor.heard if heard.method == "GET"]) == 4


def test_a_page_that_claims_to_be_a_picture_is_no_page_of_ours(still: House) -> None:
    (url,) = picture(still, ME)
    keep_at(still, None, "text/html\x0b<script>")
    answer = get(still, url)
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_nobody_else_gets_it_and_other_names_are_not_there(still: House) -> None:
    (url,) = picture(still, ME)
    keep_at(still, None)
    theirs = url.replace(still.source()["twilio"]["account_sid"], still.source("other")["twilio"]["account_sid"])
    statuses = [
        get(still, theirs, "other").status_code,
        get(still, url, "other").status_code,
        requests.get(url, timeout=10).status_code,
        get(still, url.replace(ME, "ME" + "e" * 32)).status_code,
    ]
    assert statuses == [404, 401, 401, 404]
    assert [heard for heard in still.vendor.heard if heard.method == "GET"] == []


def test_a_vendor_that_has_it_no_more_or_does_not_answer_is_told_apart(still: House) -> None:
    (url,) = picture(still, ME)
    for status, told in ((404, 404), (500, 503), (401, 503), (0, 503)):
        still.vendor.answer = lambda heard, status=status: (status, {}, b"")
        answer = get(still, url)
        assert (answer.status_code, f"<Code>20{told}</Code>" in answer.text) == (told, True)
        assert VENDOR_SID not in answer.text


def test_a_picture_kept_in_a_place_that_we_do_not_know_is_not_passed_on(still: House) -> None:
    links = picture(still, ME, f"https://elsewhere.example/{VENDOR_SID}/cat.png")
    assert (links[0] != "", links[1]) == (True, "")


def test_of_what_goes_out_there_is_still_no_picture_here(still: House) -> None:
    sid = sent(still, MediaUrl="https://shop.example/ring.jpg")
    given = still.source()["twilio"]
    answer = get(still, f"{still.url}/2010-04-01/Accounts/{given['account_sid']}/Messages/{sid}/Media/{ME}")
    assert (answer.status_code, "at your own MediaUrl" in answer.text) == (404, True)
