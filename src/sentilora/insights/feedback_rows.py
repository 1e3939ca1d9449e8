"""DATA of any kind as feedback: texts with dates, segments, ids, authors and labels.

Rows are read as ``evaluate`` reads them, once for their labels, where a column holds such, and once
for everything else. Texts wait in a temporary file until it is known which of them are taken, so
that a million rows fit into memory. Rows without a text are left out and counted.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.column_values import no_texts
from sentilora.data.files.sources import Location, locate
from sentilora.data.files.streams import Chunk, Table, text_problem
from sentilora.data.files.temporary import ScratchFolder, arrow_writer, read_batches
from sentilora.data.labelled.draft import draft, settle
from sentilora.data.labelled.reader import finish
from sentilora.data.labelled.scan import SHORT
from sentilora.data.labelled.values.label_spellings import is_missing
from sentilora.data.problems import Problems, raise_if_any
from sentilora.data.stored_frames import WHOLE
from sentilora.errors import DataError
from sentilora.evaluation.model_rows import given_labels, left_out_labels, note_unknown_labels
from sentilora.insights.dates import DateReader, Days
from sentilora.insights.feedback import Feedback
from sentilora.insights.feedback_columns import FeedbackColumns, ValueCodes, strings
from sentilora.insights.feedback_question import FeedbackQuestion
from sentilora.insights.voices import copy_key, weigh
from sentilora.labels import Labels
from sentilora.message import Message, setting

if TYPE_CHECKING:
    import pyarrow as pa

_LOOKED_AT = 1000  # first texts, by which it is seen whether they are texts at all


def read_feedback(data: Any, question: FeedbackQuestion, known: Labels) -> Feedback:
    """Read rows of feedback.

    Args:
        data: file, folder (all its parts are read, one after the other), hub data set id, or
            ``sample``; or rows in memory: a table, or rows as dicts.
        question: what is read, and how.
        known: label names of the model, which labels of the data have to be.

    Raises:
        DataError: it cannot be read, has no such columns, or no text; or its dates can be read in
            two ways.
        ConfigError: a label was given that the model does not know.
    """
    location = locate(data, question.asked.reading)
    parts = [WHOLE] if location.has(WHOLE) else list(location.parts)
    scratch = ScratchFolder()
    gathered = _Gathered(location.source, question)
    with arrow_writer(scratch.path / "texts.arrow", _schema()) as write:
        for part in parts:
            label_of = _labels_of_part(location, part, question, known, gathered)
            table = location.open(part)
            for batch in _read_part(table, question, label_of, gathered):
                write(batch)
    if not gathered.rows:
        raise DataError(_no_rows(gathered))
    days = None if gathered.dates is None else gathered.dates.finish()
    places, notes = _chosen(gathered, question, days)
    texts, ids = _texts_at(places, scratch)
    scratch.remove()
    return _feedback(gathered, days, places, texts, ids, notes, known)


@dataclass
class _Gathered:
    """What is known of all rows with a text, but their texts."""

    source: str
    question: FeedbackQuestion
    rows: array[int] = field(default_factory=lambda: array("q"))
    keys: array[int] = field(default_factory=lambda: array("Q"))
    label_ids: array[int] = field(default_factory=lambda: array("i"))
    dates: DateReader | None = None
    segments: dict[str, ValueCodes] = field(default_factory=dict)
    authors: ValueCodes | None = None
    notes: list[Message | str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    offset: int = 0  # rows of the parts before
    first_texts: list[str] = field(default_factory=list)
    has_ids: bool = False

    def __post_init__(self) -> None:
        asked, columns = self.question, self.question.columns
        if columns.date is not None:
            order, takes_all = asked.date_order, asked.names_days
            self.dates = DateReader(columns.date, self.source, order, takes_all=takes_all)
        self.segments = {name: ValueCodes() for name in columns.segments}
        self.authors = ValueCodes() if columns.author is not None else None
        self.has_ids = columns.id is not None


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("text", pa.large_string()), ("id", pa.large_string())])


def _labels_of_part(
    location: Location, part: str, question: FeedbackQuestion, known: Labels, gathered: _Gathered
) -> NDArray[np.int32] | None:
    """Return the label id of each row of a part, -1 where it has none; None if a model answers."""
    if not question.uses_labels:
        return None
    found = draft(location, part, question.asked)
    settle(found, given_labels(question.labels, known), 0, known=known)
    note_unknown_labels(found, known)
    raise_if_any([found.scan.problems])
    examples = finish(found)
    rows = examples.numbers("row")
    label_of = np.full(int(rows.max(initial=0)) + 1, -1, np.int32)
    ids = np.array([known.label2id[name] for name in examples.labels.names], np.int32)
    label_of[rows] = ids[examples.label_ids]
    told = [note for note in examples.notes if "left out" not in note]
    gathered.notes += [*told, *left_out_labels(found)]
    return label_of


def _read_part(
    table: Table,
    question: FeedbackQuestion,
    label_of: NDArray[np.int32] | None,
    gathered: _Gathered,
) -> Iterator[pa.RecordBatch]:
    """Read a part; what is no text is counted, texts and ids are handed on."""
    import pyarrow as pa

    columns = question.columns.found_in(table)
    if gathered.offset == 0:
        gathered.notes += [*table.notes, *columns.notes(table, is_labelled=question.uses_labels)]
    problems = Problems(table.name, keeps_rows=True)
    last = 0
    for chunk in table.chunks(columns.used, problems):
        last = max(last, chunk.rows[-1])
        good = _good_places(chunk, columns, label_of, gathered)
        rows = [chunk.rows[place] for place in good]
        texts = _at(chunk, columns.text, good)
        gathered.rows.extend(row - 1 + gathered.offset for row in rows)
        gathered.keys.extend(map(copy_key, texts))
        gathered.first_texts += texts[: max(0, _LOOKED_AT - len(gathered.first_texts))]
        if label_of is not None:
            gathered.label_ids.extend(label_of[rows].tolist())
        if gathered.dates is not None:
            gathered.dates.add(
                [row + gathered.offset for row in rows], _at(chunk, columns.date, good)
            )
        for asked, name in zip(gathered.segments.values(), columns.segments, strict=True):
            asked.add(_at(chunk, name, good))
        if gathered.authors is not None:
            gathered.authors.add(_at(chunk, columns.author, good))
        ids = strings(_at(chunk, columns.id, good)) if columns.id else [None] * len(good)
        arrays = [pa.array(texts, pa.large_string()), pa.array(ids, pa.large_string())]
        yield pa.RecordBatch.from_arrays(arrays, schema=_schema())
    raise_if_any([problems])
    gathered.skipped.update({kind: count for kind, (count, _) in problems.kinds.items()})
    gathered.offset += max([last, *(one.row for one in problems.rows)])
    if not question.asked.any_text and (why := no_texts(gathered.first_texts)) is not None:
        raise DataError(
            f"{table.name}: column '{columns.text}' hardly holds texts: {why}. Choose the one with "
            f"the texts: {setting('text', 'NAME')}; or say {setting('any_text', True)} if these "
            "are the texts."
        )


def _at(chunk: Chunk, column: str | None, places: Sequence[int]) -> list[Any]:
    assert column is not None
    values = chunk.columns[column]
    return [values[place] for place in places]


def _good_places(
    chunk: Chunk,
    columns: FeedbackColumns,
    label_of: NDArray[np.int32] | None,
    gathered: _Gathered,
) -> list[int]:
    """Return which rows have a text, and a label where labels are used; count the others."""
    assert columns.text is not None
    good = []
    for place, value in enumerate(chunk.columns[columns.text]):
        kind = text_problem(value)
        if kind is None and len(value) < SHORT and is_missing(value):
            kind = "a word for no text"
        row = chunk.rows[place]
        if kind is None and label_of is not None and (row >= len(label_of) or label_of[row] < 0):
            kind = "no label that the model knows"
        if kind is None:
            good.append(place)
        else:
            gathered.skipped[kind] += 1
    return good


def _no_rows(gathered: _Gathered) -> str:
    skipped = "; ".join(f"{count:,} of {kind}" for kind, count in gathered.skipped.items())
    why = f"all its rows are left out: {skipped}" if skipped else "no rows, only a header"
    return (
        f"{gathered.source} has no texts to look at: {why}. Expected a text in each row; choose "
        f"the column with {setting('text', 'NAME')}."
    )


def _chosen(
    gathered: _Gathered, question: FeedbackQuestion, read: Days | None
) -> tuple[NDArray[np.int64], list[Message]]:
    """Return which rows are taken, by their place among those with a text."""
    keep = np.ones(len(gathered.rows), np.bool_)
    notes: list[Message] = []
    if read is not None and question.names_days:
        days = read.days
        has_day = ~np.isnat(days)
        outside = np.zeros(len(keep), np.bool_)
        if question.since:
            outside |= has_day & (days < np.datetime64(question.since))
        if question.until:
            outside |= has_day & (days > np.datetime64(question.until))
        keep = has_day & ~outside
        gathered.skipped.update({"outside of the days asked for": int(outside.sum())})
        gathered.skipped.update({"without a date": int((~has_day).sum())})
        if not keep.any() and not has_day.any():
            raise DataError(
                f"{gathered.source} has no text with a date in column '{question.columns.date}'. "
                f"Choose another column with {setting('date', 'NAME')}."
            )
        if not keep.any():
            first, last = (f"{day.item()}" for day in (days[has_day].min(), days[has_day].max()))
            raise DataError(
                f"{gathered.source} has no text of the days asked for. Its days are {first} to "
                f"{last}. Choose days within with {setting('since', first)} and "
                f"{setting('until', last)}."
            )
    places = np.flatnonzero(keep)
    if len(places) > question.limit:
        drawn = np.random.default_rng(question.seed).permutation(len(places))[: question.limit]
        gathered.skipped.update({"beyond the limit of texts": len(places) - question.limit})
        notes.append(
            Message(
                f"of {len(places):,} texts {question.limit:,} were drawn at random, and counts are "
                f"of these; another number is taken with {setting('limit', len(places))}"
            )
        )
        places = places[np.sort(drawn)]
    return places, notes


def _texts_at(places: NDArray[np.int64], scratch: ScratchFolder) -> tuple[list[str], list[str]]:
    """Return the texts and ids of some rows."""
    texts: list[str] = []
    ids: list[str] = []
    start = 0
    for batch in read_batches(scratch.path / "texts.arrow"):
        first, last = np.searchsorted(places, [start, start + len(batch)])
        some = batch.take((places[first:last] - start).astype(np.int64))
        texts += some.column("text").to_pylist()
        ids += some.column("id").to_pylist()
        start += len(batch)
    return texts, ids


def _feedback(
    gathered: _Gathered,
    read: Days | None,
    places: NDArray[np.int64],
    texts: list[str],
    ids: list[str],
    notes: Sequence[Message],
    known: Labels,
) -> Feedback:
    days = None if read is None else read.days[places]
    authors = None if gathered.authors is None else gathered.authors.codes()[places]
    voices = weigh(np.array(gathered.keys, np.uint64)[places], authors)
    told = [*gathered.notes, *(read.notes if read else ()), *notes, *voices.notes]
    label_ids = np.array(gathered.label_ids, np.int64)
    return Feedback(
        source=gathered.source,
        texts=texts,
        rows=np.array(gathered.rows, np.int64)[places],
        labels=known,
        ids=ids if gathered.has_ids else None,
        dates=None if days is None or np.isnat(days).all() else days,
        segments={name: codes.values()[places] for name, codes in gathered.segments.items()},
        label_ids=label_ids[places] if gathered.question.uses_labels else None,
        weights=voices.weights,
        notes=tuple(dict.fromkeys(told)),
        skipped={kind: count for kind, count in gathered.skipped.items() if count},
        repeated=voices.repeated,
    )
