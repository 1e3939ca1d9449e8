"""The messages behind each figure of an insights report: found, counted, taken home."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sentilora.data.files.table_files import write_batches
from sentilora.insights.feedback import Feedback

if TYPE_CHECKING:
    import pyarrow as pa

SHOWN = 1000  # on the page
SEGMENT = "segment: "  # begins the name of a column with a segment


@dataclass(frozen=True)
class Wanted:
    """Which statements are wanted; None and empty stand for all.

    Attributes:
        theme: key of a theme.
        period: first and last day.
        segment: name of a column, and a value in it.
        labels: labels of the statement.
        words: words in the statement.
    """

    theme: str | None = None
    period: tuple[dt.date, dt.date] | None = None
    segment: tuple[str, str] | None = None
    labels: tuple[str, ...] = ()
    words: str = ""

    def of_any_theme(self) -> Wanted:
        """Return the same, whatever the theme."""
        return replace(self, theme=None)


def join_messages(statements: pa.Table, feedback: Feedback) -> pa.Table:
    """Put date, segments and text beside each statement.

    Args:
        statements: table of ``row`` (from 0), ``statement``, ``label``, ``score``, ``theme`` ….
        feedback: texts that were analysed.

    Returns:
        The statements with ``row`` from 1, ``date``, a column for each segment, and ``text``.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = statements["row"].to_numpy()
    places = pa.array(np.searchsorted(feedback.rows, rows))
    columns = {name: statements[name] for name in statements.column_names}
    columns["row"] = pa.array(rows + 1)
    dates = feedback.dates
    days = pa.nulls(len(feedback), pa.date32()) if dates is None else pa.array(dates, pa.date32())
    columns["date"] = days.take(places)
    for name, values in feedback.segments.items():
        told = pa.array([None if one is None else str(one) for one in values], pa.string())
        columns[f"{SEGMENT}{name}"] = told.take(places)
    columns["text"] = pc.take(pa.array(list(feedback.texts), pa.large_string()), places)
    return pa.table(columns)


def choose_messages(messages: pa.Table, wanted: Wanted) -> pa.Table:
    """Return the statements that are wanted, in the order of the file."""
    import pyarrow as pa
    import pyarrow.compute as pc

    masks = []
    if wanted.theme is not None:
        masks.append(pc.equal(messages["theme"], wanted.theme))
    if wanted.period is not None:
        first, last = (pa.scalar(day, pa.date32()) for day in wanted.period)
        days = messages["date"]
        masks.append(pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last)))
    if wanted.segment is not None:
        name, value = wanted.segment
        masks.append(pc.equal(messages[f"{SEGMENT}{name}"], value))
    if wanted.labels:
        masks.append(pc.is_in(messages["label"], pa.array(wanted.labels, pa.string())))
    if words := wanted.words.strip():
        masks.append(pc.match_substring(messages["statement"], words, ignore_case=True))
    if not masks:
        return messages
    return messages.filter(pc.fill_null(reduce(pc.and_, masks), False))


def count_texts(messages: pa.Table) -> int:
    """Count the texts in which the statements stand."""
    import pyarrow.compute as pc

    return int(pc.count_distinct(messages["row"]).as_py())


def count_by_theme(messages: pa.Table) -> dict[str, int]:
    """Count the texts that mention each theme."""
    pairs = messages.select(["theme", "row"]).group_by(["theme", "row"]).aggregate([])
    counts = pairs.group_by("theme").aggregate([([], "count_all")])
    return {
        theme: count
        for theme, count in zip(
            counts["theme"].to_pylist(), counts["count_all"].to_pylist(), strict=True
        )
        if theme is not None
    }


def shown_messages(messages: pa.Table, names: dict[str, str]) -> pa.Table:
    """Return the first of them as the page shows them.

    Args:
        messages: statements.
        names: names of the themes, by key.
    """
    import pyarrow as pa

    first = messages.slice(0, SHOWN)
    themes = [names.get(key, key) for key in first["theme"].to_pylist()]
    shown = {
        "Row": first["row"],
        "Statement": first["statement"],
        "Label": first["label"],
        "Probability": first["score"],
        "Theme": pa.array(themes, pa.string()),
    }
    if "id" in first.column_names and first["id"].null_count < first.num_rows:
        shown["Id"] = first["id"]
    if first["date"].null_count < first.num_rows:
        shown["Date"] = first["date"]
    for name in first.column_names:
        if name.startswith(SEGMENT):
            shown[name.removeprefix(SEGMENT)] = first[name]
    shown["Whole text"] = first["text"]
    return pa.table(shown)


def as_csv(messages: pa.Table) -> bytes:
    """Return statements as a CSV file for spreadsheets.

    A mark tells them UTF-8, and a ``'`` stands before cells that they would run as formulas.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statements.csv"
        with write_batches(path, messages.schema, escape_formulas=True) as writer:
            for batch in messages.to_batches():
                writer.write(batch)
        return b"\xef\xbb\xbf" + path.read_bytes()
