"""A CUSUM of single texts, and the bound at which it alarms so often by chance.

M. Reynolds and Z. Stoumbos, A CUSUM chart for monitoring a proportion when inspecting continuously
(1999). What a text adds is rounded to whole numbers that stand in nearly the same proportion, so
that how long it runs until a false alarm is the exact solution of a chain of so many states, as
D. Brook and D. Evans (1972) found it for a grid.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy.linalg import solve_banded

_MOST_DOWN = 12  # whole numbers up to here tell the proportion
_MOST_STATES = 20_000
_MOST_TEXTS = 1e10  # of runs that are some thousand times as long, rounding leaves nothing


class BernoulliCusum:
    """Adds up how much more likely texts are after a rise than before it.

    Args:
        up: what a text with the label adds.
        down: what one without it takes away.
        bound: value at which it alarms.
    """

    def __init__(self, up: int, down: int, bound: int) -> None:
        self.up, self.down, self.bound = up, down, bound
        self.value = 0

    def take(self, *, is_held: bool) -> bool:
        """Take a text; return whether that is an alarm."""
        self.value = max(0, self.value + (self.up if is_held else -self.down))
        return self.value >= self.bound


def whole_steps(before: float, after: float) -> tuple[int, int]:
    """Return what a text with the label adds, and one without it takes away, in whole numbers.

    They stand in nearly the proportion of the logarithms of how much likelier each is after a rise.
    """
    up, down = math.log(after / before), math.log((1 - before) / (1 - after))
    if up >= down:
        found = Fraction(up / down).limit_denominator(_MOST_DOWN)
        return found.numerator, found.denominator
    found = Fraction(down / up).limit_denominator(_MOST_DOWN)
    return found.denominator, found.numerator


def run_length(before: float, up: int, down: int, bound: int) -> float:
    """Return the mean number of texts until an alarm, while the share is still ``before``.

    Infinity where it is so long that rounding leaves nothing of it, which is far above 1e10.
    """
    bands = np.zeros((up + down + 1, bound))
    bands[up] = 1.0
    bands[0, up:] = -before
    row = np.arange(bound)
    to = np.maximum(0, row - down)
    np.add.at(bands, (up + row - to, to), -(1 - before))
    found = float(solve_banded((down, up), bands, np.ones(bound))[0])
    return found if found >= 1.0 else math.inf


def bound_for(before: float, up: int, down: int, texts: float) -> int:
    """Return the least bound at which a false alarm comes once in so many texts or more.

    More than 10,000,000,000 texts count as so many.
    """
    texts = min(texts, _MOST_TEXTS)
    low, high = up, 4 * (up + down)
    while run_length(before, up, down, high) < texts and high < _MOST_STATES:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if run_length(before, up, down, middle) < texts:
            low = middle
        else:
            high = middle
    return high
