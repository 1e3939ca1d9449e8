"""Files as people have them, made by chance, and what stands in each: the truth that reading meets.

A shape is a format with its oddities, a spelling of the labels, and rows of which some are none. It
is written here without the package, so that no mistake of a reader is repeated.
"""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

NEGATIVE, NEUTRAL, POSITIVE = SENTIMENTS = ("negative", "neutral", "positive")
THREE = ",".join(SENTIMENTS)

STARTS = [
    *("the soup", "Total", "text", "positive", "=1+1", "-", "+49 30", "@home", "#1", "5", "N/A"),
    *('"quoted"', "'tis", " blank", "–", "größe", "Ünlü", "C:\\new\\table", "100 %", "{", "[1]"),
    *("null", "a;b", "x|y", "a, b, c", "it's", "__label__1", "sep=;", "label", "\xa0nbsp"),
]
ENDS = [
    *(
        "was good",
        "was bad",
        'say "hi"',
        "a, b",
        "x;y",
        "x|y",
        "tab\tin",
        "line\nbreak",
        "r\r\nmore",
    ),
    *(
        "two\n\nlines, one, two",
        "end ",
        "😀👍🏽",
        "größe",
        "back\\",
        "don't",
        "!",
        "nan",
        "a\u2028b",
    ),
    *("x\x85y", "form\x0cfeed", "zero\u200bwidth", "<br />", "&amp;", "100%", '""', "'", '"'),
    *("good,5", "9,positive", "1;2;3", "long " * 400, "ไทย", "עברית", "e\u0301", "cr\rcr"),
]
NO_TEXTS = ["", "nan", "N/A", "NULL", "-", " ", "None"]
NO_LABELS = ["", "nan", "N/A", "NULL", "?", " ", "#N/A"]
TEXT_NAMES = ["text", "Text", "review", "sentence", "content", " text ", "body", "TWEET", "comment"]
LABEL_NAMES = ["label", "Label", "sentiment", "target", "polarity", "class"]
STAR_NAMES = ["stars", "rating", "Rating", "overall"]
DELIMITED = (".csv", ".tsv")
BROKEN = "\ue000"  # in the place of bytes that are none of UTF-8


@dataclass(frozen=True)
class Row:
    """A row as it was written.

    Attributes:
        text: what stands in the column of the texts; None for nothing at all.
        cell: what stands in the column of the labels.
        label: sentiment that the cell stands for; None where it is no label.
        has_text: whether the text is one.
        fault: what makes it no row of the table: ``short``, ``long``, ``header``,
            ``bytes``, ``json``.
    """

    text: Any
    cell: Any
    label: str | None
    has_text: bool = True
    fault: str = ""

    @property
    def is_answerable(self) -> bool:
        """Whether a model can answer it."""
        return self.has_text and not self.fault

    @property
    def is_good(self) -> bool:
        """Whether it can be learned from and measured on."""
        return self.is_answerable and self.label is not None


@dataclass(frozen=True)
class Shape:
    """A file and its truth.

    Attributes:
        name: name of the file.
        content: bytes of the file.
        rows: rows in order; a header, blank lines and a total are none.
        text, label: names of the columns as they stand in the file.
        form: settings that say how the file is read.
        columns: settings that say which column is what.
        labels: settings that say what the labels stand for.
    """

    name: str
    content: bytes
    rows: list[Row]
    text: str
    label: str
    form: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)

    @property
    def bad(self) -> list[int]:
        """Numbers of the rows that no training can use, from 1."""
        return [row for row, one in enumerate(self.rows, 1) if not one.is_good]

    @property
    def is_table(self) -> bool:
        """Whether every row has the columns of the table."""
        return not any(one.fault for one in self.rows)


@dataclass(frozen=True)
class Spelling:
    """How a file spells its labels.

    Attributes:
        cells: cells for each sentiment.
        settings: what the user has to say.
        is_rating: whether the numbers go by their order.
    """

    cells: Mapping[str, Sequence[Any]]
    settings: dict[str, Any] = field(default_factory=dict)
    is_rating: bool = False


