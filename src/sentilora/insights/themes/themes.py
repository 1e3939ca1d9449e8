"""Themes as they are found, before anything is counted over time or by segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.themes.topic_space import TopicSpace


@dataclass(frozen=True)
class FoundTheme:
    """A group of statements.

    Attributes:
        key: name in files, made of its words; the same for the same group in the next report.
        name: short sentence a reader can repeat.
        words: what sets it apart from the other themes, most telling first.
        quotes: indices of the statements to show: those of the kind that speaks for it first, and
            of these the most typical.
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
class KeptTheme:
    """A theme as it is kept for the next report.

    Attributes:
        key: name in files.
        name: what people call it.
        words: what sets it apart.
        centre: direction of its statements in the topic space, ``(D,)`` float32 of length 1.
        least: cosine to the centre from which a new statement joins it, in [-1, 1].
        merge_into: key of the theme that it was made a part of; None for a theme of its own.
        excluded: whether people want it left out of reports.
    """

    key: str
    name: str
    words: tuple[str, ...]
    centre: NDArray[np.float32]
    least: float
    merge_into: str | None = None
    excluded: bool = False


@dataclass(frozen=True)
class KeptThemes:
    """All that the next report needs to find the same themes again.

    Attributes:
        space: how vectors of statements were turned before they were grouped.
        themes: themes, those merged and excluded by people among them.
    """

    space: TopicSpace
    themes: tuple[KeptTheme, ...]

    def owner_of(self, theme: KeptTheme) -> KeptTheme:
        """Return the theme that a merged one is a part of by now; itself where it is not merged."""
        by_key: Mapping[str, KeptTheme] = {one.key: one for one in self.themes}
        while theme.merge_into is not None:
            theme = by_key[theme.merge_into]
        return theme


@dataclass(frozen=True)
class FoundThemes:
    """All themes, and which statement is in which.

    Attributes:
        themes: K themes, largest first.
        theme_of: index into ``themes``, ``(S,)`` int64; -1 for statements in none.
        likeness: cosine to the centre of its theme, ``(S,)`` float32; NaN for those in none.
        kept: what the file of themes will hold; None where there was nothing to group.
    """

    themes: tuple[FoundTheme, ...]
    theme_of: NDArray[np.int64]
    likeness: NDArray[np.float32]
    kept: KeptThemes | None = field(default=None, compare=False)
