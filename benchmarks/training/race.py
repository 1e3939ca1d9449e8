"""The sides take turns: one trains, the others wait at their pipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.common.worker import Worker
from benchmarks.training.job import Job
from benchmarks.training.side_process import GEMM, work

Record = dict[str, Any]
Target = Callable[[Connection, Job], None]
Told = Callable[[str, str, Record], None]


@dataclass
class Outcome:
    """What the sides sent, so far.

    Attributes:
        sides: the record of each side; ``failed`` in it says why one did not finish.
        shapes: how many linear layers of the encoder have each shape (inputs, outputs).
        rounds: timings of matrix products, one list a round.
    """

    sides: dict[str, Record] = field(default_factory=dict)
    shapes: dict[tuple[int, int], int] = field(default_factory=dict)
    rounds: list[list[Any]] = field(default_factory=list)


def run_race(
    jobs: Sequence[Job], *, slice_s: float, tell: Told, outcome: Outcome, target: Target = work
) -> None:
    """Start all sides, one after the other, and give them turns until each has finished or failed.

    Args:
        jobs: one a side; the one named ``gemm`` gets a short turn in every round.
        slice_s: own seconds of a turn.
        tell: is told of each message: side, kind, record.
        outcome: is filled as messages come, so that it can be kept if the race is broken off.
        target: what each process runs.
    """
    workers: list[Worker] = []
    try:
        for job in jobs:
            worker = Worker(job, target)
            workers.append(worker)
            _note(outcome, worker.side, worker.receive(), tell)
        while any(_is_running(outcome, w.side) for w in workers if w.side != GEMM):
            for worker in workers:
                if _is_running(outcome, worker.side):
                    _note(outcome, worker.side, worker.give_turn(slice_s), tell)
    finally:
        for worker in workers:
            worker.stop()


def _is_running(outcome: Outcome, side: str) -> bool:
    record = outcome.sides.get(side)
    return record is not None and record["kind"] not in ("done", "failed")


def _note(outcome: Outcome, side: str, message: tuple[str, Record], tell: Told) -> None:
    kind, record = message
    if "timings" in record:
        outcome.rounds.append(record["timings"])
    if "shapes" in record:
        outcome.shapes = dict(record["shapes"])
    so_far = outcome.sides.setdefault(side, {})
    so_far.update({k: v for k, v in record.items() if k not in ("timings", "shapes")}, kind=kind)
    tell(side, kind, so_far)
