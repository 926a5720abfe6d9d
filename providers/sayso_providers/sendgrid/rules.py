"""What a mail-send request may hold: each rule that can be checked before SendGrid is asked, with its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sayso.message import Json, Malformed
from sayso_providers.sendgrid import names
from sayso_providers.sendgrid.shape import KINDS

Body = Mapping[str, Json]
# https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors and .../limitations (read 2026-11-22)
TYPES: Mapping[str, type] = {
    "personalizations": list, "from": dict, "reply_to": dict, "reply_to_list": list, "subject": str, "content": list,
    "attachments": list, "template_id": str, "sections": dict, "headers": dict, "categories": list,
    "custom_args": dict, "send_at": int, "batch_id": str, "asm": dict, "ip_pool_name": str, "mail_settings": dict,
    "tracking_settings": dict,
}  # fmt: skip
OWN_TYPES: Mapping[str, type] = {
    "to": list, "cc": list, "bcc": list, "from": dict, "subject": str, "headers": dict, "substitutions": dict,
    "dynamic_template_data": dict, "custom_args": dict, "send_at": int,
}  # fmt: skip
JSON_NAMES = {
    str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array", type(None): "null"
}  # fmt: skip
EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
KNOWN_SETTINGS = frozenset({
    "bypass_list_management", "bypass_spam_management", "bypass_bounce_management", "bypass_unsubscribe_management",
    "footer", "sandbox_mode",
})  # fmt: skip
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
BATCH = re.compile(r"[A-Za-z0-9_-]{1,100}")
RESERVED = frozenset(
    "x-sg-id x-sg-eid received dkim-signature content-type content-transfer-encoding to from subject reply-to cc bcc "
    "x-smtpapi".split()  # the last one is not on SendGrid's list: it might add readers
)  # fmt: skip
MOST, MOST_CATEGORIES, LONGEST_CATEGORY, LONGEST_SUBJECT, LONGEST_WORDS = 1000, 10, 255, 998, 1_000_000
LONGEST = {"custom_args": "custom arguments", "substitutions": "substitutions"}
TAGS, LONGEST_PAIRS, MOST_TAGS = ("substitutions", "sections"), 10_000, 200
FURTHEST = timedelta(hours=72)
NO_TO = (
    "The to array is required for all personalization objects, and must have at least one email object with a valid "
    "email address."
)
NO_SUBJECT = (
    "The subject is required. You can get around this requirement if you use a template with a subject defined or if "
    "every personalization has a subject defined."
)
NO_CONTENT = (
    "Unless a valid template_id is provided, the content parameter is required. There must be at least one defined "
    "content block."
)


def check(body: Body, now: datetime) -> None:
    """Malformed 400 for the first thing that SendGrid would not take."""
    names.check(body)
    _typed(body, TYPES, "")
    _personalizations(body, now)
    if "from" not in body:
        raise _bad("from.email", "The from object must be provided for every email send.")
    _person(body["from"], "from")
    _replies(body)
    _subject(body)
    _content(body)
    _attachments(body)
    _rest(body, now)
    _settings(body.get("mail_settings"))


def _settings(settings: Json) -> None:
    """Whether it is only a try must be beyond doubt, and no setting may add a reader."""
    for name, given in settings.items() if isinstance(settings, dict) else ():
        unseen = name not in KNOWN_SETTINGS and not (isinstance(given, dict) and given.get("enable") is False)
        if unseen:  # it may copy the mail to somebody whom nobody here has seen
            raise _bad(f"mail_settings.{name[:60]}", "This setting is not taken here.")
    if isinstance(settings, dict) and "sandbox_mode" in settings:
        _typed(settings, {"sandbox_mode": dict}, "mail_settings.")
        mode = settings["sandbox_mode"]
        _typed(mode if isinstance(mode, dict) else {}, {"enable": bool}, "mail_settings.sandbox_mode.")


def _personalizations(body: Body, now: datetime) -> None:
    listed = _list(body, "personalizations")
    if not listed:
        text = "The personalizations field is required and must have at least one personalization."
        raise _bad("personalizations", text)
    if len(listed) > MOST:
        raise _bad("personalizations", f"There may be {MOST} personalizations at most.")
    count = 0
    for n, own in enumerate(listed):
        place = f"personalizations.{n}"
        if not isinstance(own, dict):
            raise _wrong(place, dict, own)
        _typed(own, OWN_TYPES, f"{place}.")
        count += _recipients(own, place)
        _own_rest(own, place, now, dynamic=_is_dynamic(body))
    if count > MOST:
        raise _bad("personalizations", f"A request may have {MOST} recipients (to, cc and bcc) at most.")


def _recipients(own: Body, place: str) -> int:
    """How many there are."""
    if not own.get("to"):
        raise _bad(f"{place}.to", NO_TO)
    met: set[str] = set()
    for kind in KINDS:
        for n, one in enumerate(_list(own, kind)):
            address = _person(one, f"{place}.{kind}.{n}").lower()
            if address in met:
                text = "Each email address in the personalization block should be unique between to, cc, and bcc. We "
                raise _bad(f"{place}.{kind}", f"{text}found the first duplicate instance of [{address}].")
            met.add(address)
    if "from" in own:
        _person(own["from"], f"{place}.from")
    return len(met)


def _own_rest(own: Body, place: str, now: datetime, *, dynamic: bool) -> None:
    if dynamic and own.get("substitutions"):
        raise _bad(f"{place}.substitutions", "Substitutions may not be used with dynamic templating")
    for name in ("substitutions", "custom_args", "headers"):
        _texts(own, name, place)
    _headers(own, place)
    _moment(own, f"{place}.send_at", now)
    _line(own, f"{place}.subject")


def _person(given: Json, place: str) -> str:
    """The address of an e-mail object."""
    if not isinstance(given, dict):
        raise _wrong(place, dict, given)
    address, who = given.get("email"), place.split(".")[-2 if place[-1].isdigit() else -1]
    if address is None or address == "":
        raise _bad(f"{place}.email", f"The {who} email parameter is required.")
    if not isinstance(address, str):
        raise _wrong(f"{place}.email", str, address)
    if len(address) > 254 or not EMAIL.fullmatch(address.strip()) or not address.strip().isprintable():
        raise _bad(f"{place}.email", "Does not contain a valid address.")
    name = given.get("name", "")
    if not isinstance(name, str):
        raise _wrong(f"{place}.name", str, name)
    return address.strip()


def _replies(body: Body) -> None:
    if "reply_to" in body and "reply_to_list" in body:
        raise _bad("reply_to", "Only one of reply_to and reply_to_list may be used.")
    if "reply_to" in body:
        _person(body["reply_to"], "reply_to")
    for n, one in enumerate(_list(body, "reply_to_list")):
        _person(one, f"reply_to_list.{n}")


def _subject(body: Body) -> None:
    _line(body, "subject")
    everywhere = all(isinstance(own, dict) and own.get("subject") for own in _list(body, "personalizations"))
    if not body.get("subject") and not body.get("template_id") and not everywhere:
        raise _bad("subject", NO_SUBJECT)


def _content(body: Body) -> None:
    parts = _list(body, "content")
    if not parts and not body.get("template_id"):
        raise _bad("content", NO_CONTENT)
    types = []
    for n, part in enumerate(parts):
        if not isinstance(part, dict):
            raise _wrong(f"content.{n}", dict, part)
        for name in ("type", "value"):
            if not isinstance(part.get(name), str) or not part[name]:
                text = f"The content {name} must be a string at least one character in length."
                raise _bad(f"content.{n}.{name}", text)
        types.append(str(part["type"]).partition(";")[0].strip().lower())
    if len(set(types)) != len(types):
        raise _bad("content", "Each type of content may be given once only.")
    plain = [types.index(kind) for kind in ("text/plain", "text/html") if kind in types]
    if plain != sorted(plain) or ("text/plain" in types and types[0] != "text/plain"):
        text = "If present, text/plain must be the first content block, and text/html the next, before all others."
        raise _bad("content", text)
    if sum(len(str(part["value"])) for part in parts if isinstance(part, dict)) > LONGEST_WORDS:
        raise Malformed(413, "content", f"All content together may have {LONGEST_WORDS:,} characters at most.")


def _attachments(body: Body) -> None:
    for n, one in enumerate(_list(body, "attachments")):
        place = f"attachments.{n}"
        if not isinstance(one, dict):
            raise _wrong(place, dict, one)
        for name in ("content", "filename"):
            if not isinstance(one.get(name), str) or not one[name]:
                raise _bad(f"{place}.{name}", f"The attachment {name} parameter is required.")
        if not BASE64.fullmatch("".join(str(one["content"]).split())):
            raise _bad(f"{place}.content", "The attachment content must be base64 encoded.")
        for name in ("type", "content_id"):
            if name in one and not isinstance(one[name], str):
                raise _wrong(f"{place}.{name}", str, one[name])
        if one.get("disposition", "attachment") not in ("attachment", "inline"):
            raise _bad(f"{place}.disposition", "The disposition of your attachment can be inline or attachment.")


def _rest(body: Body, now: datetime) -> None:
    for name in ("headers", "custom_args", "sections"):
        _texts(body, name, "")
    _headers(body, "")
    _moment(body, "send_at", now)
    _categories(_list(body, "categories"))
    if "batch_id" in body and not BATCH.fullmatch(str(body["batch_id"])):
        raise _bad("batch_id", "The batch_id is invalid.")
    if "ip_pool_name" in body and not 2 <= len(str(body["ip_pool_name"])) <= 64:
        raise _bad("ip_pool_name", "The length of the ip_pool_name should be between 2 and 64 characters")
    asm = body.get("asm")
    if isinstance(asm, dict):
        if type(asm.get("group_id")) is not int:
            raise _wrong("asm.group_id", int, asm.get("group_id"))
        if len(_list(asm, "groups_to_display", "asm.")) > 25:
            raise _bad("asm.groups_to_display", "There may be 25 groups_to_display at most.")


def _categories(given: Sequence[Json]) -> None:
    if len(given) > MOST_CATEGORIES:
        raise _bad("categories", f"There may be {MOST_CATEGORIES} categories at most.")
    for n, one in enumerate(given):
        if not isinstance(one, str):
            raise _wrong(f"categories.{n}", str, one)
        if len(one) > LONGEST_CATEGORY:
            raise _bad(f"categories.{n}", f"A category may have {LONGEST_CATEGORY} characters at most.")
    if len(set(map(str, given))) != len(given):
        raise _bad("categories", "Every category must be unique.")


def _texts(given: Body, name: str, place: str) -> None:
    """Malformed unless every value is a text, and all together are no longer than SendGrid takes."""
    pairs, where = given.get(name), f"{place}.{name}".lstrip(".")
    for key, value in pairs.items() if isinstance(pairs, dict) else ():
        if not isinstance(value, str):
            raise _wrong(f"{where}.{key}"[:200], str, value)
    if name in TAGS and isinstance(pairs, dict) and len(pairs) > MOST_TAGS:
        raise _bad(where, f"There may be {MOST_TAGS} {name} at most.")
    if name in LONGEST and isinstance(pairs, dict):
        size = sum(len(f"{key}{value}".encode(errors="replace")) for key, value in pairs.items())
        if size > LONGEST_PAIRS:
            raise _bad(where, f"The {LONGEST[name]} may have {LONGEST_PAIRS} bytes at most.")


def _headers(given: Body, place: str) -> None:
    headers = given.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        where = f"{place}.headers.{name}".lstrip(".")[:200]
        if name.strip().lower() in RESERVED:
            raise _bad(where, f"The header {name[:60]} is reserved and cannot be used.")
        if not re.fullmatch(r"[\x21-\x39\x3b-\x7e]+", name) or re.search(r"[\r\n\x00]", str(value)):
            raise _bad(where, "This is not a valid header.")


def _moment(given: Body, place: str, now: datetime) -> None:
    at = given.get("send_at")
    if isinstance(at, int) and not 0 <= at <= (now + FURTHEST).timestamp():
        raise _bad(place, "Scheduling more than 72 hours in advance is forbidden.")


def _line(given: Body, place: str) -> None:
    subject = given.get("subject")
    if isinstance(subject, str) and (not subject or len(subject) > LONGEST_SUBJECT or re.search("[\r\n]", subject)):
        text = f"The subject must be one line of at least one character, and of {LONGEST_SUBJECT} at most."
        raise _bad(place, text)


def _typed(given: Body, types: Mapping[str, type], place: str) -> None:
    for name, kind in types.items():
        if name in given and (not isinstance(given[name], kind) or (kind is int and isinstance(given[name], bool))):
            raise _wrong(f"{place}{name}", kind, given[name])


def _list(given: Body, name: str, place: str = "") -> list[Json]:
    found = given.get(name)
    if found is not None and not isinstance(found, list):
        raise _wrong(f"{place}{name}", list, found)
    return found or []


def _is_dynamic(body: Body) -> bool:
    return str(body.get("template_id") or "").startswith("d-")


def _wrong(place: str, kind: type, given: Json) -> Malformed:
    return _bad(place, f"Invalid type. Expected: {JSON_NAMES[kind]}, given: {JSON_NAMES[type(given)]}.")


def _bad(place: str, text: str) -> Malformed:
    return Malformed(400, place, text)
