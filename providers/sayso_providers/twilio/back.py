"""The way back: callbacks verified as Twilio signs them, and told to the CRM as Twilio would tell it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from sayso.message import Account, Malformed, Message, Outgoing, Receipt, Request
from sayso_providers.base import Viewer
from sayso_providers.twilio.shape import STATUSES, service_of, status
from sayso_providers.twilio.signed import verified

READ = re.compile("MessageSid|SmsSid|MessageStatus|SmsStatus|AccountSid|To|ErrorCode")


def receipts(request: Request, account: Account) -> list[Receipt]:
    """The one receipt of a status callback (X-Twilio-Signature: HMAC-SHA1 over the public URL and the form)."""
    form = verified(request, account, READ)
    sid, word = (
        form.get("MessageSid") or form.get("SmsSid"),
        form.get("MessageStatus") or form.get("SmsStatus"),
    )
    if not sid or not word:
        raise Malformed(400, 20001, "The callback names no message or no status.")
    return [
        Receipt(
            sid,
            f"{sid}:{word}"[:200],
            STATUSES.get(word, "unknown"),
            word,
            form.get("ErrorCode"),
            tuple(form.items(multi=True)),
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
        told = replace(viewer, now=max(viewer.now, message.due_at or viewer.now))  # when it cannot be undone any more
        word, code, _ = status(message, told)
        said = {
            "MessageStatus": word,
            "SmsStatus": word,
            "To": message.content.to[0],
            "ApiVersion": "2010-04-01",
        }
        said |= {"From": message.content.sender} if message.content.sender else {}
        service = service_of(dict(message.content.fields))
        said |= {"MessagingServiceSid": service} if service else {}
        fields = list((ids | said | ({"ErrorCode": str(code)} if code else {})).items())
    return Outgoing(message.content.callback_url, tuple(fields))


def sign(outgoing: Outgoing, secret: str, event_id: str, at: datetime) -> tuple[Mapping[str, str], bytes]:
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
