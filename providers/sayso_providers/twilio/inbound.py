"""What people write back: verified as Twilio signs it, told to the CRM as Twilio would, with its pictures."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from urllib.parse import urljoin

from sayso.message import Account, Answer, Inbound, Malformed, Outgoing, Request, TryLater, Unknown
from sayso_providers.base import Http, Viewer
from sayso_providers.twilio.fields import CHANNEL_PREFIX
from sayso_providers.twilio.send import key_headers
from sayso_providers.twilio.shape import API
from sayso_providers.twilio.signed import verified

# https://www.twilio.com/docs/messaging/guides/webhook-request (read 2026-11-22): what an incoming message carries
READ = re.compile(
    "MessageSid|SmsSid|SmsMessageSid|AccountSid|From|To|Body|NumMedia|OptOutType|Button(?:Text|Payload)"
    r"|OriginalRepliedMessageSid|Media(?:Url|ContentType)\d+"
)
OPT_OUT_TYPES = {"STOP": "stop", "START": "start", "HELP": "help"}
MEDIUM = re.compile(r"https?://[^/?#]+/2010-04-01/Accounts/AC\w+/Messages/\w+/Media/(ME[0-9a-fA-F]{32})(?:\.json)?")
MEDIA_URL = re.compile(r"MediaUrl\d+")
TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
NOTED = Answer(200, b'<?xml version="1.0" encoding="UTF-8"?><Response/>', {"Content-Type": "text/xml"})
"""What Twilio hears once a reply is stored: nothing to send."""
HOPS = 3


def inbound(request: Request, account: Account) -> Inbound:
    """What somebody wrote, verified first; Denied when Twilio did not sign it."""
    form = verified(request, account, READ)
    sid, sender, to = form.get("MessageSid") or form.get("SmsSid"), form.get("From", "").strip(), form.get("To", "")
    if not sid or not sender or not to:
        raise Malformed(400, 20001, "The message has no MessageSid, no From or no To.")
    media = form.get("NumMedia", "0") not in ("", "0")
    prefix = CHANNEL_PREFIX.match(sender)
    said = dict.fromkeys(form.get(name, "").strip() for name in ("Body", "ButtonText", "ButtonPayload"))
    return Inbound(
        event_key=sid[:200],
        crm_id=("MM" if media else "SM") + secrets.token_hex(16),
        sender=sender,
        to=to.strip(),
        text="\n".join(text for text in said if text),
        channel=prefix[1] if prefix else ("mms" if media else "sms"),
        said=OPT_OUT_TYPES.get(form.get("OptOutType", "").upper()),
        replied_to=form.get("OriginalRepliedMessageSid") or None,
        fields=tuple(form.items(multi=True)),
    )


def retell(inbound: Inbound, viewer: Viewer, url: str, our_url: str, replied_to: str | None) -> Outgoing:
    """The incoming message as the CRM would hear it from Twilio: our ids for the vendor's, pictures at our own door."""
    given = dict(inbound.fields)
    ids = dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), inbound.crm_id)
    ours, theirs = given.get("AccountSid") or viewer.login, given.get("MessageSid") or inbound.event_key
    base = f"{our_url}{API}/Accounts/{viewer.login}/Messages/{inbound.crm_id}/Media/"
    fields = []
    for name, value in inbound.fields:
        if name == "OriginalRepliedMessageSid":
            fields += [(name, replied_to)] if replied_to else []
        elif MEDIA_URL.fullmatch(name):
            medium = MEDIUM.fullmatch(value)
            fields.append((name, base + medium[1] if medium else ""))
        else:
            fields.append((name, ids.get(name) or value.replace(ours, viewer.login).replace(theirs, inbound.crm_id)))
    return Outgoing(url, tuple(fields))


def medium(inbound: Inbound, path: str, account: Account, http: Http) -> Answer:
    """One picture of an incoming message, asked of Twilio with our key; Malformed when there is none, or no answer."""
    wanted = path.rpartition("/")[2]
    if wanted not in _media(inbound):
        raise Malformed(404, 20404, f"The requested resource {API}/…/Media/{wanted} was not found")
    url = f"{account.api_url}{API}/Accounts/{account.user}/Messages/{inbound.event_key}/Media/{wanted}"
    try:
        heard = _follow(url, key_headers(account), http)
    except (TryLater, Unknown) as error:
        raise Malformed(503, 20503, "The vendor does not answer; try again.") from error
    if heard.status in (404, 410):
        raise Malformed(404, 20404, "The vendor keeps this picture no more.")
    if heard.status != 200:
        raise Malformed(503, 20503, "The vendor did not answer this read.")
    kind = heard.headers.get("Content-Type", "").partition(";")[0].strip()
    # a stranger sent it: nobody's browser is to read it as a page of ours
    safe = {"Content-Disposition": "attachment", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return Answer(200, heard.body, safe | {"Content-Type": kind if TYPE.fullmatch(kind) else UNTOLD})


UNTOLD = "application/octet-stream"


def _media(inbound: Inbound) -> Iterator[str]:
    for name, value in inbound.fields:
        if MEDIA_URL.fullmatch(name) and (found := MEDIUM.fullmatch(value)):
            yield found[1]


def _follow(url: str, headers: dict[str, str], http: Http) -> Answer:
    """Twilio keeps pictures elsewhere and sends us there; our key goes to Twilio alone."""
    heard = http.request("GET", url, headers=headers | {"Accept": "*/*"})
    for _ in range(HOPS):
        where = heard.headers.get("Location")
        if heard.status not in (301, 302, 303, 307, 308) or not where:
            break
        url = urljoin(url, where)
        heard = http.request("GET", url)
    return heard
