"""The store on both databases: moves, commits, seals, pages, stops, breakers and leases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import create_engine, event, text

from sayso import store
from sayso.message import DELIVERY_RANK, MOVES, Conflict, Message, Outgoing, Receipt, State, Unsafe
from sayso.store import Breaker, Store, Tx
from tests.stored import BUYER, KEY, Ticking, at_once, keep, reread

MOVERS = sorted({mover for movers in MOVES.values() for mover in movers} | {"nobody"})
MakeStore = Callable[[], Store]


@pytest.fixture
def clock() -> Ticking:
    """The store's clock."""
    return Ticking()


@pytest.fixture
def make_store(database_url: str, clock: Ticking) -> Iterator[MakeStore]:
    """Stores on one database, as if each were in a process of its own."""
    made: list[Store] = []

    def make() -> Store:
        made.append(Store(database_url, KEY, clock))
        made[-1].upgrade()
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def here(make_store: MakeStore) -> Store:
    """One store."""
    return make_store()


def approve(tx: Tx, message: Message) -> Message:
    return store.move(tx, message, State.CLEARED, "reviewer", who="ana")


def moved_rows(tx: Tx, message: Message) -> int:
    return sum(row.event == "moved" for row in store.read_trail(tx, message.id))


# Moves


@pytest.mark.parametrize("origin", list(State))
def test_a_message_moves_only_along_the_moves(here: Store, origin: State) -> None:
    def try_all(tx: Tx) -> list[tuple[State, str, bool]]:
        wrong = []
        for to in State:
            for by in MOVERS:
                message = keep(tx, origin)
                with suppress(Conflict):
                    store.move(tx, message, to, by)
                after = store.get(tx, message.id)
                assert after
                went = (after.state, after.version, moved_rows(tx, message)) == (to, 2, 1)
                stayed = (after.state, after.version, moved_rows(tx, message)) == (origin, 1, 0)
                allowed = by in MOVES.get((origin, to), ())
                if (went if allowed else stayed) is False:
                    wrong.append((to, by, allowed))
        return wrong

    assert here.write(try_all) == []


def test_a_trail_row_says_who_moved_it_from_where_to_where_and_its_new_version(here: Store) -> None:
    message = here.write(keep)
    here.write(lambda tx: approve(tx, message))
    with here.read() as tx:
        row = store.read_trail(tx, message.id)[-1]
    assert (row.actor, row.version, dict(row.detail)) == ("reviewer:ana", 2, {"from": "held", "to": "cleared"})


def test_a_failing_function_leaves_neither_the_move_nor_its_trail_row(here: Store) -> None:
    message = here.write(keep)

    def fail(tx: Tx) -> None:
        approve(tx, message)
        raise KeyError("after the move")

    with pytest.raises(KeyError, match="after the move"):
        here.write(fail)
    assert reread(here, message) == message
    with here.read() as tx:
        assert moved_rows(tx, message) == 0


def test_an_impossible_move_says_how_the_message_is_now(here: Store) -> None:
    stale = here.write(keep)
    here.write(lambda tx: approve(tx, stale))
    with pytest.raises(Conflict) as caught:
        here.write(lambda tx: store.move(tx, stale, State.SENT, "sweep"))
    assert caught.value.message
    assert caught.value.message.state is State.CLEARED


def test_of_200_threads_on_one_message_one_wins_and_199_hear_how_it_is_now(here: Store) -> None:
    message = here.write(keep)
    results = at_once([lambda: here.write(lambda tx: approve(tx, message))] * 200)
    winners = [result for result in results if isinstance(result, Message)]
    losers = [result.message for result in results if isinstance(result, Conflict)]
    assert (len(winners), len(losers)) == (1, 199)
    assert {(seen.state, seen.version) for seen in losers if seen} == {(State.CLEARED, 2)}
    assert None not in losers
    with here.read() as tx:
        assert moved_rows(tx, message) == 1


def test_of_two_processes_on_the_same_messages_each_message_has_one_winner(make_store: MakeStore) -> None:
    first, second = make_store(), make_store()
    messages = [first.write(keep) for _ in range(10)]
    calls = [
        lambda one=one, message=message: one.write(lambda tx: approve(tx, message))
        for one, order in ((first, messages), (second, messages[::-1]))
        for message in order
    ]
    results = at_once(calls)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 10 + ["Message"] * 10
    assert {result.id for result in results if isinstance(result, Message)} == {message.id for message in messages}


# Commits


