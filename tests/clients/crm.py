"""A CRM that speaks through the `twilio` library, any version of it: a line of JSON asks, a line of JSON answers.

Only the base URL and the credentials are not the vendor's. With `async` as its argument it awaits every call.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from typing import Any

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

AWAITED = sys.argv[1:] == ["async"]
PLAIN = (
    *("sid", "account_sid", "status", "body", "to", "from_", "messaging_service_sid", "direction", "api_version"),
    *("num_media", "num_segments", "price", "price_unit", "error_code", "error_message", "uri", "subresource_uris"),
)
DATES = ("date_created", "date_updated", "date_sent")


def act(client: Client, name: str, given: dict[str, Any]) -> Any:
    """One act of a CRM: what it gets of the library, or a promise of that."""
    one = client.messages(given.get("sid", "SM"))
    resource, method, arguments = {
        "create": (client.messages, "create", timed(given)),
        "fetch": (one, "fetch", {}),
        "list": (client.messages, "list", given),
        "page": (client.messages, "page", given),
        "cancel": (one, "update", {"status": "canceled"}),
        "redact": (one, "update", {"body": ""}),
        "delete": (one, "delete", {}),
        "media": (one.media, "list", {}),
    }[name]
    return getattr(resource, f"{method}_async" if AWAITED else method)(**arguments)


async def act_awaited(asked: dict[str, Any]) -> Any:
    """The same by the asynchronous client, which lives as long as its session."""
    from twilio.http.async_http_client import AsyncTwilioHttpClient

    async with AsyncTwilioHttpClient() as session:
        client = Client(asked["login"], asked["secret"], http_client=session)
        client.api.base_url = asked["url"]
        return await act(client, asked["act"], asked["given"])


def act_now(asked: dict[str, Any]) -> Any:
    """The same by the ordinary client."""
    client = Client(asked["login"], asked["secret"])
    client.api.base_url = asked["url"]
    return act(client, asked["act"], asked["given"])


def timed(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a create, with the time as a time."""
    return given | ({"send_at": datetime.fromisoformat(given["send_at"])} if "send_at" in given else {})


def shown(found: Any) -> Any:
    """What came back, as this version of the library reads it; a date is worth nothing unless it is one."""
    if isinstance(found, bool):
        return found
    if not hasattr(found, "sid"):
        return [shown(one) for one in found]
    if hasattr(found, "content_type"):
        return found.content_type
    dates = {name: getattr(found, name) for name in DATES}
    assert all(at is None or isinstance(at, datetime) for at in dates.values())
    plain = {name.rstrip("_"): getattr(found, name) for name in PLAIN}
    return plain | {name: at and int(at.timestamp()) for name, at in dates.items()}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What came of an act: its result, the library's own error, or that this version knows no such argument."""
    try:
        return {"said": shown(asyncio.run(act_awaited(asked)) if AWAITED else act_now(asked))}
    except TypeError as error:
        return {"unknown": str(error)}
    except TwilioRestException as error:
        return {"error": type(error).__name__, "status": error.status, "code": error.code, "message": error.msg}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
