"""A jeweller's day: a made-up CRM with the real Twilio client, a made-up vendor, what the shop knows, a desk to try."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import click
import requests

from sayso import access, issue, store
from sayso.shopyear import Judged, day, make_year, posting
from sayso.shopyear.day import PEOPLE, TEXTS, Text
from sayso.shopyear.living import START, open_shop, sample
from sayso.store import Tx
from sayso.wsgi import create_app, serve

VENDOR_SID, VENDOR_TOKEN = "AC" + "de" * 16, secrets.token_hex(16)
HOUSEHOLDS, MESSAGES, CARDS = 6, 40, 80
CRM = "jeweller's CRM"


class Day:
    """One day in the shop, on a temporary database; nothing leaves this machine."""

    def __init__(self, port: int) -> None:
        self.port, self.done = port, threading.Event()
        self.vendor_took: list[dict[str, str]] = []
        self.crm_heard: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{port}"

    def open(self, *, play: bool) -> None:
        """Run the day until Ctrl-C or, with `play`, until our own clerk has decided and told it."""
        vendor, crm = _listen(self._vendor), _listen(self._crm)
        for name in [name for name in os.environ if name.startswith("SAYSO_")]:
            del os.environ[name]  # neither the real keys nor the real settings have a part in this
        with tempfile.TemporaryDirectory(prefix="sayso-demo-") as folder, contextlib.chdir(folder):
            Path("sayso.toml").write_text(posting.SETTINGS.format(name=CRM), "utf-8")
            app = create_app(self._settings(_url(vendor)), Path(folder))
            self.runtime = app.extensions["sayso"].runtime
            self.store = self.runtime.store
            story = threading.Thread(target=self._morning, args=(_url(crm), play), daemon=True)
            serve(app, "127.0.0.1", self.port, story.start, until=self.done if play else None)
            self.store.close()

    def _settings(self, vendor_url: str) -> dict[str, object]:
        return {
            "SAYSO_PUBLIC_URL": self.url,
            "SAYSO_TWILIO_ACCOUNT_SID": VENDOR_SID,
            "SAYSO_TWILIO_AUTH_TOKEN": VENDOR_TOKEN,
            "SAYSO_TWILIO_API_URL": vendor_url,
            "SAYSO_ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "SAYSO_SECRET_KEY": secrets.token_urlsafe(48),
            "SAYSO_QUIET_HOURS": "off",
            "SAYSO_UNDO_SECONDS": "2",
        }

    def _morning(self, crm_url: str, play: bool) -> None:
        """The CRM says what it knows and texts its customers; then somebody decides."""
        issued, link, token = self.store.write(lambda tx: _staff_and_crm(tx, crm_url, self.url))
        own = {"Authorization": f"Bearer {issued['token']}"}
        told = requests.post(f"{self.url}/api/facts", json=day.facts(datetime.now(UTC)), headers=own, timeout=30)
        told.raise_for_status()
        sids = {name: self._text(issued, text, crm_url) for name, text in TEXTS.items()}
        click.echo(f"\nThe CRM has sent {len(TEXTS)} texts through Twilio's own client. One, a one-time code,")
        click.echo("goes out at once; the others wait for somebody's say-so. What the shop knows says why:\n")
        for name, sid in sids.items():
            self._explain(TEXTS[name], sid, token)
        self._post_month(play=play)
        if play:
            self._tell_year()
        if not play:
            click.echo(f"\nBe the clerk: {link}\nCtrl-C ends the day; nothing is kept.\n")
            return
        click.echo("")
        note = {"reason": "wrong_person", "note": "Scott bought it; she must not know."}
        self._decide(TEXTS["feedback"], sids["feedback"], "reject", token, note)
        self._decide(TEXTS["anniversary"], sids["anniversary"], "suppress", token, {"scope": "this_purpose"})
        self._decide(TEXTS["chipped"], sids["chipped"], "phone", token, {})
        self._decide(TEXTS["ready"], sids["ready"], "approve", token, {})
        wanted, end = {sids["feedback"], sids["ready"]}, time.monotonic() + 20
        while time.monotonic() < end and not wanted <= {heard["MessageSid"] for heard in self.crm_heard}:
            time.sleep(0.05)
        reached = [PEOPLE[took["To"]] for took in self.vendor_took]
        click.echo(f"\nThe vendor took texts to: {', '.join(reached)}. Nothing reached Kayla.")
        self.done.set()

    def _explain(self, text: Text, sid: str, token: str) -> None:
        """What the card says first."""
        shown = requests.get(f"{self.url}/api/messages/{sid}", headers=_bearer(token), timeout=10).json()
        found = sorted(shown["findings"], key=lambda one: one["verdict"] != "stop")
        said = f"{found[0]['verdict']}: {found[0]['reason']}" if found else "nothing speaks against it."
        click.echo(f"       {PEOPLE[text.to]:<8} {said}")

    def _post_month(self, *, play: bool) -> None:
        """The month's birthday and anniversary cards come in as a file; those that need eyes are told apart."""
        with self.store.read() as tx:
            source, clerk = store.find_source(tx, name=CRM), store.find_staff(tx, email="shelby@example.com")
        if source is None or clerk is None:
            return
        _, taken = posting.post_month(self.runtime, source, clerk, CARDS)
        click.echo(f"\nThe month's {taken.now} cards came in as a file; once signed off, they go to print tomorrow.")
        coming, found, end = taken.now, dict[int, str](), time.monotonic() + 60
        while play and coming and time.monotonic() < end:
            time.sleep(0.1)
            coming, found = posting.eyes(self.runtime, taken)
        if play:
            click.echo(f"{taken.now - coming - len(found)} of them are clear, {len(found)} need eyes; three of those:")
            for why in list(dict(sorted(found.items(), key=lambda one: len(one[1]))).values())[:3]:
                click.echo(f"       {why}")

    def _tell_year(self) -> None:
        """How much of a made-up year is understood without a person."""
        judged = _year()
        counted, harmful = [one for one in judged if one.counts], [one for one in judged if one.sent.truth.harm]
        found, seen = sum(one.found for one in counted), sum(bool(one.findings) for one in harmful)
        undeclared = sum(one.sent.undeclared for one in judged)
        click.echo(
            f"\nIn a made-up year of {HOUSEHOLDS} households the CRM sends {len(judged)} messages, and does not say"
        )
        click.echo(
            f"what {undeclared} of them are for. By itself sayso finds what {found} of {len(counted)} are about and who"
        )
        click.echo(f"reads them; {len(harmful)} would do harm, and something is found in {seen} of those.")

    def _text(self, issued: dict[str, dict[str, str]], text: Text, crm_url: str) -> str:
        """What any CRM does: the stock client, with another base URL and other credentials."""
        from twilio.rest import Client

        client = Client(issued["twilio"]["account_sid"], issued["twilio"]["auth_token"])
        client.api.base_url = f"{self.url}/for/{text.purpose}" if text.purpose else self.url
        sent = client.messages.create(to=text.to, from_=day.SHOP, body=text.body, status_callback=f"{crm_url}/heard")
        click.echo(
            f"CRM    → {PEOPLE[text.to]:<8} {text.purpose or '(says nothing)':<15} {text.body}   [{sent.status}]"
        )
        return str(sent.sid)

    def _decide(self, text: Text, sid: str, kind: str, token: str, more: dict[str, str]) -> None:
        headers, url = _bearer(token), f"{self.url}/api/messages/{sid}"
        shown = requests.get(url, headers=headers, timeout=10).json()
        body = {"version": shown["version"], "content_hash": shown["content_hash"], **more}
        requests.post(f"{url}/{kind}", json=body, headers=headers, timeout=10).raise_for_status()
        click.echo(f"Shelby → {PEOPLE[text.to]:<8} {kind}")

    def _vendor(self, path: str, form: dict[str, str]) -> bytes:
        """The made-up Twilio: takes the text, and calls back that it was delivered."""
        took = {"sid": "SM" + secrets.token_hex(16), **form}
        self.vendor_took.append(took)
        click.echo(f"Twilio → {PEOPLE[form['To']]:<8} {form['Body']}")
        threading.Timer(0.5, self._delivered, (took,)).start()
        return json.dumps({"sid": took["sid"], "status": "queued"}).encode()

    def _delivered(self, took: dict[str, str]) -> None:
        from twilio.request_validator import RequestValidator

        url = took["StatusCallback"].partition("#")[0]
        form = {"MessageSid": took["sid"], "SmsSid": took["sid"], "AccountSid": VENDOR_SID, "From": took["From"]}
        form |= {"To": took["To"], "MessageStatus": "delivered", "SmsStatus": "delivered", "ApiVersion": "2010-04-01"}
        signature = RequestValidator(VENDOR_TOKEN).compute_signature(url, form)
        requests.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=10)

    def _crm(self, path: str, form: dict[str, str]) -> bytes:
        """The made-up CRM: hears what became of its texts."""
        self.crm_heard.append(form)
        click.echo(f"CRM    ← {PEOPLE[form['To']]:<8} {form['MessageStatus']}")
        return b"ok"


