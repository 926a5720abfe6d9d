"""Fake vendors and a fake CRM: real HTTP servers on loopback that remember what they were sent."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import requests
from twilio.request_validator import RequestValidator

VENDOR_SID, VENDOR_TOKEN = "AC" + "f0" * 16, "ab" * 16


@dataclass
class Heard:
    """One request that a server took."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass
class Server:
    """A real HTTP server whose answers a test sets: `answer(heard) -> (status, headers, body)`."""

    answer: Callable[[Heard], tuple[int, dict[str, str], bytes]]
    heard: list[Heard] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def posts(self) -> list[Heard]:
        """The POSTs so far."""
        return [heard for heard in self.heard if heard.method == "POST"]


@contextmanager
def serve(answer: Callable[[Heard], tuple[int, dict[str, str], bytes]]) -> Iterator[Server]:
    """Run a server for as long as the block lasts."""
    server = Server(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size)
            if len(body) < size:
                return  # a torso is no request
            heard = Heard(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            server.heard.append(heard)
            status, headers, said = server.answer(heard)
            if status == 0:  # the answer is lost on the way
                self.connection.close()
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(said))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_DELETE = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server.port = httpd.server_address[1]
    thread = threading.Thread(target=lambda: httpd.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()


class FakeTwilio:
    """What Twilio's message API does with a create: checks the key, gives an id, and can call back, signed."""

    def __init__(self) -> None:
        self.messages: list[dict[str, str]] = []
        self.templates: dict[str, dict[str, object]] = {}
        self.fault: tuple[int, dict[str, str], bytes] | None = None
        self.lose_answers = False
        self.before: Callable[[], None] = lambda: None

    def answer(self, heard: Heard) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request."""
        self.before()
        if self.fault:
            return self.fault
        expected = "Basic " + base64.b64encode(f"{VENDOR_SID}:{VENDOR_TOKEN}".encode()).decode()
        if heard.headers.get("authorization") != expected:
            return self._json(401, {"code": 20003, "message": "Authenticate", "status": 401})
        if heard.path.startswith("/v1/Content/"):
            return self._content(heard.path.rpartition("/")[2])
        if heard.method == "GET":
            return self._json(200, self._account())
        sid = "SM" + secrets.token_hex(16)
        self.messages.append({"sid": sid, **heard.form})
        if self.lose_answers:
            return 0, {}, b""
        return self._json(201, {"sid": sid, "status": "queued", "account_sid": VENDOR_SID})

    def call_back(self, message: dict[str, str], status: str, **more: str) -> requests.Response:
        """Post a signed status callback for a message, as Twilio does."""
        url = message["StatusCallback"].partition("#")[0]
        form = {
            "MessageSid": message["sid"],
            "SmsSid": message["sid"],
            "AccountSid": VENDOR_SID,
            "From": message.get("From", ""),
            "To": message["To"],
            "MessageStatus": status,
            "SmsStatus": status,
            "ApiVersion": "2010-04-01",
            **more,
        }
        signature = RequestValidator(VENDOR_TOKEN).compute_signature(url, form)
        return plain_http().post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=10)

    def _content(self, sid: str) -> tuple[int, dict[str, str], bytes]:
        if sid not in self.templates:
            return self._json(404, {"code": 20404, "message": f"{sid} was not found", "status": 404})
        about = {"sid": sid, "account_sid": VENDOR_SID, "friendly_name": "a template", "language": "en"}
        return self._json(200, {**about, "variables": {"1": "a sample"}, "types": self.templates[sid]})

    def _account(self) -> dict[str, object]:
        return {
            "sid": VENDOR_SID,
            "auth_token": VENDOR_TOKEN,
            "friendly_name": "Smith & Sons",
            "status": "active",
            "owner_account_sid": VENDOR_SID,
            "uri": f"/2010-04-01/Accounts/{VENDOR_SID}.json",
        }

    @staticmethod
    def _json(status: int, body: object) -> tuple[int, dict[str, str], bytes]:
        return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def plain_http() -> requests.Session:
    """HTTP that does not read the environment, which pytest changes while threads of a test are still calling."""
    session = requests.Session()
    session.trust_env = False
    return session


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> object:
    """What the condition returns once it is true; AssertionError when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.01)
    raise AssertionError(f"still not true after {seconds} s")
