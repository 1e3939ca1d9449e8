"""A stop that was asked for: by Ctrl-C or SIGTERM, taken up after the current update."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any


@dataclass
class Interruption:
    """Whether someone asked the training to stop after the current update."""

    is_requested: bool = False


@contextmanager
def stop_on_signal(interruption: Interruption, *, is_alone: bool) -> Iterator[None]:
    """Let the first Ctrl-C (or SIGTERM) finish the update and save; the second one is immediate.

    Several processes are stopped by ``torchrun`` at once; they resume from their last checkpoint.
    """
    if not is_alone:
        yield
        return
    with on_first_signal(partial(setattr, interruption, "is_requested", True)):
        yield


@contextmanager
def on_first_signal(ask: Callable[[], None]) -> Iterator[None]:
    """Call a function at the first Ctrl-C (or SIGTERM); the second one does what it did before.

    Beside the main thread nothing is changed, as only that may say what signals do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def take(number: int, _: Any) -> None:
        ask()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, take)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
