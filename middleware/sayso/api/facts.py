"""Facts at our own door: a CRM hands in what it knows, the desk and the till what they heard; each item by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sayso import signoff, store
from sayso.access import callers
from sayso.api.manners import Reader, guarded, json_body
from sayso.doors import runtime
from sayso.message import Denied, Json, Malformed
from sayso.runtime import Runtime
from sayso.store import Source
from sayso.telling import taking

BODY_LIMIT, MOST = 10_000_000, 10_000


@callers("source or staff")
@partial(guarded, body_limit=BODY_LIMIT)
def tell(reader: Reader) -> tuple[Json, int]:
    """200 when every item was stored, 207 with each refusal when some were not."""
    if reader.staff and reader.staff.role not in signoff.DECIDERS:
        raise Denied("You may look, but not say what is so.")
    here, body = runtime(), json_body()
    count = sum(map(len, taking.lists(body, ("source",)).values()))
    if count > MOST:
        raise Malformed(413, "too_many", f"At most {MOST} items a call, over all lists; these are {count}.")
    said = body.pop("source", None)
    source = reader.source if reader.source else _named(here, body, said)
    if reader.source and said not in (None, reader.source.name):
        raise Malformed(400, "source", f"This token's ids are those of {reader.source.name}; only staff name a source.")
    told = taking.tell_facts(here, source, body, reader.staff)
    return told, 207 if told["refused"] else 200


def _named(here: Runtime, body: Mapping[str, Json], name: Json) -> Source:
    """The source whose ids a member of staff uses: as they say, else the only one, else the one that knows them."""
    with here.store.read() as tx:
        sources = store.read_sources(tx)
    names = ", ".join(source.name for source in sources)
    if name is not None:
        found = [source for source in sources if source.name == name]
    else:
        found = list(sources) if len(sources) == 1 else taking.who_knows(here, sources, body)
    if len(found) == 1:
        return found[0]
    if not sources:
        raise Malformed(400, "source", "There is no source yet whose ids these could be: sayso source add NAME.")
    raise Malformed(400, "source", f"Say whose ids these are, as source; there are {names}.")
