"""A watch over who starts Python: only tests that say so may, for each start takes seconds."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_OF_LIBRARIES = "cpuinfo.py"  # codecarbon asks it once in a process
_test: str | None = None


def forbid(test: str | None) -> None:
    """Forbid a test to start Python with subprocess; None forbids nothing."""
    global _test
    _test = test


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "subprocess.Popen" or _test is None:
        return
    command = [os.fsdecode(word) for word in arguments[1] if isinstance(word, str | os.PathLike)]
    if not command or not Path(command[0]).name.startswith("python"):
        return
    if not any(word.endswith(_OF_LIBRARIES) for word in command):
        raise RuntimeError(f"{_test} starts Python: mark it process.")


sys.addaudithook(_watch)
