"""Search: blind tokens of what a message can be found by, written with it, and the page of messages that match.

Whoever stores other words for a message (an edit, a redaction) calls `index_message(tx, message)` in the same
transaction with the message as it is then: the tokens of the former words go. `insert` does so for new messages.
All tokens of a message are one value in one row, and a search reads the rows of one source from the newest on: an
index of every word would cost each arrival some thirty scattered pages, and a search is rare beside an arrival.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, union_all

from sayso.message import Message
from sayso.store import tables as t
from sayso.store.database import Tx
from sayso.store.hashing import bare
from sayso.store.hot import Hot
from sayso.store.messages import JOINED
from sayso.store.opening import opened

MOST_TOKENS, MOST_TEXT, MOST_TERMS, SHORTEST = 120, 6000, 12, 2
MOST_NAMED, LONGEST_STEP, MOST_NOTES = 50, 5000, 20
INSERT = Hot(t.token.insert())
NEWEST = "~"
"""Behind every id of ours in the alphabet."""
TAILS = (4, 7)
PHONE = re.compile(r"\+?[0-9\s().-]{4,30}")
NO_DIGIT = re.compile(r"[^0-9]")
ASCII_WORD = re.compile(r"[a-z0-9]{2,}")

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody searches for, among these sources' messages to these vendors.

    `number` is the text as a whole telephone number in E.164, where it can be one.
    """

    text: str
    sources: tuple[str, ...]
    vendors: tuple[str, ...]
    number: str | None = None


def index_message(tx: Tx, message: Message) -> None:
    """Let a message be found by what it says now, and no longer by what it said before."""
    tx.put(t.token, ("source_id", "message_id"), _row(tx, message))


def add_tokens(tx: Tx, message: Message) -> None:
    """The tokens of a message that has none yet: one row that goes behind all others, for every arrival pays for it."""
    INSERT.run(tx, _row(tx, message))


def matching(tx: Tx, asked: Asked, where: Conditions, limit: int, after: str | None) -> tuple[Message, ...]:
    """The messages that an id, an address or every word of what is asked names, newest first, after an id."""
    found = _read(tx, _named(tx, asked), [*where, t.message.c.source_id.in_(asked.sources)], limit)
    for terms in _ways(asked):
        found += _with_all(tx, asked.sources, terms, where, limit, after=after or NEWEST)
    newest_first = {message.id: message for message in sorted(found, key=lambda one: one.id, reverse=True)}
    return tuple(newest_first.values())[:limit]


def has_notes(tx: Tx, source_id: str, metadata: Mapping[str, str]) -> ColumnElement[bool]:
    """The condition that a message of a source carries all this metadata."""
    own = t.token.c.source_id == source_id, t.token.c.message_id == t.message.c.id
    notes = _have(tx, [_token(tx, source_id, _note(*pair)) for pair in metadata.items()])
    return select(t.token.c.message_id).where(*own, *notes).correlate(t.message).exists()


def _note(name: str, value: str) -> str:
    """What a message is found by that carries this metadata; no word has a letter of this kind."""
    return f"\x1f{name}\x1f{value}"


def _named(tx: Tx, asked: Asked) -> list[str]:
    """By an id of ours, of the CRM or of the vendor, or by the idempotency key; each by its own index."""
    c, one, text = t.message.c, select(t.message.c.id), asked.text
    named = union_all(
        one.where(c.id == text.upper()),
        one.where(c.crm_id == text),
        one.where(c.source_id.in_(asked.sources), c.idempotency_key == text),
        one.where(c.provider.in_(asked.vendors), c.provider_id == text),
    )
    return [str(row[0]) for row in tx.connection.execute(named.limit(MOST_NAMED))]


