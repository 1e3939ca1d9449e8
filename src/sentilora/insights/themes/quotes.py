"""Statements to show for a theme: typical, unlike each other, each from another text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sentilora.data.same_text import fold
from sentilora.insights.themes.terms import words_in

MOST = 5
_TYPICAL_SHARE = 0.25
_LEAST_TYPICAL = 12
_LIKENESS = 0.7
_LEAST_WORDS = 3


def choose_quotes(
    members: NDArray[np.int64],
    likeness: NDArray[np.float32],
    vectors: NDArray[np.float32],
    text_index: NDArray[np.int64],
    words: Sequence[str],
) -> tuple[int, ...]:
    """Choose at most five statements of a theme, those of fewer than three words last.

    They come from its most typical quarter (at least twelve statements), the most typical first;
    each further one is as near to the centre, and as unlike those chosen, as it can be: maximal
    marginal relevance (J. Carbonell, J. Goldstein, 1998).

    Args:
        members: indices of the theme's statements, ``(M,)``.
        likeness: cosine of each of them to the centre, ``(M,)``.
        vectors: theirs, of length 1, ``(M, D)``.
        text_index: text of every statement.
        words: all statements.

    Returns:
        Indices of statements, from texts of their own; fewer where the theme has fewer texts.
    """
    many = max(_LEAST_TYPICAL, round(_TYPICAL_SHARE * len(members)))
    near = [int(at) for at in np.argsort(-likeness, kind="stable")[: min(many, 200)]]
    short = {at for at in near if len(words_in(words[int(members[at])])) < _LEAST_WORDS}
    texts = text_index[members]
    saying = {at: fold(words[int(members[at])]) for at in near}
    chosen: list[int] = []
    left = near
    while left and len(chosen) < MOST:
        telling = [at for at in left if at not in short] or left
        worth = _LIKENESS * likeness[telling]
        if chosen:
            worth = worth - (1 - _LIKENESS) * (vectors[telling] @ vectors[chosen].T).max(axis=1)
        best = telling[int(np.argmax(worth))]
        chosen.append(best)
        left = [at for at in left if texts[at] != texts[best] and saying[at] != saying[best]]
    return tuple(int(members[at]) for at in chosen)
