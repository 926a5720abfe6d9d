"""Step 5: a callback is verified first, and no forgery is believed."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import requests
from twilio.request_validator import RequestValidator

from tests.conftest import House, MakeHouse
from tests.stillness import count_receipts, still
from tests.vendors import VENDOR_SID, VENDOR_TOKEN
from tests.walk import TO, incidents, sent

__all__ = ["still"]  # fixtures from elsewhere


def _form(message: dict[str, str], status: str = "delivered") -> dict[str, str]:
    same = {"AccountSid": VENDOR_SID, "From": message["From"], "To": message["To"], "ApiVersion": "2010-04-01"}
    ids = {"MessageSid": message["sid"], "SmsSid": message["sid"]}
    return ids | same | {"MessageStatus": status, "SmsStatus": status}


def _sign(url: str, form: dict[str, str], key: str = VENDOR_TOKEN) -> str:
    return str(RequestValidator(key).compute_signature(url, form))


class Forgery:
    """A signed callback that a test bends before it is posted."""

    def __init__(self, house: House) -> None:
        sent(house)
        message = house.twilio.messages[0]
        self.signed_url = self.url = message["StatusCallback"].partition("#")[0]
        self.form = _form(message)
        self.pairs = list(self.form.items())
        self.signature: str | None = _sign(self.url, self.form)
        self.headers: dict[str, str] = {}

    def sign(self, key: str = VENDOR_TOKEN) -> None:
        self.signature = _sign(self.signed_url, dict(self.pairs), key)

    def change(self, name: str, value: str) -> None:
        self.pairs = [(known, value if known == name else old) for known, old in self.pairs]

    def post(self) -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | self.headers
        if self.signature is not None:
            headers["X-Twilio-Signature"] = self.signature
        return requests.post(self.url, data=urlencode(self.pairs), headers=headers, timeout=10).status_code


def _flip(place: int) -> Callable[[Forgery], None]:
    def bend(forged: Forgery) -> None:
        letter = "A" if forged.signature[place] != "A" else "B"
        forged.signature = forged.signature[:place] + letter + forged.signature[place + 1 :]

    return bend


def _sets(name: str, value: str) -> Callable[[Forgery], None]:
    return lambda forged: forged.change(name, value)


def _adds(name: str, value: str) -> Callable[[Forgery], None]:
    return lambda forged: forged.pairs.append((name, value))


def _drops(name: str) -> Callable[[Forgery], None]:
    def bend(forged: Forgery) -> None:
        forged.pairs = [pair for pair in forged.pairs if pair[0] != name]

    return bend


def _signature(value: str | None) -> Callable[[Forgery], None]:
    return lambda forged: setattr(forged, "signature", value)


def _key(key: str) -> Callable[[Forgery], None]:
    return lambda forged: forged.sign(key)


def _signs_for(change: Callable[[str], str]) -> Callable[[Forgery], None]:
    def bend(forged: Forgery) -> None:
        forged.signed_url = change(forged.url)
        forged.sign()

    return bend


def _posts_to(change: Callable[[str], str]) -> Callable[[Forgery], None]:
    return lambda forged: setattr(forged, "url", change(forged.url))


def _signed(*bends: Callable[[Forgery], None]) -> Callable[[Forgery], None]:
    """What even the vendor's own key cannot make true."""

    return _all(*bends, Forgery.sign)


def _all(*bends: Callable[[Forgery], None]) -> Callable[[Forgery], None]:
    def bend(forged: Forgery) -> None:
        for one in bends:
            one(forged)

    return bend


def _host(forged: Forgery) -> None:
    """Signed for another host, and sent with that host in every header that could be believed."""
    forged.signed_url = "https://evil.example" + forged.url[forged.url.index("/callbacks") :]
    forged.sign()
    forged.headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}


