"""What answers: loaded adapters behind one queue. The routes know no more about it than this.

:mod:`sentilora.serving.queue.pool_factory` makes the real one; the tests have one without weights.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sentilora.errors import ModelError, SentiloraError
from sentilora.labels import Labels


@dataclass(frozen=True)
class Served:
    """One adapter or model that answers.

    Attributes:
        name: name that requests use.
        labels: ordered label names.
        base: hub id of its encoder.
        revision: revision of the base, when it is known.
        max_tokens: largest number of tokens of a text; longer texts are cut.
        engine: name of the engine that computes the logits.
        precision: number format of the engine.
        device: device of the engine.
        kind: kind of its folder: an adapter, merged weights, or an export.
        is_mixed: whether it shares batches of its encoder with other adapters.
    """

    name: str
    labels: Labels
    base: str
    revision: str | None
    max_tokens: int
    engine: str
    precision: str
    device: str
    kind: str
    is_mixed: bool


@dataclass(frozen=True)
class Answer:
    """What one request gets.

    Attributes:
        logits: ``(N, C)`` float32, uncalibrated logits.
        probabilities: ``(N, C)`` float64, calibrated probabilities.
        truncated: whether each text was cut.
        unknown: ``(N,)`` float64, share of each text's tokens that the base does not know.
        early: ``(N,)`` bool, whether the first stage of a cascade answered; None without one.
        tokens: number of tokens that were computed for it, padding not counted.
        tokenise_s: time of tokenising, in seconds.
        queue_s: time in the queue, in seconds.
        inference_s: time of the batches that it was in, in seconds.
    """

    logits: np.ndarray
    probabilities: np.ndarray
    truncated: list[bool]
    unknown: np.ndarray
    early: np.ndarray | None
    tokens: int
    tokenise_s: float
    queue_s: float
    inference_s: float


@dataclass(frozen=True)
class BatchDone:
    """One batch that was computed, for the metrics.

    Attributes:
        rows: number of rows in the batch.
        texts: number of texts that were answered with it.
        tokens: number of tokens, padding not counted.
        padded_tokens: number of tokens, padding counted.
        adapters: number of different adapters in it.
        seconds: time that it took, in seconds.
    """

    rows: int
    texts: int
    tokens: int
    padded_tokens: int
    adapters: int
    seconds: float


BatchListener = Callable[[BatchDone], None]


class Pool(Protocol):
    """Adapters that answer. Every method may be called from any thread."""

    def served(self) -> list[Served]:
        """List what answers, in the order in which it was added."""

    def find(self, name: str) -> Served:
        """Return what answers under a name.

        Raises:
            UnknownAdapter: nothing does.
        """

    def submit(self, name: str, texts: list[str], deadline: float | None) -> Future[Answer]:
        """Put texts into the queue, and return at once.

        Args:
            name: name of the adapter.
            texts: texts, none of them empty.
            deadline: time on ``time.monotonic()`` after which nobody waits any more; None for
                never.

        Returns:
            The answer to come. Cancel it when the client has gone.

        Raises:
            UnknownAdapter: there is no such adapter.
            QueueFull: as much waits as may wait, or so much that it would come too late.
            Closing: nothing is accepted any more.
        """

    def add(self, name: str, path: str) -> Served:
        """Load an adapter, which may take seconds.

        Raises:
            NameTaken: something answers under this name.
            ModelError: the folder is damaged, or does not fit.
        """

    def replace(self, name: str, path: str) -> Served:
        """Load an adapter that answers under the name of one from then on.

        What was accepted before is answered by the old one; no request finds none. Whether the
        labels are the same is for the caller to say.

        Raises:
            UnknownAdapter: there is no such adapter.
            ModelError: the folder is damaged, or does not fit; the old one stays.
        """

    def remove(self, name: str) -> None:
        """Take an adapter away; what was accepted for it is still answered.

        Raises:
            UnknownAdapter: there is no such adapter.
        """

    def queued(self) -> tuple[int, int]:
        """Return how many texts and tokens wait."""

    def watch(self, listener: BatchListener) -> None:
        """Have ``listener`` called after each batch, by one thread at a time."""

    def close(self, timeout_s: float) -> None:
        """Accept nothing more, and finish what was accepted."""


class UnknownAdapter(ModelError):  # noqa: N818 - a state, which is told to the client
    """Nothing answers under this name; ``names`` are those there are."""

    def __init__(self, name: str, names: list[str]) -> None:
        self.name, self.names = name, names
        there = f"Served here: {', '.join(names)}." if names else "No model is served at present."
        super().__init__(f"There is no model {name!r}. {there}")


class NameTaken(ModelError):  # noqa: N818 - a state, which is told to the client
    """Something answers under this name already."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"A model {name!r} is served already. Choose another name, or remove that one first: "
            f"DELETE /v1/adapters/{name}"
        )


class QueueFull(SentiloraError):  # noqa: N818 - a state, which is told to the client
    """Too much waits already; try again after ``retry_after_s`` seconds."""

    def __init__(self, retry_after_s: float, found: str = "As many texts wait as may wait") -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"{found}. Send them again in {max(1, round(retry_after_s))} s.")


class Closing(SentiloraError):  # noqa: N818 - a state, which is told to the client
    """The server stops; what was accepted is still answered."""

    def __init__(self) -> None:
        super().__init__("The server is stopping. Send the texts to another one.")
