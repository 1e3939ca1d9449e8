"""How far an export's answers are from those of the run it came from."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sentilora import samples
from sentilora.errors import ModelError

PARITY = "parity.json"
TOLERANCE = 1e-4
LONG_TEXTS = 4
_REVIEWS_IN_A_LONG_TEXT = 40  # some 700 tokens: over the limit of most runs


@dataclass(frozen=True)
class Parity:
    """The agreement of two models.

    Attributes:
        texts: number of texts compared.
        max_logit_difference: largest absolute difference of a logit.
        mean_logit_difference: mean absolute difference of a logit.
        flipped_share: share of texts with another label, in ``[0, 1]``.
        tolerance: largest ``max_logit_difference`` that is accepted; None where it is only
            reported, because a budget of accuracy decides instead.
    """

    texts: int
    max_logit_difference: float
    mean_logit_difference: float
    flipped_share: float
    tolerance: float | None = TOLERANCE

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        return asdict(self)


def read_parity(folder: Path) -> dict[str, Any]:
    """Return what ``parity.json`` of a sealed export says."""
    found: dict[str, Any] = json.loads((folder / PARITY).read_text(encoding="utf-8"))
    return found


def parity_texts() -> list[str]:
    """Return the sample's 300 test texts, and a few long ones made of them."""
    with samples.path("test").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    size = _REVIEWS_IN_A_LONG_TEXT
    return texts + [" ".join(texts[i * size : (i + 1) * size]) for i in range(LONG_TEXTS)]


def compare_logits(
    expected: np.ndarray, found: np.ndarray, *, tolerance: float | None = TOLERANCE
) -> Parity:
    """Compare the ``(N, C)`` logits of the run and of its export.

    Raises:
        ModelError: they differ by more than the tolerance, unless that is None, or are not finite.
    """
    differences = np.abs(expected.astype(np.float64) - found)
    largest = float(differences.max())
    flipped = float((expected.argmax(axis=1) != found.argmax(axis=1)).mean())
    limit = np.inf if tolerance is None else tolerance
    if not largest <= limit or not np.isfinite(largest):  # NaN is not below anything
        raise ModelError(
            f"The export does not answer as the run does: over {len(found)} texts the largest "
            f"difference of a logit is {largest:.2g} (at most {limit:g} is expected), and "
            f"{flipped:.1%} of the labels change. It is not kept. Deploy the run's model/ as it is."
        )
    return Parity(len(found), largest, float(differences.mean()), flipped, tolerance)
