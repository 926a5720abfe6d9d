"""The worlds of Twilio and SendGrid, and of CRMs with their own client libraries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from sendgrid import EventWebhook, SendGridAPIClient
from twilio.request_validator import RequestValidator

from sayso.message import Account
from tests.conftest import MakeHouse
from tests.contract.world import OTHER, STILL, Callback, Place, Told, saying
from tests.fake_sendgrid import API_KEY, SIGNATURE, TIMESTAMP, EventKey, FakeSendGrid
from tests.vendors import VENDOR_SID, VENDOR_TOKEN, FakeTwilio, Heard, Server, serve

JSON = {"Content-Type": "application/json"}
SHOP, PEOPLE = "+14155550100", {"crm": "+14155550123", OTHER: "+14155550188"}
MAILS = {"crm": "kayla@example.com", OTHER: "rebecca.canary@example.com"}
NAMES = {"crm": "Kayla Reed", OTHER: "Rebecca Canary"}


@dataclass
class TwilioWorld:
    """Twilio, and CRMs with `twilio`."""

    place: Place
    fake: FakeTwilio
    vendor: Server
    tokens = (VENDOR_TOKEN, "dc" * 16, "00" * 16)
    secrets = (VENDOR_TOKEN, VENDOR_SID)
    DELIVERED, NO, WAIT = "delivered", "21211", 90
    ELSEWHERE = THERE = "+14155550177"
    TOLD: ClassVar[Mapping[str, str]] = {"delivered": "delivered", "failed": "failed"}

    def hand_in(self, source: str, words: str) -> str:
        sms = {"to": PEOPLE[source], "from_": SHOP, "body": words, "smart_encoded": True, "attempt": 1}
        client = self.place.house.client(source)
        return str(client.messages.create(**sms, max_price=1.5, status_callback=self.place.hears_at(source)).sid)

    def asked(self, words: str) -> object:
        form = {"To": PEOPLE["crm"], "From": SHOP, "Body": words}
        return form | {"SmartEncoded": "true", "Attempt": "1", "MaxPrice": "1.5"}

    def took(self) -> list[object]:
        ours = ("sid", "StatusCallback")
        return [{name: value for name, value in one.items() if name not in ours} for one in self.fake.messages]

    def vendor_ids(self) -> list[str]:
        return [one["sid"] for one in self.fake.messages]

    def told(self, heard: Heard, source: str) -> Told:
        token, form = self.place.house.source(source)["twilio"]["auth_token"], heard.form
        assert RequestValidator(token).validate(
            self.place.hears_at(source), form, heard.headers["x-twilio-signature"]
        ), "not signed with the issued token"
        assert form["MessageSid"] == form["SmsSid"]
        assert form["AccountSid"] == self.place.house.source(source)["twilio"]["account_sid"]
        return Told(form["MessageSid"], form["MessageStatus"], form.get("ErrorCode"))

    def look_around(self, source: str, crm_id: str) -> None:
        given = self.place.house.source(source)["twilio"]
        login, at = given["account_sid"], "/2010-04-01/Accounts/"
        paths = (
            ".json",
            "/Messages.json",
            f"/Messages/{crm_id}.json",
            f"/Messages/{crm_id}/Media.json",
            "/Balance.json",
        )
        for path in paths:
            self.place.get(f"{at}{login}{path}.json", headers={}, auth=(login, given["auth_token"]))
        self.place.get(f"{at}{VENDOR_SID}/Messages.json", headers={}, auth=(login, given["auth_token"]))

    def callback(self, word: str, *, key: int = 0, ago: float = 0) -> Callback:
        sent = self.fake.messages[-1]
        url, form = sent["StatusCallback"].partition("#")[0], {"MessageSid": sent["sid"], "SmsSid": sent["sid"]}
        form |= {"AccountSid": VENDOR_SID, "From": SHOP, "To": sent["To"], "MessageStatus": word, "SmsStatus": word}
        form["FutureUri"] = f"/2010-04-01/Accounts/{VENDOR_SID}/Messages/{sent['sid']}.json"
        signature = RequestValidator(self.tokens[key]).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return Callback(url, headers, urlencode(form).encode())

    def is_refusal(self, said: Mapping[str, object]) -> bool:
        return set(said) == {"code", "message", "more_info", "status"} and isinstance(said["code"], int)

    def saying(self, what: str) -> AbstractContextManager[None]:
        no = {"code": 21211, "message": f"Not from {VENDOR_SID} {VENDOR_TOKEN}", "status": 400}
        busy = {"Retry-After": str(self.WAIT)}
        answers = {"busy": (429, busy, b"{}"), "forbidden": (403, {}, b"{}"), "no": (400, {}, json.dumps(no).encode())}
        return saying(self.vendor, what, answers)

    def elsewhere(self, account: Account) -> Account:
        return replace(account, api_url="http://127.0.0.1:1")


@contextmanager
def with_twilio(make_house: MakeHouse, database_url: str, rotating: bool = False) -> Iterator[TwilioWorld]:
    """Twilio signs with the account's primary token, so during a change both stand in an account of their own."""
    if rotating:
        keys = f'account_sid = "{VENDOR_SID}"\nauth_token = "{TwilioWorld.tokens[1]}"\n'
        Path("sayso.toml").write_text(f'[accounts.next]\nprovider = "twilio"\n{keys}', "utf-8")
    house = make_house(database_url=database_url, **STILL)
    yield TwilioWorld(Place(house), house.twilio, house.vendor)


