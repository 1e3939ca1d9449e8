"""One process, or several under ``torchrun``: who writes, and what all must agree on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TypeVar

Shared = TypeVar("Shared")


@dataclass(frozen=True)
class Processes:
    """This process among those that train together."""

    rank: int = 0
    world_size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this process writes files and reports."""
        return self.rank == 0

    def share(self, value: Shared) -> Shared:
        """Return the main process's value in every process."""
        if self.world_size == 1:
            return value
        from torch import distributed

        box = [value]
        distributed.broadcast_object_list(box, src=0)
        return box[0]

    def wait(self) -> None:
        """Wait until all processes are here."""
        if self.world_size > 1:
            from torch import distributed

            distributed.barrier()


def join_processes(device: str) -> Processes:
    """Join the process group that ``torchrun`` announced in the environment, if it did."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Processes()
    from accelerate import PartialState

    state = PartialState(cpu=device == "cpu")
    return Processes(state.process_index, state.num_processes)