_STARRED = {"negative": [1, 2], "neutral": [3], "positive": [4, 5]}
SPELLINGS = {
    "words": Spelling({"negative": ["negative"], "positive": ["positive"]}),
    "three words": Spelling({name: [name] for name in SENTIMENTS}),
    "cases": Spelling(
        {
            "negative": ["negative", "Negative", "NEGATIVE ", "neg"],
            "neutral": ["neutral", "Neutral"],
            "positive": ["positive", "POSITIVE", " positive", "pos"],
        }
    ),
    "0/1": Spelling({"negative": [0], "positive": [1]}),
    "0/1/2": Spelling({"negative": [0], "neutral": [1], "positive": [2]}),
    "-1/0/1": Spelling({"negative": [-1], "neutral": [0], "positive": [1]}, {"labels": THREE}),
    "1/2": Spelling({"negative": [1], "positive": [2]}, {"labels": "negative,positive"}),
    "0/4": Spelling({"negative": [0], "positive": [4]}, {"labels": "negative,positive"}),
    "named": Spelling(
        {"negative": ["N", "n"], "positive": ["P"]}, {"labels": "N=negative,P=positive"}
    ),
    "stars": Spelling(_STARRED, {"stars": 5}, True),
    "floats": Spelling(
        {name: [f"{star}.0" for star in stars] for name, stars in _STARRED.items()},
        {"stars": 5},
        True,
    ),
    "of five": Spelling(
        {name: [f"{star}/5" for star in stars] for name, stars in _STARRED.items()}, {"stars": 5}
    ),
    "drawn": Spelling(
        {
            name: ["★" * star + "☆" * (5 - star) for star in stars]
            for name, stars in _STARRED.items()
        },
        {"stars": 5},
    ),
    "0-10": Spelling(
        {"negative": [0, 3, 6], "neutral": [7, 8], "positive": [9, 10]}, {"scale": "0-10"}, True
    ),
}


def make_shape(seed: int) -> Shape:
    """Return a file of a format, a spelling and oddities drawn by the seed."""
    chance = random.Random(seed)
    write = chance.choice(
        [_delimited] * 6
        + [_oddly_quoted]
        + [_json_lines] * 3
        + [_json_document] * 2
        + [_arrow] * 2
        + [_workbook] * 2
    )
    return write(chance, chance.choice([*SPELLINGS.values()]))


ODD = ['"', '""', ' "', '" ', '"x"', '5"', "'", '"x', 'x"', '","', '"\\"']


def make_odd_quotes(seed: int) -> Shape:
    """Return a table whose quotes are plain text, wherever they stand."""
    chance = random.Random(seed)
    spelling = SPELLINGS[chance.choice(["words", "0/1", "stars"])]
    return _oddly_quoted(chance, spelling)


def _oddly_quoted(chance: random.Random, spelling: Spelling) -> Shape:
    rows = _rows(chance, spelling, faults=["short", "long"], odd=["was good", "was bad"])
    share = chance.choice([0.05, 0.3, 1])
    odd = [_with_marks(chance, one) if chance.random() < share else one for one in rows]
    text, label, names = _names(chance, spelling)
    mark, end = chance.choice(",;\t|"), chance.choice(["\n", "\r\n"])
    lines = [mark.join(names)]
    for one, values in zip(odd, _cells(chance, names, text, label, odd), strict=True):
        cells = [
            "" if value is None else str(value).replace(mark, " ") for value in values.values()
        ]
        if one.fault:
            cells = cells[:-1] if one.fault == "short" else [*cells, "more"]
        lines.append(mark.join(cells))
    rows = [replace(one, text=one.text and one.text.replace(mark, " ")) for one in odd]
    content = end.join([*lines, ""]).encode()
    form = {"quoting": "none", "delimiter": "tab" if mark == "\t" else mark}
    columns = {"text": text, "label": label}
    return Shape("quotes.csv", content, rows, text, label, form, columns, spelling.settings)


def _with_marks(chance: random.Random, row: Row) -> Row:
    if not row.has_text:
        return row
    place = chance.choice([0, len(row.text), chance.randint(0, len(row.text))])
    mark = chance.choice(ODD)
    return replace(row, text=f"{row.text[:place]}{mark}{row.text[place:]}")


