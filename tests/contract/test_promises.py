"""Every answer of a vendor-shaped door is what the vendor's own OpenAPI file promises for that place and status."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
from flask import Response, request

from sayso_providers import DOORS
from tests.contract.paces import for_vendors, sent, some_words
from tests.contract.world import CRM, OTHER, World
from tests.contract.worlds import vendors
from tests.vendors import plain_http

SPECS = Path(__file__).parents[1] / "specs"
LINKS = "lob-assets"
"""The pattern of Lob's own links fits none of the examples in its own file."""
HELP = {"help": {}}
"""SendGrid's file says that `help` is an object; its API says null."""
FILES: Mapping[str, tuple[str, str]] = {
    "twilio": ("twilio/twilio_api_v2010.json", ""),
    "sendgrid": ("sendgrid/tsg_mail_v3.json", ""),
    "lob": ("lob/lob_api.json", "/v1"),
}
"""The file of each vendor with a door, and what stands before its places here."""


@dataclass(frozen=True)
class Answered:
    """One answer of a door, and to what."""

    method: str
    path: str
    status: int
    body: bytes


def keep_log(world: World) -> list[Answered]:
    """Every answer from now on."""
    log: list[Answered] = []

    @world.place.house.app.after_request
    def keep(response: Response) -> Response:
        log.append(Answered(request.method.lower(), request.path, response.status_code, response.get_data()))
        return response

    return log


def plain(node: Any) -> Any:
    """JSON Schema from OpenAPI 3.0, whose `nullable` JSON Schema does not know."""
    if isinstance(node, list):
        return [plain(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    made = {name: plain(inner) for name, inner in node.items()}
    if LINKS in str(made.get("pattern")):
        made.pop("pattern")
    if made.pop("nullable", None) is True and "type" in made:
        made["type"] = [made["type"], "null"]
    return made | HELP if "help" in made and "field" in made else made


class Promises:
    """What a vendor's file says of answers."""

    def __init__(self, vendor: str) -> None:
        file, self.before = FILES[vendor]
        self.file = plain(json.loads((SPECS / file).read_text("utf-8")))

    def schema(self, one: Answered) -> dict[str, Any] | None:
        """The schema of an answer at a place that the file has, or of an error there in another method; else None."""
        for place, known in self.file["paths"].items():
            methods = [name for name in known if name in (one.method, *(("post", "get") if one.status >= 400 else ()))]
            if methods and re.fullmatch(self.before + re.sub(r"\{\w+\}", "[^/]+", place), one.path):
                return self._of(known[one.method if one.method in known else methods[0]]["responses"], one.status)
        return None

    def _of(self, responses: Mapping[str, Any], status: int) -> dict[str, Any] | None:
        found = responses.get(str(status), responses.get("default"))
        assert status >= 400 or found is not None, f"the vendor's file has no {status} here"
        if found and "$ref" in found:
            found = self.file["components"]["responses"][found["$ref"].rpartition("/")[2]]
        schema = (found or {}).get("content", {}).get("application/json", {}).get("schema")
        return {**schema, "components": self.file["components"]} if schema else None


def misbehave(world: World, log: list[Answered]) -> None:
    """What no client sends: at the place where messages are made, without a key, in other methods, and in no form."""
    made = next(one.path for one in log if one.method == "post" and one.status < 300)
    url = world.place.house.url + made
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        plain_http().request(method, url, data=b"\xff{", timeout=10)
    ends = Path(made).suffix  # in which an answer's format is asked for, where there is one
    for path in (f"{made}/nothing/at/all{ends}", made.rpartition("/")[0] + ends):
        plain_http().post(world.place.house.url + path, timeout=10)


def faults(promises: Promises, log: list[Answered]) -> Iterator[str]:
    """What of the answers is not as promised."""
    for one in log:
        schema = promises.schema(one)
        if schema:
            found = jsonschema.Draft7Validator(schema).iter_errors(json.loads(one.body))
            yield from (f"{one.method} {one.path} {one.status}: {fault.message}" for fault in found)


def test_every_vendor_with_a_door_has_its_file_and_the_files_licence() -> None:
    assert vendors("door") == [name for name in vendors() if name in DOORS]
    for name in DOORS:
        assert (SPECS / FILES[name][0]).exists()
        assert "Permission is hereby granted" in " ".join((SPECS / name / "LICENSE").read_text("utf-8").split())


@for_vendors("door")
def test_all_that_a_door_answers_is_what_the_vendors_file_promises(world: World, request: Any) -> None:
    promises, log = Promises(request.node.callspec.params["world"]), keep_log(world)
    other = world.hand_in(OTHER, some_words())
    crm_id = sent(world)
    world.look_around(CRM, crm_id)
    world.look_around(CRM, other)
    world.callback(world.DELIVERED).post()
    world.look_around(CRM, crm_id)
    misbehave(world, log)
    checked = [one for one in log if promises.schema(one)]
    assert len(checked) >= 2
    assert list(faults(promises, log)) == []


@for_vendors("door")
def test_every_error_of_a_door_is_in_the_vendors_own_words(world: World) -> None:
    log = keep_log(world)
    crm_id = world.hand_in(CRM, some_words())
    other = world.hand_in(OTHER, some_words())
    for one in (crm_id, other):
        world.look_around(CRM, one)
    misbehave(world, log)
    wrong = [one for one in log if one.status >= 400]
    assert len(wrong) >= 5
    assert [one for one in wrong if not world.is_refusal(json.loads(one.body))] == []
