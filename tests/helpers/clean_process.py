"""The clean process of a proof, and the same answer without a new process.

A clean process costs seconds, for it imports torch and transformers. Tests that do not start Python
themselves get the answer from the very same function, called in their own process.
"""

from __future__ import annotations

import importlib
import json
import traceback
from subprocess import CompletedProcess

from sentilora.runs import clean_process

run_in_new_process = clean_process._run


def run_here(module: str, request: bytes) -> CompletedProcess[bytes]:
    """Do what the clean process does, and leave threads and random numbers as they were."""
    import torch

    threads = torch.get_num_threads()
    try:
        with torch.random.fork_rng(devices=[]):
            answer = importlib.import_module(module).answer(json.loads(request))
    except Exception:  # noqa: BLE001 - a process ends with any
        return CompletedProcess(module, 1, b"", traceback.format_exc().encode())
    finally:
        torch.set_num_threads(threads)
    return CompletedProcess(module, 0, answer, b"")
