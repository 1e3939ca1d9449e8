"""The events of a run, one a line in ``events.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from sentilora.events import Event

EVENTS = "events.jsonl"


class EventFile:
    """A listener that appends events to a run folder; ``progress`` is left out."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / EVENTS

    def __call__(self, event: Event) -> None:
        """Write one event."""
        if event["kind"] != "progress":
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(event, ensure_ascii=False) + "\n")


def read_events(folder: Path) -> Iterator[Event]:
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
