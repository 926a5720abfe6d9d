"""A CRM's own address book at a door that has one: its entries are kept here, and stand for whom a piece goes to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sayso import store
from sayso.message import Answer, Json, Malformed, Request
from sayso.paging import page
from sayso.runtime import Runtime
from sayso.store import Kept, Source
from sayso_providers import Book, Call, Entry, Query, Viewer

PREFIX = "adr_"
OURS = re.compile("adr_([0-9a-z]{26})")


def known(here: Runtime, book: Book, source: Source, crm_id: str) -> Mapping[str, Json] | None:
    """The source's address of that id: one that it keeps, or one that a piece of its own showed under this id."""
    found = _find(here, book, source, crm_id)
    return found.data if found else None


def answer(here: Runtime, book: Book, source: Source, call: Call, asked: Request, *, viewer: Viewer) -> Answer:
    """What a CRM hears that adds, shows, lists or deletes an address."""
    if call.path == "add":
        data = book.entry(asked, viewer)
        kept = here.store.write(lambda tx: store.keep_place(tx, source.id, data))
        return book.show_entry(_entry(kept), viewer)
    if call.path == "list":
        return _listed(here, book, source, book.query(asked, viewer), viewer)
    if call.path == "drop":
        gone = here.store.write(lambda tx: store.drop_place(tx, source.id, _own_id(call.crm_id)))
        if not gone:
            raise _not_found()
        return book.dropped(call.crm_id)
    found = _find(here, book, source, call.crm_id)
    if found is None:
        raise _not_found()
    return book.show_entry(found, viewer)


def _listed(here: Runtime, book: Book, source: Source, query: Query, viewer: Viewer) -> Answer:
    with here.store.read() as tx:

        def read(at: Query, limit: int) -> Sequence[Kept]:
            return store.places_page(tx, source.id, limit, after=at.after, before=at.before, created=query.created)

        wanted = query.metadata
        shown, query, more = page(query, read, (lambda one: _has(one.data, wanted)) if wanted else None)
        if query.counted:
            query = replace(query, total=store.count_places(tx, source.id, query.created))
    return book.show_entries([_entry(one) for one in shown], query, more, viewer)


def _has(data: Mapping[str, Json], wanted: Mapping[str, str]) -> bool:
    metadata = data.get("metadata")
    return isinstance(metadata, dict) and wanted.items() <= metadata.items()


def _find(here: Runtime, book: Book, source: Source, crm_id: str) -> Entry | None:
    with here.store.read() as tx:
        kept = store.find_place(tx, source.id, _own_id(crm_id))
        if kept:
            return _entry(kept)
        for piece in book.pieces_with(crm_id):
            message = store.get(tx, piece, source.id)
            data = book.address_in(message, crm_id) if message and not message.deleted_at else {}
            if message and data:
                return Entry(message.id, crm_id, data, message.created_at)
    return None


def _not_found() -> Malformed:
    return Malformed(404, "not_found", "address not found")


def _own_id(crm_id: str) -> str:
    found = OURS.fullmatch(crm_id)
    return found[1].upper() if found else ""


def _entry(kept: Kept) -> Entry:
    return Entry(kept.id, f"{PREFIX}{kept.id.lower()}", kept.data, kept.created_at)
