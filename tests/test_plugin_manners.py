"""Sayso as a guest in somebody else's Flask app: where it is mounted, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from sayso import Sayso
from sayso.message import Unsafe
from sayso_config import SettingsError
from tests.hosts import MakeHost, host, issued, make_host, post_text

__all__ = ["host", "make_host"]  # fixtures from elsewhere


def on_disk(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_two_apps_in_one_process_do_not_meet(make_host: MakeHost) -> None:
    one, two = make_host(), make_host()
    Sayso(one)
    Sayso(two)
    given = issued(one)
    assert (post_text(one, given), post_text(two, given)) == (201, 401)
    assert one.extensions["sayso"] is not two.extensions["sayso"]


def test_one_sayso_serves_two_apps_each_with_its_own_state(make_host: MakeHost) -> None:
    one, two, sayso = make_host(), make_host(), Sayso()
    sayso.init_app(one)
    sayso.init_app(two)
    given = issued(one)
    assert (post_text(one, given), post_text(two, given)) == (201, 401)


def test_init_app_mounts_it_later_and_where_it_is_told(host: Flask) -> None:
    Sayso().init_app(host, url_prefix="/sayso/")
    client = host.test_client()
    assert [client.get(path).status_code for path in ("/sayso/healthz", "/healthz", "/")] == [200, 404, 200]


def test_importing_it_writes_nothing(tmp_path: Path) -> None:
    code = "from sayso import Sayso; import sayso_config, sayso_providers"
    subprocess.run([sys.executable, "-B", "-c", code], cwd=tmp_path, check=True)
    assert on_disk(tmp_path) == set()


def test_nothing_is_on_disk_before_the_first_use(host: Flask, tmp_path: Path) -> None:
    Sayso(host)
    created = on_disk(tmp_path)
    host.test_client().get("/")
    visited = on_disk(tmp_path)
    host.test_client().get("/healthz")
    assert (created, visited) == (set(), set())
    assert {"host0/sayso.db", "host0/sayso.key"} <= on_disk(tmp_path)


def manners(app: Flask) -> dict[str, object]:
    """Everything of an app that a guest could have changed."""
    scoped = (
        "before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors",
        "url_value_preprocessors", "url_default_functions", "error_handler_spec", "view_functions", "blueprints",
    )  # fmt: skip
    ours = ("sayso", "sayso.")
    return {
        **{
            name: {k: repr(v) for k, v in getattr(app, name).items() if not str(k).startswith(ours) and v}
            for name in scoped
        },
        "config": dict(app.config),
        "extensions": {name for name in app.extensions if name != "sayso"},
        "converters": dict(app.url_map.converters),
        "slashes": (app.url_map.strict_slashes, app.url_map.merge_slashes, app.url_map.host_matching),
        "rules": {rule.rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("sayso.")},
        "jinja": [sorted(getattr(app.jinja_env, part)) for part in ("globals", "filters", "tests", "extensions")],
        "teardown": list(app.teardown_appcontext_funcs),
        "context": list(app.shell_context_processors),
        "session": type(app.session_interface),
        "json": type(app.json),
        "wsgi": app.wsgi_app.__func__,
        "commands": set(app.cli.commands),
    }


def test_the_host_is_as_it_was_but_for_our_blueprint_and_extension(host: Flask) -> None:
    before = manners(host)
    Sayso(host, url_prefix="/sayso")
    mounted = manners(host)
    host.test_client().get("/sayso/desk/")
    assert mounted == before
    assert manners(host) == before
    assert (set(host.blueprints), set(host.extensions)) == ({"sayso"}, {"sayso"})


def test_a_planted_change_of_the_host_is_found(host: Flask) -> None:
    before = manners(host)
    host.before_request(lambda: None)
    assert manners(host) != before


def test_a_second_sayso_on_the_same_app_is_refused(host: Flask) -> None:
    Sayso(host)
    with pytest.raises(Unsafe, match="one Sayso an app"):
        Sayso(host)


def test_an_unknown_setting_is_refused_when_it_is_mounted_and_leaves_no_trace(make_host: MakeHost) -> None:
    host = make_host(SAYSO_UNDO_SECOND="0")
    with pytest.raises(SettingsError, match="SAYSO_UNDO_SECOND"):
        Sayso(host)
    assert (set(host.blueprints), set(host.extensions)) == (set(), set())


def test_postgresql_without_a_secret_key_is_refused(make_host: MakeHost) -> None:
    with pytest.raises(SettingsError, match="SAYSO_SECRET_KEY"):
        Sayso(make_host(SAYSO_DATABASE_URL="postgresql://localhost/sayso"))
