"""What rules know of a model: its labels, and what its run has shown of its errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.mood.known_errors import tells_errors
from sentilora.labels import Labels


@dataclass(frozen=True)
class ModelFacts:
    """A model as rules know it.

    Attributes:
        labels: its labels.
        confusion: answers to the held-out texts of its run, ``(C, C)`` int64, true label down and
            answer across; None where no run tells them.
    """

    labels: Labels
    confusion: NDArray[np.int64] | None = None

    @property
    def tells_errors(self) -> bool:
        """Whether shares can be corrected by it."""
        return tells_errors(self.confusion)

    @property
    def held_out(self) -> tuple[int, int] | None:
        """Number of held-out texts that were answered right, and of all; None without any."""
        if self.confusion is None or not self.confusion.sum():
            return None
        return int(np.trace(self.confusion)), int(self.confusion.sum())
