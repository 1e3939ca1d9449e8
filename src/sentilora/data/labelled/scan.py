"""The first pass over a source: rows are checked, and good ones go to a temporary Arrow file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.data.column_values import Sample, likely_label, no_text_problem, nothing
from sentilora.data.columns import (
    Columns,
    choose_columns,
    column_name,
    known_columns,
    one_hot_columns,
    sentiment_of_column,
)
from sentilora.data.files.delimited import DelimitedFile
from sentilora.data.files.first_rows import first_rows
from sentilora.data.files.read_options import USUAL, Reading, ReadOptions
from sentilora.data.files.streams import Chunk, Table, broken_text, text_problem
from sentilora.data.files.temporary import ScratchFolder, arrow_writer
from sentilora.data.labelled.nested_columns import nested_advice
from sentilora.data.labelled.values.label_numbers import number_in
from sentilora.data.labelled.values.label_spellings import is_missing, spell
from sentilora.data.labelled.values.rating_scale import Scale, parse_scale, scale_of_stars
from sentilora.data.problems import Problems, shortened, shown_value
from sentilora.errors import ConfigError
from sentilora.message import command, setting

if TYPE_CHECKING:
    import pyarrow as pa

FIRST_TEXTS = 1000
SHORT = 20  # characters, above which a text is no word for none
MAX_SPELLINGS = 1000  # different label values; more are a wrong column, not labels

_NOT = frozenset({"false", "f", "no", "n", "off"})  # cells of one-hot columns


class LabelledOptions(ReadOptions, total=False):
    """Keywords of functions that read labelled files, as :class:`Asked` explains them."""

    labels: str | Sequence[str] | Mapping[str, str] | None
    stars: int | None
    scale: str | None
    any_text: bool
    skip_bad_rows: bool


@dataclass(frozen=True)
class Asked:
    """How the user wants a source to be read.

    Attributes:
        scale: worst and best rating, as in ``0-10``, if the labels are ratings.
        any_text: whether texts may be nearly all numbers, dates or single words.
        lists_bad_rows: whether bad rows are kept aside though they are not to be left out, as by
            those who only look.

    Raises:
        ConfigError: the number of stars is neither 5 nor 10, the scale is none, or there are both.
    """

    text: str | None = None
    label: str | None = None
    group: str | None = None
    stars: int | None = None
    skip_bad_rows: bool = False
    reading: Reading = USUAL
    scale: str | None = None
    any_text: bool = False
    lists_bad_rows: bool = False

    def __post_init__(self) -> None:
        for name in ("text", "label", "group"):
            object.__setattr__(self, name, column_name(getattr(self, name), name))
        is_number = isinstance(self.stars, int)
        if self.stars is not None and not (is_number and self.stars in (5, 10)):
            is_plain = isinstance(self.stars, int | float | str)
            shown = self.stars if is_plain else type(self.stars).__name__
            raise ConfigError(f"{setting('stars', shown)}: expected 5 or 10.")
        if self.stars is not None and self.scale is not None:
            raise ConfigError(
                f"{setting('stars', self.stars)} and {setting('scale', self.scale)} both say how "
                "ratings are read. Leave one out."
            )
        parse_scale(self.scale)  # a wrong one is told before anything is read

    @property
    def rating_scale(self) -> Scale | None:
        """The scale of the ratings; None if the labels are none."""
        return parse_scale(self.scale) if self.stars is None else scale_of_stars(self.stars)


@dataclass
class Scan:
    """What the first pass found.

    Attributes:
        folder: folder of ``path``, which goes when nobody holds it any more.
        spellings: the different label values, in order of appearance.
        tally: number of good rows with each spelling.
        bad: row number and code of each row that has a label but another problem.
        row_count: number of rows of the table, good and bad.
        first_texts: first good texts, by which it is seen whether they are texts at all.
        sample: what reads the first values of all columns.
    """

    table: Table
    columns: Columns
    problems: Problems
    folder: ScratchFolder
    spellings: dict[str, int] = field(default_factory=dict)
    tally: list[int] = field(default_factory=list)
    bad: list[tuple[int, int]] = field(default_factory=list)
    row_count: int = 0
    first_texts: list[str] = field(default_factory=list)
    sample: Sample = nothing

    @property
    def path(self) -> Path:
        """An Arrow file with ``text``, ``row``, ``code`` (index into ``spellings``), ``group``."""
        return self.folder.path / "scan.arrow"


def scan(table: Table, asked: Asked) -> Scan:
    """Read a table once from start to end.

    Raises:
        DataError: it cannot be read to its end, or the disk is full.
    """
    problems = Problems(table.name, keeps_rows=asked.skip_bad_rows or asked.lists_bad_rows)
    doubt = table.doubt
    is_header_sure = not (doubt and isinstance(table, DelimitedFile))
    sample = first_rows(table)
    columns = choose_columns(
        table.names,
        text=asked.text,
        label=asked.label,
        group=asked.group,
        problems=problems,
        sample=sample if is_header_sure else nothing,
    )
    is_file = [table.name] == [str(file) for file in table.files]  # no hub, no rows in memory
    if is_file and columns.text is not None and _has_no_labels(table, columns, asked, sample):
        way = command("predict", "general", input=table.name)
        problems.add(f"Texts alone can be answered, not learned from or measured on: {way}")
    if problems.whole and doubt:
        problems.add(doubt)
    found = Scan(table, columns, problems, ScratchFolder(), sample=sample)
    with arrow_writer(found.path, _schema(columns)) as write:
        for chunk in table.chunks(columns.used, problems):
            write(_check(chunk, found))
    if columns.used and not found.row_count and not problems.kinds:
        problems.add("no rows, only a header. Expected rows with a text and a label.")
    is_open = columns.text is None or columns.label is None or not found.spellings
    if is_open and (advice := nested_advice(table, sample)):
        problems.add(advice)
    if not asked.any_text and columns.text is not None:
        told = no_text_problem(columns.text, found.first_texts, sample, columns.used)
        problems.whole += [told] if told else []
    if len(found.spellings) > MAX_SPELLINGS:
        problems.add(
            f"column '{columns.label}' holds more than {MAX_SPELLINGS:,} different values, such as "
            f"'{shortened(next(iter(found.spellings)))}'. Choose the label with "
            f"{setting('label')}."
        )
    return found


def _has_no_labels(table: Table, columns: Columns, asked: Asked, sample: Sample) -> bool:
    """Tell whether a table looks like one of texts alone."""
    if any(isinstance(value, dict) for value in sample().get(columns.text or "", ())):
        return False  # no texts either; nested_advice says what to do
    if len(table.names) == 1:
        return True
    if columns.label is not None or asked.label is not None:
        return False
    if known_columns(table.names, "label") or one_hot_columns(table.names):
        return False
    return likely_label(sample(), columns.used) is None


def _schema(columns: Columns) -> pa.Schema:
    import pyarrow as pa

    fields = [("text", pa.string()), ("row", pa.int64()), ("code", pa.int32())]
    if columns.group is not None:
        fields.append(("group", pa.string()))
    return pa.schema(fields)


def _check(chunk: Chunk, found: Scan) -> pa.RecordBatch:
    """Sort the rows of a chunk into good ones, returned, and bad ones, noted."""
    import pyarrow as pa

    columns = found.columns
    good: list[tuple[Any, ...]] = []
    for row, text, label, group in _rows(chunk, columns):
        found.row_count += 1
        code, is_bad = _check_label(row, label, found)
        if columns.text is not None and (kind := text_problem(text)) is not None:
            found.problems.add_row(row, kind, "" if kind in ("empty text", "no text") else "text")
            is_bad = True
        elif columns.text is not None and len(text) < SHORT and is_missing(text):
            found.problems.add_row(row, "a word for no text", shown_value(text))
            is_bad = True
        name = None if columns.group is None else spell(group)
        if columns.group is not None and (name is None or broken_text(name) is not None):
            found.problems.add_row(row, f"no proper value in group column '{columns.group}'")
            is_bad = True
        if is_bad:
            if code >= 0:
                found.bad.append((row, code))
            continue
        if code >= 0:
            found.tally[code] += 1
        good.append((text, row, code, name))
    if len(found.first_texts) < FIRST_TEXTS and columns.text is not None:
        found.first_texts += [values[0] for values in good[:FIRST_TEXTS]]
    schema = _schema(columns)
    arrays = [
        pa.array([values[place] for values in good], field.type)
        for place, field in enumerate(schema)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _rows(chunk: Chunk, columns: Columns) -> Iterator[tuple[int, Any, Any, Any]]:
    nothing = [None] * len(chunk.rows)
    texts, groups = (
        nothing if name is None else chunk.columns[name] for name in (columns.text, columns.group)
    )
    if columns.one_hot:
        labels: list[Any] = _labels_of_columns(chunk, columns.one_hot)
    else:
        labels = nothing if columns.label is None else chunk.columns[columns.label]
    return zip(chunk.rows, texts, labels, groups, strict=True)


def _labels_of_columns(chunk: Chunk, names: Sequence[str]) -> list[list[str]]:
    """Return the labels of each row of which the column is not 0: one, if all is well."""
    called = [sentiment_of_column(name) or name for name in names]
    cells = zip(*(chunk.columns[name] for name in names), strict=True)
    return [
        [label for label, cell in zip(called, row, strict=True) if not _says_no(spell(cell))]
        for row in cells
    ]


@lru_cache(maxsize=1024)
def _says_no(cell: str | None) -> bool:
    return cell is None or number_in(cell) == 0 or cell.casefold() in _NOT or is_missing(cell)


def _check_label(row: int, value: object, found: Scan) -> tuple[int, bool]:
    """Return the code of a label (-1: none), and whether that makes the row a bad one."""
    if found.columns.label is None:
        return -1, False
    if isinstance(value, list) and len(value) < 2:
        value = value[0] if value else None  # as doccano and others write one label, or none
    if isinstance(value, (dict, list, bytes)):
        is_list = isinstance(value, list)
        kind_of = "more than one label" if is_list else "label is neither a string nor a number"
        found.problems.add_row(row, kind_of, shortened(str(value)) if is_list else "")
        return -1, True
    spelling = spell(value)
    if spelling is None:
        found.problems.add_row(row, "no label")
        return -1, True
    code = found.spellings.get(spelling)
    if code is None:
        if (kind := broken_text(spelling)) is not None:
            found.problems.add_row(row, kind, "label")
            return -1, True
        if len(found.spellings) > MAX_SPELLINGS:
            return -1, True
        code = found.spellings[spelling] = len(found.spellings)
        found.tally.append(0)
    return code, False