def _rows(
    chance: random.Random, spelling: Spelling, *, faults: Sequence[str], odd: Sequence[str] = ENDS
) -> list[Row]:
    """Return rows, in most files all good; each sentiment has enough to be split."""
    good = [name for name in spelling.cells for _ in range(chance.randint(8, 11))]
    chance.shuffle(good)
    rows = []
    for number, name in enumerate(good):
        text = f"{chance.choice(STARTS)} {number} {chance.choice(odd)}"
        rows.append(Row(text, chance.choice(list(spelling.cells[name])), name))
    if chance.random() < 0.3:
        rows.append(rows[chance.randrange(len(rows))])  # the same row twice
    for _ in range(chance.choice([0, 0, 0, 1, 2, 4])):
        one = rows[chance.randrange(len(rows))]
        if not one.is_good:
            continue
        fault = chance.choice(["text", "label", "both", *faults])
        if fault in ("text", "both"):
            one = Row(chance.choice([None, *NO_TEXTS]), one.cell, one.label, has_text=False)
        if fault in ("label", "both"):
            one = Row(one.text, chance.choice([None, *NO_LABELS]), None, one.has_text)
        if fault in faults:
            one = Row(" ".join(one.text.split()), one.cell, one.label, fault=fault)
        rows.insert(chance.randint(1, len(rows)), one)
    return rows


def _names(chance: random.Random, spelling: Spelling) -> tuple[str, str, list[str]]:
    """Return the names of the texts, of the labels, and of all columns in their order."""
    text = chance.choice(TEXT_NAMES)
    label = chance.choice(STAR_NAMES if spelling.is_rating else LABEL_NAMES)
    names = [
        text,
        label,
        *chance.sample(["id", "date", "product", "verified"], chance.randint(0, 3)),
    ]
    if "product" not in names:
        names.append("product")
    chance.shuffle(names)
    return text, label, names


def _cells(chance: random.Random, names: Sequence[str], text: str, label: str, rows: list[Row]):
    """Return the values of the table, row by row."""
    # Bytes that are none of UTF-8 are told as such where most others are.
    is_foreign = chance.random() < 0.5 or any(one.fault == "bytes" for one in rows)
    product = "pß" if is_foreign else "p"
    return [
        {
            name: {
                text: one.text,
                label: one.cell,
                "id": number * 7,
                "date": (dt.date(2026, 1, 1) + dt.timedelta(days=number)).isoformat(),
                "product": f"{product}{number % 3}",
                "verified": bool(number % 2),
            }[name]
            for name in names
        }
        for number, one in enumerate(rows)
    ]


def _packed(chance: random.Random, name: str, content: bytes) -> tuple[str, bytes]:
    """Pack the content, in some files."""
    way = chance.choice(["", "", "", "", ".gz", ".bz2", ".xz", ".zip", ".zst"])
    if way == ".zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
            if chance.random() < 0.3:
                archive.writestr(f"__MACOSX/._{name}", b"\x00\x05\x16\x07")
        return f"{Path(name).stem}.zip", out.getvalue()
    if way == ".zst":
        return name + way, pa.compress(content, codec="zstd", asbytes=True)
    packers: dict[str, Callable[[bytes], bytes]] = {
        "": bytes,
        ".gz": gzip.compress,
        ".bz2": bz2.compress,
        ".xz": lzma.compress,
    }
    return name + way, packers[way](content)


