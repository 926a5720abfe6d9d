"""Step 6: the CRM hears what its vendor's client expects, from us alone."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

from sayso import issue, store
from tests.conftest import House
from tests.relaying import delivered
from tests.stillness import still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN
from tests.walk import approved, decide, dispatched, hand_in, look, relayed, relays, sent, told, withdraw

__all__ = ["still"]  # fixtures from elsewhere


@pytest.mark.parametrize(
    "path",
    ["/cb", "/", "", "/cb?order=8812&x=a%20b", "/cb?a=1&a=2", "/a/../b", "/%C3%A9?q=%2F+%26", "/cb?x=1#rc=5"],
    ids=["plain", "root", "no-path", "query", "query-twice", "dots", "escapes", "fragment"],
)
def test_the_vendors_own_validator_accepts_what_we_relay(still: House, path: str):
    delivered(still, path)
    relayed(still)
    heard, given = still.crm.posts()[0], still.source()["twilio"]
    # what the CRM's framework rebuilds: its own address and the path as it came over the wire
    url = still.crm.url + ("" if path == "" else heard.path)
    assert RequestValidator(given["auth_token"]).validate(url, heard.form, heard.headers["x-twilio-signature"])
    assert heard.headers["content-type"].startswith("application/x-www-form-urlencoded")


def test_nothing_of_the_vendors_account_is_in_any_relayed_byte(still: House):
    sid = sent(still, StatusCallback=still.crm.url + "/cb")
    message = still.twilio.messages[0]
    more = {"SmsSid": "SM" + "5" * 32, "Media": f"/Accounts/{VENDOR_SID}/Messages/{message['sid']}/Media"}
    for status in ("sent", "delivered"):
        assert still.twilio.call_back(message, status, **more).status_code == 204
    relayed(still)
    token = message["StatusCallback"].partition("#")[0].rpartition("/")[2]
    for heard in still.crm.posts():
        everything = repr((heard.path, heard.headers, heard.body))
        for secret in (VENDOR_SID, VENDOR_TOKEN, token, message["sid"], more["SmsSid"], still.url):
            assert secret not in everything
        assert heard.form["MessageSid"] == heard.form["SmsSid"] == sid
    assert len(still.crm.posts()) == 2


def test_every_further_field_of_the_vendors_callback_reaches_the_crm(still: House):
    sent(still, StatusCallback=still.crm.url + "/cb")
    still.twilio.call_back(still.twilio.messages[0], "undelivered", ErrorCode="30003", RawDlrDoneDate="2611212301")
    relayed(still)
    heard = still.crm.posts()[0].form
    assert (heard["ErrorCode"], heard["RawDlrDoneDate"]) == ("30003", "2611212301")


def test_after_a_rotation_the_new_secret_signs(still: House):
    delivered(still)
    old = still.source()["twilio"]
    fresh = still.store.write(lambda tx: issue.rotate(tx, store.find_source(tx, name="crm")))["twilio"]
    relayed(still)
    heard = still.crm.posts()[0]
    url, signature = still.crm.url + "/cb", heard.headers["x-twilio-signature"]
    assert RequestValidator(fresh["auth_token"]).validate(url, heard.form, signature)
    assert not RequestValidator(old["auth_token"]).validate(url, heard.form, signature)


def test_the_secret_of_one_source_never_signs_what_another_hears(still: House):
    sid = approved(still, "north", StatusCallback=still.crm.url + "/cb")
    still.source("south")
    decide(still, sid, "undo")
    decide(still, sid, "reject")
    relayed(still)
    heard = still.crm.posts()[0]
    url, signature = still.crm.url + "/cb", heard.headers["x-twilio-signature"]
    accepts = {
        name: RequestValidator(still.source(name)["twilio"]["auth_token"]).validate(url, heard.form, signature)
        for name in ("north", "south")
    }
    assert accepts == {"north": True, "south": False}


def test_a_crm_that_asked_to_hear_nothing_hears_nothing(still: House):
    sid = sent(still)
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    relayed(still)
    assert (relays(still, sid), still.crm.heard) == ([], [])


def test_a_withdrawal_is_told_once_as_canceled(still: House):
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    withdraw(still, sid)
    withdraw(still, sid)
    relayed(still)
    assert told(still) == ["canceled"]


def test_a_failed_send_is_told_with_our_id(still: House):
    sid = approved(still, StatusCallback=still.crm.url + "/cb")
    still.twilio.fault = (400, {}, b'{"code": 21614, "message": "not a mobile"}')
    dispatched(still)
    relayed(still)
    assert (told(still), still.crm.posts()[0].form["MessageSid"]) == (["failed"], sid)
    assert look(still, sid).state == "failed"
