"""How many CPUs a process may use, and how it behaves when it shares them."""

from __future__ import annotations

import os
from pathlib import Path

# For the environment of a process that shares its cores with others, before torch is loaded:
# threads that wait for each other spin for some tens of microseconds only. By default GNU's OpenMP
# lets them spin for milliseconds, and two such processes take each other's time.
SHARED_CORES = {"GOMP_SPINCOUNT": "10000"}
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cpus() -> int:
    """Return how many CPUs this process may use: by its affinity, and by a container's quota."""
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    try:
        quota, period = CPU_QUOTA.read_text(encoding="ascii").split()
        return max(1, min(count, round(int(quota) / int(period))))
    except (OSError, ValueError):  # no such file, or "max", which means no quota
        return count
