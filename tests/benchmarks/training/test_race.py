"""Turns between processes; the sides here only count."""

import os

import pytest

from benchmarks.training.job import Job
from benchmarks.training.race import Outcome, run_race


def counting(connection, job):
    """Take three turns, or break as the side's name says."""
    connection.send(("ready", {"startup_s": 0.0}))
    for turn in range(3):
        seconds = connection.recv()
        if job.side == "raising":
            connection.send(("failed", {"failed": "ValueError: no"}))
            return
        if job.side == "dying":
            os._exit(3)
        kind = "done" if turn == 2 else "paused"
        record = {"timings": [turn]} if job.side == "gemm" else {"turn": turn, "seconds": seconds}
        connection.send((kind if job.side != "gemm" else "paused", record))


@pytest.fixture
def race(tmp_path):
    def run(*sides):
        told, outcome = [], Outcome()
        jobs = [Job(side, "none", tmp_path, 1, "cpu", 1) for side in sides]
        run_race(
            jobs,
            slice_s=7.0,
            tell=lambda side, kind, record: told.append((side, kind)),
            outcome=outcome,
            target=counting,
        )
        return told, outcome

    return run


def test_sides_alternate_until_each_is_done(race):
    told, outcome = race("gemm", "one", "two")
    assert told == [
        *((side, "ready") for side in ("gemm", "one", "two")),
        *((side, "paused") for _ in range(2) for side in ("gemm", "one", "two")),
        *(("gemm", "paused"), ("one", "done"), ("two", "done")),
    ]
    assert outcome.rounds == [[0], [1], [2]]
    assert outcome.sides["two"] == {"kind": "done", "startup_s": 0.0, "turn": 2, "seconds": 7.0}


def test_a_side_that_breaks_does_not_stop_the_others(race):
    told, outcome = race("raising", "dying", "one")
    assert told[-1] == ("one", "done")
    assert outcome.sides["raising"]["failed"] == "ValueError: no"
    assert outcome.sides["dying"]["failed"] == "the process ended with code 3"
