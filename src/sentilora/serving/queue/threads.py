"""Who computes with how many of the machine's cores.

Two threads that compute two batches, each on a core of its own, finish more than two cores on one
batch: they do not wait for each other at every product, least of all where a third thread answers
clients on the same cores. A batch that is alone gets all cores.

GNU's OpenMP keeps helpers for each thread that has ever computed with several, and once there are
more of them than cores, none may wait awake any more: a single text takes twice as long. That is
why one thread only computes with all cores, and whoever loads a model does it with a share.

Measured on two cores only; a limit of four workers is a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sentilora.inference.engines.cpus import usable_cpus

MOST_WORKERS = 4  # between two products each needs Python's lock


class Cores:
    """Sets how many threads a product of the calling thread takes.

    Attributes:
        workers: number of threads that compute.
        share: number of cores of each thread when all of them compute.
        all: number of cores that this process may use; what OMP_NUM_THREADS says is kept.
    """

    def __init__(self) -> None:
        from threadpoolctl import ThreadpoolController

        self.all = usable_threads()  # loads torch, and so the libraries that are looked for below
        self.workers = min(self.all, MOST_WORKERS)
        self.share = self.all // self.workers
        self._libraries = ThreadpoolController().select(user_api="openmp").lib_controllers

    def use(self, count: int) -> None:
        """Give the calling thread's products so many cores; others keep theirs."""
        for library in self._libraries:
            library.set_num_threads(count)

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Leave the cores to others inside the block."""
        before = [library.get_num_threads() for library in self._libraries]
        self.use(self.share)
        try:
            yield
        finally:
            for library, count in zip(self._libraries, before, strict=True):
                library.set_num_threads(count)


def usable_threads() -> int:
    """Return how many threads a product may take: one a core, unless the user wants fewer."""
    import torch

    return min(usable_cpus(), torch.get_num_threads())
