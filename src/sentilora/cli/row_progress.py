"""How far a file of rows is, as a bar on stderr."""

from __future__ import annotations

import time
from typing import Self

from rich.console import Console

from sentilora.cli.progress import PLAIN_INTERVAL_S, make_bar
from sentilora.evaluation.reports.wording import duration
from sentilora.events import Event, as_counts


class RowBar:
    """A listener that shows rows done and rows per second; use it as a context manager.

    On a terminal it is one moving bar. Into a file or a log it writes a line each half minute.
    """

    def __init__(self, name: str, *, is_shown: bool = True) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._is_shown = is_shown
        self._name = name
        # Results go to stdout meanwhile; rich would draw them on stderr.
        self._bar = make_bar(self._console, is_shown=is_shown, redirects=False)
        self._task = self._bar.add_task(name, total=None, tail="reading")
        self._started: float | None = None
        self._spoke = time.monotonic()
        self._count = as_counts(self._show)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        self._count(event)

    def _show(self, done: int, total: int | None) -> None:
        """Show the rows done so far, and how many there are where that is known."""
        now = time.monotonic()
        if self._started is None:
            self._started = now
        tail = describe(done, total, now - self._started)
        self._bar.update(self._task, completed=done, total=total, tail=tail)
        if self._console.is_terminal or not self._is_shown:
            return
        if now - self._spoke > PLAIN_INTERVAL_S:
            self._console.print(f"{self._name}  {tail}", markup=False, soft_wrap=True)
            self._spoke = now


def describe(done: int, total: int | None, seconds: float) -> str:
    """Write ``1,200 of 4,000 rows  400 rows/s  7 s left``, as far as it is known."""
    parts = [f"{done:,} rows" if total is None else f"{done:,} of {total:,} rows"]
    if done and seconds > 0:
        rate = done / seconds
        parts.append(f"{rate:,.0f} rows/s")
        if total is not None:
            parts.append(f"{duration((total - done) / rate)} left")
    return "  ".join(parts)
