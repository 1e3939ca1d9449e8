"""Asking a clean process, which knows nothing but what lies on the disk."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from sentilora.errors import ModelError


def ask_clean_process(module: str, request: dict[str, Any], *, failed: str, advice: str) -> bytes:
    """Run a module in a new process with as many threads, hand it a request, return its stdout.

    Args:
        module: reads the request as JSON from stdin; ``threads`` is in it.
        request: what to do.
        failed: begins the error, ``The saved model …``.
        advice: ends the error.

    Raises:
        ModelError: the process failed; its last line is named.
    """
    import torch

    done = subprocess.run(  # noqa: S603 - a module of this package
        [sys.executable, "-m", module],
        input=json.dumps({**request, "threads": torch.get_num_threads()}).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ModelError(f"{failed} could not be loaded again: {' '.join(last)}. {advice}")
    return done.stdout
