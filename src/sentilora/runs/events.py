"""What happens in a run: one event a line in ``events.jsonl``, and to whoever listens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

EVENTS = "events.jsonl"


class Listener(Protocol):
    """Anyone who wants to be told: a progress bar, a web page, a test."""

    def __call__(self, event: dict[str, Any]) -> None:
        """Receive one event: ``kind``, ``time`` (seconds since 1970) and the fields of its kind."""


class EventLog:
    """Append events to the run folder and pass them on.

    Kinds: ``started``, ``phase`` (name, total), ``progress`` (done), ``step`` (step, steps, epoch,
    loss, learning_rate, tokens, tokens_per_second, seconds_left), ``evaluation``, ``checkpoint``,
    ``note``, ``interrupted``, ``failed``, ``finished``. ``progress`` is not written to the file.
    """

    def __init__(self, folder: Path | None, listener: Listener | None = None) -> None:
        self._path = folder / EVENTS if folder else None
        self._listener = listener

    def emit(self, kind: str, **fields: Any) -> None:
        """Record one event."""
        event = {"kind": kind, "time": time.time(), **fields}
        if self._path is not None and kind != "progress":
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event, ensure_ascii=False) + "\n")
        if self._listener is not None:
            self._listener(event)


def read_events(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a run; a line cut off by a kill is passed over."""
    path = folder / EVENTS
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue
