"""Files for a run as spreadsheets and tills really write them: read as they were meant, or named in plain words."""

from __future__ import annotations

import json

import pytest

from sayso.api.drafting import Place
from sayso.batching import rows
from sayso.batching.rows import Order
from sayso.batching.template import read_picture, read_template
from sayso.message import Malformed
from sayso.shopyear.cards import SIGNATURE
from tests.checks.build import NOON, POLICY

HEADINGS = "name,line1,city,region,postal_code,ring"
ZOE = "Zoë Reed,12 Oak St,Reno,NV,89501,opal"
AL = "Al Reed,14 Oak St,Reno,NV,89501,ruby"
TEXT = f"{HEADINGS}\n{ZOE}\n"
ORDER = Order("postcard", read_template("Hi {{first_name}}, your {{ring}}", "postcard", is_page=False))


def read(data: str | bytes, encoding: str | None = None) -> tuple[list[str], dict[int, str]]:
    """The addresses of the pieces that a file makes, and what is wrong with its other lines."""
    found, faults = rows.read_rows(data.encode() if isinstance(data, str) else data, encoding, ORDER)
    looked = list(rows.drafts(found, ORDER, Place(NOON, POLICY, {})))
    wrong = {line: why for line, draft, why in looked if draft is None}
    return [draft.content.to[0] for _, draft, _ in looked if draft], wrong | {one.line: one.why for one in faults}


def refusal(data: str | bytes, encoding: str | None = None) -> str:
    """What is said of a file that is not taken at all."""
    with pytest.raises(Malformed) as problem:
        read(data, encoding)
    return str(problem.value)


AS_MEANT = {
    "with a mark of UTF-8": TEXT.encode("utf-8-sig"),
    "UTF-16": TEXT.encode("utf-16"),
    "semicolons": TEXT.replace(",", ";"),
    "tabs, and a comma in a cell": TEXT.replace(",", "\t").replace("opal", "opal, blue"),
    "a comma in one heading": TEXT.replace(",", ";")
    .replace("ring\n", '"ring";"notes, if any"\n')
    .replace("l\n", "l;\n"),
    "Excel says what stands between": "sep=;\n" + TEXT.replace(",", ";"),
    "CRLF": TEXT.replace("\n", "\r\n"),
    "CR alone": TEXT.replace("\n", "\r"),
    "a line break in quotes": TEXT.replace("opal", '"opal\r\nand ruby"'),
    "empty lines at the end": TEXT + "\n \n,,,,,\n",
    "headings with blanks and capitals": TEXT.replace(HEADINGS, " Name , LINE1 ,City,Region,Postal Code, RING "),
    "empty cells behind the last": TEXT.replace("opal", "opal,,,"),
}


@pytest.mark.parametrize("case", AS_MEANT)
def test_a_file_is_read_as_it_was_meant(case: str) -> None:
    taken, wrong = read(AS_MEANT[case])
    assert taken == ["Zoë Reed, 12 Oak St, Reno, NV 89501, US"]
    assert set(wrong) <= {5}  # a line of nothing but commas is named


def test_an_old_excels_letters_are_read_with_the_option_and_refused_as_a_whole_without() -> None:
    old = f"{HEADINGS}\n{AL}\n{ZOE}\n".encode("cp1252")
    assert len(read(old, "cp1252")[0]) == 2
    assert "line 3" in (said := refusal(old))
    assert "--encoding cp1252" in said


def test_an_option_that_would_spoil_every_accent_is_refused() -> None:
    assert "is in UTF-8, and not in cp1252" in refusal(TEXT, "cp1252")


CODES = {
    "as a spreadsheet keeps it": ("MA", '="02116"', "MA 02116"),
    "in quotes as well": ("MA", '"=""02116"""', "MA 02116"),
    "without its zero": ("MA", "2116", "MA 02116"),
    "without its two zeros": ("PR", "901", "PR 00901"),
    "with four more digits": ("NV", "895011234", "NV 895011234"),
}


@pytest.mark.parametrize("case", CODES)
def test_a_postal_code_keeps_the_zeros_in_front(case: str) -> None:
    region, code, becomes = CODES[case]
    taken, wrong = read(TEXT.replace("NV", region).replace("89501", code))
    assert (taken, wrong) == ([f"Zoë Reed, 12 Oak St, Reno, {becomes}, US"], {})