def gather(here: Store, calls: list[Callable[[Tx], object]]) -> list[object]:
    """The results of writes that all wait while another is being committed."""
    coming, held = threading.Semaphore(0), list[bool]()

    def hold(tx: Tx) -> None:
        if not held:  # it may run again with a neighbour that failed
            held.extend(coming.acquire(timeout=10) for _ in calls)

    def write(call: Callable[[Tx], object]) -> object:
        coming.release()
        return here.write(call)

    return at_once([lambda: here.write(hold), *(lambda call=call: write(call) for call in calls)])[1:]


def test_a_failing_neighbour_spoils_nobodys_write_and_nobodys_result(here: Store) -> None:
    message = here.write(keep)

    def break_it(tx: Tx) -> None:
        tx.connection.execute(text("UPDATE sayso_message SET crm_id = NULL"))

    def give_up(tx: Tx) -> None:
        store.suppress(tx, "+14155550999", "must not stay")
        raise ValueError("mine alone")

    def count(tx: Tx) -> str:
        store.count_repeat(tx, message)
        return "counted"

    results = gather(here, [count, break_it, count, give_up, count])
    assert [result if isinstance(result, str) else type(result).__name__ for result in results] == [
        "counted", "IntegrityError", "counted", "ValueError", "counted",
    ]  # fmt: skip
    assert reread(here, message).repeats == 3
    with here.read() as tx:
        assert store.suppressed(tx, ["+14155550999"]) == {}


def test_writes_that_come_together_share_their_commits(here: Store) -> None:
    message = here.write(keep)
    commits: list[object] = []
    event.listen(here.engine, "commit", commits.append)
    gather(here, [lambda tx: store.count_repeat(tx, message)] * 40)
    assert reread(here, message).repeats == 40
    assert len(commits) < 20


def test_a_write_that_has_returned_is_seen_by_everybody_and_nothing_of_it_before(
    here: Store, database_url: str
) -> None:
    other = create_engine(database_url)
    seen: list[int] = []

    def look() -> None:
        with other.connect() as connection:
            seen.append(connection.execute(text("SELECT count(*) FROM sayso_message")).scalar_one())

    def insert(tx: Tx) -> None:
        keep(tx)
        look()

    here.write(insert)
    look()
    other.dispose()
    assert seen == [0, 1]


def test_a_read_sees_one_moment_of_the_database(here: Store) -> None:
    message = here.write(keep)
    with here.read() as tx:
        before = store.get(tx, message.id)
        here.write(lambda tx: approve(tx, message))
        assert store.get(tx, message.id) == before


def test_sqlite_keeps_what_it_commits(tmp_path: Path, clock: Ticking) -> None:
    here = Store(f"sqlite:///{tmp_path / 'sayso.db'}", KEY, clock)

    def settings(tx: Tx) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert here.write(settings) == ["wal", 2, 1]  # https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL
    here.close()


def test_a_postgresql_that_may_forget_is_refused_with_the_mend(postgres_url: str, clock: Ticking) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {admin.info.dbname} SET synchronous_commit = off".encode())
    with pytest.raises(Unsafe, match="set synchronous_commit=on"):
        Store(postgres_url, KEY, clock).upgrade()


def test_writes_that_cross_in_two_processes_both_end_well(postgres_url: str, clock: Ticking) -> None:
    first, second = Store(postgres_url, KEY, clock), Store(postgres_url, KEY, clock)
    first.upgrade()
    one, two = first.write(keep), first.write(keep)
    met, waited = threading.Barrier(2), set[str]()

    def cross(tx: Tx, mine: Message, other: Message) -> None:
        store.count_repeat(tx, mine)
        if mine.id not in waited:
            waited.add(mine.id)
            met.wait(10)
        store.count_repeat(tx, other)

    results = at_once(
        [lambda: first.write(lambda tx: cross(tx, one, two)), lambda: second.write(lambda tx: cross(tx, two, one))]
    )
    assert results == [None, None]
    assert [reread(first, message).repeats for message in (one, two)] == [2, 2]
    first.close()
    second.close()


# What is sealed


def test_a_sealed_value_that_was_moved_to_another_row_does_not_open(here: Store) -> None:
    one, two = here.write(keep), here.write(keep)
    swap = text("UPDATE sayso_content SET sealed = (SELECT sealed FROM sayso_content WHERE message_id = :one)")
    here.write(lambda tx: tx.connection.execute(swap, {"one": one.id}))
    assert reread(here, one) == one
    with pytest.raises(InvalidTag):
        reread(here, two)


