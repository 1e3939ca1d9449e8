"""How far an export's answers are from those of the run it came from.

The two networks are the same numbers in another order: the adapter is folded in, a runtime joins
operations. So each layer rounds otherwise, and logits differ by some steps of the number format, a
step being a share of the number that is rounded. How many depends on the network, not on the
export: in mpnet, 12 wide layers, adapters at random made 7 to 100 steps a layer, with no label
changed; an export that is wrong (an adapter that is lost, a mask that hides nothing) is off by a
tenth of the logits' spread and more, a hundred times what is allowed. Allowed is a number of steps
a layer, times the spread of the logits.

What users get are labels and calibrated probabilities. The latter have a limit of their own, which
no depth widens, and which a sharp calibration reaches first. Within these limits a label changes
only where two are as good as even.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora import samples
from sentilora.errors import ModelError
from sentilora.inference.scoring import score_texts

if TYPE_CHECKING:
    from sentilora.inference.engines.engine import Engine
    from sentilora.model.probabilities import Calibration
    from sentilora.model.tokens import TextEncoder

PARITY = "parity.json"
STEP = float(np.finfo(np.float32).eps)  # of the number format that both are computed in
STEPS_PER_LAYER = 256
LEAST = 1e-4
USUAL_LAYERS = 12
PROBABILITY = 1e-3  # a tenth of a percentage point: less than anyone is shown
LONG_TEXTS = 4
_REVIEWS_IN_A_LONG_TEXT = 40  # some 700 tokens: over the limit of most runs


@dataclass(frozen=True)
class Parity:
    """The agreement of two models.

    Attributes:
        texts: number of texts compared.
        max_logit_difference: largest absolute difference of a logit.
        mean_logit_difference: mean absolute difference of a logit.
        max_probability_difference: largest difference of a calibrated probability, in ``[0, 1]``.
        flipped_share: share of texts with another label, in ``[0, 1]``.
        tolerance: largest ``max_logit_difference`` that is accepted; None where it is only
            reported, because a budget of accuracy decides instead.
    """

    texts: int
    max_logit_difference: float
    mean_logit_difference: float
    max_probability_difference: float
    flipped_share: float
    tolerance: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Mates:
    """What the other texts of a batch change in the answers of a model.

    Attributes:
        texts: number of texts that were answered alone, and together.
        max_logit_difference: largest absolute difference of a logit between the two.
        flipped_share: share of texts with another label, in ``[0, 1]``.
    """

    texts: int
    max_logit_difference: float
    flipped_share: float

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


def tolerance_for(logits: np.ndarray, layers: int) -> float:
    """Return how far logits may be from these ``(N, C)`` ones in a network of so many layers.

    That is ``STEPS_PER_LAYER`` steps of float32 for each, as shares of the logits' spread: the
    square root of their mean square about the mean of each text. Never below ``LEAST``, which is no
    more than 0.000025 of an uncalibrated probability.
    """
    centred = logits.astype(np.float64) - logits.mean(axis=1, keepdims=True)
    spread = float(np.sqrt(np.square(centred).mean()))
    return max(LEAST, STEPS_PER_LAYER * layers * STEP * spread)


def layers_of(network: Any) -> int:
    """Return how many layers a network of transformers has; ``USUAL_LAYERS`` if it does not say."""
    found = getattr(network.config, "num_hidden_layers", None)
    return found if isinstance(found, int) and found > 0 else USUAL_LAYERS


def compare_logits(
    expected: np.ndarray, found: np.ndarray, calibration: Calibration, *, layers: int | None
) -> Parity:
    """Compare the ``(N, C)`` logits of the run and of its export.

    Args:
        expected: logits of the run.
        found: logits of the export.
        calibration: calibration of both.
        layers: number of layers of the network, which the tolerance follows; None to report only.

    Raises:
        ModelError: they differ by more than is allowed, or are not finite.
    """
    differences = np.abs(expected.astype(np.float64) - found)
    largest = float(differences.max())
    if not np.isfinite(largest):
        raise ModelError(
            "The export does not answer as the run does: some logits are not numbers. It is not "
            "kept. Deploy the run's model/ as it is."
        )
    probabilities = [calibration.probabilities(logits) for logits in (expected, found)]
    moved = float(np.abs(probabilities[0] - probabilities[1]).max())
    flipped = float((expected.argmax(axis=1) != found.argmax(axis=1)).mean())
    tolerance = None if layers is None else tolerance_for(expected, layers)
    if tolerance is not None and (largest > tolerance or moved > PROBABILITY):
        raise ModelError(
            f"The export does not answer as the run does: over {len(found)} texts the largest "
            f"difference of a logit is {largest:.2g} (at most {tolerance:.2g} is expected of "
            f"{layers} layers) and of a probability {moved:.2g} (at most {PROBABILITY:g}), and "
            f"{flipped:.1%} of the labels change. It is not kept. Deploy the run's model/ as it is."
        )
    return Parity(len(found), largest, float(differences.mean()), moved, flipped, tolerance)


def measure_mates(
    engine: Engine, encoder: TextEncoder, texts: Sequence[str], *, tolerance: float | None
) -> Mates:
    """Compare a model's answers to texts one by one with those in batches.

    Args:
        engine: engine that computes the model.
        encoder: tokenizer of the model, with its text rule.
        texts: texts of different lengths.
        tolerance: largest difference of a logit that is accepted; None to report only.

    Raises:
        ModelError: they differ by more.
    """
    together = score_texts(engine, encoder, texts).logits
    alone = np.concatenate([score_texts(engine, encoder, [text]).logits for text in texts])
    largest = float(np.abs(together.astype(np.float64) - alone).max())
    flipped = float((together.argmax(axis=1) != alone.argmax(axis=1)).mean())
    if tolerance is not None and not largest <= tolerance:
        raise ModelError(
            "The export gives a text other answers beside other texts than alone: over "
            f"{len(texts)} texts the largest difference of a logit is {largest:.2g} (at most "
            f"{tolerance:.2g} is expected), and {flipped:.1%} of the labels change. It is not "
            "kept. Deploy the run's model/ as it is."
        )
    return Mates(len(texts), largest, flipped)
