"""Where a benchmark ran."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path
from typing import Any

from sentilora.data.labelled.examples import Examples, Parts
from sentilora.runs.environment import describe_environment


def describe_machine(examples: Examples, *, device: str, seed: int) -> dict[str, Any]:
    """Describe machine, versions, the data file with its hash, and the commit of this code."""
    import torch

    parts = Parts(examples, examples, examples)
    found = describe_environment(parts, device=device, precision="of each side", seed=seed)
    wanted = ("python", "packages", "platform", "processor", "cores", "data")
    return {
        **{name: found[name] for name in wanted},
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
