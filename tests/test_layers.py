"""The law of house.md §3: who may import whom, who may speak SQL and HTTP, and how long a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
ROOTS = {"middleware": "sayso", "providers": "sayso_providers", "config": "sayso_config"}
STEPS = ("intake", "screening", "signoff", "dispatch", "callbacks", "relay")
OURS = ("sayso", "sayso_providers", "sayso_config")
LONGEST_FILE, LONGEST_FUNCTION = 300, 40

MAY_IMPORT: Mapping[str, tuple[str, ...]] = {
    "sayso.message": ("sayso.message",),
    "sayso.checks": ("sayso.message", "sayso.checks"),
    "sayso.store": ("sayso.message", "sayso.store", "sayso.migrations"),
    "sayso.migrations": (),
    "sayso.worker": ("sayso.worker",),
    "sayso.failpoint": ("sayso.message",),
    "sayso.outbound": ("sayso.message", "sayso.failpoint", "sayso.outbound_mail"),
    "sayso.outbound_mail": ("sayso.message", "sayso.failpoint"),
    "sayso_config": ("sayso_config",),
}
"""Which of our modules a part may import; a part that is not named here may import downward as it needs."""

ONLY: Mapping[str, tuple[str, ...]] = {
    "sqlalchemy": ("sayso.store", "sayso.migrations"),
    "alembic": ("sayso.migrations",),
    "requests": ("sayso.outbound", "sayso.demo"),
    "urllib3": ("sayso.outbound",),
    "http.client": ("sayso.outbound",),
    "smtplib": ("sayso.outbound_mail",),
    "aiosmtpd": ("sayso.smtp.listening",),
    "rq": ("sayso.worker.far",),
    "redis": ("sayso.worker.far",),
    "sayso_config": (
        "sayso.building",
        "sayso.policing",
        "sayso.accounts",
        "sayso.extension",
        "sayso.cli",
        "sayso.wsgi",
        "sayso.demo",
        "sayso.doctor",
        "sayso.mapping",
        "sayso_config",
    ),
}
"""Who alone may import a thing; sqlalchemy.exc is for everybody, and the doctor looks at every setting."""

NO_FLASK = (
    "sayso.message", "sayso.checks", "sayso.store", "sayso.worker", "sayso.facts", "sayso.sweep",
    "sayso.template_words", "sayso.deciding", "sayso.rescreening", "sayso_providers", "sayso_config",
    *(f"sayso.{step}" for step in STEPS),
)  # fmt: skip
COMMITS = ("commit", "begin", "begin_nested")


def modules() -> dict[str, str]:
    """The source of every module of ours by its name."""
    found = {}
    for root, package in ROOTS.items():
        for path in (REPO / root / package).rglob("*.py"):
            name = ".".join(path.relative_to(REPO / root).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path.read_text("utf-8")
    return found


MODULES = modules()


def inside(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of these, or in one of them."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def imported(tree: ast.Module) -> Iterator[str]:
    """The dotted name of everything that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def may_import(module: str) -> tuple[str, ...] | None:
    """What of ours a module may import; None for no other limit than the layers above it."""
    if inside(module, "sayso_providers") and module != "sayso_providers":
        own = ".".join(module.split(".")[:2])
        return ("sayso.message", "sayso_providers.base", own)
    return next((allowed for part, allowed in MAY_IMPORT.items() if inside(module, part)), None)


def import_faults(module: str, tree: ast.Module) -> Iterator[str]:
    """What a module imports and must not."""
    allowed = may_import(module)
    for name in imported(tree):
        if name.startswith("."):
            yield f"imports {name} relatively"
        if allowed is not None and inside(name, *OURS) and not inside(name, *allowed):
            yield f"imports {name}"
        if inside(name, "flask", "flask_login", "flask_wtf") and inside(module, *NO_FLASK):
            yield f"imports {name}"
        for thing, users in ONLY.items():
            if inside(name, thing) and not inside(name, "sqlalchemy.exc") and not inside(module, *users):
                yield f"imports {name}, which only {', '.join(users)} may"


def call_faults(module: str, tree: ast.Module) -> Iterator[str]:
    """What a module calls and must not."""
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id == "print":
            yield f"prints in line {called.lineno}"
        if isinstance(called, ast.Attribute) and called.attr in COMMITS and not inside(module, "sayso.store"):
            yield f"calls {called.attr} in line {called.lineno}"


def length_faults(module: str, tree: ast.Module, source: str) -> Iterator[str]:
    """What of a module is too long."""
    if (lines := len(source.splitlines())) > LONGEST_FILE:
        yield f"has {lines} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not inside(module, "sayso.migrations.versions"):
            lines = code_lines(node, source)
            if lines > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} code lines"


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, source: str) -> int:
    """How many lines of a function are neither blank, comment nor docstring."""
    lines = source.splitlines()[function.lineno - 1 : function.end_lineno]
    code = sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)
    docstring = ast.get_docstring(function, clean=False)
    return code - sum(bool(line.strip()) for line in docstring.splitlines()) if docstring else code


