"""Files of facts: CSV and JSON in every encoding and disorder: what cannot be taken is named by its line."""

from __future__ import annotations

import json

import pytest

from sayso.message import Json, Malformed
from sayso.telling import files
from tests.test_cli import sayso

HEADER = "id,name,phones,deceased"


def csv(*lines: str, name: str = "people.csv", encoding: str = "utf-8", said: str | None = None) -> files.Sheet:
    """A CSV file as it is read."""
    return files.read_csv("\n".join(lines).encode(encoding), name, said)


def only(sheet: files.Sheet, kind: str = "people") -> Json:
    """The one item of a sheet."""
    items = sheet.body[kind]
    assert isinstance(items, list)
    assert (len(items), sheet.faults) == (1, [])
    return items[0]


def test_cells_become_what_their_fields_are() -> None:
    read = only(csv(HEADER, "7,Kayla Reed,+14155550123; +14155550124|+14155550125,no"))
    phones = ["+14155550123", "+14155550124", "+14155550125"]
    assert read == {"id": "7", "name": "Kayla Reed", "phones": phones, "deceased": False}


def test_an_empty_cell_says_nothing_and_null_clears() -> None:
    assert only(csv(HEADER, "7,,null,")) == {"id": "7", "phones": None}


def test_dotted_columns_are_one_address() -> None:
    read = only(csv("id,address.line1,address.city,address.country", "7,12 Oak St,Reno,"))
    assert read == {"id": "7", "addresses": [{"line1": "12 Oak St", "city": "Reno"}]}


def test_a_column_says_which_list_each_line_is_in() -> None:
    sheet = csv("list,id,a,b,kind", "people,7,,,", "relationships,,7,8,spouse", "poeple,9,,,", name="all.csv")
    assert {kind: len(items) for kind, items in sheet.body.items() if isinstance(items, list)} == {
        "people": 1,
        "relationships": 1,
    }
    assert sheet.faults == [(4, "There is no list 'poeple'; did you mean people?")]
    assert sheet.lines["relationships", 0] == 3


@pytest.mark.parametrize("comma", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_come_in_several_dresses(comma: str, encoding: str) -> None:
    read = only(csv("id,name,phones".replace(",", comma), f"7{comma}Zoë{comma}1|2", encoding=encoding))
    assert read == {"id": "7", "name": "Zoë", "phones": ["1", "2"]}


def test_bytes_of_another_encoding_spoil_only_their_line() -> None:
    data = f"{HEADER}\n1,Ana,,\n2,Ren".encode() + b"\xe9,,\n3,Zoe,,\n"
    sheet = files.read_csv(data, "people.csv", None)
    assert [line for line, _ in sheet.faults] == [3]
    assert "--encoding cp1252" in sheet.faults[0][1]
    assert list(sheet.lines.values()) == [2, 4]
    assert files.read_csv(data, "people.csv", "cp1252").faults == []


BROKEN = {
    "too few columns": ("2,Ana", "it has 2 columns, and the header 4."),
    "too many columns": ("2,Ana,,,x", "it has 5 columns, and the header 4."),
    "a quote that never closes": ('2,"Ana,,', "a quote opens and never closes."),
    "a quote in the wrong place": ('2,"An"a,,', "a quote opens or closes where it should not, or a cell is too long."),
}


@pytest.mark.parametrize(("line", "why"), BROKEN.values(), ids=BROKEN)
def test_a_broken_line_is_named_and_the_others_are_read(line: str, why: str) -> None:
    sheet = csv(HEADER, "1,Ana,,", line, *[f"{n},Zoe,," for n in range(3, 40)], "")
    assert sheet.faults == [(3, why)]
    assert list(sheet.lines.values()) == [2, *range(4, 41)]


def test_a_cell_may_have_several_lines() -> None:
    sheet = csv("id,notes", '1,"two\nlines, one cell"', "2,x", name="repairs.csv")
    assert (sheet.faults, list(sheet.lines.values())) == ([], [2, 4])


@pytest.mark.parametrize(
    ("lines", "name", "why"),
    [
        (("id,nam", "1,Ana"), "people.csv", "line 1: there is no field 'nam' in people; did you mean name?"),
        (("id,id", "1,1"), "people.csv", "line 1: the header has 'id' twice."),
        (("", ""), "people.csv", "line 1: the file has no header"),
        (("id", "1"), "export.csv", "Name the file after its list"),
    ],
)
def test_a_header_that_is_wrong_stops_the_file(lines: tuple[str, ...], name: str, why: str) -> None:
    with pytest.raises(Malformed, match=why.replace("?", r"\?")):
        csv(*lines, name=name)


def test_json_that_is_none_is_refused_with_its_line() -> None:
    for data, why in (
        (b'{\n"people": [,]}', "line 2: it is not JSON"),
        (b"[]", "an object of lists"),
        (b"\xff{", "line 1"),
    ):
        with pytest.raises(Malformed, match=why):
            files.read_json(data, None)
    with pytest.raises(Malformed, match="There is no encoding 'utf-9'"):
        files.read_json(b"{}", "utf-9")


def test_the_command_stores_the_rest_and_says_each_line(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's
    settings = {"secret_key": "k" * 40}
    for name in ("crm", "till"):
        assert sayso("source", "add", name, **settings).returncode == 0
    file = tmp_path / "people.csv"
    file.write_text(f"{HEADER}\n1,Ana,x,\n2,Zoe,,\n3,Kay\n")
    assert "Say whose ids these are with --source NAME" in sayso("facts", "import", str(file), **settings).stderr
    tried = sayso("facts", "import", str(file), "--source", "crm", "--dry-run", **settings)
    assert (tried.returncode, tried.stdout) == (1, "Would be stored: 1. Refused: 2.\n")
    done = sayso("facts", "import", str(file), "--source", "crm", "--json", **settings)
    told = json.loads(done.stdout)
    assert (done.returncode, told["stored"]) == (1, 1)
    assert [(one["line"], one["id"]) for one in told["refused"]] == [(2, "1"), (4, "")]
    plain = sayso("facts", "import", str(file), "--source", "crm", **settings)
    assert plain.stdout == "Stored: 1. Refused: 2.\n"
    assert plain.stderr.splitlines() == [
        "line 2: phones[0] must be a telephone number, best as +14155550123.",
        "line 4: it has 2 columns, and the header 4.",
    ]
    good = tmp_path / "good.json"
    good.write_text(json.dumps({"source": "till", "people": [{"id": 1}]}))
    assert sayso("facts", "import", str(good), **settings).returncode == 0
    (empty := tmp_path / "people.csv").write_text("")
    nothing = sayso("facts", "import", str(empty), "--source", "crm", "--map", "edge-csv", **settings)
    assert (nothing.returncode, "nothing in people.csv" in nothing.stderr) == (1, True)
