"""Sides that are processes of their own: what they are asked, what they answer, what they took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentilora.model.bases.embedded_base import embedded_folder
from sentilora.model.bases.known_bases import BASES

Record = dict[str, Any]
PEER_SIDE = Path(__file__).parent / "bertopic_side.py"
OWN_SIDE = [sys.executable, "-m", "benchmarks.insights.sides.own_side"]


@dataclass(frozen=True)
class Took:
    """What a process took.

    Attributes:
        seconds: from its start to its end, imports and all.
        processor_s: seconds of all its threads and children, which other programs disturb less.
        peak_mb: largest resident memory, in MiB.
    """

    seconds: float
    processor_s: float
    peak_mb: float


def timed(command: Sequence[str]) -> Took:
    """Run a process, and say what it took; its output is not shown.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    seconds = time.perf_counter() - started
    return Took(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def ask(side: Sequence[str], job: Record, scratch: Path) -> Record:
    """Run the process of a side on a job, and return its answer; what it took is ``took``."""
    asked, answer = scratch / "job.json", scratch / "answer.json"
    answer.unlink(missing_ok=True)
    asked.write_text(json.dumps(job), encoding="utf-8")
    took = timed([*side, str(asked), str(answer)])
    found: Record = json.loads(answer.read_text("utf-8"))
    return {**found, "took": took}


def encoder_folder() -> str:
    """Return the folder of the encoder that all sides share."""
    folder = embedded_folder(BASES["minilm"])
    if folder is None:
        sys.exit("The embedded base is missing. Install it: pip install 'sentilora[embedded]'")
    return str(folder)