FORGERIES: dict[str, Callable[[Forgery], None]] = {
    **{f"bit-{place}": _flip(place) for place in (0, 1, 5, 9, 13, 20, 26)},
    "no-signature": _signature(None),
    "empty-signature": _signature(""),
    "half-a-signature": lambda forged: setattr(forged, "signature", forged.signature[:14]),
    "signature-twice": lambda forged: setattr(forged, "signature", f"{forged.signature}, {forged.signature}"),
    "signature-not-ascii": _signature("\xe9" * 28),
    "wrong-key": _key("cd" * 16),
    "empty-key": _key(""),
    "account-sid-as-key": _key(VENDOR_SID),
    "our-secret-key": _key("k" * 40),
    "another-token-in-the-path": _posts_to(lambda url: url[:-4] + "AAAA"),
    "no-token-in-the-path": _posts_to(lambda url: url.rpartition("/")[0]),
    "query-added": _posts_to(lambda url: url + "?a=1"),
    "signed-for-https": _signs_for(lambda url: url.replace("http://", "https://")),
    "signed-for-another-port": _signs_for(lambda url: url.replace("http://127.0.0.1:", "http://127.0.0.1:1")),
    "signed-without-the-port": _signs_for(lambda url: "http://127.0.0.1" + url[url.index("/callbacks") :]),
    "signed-for-localhost": _signs_for(lambda url: url.replace("127.0.0.1", "localhost")),
    "signed-for-the-path-only": _signs_for(lambda url: url[url.index("/callbacks") :]),
    "signed-for-a-slash-more": _signs_for(lambda url: url + "/"),
    "signed-for-other-case": _signs_for(str.upper),
    "host-and-forwarded-headers": _host,
    "status-changed": _sets("MessageStatus", "failed"),
    "both-statuses-changed": lambda forged: (
        _sets("MessageStatus", "sent")(forged),
        _sets("SmsStatus", "sent")(forged),
    ),
    "sid-changed": _sets("MessageSid", "SM" + "0" * 32),
    "to-changed": _sets("To", "+14155550199"),
    "to-with-a-space": _sets("To", TO + " "),
    "error-code-added": _adds("ErrorCode", "30003"),
    "unknown-field-added": _adds("Foo", ""),
    "field-removed": _drops("ApiVersion"),
    "status-removed": _drops("MessageStatus"),
    "everything-removed": lambda forged: forged.pairs.clear(),
    "status-given-twice": _adds("MessageStatus", "failed"),
    "status-given-twice-alike": _adds("MessageStatus", "delivered"),
    "to-given-twice": _signed(_adds("To", "+14155550199")),
    "another-account": _signed(_sets("AccountSid", "AC" + "1" * 32)),
    "no-account": _signed(_drops("AccountSid")),
    "an-issued-account": _signed(_sets("AccountSid", "")),
    "to-of-another-message": _signed(_sets("To", "+14155550199")),
}


def test_there_are_at_least_forty_forgeries():
    assert len(FORGERIES) >= 40


def test_no_forgery_is_believed_and_nothing_of_it_is_stored(still: House):
    fresh = Forgery(still)
    answers = {}
    for name, bend in FORGERIES.items():
        forged = object.__new__(Forgery)
        forged.__dict__.update({key: list(v) if isinstance(v, list) else v for key, v in vars(fresh).items()})
        bend(forged)
        answers[name] = forged.post()
    assert {name: answer for name, answer in answers.items() if answer != 403} == {}
    assert (count_receipts(still), incidents(still)) == (0, [])
    assert fresh.post() == 204, "the callback that all of them were bent from is believed"


def test_the_signature_is_over_the_public_address_whatever_host_the_request_names(make_house: MakeHouse):
    house = make_house(start=False, public_url="https://sayso.example/in")
    sent(house)
    message = house.twilio.messages[0]
    url = message["StatusCallback"].partition("#")[0]
    assert url.startswith("https://sayso.example/in/callbacks/twilio/")
    here = house.url + url.removeprefix("https://sayso.example/in")
    form = _form(message)
    headers = {"X-Twilio-Signature": _sign(url, form), "Host": "other.example", "X-Forwarded-Proto": "http"}
    assert requests.post(here, data=form, headers=headers, timeout=10).status_code == 204
