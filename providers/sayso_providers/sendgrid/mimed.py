"""A mail that came in over SMTP as a mail-send request: SendGrid's API takes its parts, and no mail as a whole."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sayso.message import Content, Json, Malformed, Message, TryLater
from sayso_providers.base import mails, mime
from sayso_providers.sendgrid.rules import EMAIL, RESERVED
from sayso_providers.sendgrid.shape import KINDS, OUR_ARG, dumped, group

Body = dict[str, Json]
LEFT_OUT = frozenset({*RESERVED, "message-id", "date", "mime-version", "sender", "return-path"})
KEPT = ("in-reply-to", "references", "importance")


def checked(content: Content) -> Content:
    """The content with its unsubscribe group named; Malformed where SendGrid would not take an address of it."""
    sender = next((address for _, address in mime.addresses(content.sender or "")), "")
    for field, addresses in (("from", [sender]), ("to", content.to)):
        for address in addresses:
            if not EMAIL.fullmatch(address):
                raise Malformed(400, field, f"{field} must be an e-mail address that SendGrid takes.")
    named = _asked(content).get("asm_group_id")
    return replace(content, fields=(*content.fields, ("asm", group(named)))) if named else content


def request(messages: Sequence[Message]) -> bytes:
    """The request for messages that are the same mail."""
    first = messages[0]
    if first.part is None:
        raise TryLater("The mail's own bytes were not found, so nothing was sent.", alarm=True)
    read, (_, was) = mime.read(first.part), mime.envelope(first.part)
    asked = _asked(first.content)
    people: list[Json] = [_personalization(message, read, was, asked) for message in messages]
    return dumped({"personalizations": people, **_rest(first.content, read, asked)}).encode()


def _personalization(message: Message, read: mime.Mail, was: Sequence[str], asked: Mapping[str, Json]) -> Body:
    """Whom it goes to, the hidden ones hidden; somebody must be addressed, and if nobody is left, the first one is."""
    found = {kind: [_box(box) for box in boxes] for kind, boxes in mails.kinds(read, was, message.content.to).items()}
    for kind in ("cc", "bcc"):
        if not found["to"] and found[kind]:
            found["to"].append(found[kind].pop(0))
    args = asked.get("unique_args")
    own: Body = {str(name): _text(value) for name, value in args.items()} if isinstance(args, dict) else {}
    kinds: Body = {kind: list(found[kind]) for kind in KINDS if found[kind]}
    return {**kinds, "custom_args": {**own, OUR_ARG: message.id}}


def _rest(content: Content, read: mime.Mail, asked: Mapping[str, Json]) -> Body:
    """Everything else, in the words that were signed off."""
    texts = (("text/plain", content.body), ("text/html", content.html))
    words: list[Json] = [{"type": kind, "value": text} for kind, text in texts if text]
    headers: Body = {name.title(): mime.decoded(value) for name, value in read.headers.items() if _goes_along(name)}
    files: list[Json] = [_file(file) for file in read.files if content.html or not file.cid]
    answers = mime.addresses(read.headers.get("reply-to", ""))
    labels, asm = asked.get("category"), asked.get("asm_group_id")
    rest: dict[str, Json] = {
        "from": _box(next(iter(mime.addresses(content.sender or "")), ("", ""))),
        "reply_to": _box(answers[0]) if answers else None,
        "subject": content.subject_line or " ",
        "content": words or [{"type": "text/plain", "value": " "}],
        "attachments": files,
        "headers": headers,
        "categories": labels if isinstance(labels, list) else [labels] if labels else None,
        "asm": {"group_id": asm} if asm else None,
        "ip_pool_name": asked.get("ip_pool"),
    }
    return {name: value for name, value in rest.items() if value}


def _goes_along(name: str) -> bool:
    known = name in KEPT or name.startswith(("list-", "x-"))
    return known and name not in LEFT_OUT and not mime.TAKEN_OUT.fullmatch(name)


def _file(file: mime.File) -> Body:
    made: Body = {"content": base64.b64encode(file.data).decode(), "type": file.kind, "filename": file.name}
    return made | ({"disposition": "inline", "content_id": file.cid} if file.cid else {"disposition": "attachment"})


def _box(box: mime.Box) -> Body:
    return {"email": box[1], **({"name": box[0]} if box[0] else {})}


def _asked(content: Content) -> Mapping[str, Json]:
    """What its X-SMTPAPI header said."""
    found = json.loads(dict(content.fields).get("x_smtpapi") or "{}")
    return found if isinstance(found, dict) else {}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)
