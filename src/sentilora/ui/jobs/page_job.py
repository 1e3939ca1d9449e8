"""Work beside the page, so that loading the page again does not end it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from sentilora.errors import SentiloraError
from sentilora.events import Event, as_counts

Asked = TypeVar("Asked")
Result = TypeVar("Result")


class _StoppedError(Exception):
    """The visitor does not want to wait any longer."""


class PageJob(Generic[Asked, Result]):
    """One piece of work in a thread of its own.

    Args:
        asked: what it will be the answer to.
        work: function that takes a ``listener`` to its events, and returns the result.

    Attributes:
        asked: what it will be the answer to.
        phase: name of what it is at; empty before it is known.
        done, total: numbers of rows that are done, and in all; None before it is known.
        result: what came of it, once it is there.
        error: what went wrong.
    """

    def __init__(self, asked: Asked, work: Callable[..., Result]) -> None:
        self.asked = asked
        self.phase = ""
        self.done = 0
        self.total: int | None = None
        self.result: Result | None = None
        self.error: SentiloraError | None = None
        self._work = work
        self._is_unwanted = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it at the next event."""
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
        count = as_counts(self._count)

        def listen(event: Event) -> None:
            count(event)
            if event["kind"] == "phase":
                self.phase = str(event.get("name", ""))
            if self._is_unwanted.is_set():
                raise _StoppedError

        try:
            self.result = self._work(listener=listen)
        except SentiloraError as error:
            self.error = error
        except _StoppedError:
            pass

    def _count(self, done: int, total: int | None) -> None:
        self.done, self.total = done, total
