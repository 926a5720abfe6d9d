"""Requests made byte by byte, as no client library would let us, and what came back."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from tests.conftest import House
from tests.standing import PLAIN, count_rows, standing

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Heard:
    """One answer, read off the wire."""

    status: int
    headers: Any
    body: bytes


@dataclass(frozen=True)
class Door:
    """A running house, with the door's path and the credentials that a request needs."""

    house: House
    path: str
    basic: str
    bearer: str

    def ask(
        self,
        method: str = "POST",
        path: str | bytes | None = None,
        body: bytes = b"",
        headers: dict[str, str | bytes | None] | None = None,
    ) -> Heard:
        """One request made byte by byte, as no client library would let us."""
        sent: dict[str, str | bytes | None] = {
            "Host": "sayso.example",
            "Connection": "close",
            "Authorization": self.basic,
            "Content-Type": FORM,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }
        where = self.path if path is None else path
        head = b" ".join((method.encode(), where.encode() if isinstance(where, str) else where, b"HTTP/1.1"))
        lines = [name.encode() + b": " + _bytes(value) for name, value in sent.items() if value is not None]
        return self.wire(b"\r\n".join([head, *lines, b"", b""]) + body, method)

    def wire(self, raw: bytes, method: str = "POST") -> Heard:
        """The answer to these bytes; status 0 when the server hung up without one."""
        with socket.create_connection(("127.0.0.1", int(self.house.url.rpartition(":")[2])), timeout=10) as wire:
            with contextlib.suppress(OSError):  # the server may hang up before it has heard everything
                wire.sendall(raw)
                wire.shutdown(socket.SHUT_WR)
            try:
                came = b"".join(iter(lambda: wire.recv(65536), b""))
            except ConnectionResetError:
                came = b""
        if not came:
            return Heard(0, {}, b"")
        answer = HTTPResponse(_Came(came), method=method)  # type: ignore[arg-type]  # it reads bytes that came already
        answer.begin()
        return Heard(answer.status, answer.headers, answer.read())


class _Came:
    """What came over a socket, as http.client wants to read it."""

    def __init__(self, came: bytes) -> None:
        self._came = came

    def makefile(self, *_: object) -> io.BytesIO:
        """The bytes as a file."""
        return io.BytesIO(self._came)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


@contextmanager
def wired(folder: Path) -> Iterator[Door]:
    """The standalone program with one source and one reviewer."""
    with standing(folder) as house:
        twilio = house.source()["twilio"]
        basic = base64.b64encode(f"{twilio['account_sid']}:{twilio['auth_token']}".encode()).decode()
        path = f"/2010-04-01/Accounts/{twilio['account_sid']}/Messages.json"
        yield Door(house, path, f"Basic {basic}", house.staff()["Authorization"])


def assert_in_shape(heard: Heard) -> None:
    """Twilio's own error: four keys in JSON or XML, an integer code, nothing of our insides."""
    assert 400 <= heard.status < 500, heard
    body = error_of(heard)
    assert set(body) == {"code", "message", "more_info", "status"}
    assert (type(body["code"]), body["status"]) == (int, heard.status)
    assert b"Traceback" not in heard.body
    assert b"sqlalchemy" not in heard.body.lower()


def error_of(heard: Heard) -> dict[str, Any]:
    """The error as JSON has it, whichever of Twilio's two formats it came in."""
    if heard.headers["Content-Type"] == "application/json":
        return dict(json.loads(heard.body))
    assert heard.headers["Content-Type"] == "application/xml", heard
    (exception,) = ElementTree.fromstring(heard.body)  # noqa: S314  # our own
    assert exception.tag == "RestException"
    said: dict[str, Any] = {one.tag.lower().replace("moreinfo", "more_info"): one.text for one in exception}
    return said | {"code": int(said["code"]), "status": int(said["status"])}


def assert_refused(door: Door, status: int, code: int, **request: Any) -> None:
    """Refused with that code in Twilio's shape, and nothing is stored."""
    before = count_rows(door.house)
    heard = door.ask(**request)
    assert_in_shape(heard)
    assert (heard.status, error_of(heard)["code"]) == (status, code), heard.body
    assert count_rows(door.house) == before


def form(**changes: str) -> bytes:
    """The body of a plain create with some fields changed."""
    return urlencode(PLAIN | changes).encode()
