"""Which statements speak of which of the aspects that were asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BETWEEN = "; "  # of several aspects of one statement, in a file


@dataclass(frozen=True)
class FoundAspects:
    """A aspects, and which of S statements speak of them.

    Attributes:
        names: A names, as they were asked for.
        words: words of the texts that count for each aspect, nearest first.
        scores: how surely a statement speaks of an aspect, ``(S, A)`` float32: above 0 it does.
        quotes: indices of statements to show for each aspect, most typical first.
        taught_by: number of texts with known aspects that they were learned from.
    """

    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    scores: NDArray[np.float32]
    quotes: tuple[tuple[int, ...], ...]
    taught_by: int = 0

    @property
    def speaks(self) -> NDArray[np.bool_]:
        """Which statement speaks of which aspect, ``(S, A)``."""
        return self.scores > 0

    def column(self) -> list[str | None]:
        """Return the aspects of each statement in one string, surest first; None without any."""
        found: list[str | None] = [None] * len(self.scores)
        for index in np.flatnonzero(self.speaks.any(axis=1)).tolist():
            order = np.argsort(-self.scores[index], kind="stable").tolist()
            names = [self.names[place] for place in order if self.scores[index, place] > 0]
            found[index] = BETWEEN.join(names)
        return found

    def text_scores(self, text_index: NDArray[np.int64], number: int) -> NDArray[np.float32]:
        """Return the score of the surest statement of each text, ``(N, A)``.

        Args:
            text_index: text of each statement, ``(S,)``.
            number: number of texts, N; those without a statement have -inf.
        """
        found = np.full((number, len(self.names)), -np.inf, np.float32)
        np.maximum.at(found, text_index, self.scores)
        return found
