"""What the process of a side does: answer turns until the pipe closes."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.inference.job import Job, Turn
from benchmarks.inference.sides import Classify, open_side

BATCH_ROWS = (1, 4, 16, 32, 64)
FIRST = "It was a good one."


def work(connection: Connection, job: Job) -> None:
    """Open the side, say ``ready`` after its first label, and answer turns.

    Messages are ``(kind, record)``: ``ready``, ``paused`` with ``labels``, ``seconds`` (one a text
    in a turn of single texts, else one) and ``peak_bytes``, or ``failed``.
    """
    try:
        classify = open_side(job)
        classify([FIRST], 1)
        connection.send(("ready", {}))
        rows = job.batch_rows or 1
        while True:
            turn: Turn = connection.recv()
            record: dict[str, Any] = {}
            if turn.what == "tune":
                rows = job.batch_rows or _quickest(classify, turn.texts)
                classify(turn.texts, rows)
                for text in turn.texts:
                    classify([text], 1)
                record["batch_rows"] = rows
            elif turn.what == "all":
                record = _timed(classify, [turn.texts], rows)
            else:
                record = _timed(classify, [[text] for text in turn.texts], 1)
            connection.send(("paused", {**record, "peak_bytes": _peak()}))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:  # noqa: BLE001 - one side that fails must not stop the others
        connection.send(("failed", {"failed": f"{type(error).__name__}: {error}"}))


def _timed(classify: Classify, pieces: list[list[str]], rows: int) -> dict[str, Any]:
    labels: list[str] = []
    seconds = []
    for piece in pieces:
        started = time.perf_counter()
        labels += classify(piece, rows)
        seconds.append(time.perf_counter() - started)
    return {"labels": labels, "seconds": seconds}


def _quickest(classify: Classify, texts: list[str]) -> int:
    """Return the number of texts in a batch that is quickest on these texts."""
    classify(texts, BATCH_ROWS[-1])
    seconds = {}
    for rows in BATCH_ROWS:
        started = time.perf_counter()
        classify(texts, rows)
        seconds[rows] = time.perf_counter() - started
    return min(seconds, key=seconds.__getitem__)


def _peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