@dataclass(frozen=True)
class _Csv:
    """How a file of fields is written."""

    mark: str
    end: str
    encoding: str
    quotes_all: bool
    above: str  # what stands above the rows: nothing, sep, title, none (not even a header), blank
    tail: str  # columns at the end that are empty

    @classmethod
    def draw(cls, chance: random.Random) -> _Csv:
        mark = chance.choice([",", ",", ",", ";", "\t", "|"])
        above = chance.choice(["", "", "", "", "sep", "title", "none", "blank"])
        return cls(
            mark=mark,
            end=chance.choice(["\n", "\n", "\r\n", "\r"]),
            encoding=chance.choice([*["utf-8"] * 3, "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
            quotes_all=chance.random() < 0.3,
            above=above,
            tail=mark * chance.choice([0, 0, 0, 2 * (above != "none")]),
        )

    @property
    def is_utf8(self) -> bool:
        return self.encoding.startswith("utf-8")

    def field(self, value: Any) -> str:
        cell = "" if value is None else str(value)
        is_special = any(char in cell for char in (self.mark, '"', "\r", "\n"))
        return '"' + cell.replace('"', '""') + '"' if is_special or self.quotes_all else cell

    def line(self, values: Sequence[Any], tail: str = "") -> str:
        return self.mark.join(map(self.field, values)) + tail + self.end

    def start(self, names: Sequence[str]) -> list[str]:
        above = {
            "sep": [f"sep={self.mark}{self.end}"],
            "title": [f"Export of reviews{self.end}", self.end],
            "blank": [self.end],
        }
        header = [] if self.above == "none" else [self.line(names, self.tail)]
        return [*above.get(self.above, []), *header]

    def form(self, names: Sequence[str]) -> dict[str, Any]:
        form: dict[str, Any] = {"encoding": "cp1252"} if self.encoding == "cp1252" else {}
        if self.above == "title":
            form["skip_lines"] = 2
        elif self.above == "none":
            form |= {"header": "none", "columns": ",".join(names)}
        return form

    def row(self, chance: random.Random, one: Row, values: dict[str, Any], text: str) -> str:
        """Return the line of a row, or of what is none."""
        cells = list(values.values())
        if one.fault == "short":
            cells = cells[: chance.randint(1, len(cells) - 1)]
        elif one.fault == "long":
            cells = [*cells, *[""] * len(self.tail), "more"]
        elif one.fault == "header":  # of a file that was put behind another
            cells = [chance.choice([name.strip(), name.upper()]) for name in values]
            cells[0] = ("\ufeff" if self.is_utf8 else "") + cells[0]
        elif one.fault == "bytes":
            cells[list(values).index(text)] = f"caf{BROKEN} {one.text}"
        if not any(map(self.field, cells)):
            cells[0] = " "  # a blank line is no row
        return self.line(cells, "" if one.fault else self.tail)


def _delimited(chance: random.Random, spelling: Spelling) -> Shape:
    csv = _Csv.draw(chance)
    if csv.encoding == "cp1252" and spelling is SPELLINGS["drawn"]:
        spelling = SPELLINGS["stars"]
    has_header = csv.above != "none"
    faults = ["short", "long", *["bytes"] * csv.is_utf8, *["header"] * has_header]
    rows = _rows(chance, spelling, faults=faults)
    if csv.encoding == "cp1252":
        rows = [_in_western(one) for one in rows]
    text, label, names = _names(chance, spelling)
    if not has_header:
        text, label, names = text.strip(), label.strip(), [name.strip() for name in names]
    lines = []
    for one, values in zip(rows, _cells(chance, names, text, label, rows), strict=True):
        lines += [csv.row(chance, one, values, text), *[csv.end] * (chance.random() < 0.03)]
    if not csv.above + csv.tail and names[0] != text and chance.random() < 0.2:
        total = ["Total", *[""] * (len(names) - 2), "42"]
        lines += [csv.end, csv.mark.join(total) + csv.end]
    elif chance.random() < 0.3:
        lines[-1] = lines[-1].removesuffix(csv.end)
    content = "".join([*csv.start(names), *lines]).encode(csv.encoding)
    if csv.is_utf8:
        content = content.replace(BROKEN.encode(), b"\xe9")
    name = "reviews.tsv" if csv.mark == "\t" and chance.random() < 0.7 else "reviews.csv"
    name, content = _packed(chance, name, content)
    columns = _chosen(chance, text, label)
    form = csv.form(names)
    if any(one.fault for one in rows):  # too many may make the form of the file doubtful
        form["delimiter"] = "tab" if csv.mark == "\t" else csv.mark
        form.setdefault("header", "first")
    return Shape(name, content, rows, text, label, form, columns, spelling.settings)


def _in_western(row: Row) -> Row:
    def western(value: Any) -> Any:
        return (
            value.encode("cp1252", "ignore").decode("cp1252") if isinstance(value, str) else value
        )

    return Row(western(row.text), western(row.cell), row.label, row.has_text, row.fault)


def _chosen(chance: random.Random, text: str, label: str) -> dict[str, Any]:
    """Return the names of the columns, where the user says them; some have to be."""
    given = chance.random() < 0.3
    return {"text": text, "label": label} if given else {}


def _json_lines(chance: random.Random, spelling: Spelling) -> Shape:
    rows = _rows(chance, spelling, faults=["bytes", "json"])
    text, label, names = _names(chance, spelling)
    end = chance.choice(["\n", "\n", "\r\n"])
    is_ascii = chance.random() < 0.5 and not any(one.fault == "bytes" for one in rows)
    lines = []
    for one, values in zip(rows, _cells(chance, names, text, label, rows), strict=True):
        found = {k: v for k, v in values.items() if v is not None or chance.random() < 0.5}
        written = json.dumps(found, ensure_ascii=is_ascii)
        if one.fault == "bytes":
            written = written[:-1] + f', "more": "caf{BROKEN}"' + "}"
        elif one.fault == "json":
            written = chance.choice(
                [written[: len(written) // 2], "[1]", '"text"', "1", "{'a': 1}"]
            )
        lines.append(written + end)
        if chance.random() < 0.03:
            lines.append(end)
    mark = "\ufeff" if chance.random() < 0.2 else ""
    content = (mark + "".join(lines)).encode().replace(BROKEN.encode(), b"\xe9")
    ending = chance.choice([".jsonl", ".jsonl", ".ndjson", ".json"])
    name, content = _packed(chance, f"reviews{ending}", content)
    columns = _chosen(chance, text, label)
    return Shape(name, content, rows, text, label, {}, columns, spelling.settings)


def _json_document(chance: random.Random, spelling: Spelling) -> Shape:
    rows = _rows(chance, spelling, faults=[])
    text, label, names = _names(chance, spelling)
    table = _cells(chance, names, text, label, rows)
    way = chance.choice(["array", "data", "columns", "index", "split"])
    document: Any = table
    if way == "data":
        document = {"count": len(rows), "data": table}
    elif way == "columns":
        document = {name: {str(n): one[name] for n, one in enumerate(table)} for name in names}
    elif way == "index":
        document = {str(n): one for n, one in enumerate(table)}
    elif way == "split":
        document = {"columns": names, "data": [list(one.values()) for one in table]}
    written = json.dumps(document, ensure_ascii=False, indent=chance.choice([None, 2]))
    mark = chance.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"])
    name, content = _packed(chance, "reviews.json", written.encode(mark))
    columns = _chosen(chance, text, label)
    return Shape(name, content, rows, text, label, {}, columns, spelling.settings)


def _arrow(chance: random.Random, spelling: Spelling) -> Shape:
    rows = _rows(chance, spelling, faults=[])
    text, label, names = _names(chance, spelling)
    kinds = {type(cell) for cells in spelling.cells.values() for cell in cells}
    if kinds == {int}:  # a column of numbers has no words
        rows = [one if one.label else Row(one.text, None, None, one.has_text) for one in rows]
    table = pa.Table.from_pylist(_cells(chance, names, text, label, rows))
    place = table.schema.get_field_index(text)
    kind = chance.choice([pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
    table = table.set_column(place, text, table[text].cast(pa.string()).cast(kind))
    out = io.BytesIO()
    if chance.random() < 0.7:
        pq.write_table(table, out, row_group_size=chance.choice([3, 1000]))
        name = "reviews.parquet"
    else:
        pa.feather.write_feather(table, out, compression=chance.choice(["uncompressed", "lz4"]))
        name = chance.choice(["reviews.feather", "reviews.arrow"])
    columns = _chosen(chance, text, label)
    return Shape(name, out.getvalue(), rows, text, label, {}, columns, spelling.settings)


def _workbook(chance: random.Random, spelling: Spelling) -> Shape:
    plain = [end for end in ENDS if end.isprintable() or end in ("line\nbreak", "tab\tin")]
    rows = _rows(chance, spelling, faults=[], odd=plain)
    text, label, names = _names(chance, spelling)
    book = openpyxl.Workbook()
    sheet = book.active
    form: dict[str, Any] = {}
    if chance.random() < 0.2:
        sheet.append(["Export of reviews"])
        form["skip_lines"] = 1
    sheet.append(names)
    at = sheet.max_row
    for values in _cells(chance, names, text, label, rows):
        at += 1 + (chance.random() < 0.03)  # a blank row above
        for place, value in enumerate(values.values(), start=1):
            cell = sheet.cell(at, place, value)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # and no formula
    if names[0] != text and chance.random() < 0.2:
        sheet.cell(at + 2, 1, "Total")
        sheet.cell(at + 2, len(names), 42)
    out = io.BytesIO()
    book.save(out)
    columns = _chosen(chance, text, label)
    return Shape(
        "reviews.xlsx", out.getvalue(), rows, text.strip(), label, form, columns, spelling.settings
    )