def _with_all(
    tx: Tx, sources: Sequence[str], terms: Sequence[str], where: Conditions, limit: int, *, after: str
) -> list[Message]:
    """Along the tokens from the newest on, in steps that grow, until the page is full or there is no more."""
    each = [(source, [_token(tx, source, term) for term in terms]) for source in sources]
    found: list[Message] = []
    size, more = 2 * limit, True
    while more and len(found) < limit:
        steps = [tx.connection.execute(by_tokens(tx, *one, after).limit(size)).all() for one in each]
        ids = sorted((str(row[0]) for step in steps for row in step), reverse=True)[:size]
        found += _read(tx, ids, where, limit - len(found))
        more = len(ids) == size
        after, size = (ids[-1] if ids else after), min(2 * size, LONGEST_STEP)
    return found


def by_tokens(tx: Tx, source: str, tokens: Sequence[bytes], after: str) -> Select[tuple[str]]:
    """The ids of a source's messages with all these tokens, newest first, read along that source's rows alone."""
    c = t.token.c
    query = select(c.message_id).where(c.source_id == source, c.message_id < after, *_have(tx, tokens))
    return query.order_by(c.message_id.desc())


def _have(tx: Tx, tokens: Sequence[bytes]) -> list[ColumnElement[bool]]:
    """The conditions that a row of tokens has all of these."""
    position = func.instr if tx.connection.dialect.name == "sqlite" else func.pg_catalog.position
    return [position(t.token.c.tokens, token) > 0 for token in tokens]


def _read(tx: Tx, ids: Sequence[str], where: Conditions, limit: int) -> list[Message]:
    if not ids:
        return []
    c = t.message.c
    return list(opened(tx, JOINED.where(c.id.in_(ids), *where).order_by(c.id.desc()), limit)[0])


def _ways(asked: Asked) -> set[tuple[str, ...]]:
    """The sets of terms of which one must be there whole: all the words, or the digits of a number."""
    digits = NO_DIGIT.sub("", asked.text) if PHONE.fullmatch(asked.text) else ""
    ways = (_asked_terms(asked.text), (digits,), (NO_DIGIT.sub("", asked.number or ""),))
    return {way for way in ways if way and all(way)}


def _asked_terms(text: str) -> tuple[str, ...]:
    """The words of a query, the longest and so mostly the rarest first; an e-mail address is one word."""
    found: list[str] = []
    for part in text.split():
        found += [_folded(part)] if "@" in part.strip("@") else _words(part)
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True)[:MOST_TERMS])


def _terms(message: Message) -> list[str]:
    """What a message is found by, the surest first: its endpoints, person and subject, then its words."""
    found: dict[str, None] = {}
    for address in message.content.to:
        found |= dict.fromkeys(_address_terms(bare(address)))
    content = message.content
    found |= dict.fromkeys(_note(*pair) for pair in content.metadata[:MOST_NOTES])
    for text in (message.person, message.subject, content.subject_line, content.words):
        found |= dict.fromkeys(_words((text or "")[:MOST_TEXT]))
    return list(found)[:MOST_TOKENS]


def _address_terms(address: str) -> Iterator[str]:
    """A number by its digits and its end, an e-mail address whole and by its first part, a place by its words."""
    digits = address.removeprefix("+")
    if digits.isascii() and digits.isdigit():
        yield digits
        yield from (digits[-tail:] for tail in TAILS if len(digits) > tail)
    elif "@" in address:
        yield _folded(address)
        yield from _words(address.rpartition("@")[0])
    else:
        yield from _words(address)


def _words(text: str) -> list[str]:
    """The words of a text in one spelling: without case, accents, or what is neither letter nor digit."""
    if text.isascii():
        return ASCII_WORD.findall(text.lower())
    plain = "".join(char if _of_a_word(char) else " " for char in _folded(text))
    return [word for word in plain.split() if len(word) >= SHORTEST]


def _folded(text: str) -> str:
    bare_letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(char for char in bare_letters if unicodedata.category(char) != "Mn")


def _of_a_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) == "Mc"


def _token(tx: Tx, source_id: str, term: str) -> bytes:
    return tx.seal.token("search", f"{source_id}|{term}")


def _row(tx: Tx, message: Message) -> dict[str, object]:
    tokens = b"".join(_token(tx, message.source_id, term) for term in _terms(message))
    return {"source_id": message.source_id, "message_id": message.id, "tokens": tokens}
