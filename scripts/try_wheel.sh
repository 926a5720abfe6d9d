#!/bin/sh
# Installs a built wheel in an empty environment beside a host app that has a config.py and an app.py of its own, and looks.
# Usage, once .venv is set up: scripts/try_wheel.sh path/to/sayso-*.whl
set -eu
repo=$(cd "$(dirname "$0")/.." && pwd)
wheel=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/home" "$tmp/host" "$tmp/empty"

clean() { # a command that knows only the new environment and writes no bytecode
    env -i HOME="$tmp/home" TMPDIR="$tmp/home" PATH="$tmp/venv/bin:/usr/bin:/bin" PYTHONDONTWRITEBYTECODE=1 "$@"
}

echo "wheel: what is in it"
"$repo/.venv/bin/python" - "$wheel" "$repo" <<'PYTHON'
import sys
from fnmatch import filter as matching
from pathlib import Path
from zipfile import ZipFile

wheel, repo = Path(sys.argv[1]), Path(sys.argv[2])
packages = {"middleware": "sayso", "providers": "sayso_providers", "config": "sayso_config"}
wanted = [f"{package}/py.typed" for package in packages.values()] + [
    "sayso/*templates/*.html",
    "sayso/*static/*",
    "sayso/migrations/env.py",
    "sayso/migrations/versions/*.py",
    "sayso_config/default.toml",
    "sayso_config/purposes.csv",
    "sayso-*.dist-info/licenses/LICENSE",
]
names = ZipFile(wheel).namelist()
faults = [f"has no {pattern}" for pattern in wanted if not matching(names, pattern)]
tops = {name.split("/")[0] for name in names if not name.startswith("sayso-")}
faults += [f"has a stray top-level {top}" for top in sorted(tops - set(packages.values()))]
for root, package in packages.items():
    files = {path.relative_to(repo / root).as_posix() for path in (repo / root / package).rglob("*") if path.is_file()}
    faults += [f"left out {name}" for name in sorted(files - set(names)) if "__pycache__" not in name]
sys.exit("\n".join(f"{wheel.name} {fault}" for fault in faults) or 0)
PYTHON

echo "wheel: into an empty environment"
sed -n 's/^\([a-z0-9][^\\]*\) \\$/\1/p' "$repo/requirements.lock" >"$tmp/constraints.txt"
"$repo/.venv/bin/python" -m venv --without-pip "$tmp/venv"
uv=$(command -v "$repo/.venv/bin/uv" || command -v uv || true)
if [ -n "$uv" ]; then
    UV_SYSTEM_CERTS=1 "$uv" pip install --quiet --python "$tmp/venv/bin/python" -c "$tmp/constraints.txt" "$wheel"
else
    "$repo/.venv/bin/python" -m pip --python "$tmp/venv/bin/python" install --quiet -c "$tmp/constraints.txt" "$wheel"
fi

echo "wheel: alone"
cd "$tmp/empty"
clean sayso --help >/dev/null
clean python -I - <<'PYTHON'
import sys
from importlib.util import find_spec

strays = [name for name in ("app", "config", "middleware", "providers") if find_spec(name)]
sys.exit(f"importable, and must not be: {strays}" if strays else 0)
PYTHON

echo "wheel: beside a host"
cd "$tmp/host"
cat >config.py <<'PYTHON'
GREETING = "the host's own config"
PYTHON
cat >app.py <<'PYTHON'
import config
from flask import Flask

from sayso import Sayso

app = Flask(__name__)
sayso = Sayso(app, url_prefix="/sayso")


@app.get("/")
def home():
    return config.GREETING
PYTHON
cat >look.py <<'PYTHON'
import sys
from pathlib import Path


def on_disk():
    return {(str(path), path.stat().st_mtime_ns) for path in Path(sys.argv[1]).rglob("*")}


before = on_disk()
import sayso_config
import sayso_providers
from app import app

import config
import sayso

written = on_disk() - before
assert not written, f"creating the app wrote {sorted(written)}"
for package in (sayso, sayso_config, sayso_providers):
    assert package.__file__.startswith(sys.prefix), f"{package.__file__} is not the wheel's"
assert Path(config.__file__).parent == Path.cwd(), f"import config gives {config.__file__}"
client = app.test_client()
health = client.get("/sayso/healthz")
assert health.status_code == 200, f"/sayso/healthz: {health.status} {health.text}"
home = client.get("/")
assert (home.status_code, home.text) == (200, config.GREETING), f"the host's own page: {home.status} {home.text}"
PYTHON
clean python look.py "$tmp"
clean flask --app app sayso --help >/dev/null
echo "wheel: all right"
