"""The media of a message: listed under ids of our own, which stay the same whatever becomes of the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email.utils import format_datetime
from mimetypes import MimeTypes
from urllib.parse import urlsplit

from sayso.message import Answer, Json, Malformed, Message, Request
from sayso_providers.base import Call, Query, Viewer
from sayso_providers.twilio.paging import paged, pairs
from sayso_providers.twilio.shape import API, answer, envelope

TYPES = MimeTypes()
TYPES.add_type("image/webp", ".webp")
UNTOLD = "application/octet-stream"
"""The content type of a URL that does not tell it: we fetch nothing, so we do not know."""
FILTERS = ("DateCreated", "DateCreated<", "DateCreated>")


def part(call: Call, request: Request, message: Message, viewer: Viewer) -> Answer:
    """The list of a message's media, or one of them."""
    sid = call.path.partition("/")[2]
    if sid:
        return answer(200, _resource(message, sid, link_of(message, sid, request), viewer))
    query = paged(dict(pairs(request.query)), "DateCreated", FILTERS)
    made = message.created_at
    fits = (not query.sent_from or made >= query.sent_from) and (not query.sent_before or made < query.sent_before)
    found = [_resource(message, sid, link, viewer) for sid, link in links(message)] if fits else []
    return answer(200, _page(found, query, f"{API}/Accounts/{viewer.login}/Messages/{message.crm_id}/Media.json"))


def links(message: Message) -> Iterator[tuple[str, str]]:
    """Each of a message's media: our id of it, and where the CRM keeps it."""
    links = message.content.media
    for n, link in enumerate(links):
        named = f"{message.crm_id}|{link}|{links[:n].count(link)}"
        yield "ME" + hashlib.sha256(named.encode(errors="surrogatepass")).hexdigest()[:32], link


def link_of(message: Message, sid: str, request: Request) -> str:
    """Where the medium of that id is kept; Malformed 404 when the message has no such medium."""
    found = dict(links(message)).get(sid)
    if found is None:
        raise Malformed(404, 20404, f"The requested resource {API}{request.path[:200]} was not found")
    return found


def _page(found: list[dict[str, Json]], query: Query, base: str) -> dict[str, Json]:
    start = query.page * query.size
    shown, more = found[start : start + query.size], len(found) > start + query.size
    return envelope(base, query, {"media_list": list(shown)}, f"PA{shown[-1]['sid']}" if more else None)


def _resource(message: Message, sid: str, link: str, viewer: Viewer) -> dict[str, Json]:
    made = format_datetime(message.created_at)
    return {
        "account_sid": viewer.login,
        "content_type": TYPES.guess_type(urlsplit(link).path)[0] or UNTOLD,
        "date_created": made,
        "date_updated": made,
        "parent_sid": message.crm_id,
        "sid": sid,
        "uri": f"{API}/Accounts/{viewer.login}/Messages/{message.crm_id}/Media/{sid}.json",
    }
