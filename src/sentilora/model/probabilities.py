"""From logits to probabilities, as a saved model's calibration says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST_SPREAD = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """A temperature, and how it falls where a model is sure.

    Logits are centred and divided by ``temperature``; each row ``u (C,)`` is then multiplied by
    ``rms(u) ** power`` before the softmax. With a power of 0 this is temperature scaling (Guo et
    al. 2017, arXiv:1706.04599). Otherwise each row has a temperature of its own, which depends on
    its logits, as in parameterized temperature scaling (Tomani et al. 2022, arXiv:2102.12182), here
    with two numbers: above 0, modest answers become more modest and sure ones surer. Neither number
    changes which label is chosen.

    Attributes:
        temperature: temperature that logits are divided by, above 0; above 1 the model was too sure
            of itself.
        power: power with which the temperature falls as the spread of the logits grows, above -1; 0
            where it stays.
    """

    temperature: float = 1.0
    power: float = 0.0

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Calibration:
        """Take what :meth:`to_dict` wrote; what an earlier version wrote has no power."""
        return cls(raw.get("temperature", 1.0), raw.get("temperature_power", 0.0))

    def to_dict(self) -> dict[str, float]:
        """Return ``temperature`` and ``temperature_power``, for JSON."""
        return {"temperature": self.temperature, "temperature_power": self.power}

    def scale(self, logits: NDArray[Any]) -> Floats:
        """Return the calibrated logits ``(N, C)`` float64, centred, of logits ``(N, C)``."""
        scaled = np.asarray(logits, dtype=np.float64) / self.temperature
        scaled = scaled - scaled.mean(axis=1, keepdims=True)
        if self.power:
            spread = np.sqrt((scaled**2).mean(axis=1, keepdims=True))
            scaled = scaled * np.maximum(spread, SMALLEST_SPREAD) ** self.power
        return np.asarray(scaled, np.float64)

    def unscale(self, scaled: NDArray[Any]) -> Floats:
        """Return the centred logits ``(N, C)`` that :meth:`scale` turns into ``scaled``."""
        values = np.asarray(scaled, dtype=np.float64)
        values = values - values.mean(axis=1, keepdims=True)
        if self.power:
            spread = np.sqrt((values**2).mean(axis=1, keepdims=True))
            # scale() makes a spread s of s ** (1 + power).
            shrink = np.maximum(spread, SMALLEST_SPREAD) ** (-self.power / (1 + self.power))
            values = values * shrink
        return np.asarray(values * self.temperature, np.float64)

    def probabilities(self, logits: NDArray[Any]) -> Floats:
        """Return probabilities ``(N, C)`` float64 of logits ``(N, C)``."""
        return np.exp(log_softmax(self.scale(logits)))


UNCALIBRATED = Calibration()


def softmax(logits: NDArray[Any]) -> Floats:
    """Turn logits ``(N, C)`` into probabilities ``(N, C)`` float64."""
    return np.exp(log_softmax(logits))


def log_softmax(logits: NDArray[Any]) -> Floats:
    """Turn logits ``(N, C)`` into log-probabilities ``(N, C)`` float64."""
    values = np.asarray(logits, dtype=np.float64)
    if not len(values):
        return values
    shifted = values - values.max(axis=1, keepdims=True)
    normalised: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return normalised
