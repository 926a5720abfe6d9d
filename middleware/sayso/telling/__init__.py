"""Facts handed in: by a CRM, a till, the desk or the host; `taking` stores them, here is what a host says at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sayso.message import LISTS, Fact, Json, Malformed
from sayso.store import Source
from sayso.store.seal import Seal
from sayso.telling import merging, reading
from sayso.telling.fields import Place
from sayso.telling.reading import Teller

logger = logging.getLogger("sayso")


def given_facts(given: Mapping[str, Json], source: Source, seal: Seal, now: datetime, country: str) -> tuple[Fact, ...]:
    """What the host's hook says, as facts with that source's ids; an item that cannot be read is left out."""
    teller = Teller(source.id, source.name, source.name, desk=False, seal=seal, place=Place(now, country), others={})
    found: dict[str, Fact] = {}
    for kind in LISTS:
        listed = given.get(kind)
        for index, raw in enumerate(listed if isinstance(listed, list) else ()):
            try:
                fact = reading.read(kind, raw, teller)
            except Malformed:
                logger.warning("item %s of %s from the facts hook could not be read and was left out", index, kind)
                continue
            found[fact.key] = merging.merge(found.get(fact.key), fact)
    return tuple(found.values())