def _year() -> list[Judged]:
    """A share of a made-up year of some households, lived through on a clock and a database of its own."""
    year = make_year(7, START, HOUSEHOLDS)
    with tempfile.TemporaryDirectory(prefix="sayso-demo-") as folder:
        return open_shop(Path(folder)).live(sample(year, MESSAGES))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _staff_and_crm(tx: Tx, crm_url: str, url: str) -> tuple[dict[str, dict[str, str]], str, str]:
    """A source, a sign-in link for whoever tries the desk, and a token for our own clerk."""
    source = store.add_source(tx, CRM)
    store.allow_origin(tx, source, crm_url, "demo")
    issued = issue.issue(tx, source)
    link = f"{url}/desk/invite/{access.invite(tx, store.add_staff(tx, 'you@example.com', 'admin').id)}"
    clerk = store.add_staff(tx, "shelby@example.com", "reviewer")
    return issued, link, access.add_token(tx, clerk)  # type: ignore[return-value]  # the shape interface.md promises


def _listen(take: Callable[[str, dict[str, str]], bytes]) -> ThreadingHTTPServer:
    """A made-up server on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            said = take(self.path, dict(parse_qsl(body, keep_blank_values=True)))
            self.send_response(201 if self.path.endswith(".json") else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing; the day tells its own story."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _url(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"
