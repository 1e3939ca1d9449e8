"""What was accepted: requests, and the texts of theirs that wait for their turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from typing import Any

import numpy as np

from sentilora.serving.pool import Answer
from sentilora.serving.queue.backends import Loaded


class Request:
    """Texts of one client, on their way from the queue to an answer.

    One thread at a time touches it (scheduler.py), but for its future.

    Attributes:
        loaded: adapter or model that answers it.
        texts: texts to be answered.
        deadline: time on ``time.monotonic()`` after which nobody waits; None for never.
        future: future that gets the answer.
        is_ended: whether it was answered, has failed, or nobody waits for it.
    """

    def __init__(self, loaded: Loaded, texts: list[str], deadline: float | None) -> None:
        self.loaded = loaded
        self.texts = texts
        self.deadline = deadline
        self.future: Future[Answer] = Future()
        self.is_ended = False
        self.tokens = 0
        self.tokenise_s = self.queue_s = self.inference_s = 0.0
        self._left = len(texts)
        self._arrived = time.monotonic()
        self._logits = np.zeros((len(texts), len(loaded.labels)), dtype=np.float32)
        self._truncated = [False] * len(texts)
        self._unknown = np.zeros(len(texts))
        self._early: np.ndarray | None = None
        self._is_running = False

    def is_wanted(self) -> bool:
        """Whether anybody still waits; what nobody waits for is ended."""
        if self.future.done():
            return False
        if self.deadline is not None and time.monotonic() > self.deadline:
            self.fail(TimeoutError("The request waited longer than its time limit."))
            return False
        return True

    def start(self) -> bool:
        """Take note that its first batch begins; return False when it was cancelled before."""
        if not self._is_running:
            if not self.future.set_running_or_notify_cancel():
                return False
            self._is_running = True
            self.queue_s = time.monotonic() - self._arrived - self.tokenise_s
        return True

    def cut(self, position: int) -> None:
        """Take note that a text is longer than what is read of it."""
        self._truncated[position] = True

    def know(self, unknown: list[float]) -> None:
        """Take the share of unknown tokens of each text."""
        self._unknown[:] = unknown

    def answer_early(self, early: np.ndarray, logits: np.ndarray) -> None:
        """Take the first stage's ``(N, C)`` logits of the texts that it may answer.

        It comes before any other answer, and may come again, after an error in another request.
        """
        self._early = early
        self._logits[early] = logits[early]
        self._left = len(self.texts) - int(early.sum())

    def answer(self, position: int, logits: np.ndarray) -> None:
        """Take the ``(C,)`` logits of one text."""
        self._logits[position] = logits
        self._left -= 1

    def finish(self) -> bool:
        """Give the answer if it is complete; return whether it is."""
        if self._left:
            return False
        if not self.start():  # cancelled
            return True
        probabilities = self.loaded.calibration.probabilities(self._logits)
        self._end(
            Answer(
                self._logits,
                probabilities,
                self._truncated,
                self._unknown,
                self._early,
                self.tokens,
                self.tokenise_s,
                self.queue_s,
                self.inference_s,
            )
        )
        return True

    def fail(self, error: Exception) -> None:
        """End it with an error."""
        try:
            self.future.set_exception(error)
        except InvalidStateError:  # the client has cancelled it, or it was answered
            return

    def _end(self, answer: Answer) -> None:
        try:
            self.future.set_result(answer)
        except InvalidStateError:
            return


@dataclass(frozen=True)
class Waiting:
    """One text of a request, tokenised.

    Attributes:
        position: position of the text in its request.
        windows: token ids of the text; several windows with the rule ``windows``.
    """

    request: Request
    position: int
    windows: list[list[int]]

    @property
    def length(self) -> int:
        """Tokens of the longest window."""
        return max(map(len, self.windows))


def settle(job: Callable[[], Any], done: Future[Any]) -> None:
    """Do a job, and give what comes of it to whom it was promised."""
    try:
        done.set_result(job())
    except Exception as error:  # noqa: BLE001 - it is raised where the job was asked for
        done.set_exception(error)
