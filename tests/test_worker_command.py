"""`sayso worker` and `sayso run` say what is missing before they start, and what must run beside them."""

from __future__ import annotations

import sys

import pytest
from flask import Flask

from sayso import Sayso
from sayso.message import Unsafe
from tests.conftest import KEY
from tests.redis_server import RedisServer
from tests.test_cli import running, sayso


def test_a_worker_without_redis_says_what_to_set() -> None:
    done = sayso("worker", database_url="sqlite:///sayso.db")

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "SAYSO_REDIS_URL" in done.stderr


def test_a_door_that_leaves_the_sending_to_workers_says_so(tmp_path, redis: RedisServer) -> None:
    with running(tmp_path, redis_url=redis.url, secret_key=KEY) as (_, said):
        assert "`sayso worker` must run" in said.read_text()


def test_one_machine_may_have_its_worker_on_sqlite(tmp_path, redis: RedisServer) -> None:
    with running(tmp_path, redis_url=redis.url, secret_key=KEY):
        done = sayso("worker", "--burst", redis_url=redis.url, secret_key=KEY)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_redis_address_that_cannot_be_read_is_refused_at_the_start(tmp_path) -> None:
    with pytest.raises(Unsafe, match="SAYSO_REDIS_URL cannot be read"):
        _ = _app(tmp_path, "redis://h:port").extensions["sayso"].runtime


def test_redis_without_its_libraries_is_refused_with_the_mend(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rq", None)
    monkeypatch.delitem(sys.modules, "sayso.worker.far", raising=False)

    with pytest.raises(Unsafe, match=r"sayso\[scale\]"):
        _ = _app(tmp_path, "redis://h").extensions["sayso"].runtime


def _app(tmp_path, redis_url: str) -> Flask:
    app = Flask("app", instance_path=str(tmp_path / "instance"))
    app.config.update(SAYSO_REDIS_URL=redis_url, SAYSO_SECRET_KEY=KEY)
    Sayso(app)
    return app
