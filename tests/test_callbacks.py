"""Step 5: a callback is verified first, stored once, and answered only after the commit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from urllib.parse import urlencode

import pytest
import requests
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from sayso import failpoint, store
from tests.conftest import House, MakeHouse
from tests.vendors import VENDOR_SID, VENDOR_TOKEN
from tests.walk import (
    TO,
    approved,
    decide,
    dispatched,
    hand_in,
    incidents,
    look,
    lose_lease,
    relayed,
    sent,
    swept,
    told,
)


@pytest.fixture
def still(make_house: MakeHouse) -> House:
    """A house in which nothing moves by itself."""
    return make_house(start=False)


def _receipts(house: House) -> int:
    with house.store.read() as tx:
        return int(tx.connection.execute(text("SELECT count(*) FROM sayso_receipt")).scalar() or 0)


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
    assert (_receipts(still), incidents(still)) == (0, [])
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


def test_a_callback_that_comes_twice_is_stored_once_and_told_once(still: House):
    sent(still, StatusCallback=still.crm.url + "/cb")
    for _ in range(5):
        assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 204
    relayed(still)
    assert (_receipts(still), told(still)) == (1, ["delivered"])


@pytest.mark.parametrize(
    ("statuses", "final"),
    [
        (("queued", "sending", "sent", "delivered"), "delivered"),
        (("queued", "sent", "failed", "delivered"), "delivered"),
    ],
    ids=["smooth", "failed-and-delivered"],
)
def test_whatever_order_the_callbacks_come_in_the_delivery_ends_the_same(still: House, statuses, final):
    ends = set()
    for n, order in enumerate(permutations(statuses)):
        sid = sent(still, To=f"+1415555{n:04}")
        for status in order:
            assert still.twilio.call_back(still.twilio.messages[-1], status).status_code == 204
        message = look(still, sid)
        ends.add((message.state, message.delivery, message.delivery_word, message.error_code))
    assert ends == {("sent", final, final, None)}


def test_delivered_and_then_failed_stays_delivered_and_is_an_incident(still: House):
    sid = sent(still)
    for status in ("delivered", "failed"):
        still.twilio.call_back(still.twilio.messages[0], status)
    assert look(still, sid).delivery == "delivered"
    assert incidents(still, sid) == ["delivery_conflict"]
    assert _receipts(still) == 2


def test_a_word_that_the_vendor_never_used_before_is_kept_and_changes_no_delivery(still: House):
    sid = sent(still)
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    assert still.twilio.call_back(still.twilio.messages[0], "teleported").status_code == 204
    assert (look(still, sid).delivery, _receipts(still)) == ("delivered", 2)


def test_an_opt_out_that_the_vendor_reports_later_suppresses_the_address(still: House):
    sent(still)
    still.twilio.call_back(still.twilio.messages[0], "failed", ErrorCode="21610")
    with still.store.read() as tx:
        assert list(store.suppressed(tx, [TO])) == [TO]


def _overtaken(house: House, sid: str) -> list[str]:
    """Call back from inside the vendor's call: the states that were seen before and after."""
    seen: list[str] = []

    def overtake(message: dict[str, str]) -> None:
        seen.append(look(house, sid).state)
        assert house.twilio.call_back(message, "sent").status_code == 204
        seen.append(look(house, sid).state)

    answer = house.twilio.answer

    def early(heard):
        result = answer(heard)
        if heard.method == "POST":
            overtake(house.twilio.messages[-1])
        return result

    house.vendor.answer = early
    dispatched(house)
    return seen


def test_a_callback_that_overtakes_the_answer_is_the_receipt(still: House):
    sid = approved(still)
    assert _overtaken(still, sid) == ["sending", "sent"]
    message = look(still, sid)
    assert (message.state, message.provider_id) == ("sent", still.twilio.messages[0]["sid"])
    assert (incidents(still), len(still.vendor.posts())) == ([], 1)


def test_a_callback_finds_the_message_whose_answer_was_lost(still: House):
    sid = approved(still)
    still.twilio.lose_answers = True
    dispatched(still)
    assert look(still, sid).state == "unconfirmed"
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    message = look(still, sid)
    assert (message.state, message.delivery) == ("sent", "delivered")
    assert incidents(still) == []


def test_a_callback_finds_the_message_after_the_sweep_has_closed_its_lost_attempt(still: House):
    sid, kept = approved(still), []
    claim = store.claimable

    def lose(tx: store.Tx) -> None:  # what a dispatcher that was killed after its claim leaves behind
        message = claim(tx, 1, ("twilio",), lock=True)[0]
        kept.append(store.open_attempt(tx, [message], "twilio", tx.now))
        store.move(tx, message, store.messages.State.SENDING, "dispatch")

    still.store.write(lose)
    lose_lease(still)
    assert look(still, sid).state == "unconfirmed"
    message = {"sid": "SM" + "7" * 32, "To": TO, "StatusCallback": f"{still.url}/callbacks/twilio/{kept[0]}"}
    assert still.twilio.call_back(message, "sent").status_code == 204
    assert (look(still, sid).state, look(still, sid).provider_id) == ("sent", message["sid"])