def step_faults(module: str, tree: ast.Module) -> Iterator[str]:
    """Whether a step file says which step it is."""
    for number, step in enumerate(STEPS, 1):
        beginning = f"Step {number} of 6. From "
        if module == f"sayso.{step}" and not (ast.get_docstring(tree) or "").startswith(beginning):
            yield f"does not begin with {beginning!r}"


def faults(module: str, source: str) -> list[str]:
    """Everything that a module does against the law."""
    tree = ast.parse(source)
    found = [*import_faults(module, tree), *call_faults(module, tree), *step_faults(module, tree)]
    return [*found, *length_faults(module, tree, source)]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_keeps_the_law(module: str) -> None:
    assert faults(module, MODULES[module]) == []


LONG = "def long():\n    '''Says.'''\n" + "    x = 1\n" * 40
PLANTED: tuple[tuple[str, str, str], ...] = (
    ("sayso.checks.words", "from sayso import store", "imports sayso.store"),
    ("sayso.checks.words", "import sayso.facts", "imports sayso.facts"),
    ("sayso.checks.words", "def f():\n    from flask import g", "imports flask.g"),
    ("sayso.checks.words", "from . import links", "imports ..links relatively"),
    ("sayso_providers.lob", "from sayso_providers.twilio import door", "imports sayso_providers.twilio.door"),
    ("sayso_providers.lob", "from sayso.store import Store", "imports sayso.store.Store"),
    ("sayso_providers.twilio.door", "from flask import current_app", "imports flask.current_app"),
    ("sayso_providers.base", "from sayso_config import load", "imports sayso_config.load"),
    ("sayso.store.people", "from sayso import access", "imports sayso.access"),
    ("sayso.message.shapes", "from sayso.store import Tx", "imports sayso.store.Tx"),
    ("sayso.worker", "from sayso.message import Message", "imports sayso.message.Message"),
    ("sayso.worker", "import rq", "imports rq, which only sayso.worker.far may"),
    ("sayso.building", "from redis import Redis", "imports redis.Redis, which only sayso.worker.far may"),
    ("sayso_config.layers", "from sayso.message import Unsafe", "imports sayso.message.Unsafe"),
    ("sayso.intake", "'''Step 1 of 6. From x.'''\nfrom sqlalchemy import text", "imports sqlalchemy.text, which only"),
    ("sayso.api", "import requests", "imports requests, which only"),
    ("sayso.relay", "'''Step 6 of 6. From x.'''\nfrom urllib3 import Retry", "imports urllib3.Retry, which only"),
    ("sayso.facts", "from sayso_config import load", "imports sayso_config.load, which only"),
    ("sayso.dispatch", "'''Step 4 of 6. From x.'''\nimport flask", "imports flask"),
    ("sayso.intake", "'''Step 1 of 6. From x.'''\nconnection.commit()", "calls commit in line 2"),
    ("sayso.desk.view", "with engine.begin() as connection: ...", "calls begin in line 1"),
    ("sayso.cli", "print('x')", "prints in line 1"),
    ("sayso.signoff", "'''The third step.'''", "does not begin with 'Step 3 of 6. From '"),
    ("sayso.api", "x = 1\n" * 301, "has 301 lines"),
    ("sayso.api", LONG, "long has 41 code lines"),
)  # fmt: skip


@pytest.mark.parametrize(("module", "source", "fault"), PLANTED, ids=[fault for _, _, fault in PLANTED])
def test_a_planted_violation_is_found(module: str, source: str, fault: str) -> None:
    assert faults(module, source)[0].startswith(fault)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("sayso.checks.words", "from sayso.message import Finding\nfrom sayso.checks import links\nimport re"),
        ("sayso_providers.twilio.door", "from sayso_providers.twilio.shape import STATUSES\nimport twilio"),
        ("sayso.intake", "'''Step 1 of 6. From x.'''\nfrom sqlalchemy.exc import IntegrityError"),
        ("sayso.store.people", "from sqlalchemy import select\nwith engine.begin(): ..."),
        ("sayso.building", "from sayso_config import load"),
    ],
)
def test_what_is_allowed_is_not_found(module: str, source: str) -> None:
    assert faults(module, source) == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: uses(module, source) for module, source in MODULES.items()}
    assert circle(graph) == []


def test_a_planted_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]


def uses(module: str, source: str) -> set[str]:
    """The modules of ours that a module imports; the package that hands out `Sayso` lazily stands for nothing."""
    found = set()
    for name in imported(ast.parse(source)):
        parts = name.split(".")
        longest = next((".".join(parts[:n]) for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in MODULES), "")
        found.add(longest)
    return found - {"", "sayso", module}


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The modules that are left when those that import nothing that is left are taken away, again and again."""
    left = dict(graph)
    while free := [module for module, used in left.items() if not used & left.keys()]:
        for module in free:
            del left[module]
    return sorted(left.keys() & set().union(*left.values()))
