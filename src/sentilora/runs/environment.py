"""Where a run happened: enough to repeat it, and to see why a repetition differs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.files import sha256_of

if TYPE_CHECKING:
    from sentilora.data.labelled.examples import Parts
    from sentilora.model.warm_start import Start

PACKAGES = (
    "sentilora",
    "torch",
    "transformers",
    "peft",
    "tokenizers",
    "datasets",
    "accelerate",
    "numpy",
    "scikit-learn",
)


def describe_environment(
    parts: Parts,
    *,
    device: str,
    precision: str,
    seed: int,
    start: Start | None = None,
    more_files: Sequence[Path] = (),
) -> dict[str, Any]:
    """Describe versions, machine, and the data files with their hashes.

    Files are named without their folders, so that a run folder can be given away. Of the adapter
    that a training starts from, the hash is that of its manifest, which holds all others.
    ``more_files`` are those of pairs.
    """
    labelled = (parts.train, parts.validation, parts.test)
    files = dict.fromkeys([*(file for part in labelled for file in part.files), *more_files])
    return {
        **describe_machine(),
        "device": device,
        "precision": precision,
        "seed": seed,
        "data": describe_files(list(files)),
        "data_commit": _commit(next(iter(files)).parent) if files else None,
        "start": {"name": start.name, "sha256": start.sha256} if start else None,
    }


def describe_machine(more_packages: Sequence[str] = ()) -> dict[str, Any]:
    """Describe Python, versions of packages, system, processor and cores."""
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in (*PACKAGES, *more_packages)},
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
    }


def describe_files(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Return name, size and hash of files."""
    return [
        {"file": file.name, "bytes": file.stat().st_size, "sha256": sha256_of(file)}
        for file in files
    ]


def write_environment(description: dict[str, Any], path: Path) -> None:
    """Write the description as JSON."""
    path.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), "")


def _commit(folder: Path) -> str | None:
    """Return the git commit of the data folder, if it is under version control."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and a folder
            ["git", "-C", str(folder), "rev-parse", "HEAD"],  # noqa: S607 - git as the user has it
            capture_output=True,
            text=True,
            check=False,
            timeout=5,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
