"""Which linear layers lose most in int8: the relative error of each layer's own output.

A layer's inputs are taken from a float32 pass over real texts. Its product is computed once in
float32 and once as an int8 runtime does it: weights symmetric per output column, inputs asymmetric
with one range for all of them. The worst layers are left out, as in the partial quantisation of Wu
et al. 2020 (arXiv:2004.09602), who rank them by accuracy. In encoders they are mostly the second
ones of feed-forward blocks, whose inputs have outliers (Bondarenko et al. 2021, arXiv:2109.12948).

Not covered: how an error travels on to the logits. That is measured on the finished file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

LEFT_OUT_SHARE = 1 / 8
PROBE_TEXTS = 8


def most_sensitive(
    weights: Mapping[str, NDArray[np.float32]],
    passes: Iterable[Mapping[str, NDArray[np.float32]]],
) -> list[str]:
    """Return the names of the eighth of the layers, at least one, that int8 hurts most.

    Args:
        weights: weights of each layer, ``(K, M)`` float32.
        passes: inputs of each layer, ``(..., K)`` float32, for each text.
    """
    error = dict.fromkeys(weights, 0.0)
    size = dict.fromkeys(weights, 0.0)
    rounded = {name: round_weights(one) for name, one in weights.items()}
    for inputs in passes:
        for name, weight in weights.items():
            rows = inputs[name].reshape(-1, weight.shape[0])
            exact = rows @ weight
            error[name] += float(np.square(round_inputs(rows) @ rounded[name] - exact).sum())
            size[name] += float(np.square(exact).sum())
    ranked = sorted(weights, key=lambda name: error[name] / max(size[name], 1e-30), reverse=True)
    return ranked[: max(1, round(len(ranked) * LEFT_OUT_SHARE))]


def round_weights(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``(K, M)`` weights as int8 per column can hold them, in ``[-127, 127]`` steps."""
    scale = np.maximum(np.abs(weights).max(axis=0, keepdims=True), 1e-12) / 127
    rounded: NDArray[np.float32] = (np.rint(weights / scale) * scale).astype(np.float32)
    return rounded


def round_inputs(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return inputs as uint8 with one range, zero included, can hold them."""
    low, high = min(float(rows.min()), 0.0), max(float(rows.max()), 0.0)
    scale = max((high - low) / 255, 1e-12)
    zero = np.rint(-low / scale)
    steps: NDArray[np.float32] = np.clip(np.rint(rows / scale) + zero, 0, 255) - zero
    return steps * np.float32(scale)
