"""What the database stands on: reached, of this release, keeping what it is given, opened by our key, in time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

from sayso.doctor.patient import Check, Patient
from sayso.message import Unsafe
from sayso.store.watch import Footing, read_footing

SKEW = timedelta(seconds=60)
ROOM = 500_000_000


def database(patient: Patient) -> Iterator[Check]:
    """Everything that can be asked of the database itself."""
    why = patient.reach()
    yield Check("database", not why, why)
    if patient.store is None:
        return
    try:
        found = read_footing(patient.store)
    except Unsafe as error:
        yield Check("tables", False, f"{error}.")
        return
    patient.current = found.current and found.opens
    yield Check("tables", found.current, "" if found.current else "They are not of this release: sayso db upgrade")
    yield from _kept(found)
    mend = "This database was sealed with another key: put SAYSO_SECRET_KEY (or sayso.key) back as it was."
    yield Check("seal", found.opens, "" if found.opens else mend)
    yield from _clock(patient, found)


def room(patient: Patient) -> Iterator[Check]:
    """Whether the disk of an SQLite database has room."""
    if patient.file is None or not patient.file.exists():
        return
    free = shutil.disk_usage(patient.file.absolute().parent).free
    mend = f"Only {free // 1_000_000} MB are free where the database lies: make room before it stops taking messages."
    yield Check("disk", free >= ROOM, "" if free >= ROOM else mend)


LOOKS = (database, room)


def _kept(found: Footing) -> Iterator[Check]:
    said = ", ".join(found.forgetful)
    mend = f"The database would forget messages in a power cut ({said}): put that back to its default."
    yield Check("durability", not said, mend if said else "")


def _clock(patient: Patient, found: Footing) -> Iterator[Check]:
    apart = abs(patient.clock() - found.clock)
    ahead = found.newest - patient.clock() if found.newest else timedelta()
    mend = ""
    if apart > SKEW:
        mend = f"This machine's clock and the database's are {apart.total_seconds():.0f} s apart: set both by NTP."
    elif ahead > SKEW:
        mend = f"This machine's clock is {ahead.total_seconds():.0f} s behind what was stored last: set it by NTP."
    yield Check("clock", not mend, mend)
