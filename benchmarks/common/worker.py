"""A process that plays one side of a contest, and the pipe on which it gets its turns."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

Record = dict[str, Any]
START_METHOD = "spawn"  # a side pays for its own imports; tests, which measure nothing, fork


class Worker:
    """A process that plays one side; ``job.side`` is its name."""

    def __init__(self, job: Any, target: Callable[[Connection, Any], None]) -> None:
        self.side = job.side
        context: Any = multiprocessing.get_context(START_METHOD)
        self._connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=target, args=(theirs, job), name=job.side, daemon=True
        )
        self._process.start()
        theirs.close()

    def give_turn(self, turn: Any) -> tuple[str, Record]:
        """Tell the side what its turn is, say so many own seconds; return what it says then."""
        try:
            self._connection.send(turn)
        except OSError:
            return self._lost()
        return self.receive()

    def receive(self) -> tuple[str, Record]:
        """Wait for ``ready``, ``paused``, ``done`` or ``failed``, and what comes with it."""
        try:
            kind, record = self._connection.recv()
        except (EOFError, OSError):
            return self._lost()
        return str(kind), record

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._connection.close()
        self._process.join(timeout=5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _lost(self) -> tuple[str, Record]:
        self._process.join(timeout=5)
        return "failed", {"failed": f"the process ended with code {self._process.exitcode}"}
