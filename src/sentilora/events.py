"""What happens in a piece of work, as events: one shape for whoever listens.

An event is a dict with ``kind`` and ``time`` (seconds since 1970), and with the fields of its kind.
Everything that takes a while tells two kinds: ``phase`` (``name``; ``total`` texts or rows, or
None) when a stretch of work begins, and ``progress`` (``done`` of them since the event before).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

Event: TypeAlias = dict[str, Any]


class Listener(Protocol):
    """Anyone who wants to be told: a progress bar, a web page, a test."""

    def __call__(self, event: Event) -> None:
        """Receive one event."""


class EventLog:
    """Passes events on, to one listener or several.

    Kinds of a training: ``started``, ``phase`` (name, total), ``progress`` (done), ``step`` (step,
    steps, epoch, loss, learning_rate, tokens, tokens_per_second, seconds_left), ``evaluation``,
    ``checkpoint``, ``note`` (text), ``interrupted``, ``failed``, ``finished``.

    Args:
        listeners: those that are told; None is passed over.
    """

    def __init__(self, *listeners: Listener | None) -> None:
        self._listeners = [listener for listener in listeners if listener is not None]

    def emit(self, kind: str, **fields: Any) -> None:
        """Tell one event."""
        event = {"kind": kind, "time": time.time(), **fields}
        for listener in self._listeners:
            listener(event)

    def count(self, done: int) -> None:
        """Tell that so many more texts or rows of the phase are done."""
        self.emit("progress", done=done)


def as_counts(tell: Callable[[int, int | None], None]) -> Listener:
    """Make a listener of a function that wants numbers only.

    Args:
        tell: called with how much of the phase is done, and how much it is where that is known.
    """
    done, total = 0, None

    def listen(event: Event) -> None:
        nonlocal done, total
        if event["kind"] == "phase":
            done, total = 0, event["total"]
        elif event["kind"] == "progress":
            done += event["done"]
        else:
            return
        tell(done, total)

    return listen
