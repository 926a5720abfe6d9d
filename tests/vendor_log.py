"""What Twilio keeps of the messages it took, and lets a client redact and delete."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.conftest import House
from tests.vendors import VENDOR_SID, Heard

PATH = re.compile(r"/2010-04-01/Accounts/AC\w{32}/Messages/(\w{34})(?:/(Media|Feedback)(?:/(\w{34}))?)?\.json")
Said = tuple[int, dict[str, str], bytes]


@dataclass
class VendorLog:
    """Redactions, deletions and feedback as Twilio would take them; `fault` is what it says instead."""

    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    fault: Said | None = None

    def answer(self, heard: Heard) -> Said | None:
        """The answer to a request about one message; None for any other."""
        found = PATH.fullmatch(heard.path)
        if not found:
            return None
        if self.fault:
            return self.fault
        sid, part, medium = found.groups()
        self.asked.append((heard.method, f"{part or ''}/{medium or ''}".strip("/"), heard.form))
        if medium:
            self.media.remove(medium)
        if heard.method == "DELETE":
            return 204, {}, b""
        if part == "Media":
            return says(200, {"media_list": [{"sid": sid} for sid in self.media]})
        return says(201 if part else 200, {"sid": sid, "account_sid": VENDOR_SID})


def says(status: int, body: object) -> Said:
    """An answer in JSON."""
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def refuses(status: int, code: int, text: str) -> Said:
    """Twilio's no."""
    return says(status, {"code": code, "message": text, "status": status})


def keep_log(house: House) -> VendorLog:
    """Let the fake vendor of a house keep what it took."""
    log, create = VendorLog(), house.vendor.answer
    house.vendor.answer = lambda heard: log.answer(heard) or create(heard)
    return log
