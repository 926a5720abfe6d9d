"""Real answers of Lob's door, held against the vendor's own OpenAPI file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.lob_house import SHOP, TO, Printing, press, shared

__all__ = ["press", "shared"]  # fixtures from elsewhere

SPEC = json.loads((Path(__file__).parent / "specs/lob/lob_api.json").read_text())
URL = re.compile(
    r"https://lob-assets\.com/(letters|postcards|self-mailers)/[a-z]{3,4}_[a-z0-9]{15,16}\.pdf"
    r"\?(version=[a-z0-9-]*&)?expires=[0-9]{10}&signature=[a-zA-Z0-9_-]+"
)
"""What the TypeScript client insists on; the file's own pattern fits none of its own examples."""


def plain(node: Any) -> Any:
    """A JSON Schema from OpenAPI 3.0, whose `nullable` JSON Schema does not know; the broken pattern is left out."""
    if isinstance(node, list):
        return [plain(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    made = {name: plain(inner) for name, inner in node.items()}
    if "lob-assets" in str(made.get("pattern")):
        made.pop("pattern")
    if made.pop("nullable", None) is True and "type" in made:
        made["type"] = [made["type"], "null"]
    return made


COMPONENTS = plain(SPEC["components"])


def assert_as_promised(body: dict[str, Any], schema: str) -> None:
    """The body has the vendor's own schema of that name."""
    found = {"$ref": f"#/components/schemas/{schema}", "components": COMPONENTS}
    jsonschema.validate(body, found, cls=jsonschema.Draft7Validator)


PIECES = {"/postcards": "postcard", "/letters": "letter", "/self_mailers": "self_mailer"}
CREATES: dict[str, dict[str, Any]] = {
    "plain": {},
    "everything": {"description": "x", "metadata": {"a": "b"}, "mail_type": "usps_standard", "from": SHOP},
    "template": {"front": "tmpl_a", "back": "tmpl_b", "file": "tmpl_a", "inside": "tmpl_a", "outside": "tmpl_b"},
}


@pytest.mark.parametrize("given", CREATES)
@pytest.mark.parametrize("path", PIECES)
def test_a_piece_is_what_the_vendors_file_promises(press: Printing, path: str, given: str) -> None:
    own = {"/postcards": ("front", "back"), "/letters": ("file",), "/self_mailers": ("inside", "outside")}[path]
    others = {"front", "back", "file", "inside", "outside"} - set(own)
    made = press.create(path, **{name: value for name, value in CREATES[given].items() if name not in others})
    assert_as_promised(made, PIECES[path])
    assert URL.fullmatch(made["url"])
    assert None not in [value for name, value in made.items() if not name.endswith("_template_id")]
    assert_as_promised(press.call("GET", f"{path}/{made['id']}").json(), PIECES[path])
    listed = press.call("GET", path).json()
    assert_as_promised(listed, "list")
    assert listed["data"] == [made]
    gone = press.call("DELETE", f"{path}/{made['id']}").json()
    assert_as_promised(gone, f"{PIECES[path]}_deletion")
    assert_as_promised(press.call("GET", f"{path}/{made['id']}").json(), PIECES[path])


def test_an_address_is_what_the_vendors_file_promises(press: Printing) -> None:
    kept = press.call("POST", "/addresses", json=TO).json()
    assert_as_promised(kept, "address")
    home = {"name": "Inês Prado", "address_line1": "Rua do Ouro 5", "address_zip": "1100-061", "address_country": "PT"}
    assert_as_promised(press.call("POST", "/addresses", json=home).json(), "address")
    assert_as_promised(press.call("DELETE", f"/addresses/{kept['id']}").json(), "address_deletion")


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", "/postcards/psc_1", {}),
        ("POST", "/postcards", {"json": {}}),
        ("PUT", "/checks", {}),
        ("GET", "/postcards", {"auth": ("x", "")}),
        ("POST", "/postcards", {"data": b"x", "headers": {"Content-Type": "text/plain"}}),
    ],
    ids=["404", "422", "nowhere", "401", "type"],
)
def test_an_error_is_what_the_vendors_file_promises(
    press: Printing, method: str, path: str, more: dict[str, Any]
) -> None:
    answer = press.call(method, path, **more)
    assert answer.status_code >= 400
    assert_as_promised(answer.json(), "error")
