"""Rows of feedback as they are analysed: texts with dates, segments and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sentilora.labels import Labels


@dataclass(frozen=True)
class Feedback:
    """Texts to analyse, and what is known of each.

    Attributes:
        source: name of the file, as the user gave it.
        texts: N texts, as they stand in the file.
        rows: positions of the texts in the file, ``(N,)`` int64, from 0; rows left out are missing.
        labels: names of the labels, in the order from negative to positive.
        ids: the user's own id of each text; None without such a column.
        dates: day of each text, ``(N,)`` datetime64[D], NaT where there is none; None without a
            column of dates.
        segments: value of each text, ``(N,)`` object, None where there is none, by column.
        label_ids: given label of each text, ``(N,)`` int64; None where a model answers.
        weights: voice of each text, ``(N,)`` float64 in (0, 1]: below 1 where one author, or one
            copied text, would speak too often.
        notes: what a reader has to know of how the rows were read.
        skipped: number of rows that were left out, by reason.
        repeated: number of texts that are copies of another one before them.
    """

    source: str
    texts: Sequence[str]
    rows: NDArray[np.int64]
    labels: Labels
    ids: Sequence[str] | None = None
    dates: NDArray[np.datetime64] | None = None
    segments: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    label_ids: NDArray[np.int64] | None = None
    weights: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    repeated: int = 0

    def __len__(self) -> int:
        return len(self.texts)
