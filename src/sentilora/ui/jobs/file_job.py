"""A file that is answered beside the page, so that loading the page again does not end it."""

from __future__ import annotations

import threading

from sentilora.errors import SentiloraError
from sentilora.events import Event, as_counts
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.ui.models.scored_file import Asked, ScoredFile, score_file


class _StoppedError(Exception):
    """The visitor does not want to wait any longer."""


class FileJob:
    """One file on its way through one model.

    Attributes:
        asked: what it will be the answer to.
        done, total: numbers of rows that are answered, and in all; None before it is known.
        result: the file with its answers, once it has them.
        error: what went wrong.
    """

    def __init__(self, model: SentimentModel, asked: Asked) -> None:
        self.asked = asked
        self.done = 0
        self.total: int | None = None
        self.result: ScoredFile | None = None
        self.error: SentiloraError | None = None
        self._model = model
        self._is_unwanted = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin; what was computed before a stop is not computed again."""
        self._thread.start()

    def stop(self) -> None:
        """End it at the next piece; the answers so far are kept for the next time."""
        self._is_unwanted.set()

    @property
    def is_unwanted(self) -> bool:
        """Whether it was asked to stop."""
        return self._is_unwanted.is_set()

    def wait(self, seconds: float) -> None:
        """Wait for the end, at most so long."""
        self._thread.join(seconds)

    @property
    def is_alive(self) -> bool:
        """Whether it is at work."""
        return self._thread.is_alive()

    def _run(self) -> None:
        choices, name, threshold = self.asked
        count = as_counts(self._count)

        def listen(event: Event) -> None:
            count(event)
            if self._is_unwanted.is_set():
                raise _StoppedError

        try:
            self.result = score_file(self._model, name, choices, threshold, listener=listen)
        except SentiloraError as error:
            self.error = error
        except _StoppedError:
            pass

    def _count(self, done: int, total: int | None) -> None:
        self.done, self.total = done, total
