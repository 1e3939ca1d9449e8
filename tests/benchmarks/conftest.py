"""A job on a tiny base, and turns without other sides.

Benchmarks are tested in the slow run: who uses the package runs none of them.
"""

import multiprocessing
from pathlib import Path

import pytest

from benchmarks.common import worker
from benchmarks.common.parts import read_parts, write_parts
from benchmarks.training.job import Job
from tests.helpers.texts import make_texts, write_csv
from tests.helpers.warm_server import HEAVY


def pytest_collection_modifyitems(items):
    """Mark the tests of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _forked_sides():
    """Fork the processes of sides from one that has imported torch, once for all of them."""
    multiprocessing.set_forkserver_preload([*HEAVY, "sentilora.inference.sentiment_model"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "START_METHOD", "forkserver")
        yield


@pytest.fixture
def parts(tmp_path):
    """Return 100 rows in three parts; 100 are written to the folder of the job."""
    data = write_csv(tmp_path / "rows.csv", make_texts(160, seed=5))
    found = read_parts(str(data), heldout_rows=40, rows=100, seed=1)
    write_parts(found, tmp_path)
    return found


@pytest.fixture
def job_of(parts, tiny_base, tmp_path):
    """Return a function that makes the job of a side on a tiny base."""

    def make(side, **changes):
        settings = {"seed": 1, "device": "cpu", "threads": 1, "max_tokens": 24, **changes}
        return Job(side=side, base=str(tiny_base), folder=tmp_path, **settings)

    return make
