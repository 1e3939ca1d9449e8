"""Settings of a training that takes a second on a tiny base."""

from __future__ import annotations

from typing import Any

TINY_SETTINGS: dict[str, Any] = {
    "text.max_tokens": 32,
    "lora.rank": 4,
    "training.epochs": 2,
    "training.batch_rows": 16,
    "training.learning_rate": 5e-3,
    "training.precision": "fp32",
    "device": "cpu",
    "report.resamples": 100,
}
