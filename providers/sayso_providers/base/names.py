"""Names of fields that a vendor may take for its own, though they are written otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping


def letters(name: str) -> str:
    """The letters of a name, in whatever case, width or spelling: two readers may take such names for the same."""
    return re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name).upper().casefold())


def by_letters(names: Iterable[str]) -> Mapping[str, str]:
    """A vendor's names, to be found by their letters."""
    return {letters(name): name for name in names}


def meant(name: str, known: Mapping[str, str]) -> str:
    """The vendor's own name that another reader may take this one for; else the name itself."""
    return known.get(letters(name), name)