def test_an_address_is_found_again_whatever_channel_it_was_written_for(here: Store) -> None:
    here.write(lambda tx: store.suppress(tx, "+14155550177", "asked to be left alone"))
    with here.read() as tx:
        found = store.suppressed(tx, ["whatsapp:+14155550177", "+14155550178"])
    assert found == {"whatsapp:+14155550177": "asked to be left alone"}


def test_another_secret_key_finds_nothing(here: Store, database_url: str, clock: Ticking) -> None:
    here.write(lambda tx: store.suppress(tx, BUYER, "asked"))
    stranger = Store(database_url, "x" * 40, clock)
    with stranger.read() as tx:
        assert store.suppressed(tx, [BUYER]) == {}
    stranger.close()


def test_suppressing_twice_keeps_the_later_reason_also_from_two_processes(make_store: MakeStore) -> None:
    calls = [
        lambda one=one: one.write(lambda tx: store.suppress(tx, BUYER, "asked"))
        for one in (make_store(), make_store()) * 5
    ]
    assert at_once(calls) == [None] * 10
    make_store().write(lambda tx: store.suppress(tx, BUYER, "asked again"))
    with make_store().read() as tx:
        assert store.suppressed(tx, [BUYER]) == {BUYER: "asked again"}


# Receipts and relays


def test_delivery_only_rises_in_whatever_order_the_receipts_come(here: Store) -> None:
    words = ("queued", "sent", "deferred", "delivered", "complained")

    def all_orders(tx: Tx) -> set[str | None]:
        ends = set()
        for order in permutations(words):
            message, rank = keep(tx, State.SENT), -1
            for word in order:
                rose = store.raise_delivery(tx, message, word, word, None)
                assert rose == (DELIVERY_RANK[word] > rank)
                rank = max(rank, DELIVERY_RANK[word])
            after = store.get(tx, message.id)
            ends.add(after and after.delivery)
        return ends

    assert here.write(all_orders) == {"complained"}


def test_the_same_receipt_is_stored_once(here: Store) -> None:
    message = here.write(keep)
    receipt = Receipt("SM1", "SM1:delivered", "delivered", "delivered", "30006" * 20, (("To", BUYER),))

    def add(tx: Tx) -> bool:
        return store.add_receipt(tx, "twilio", receipt, "t" * 200, message.id)

    assert [here.write(add), here.write(add)] == [True, False]
    with here.read() as tx:
        [(stored, _)] = store.read_receipts(tx, message.id)
    assert stored == replace(receipt, error_code=stored.error_code)


def add_relays(tx: Tx, *messages: Message) -> None:
    for message in messages:
        store.add_relay(tx, message, Outgoing("http://crm.test/x", (("To", BUYER),)), origin="http://crm.test:80")


def take(tx: Tx) -> str | None:
    taken = store.take_relay(tx, tx.now + timedelta(seconds=10))
    return taken and taken.message_id


def test_a_relay_that_was_taken_belongs_to_its_taker_until_the_lease_is_over(here: Store, clock: Ticking) -> None:
    message = here.write(keep)
    here.write(lambda tx: add_relays(tx, message))
    taken = [here.write(take), here.write(take)]
    clock.now += timedelta(seconds=11)
    assert [*taken, here.write(take)] == [message.id, None, message.id]


def test_a_slow_crm_keeps_one_caller_and_another_crm_is_heard_meanwhile(here: Store) -> None:
    slow, also_slow, quick = here.write(keep), here.write(keep), here.write(lambda tx: keep(tx, source="quick"))
    here.write(lambda tx: add_relays(tx, slow, also_slow, quick))
    assert [here.write(take) for _ in range(3)] == [slow.id, quick.id, None]


def test_the_relays_of_one_message_go_in_their_order(here: Store) -> None:
    message = here.write(keep)
    here.write(lambda tx: add_relays(tx, message, message))
    with here.read() as tx:
        first, second = store.read_relays(tx, message.id)
    here.write(lambda tx: store.delay_relay(tx, first, tx.now + timedelta(hours=1), "The CRM answered 500."))
    waits = here.write(take)
    here.write(lambda tx: store.end_relay(tx, first, "dead", "The CRM answered 500."))
    taken = here.write(lambda tx: store.take_relay(tx, tx.now))
    assert (waits, taken and taken.id) == (None, second.id)


