"""A CRM that speaks through Lob's Python libraries, `lob` 4 or `lob_python` 5: JSON in a line asks, JSON answers.

Only the base URL and the key are not the vendor's.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any


def old(asked: dict[str, Any]) -> Any:
    """One act by `lob`, whose create sends a form with brackets and JSON inside."""
    import lob

    lob.api_key, lob.api_base = asked["key"], asked["url"]
    given = dict(asked["given"])
    for name in ("to", "from"):
        if name in given:
            given[f"{name}_address"] = given.pop(name)
    if "path" in given:
        given["front"] = open(given.pop("path"), "rb")  # noqa: SIM115  # the library reads and the process ends
    act = {
        "create": lambda: lob.Postcard.create(**given),
        "letter": lambda: lob.Letter.create(**given),
        "fetch": lambda: lob.Postcard.retrieve(given["id"]),
        "list": lambda: lob.Postcard.list(**given),
        "cancel": lambda: lob.Postcard.delete(given["id"]),
        "address": lambda: lob.Address.create(**given),
    }[asked["act"]]
    try:
        found = json.loads(str(act()))
    except lob.error.LobError as error:
        return {"error": type(error).__name__, "status": error.http_status, "message": str(error)}
    return {"said": shown(found)}


def new(asked: dict[str, Any]) -> Any:
    """One act by `lob_python`, which checks the shape of every answer."""
    import lob_python
    from lob_python.api import addresses_api, letters_api, postcards_api
    from lob_python.model.address_editable import AddressEditable
    from lob_python.model.letter_editable import LetterEditable
    from lob_python.model.postcard_editable import PostcardEditable

    client = lob_python.ApiClient(lob_python.Configuration(host=asked["url"], username=asked["key"]))
    cards, given = postcards_api.PostcardsApi(client), dict(asked["given"])
    if "from" in given:
        given["_from"] = given.pop("from")

    def made(model: Any) -> Any:
        return model._from_openapi_data(**given, _check_type=False)

    act = {
        "create": lambda: cards.create(made(PostcardEditable)),
        "letter": lambda: letters_api.LettersApi(client).create(made(LetterEditable)),
        "fetch": lambda: cards.get(given["id"]),
        "list": lambda: cards.list(**filters(given)),
        "cancel": lambda: cards.cancel(given["id"]),
        "address": lambda: addresses_api.AddressesApi(client).create(made(AddressEditable)),
    }[asked["act"]]
    try:
        found = act().to_dict()
    except lob_python.ApiException as error:
        body = json.loads(error.body)
        return {"error": type(error).__name__, "status": error.status, "message": body["error"]["message"]}
    return {"said": shown(json.loads(json.dumps(found, default=str)))}


def filters(given: dict[str, Any]) -> dict[str, Any]:
    """A list's filters in the library's own types."""
    from lob_python.model.mail_type import MailType
    from lob_python.model.metadata_model import MetadataModel
    from lob_python.model.postcard_size import PostcardSize
    from lob_python.model.sort_by3 import SortBy3

    types = {
        "date_created": lambda raw: {sign: datetime.fromisoformat(at) for sign, at in raw.items()},
        "mail_type": MailType,
        "metadata": lambda raw: MetadataModel(**raw),
        "size": lambda raw: [PostcardSize(one) for one in raw],
        "sort_by": lambda raw: SortBy3(**raw),
    }
    return {name: types[name](value) if name in types else value for name, value in given.items()}


def shown(found: Any) -> Any:
    """What came back, under the names that Lob gives."""
    if isinstance(found, list):
        return [shown(one) for one in found]
    if not isinstance(found, dict):
        return found
    return {name.removeprefix("_").removesuffix("_address"): shown(value) for name, value in found.items()}


speak = {"4": old, "5": new}[sys.argv[1]]
for line in sys.stdin:
    sys.stdout.write(json.dumps(speak(json.loads(line))) + "\n")
    sys.stdout.flush()
