"""The vendor's client libraries in the versions that CRMs run, each put once into a folder of its own in this venv."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

CACHE = Path(sys.prefix) / "clients"
HERE = Path(__file__).parent
LONGEST = 180
SURROUNDINGS = {**os.environ, "UV_SYSTEM_CERTS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
NEEDS = {
    "twilio": ("pytz==2025.2", "six==1.17.0"),
    "lob-python": ("python-dateutil==2.9.0.post0", "six==1.17.0"),
}
"""What a package needs in its old versions and this environment does not bring."""


@dataclass(frozen=True)
class Library:
    """One version of one language's library; version "" is the one that this environment has."""

    language: str
    version: str = ""
    mode: str = ""
    package: str = "twilio"

    def __str__(self) -> str:
        package = "" if self.package == "twilio" else self.package.lstrip("@").replace("/", "-")
        return "-".join(filter(None, (self.language, package, self.version or "installed", self.mode)))


def command(library: Library) -> tuple[list[str], dict[str, str]]:
    """How to start a CRM with this library: its command line, and what its environment has more than ours."""
    if library.language == "node":
        return ["node", str(HERE / "crm.js"), node_module(library)], {}
    path = {"PYTHONPATH": str(_folder(library))} if library.version else {}
    return [sys.executable, str(HERE / "crm.py"), *filter(None, (library.mode,))], path


def python_path(library: Library) -> dict[str, str]:
    """The environment in which a program of Python imports this library."""
    return {"PYTHONPATH": str(_folder(library))}


def node_module(library: Library) -> str:
    """The path by which a program of Node requires this library."""
    return str(_folder(library) / "node_modules" / library.package)


def _folder(library: Library) -> Path:
    """The folder that the library is in; a test that cannot have it is skipped, or fails where it must run."""
    problem = _install(library)
    if problem:
        _without(library, problem)
    return CACHE / str(library)


@cache
def _install(library: Library) -> str:
    """Why the library is not there; empty when it is. One process at a time installs, and whole or not at all."""
    folder, fresh = CACHE / str(library), CACHE / f"{library}.new"
    if library.language == "node" and not shutil.which("node"):
        return "there is no Node on this machine"
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{library}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return ""
        shutil.rmtree(fresh, ignore_errors=True)
        installer = _installer(library, fresh)
        if not installer:
            return "there is no program here to install it with"
        try:
            subprocess.run(installer, env=SURROUNDINGS, check=True, capture_output=True, text=True, timeout=LONGEST)
        except subprocess.CalledProcessError as error:
            return " ".join(error.stderr.split())[-300:]
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        fresh.rename(folder)
    return ""


def _installer(library: Library, folder: Path) -> list[str]:
    """The command line that puts the library into a folder."""
    if library.language == "node":
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", "--loglevel=error"]
        npm = shutil.which("npm")
        return (
            [npm, "install", *options, "--prefix", str(folder), f"{library.package}@{library.version}"] if npm else []
        )
    what = ["--quiet", "--no-deps", "--target", str(folder), f"{library.package}=={library.version}"]
    what += NEEDS.get(library.package, ())
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install", *what]
    uv = shutil.which("uv")
    return [uv, "pip", "install", "--no-config", "--python", sys.executable, *what] if uv else []


def _without(library: Library, why: str) -> NoReturn:
    said = f"The client library {library} is not here: {why}"
    if library.language == "python" and os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)
