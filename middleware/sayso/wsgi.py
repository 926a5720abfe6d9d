"""The standalone program as a WSGI app: `sayso.wsgi:create_app()`."""

from __future__ import annotations

import gc
import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException

from sayso.extension import Sayso
from sayso.message import Malformed
from sayso_providers import DOORS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def create_app(config: Mapping[str, object] | None = None, folder: Path | None = None) -> Flask:
    """A Flask app that is nothing but sayso; its instance folder is `folder`, or `instance` in the present one.

    `config` has SAYSO_* keys. Unsafe or a settings error says what to mend. Its dispatcher is not running yet.
    """
    app = Flask("sayso", instance_path=str(folder or Path.cwd() / "instance"), static_folder=None)
    app.config.update(config or {})
    Sayso(app)
    app.wsgi_app = OneSlash(app.wsgi_app)  # type: ignore[method-assign]  # Flask's documented way to wrap
    app.register_error_handler(HTTPException, _in_callers_dialect)
    app.add_url_rule("/", "home", _home)
    return app


class OneSlash:
    """Doubled slashes are one, before any routing: many clients glue a base URL and a path carelessly."""

    def __init__(self, inner: WSGIApplication) -> None:
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = re.sub("/{2,}", "/", environ.get("PATH_INFO", "/"))
        return self._inner(environ, start_response)


def _home() -> Response:
    return redirect("/desk/")  # type: ignore[return-value]  # a Response of the same kind


def _in_callers_dialect(error: HTTPException) -> Response:
    """Whatever no route of ours answered, in the shape of the door it was meant for."""
    status = error.code or 500
    if status in (301, 302, 307, 308):
        return error.get_response()  # type: ignore[return-value]  # a Response of the same kind
    inside = re.sub(r"^/for/[^/]+", "", request.path)
    for provider in DOORS.values():
        if inside.startswith(f"/{provider.DOOR}"):
            answer = provider.error(Malformed(status, "http", error.description or ""))
            return Response(answer.body, status, headers=dict(answer.headers))
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": error.description}
    return Response(json.dumps(body), status, content_type="application/problem+json")


WAITRESS = {
    "threads": 8,
    "send_bytes": 1_000_000,
    "channel_timeout": 30,
    "max_request_body_size": 64_000_000,
    "clear_untrusted_proxy_headers": False,
}
"""A worker leaves small answers to the main thread: where both write, waitress spins (ten times slower, seen here).

A proxy's headers stay: nothing believes them, but they tell that a request of this machine's own was not made on it.
"""


def serve(app: Flask, host: str, port: int, ready: Callable[[], None], *, until: threading.Event | None = None) -> None:
    """Serve an app and its dispatcher until SIGTERM, SIGINT or an event; then end what is under way."""
    from waitress.server import create_server

    house = app.extensions["sayso"]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for each request that waits is no news
    server = create_server(app, host=host, port=port, **WAITRESS)
    house.start()
    gc.freeze()  # what a start made stays, and need not be looked through again
    ready()
    try:
        if until is None:
            server.run()
        else:
            threading.Thread(target=server.run, daemon=True).start()
            until.wait()
    finally:
        server.close()
        house.stop()