@pytest.mark.parametrize("region", ["", "NV"], ids=["no region", "a code of elsewhere"])
def test_a_short_postal_code_that_may_be_another_is_asked_about(region: str) -> None:
    _, wrong = read(TEXT.replace("NV", region).replace("89501", "2116"))
    assert "is it 02116?" in wrong[2]


LINES = {
    "more cells than headings": (ZOE + ",blue", "it has 7 columns, and the header 6"),
    "a cell of five megabytes": (ZOE.replace("opal", "x" * 5_000_000), "a cell is too long"),
    "a quote that never closes": (ZOE.replace("opal", '"opal'), "a quote opens and never closes"),
    "a NUL": (ZOE.replace("opal", "op\0al"), "The cell ring has a character that nobody can see"),
    "a formula in Excel's quotes": (ZOE.replace("opal", '"=""=1+1"""'), "The cell ring begins like a formula"),
    "a name too long for a line": (ZOE.replace("Zoë", "Z" * 101), "to.name must be a line"),
}


@pytest.mark.parametrize("case", LINES)
def test_a_line_that_is_wrong_is_named_and_spoils_no_other(case: str) -> None:
    line, why = LINES[case]
    taken, wrong = read(f"{HEADINGS}\n{line}\n{AL}\n")
    assert taken == ["Al Reed, 14 Oak St, Reno, NV 89501, US"]
    assert list(wrong) == [2]
    assert why in wrong[2]


WHOLE = {
    "the same column twice": (TEXT.replace("ring", "name"), "the header has 'name' twice"),
    "the same column in capitals": (TEXT.replace("ring", "NAME"), "The columns 'name' and 'NAME' are the same"),
    "two names of one column": (
        TEXT.replace("postal_code", "Zip").replace("ring", "Postcode"),
        "The columns 'Zip' and 'Postcode' are the same",
    ),
    "an Excel workbook": (b"PK\x03\x04" + bytes(range(256)) * 9, "This is no CSV file"),
    "a PDF": (b"%PDF-1.7\n1 0 obj\n", "This is no CSV file"),
    "UTF-16 that does not say so": (TEXT.encode("utf-16-le"), "This is no CSV file"),
    "nothing": (b"", "has no rows"),
    "the headings alone": (HEADINGS, "has no rows"),
    "a heading of five megabytes": ("x" * 5_000_000 + "," + TEXT, "Nothing was taken"),
    "not one line that can be read": (f"{HEADINGS}\nhello\n", "in line 2 it has 1 columns"),
    "an encoding that is none": (TEXT, "There is no encoding 'klingon'"),
    "too many": (TEXT + (AL + "\n") * 20_000, "20001 rows, and a run at most 20000"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_that_is_wrong_as_a_whole_is_refused_and_says_why(case: str) -> None:
    data, why = WHOLE[case]
    assert why in refusal(data, "klingon" if "encoding" in case else None)


def test_ten_thousand_lines_and_one_are_a_run() -> None:
    many = "".join(f"Guest {n},{n} Oak St,Reno,NV,89501,opal\n" for n in range(10_001))
    found, faults = rows.read_rows(f"{HEADINGS}\n{many}".encode(), None, ORDER)
    assert (len(found), faults) == (10_001, [])


def test_a_gap_that_no_column_fills_names_what_there_is_once() -> None:
    assert refusal(TEXT.replace("ring", "stone")).count("name") == 2  # name, and the first_name made from it


NO_PICTURES = {
    "a GIF": (b"GIF89a", "PNG or JPEG"),
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG or JPEG"),
    "words": (b"Yours, Shelby", "PNG or JPEG"),
    "nothing": (b"", "PNG or JPEG"),
    "too large": (SIGNATURE + b"0" * 100_000, "scan it smaller"),
    "half a PNG": (SIGNATURE[:-8], "no whole picture"),
    "half a JPEG": (b"\xff\xd8\xff\xe0" + b"0" * 50, "no whole picture"),
    "a PNG that moves": (SIGNATURE.replace(b"IDAT", b"acTL....IDAT", 1), "The signature moves"),
}


@pytest.mark.parametrize("case", NO_PICTURES)
def test_a_signature_is_one_whole_picture(case: str) -> None:
    data, why = NO_PICTURES[case]
    with pytest.raises(Malformed, match=why):
        read_picture(data)


@pytest.mark.parametrize("data", [SIGNATURE, b"\xff\xd8\xff\xe0ink\xff\xd9", SIGNATURE + b"\0\0"])
def test_a_picture_is_taken_also_with_bytes_behind_it(data: bytes) -> None:
    assert json.dumps(read_picture(data)).startswith('"data:image/')
