"""Themes as they are found, before anything is counted over time or by segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class FoundTheme:
    """A group of statements.

    Attributes:
        key: name in files, made of its words; the same for the same group in the next report.
        name: short sentence a reader can repeat.
        words: what sets it apart from the other themes, most telling first.
        quotes: indices of the statements to show, most typical first.
        stability: how often it comes back in resamples, in [0, 1]; None where that is not known.
        is_pinned: whether it came from a file of themes that people keep.
    """

    key: str
    name: str
    words: tuple[str, ...]
    quotes: tuple[int, ...]
    stability: float | None = None
    is_pinned: bool = False


@dataclass(frozen=True)
class FoundThemes:
    """All themes, and which statement is in which.

    Attributes:
        themes: K themes, largest first.
        theme_of: index into ``themes``, ``(S,)`` int64; -1 for statements in none.
        likeness: cosine to the centre of its theme, ``(S,)`` float32; NaN for those in none.
    """

    themes: tuple[FoundTheme, ...]
    theme_of: NDArray[np.int64]
    likeness: NDArray[np.float32]