def _sent_twice(house: House) -> str:
    sid = approved(house)
    house.twilio.lose_answers = True
    dispatched(house)
    house.twilio.lose_answers = False
    decide(house, sid, "approve")
    dispatched(house)
    return sid


def test_a_callback_for_an_older_attempt_after_a_newer_one_was_sent_is_one_incident(still: House):
    sid = _sent_twice(still)
    for status in ("sent", "delivered"):
        still.twilio.call_back(still.twilio.messages[0], status)
    assert incidents(still, sid) == ["duplicate_sent"]
    assert look(still, sid).provider_id == still.twilio.messages[1]["sid"]


def test_the_callbacks_of_the_newer_attempt_are_no_incident(still: House):
    sid = _sent_twice(still)
    still.twilio.call_back(still.twilio.messages[1], "delivered")
    assert (incidents(still, sid), look(still, sid).delivery) == ([], "delivered")


@pytest.mark.parametrize("back_to", ["cleared", "held", "stopped"])
def test_a_callback_for_what_waits_here_again_is_an_incident_and_it_is_not_sent_again(still: House, back_to: str):
    sid = approved(still)
    still.twilio.lose_answers = True
    dispatched(still)
    decide(still, sid, "approve")
    for kind in {"cleared": (), "held": ("undo",), "stopped": ("undo", "reject")}[back_to]:
        decide(still, sid, kind)
    assert look(still, sid).state == back_to
    still.twilio.call_back(still.twilio.messages[0], "sent")
    dispatched(still)
    assert look(still, sid).state == ("stopped" if back_to == "stopped" else "sent")
    assert (incidents(still, sid), len(still.vendor.posts())) == (["sent_elsewhere"], 1)


def test_a_callback_for_what_a_person_saw_arrive_names_it_and_is_no_incident(still: House):
    sid = approved(still)
    still.twilio.lose_answers = True
    dispatched(still)
    decide(still, sid, "arrived")
    still.twilio.call_back(still.twilio.messages[0], "delivered")
    message = look(still, sid)
    assert (message.provider_id, message.delivery) == (still.twilio.messages[0]["sid"], "delivered")
    assert incidents(still, sid) == []


def test_a_callback_for_an_unknown_id_is_kept_and_given_to_its_message_later(still: House):
    sid = hand_in(still, StatusCallback=still.crm.url + "/cb")
    stranger = {"sid": "SM" + "9" * 32, "To": TO, "From": "", "StatusCallback": f"{still.url}/callbacks/twilio"}
    assert still.twilio.call_back(stranger, "delivered").status_code == 204
    assert (_receipts(still), incidents(still)) == (1, ["orphan_callback"])
    swept(still)
    assert look(still, sid).delivery is None

    decide(still, sid, "approve")
    still.vendor.answer = lambda heard: (201, {}, b'{"sid": "%s", "status": "queued"}' % stranger["sid"].encode())
    dispatched(still)
    swept(still)
    relayed(still)
    assert (look(still, sid).delivery, told(still)) == ("delivered", ["delivered"])


def test_orphans_that_never_find_a_message_keep_no_other_from_its_own(still: House):
    for n in range(60):
        nobody = {"sid": f"SM{n:032}", "To": TO, "StatusCallback": f"{still.url}/callbacks/twilio"}
        still.twilio.call_back(nobody, "sent")
    late = {"sid": "SM" + "9" * 32, "To": TO, "StatusCallback": f"{still.url}/callbacks/twilio"}
    still.twilio.call_back(late, "delivered")
    sid = approved(still)
    still.vendor.answer = lambda heard: (201, {}, b'{"sid": "%s", "status": "queued"}' % late["sid"].encode())
    dispatched(still)
    swept(still)
    assert look(still, sid).delivery == "delivered"


def test_a_callback_that_could_not_be_stored_is_not_answered_2xx_and_the_vendors_retry_works(still: House):
    sid = sent(still)
    failpoint.arm("before_callback_commit:raise", 0)
    try:
        assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 503
        assert (_receipts(still), look(still, sid).delivery) == (0, "queued")
        assert still.twilio.call_back(still.twilio.messages[0], "delivered").status_code == 204
        assert (_receipts(still), look(still, sid).delivery) == (1, "delivered")
    finally:
        failpoint.disarm()


def test_callbacks_are_refused_while_no_account_is_set(make_house: MakeHouse):
    house = make_house(start=False, twilio_account_sid="", twilio_auth_token="")
    message = {"sid": "SM" + "9" * 32, "To": TO, "StatusCallback": f"{house.url}/callbacks/twilio"}
    assert house.twilio.call_back(message, "delivered").status_code == 403
    assert _receipts(house) == 0
