"""The answer for one text, and those for many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np

from sentilora.errors import ConfigError
from sentilora.inference.frames.answer_columns import answer_columns, fill_columns
from sentilora.labels import Labels
from sentilora.message import setting

if TYPE_CHECKING:
    import pandas as pd

STAGES = ("network", "n-grams")  # what answers in a cascade; the second one comes first


@dataclass(frozen=True)
class Prediction:
    """The answer for one text.

    Attributes:
        label: the most probable label.
        score: calibrated probability of ``label``, in ``[0, 1]``.
        probabilities: calibrated probability of each label, in label order.
        signed: positive minus negative mass, in ``[-1, 1]``; None if labels are no sentiments.
        truncated: whether the text was longer than the model's limit.
        abstained: whether this is no answer: ``score`` lies below the threshold that was asked for,
            or the base knows no token of the text.
        stage: part of a cascade that answered: ``n-grams`` or ``network``; None without one.
        unknown: share of the text's tokens that the base does not know, in ``[0, 1]``.

    Example:
        >>> import sentilora
        >>> prediction = sentilora.load("general").predict("Great movie!")
        >>> prediction.label, prediction.score > 0.8
        ('positive', True)
    """

    label: str
    score: float
    probabilities: dict[str, float]
    signed: float | None
    truncated: bool = False
    abstained: bool = False
    stage: str | None = None
    unknown: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values, for JSON."""
        return asdict(self)

    def _repr_html_(self) -> str:
        from sentilora.inference.notebook_html import paint_prediction

        remarks = ["longer than the model reads"] if self.truncated else []
        if self.abstained:
            remarks.append("nothing of it is known" if self.unknown >= 1 else "below the threshold")
        return paint_prediction(self.label, self.score, self.probabilities, remarks)


class Predictions(list[Prediction]):
    """The answers for many texts: a list in the order of the texts, which also is a table.

    Attributes:
        labels: label names in their order.
        threshold: smallest score that counts as an answer; None when all do.
        has_stages: whether a cascade answered.
        row_index: index of the pandas column that the texts stood in; None for other texts.

    Example:
        >>> import sentilora
        >>> answers = sentilora.load("general").predict(["Great movie!", "It broke."])
        >>> list(answers.to_frame()["label"])
        ['positive', 'negative']
    """

    def __init__(
        self,
        predictions: Iterable[Prediction],
        labels: Labels,
        *,
        threshold: float | None = None,
        has_stages: bool = False,
        row_index: Any = None,
    ) -> None:
        super().__init__(predictions)
        self.labels = labels
        self.threshold = threshold
        self.has_stages = has_stages
        self.row_index = row_index

    @overload
    def __getitem__(self, place: SupportsIndex) -> Prediction: ...

    @overload
    def __getitem__(self, place: slice) -> Predictions: ...

    def __getitem__(self, place: SupportsIndex | slice) -> Prediction | Predictions:
        if not isinstance(place, slice):
            return super().__getitem__(place)
        index = None if self.row_index is None else self.row_index[place]
        return Predictions(
            super().__getitem__(place),
            self.labels,
            threshold=self.threshold,
            has_stages=self.has_stages,
            row_index=index,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame with the columns that ``predict_file`` writes.

        Its index is that of the pandas column that was predicted, or counts from 0.
        """
        import pandas as pd

        columns = answer_columns(self.labels, self.threshold, is_cascade=self.has_stages)
        filled = fill_columns(columns, self)
        frame = pd.DataFrame({name: values.to_pandas() for name, values in filled.items()})
        if self.row_index is not None:
            frame.index = self.row_index
        return frame

    def _repr_html_(self) -> str:
        painted: str = self.to_frame()._repr_html_()  # type: ignore[operator]
        return painted


@dataclass(frozen=True)
class Choices:
    """What probabilities say, for N texts at once.

    Attributes:
        label_ids: ``(N,)`` int64, ids of the most probable labels.
        scores: ``(N,)`` float64, probabilities of these labels.
        signed: ``(N,)`` float64 in ``[-1, 1]``, positive minus negative mass; None when the labels
            are no sentiments.
        abstained: ``(N,)`` bool, whether each score lies below the threshold, or nothing of the
            text is known.
    """

    label_ids: np.ndarray
    scores: np.ndarray
    signed: np.ndarray | None
    abstained: np.ndarray


def choose(
    probabilities: np.ndarray,
    labels: Labels,
    threshold: float | None = None,
    unknown: np.ndarray | None = None,
) -> Choices:
    """Take the most probable labels of ``(N, C)`` probabilities.

    ``unknown`` ``(N,)`` is the share of each text's tokens that the base does not know.
    """
    scores = probabilities.max(axis=1)
    signs = labels.polarities
    abstained = scores < (-1.0 if threshold is None else threshold)
    return Choices(
        label_ids=probabilities.argmax(axis=1),
        scores=scores,
        signed=None if signs is None else probabilities @ np.asarray(signs, dtype=np.float64),
        abstained=abstained if unknown is None else abstained | (unknown >= 1),
    )


def check_threshold(threshold: float | None) -> None:
    """Refuse a threshold outside ``[0, 1]``.

    Raises:
        ConfigError: it is.
    """
    is_number = isinstance(threshold, int | float | np.number)
    if threshold is not None and not (is_number and 0 <= threshold <= 1):
        shown = f"{threshold:g}" if is_number else type(threshold).__name__
        raise ConfigError(
            f"The threshold {shown} is not a probability: expected a number from 0 to 1. "
            f"Type for instance: {setting('threshold', 0.7)}"
        )


def make_predictions(
    probabilities: np.ndarray,
    truncated: list[bool],
    labels: Labels,
    threshold: float | None = None,
    *,
    early: np.ndarray | None = None,
    unknown: np.ndarray | None = None,
    row_index: Any = None,
) -> Predictions:
    """Turn ``(N, C)`` probabilities into predictions.

    ``early`` ``(N,)`` tells which rows the first stage of a cascade answered, ``unknown`` ``(N,)``
    the share of each text's tokens that the base does not know; ``row_index`` is the index of the
    pandas column that the texts stood in.
    """
    chosen = choose(probabilities, labels, threshold, unknown)
    nothing = [None] * len(probabilities)
    predictions = (
        Prediction(
            label=labels.names[label_id],
            score=score,
            probabilities=dict(zip(labels.names, row, strict=True)),
            signed=signed,
            truncated=was_cut,
            abstained=abstained,
            stage=stage,
            unknown=share,
        )
        for label_id, score, row, signed, was_cut, abstained, stage, share in zip(
            chosen.label_ids.tolist(),
            chosen.scores.tolist(),
            probabilities.tolist(),
            nothing if chosen.signed is None else chosen.signed.tolist(),
            truncated,
            chosen.abstained.tolist(),
            nothing if early is None else [STAGES[is_early] for is_early in early.tolist()],
            [0.0] * len(probabilities) if unknown is None else unknown.tolist(),
            strict=True,
        )
    )
    has_stages = early is not None
    return Predictions(
        predictions, labels, threshold=threshold, has_stages=has_stages, row_index=row_index
    )
