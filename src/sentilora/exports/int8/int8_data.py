"""What an int8 file is chosen on: labelled texts, and more texts without their labels.

Of a run these are its validation part, and its training texts: whether a label changes shows
without knowing the right one. Any other model (``general``, an export) is measured on half of the
labelled rows that were handed over, 2,000 at most; the others, which chose nothing, judge the
result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import SEED

if TYPE_CHECKING:
    from sentilora.data.labelled.examples import Parts
    from sentilora.evaluation.model_rows import Rows

TEXTS = 2000  # that a way is chosen on, at most


@dataclass(frozen=True)
class Int8Data:
    """Texts to choose an int8 file on, in a mixed order.

    Attributes:
        texts: texts with labels.
        label_ids: ``(N,)`` int64, their labels.
        others: more texts, whose labels are not looked at.
        source: what the labelled texts are, for people: ``validation rows``.
    """

    texts: list[str]
    label_ids: NDArray[np.int64]
    others: list[str]
    source: str


def run_data(parts: Parts) -> Int8Data:
    """Return texts of a run: validation rows, and training texts as long as there is room."""
    chosen = parts.validation.select(mixed(len(parts.validation), TEXTS))
    order = mixed(len(parts.train), max(TEXTS - len(chosen), TEXTS // 4))
    return Int8Data(
        chosen.texts, chosen.label_ids, parts.train.select(order).texts, "validation rows"
    )


def halves(rows: Rows, source: str) -> tuple[Int8Data, Rows]:
    """Return half of labelled rows, 2,000 at most, to choose on, and the others to judge with."""
    order = mixed(len(rows.texts), len(rows.texts))
    cut = min(len(order) // 2, TEXTS)
    first, second = order[:cut], np.sort(order[cut:])
    chosen = Int8Data(
        [rows.texts[row] for row in first], rows.label_ids[first], [], f"rows of {source}"
    )
    rest = replace(
        rows,
        examples=rows.examples.select(second),
        texts=[rows.texts[row] for row in second],
        label_ids=rows.label_ids[second],
    )
    return chosen, rest


def mixed(count: int, limit: int) -> NDArray[np.int64]:
    """Return at most so many of the numbers below ``count``, drawn the same each time."""
    return np.random.default_rng(SEED).permutation(count)[:limit]
