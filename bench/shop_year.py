"""`python -m bench.shop_year [--sample N] [--seed N] [--misses FILE]`: a made-up year through the real screening.

What it counts: how often subject and role are found without a person, which harm is not seen, which alarms are false.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sayso.shopyear import Judged, make_year
from sayso.shopyear.living import START, open_shop, sample


def _share(part: int, whole: int) -> str:
    return f"{part:>5} of {whole:<5} {part / whole:7.1%}" if whole else "    0"


def table(judged: list[Judged]) -> Iterator[str]:
    """Everything that was counted, together."""
    counted = [one for one in judged if one.counts]
    groups = {"all": counted, "undeclared": [one for one in counted if one.sent.undeclared]}
    groups["without marketing"] = [one for one in counted if one.sent.truth.purpose != "marketing"]
    for name, group in groups.items():
        yield f"subject and role found, {name}: {_share(sum(one.found for one in group), len(group))}"
        yield f"  subject: {_share(sum(one.subject_found for one in group), len(group))}"
        yield f"  role:    {_share(sum(one.role_found for one in group), len(group))}"
        right = sum(one.purpose == one.sent.truth.purpose for one in group)
        yield f"  purpose: {_share(right, len(group))}"
    yield "found by purpose:"
    for purpose in sorted({one.sent.truth.purpose for one in counted}):
        group = [one for one in counted if one.sent.truth.purpose == purpose]
        yield f"  {purpose:<22} {_share(sum(one.found for one in group), len(group))}"
    yield from _harms([one for one in judged if one.sent.truth.harm])
    harmless = [one for one in judged if not one.sent.truth.harm]
    yield f"harmless, with a stop: {_share(sum(one.stops for one in harmless), len(harmless))}"
    holds = sum(bool(one.findings) and not one.stops for one in harmless)
    yield f"harmless, with a hold: {_share(holds, len(harmless))}"


def _harms(harmful: list[Judged]) -> Iterator[str]:
    yield f"{'harm':<14}{'all':>6}{'stop':>6}{'hold':>6}{'no finding':>12}{'gone at once':>14}{'by luck':>9}"
    for harm in (*sorted({one.sent.truth.harm for one in harmful}), ""):
        group = [one for one in harmful if one.sent.truth.harm == harm or not harm]
        stops = sum(one.stops for one in group)
        unseen, luck = sum(one.unseen for one in group), sum(one.by_luck for one in group)
        gone = sum(one.state == "cleared" for one in group)
        holds = len(group) - stops - unseen
        yield f"{harm or 'together':<14}{len(group):>6}{stops:>6}{holds:>6}{unseen:>12}{gone:>14}{luck:>9}"


def misses(judged: list[Judged]) -> Iterator[str]:
    """What is to be mended: wrong readings, unseen harm and false stops, the commonest first."""
    kinds = {
        "SUBJECT": lambda one: one.counts and not one.subject_found,
        "ROLE": lambda one: one.counts and one.subject_found and not one.role_found,
        "UNSEEN HARM": lambda one: one.unseen,
        "HARM SEEN BY LUCK": lambda one: one.by_luck,
        "FALSE STOP": lambda one: not one.sent.truth.harm and one.stops,
        "PURPOSE": lambda one: one.counts and one.purpose != one.sent.truth.purpose,
    }
    for name, is_so in kinds.items():
        found = [one for one in judged if is_so(one)]
        yield f"== {name}: {len(found)}"
        cases = Counter(one.sent.case for one in found)
        for case, number in cases.most_common():
            yield f"  {number} x {case}"
            yield from (f"    {one.line}" for one in [one for one in found if one.sent.case == case][:4])


def main() -> None:
    """Print the table; the misses go to a file."""
    said = argparse.ArgumentParser()
    for name, default in (("--sample", 0), ("--seed", 7), ("--households", 200)):
        said.add_argument(name, type=int, default=default)
    said.add_argument("--misses", default="")
    given = said.parse_args()
    year, began = make_year(given.seed, START, given.households), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        shop = open_shop(Path(folder))
        judged = shop.live(sample(year, given.sample) if given.sample else year.events)
    for line in table(judged):
        print(line)
    took = sorted(shop.took)
    print(f"{len(judged)} messages in {time.perf_counter() - began:.0f} s; one: {took[len(took) // 2] * 1000:.1f} ms")
    if given.misses:
        Path(given.misses).write_text("\n".join(misses(judged)))


if __name__ == "__main__":
    main()
