from __future__ import annotations

import datetime as dt
import json
import zipfile

import openpyxl
import pyarrow as pa
import pytest

from sentilora.data.files.containers import workbook_file
from sentilora.data.files.read_options import Reading
from sentilora.data.files.sources import open_single
from sentilora.data.files.tables import write_batches
from sentilora.data.labelled.reader import read_examples
from sentilora.errors import ConfigError, DataError
from sentilora.inference.rows.text_rows import open_rows


@pytest.fixture
def book(tmp_path):
    """Write sheets of rows to a workbook."""

    def write(sheets, name="a.xlsx", change=lambda book: None):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in sheets.items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        change(book)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


HEADER = ["text", "label"]


def test_the_first_sheet_is_read_and_others_are_named(book, rows, notes):
    path = book({"Reviews": [HEADER, ["a", "x"]], "Old": [HEADER, ["b", "y"]]})
    assert rows(path) == [{"text": "a", "label": "x"}]
    assert notes(path) == (
        "sheet 'Reviews' of the sheets 'Reviews', 'Old'; another one is read with sheet=\"Old\""
    )
    for sheet in ("Old", 2, "2"):
        assert rows(path, reading=Reading(sheet=sheet)) == [{"text": "b", "label": "y"}]
    with pytest.raises(DataError, match=r"no sheet 'New'\. Found: 'Reviews', 'Old'"):
        open_single(path, reading=Reading(sheet="New"))
    with pytest.raises(ConfigError, match=r"is a workbook, of which delimiter=.;. says nothing"):
        open_single(path, reading=Reading(delimiter=";"))


def test_a_first_sheet_without_the_columns_leads_to_the_other_ones(book):
    path = book({"Info": [["Made in", "May"], ["by", "us"]], "Answers": [HEADER, ["a", "x"]]})
    for read in (read_examples, open_rows):
        with pytest.raises(
            DataError, match=r"The others are 'Answers'; read one with sheet=.Answers."
        ):
            read(path)


def test_cells_keep_their_values(book, rows):
    when = dt.datetime(2026, 11, 20, 14, 32)
    path = book(
        {
            "S": [
                ["text", "n", "f", "ok", "when", "day"],
                [None, None],
                ["a_x000D_\n b", 1.0, 1.5, True, when, dt.date(2026, 1, 2)],
                ["c", 2.0, 2.5, False, None, None, "extra"],
                [None, " "],
            ]
        }
    )
    assert rows(path) == [
        {
            "text": "a\r\n b",
            "n": 1,
            "f": 1.5,
            "ok": True,
            "when": when.isoformat(),
            "day": "2026-01-02",
            "column G": None,
        },
        {
            "text": "c",
            "n": 2,
            "f": 2.5,
            "ok": False,
            "when": None,
            "day": None,
            "column G": "extra",
        },
    ]


@pytest.mark.parametrize("labels", [(1, 0), (1.0, 0.0), ("positive", "negative")])
def test_numbers_are_labels_as_in_other_files(book, pairs, labels):
    path = book({"S": [HEADER, ["a", labels[0]], ["b", labels[1]]]})
    assert pairs(path) == [("a", "positive"), ("b", "negative")]


def test_merged_cells_and_blank_rows(book):
    lines = [HEADER, ["a", "x"], ["b", None], [None], ["c", "y"]]
    path = book({"S": lines}, change=lambda book: book["S"].merge_cells("B2:B3"))
    with pytest.raises(DataError, match="no label: row 2"):
        read_examples(path)
    assert read_examples(path, skip_bad_rows=True).texts == ["a", "c"]


def test_a_wrong_size_does_not_cut_off_rows(book, rows, tmp_path):
    path = book({"S": [HEADER, ["a", "x"], ["b", "y"]]})
    wrong = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            content = source.read(name).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"')
            target.writestr(name, content)
    assert len(rows(wrong)) == 2


def test_titles_above_the_header_and_no_header(book, rows):
    path = book({"S": [["Reviews of May"], HEADER, ["a", "x"]]})
    assert rows(path, reading=Reading(skip_lines=1)) == [{"text": "a", "label": "x"}]
    path = book({"S": [["a", "x"]]})
    reading = Reading(header="none", columns=HEADER)
    assert rows(path, reading=reading) == [{"text": "a", "label": "x"}]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], r"sheet 'S' is empty"),
        ([HEADER], r"is empty"),
        ([["text", "text"], ["a", "b"]], "column names that occur twice: 'text'"),
        ([HEADER, ["a", "=1+1"]], "column 'label' holds formulas whose results are not in"),
    ],
)
def test_sheets_that_are_no_table(book, lines, expected):
    with pytest.raises(DataError, match=expected):
        open_single(book({"S": lines}))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xlsx", b"text,label\n", r"is not a \.xlsx workbook: .* give it the ending \.csv"),
        ("a.xlsx", b"PK\x03\x04 cut off", r"is not a \.xlsx workbook"),
        (
            "a.xls",
            b"text\tlabel\n",
            r"is called \.xls, but .* begins like \.tsv .* copy it to a\.tsv",
        ),
        ("a.xls", b"\xd0\xcf\x11\xe0", r"of an old kind\. Save it as \.xlsx, or .*: python -c"),
        ("a.ods", b"PK\x03\x04 cut off", r"is not a \.ods workbook"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password",
        ),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, r"so that it ends in \.xls"),
    ],
)
def test_what_is_no_workbook_is_told(write, name, content, expected):
    with pytest.raises(DataError, match=expected):
        open_single(write(name, content))


def test_workbooks_that_would_fill_the_memory_are_refused(book, monkeypatch):
    from sentilora.data.files.containers import workbook

    monkeypatch.setattr(workbook, "MOST_BYTES", 1000)
    with pytest.raises(DataError, match="GiB when it is unpacked"):
        open_single(book({"S": [HEADER, ["a", "x"]]}))