@dataclass
class SendGridWorld:
    """SendGrid, and CRMs with `sendgrid`."""

    place: Place
    fake: FakeSendGrid
    vendor: Server
    keys: tuple[EventKey, ...]
    secrets = (API_KEY,)
    DELIVERED, NO, WAIT = "delivered", "from.email", 90
    ELSEWHERE = THERE = "scott@example.com"
    TOLD: ClassVar[Mapping[str, str]] = {"delivered": "delivered", "failed": "dropped"}

    def hand_in(self, source: str, words: str) -> str:
        client = SendGridAPIClient(self.place.house.source(source)["sendgrid"]["api_key"], host=self.place.house.url)
        return str(client.send(self.mail(source, words)).headers["X-Message-Id"])

    def asked(self, words: str) -> object:
        return self.mail("crm", words)

    @staticmethod
    def mail(source: str, words: str) -> dict[str, Any]:
        copy = [{"email": f"boss.of.{source}@example.com", "name": "Bo"}]
        own = {"to": [{"email": MAILS[source], "name": NAMES[source]}], "cc": copy, "headers": {"X-Order": "8812"}}
        file = {"content": "UERG", "filename": "ring.pdf", "type": "application/pdf", "disposition": "attachment"}
        return {
            "personalizations": [own | {"custom_args": {"order": "8812"}, "subject": "Your ring"}],
            "from": {"email": "shop@example.com", "name": "Smith & Söhne"},
            "reply_to": {"email": "office@example.com"},
            "subject": "A ring",
            "content": [{"type": "text/plain", "value": words}, {"type": "text/html", "value": f"<p>{words}</p>"}],
            "attachments": [file],
            "categories": ["rings"],
            "asm": {"group_id": 7},
            "tracking_settings": {"open_tracking": {"enable": False}},
        }

    def took(self) -> list[object]:
        found: list[object] = []
        for mail in json.loads(json.dumps(self.fake.mails)):
            mail.pop("id")
            for own in mail["personalizations"]:
                assert own["custom_args"].pop("sayso_message")
            found.append(mail)
        return found

    def vendor_ids(self) -> list[str]:
        return [mail["id"] for mail in self.fake.mails]

    def told(self, heard: Heard, source: str) -> Told:
        verifier = EventWebhook(self.place.house.source(source)["sendgrid"]["event_public_key"])
        signature, stamp = heard.headers[SIGNATURE.lower()], heard.headers[TIMESTAMP.lower()]
        assert verifier.verify_signature(heard.body.decode(), signature, stamp), "not signed with the issued key"
        event = json.loads(heard.body)[0]
        code = str(event.get("reason") or "").removeprefix("Invalid: ")
        return Told(event["sg_message_id"].partition(".")[0], event["event"], code or None)

    def look_around(self, source: str, crm_id: str) -> None:
        shown = {"Authorization": f"Bearer {self.place.house.source(source)['sendgrid']['api_key']}"}
        for path in ("/v3/scopes", "/v3/user/profile", f"/v3/messages/{crm_id}", "/v3/user/scheduled_sends"):
            self.place.get(path, headers=shown)

    def callback(self, word: str, *, key: int = 0, ago: float = 0) -> Callback:
        body = json.dumps([self.fake.event(self.fake.mails[-1], word)]).encode() + b"\r\n"
        signed = self.keys[key].signed(body, self.place.house.clock().timestamp() - ago)
        return Callback(f"{self.place.house.url}/callbacks/sendgrid", JSON | signed, body)

    def is_refusal(self, said: Mapping[str, object]) -> bool:
        listed = said["errors"]
        return isinstance(listed, list) and set(listed[0]) == {"message", "field", "help"}

    def saying(self, what: str) -> AbstractContextManager[None]:
        no = {"errors": [{"message": f"not with {API_KEY}", "field": "from.email", "help": None}]}
        reset = {"X-RateLimit-Reset": str(int(self.place.house.clock().timestamp()) + self.WAIT)}
        answers = {"busy": (429, reset, b"{}"), "forbidden": (403, {}, b"{}"), "no": (400, {}, json.dumps(no).encode())}
        return saying(self.vendor, what, answers)

    def elsewhere(self, account: Account) -> Account:
        return replace(account, api_url="http://127.0.0.1:1")


@contextmanager
def with_sendgrid(make_house: MakeHouse, database_url: str, rotating: bool = False) -> Iterator[SendGridWorld]:
    """A SendGrid that signs its events."""
    fake, keys = FakeSendGrid(), (EventKey(), EventKey(), EventKey())
    known = ", ".join(key.public for key in keys[: 2 if rotating else 1])
    with serve(fake.answer) as vendor:
        settings = {"sendgrid_api_key": API_KEY, "sendgrid_api_url": vendor.url, "sendgrid_event_public_key": known}
        place = Place(make_house(database_url=database_url, **STILL, **settings))
        for source in ("crm", OTHER):
            place.listen(source, "sendgrid_events")
        yield SendGridWorld(place, fake, vendor, keys)
