"""What computes batches: an encoder with all its adapters, or a model that is alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from sentilora.inference.engines.engine import Engine
from sentilora.inference.shared_encoder import SharedEncoder
from sentilora.labels import Labels
from sentilora.model.first_stage import FirstStage
from sentilora.model.probabilities import Calibration
from sentilora.model.tokens import TextEncoder
from sentilora.serving.pool import Served
from sentilora.serving.queue.threads import MOST_WORKERS


class Lane(Protocol):
    """Computes batches of texts whose adapters can share one.

    Attributes:
        most: largest number of batches at the same time.
        running: number of batches that are being computed; the queue counts them.
    """

    most: int
    running: int

    def logits(
        self, encoder: TextEncoder, windows: list[list[int]], slots: list[int]
    ) -> list[Tensor]:
        """Return ``(C,)`` logits of each window; ``slots`` names its adapter."""
        ...

    def drop(self, slot: int) -> None:
        """Forget what answers under a slot."""
        ...


@dataclass(eq=False)
class Loaded:
    """Something that answers.

    Attributes:
        served: description for clients.
        lane: lane that computes it.
        slot: number of the adapter on the lane.
        encoder: tokenizer and text rule.
        calibration: calibration of its logits.
        first_stage: first stage of a cascade; None without one.
        accepted: number of requests that are not answered yet.
    """

    served: Served
    lane: Lane
    slot: int
    encoder: TextEncoder
    calibration: Calibration
    first_stage: FirstStage | None = None
    accepted: int = 0

    @property
    def labels(self) -> Labels:
        """Ordered label names."""
        return self.served.labels


class SharedLane:
    """An encoder with any number of adapters, mixed in one batch."""

    def __init__(self, shared: SharedEncoder) -> None:
        self.shared = shared
        self.most = _most(shared.device)
        self.running = 0

    def logits(
        self, encoder: TextEncoder, windows: list[list[int]], slots: list[int]
    ) -> list[Tensor]:
        """Return ``(C,)`` logits of each window; ``slots`` names its adapter."""
        inputs = {k: v.to(self.shared.device) for k, v in encoder.pad(windows).items()}
        return self.shared.logits(inputs, slots)

    def drop(self, slot: int) -> None:
        """Forget an adapter; the encoder stays, for those to come."""
        self.shared.drop(slot)


class OwnLane:
    """One model: fully trained, exported, or one whose adapter cannot be mixed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # Runtimes have threads of their own, and compute one batch at a time.
        self.most = _most(engine.device) if engine.name == "torch" else 1
        self.running = 0

    def logits(
        self, encoder: TextEncoder, windows: list[list[int]], slots: list[int]
    ) -> list[Tensor]:
        """Return ``(C,)`` logits of each window."""
        inputs = {k: v.to(self.engine.device) for k, v in encoder.pad(windows).items()}
        return list(self.engine.logits(inputs))

    def drop(self, slot: int) -> None:
        """Do nothing: the model goes with whoever holds it."""


def _most(device: torch.device) -> int:
    """Return how many batches to compute at the same time; an accelerator does one by one."""
    return MOST_WORKERS if device.type == "cpu" else 1
