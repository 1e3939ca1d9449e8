"""The boxes that say which feedback is meant: data, dates and segments."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from sentilora.data.columns import LABEL_NAMES, MORE_LABEL_NAMES, RATING_NAMES, fold_name
from sentilora.insights.dates import ORDERS
from sentilora.ui import session
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.data_form import LOOKED_AT, ask_for_data, show_understood
from sentilora.ui.date_columns import DateColumn, date_columns
from sentilora.ui.display import page_words
from sentilora.ui.display.markdown import plain
from sentilora.ui.models.analysed_file import FeedbackChoices
from sentilora.ui.understood_rows import first_rows, understand_labels, understand_texts

SAMPLE, UPLOAD = "The sample", "My file"

_MOST_VALUES = 12  # of a column that is proposed as a segment
_FEWEST_TEXTS = 5  # of each value, on average
_MOST_SEGMENTS = 3  # proposed


@dataclass(frozen=True)
class _Columns:
    """What the first rows say about the columns of a file.

    Attributes:
        dates: columns that hold dates.
        segments: columns that may part the texts.
    """

    dates: tuple[DateColumn, ...]
    segments: tuple[str, ...]


@dataclass(frozen=True)
class FeedbackBoxes:
    """What differs between the pages that ask for feedback.

    Attributes:
        key: begins the keys of all boxes.
        segments: label of the box for segments.
        placeholder: words where no segment is chosen.
        no_date: words where no date is chosen.
        may_have_labels: whether labels of the file can be used.
    """

    key: str
    segments: str
    placeholder: str
    no_date: str
    may_have_labels: bool


def ask_for_feedback(boxes: FeedbackBoxes) -> tuple[FeedbackChoices | None, bool]:
    """Show all boxes; return what is asked for, and whether the work can begin.

    What is asked for is None as long as there is no file with a column of texts.
    """
    model, key = session.chosen().name, boxes.key
    session.begin(f"{key}-source", UPLOAD)
    source = st.radio("Feedback", [UPLOAD, SAMPLE], horizontal=True, key=f"{key}-source")
    if session.keep(f"{key}-source", source) == SAMPLE:
        st.caption("900 invented reviews of five fields, from January to June 2026.")
        return FeedbackChoices(None, model, "date", None, ("domain",)), True
    is_labelled = False
    if boxes.may_have_labels:
        session.begin(f"{key}-labelled", False)
        is_labelled = st.checkbox(page_words.USE_LABELS, key=f"{key}-labelled")
        session.keep(f"{key}-labelled", is_labelled)
    data = ask_for_data("A file of feedback, a text a row", key, has_labels=is_labelled)
    if data is None or data.text is None:
        if data is not None:
            show_understood(data, understand_texts, is_complete=False)
        return None, False
    is_complete = data.has_both if is_labelled else True
    understand = understand_labels if is_labelled else understand_texts
    found = show_understood(data, understand, is_complete=is_complete)
    asked = _ask_for_columns(data, model, boxes)
    return asked, found is not None and found.is_usable


def _ask_for_columns(data: DataChoices, model: str, boxes: FeedbackBoxes) -> FeedbackChoices:
    upload, reading = data.upload, data.reading
    own = f"{boxes.key}-{upload.key}-{zlib.crc32(repr(data.columns).encode()):x}"
    columns = session.found_once(
        ("feedback columns", upload.key, reading), lambda: _look_at_columns(data)
    )
    others = [name for name in data.columns if name not in (data.text, data.label)]
    left, right = st.columns(2)
    with left:
        dates = {column.name: column for column in columns.dates}
        key = f"{own}-date"
        session.begin(key, next((name for name in dates if name in others), None))
        date = st.selectbox(
            page_words.DATE_COLUMN, others, index=None, placeholder=boxes.no_date, key=key
        )
        session.keep(key, date)
    with right:
        key = f"{own}-segments"
        proposed = [name for name in columns.segments if name in others and name not in dates]
        session.begin(key, proposed[:_MOST_SEGMENTS])
        segments = st.multiselect(
            boxes.segments,
            [name for name in others if name != date],
            key=key,
            placeholder=boxes.placeholder,
            help="Columns such as product, country or version.",
        )
        session.keep(key, segments)
    order = None
    column = dates.get(date)
    if date is not None and (column is None or column.has_order):
        key = f"{own}-{date}-order"
        session.begin(key, None)
        example = "" if column is None else column.example
        order = st.radio(
            page_words.DATE_ORDER,
            [None, *((column and column.orders) or ORDERS[:2])],
            format_func=page_words.order_words,
            horizontal=True,
            key=key,
            help=f"{plain(example)} can be read in two ways." if example else None,
        )
        session.keep(key, order)
    return FeedbackChoices(data, model, date, order, tuple(segments))


def _look_at_columns(data: DataChoices) -> _Columns:
    import pyarrow as pa

    rows = first_rows(data.upload, data.reading, data.columns, most=LOOKED_AT)
    values = {name: [row[name] for row in rows] for name in data.columns}
    table = pa.table({name: pa.array(found, pa.string()) for name, found in values.items()})
    known = {*LABEL_NAMES, *MORE_LABEL_NAMES, *RATING_NAMES}
    segments = [
        name
        for name, found in values.items()
        if name != data.text and fold_name(name) not in known and _parts_texts(found)
    ]
    return _Columns(tuple(date_columns(table)), tuple(segments))


def _parts_texts(values: Sequence[str | None]) -> bool:
    """Tell whether a few values stand again and again in a column."""
    there = [value for value in values if value]
    kinds = len(set(there))
    return 2 <= kinds <= _MOST_VALUES and len(there) >= max(_FEWEST_TEXTS * kinds, len(values) / 2)
