"""The sides take turns on the same texts; each keeps its own times, labels and memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.common.worker import Worker
from benchmarks.inference.job import Job, Turn
from benchmarks.inference.side_process import work

Told = Callable[[str, str], None]


@dataclass
class Score:
    """What a side did.

    Attributes:
        startup_s: from starting its process to its first label.
        batch_rows: texts in a batch, of a peer; 1 where nothing was chosen.
        rounds: seconds of each round of texts at once.
        labels: of these texts, in order.
        single: seconds of each text that came alone.
        peak_bytes: largest resident set of its process.
        failed: why it did not finish; None if it did.
    """

    startup_s: float = 0.0
    batch_rows: int = 1
    rounds: list[float] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    single: list[float] = field(default_factory=list)
    peak_bytes: int = 0
    failed: str | None = None


def run_contest(
    jobs: Sequence[Job],
    *,
    tune: list[str],
    rounds: Sequence[list[str]],
    singles: Sequence[list[str]],
    tell: Told,
) -> dict[str, Score]:
    """Start all sides, one after the other, and let each do every turn before the next turn.

    Args:
        jobs: one a side.
        tune: texts to choose the batch size and to warm up on, that are not measured.
        rounds: texts of each round, that are labelled at once.
        singles: texts of each round, that are labelled one by one.
        tell: is told side and news.

    Returns:
        What each side did, by its name.
    """
    scores = {job.side: Score() for job in jobs}
    workers: list[Worker] = []
    turns = [Turn(tune, "tune"), *_alternate(rounds, singles)]
    try:
        for job in jobs:
            started = time.perf_counter()
            worker = Worker(job, work)
            workers.append(worker)
            score = scores[job.side]
            _note(score, *worker.receive())
            score.startup_s = round(time.perf_counter() - started, 2)
            tell(job.side, score.failed or f"first label after {score.startup_s} s")
        for number, turn in enumerate(turns):
            for worker in workers:
                score = scores[worker.side]
                if score.failed is None:
                    _note(score, *worker.give_turn(turn), is_single=turn.what == "single")
                    tell(worker.side, score.failed or f"turn {number + 1} of {len(turns)}")
    finally:
        for worker in workers:
            worker.stop()
    return scores


def _alternate(rounds: Sequence[list[str]], singles: Sequence[list[str]]) -> list[Turn]:
    turns = []
    for number in range(max(len(rounds), len(singles))):
        turns += [Turn(texts, "all") for texts in rounds[number : number + 1]]
        turns += [Turn(texts, "single") for texts in singles[number : number + 1]]
    return turns


def _note(score: Score, kind: str, record: dict[str, Any], *, is_single: bool = False) -> None:
    score.peak_bytes = max(score.peak_bytes, record.get("peak_bytes", 0))
    score.batch_rows = record.get("batch_rows", score.batch_rows)
    if kind == "failed":
        score.failed = record["failed"]
    elif is_single:
        score.single += record["seconds"]
    elif "labels" in record:
        score.labels += record["labels"]
        score.rounds += record["seconds"]
