"""Statements: the smallest pieces of feedback that are scored and grouped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.feedback import Feedback
from sentilora.labels import Labels

KINDS = ("complaint", "wish", "question", "praise", "remark")


@dataclass(frozen=True)
class Statements:
    """S statements of N texts, in the order of the texts.

    Attributes:
        text_index: index of its text in :class:`Feedback`, ``(S,)`` int64, rising.
        start: position of its first character in the text, ``(S,)`` int64.
        end: position after its last character, ``(S,)`` int64.
        probabilities: calibrated probability of each label, ``(S, C)`` float32.
        signed: from -1 (surely negative) to 1 (surely positive), ``(S,)`` float32.
        vectors: what it is about: the mean of the base's last hidden states with the adapter off,
            of length 1, ``(S, D)`` float16, which halves what a hundred thousand texts need.
        kinds: index into :data:`KINDS`, ``(S,)`` int8.
    """

    text_index: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    probabilities: NDArray[np.float32]
    signed: NDArray[np.float32]
    vectors: NDArray[np.float16]
    kinds: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.text_index)

    @property
    def label_ids(self) -> NDArray[np.int64]:
        """Most probable label of each, ``(S,)``."""
        most: NDArray[np.int64] = np.argmax(self.probabilities, axis=1)
        return most

    def words_of(self, index: int, feedback: Feedback) -> str:
        """Return one statement as it stands in its text."""
        text = feedback.texts[int(self.text_index[index])]
        return text[int(self.start[index]) : int(self.end[index])]


def signs_of(labels: Labels) -> NDArray[np.int64]:
    """Return -1, 0 or 1 for each label, ``(C,)``: by its name, else by its place in the order."""
    if labels.polarities is not None:
        return np.asarray(labels.polarities, dtype=np.int64)
    places = np.arange(len(labels))
    return np.sign(2 * places - (len(labels) - 1)).astype(np.int64)