def test_a_fault_of_our_own_is_not_told_as_a_damaged_workbook(book, monkeypatch):
    from sentilora.data.files.containers import workbook

    def wrong(cell):
        raise TypeError("a slip")

    monkeypatch.setattr(workbook, "_value", wrong)
    with pytest.raises(TypeError, match="a slip"):
        open_single(book({"S": [HEADER, ["a", "x"]]}))


MANIFEST = '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>
 <office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet>
</office:body></office:document-content>"""
CELL = (
    '<table:table-cell office:value-type="string"{more}><text:p>{value}</text:p></table:table-cell>'
)


def ods(path, lines, more="", indent=""):
    rows = "".join(
        f"{indent}<table:table-row>"
        + "".join(indent + CELL.format(value=v, more=more) for v in line)
        + f"{indent}</table:table-row>{indent}"
        for line in lines
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", MANIFEST)
        file.writestr("content.xml", ODS.format(rows=rows))
    return path


def test_sheets_of_libreoffice(tmp_path, rows):
    path = ods(tmp_path / "a.ods", [HEADER, ["a", "x"]])
    assert rows(path) == [{"text": "a", "label": "x"}]
    bomb = ods(tmp_path / "b.ods", [["x"]], ' table:number-columns-repeated="99999999"')
    with pytest.raises(
        DataError, match=r"has 99,999,999 cells in a sheet; 50,000,000 are the most"
    ):
        open_single(bomb)


def test_cells_of_libreoffice_keep_tabs_and_breaks_and_rows_may_be_indented(tmp_path, rows):
    cells = ["Good screen<text:tab/>bad battery", "so<text:line-break/>good", "a <text:s/>b"]
    path = ods(tmp_path / "a.ods", [HEADER, *([cell, "x"] for cell in cells)], indent="\n  ")
    assert [row["text"] for row in rows(path)] == ["Good screen\tbad battery", "so\ngood", "a  b"]


AWKWARD = ["=1+1", "+a", "@x", "a\rb", "_x0041_", "\x07bell", "2026-01-02", "007", " padded ", ""]


def test_a_workbook_is_written_and_read_again(tmp_path, rows):
    path = tmp_path / "a.xlsx"
    schema = pa.schema({"text": pa.string(), "n": pa.int64(), "f": pa.float64(), "b": pa.bool_()})
    table = [{"text": text, "n": i, "f": i + 0.25, "b": True} for i, text in enumerate(AWKWARD)]
    table.append({"text": "last", "n": 2**60, "f": float("nan"), "b": None})
    with write_batches(path, schema) as writer:
        writer.write(pa.RecordBatch.from_pylist(table, schema=schema))
    found = rows(path)
    assert [row["text"] or "" for row in found] == [row["text"] for row in table]
    assert json.loads(found[-1]["n"]) == str(2**60)  # a number cell would lose its last digits
    sheet = openpyxl.load_workbook(path).active
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize(("limit", "value"), [("MOST_ROWS", 2), ("_MOST_CHARACTERS", 5)])
def test_what_no_sheet_can_hold_is_told(tmp_path, monkeypatch, limit, value):
    monkeypatch.setattr(workbook_file, limit, value)
    schema = pa.schema({"text": pa.string()})
    with (
        pytest.raises(DataError, match=r"as no Excel file can\. Write a \.csv .*a\.csv"),
        write_batches(tmp_path / "a.xlsx", schema) as writer,
    ):
        writer.write(pa.RecordBatch.from_pylist([{"text": "long text"}] * 3, schema=schema))
    assert list(tmp_path.iterdir()) == []


def test_a_title_and_a_row_in_the_place_of_a_header_are_told(book, rows):
    table = [[f"The soup no. {n} was fine", ("bad", "good")[n % 2]] for n in range(6)]
    titled = book({"S": [["Export of 2026"], [], ["words", "kind"], *table]}, "titled.xlsx")
    with pytest.raises(DataError, match=r"looks like a title.*Read it with skip_lines=2;"):
        open_single(titled)
    read = rows(titled, reading=Reading(skip_lines=2))
    assert (len(read), read[0]["kind"]) == (6, "bad")
    with pytest.raises(DataError, match=r'is empty.*Choose a sheet with sheet="S"'):
        open_single(book({"First": [], "S": [HEADER, *table]}))
    bare = book({"S": table}, "bare.xlsx")
    columns = ["text", "label"]
    with pytest.raises(DataError, match=r'like data.*header="none" columns=\["text", "label"\]'):
        open_single(bare)
    assert len(rows(bare, reading=Reading(header="none", columns=columns))) == 6
    assert len(rows(bare, reading=Reading(header="first"))) == 5


def test_a_row_of_zeros_is_no_blank_row(book, rows):
    path = book({"S": [HEADER, ["a", 1], [None, 0], [None, False], ["b", 0]]})
    assert [row["label"] for row in rows(path)] == ["1", "0", "false", "0"]


def test_a_total_below_a_blank_row_is_no_row(book, rows):
    lines = [["id", *HEADER], [1, "a", "x"], [2, "b", "y"]]
    path = book({"S": [*lines, [], ["Total", None, 2]]})
    assert [row["text"] for row in rows(path)] == ["a", "b"]
    assert open_single(path).notes == (
        f"{path}: the last line is a total, and no row: 'Total', '2'",
    )
    for kept in (["Total", None, 2], ["A total of", None, 2]):
        assert len(rows(book({"S": [*lines, kept]}))) == 3
    assert len(rows(book({"S": [*lines, [], ["the total", "is good", 2]]}))) == 3
