"""What a CRM still does with a message that is over: redact it, delete it or one of its media, give feedback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime
from functools import partial
from urllib.parse import urlencode

from sayso.message import (
    DELIVERY_RANK,
    Account,
    Answer,
    Content,
    Json,
    Malformed,
    Message,
    Request,
    State,
    TryLater,
    Unknown,
)
from sayso_providers.base import Amendment, Call, Http, Viewer
from sayso_providers.base.plain import read_object
from sayso_providers.twilio.door import KNOWN, form
from sayso_providers.twilio.media import link_of
from sayso_providers.twilio.send import ACCOUNT, key_headers
from sayso_providers.twilio.shape import API, answer, show

SAY_NOTHING = KNOWN - {"Body", "MediaUrl", "ContentSid", "ContentVariables", "PersistentAction"}
"""The fields of a request that hold none of a message's words."""
OUTCOMES = ("confirmed", "unconfirmed")
GONE = Answer(204, b"", {})

Ask = Callable[[str, str, bytes], dict[str, Json]]


def amend(call: Call, request: Request, message: Message, viewer: Viewer) -> Amendment:
    """What is to change; Malformed 20009 while the message is not over."""
    what, _, medium = call.path.partition("/")
    if what == "Feedback":
        return _feedback(request, message, viewer)
    link = link_of(message, medium, request) if medium else ""
    if not _is_over(message, viewer):
        # https://www.twilio.com/docs/api/errors/20009 (read 2026-11-22)
        raise Malformed(409, 20009, "Cannot delete message because delivery has not been completed.")
    if what == "Body":
        redact = partial(_redact, message, viewer)
        return Amendment(lambda now: show(now, viewer), ask=redact, keep=wordless)
    if what == "Media":
        drop = partial(_drop, message, viewer, link)
        return Amendment(lambda _: GONE, ask=drop, keep=partial(_without, link))
    delete = partial(_delete, message, viewer)
    return Amendment(lambda _: GONE, ask=delete, keep=wordless, deleted=True)


def wordless(content: Content) -> Content:
    """What is left of a content without its words and media: who wrote to whom, and how."""
    fields = tuple(pair for pair in content.fields if pair[0] in SAY_NOTHING)
    return Content(to=content.to, sender=content.sender, body="", fields=fields, callback_url=content.callback_url)


def _without(link: str, content: Content) -> Content:
    media = tuple(kept for kept in content.media if kept != link)
    return replace(content, media=media, fields=tuple(pair for pair in content.fields if pair != ("MediaUrl", link)))


def _is_over(message: Message, viewer: Viewer) -> bool:
    """Whether nothing more will come of it: no decision can be undone, and a sent one has arrived or has not."""
    if message.state is State.SENT:
        return DELIVERY_RANK[message.delivery or "unknown"] >= DELIVERY_RANK["failed"]
    undoable = bool(message.due_at and message.due_at > viewer.now)
    return message.state is State.FAILED or (message.state is State.STOPPED and not undoable)


def _feedback(request: Request, message: Message, viewer: Viewer) -> Amendment:
    outcome = dict(form(request)).get("Outcome") or "confirmed"
    if outcome not in OUTCOMES:
        raise Malformed(400, 20001, f"Outcome must be one of {', '.join(OUTCOMES)}.")
    place = f"{API}/Accounts/{viewer.login}/Messages/{message.crm_id}"
    if not message.provider_id:
        raise Malformed(404, 20404, f"The requested resource {place}/Feedback.json was not found")
    now = format_datetime(viewer.now)
    said: dict[str, Json] = {
        "account_sid": viewer.login,
        "message_sid": message.crm_id,
        "outcome": outcome,
        "date_created": now,
        "date_updated": now,
        "uri": f"{place}/Feedback.json",
    }

    def tell(account: Account, http: Http) -> None:
        _ask(message, viewer, account, http)("POST", "/Feedback", urlencode({"Outcome": outcome}).encode())

    return Amendment(lambda _: answer(201, said), ask=tell)


def _redact(message: Message, viewer: Viewer, account: Account, http: Http) -> None:
    """The media first: once our list of them is gone, the CRM could not ask for it any more."""
    ask = _ask(message, viewer, account, http)
    if message.content.media:
        _drop_media(ask)
    _unless_gone(ask, "POST", "", b"Body=")


def _delete(message: Message, viewer: Viewer, account: Account, http: Http) -> None:
    """The vendor deletes a message's media with it."""
    # https://www.twilio.com/docs/messaging/api/message-resource#delete-a-message-resource (read 2026-11-22)
    _unless_gone(_ask(message, viewer, account, http), "DELETE", "")


def _drop(message: Message, viewer: Viewer, link: str, account: Account, http: Http) -> None:
    """The vendor's media do not say which of our links they come from, so only the last can be named."""
    if any(other != link for other in message.content.media):
        text = "The vendor does not say which of several media is which: redact or delete the message instead."
        raise Malformed(409, 20409, text)
    _drop_media(_ask(message, viewer, account, http))


def _drop_media(ask: Ask) -> None:
    found = _unless_gone(ask, "GET", "/Media").get("media_list")
    for medium in found if isinstance(found, list) else []:
        if isinstance(medium, dict):
            _unless_gone(ask, "DELETE", f"/Media/{medium.get('sid')}")


def _unless_gone(ask: Ask, method: str, path: str, body: bytes = b"") -> dict[str, Json]:
    """What the vendor said; nothing where it has nothing any more."""
    try:
        return ask(method, path, body)
    except Malformed as problem:
        if (problem.status, problem.code) != (404, 20404):
            raise
        return {}


def _ask(message: Message, viewer: Viewer, account: Account, http: Http) -> Ask:
    place = f"{account.api_url}{API}/Accounts/{account.user}/Messages/{message.provider_id}"

    def ask(method: str, path: str, body: bytes) -> dict[str, Json]:
        try:
            heard = http.request(method, f"{place}{path}.json", body=body or None, headers=key_headers(account))
        except (TryLater, Unknown) as error:
            raise Malformed(503, 20503, "The vendor does not answer, so nothing was changed; try again.") from error
        said = read_object(heard.body)
        if heard.status in (200, 201, 204):
            return said
        code = said.get("code")
        if heard.status in (401, 403) or not 400 <= heard.status < 500 or not isinstance(code, int):
            raise Malformed(503, 20503, "The vendor did not do it, so nothing was changed; try again.")
        words = str(said.get("message") or "The vendor refused it.")
        words = words.replace(account.secret, "[secret]").replace(str(message.provider_id), message.crm_id)
        raise Malformed(heard.status, code, ACCOUNT.sub(viewer.login, words)[:500])

    return ask
