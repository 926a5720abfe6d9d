"""Search by blind tokens: what finds a message, whose messages it finds, and what is stored for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Executable, text

from sayso import store
from sayso.message import Content
from sayso.store import Asked, Store, search
from tests.conftest import House, MakeHouse
from tests.handing_in import PLACE, card, email, found, get, handed_in, post, sms, token
from tests.stillness import still
from tests.stored import draft, keep, source_of
from tests.two_databases import clock, here, make_store
from tests.walk import decide, dispatched, hand_in, look

__all__ = ["clock", "here", "make_store", "still"]  # fixtures from elsewhere


@pytest.fixture
def both(make_house: MakeHouse, database_url: str) -> House:
    """A house in which nothing moves by itself, on each database."""
    return make_house(start=False, database_url=database_url)


def test_every_part_of_a_message_finds_it_and_no_other(both: House) -> None:
    wanted = sms(
        to="+14155559876",
        body="Frau Müller, Ihr Ring „Zoë“ ist fertig.",
        person="kayla-reed",
        subject="purchase/8812",
    )
    handed_in(both, sms())
    taken = post(both, wanted, key="order-77-ready").json()
    asked = (
        *(
            taken["id"],
            taken["id"].lower(),
            taken["crm_id"],
            "order-77-ready",
            "purchase/8812",
            "8812",
            "kayla",
            "Reed",
        ),
        *("9876", "5559876", "+14155559876", "(415) 555-9876", "+1 415 555 9876", "4155559876"),
        *("müller", "MULLER", "Mu\u0308ller", "zoe", "ring fertig", "fertig   RING"),
    )
    assert {q: found(both, q) for q in asked} == {q: [taken["id"]] for q in asked}


@pytest.mark.parametrize("q", ["fertig unrelated", "fertig no", "98765", "441", "mülle", "x", "!", "88", "\u0301"])
def test_what_is_not_all_there_finds_nothing(still: House, q: str) -> None:
    handed_in(
        still, sms(to="+14155559876", body="Müller, Ihr Ring ist fertig", person="kayla-reed", subject="purchase/8812")
    )
    assert found(still, q) == []


def test_email_and_post_are_found_by_address_name_and_subject_line(both: House) -> None:
    mail = handed_in(both, email(to="Kayla.Reed@example.com", subject_line="Happy anniversary"))["id"]
    post_card = handed_in(both, card(to=PLACE))["id"]
    assert found(both, "kayla.reed@EXAMPLE.com") == [mail]
    assert found(both, "anniversary") == [mail]
    assert found(both, "kayla.reed") == found(both, "Kayla Reed") == [post_card, mail]
    assert found(both, "oak reno 89501") == [post_card]


@pytest.mark.parametrize(
    ("words", "q"),
    [
        ("आपकी अंगूठी तैयार है", "अंगूठी"),
        ("الخاتم جاهز", "جاهز"),
        ("您的戒指好了", "您的戒指好了"),
        ("ŻÓŁĆ ﬁne", "zolc fine"),
    ],
    ids=["hindi", "arabic", "chinese", "ligature"],
)
def test_words_of_every_script_are_found(still: House, words: str, q: str) -> None:
    if "Ł" in words:
        q = "żółć FINE"
    taken = handed_in(still, sms(body=words))["id"]
    assert found(still, q) == [taken]


def test_the_vendors_id_finds_it_once_it_is_known(both: House) -> None:
    taken = handed_in(both)["id"]
    decide(both, taken, "approve")
    dispatched(both)
    assert found(both, both.twilio.messages[-1]["sid"]) == [taken]


def test_a_source_finds_its_own_and_staff_those_of_their_shops(both: House) -> None:
    both.source("reno", store="reno")
    both.source("vegas", store="vegas")
    ids = {
        name: post(both, sms(body="A bracelet is ready"), name, key="k8812").json()["id"] for name in ("reno", "vegas")
    }
    assert found(both, "bracelet", token(both, "reno")) == [ids["reno"]]
    assert found(both, "k8812", token(both, "vegas")) == [ids["vegas"]]
    assert found(both, ids["vegas"], token(both, "reno")) == []
    assert found(both, "bracelet", both.staff()) == [ids["vegas"], ids["reno"]]
    assert found(both, "bracelet", both.staff("rob@example.com", "reviewer", ("reno",))) == [ids["reno"]]
    assert found(both, "bracelet", both.staff(), store="vegas", state="held") == [ids["vegas"]]


def test_a_search_is_paged_and_every_page_keeps_what_was_asked(both: House) -> None:
    ids = [handed_in(both, sms(body=f"Bracelet {n} is ready"))["id"] for n in range(5)]
    handed_in(both, sms(body="Something else"))
    seen, path = [], "/api/messages?q=bracelet+ready&state=held&limit=2"
    while path:
        page = get(both, path).json()
        seen += [message["id"] for message in page["messages"]]
        path = page["next"]
        assert path is None or "q=bracelet" in path
    assert seen == ids[::-1]


def test_a_page_is_filled_however_far_apart_its_messages_are(still: House) -> None:
    wanted = [handed_in(still, sms(body="Bracelet", purpose="repair_ready"))["id"]]
    for n in range(30):
        handed_in(still, sms(body=f"Bracelet {n}"))
    wanted.insert(0, handed_in(still, sms(body="Bracelet again", purpose="repair_ready"))["id"])
    assert found(still, "bracelet", purpose="repair_ready", limit="2") == wanted
    assert len(found(still, "bracelet", limit="100")) == 32


def test_a_message_of_the_vendors_door_is_found_too(both: House) -> None:
    sid = hand_in(both, To="+14155559876", Body="The bracelet is ready")
    assert found(both, "9876") == found(both, "bracelet") == found(both, sid) == [look(both, sid).id]


def tokens_of(here: Store, message_id: str) -> set[bytes]:
    """What is stored for a message to be found by."""
    with here.read() as tx:
        query = text("SELECT tokens FROM sayso_token WHERE message_id = :id")
        stored = bytes(tx.connection.execute(query, {"id": message_id}).scalar_one())
    return {stored[at : at + 6] for at in range(0, len(stored), 6)}


def test_what_is_stored_is_no_word_and_differs_between_sources(here: Store) -> None:
    first, second = (here.write(lambda tx, name=name: keep(tx, source=name)) for name in ("north", "south"))
    tokens = [tokens_of(here, one.id) for one in (first, second)]
    assert len(tokens[0]) == len(tokens[1]) > 3
    assert not tokens[0] & tokens[1]
    assert b"ready" not in b"".join(tokens[0])


def test_other_words_are_found_and_the_former_ones_are_not(here: Store) -> None:
    message = here.write(keep)
    content = Content(message.content.to, message.content.sender, "Your bracelet is ready.")
    for _ in range(2):
        here.write(lambda tx: store.index_message(tx, replace(message, content=content)))

    def ids(q: str) -> list[str]:
        with here.read() as tx:
            asked = Asked(q, (message.source_id,), ("twilio",))
            return [one.id for one in store.recent(tx, limit=9, asked=asked)]

    assert (ids("bracelet"), ids("ring"), ids("0177")) == ([message.id], [], [message.id])


def test_a_message_of_before_has_no_tokens_and_is_found_by_its_ids(here: Store) -> None:
    message = here.write(keep)
    here.write(lambda tx: tx.connection.execute(text("DELETE FROM sayso_token")))
    with here.read() as tx:
        for q in (message.id, message.crm_id):
            asked = Asked(q, (message.source_id,), ("twilio",))
            assert [one.id for one in store.recent(tx, limit=9, asked=asked)] == [message.id]


def test_an_id_of_another_source_is_nothing_to_this_one(here: Store) -> None:
    mine, other = (here.write(lambda tx, name=name: keep(tx, source=name)) for name in ("north", "south"))
    with here.read() as tx:
        for q in (other.id, other.crm_id):
            assert store.recent(tx, limit=9, asked=Asked(q, (mine.source_id,), ("twilio",))) == ()


def test_a_long_text_has_a_bounded_number_of_tokens_with_the_address_among_them(here: Store) -> None:
    body = " ".join(f"word{n}" for n in range(100_000))

    def long(tx: store.Tx) -> store.Tx:
        content = Content(("+14155550177",), "+14155550100", body)
        return store.insert(tx, replace(draft(tx), content=content), "hash", None)

    message = here.write(long)
    with here.read() as tx:
        asked = Asked("0177", (message.source_id,), ("twilio",))
        assert len(store.recent(tx, limit=9, asked=asked)) == 1
    assert len(tokens_of(here, message.id)) == search.MOST_TOKENS


def test_a_search_reads_along_the_rows_of_one_source_and_sorts_nothing(here: Store) -> None:
    source = here.write(source_of)
    for name in ("crm", "crm", "crm", "other"):
        here.write(lambda tx, name=name: keep(tx, source=name))
    with here.read() as tx:
        tokens = [tx.seal.token("search", f"{source.id}|{term}") for term in ("ready", "ring")]
        query = search.by_tokens(tx, source.id, tokens, "~").limit(50)
        assert len(tx.connection.execute(query).all()) == 3
        if tx.connection.dialect.name == "postgresql":  # four rows fit on a page, which it would read whole
            for other in ("seqscan", "bitmapscan", "sort"):
                tx.connection.execute(text(f"SET LOCAL enable_{other} = off"))
        plan = explained(tx, query)
    reads = [line for line in plan if "SEARCH" in line or "SCAN" in line or "Scan" in line]
    assert len(reads) == 1, plan
    assert "USING PRIMARY KEY (source_id=? AND message_id<?" in reads[0] or "sayso_token_pkey" in reads[0], plan
    assert not [line for line in plan if "Sort" in line or "TEMP B-TREE" in line], plan


def explained(tx: store.Tx, query: Executable) -> list[str]:
    """How the database goes about a query."""
    how = "EXPLAIN QUERY PLAN" if tx.connection.dialect.name == "sqlite" else "EXPLAIN"
    compiled = query.compile(dialect=tx.connection.dialect, compile_kwargs={"render_postcompile": True})
    values = [compiled.params[name] for name in compiled.positiontup] if compiled.positiontup else compiled.params
    given = tuple(values) if isinstance(values, list) else values
    return [str(row) for row in tx.connection.exec_driver_sql(f"{how} {compiled}", given)]