def test_a_relays_trouble_can_be_read_again(here: Store) -> None:
    message = here.write(keep)
    here.write(lambda tx: add_relays(tx, message))
    with here.read() as tx:
        [relay] = store.read_relays(tx, message.id)
    here.write(lambda tx: store.delay_relay(tx, relay, tx.now, "The CRM answered 500."))
    with here.read() as tx:
        assert [found.detail for found in store.read_relays(tx, message.id)] == ["The CRM answered 500."]


# People


def test_fresh_credentials_sign_although_the_clock_was_set_back(here: Store) -> None:
    def rotate(tx: Tx) -> tuple[str | None, str] | None:
        source, earlier = store.add_source(tx, "crm"), replace(tx, now=tx.now - timedelta(hours=1))
        store.add_credential(tx, source.id, "twilio", "old")
        store.end_credentials(tx, source.id, tx.now + timedelta(days=1))
        store.add_credential(earlier, source.id, "twilio", "new")
        return store.newest_credential(tx, source.id, "twilio")

    assert here.write(rotate) == (None, "new")


def test_two_origins_allowed_on_the_same_reading_are_both_kept(here: Store) -> None:
    source = here.write(lambda tx: store.add_source(tx, "crm"))
    for origin in ("http://a.test:80", "http://b.test:80"):
        here.write(lambda tx, origin=origin: store.allow_origin(tx, source, origin, "test"))
    with here.read() as tx:
        found = store.find_source(tx, name="crm")
    assert found
    assert found.allowed == ("http://a.test:80", "http://b.test:80")


def test_staff_added_twice_are_one_person_with_the_later_role(make_store: MakeStore) -> None:
    stores = (make_store(), make_store())
    calls = [
        lambda one=one: one.write(lambda tx: store.add_staff(tx, "ana@example.com", "viewer")) for one in stores * 5
    ]
    ids = {person.id for person in at_once(calls) if isinstance(person, store.Staff)}
    later = stores[0].write(lambda tx: store.add_staff(tx, "Ana@Example.com", "admin", ("oak",)))
    assert ids == {later.id}
    assert (later.role, later.stores, later.email) == ("admin", ("oak",), "ana@example.com")


# Pages


Page = Callable[[Tx, str | None, int], tuple[Message, ...]]


def recent(tx: Tx, after: str | None, limit: int) -> tuple[Message, ...]:
    return store.recent(tx, limit=limit, after=after)


def sent_page(tx: Tx, after: str | None, limit: int) -> tuple[Message, ...]:
    source = store.find_source(tx, name="crm")
    assert source
    return store.sent_page(tx, source.id, "twilio", limit=limit, after=after, to=BUYER)


