"""A table in memory, and the answers beside its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sentilora.data.columns import find_text_column
from sentilora.data.frames import column_names, is_frame, name_of, with_columns
from sentilora.data.text_entries import checked_texts, entry_problem, open_entries
from sentilora.errors import DataError
from sentilora.inference.frames.answer_columns import answer_columns, fill_columns

if TYPE_CHECKING:
    from sentilora.inference.scoring import Progress
    from sentilora.labels import Labels
    from sentilora.model.first_stage import FirstStage


class Predicts(Protocol):
    """A model that predicts.

    Attributes:
        labels: ordered label names.
        first_stage: first stage of a cascade; None without one.
    """

    labels: Labels
    first_stage: FirstStage | None

    def predict(
        self, texts: list[str], *, threshold: float | None, progress: Progress | None
    ) -> Any:
        """Predict texts."""


def predict_frame(
    model: Predicts,
    frame: Any,
    *,
    text: str | None = None,
    threshold: float | None = None,
    skip_bad_rows: bool = False,
    progress: Progress | None = None,
) -> Any:
    """Return a table with the answers beside its rows; see ``SentimentModel.predict_frame``."""
    if not is_frame(frame):
        raise DataError(
            f"A {type(frame).__name__} is no table with named columns, such as a pandas DataFrame. "
            "Give texts without columns to predict."
        )
    names = column_names(frame)
    entries = open_entries(frame, find_text_column(names, text, name_of(frame)))
    is_text = [not skip_bad_rows or entry_problem(value) is None for value in entries.values]
    texts = checked_texts(entries.only(is_text))
    found = iter(model.predict(texts, threshold=threshold, progress=progress))
    is_cascade = model.first_stage is not None
    columns = answer_columns(model.labels, threshold, is_cascade=is_cascade, taken=names)
    answers = [next(found) if has_answer else None for has_answer in is_text]
    return with_columns(frame, fill_columns(columns, answers))
