"""What only Twilio can have posted: its signature over our public URL and the form, our account, nothing said twice."""

from __future__ import annotations

import hmac
import re
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from sayso.message import Account, Denied, Malformed, Request
from sayso_providers.twilio.send import RETRY_FRAGMENT


def verified(request: Request, account: Account, read: re.Pattern[str]) -> MultiDict[str, str]:
    """The form, once X-Twilio-Signature proves it; Denied otherwise, or when a field that we `read` stands twice."""
    from twilio.request_validator import RequestValidator  # heavy: only where a vendor calls

    try:
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Malformed(400, 20001, "This is not a form in UTF-8.") from error
    given, form = request.headers.get("x-twilio-signature", ""), MultiDict(pairs)
    validator = RequestValidator(account.secret)
    good = (validator.compute_signature(request.url + end, form) for end in ("", RETRY_FRAGMENT))
    if not any(hmac.compare_digest(signature.encode(), given.encode()) for signature in good):
        raise Denied("This is not signed by the vendor.")
    if any(len(form.getlist(name)) > 1 for name in form if read.fullmatch(name)):
        raise Denied("This says something twice, which the vendor never does.")
    if form.get("AccountSid") != account.user:
        raise Denied("This speaks of another account.")
    return form
