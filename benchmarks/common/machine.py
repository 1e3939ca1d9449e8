"""Where a benchmark ran."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentilora.runs.environment import describe_files, describe_machine


def describe_place(files: Sequence[Path], packages: Sequence[str] = ()) -> dict[str, Any]:
    """Describe machine, versions, the data files with their hashes, and the commit of this code.

    Args:
        files: files of data, named without their folders.
        packages: further packages whose versions are told.
    """
    import torch

    return {
        **describe_machine(packages),
        "data": describe_files(files),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "has_cuda": torch.cuda.is_available(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "commit": git("rev-parse", "HEAD"),
        "is_changed": bool(git("status", "--porcelain", "--untracked-files=no")),
    }


def describe_options(options: argparse.Namespace) -> dict[str, Any]:
    """Return a command line's options for JSON; of files only the name, so nobody's folders."""
    return {name: _plain(value) for name, value in vars(options).items() if name != "output"}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str) and "/" in value and Path(value).exists():
        return Path(value).name
    return value.name if isinstance(value, Path) else value


def git(*words: str) -> str | None:
    """Ask git about the folder that this file is in; None where there is no git."""
    try:
        done = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
