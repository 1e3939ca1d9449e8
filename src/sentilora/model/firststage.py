"""A linear model over words and word pairs that answers easy texts before the network reads them.

Counts are hashed into a fixed number of columns, so there is no vocabulary to store; they are
damped (``1 + log``), weighted by inverse document frequency and normalised, as TF-IDF is. One file,
``first_stage.safetensors``, holds the weights in float16 and what else it needs in its metadata.
Not covered: languages that write no spaces, whose whole phrases are one word to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ModelError
from sentilora.model.probabilities import Calibration

FIRST_STAGE = "first_stage.safetensors"
FORMAT = 1
WORD = r"(?u)\b\w+\b"
TENSORS = ("idf", "weights", "bias")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FirstStage:
    """A fitted first stage.

    Attributes:
        idf: ``(F,)`` float32, inverse document frequency of each column.
        weights: ``(F, C)`` float32.
        bias: ``(C,)`` float32.
        calibration: how its logits become probabilities.
        threshold: the least probability at which it answers; above 1 it never does.
    """

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration
    threshold: float

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return calibrated ``(N, C)`` logits, centred."""
        features = weigh(count_words(texts, len(self.idf)), self.idf)
        return self.calibration.scale(features @ self.weights + self.bias)

    def save(self, folder: Path) -> None:
        """Write ``first_stage.safetensors``."""
        from safetensors.numpy import save_file

        tensors = {
            "idf": self.idf.astype(np.float16),
            "weights": self.weights.astype(np.float16),
            "bias": self.bias.astype(np.float32),
        }
        about = {
            "format": FORMAT,
            "threshold": self.threshold,
            **self.calibration.to_dict(),
        }
        save_file(tensors, folder / FIRST_STAGE, {"about": json.dumps(about)})


def load_first_stage(folder: Path) -> FirstStage | None:
    """Load the first stage of a model folder; None when it has none.

    Raises:
        ModelError: the file has an unknown format.
    """
    from safetensors import safe_open

    path = folder / FIRST_STAGE
    if not path.is_file():
        return None
    with safe_open(path, framework="numpy") as file:
        about = json.loads((file.metadata() or {}).get("about", "{}"))
        tensors = {name: file.get_tensor(name).astype(np.float32) for name in TENSORS}
    if about.get("format") != FORMAT:
        raise ModelError(
            f"{path} has format {about.get('format')!r}; this version reads {FORMAT}. "
            "Install a newer one: pip install -U sentilora"
        )
    return FirstStage(
        tensors["idf"],
        tensors["weights"],
        tensors["bias"],
        Calibration.from_dict(about),
        about["threshold"],
    )


def count_words(texts: Sequence[str], columns: int) -> Any:
    """Return ``(N, F)`` sparse float32: damped counts of hashed words and word pairs."""
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(
        n_features=columns,
        ngram_range=(1, 2),
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
        token_pattern=WORD,
    )
    counts = vectorizer.transform(texts)
    counts.data = 1 + np.log(counts.data)
    return counts


def weigh(counts: Any, idf: NDArray[np.float32]) -> Any:
    """Weigh ``(N, F)`` damped counts by ``(F,)`` idf, and make each row's length 1."""
    from sklearn.preprocessing import normalize

    weighed = counts.copy()
    weighed.data *= idf[weighed.indices]
    return normalize(weighed, copy=False)
