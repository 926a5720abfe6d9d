"""XML, which Twilio answers wherever a path does not end in `.json`: the same answer in its elements."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

from sayso.message import Answer, Json

ONE_OF: Mapping[str, str] = {
    "messages": "Message",
    "media_list": "Media",
    "incoming_phone_numbers": "IncomingPhoneNumber",
}
"""What each item of a list is called."""

SINGLE: Mapping[str, str] = {"Accounts": "Account", "Messages": "Message", "Feedback": "MessageFeedback"}
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SUFFIX = re.compile(r"\.json(?=\?|$)")


def formatted(answer: Answer, path: str) -> Answer:
    """The answer as it is for a path that ends in `.json`, else as XML."""
    # https://www.twilio.com/docs/usage/twilios-response (read 2026-11-22)
    is_json = answer.headers.get("Content-Type") == "application/json"
    if not answer.body or not is_json or path.rstrip("/").endswith(".json"):
        return answer
    said = json.loads(answer.body)
    root = ElementTree.Element("TwilioResponse")
    if answer.status >= 400:
        _write(root, "RestException", said)
    elif listed := next((name for name in ONE_OF if name in said), None):
        _write_list(root, listed, said)
    else:
        _write(root, _single(path), said)
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return replace(answer, body=body, headers={**answer.headers, "Content-Type": "application/xml"})


def _write(parent: ElementTree.Element, name: str, value: Json) -> None:
    element = ElementTree.SubElement(parent, name)
    if isinstance(value, dict):
        for key, inner in value.items():
            _write(element, _camel(key), inner)
    elif value is not None:
        element.text = _text(value, is_uri=name == "Uri" or parent.tag == "SubresourceUris")


def _write_list(root: ElementTree.Element, listed: str, said: dict[str, Json]) -> None:
    """The envelope's other keys are the attributes of the list's element."""
    envelope = {key.replace("_", ""): _text(value, is_uri=True) for key, value in said.items() if key != listed}
    element = ElementTree.SubElement(root, _camel(listed), envelope)
    items = said[listed]
    for item in items if isinstance(items, list) else []:
        _write(element, ONE_OF[listed], item)


def _single(path: str) -> str:
    kinds = [word for word in re.sub(r"\.xml$", "", path.rstrip("/")).split("/") if word.isalpha()]
    return SINGLE.get(kinds[-1], kinds[-1]) if kinds else "Resource"


def _camel(key: str) -> str:
    return "".join(word.capitalize() for word in key.split("_"))


def _text(value: Json, *, is_uri: bool) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return NOT_XML.sub("\ufffd", SUFFIX.sub("", text) if is_uri else text)