@pytest.mark.parametrize("page", [recent, sent_page])
@pytest.mark.parametrize("size", [1, 4, 10, 50])
def test_pages_are_complete_and_without_repeats_while_messages_are_added(here: Store, page: Page, size: int) -> None:
    before = [here.write(keep).id for _ in range(10)]
    seen: list[str] = []
    for _ in range(len(before) // size + 2):
        with here.read() as tx:
            seen += [message.id for message in page(tx, seen[-1] if seen else None, size)]
        here.write(keep)
    assert seen == before[::-1]


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ufffd", "%", "'", "x" * 5000], ids=ascii)
def test_asking_for_what_cannot_be_there_finds_nothing(here: Store, text: str) -> None:
    here.write(keep)
    with here.read() as tx:
        found = store.get(tx, text), store.find_attempt(tx, text), store.find_source(tx, name=text)
        assert (found, store.recent(tx, limit=9, purpose=text)) == ((None, None, None), ())


# Stops, breakers and leases


def claimable(tx: Tx) -> set[str]:
    return {message.id for message in store.claimable(tx, 50, ("twilio", "lob"), lock=True)}


def clear(tx: Tx, **more: object) -> str:
    return keep(tx, State.CLEARED, due_at=tx.now, **more).id


@pytest.mark.parametrize(
    ("parts", "covered"),
    [
        ({}, {"oak", "elm", "bare", "letter"}),
        ({"source": "crm"}, {"oak", "elm", "letter"}),
        ({"source": "nobody"}, set()),
        ({"store": "oak"}, {"oak"}),
        ({"purpose": "review"}, {"elm", "letter"}),
        ({"channel": "letter"}, {"letter"}),
        ({"channel": "sms", "purpose": "review"}, {"elm"}),
        ({"source": "other", "store": "oak"}, set()),
    ],
    ids=["all", "source", "no source", "store", "purpose", "channel", "channel and purpose", "nothing of both"],
)
def test_a_stop_covers_exactly_what_it_names(here: Store, parts: dict[str, str], covered: set[str]) -> None:
    def build(tx: Tx) -> dict[str, str]:
        return {
            "oak": clear(tx, store="oak"),
            "elm": clear(tx, store="elm", purpose="review"),
            "bare": clear(tx, source="other"),
            "letter": clear(tx, channel="letter", purpose="review"),
        }

    ids = here.write(build)
    here.write(lambda tx: store.add_stop(tx, "Wait.", "operator", **parts))
    assert here.write(claimable) == {ids[name] for name in ids.keys() - covered}
    assert here.write(lambda tx: store.lift_stops(tx, "operator", **parts)) == 1
    assert here.write(claimable) == set(ids.values())


def test_lifting_a_part_that_is_named_empty_lifts_nothing(here: Store) -> None:
    here.write(lambda tx: store.add_stop(tx, "Wait.", "operator", store="oak"))
    assert here.write(lambda tx: store.lift_stops(tx, "operator", store="")) == 0


def test_a_resting_vendor_is_left_alone_until_its_rest_is_over(here: Store, clock: Ticking) -> None:
    one, other = here.write(clear), here.write(lambda tx: clear(tx, provider="lob"))
    here.write(lambda tx: store.write_breaker(tx, Breaker("twilio", 5, tx.now + timedelta(seconds=30), "keys")))
    resting = here.write(claimable)
    clock.now += timedelta(seconds=31)
    assert (resting, here.write(claimable)) == ({other}, {one, other})


def test_what_is_said_at_length_is_cut_instead_of_lost(here: Store) -> None:
    here.write(lambda tx: store.write_breaker(tx, Breaker("twilio", 5, tx.now, "x" * 999)))
    here.write(lambda tx: store.add_stop(tx, "y" * 999, "operator"))
    with here.read() as tx:
        assert [alarm.alarm for alarm in store.read_alarms(tx)] == ["x" * 300]
        assert [stop.reason for stop in store.read_stops(tx)] == ["y" * 200]


def test_an_account_that_answers_has_no_failures(here: Store) -> None:
    here.write(lambda tx: store.write_breaker(tx, Breaker("twilio", 5, tx.now + timedelta(seconds=30), "keys")))
    here.write(lambda tx: store.close_breaker(tx, "twilio"))
    with here.read() as tx:
        assert (store.read_breaker(tx, "twilio"), store.read_alarms(tx)) == (None, ())


def test_failures_counted_by_two_processes_at_once_break_neither(make_store: MakeStore) -> None:
    def fail(tx: Tx) -> None:
        store.write_breaker(tx, Breaker("twilio", 1, tx.now, None))

    calls = [lambda one=one: one.write(fail) for one in (make_store(), make_store()) * 5]
    assert at_once(calls) == [None] * 10


def test_an_attempt_is_lost_when_its_lease_is_over_and_only_while_it_has_no_outcome(
    here: Store, clock: Ticking
) -> None:
    def attempt(tx: Tx) -> str:
        return store.open_attempt(tx, [keep(tx, State.SENDING)], "twilio", tx.now + timedelta(seconds=30))

    token, _ = here.write(attempt), here.write(attempt)
    early = here.write(store.lost_attempts)
    here.write(lambda tx: store.close_attempt(tx, token, "accepted"))
    clock.now += timedelta(seconds=31)
    assert (len(early), token in dict(here.write(store.lost_attempts)), len(here.write(store.lost_attempts))) == (
        0, False, 1,
    )  # fmt: skip


def test_an_attempts_first_outcome_stays_and_can_be_read(here: Store) -> None:
    message = here.write(lambda tx: keep(tx, State.SENDING))
    token = here.write(lambda tx: store.open_attempt(tx, [message], "twilio", tx.now))
    here.write(lambda tx: store.close_attempt(tx, token, "refused", f"{BUYER} is not a phone"))
    here.write(lambda tx: store.close_attempt(tx, token, "unknown", "lost"))
    with here.read() as tx:
        [attempt] = store.read_attempts(tx, message.id)
    assert (attempt.outcome, attempt.detail) == ("refused", f"{BUYER} is not a phone")


def test_a_message_that_one_process_claims_is_passed_over_by_another(postgres_url: str, clock: Ticking) -> None:
    first, second = Store(postgres_url, KEY, clock), Store(postgres_url, KEY, clock)
    first.upgrade()
    ids = {first.write(clear), first.write(clear)}
    meanwhile = first.write(lambda tx: (claimable(tx), second.write(claimable)))
    assert meanwhile == (ids, set())
    first.close()
    second.close()
