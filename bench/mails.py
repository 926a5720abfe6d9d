"""`python -m bench.mails [FEW MANY]`: SendGrid requests with many personalizations, and one with a large attachment.

What it shows is whether a personalization of a large request costs what one of a small request does, and what memory
the process takes that hands on twenty megabytes.
"""

from __future__ import annotations

import base64
import contextlib
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from flask import Flask

from bench import steps
from sayso import Sayso, dispatch, issue, signoff, store, sweep
from sayso.runtime import Runtime

FEW, MANY = 100, 1000
START = datetime(2026, 11, 22, 12, tzinfo=UTC)
STEPS = ("answered", "looked at", "signed off", "handed on")
ATTACHED = 20 * 1024 * 1024


class Vendor(BaseHTTPRequestHandler):
    """A SendGrid that takes everything."""

    def do_POST(self) -> None:  # the library's name
        """Read all of it, and say yes."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("X-Message-Id", base64.urlsafe_b64encode(str(time.time_ns()).encode())[:22].decode())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def measure(few: int = FEW, many: int = MANY) -> Iterator[str]:
    """A line a step: milliseconds for each personalization of the large request and of the small one."""
    with vendor() as url:
        small, large = _run(few, url), _run(many, url)
        for step in STEPS:
            one, other = small[step] / few * 1000, large[step] / many * 1000
            yield f"{step}, {many:,} personalizations ÷ {few:,}: {other / one:.2f} ({other:.2f} ms ÷ {one:.2f} ms each)"
        before = steps.most_memory()
        _run(1, url, b"x" * ATTACHED)
        added = steps.most_memory() - before
        yield f"memory for an attachment of 20 MB, taken and handed on: {added:.0f} MB more at most"


@contextlib.contextmanager
def vendor() -> Iterator[str]:
    """Where such a vendor listens on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _run(count: int, url: str, attached: bytes = b"") -> dict[str, float]:
    """How long each step took for one request with so many personalizations, in processor seconds."""
    with tempfile.TemporaryDirectory() as name:
        app, key = _shop(Path(name), url)
        here: Runtime = app.extensions["sayso"].runtime
        ana = here.store.write(lambda tx: store.add_staff(tx, "ana@example.com", "manager"))
        body, took = _body(count, attached), dict[str, float]()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        crm = app.test_client()
        heard = steps.timed(took, "answered", lambda: crm.post("/v3/mail/send", data=body, headers=headers))
        if heard.status_code != 202:
            raise SystemExit(heard.text)
        steps.timed(took, "looked at", lambda: steps.until_idle(sweep.run_due, here))
        steps.timed(took, "signed off", lambda: _sign(here, ana))
        steps.timed(took, "handed on", lambda: steps.until_idle(dispatch.run_due, here))
        with here.store.read() as tx:
            if (states := store.count_states(tx)) != {"sent": count}:
                raise SystemExit(f"not all were sent: {states}")
        here.store.close()
    return took


def _shop(folder: Path, url: str) -> tuple[Flask, str]:
    app = Flask("mails", instance_path=str(folder))
    settings = {"SECRET_KEY": "k" * 40, "QUIET_HOURS": "off", "UNDO_SECONDS": "0", "ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    settings |= {"SENDGRID_API_KEY": "SG.a.b", "SENDGRID_API_URL": url, "PUBLIC_URL": "http://127.0.0.1:8000"}
    app.config.update({f"SAYSO_{key}": value for key, value in settings.items()})
    Sayso(app, clock=lambda: START)
    here: Runtime = app.extensions["sayso"].runtime
    issued = here.store.write(lambda tx: issue.issue(tx, store.add_source(tx, "crm", purpose="order_status")))
    return app, str(dict(issued["sendgrid"])["api_key"])  # type: ignore[call-overload]  # a table of texts


def _body(count: int, attached: bytes) -> bytes:
    people = [{"to": [{"email": f"person{n}@example.com"}], "subject": f"Order {n} is ready"} for n in range(count)]
    text = "Your order is ready when you are. Hartwell Jewellers, 1 Main St, Reno, NV 89501."
    asked: dict[str, object] = {"personalizations": people, "from": {"email": "shop@hartwell.example.com"}}
    asked["content"] = [{"type": "text/plain", "value": text}]
    if attached:
        asked["attachments"] = [{"filename": "catalogue.pdf", "content": base64.b64encode(attached).decode()}]
    return json.dumps(asked).encode()


def _sign(here: Runtime, ana: store.Staff) -> None:
    with here.store.read() as tx:
        waiting, _ = store.waiting(tx, ("held",), None, 2000)
    wishes = [(one.id, signoff.Wish("approve", one.version, one.content_hash)) for one in waiting]
    signoff.decide_all(here, ana, wishes)


if __name__ == "__main__":
    steps.show(measure)
