"""The threads that compute batches: asleep until something is due, then side by side."""

from __future__ import annotations

import threading
import time
from typing import Protocol

from sentilora.serving.queue.batch_compute import Computed, compute
from sentilora.serving.queue.requests import Waiting


class Work(Protocol):
    """What there is to do."""

    def is_due(self) -> bool:
        """Whether there is something to do now; the crew's ``lock`` is held."""

    def begin(self, number: int) -> list[Waiting]:
        """Do in thread ``number`` what comes before a batch, and return one, or none."""

    def finish(self, batch: list[Waiting], computed: Computed | Exception) -> None:
        """Give the answers of a batch, or the error that it ended with."""

    def break_off(self) -> None:
        """Let all that is not answered fail, as a thread has broken down."""


class Crew:
    """Numbered threads, of which the first ones are woken first.

    So the first one, which alone may take all cores (threads.py), does it all as long as there is
    little to do. ``begin`` and ``finish`` are called by one thread at a time.

    Attributes:
        lock: lock that guards what :meth:`Work.is_due` looks at; never held for long.
    """

    def __init__(self, size: int, work: Work) -> None:
        self.lock = threading.Lock()
        self._work = work
        self._turn = threading.Lock()
        self._bells = [threading.Condition(self.lock) for _ in range(size)]
        self._asleep: set[int] = set()
        self._is_ending = False
        self._threads = [
            threading.Thread(
                target=self._run, args=(number,), name=f"sentilora-batches-{number}", daemon=True
            )
            for number in range(size)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Wake the first thread that sleeps, if any does; ``lock`` is held."""
        if self._asleep:
            first = min(self._asleep)
            self._asleep.remove(first)
            self._bells[first].notify()

    def end(self, timeout_s: float) -> None:
        """Have the threads end when nothing is due any more, and wait for that."""
        self._let_end()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, number: int) -> None:
        try:
            while self._await_work(number):
                with self._turn:
                    batch = self._work.begin(number)
                if batch:
                    computed = _try(batch)
                    with self._turn:
                        self._work.finish(batch, computed)
        except BaseException:  # nobody may wait for ever
            with self._turn:
                self._work.break_off()
            self._let_end()
            raise

    def _let_end(self) -> None:
        with self.lock:
            self._is_ending = True
            while self._asleep:
                self.wake()

    def _await_work(self, number: int) -> bool:
        """Sleep until something is due; return False when the thread is to end."""
        with self.lock:
            while not self._work.is_due():
                if self._is_ending:
                    return False
                self._asleep.add(number)
                self._bells[number].wait()
            return True


def _try(batch: list[Waiting]) -> Computed | Exception:
    try:
        return compute(batch)
    except Exception as error:  # noqa: BLE001 - whatever it was, the others are still answered
        return error
