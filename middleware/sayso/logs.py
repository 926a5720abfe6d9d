"""What reaches a log: ids, states and check names. Numbers, addresses, words and keys do not, whoever put them there.

An error's own words are told only where they cannot quote a message; of every other one the log has its kind and the
places in the code. Behind that, whatever looks like a number, an address or a key is taken out of all that is said.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType

from sqlalchemy.exc import DBAPIError

from sayso.message import Unsafe

QUOTED = re.compile(r"""(["'])(?!(?:ix_)?sayso_)(?:.*\1|.*$)""")
"""What a database quotes in its first line and is none of our tables or indexes, so perhaps a value."""
LONGEST, DEEPEST = 4000, 20

HIDDEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"(?i)\b(bearer|basic)\s+[\w.+/=~-]{6,}", r"\1 [key]"),
        (r"://[^\s/@:]*:[^\s/@]*@", "://[key]@"),
        (r"(?i)\b(invite|callbacks/\w+|inbound/\w+)/[\w%-]{16,}", r"\1/[key]"),
        (r"\b(sayso_|whsec_|SG\.|(?:test|live)_)[\w.-]{16,}", r"\1[key]"),
        (r"\b(AC[0-9a-fA-F]{32}):\S+", r"\1:[key]"),
        (r"(?<![0-9A-Za-z_])[0-9a-f]{32}(?![0-9A-Za-z_])", "[key]"),
        (r"[^\s@<>\"'=,;:()]{1,64}(?:@|%40)[^\s@<>\"'=,;:()]{1,255}\.\w{2,}", "[address]"),
        (r"(?:\+|%2[Bb]|\b00)\d(?:[\s().-]{0,2}\d){6,}", "[number]"),
        (r"(?<![\w.:-])\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?!\w)", "[number]"),
        (r"(?<![0-9A-Za-z_])\d{9,15}(?![0-9A-Za-z_])", "[number]"),
    )
)
"""What looks like a key, an address or a number, and what stands there instead."""


class Wall(logging.Filter):
    """Cleans every record of our own logger, for whatever handlers a host has set."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without people in it."""
        record.msg, record.args = said(record), None
        if record.exc_info and record.exc_info[1]:
            record.exc_text = "".join(told(record.exc_info[1]))
        record.exc_info = None
        return True


class Plain(logging.Formatter):
    """One line a record for a person at a terminal, with the places in the code below it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record without people in it."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        return "\n".join([f"{at} {record.levelname} {record.name} {said(record)}", *_where(record)])


class Lines(logging.Formatter):
    """One JSON object a line, for a program that reads logs; no text in it can pose as another record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record without people in it."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "thread": record.threadName}
        where = _where(record)
        return json.dumps(line | {"said": said(record)} | ({"where": where} if where else {}))


WALL = Wall()


def guard() -> None:
    """Keep people out of what our own logger says, wherever a host sends it; a second call changes nothing."""
    logging.getLogger("sayso").addFilter(WALL)


def start() -> None:
    """The standalone program's log, on stderr: for a person at a terminal, else a JSON object a line."""
    handler = logging.StreamHandler()
    handler.setFormatter(Plain() if sys.stderr.isatty() else Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
    guard()


def said(record: logging.LogRecord) -> str:
    """What a record says, on one line and without people in it."""
    try:
        text = record.getMessage()
    except (TypeError, ValueError):
        text = f"a message of {record.name} could not be put together"
    return hide(text)


def hide(text: str) -> str:
    """The text on one line, without what looks like a number, an address or a key."""
    text = text[: 2 * LONGEST]
    for pattern, instead in HIDDEN:
        text = pattern.sub(instead, text)
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST]


def told(error: BaseException) -> Iterator[str]:
    """An error and what it came from, first cause first: where in the code, and of which kind."""
    for found in reversed(_chain(error)):
        yield from _places(found.__traceback__)
        yield f"{type(found).__module__}.{type(found).__qualname__}{_words(found)}\n"


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and len(chain) < DEEPEST:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def _places(found: TracebackType | None) -> Iterator[str]:
    """The file, line and function of each step; the line itself is code, which a host may have written people into."""
    for frame in traceback.extract_tb(found)[-DEEPEST:]:
        yield f"  {frame.filename}:{frame.lineno} {frame.name}\n"


def _words(error: BaseException) -> str:
    """The error's words where they cannot quote a message: ours on a setting, the system's, a database's first line."""
    if isinstance(error, DBAPIError):
        lines = str(error.orig).strip().splitlines()
        return f": {hide(QUOTED.sub('[value]', lines[0]))}" if lines else ""
    words = error.strerror if isinstance(error, OSError) and isinstance(error.errno, int) else None
    return f": {hide(words or str(error))}" if words or isinstance(error, Unsafe) else ""


def _where(record: logging.LogRecord) -> list[str]:
    text = record.exc_text
    if record.exc_info and record.exc_info[1]:
        text = "".join(told(record.exc_info[1]))
    return [hide(line) for line in (text or "").splitlines()]
