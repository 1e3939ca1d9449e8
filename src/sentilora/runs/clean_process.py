"""Asking a clean process, which knows nothing but what lies on the disk.

The process is ``python -m sentilora.runs.clean_process MODULE``: it reads the request as JSON
from stdin, hands it to the function ``answer`` of the module, and writes what that returns to
stdout.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any

from sentilora.errors import ModelError


def ask_clean_process(module: str, request: dict[str, Any], *, failed: str, advice: str) -> bytes:
    """Let the function ``answer`` of a module answer a request in a new process.

    Args:
        module: name of a module with ``answer(request: dict[str, Any]) -> bytes``.
        request: plain values by name; ``threads``, the number of threads in use here, is added.
        failed: beginning of the error: ``The saved model …``.
        advice: end of the error.

    Returns:
        What ``answer`` returned.

    Raises:
        ModelError: the process failed; its last line is named.
    """
    import torch

    asked = json.dumps({**request, "threads": torch.get_num_threads()}).encode()
    done = _run(module, asked)
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ModelError(f"{failed} could not be loaded again: {' '.join(last)}. {advice}")
    return done.stdout


def _run(module: str, request: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - this module
        [sys.executable, "-m", __name__, module], input=request, capture_output=True, check=False
    )


def _answer_here(module: str) -> None:
    request = json.load(sys.stdin)
    sys.stdout.buffer.write(importlib.import_module(module).answer(request))


if __name__ == "__main__":
    _answer_here(sys.argv[1])
