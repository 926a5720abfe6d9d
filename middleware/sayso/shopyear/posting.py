"""A month's cards of a made-up shop handed in as a shop does it: what it knows first, then the file of the run."""

from __future__ import annotations

from datetime import timedelta

from sayso.batching import outcome, taking
from sayso.batching.rows import Order
from sayso.batching.taking import Run, Taken
from sayso.batching.template import read_template
from sayso.runtime import Runtime
from sayso.shopyear import cards
from sayso.shopyear.cards import Cards
from sayso.store import Source, Staff
from sayso.telling.taking import tell_facts

NAME = "Birthday mailer"
SETTINGS = '[sources."{name}"]\nroutes = {{ postcard = "mailhouse", letter = "mailhouse" }}\n'
"""What lets a source's cards go by a card service without an API."""
DAY = timedelta(days=1)


def post_month(runtime: Runtime, source: Source, staff: Staff, count: int) -> tuple[Cards, Taken]:
    """The month's cards, and the run that was made of them; they are looked at by the sweep, like any others."""
    month = cards.make_cards(7, runtime.clock(), count)
    tell_facts(runtime, source, dict(month.facts))
    tell_facts(runtime, source, {"occasions": month.vouched}, staff)
    template = read_template(cards.TEMPLATE, "postcard", is_page=True, picture=cards.SIGNATURE)
    order = Order("postcard", template, "birthday", cards.SIGNER, bundle=template.bundle)
    run = Run(source, NAME, month.file.encode(), order, runtime.clock() + DAY)
    return month, taking.take(runtime, taking.look_at(runtime, run), lambda done, of: None)


def eyes(runtime: Runtime, taken: Taken) -> tuple[int, dict[int, str]]:
    """How many cards of a run are not looked at yet, and why each of the others that need eyes does, by its line."""
    with runtime.store.read() as tx:
        found = outcome.outcome(tx, taken.batch)
    waiting = [one for one in found.missing if one.where == outcome.WAITS and one.why != outcome.NOTHING]
    return found.counts.get(outcome.COMING, 0), {one.line: f"{one.to.partition(',')[0]}: {one.why}" for one in waiting}
