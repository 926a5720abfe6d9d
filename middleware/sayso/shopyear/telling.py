"""From a seed and a first day to a whole year, in the order in which it happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random

from sayso.shopyear import couples, daily, sales, shop, sorrows
from sayso.shopyear.households import Household, households
from sayso.shopyear.ledger import Ledger
from sayso.shopyear.shapes import Heard, Sent, Told, Year

STILL_ANSWERED = frozenset({"optout_confirmation"})
"""What whoever wrote STOP hears all the same."""


def make_year(seed: int, start: datetime, count: int = 200) -> Year:
    """The same year for the same seed, first day and number of households; 200 send some thousands of messages."""
    ledger = Ledger(Random(seed), start)  # noqa: S311 (made up, not secret)
    homes = households(ledger.rng, count)
    shop.open_shop(ledger, homes)
    for home in homes:
        _live(ledger, home)
    shop.mix_up(ledger, homes)
    ledger.tell_wishes()
    events = (event for _, _, event in sorted(ledger.events, key=lambda one: one[:2]))
    return Year(tuple(_in_its_time(ledger, event) for event in events))


def _live(ledger: Ledger, home: Household) -> None:
    """A year of one household: what its kind goes through, and what everybody does."""
    for episode in (*couples.EPISODES, *sales.EPISODES, *sorrows.EPISODES, *daily.EPISODES):
        episode(ledger, home)


def _in_its_time(ledger: Ledger, event: Told | Heard | Sent) -> Told | Heard | Sent:
    """A message that would be harmless, were it not for whom it would reach just then."""
    if not isinstance(event, Sent) or event.truth.harm or event.truth.purpose in STILL_ANSWERED:
        return event
    quiet = next((quiet for quiet in ledger.quiet if quiet.hurts(event)), None)
    if quiet is None:
        return event
    case = event.case.replace("harmless", quiet.harm)
    return replace(event, case=case, truth=replace(event.truth, harm=quiet.harm))
