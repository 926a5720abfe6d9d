"""`sayso batch import`: every row looked at once, the good ones taken once, and the others named by their line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sayso import store
from sayso.api.drafting import Place
from sayso.batching import rows, taking
from sayso.batching.rows import Order
from sayso.batching.taking import Run
from sayso.batching.template import read_template
from tests.card_runs import (
    HEADINGS,
    KAYLA,
    NAME,
    PAGE,
    PNG,
    SCOTT,
    SOURCE,
    import_run,
    look_at_all,
    pieces,
    refusal,
    run_of,
    use_the_mail_house,
    written,
)
from tests.checks.build import NOON, POLICY
from tests.conftest import House, MakeHouse

SIGNED = ("--signed-by", "Shelby", "--signature", "shelby.png")
TEMPLATE = read_template(PAGE, "postcard", is_page=True)
ADDRESS = "12 Oak St,Reno,NV,89501"


@pytest.fixture
def shop(make_house: MakeHouse) -> House:
    """A house with no threads of its own, whose point of sale posts its cards by the mail house."""
    use_the_mail_house()
    house = make_house(start=False)
    house.source(SOURCE)
    return house


def test_each_row_becomes_a_piece_that_waits_with_its_own_words(shop: House) -> None:
    taken = import_run(shop, *written(KAYLA, SCOTT))
    look_at_all(shop)
    kayla, scott = pieces(shop)
    assert (taken["taken"], kayla.state, kayla.provider) == (2, "held", "mailhouse")
    assert kayla.content.to == ("Kayla Reed, 12 Oak St, Reno, NV 89501, US",)
    assert "Happy birthday, Scott!" in scott.content.words
    assert "Your ruby ring." in scott.content.words


def test_the_code_of_a_gift_card_is_on_the_card_and_not_among_the_words_that_are_shown(shop: House) -> None:
    import_run(shop, *written(KAYLA))
    (kayla,) = pieces(shop)
    assert "GC-1" not in kayla.content.words
    assert "GC-1" in dict(kayla.content.fields)["content"]
    assert dict(kayla.content.metadata)["gift_code"] == "GC-1"


def test_the_same_file_again_stores_nobody_twice(shop: House) -> None:
    words = written(KAYLA, SCOTT)
    first, second = import_run(shop, *words), import_run(shop, *words)
    assert (first["taken"], second["taken"], second["before"]) == (2, 0, 2)
    assert first["id"] == second["id"]
    assert [piece.repeats for piece in pieces(shop)] == [0, 0]


def test_an_import_that_broke_off_goes_on_where_it_stopped(shop: House) -> None:
    many = [f"Kayla Reed,{n} Oak St,Reno,NV,89501,opal,GC-{n},Shelby" for n in range(450)]
    words = written(*many)

    def break_off(done: int, total: int) -> None:
        if done == 400:
            raise KeyboardInterrupt

    with shop.store.read() as tx:
        source = store.find_source(tx, name=SOURCE)
    assert source is not None
    order = Order("postcard", TEMPLATE, "birthday", bundle=TEMPLATE.bundle)
    run = Run(source, NAME, Path(words[0]).read_bytes(), order)
    with pytest.raises(KeyboardInterrupt):
        taking.take(shop.runtime, taking.look_at(shop.runtime, run), break_off)
    assert (run_of(shop).total, len(pieces(shop))) == (450, 400)
    again = import_run(shop, *words)
    assert (again["taken"], again["before"], len(pieces(shop))) == (50, 400, 450)


def test_a_bad_row_spoils_no_other_and_is_named_by_its_line(shop: House) -> None:
    done = import_run(shop, *written(KAYLA, "Nate Charles,,Reno,NV,89501,jade,GC-3,Shelby", SCOTT), status=1)
    assert [one["line"] for one in done["left_out"]] == [3]
    assert "line1" in done["left_out"][0]["why"]
    assert (done["taken"], len(pieces(shop))) == (2, 2)


FAULTS = {
    "nobody's address": (f",{ADDRESS},opal,GC-9,Shelby", "name"),
    "a field with nothing in it": (f"Nate Charles,{ADDRESS},,GC-9,Shelby", "It has no ring"),
    "the same person again": (KAYLA.replace("GC-1", "GC-9"), "The same person is in line 2"),
    "the same gift card": (f"Nate Charles,{ADDRESS},opal,gc-1,Shelby", "code is in line 2 already"),
    "a formula": (f'Nate Charles,{ADDRESS},"=HYPERLINK(1)",GC-9,Shelby', "begins like a formula"),
    "no postal code": ("Nate Charles,98 Oak St,Reno,NV,,opal,GC-9,Shelby", "lacks its postal code"),
    "too few columns": ("Nate Charles,12 Oak St", "it has 2 columns"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_wrong_with_a_row_is_said(shop: House, case: str) -> None:
    row, why = FAULTS[case]
    done = import_run(shop, *written(KAYLA, row), status=1)
    assert [one["line"] for one in done["left_out"]] == [3]
    assert why in done["left_out"][0]["why"]


def test_a_dry_run_says_all_that_and_stores_nothing(shop: House) -> None:
    row = FAULTS["a formula"][0]
    done = import_run(shop, *written(KAYLA, row), "--dry-run", status=1)
    assert (done["would_take"], len(done["left_out"])) == (1, 1)
    with shop.store.read() as tx:
        assert store.read_runs(tx) == ()


def test_a_field_that_no_column_fills_stops_the_whole_run(shop: House) -> None:
    words = written(KAYLA, page="<p>{{rign}}</p><!-- back --><p>{{name}}</p>")
    assert "did you mean {{ring}}?" in refusal(shop, *words)


def test_columns_may_be_called_as_other_programs_call_them(shop: House) -> None:
    headings = "Full Name,Street,City,State,Zip Code,Ring,Gift Card,Signer"
    import_run(shop, *written(KAYLA, headings=headings))
    assert pieces(shop)[0].content.to == ("Kayla Reed, 12 Oak St, Reno, NV 89501, US",)


def test_a_mended_file_under_the_same_name_is_not_taken_for_everybody_again(shop: House) -> None:
    import_run(shop, *written(KAYLA))
    assert "Put only the lines that did not get in" in refusal(shop, *written(KAYLA, SCOTT))
    assert len(pieces(shop)) == 1


def test_the_same_file_with_another_template_is_not_taken_for_the_same(shop: House) -> None:
    import_run(shop, *written(KAYLA))
    words = written(KAYLA, page="<p>{{name}}</p><!-- back --><p>Bye</p>")
    assert "another template" in refusal(shop, *words, "--purpose", "birthday")


def test_what_a_value_has_of_html_is_shown_and_not_run(shop: House) -> None:
    import_run(shop, *written(KAYLA.replace("opal", "<script>1</script>")))
    sides = json.loads(dict(pieces(shop)[0].content.fields)["content"])
    assert "&lt;script&gt;" in sides["back"]


def test_a_signature_lies_beside_the_pieces_once_for_all_of_them(shop: House) -> None:
    Path("shelby.png").write_bytes(PNG)
    import_run(shop, *written(KAYLA, SCOTT), *SIGNED)
    one, other = pieces(shop)
    assert one.content.part == other.content.part
    with shop.store.read() as tx:
        kept = json.loads(store.read_part(tx, one.content.part or "") or b"{}")
    assert kept["signature"].startswith("data:image/png;base64,")
    assert "base64" not in dict(one.content.fields)["content"]


def test_a_signature_on_a_card_that_goes_by_a_vendor_is_no_link_that_makes_it_wait(make_house: MakeHouse) -> None:
    house = make_house(start=False, lob_api_key="test_" + "k" * 35)
    house.source(SOURCE)
    Path("shelby.png").write_bytes(PNG)
    import_run(house, *written(KAYLA), *SIGNED)
    look_at_all(house)
    (kayla,) = pieces(house)
    assert kayla.provider == "lob"
    assert "data:image/png;base64," in dict(kayla.content.fields)["back"]
    assert [found.code for found in kayla.findings if found.check == "link_lint"] == []


@pytest.mark.parametrize(
    ("picture", "why"),
    [(b"GIF89a", "PNG or JPEG"), (PNG + b"0" * 200_000, "scan it smaller"), (b"<svg/>", "PNG or JPEG")],
    ids=["gif", "too large", "svg"],
)
def test_a_signature_is_a_small_picture(shop: House, picture: bytes, why: str) -> None:
    Path("shelby.png").write_bytes(picture)
    assert why in refusal(shop, *written(KAYLA), *SIGNED)


REFUSED = {
    "one side": (("<p>Hi</p>", ()), "two sides"),
    "an unknown purpose": ((None, ("--purpose", "birthdya")), "There is no purpose"),
    "a signature of nobody": ((None, ("--signature", "card.html")), "Say whose signature it is"),
    "a cut-off that is over": ((None, ("--cut-off", "2020-01-01T10:00:00Z")), "over already"),
    "a cut-off that is none": ((None, ("--cut-off", "noon")), "--cut-off must be"),
    "a cut-off without a time": ((None, ("--cut-off", "2030-11-27")), "a day and a time, such as 2026-11-27T16:00"),
    "a source that is none": ((None, ("--source", "crm9")), "Say whose run it is"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_run_that_cannot_be_is_refused_on_one_line(shop: House, case: str) -> None:
    (page, more), why = REFUSED[case]
    words = written(KAYLA, **({"page": page} if page else {}))
    said = refusal(shop, *words, *more)
    assert why in said
    assert said.count("\n") == 1


NO_ONE_MOMENT = {
    "left out in spring": ("2030-03-10T02:30", "02:30 does not come on 2030-03-10 in America/Los_Angeles"),
    "shown twice in autumn": ("2030-11-03T01:30", "01:30 comes twice on 2030-11-03 in America/Los_Angeles"),
}


@pytest.mark.parametrize("case", NO_ONE_MOMENT)
def test_a_cut_off_that_the_shops_clock_does_not_show_once_is_refused(make_house: MakeHouse, case: str) -> None:
    use_the_mail_house('[policy]\ntime_zone = "America/Los_Angeles"\n')
    house = make_house(start=False)
    house.source(SOURCE)
    said, why = NO_ONE_MOMENT[case]
    assert why in refusal(house, *written(KAYLA), "--cut-off", said)


def test_an_address_that_lacks_something_is_told_in_words(shop: House) -> None:
    answer = import_run(shop, *written(KAYLA.replace("Reno", "")), "--dry-run", status=1)
    assert answer["left_out"][0]["why"] == "The address has no city."


def test_mails_and_texts_go_the_same_road(shop: House) -> None:
    Path("mails.csv").write_text("name,email\nKayla Reed,kayla@example.com\n", "utf-8")
    Path("mail.txt").write_text("Subject: Happy birthday, {{first_name}}\nAll the best!\n", "utf-8")
    words = ("mails.csv", "--template", "mail.txt", "--channel", "email", "--source", SOURCE)
    assert "--from" in refusal(shop, *words)
    import_run(shop, *words, "--from", "shop@example.com")
    (mail,) = pieces(shop)
    assert (mail.content.to, mail.content.subject_line) == (("kayla@example.com",), "Happy birthday, Kayla")


def test_the_headings_alone_are_no_run(shop: House) -> None:
    assert "has no rows" in refusal(shop, *written(headings=HEADINGS))


def test_a_vendor_that_prints_the_page_itself_gets_the_picture_in_it() -> None:
    template = read_template(PAGE, "postcard", is_page=True, picture=PNG)
    order = Order("postcard", template, signed_by="Shelby")
    place = dict(zip(HEADINGS.split(","), KAYLA.split(","), strict=True))
    others = {**place, "name": "Scott Miller", "signed_by": "Ana", "gift_code": "GC-2"}
    found = rows.drafts([(2, place), (3, others)], order, Place(NOON, POLICY, {}))
    shelbys, anas = [dict(draft.content.fields)["content"] for _, draft, _ in found if draft]
    assert '<img alt=\\"Shelby\\" src=\\"data:image/png;base64,' in shelbys
    assert "data:" not in anas
    assert "Ana" in anas
