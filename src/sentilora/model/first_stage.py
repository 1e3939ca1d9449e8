"""A linear model over tokens and token pairs that answers easy texts before the network does.

It counts the tokens that the network needs as well, so that a text is tokenised once. Counts are
hashed into a fixed number of columns: there is no vocabulary to store. They are damped
(``1 + log``), weighted by inverse document frequency and normalised, as TF-IDF is. One file,
``first_stage.safetensors``, holds the weights in float16 and what else it needs in its metadata.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ModelError
from sentilora.model.probabilities import Calibration

FIRST_STAGE = "first_stage.safetensors"
FORMAT = 2  # 1 counted words
MULTIPLIERS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9))  # odd; of a pair
TENSORS = ("idf", "weights", "bias")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FirstStage:
    """A fitted first stage.

    Attributes:
        idf: ``(F,)`` float32, inverse document frequency of each column.
        weights: ``(F, C)`` float32, weights of the linear model.
        bias: ``(C,)`` float32, bias of the linear model.
        calibration: how the logits of the first stage become probabilities.
        threshold: smallest probability at which the first stage answers; above 1 it never does.
    """

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration
    threshold: float

    def logits(self, tokens: Sequence[Sequence[int]]) -> Floats:
        """Return calibrated ``(N, C)`` logits, centred, of the token ids of N whole texts."""
        features = weigh(count_ngrams(tokens, len(self.idf)), self.idf)
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
            f"{path} has format {about.get('format')!r}; this version reads {FORMAT}. Export the "
            "run again, or install the version that made it."
        )
    return FirstStage(
        tensors["idf"],
        tensors["weights"],
        tensors["bias"],
        Calibration.from_dict(about),
        about["threshold"],
    )


def count_ngrams(tokens: Sequence[Sequence[int]], columns: int) -> Any:
    """Return ``(N, F)`` sparse float32: damped counts of hashed tokens and token pairs.

    Args:
        tokens: token ids of N texts.
        columns: number of columns F, a power of two: multilinear hashing keeps the highest bits of
            a sum of products (Dietzfelbinger 1996, "Universal hashing and k-wise independent random
            variables").
    """
    from scipy.sparse import csr_matrix

    lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
    ids = np.fromiter(chain.from_iterable(tokens), dtype=np.uint64, count=int(lengths.sum()))
    rows = np.repeat(np.arange(len(tokens)), lengths)
    shift = np.uint64(64 - columns.bit_length() + 1)
    hashes = np.zeros(len(ids), dtype=np.uint64)
    keys = []
    for place, multiplier in enumerate(MULTIPLIERS):
        size = max(0, len(ids) - place)
        hashes = hashes[:size] + (ids[place:] + np.uint64(1)) * multiplier
        inside = rows[:size] == rows[place:]  # no pair is of two texts
        keys.append(rows[:size][inside] * columns + (hashes >> shift)[inside].astype(np.int64))
    found, counts = np.unique(np.concatenate(keys), return_counts=True)
    starts = np.searchsorted(found, np.arange(len(tokens) + 1) * columns)
    damped = (1 + np.log(counts)).astype(np.float32)
    return csr_matrix((damped, found % columns, starts), shape=(len(tokens), columns))


def weigh(counts: Any, idf: NDArray[np.float32]) -> Any:
    """Weigh ``(N, F)`` damped counts by ``(F,)`` idf, and make each row's length 1."""
    from sklearn.preprocessing import normalize

    weighed = counts.copy()
    weighed.data *= idf[weighed.indices]
    return normalize(weighed, copy=False)
