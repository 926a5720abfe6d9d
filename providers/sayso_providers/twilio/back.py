"""The way back: callbacks verified as Twilio signs them, and told to the CRM as Twilio would tell it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from sayso.message import Account, Denied, Malformed, Message, Outgoing, Receipt, Request
from sayso_providers.base import Viewer
from sayso_providers.twilio.send import RETRY_FRAGMENT
from sayso_providers.twilio.shape import STATUSES, status

READ = ("MessageSid", "SmsSid", "MessageStatus", "SmsStatus", "AccountSid", "To", "ErrorCode")


def receipts(request: Request, account: Account) -> list[Receipt]:
    """The one receipt of a status callback (X-Twilio-Signature: HMAC-SHA1 over the public URL and the form)."""
    from twilio.request_validator import RequestValidator  # heavy: only where callbacks arrive

    try:
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Malformed(400, 20001, "The callback is not a form in UTF-8.") from error
    given, form = request.headers.get("x-twilio-signature", ""), MultiDict(pairs)
    validator = RequestValidator(account.secret)
    good = (validator.compute_signature(request.url + end, form) for end in ("", RETRY_FRAGMENT))
    if not any(hmac.compare_digest(signature.encode(), given.encode()) for signature in good):
        raise Denied("The callback is not signed by the vendor.")
    sid, word = (
        form.get("MessageSid") or form.get("SmsSid"),
        form.get("MessageStatus") or form.get("SmsStatus"),
    )
    if any(len(form.getlist(name)) > 1 for name in READ):
        raise Denied("The callback says something twice, which the vendor never does.")
    if form.get("AccountSid") != account.user:
        raise Denied("The callback speaks of another account.")
    if not sid or not word:
        raise Malformed(400, 20001, "The callback names no message or no status.")
    return [
        Receipt(
            sid,
            f"{sid}:{word}"[:200],
            STATUSES.get(word, "unknown"),
            word,
            form.get("ErrorCode"),
            tuple(pairs),
        )
    ]


def restate(message: Message, viewer: Viewer, receipt: Receipt | None = None) -> Outgoing | None:
    """The StatusCallback that the CRM asked for: the vendor's own fields with our ids, or our decision in its words."""
    if not message.content.callback_url:
        return None
    ids = {"MessageSid": message.crm_id, "SmsSid": message.crm_id, "AccountSid": viewer.login}
    if receipt:
        ours = dict(receipt.fields).get("AccountSid") or viewer.login
        fields = [
            (name, ids.get(name) or value.replace(ours, viewer.login).replace(receipt.provider_id, message.crm_id))
            for name, value in receipt.fields
        ]
    else:
        word, code, _ = status(message)
        said = {
            "MessageStatus": word,
            "SmsStatus": word,
            "To": message.content.to[0],
            "ApiVersion": "2010-04-01",
        }
        said |= {"From": message.content.sender} if message.content.sender else {}
        fields = list((ids | said | ({"ErrorCode": str(code)} if code else {})).items())
    return Outgoing(message.content.callback_url, tuple(fields))


def sign(outgoing: Outgoing, secret: str, event_id: str) -> tuple[Mapping[str, str], bytes]:
    """A form post whose X-Twilio-Signature the CRM's RequestValidator accepts with its issued token."""
    from twilio.request_validator import RequestValidator

    signed_url = outgoing.url.partition("#")[0]
    signature = RequestValidator(secret).compute_signature(signed_url, MultiDict(outgoing.fields))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Twilio-Signature": signature,
        "I-Twilio-Idempotency-Token": event_id,
        "User-Agent": "TwilioProxy/1.1",
    }
    return headers, urlencode(outgoing.fields).encode()
