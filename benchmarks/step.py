"""What one training update of minilm + LoRA costs on this machine.

    python -m benchmarks.step speed    # dropout and precision: tokens a second, interleaved
    python -m benchmarks.step quick    # memory kept, and the blocks computed the quick way
    python -m benchmarks.step memory   # resident memory while lengths vary, rounded up or not

Needs the embedded base. Prints a table and one line of JSON with machine and versions.
"""

from __future__ import annotations

import json
import platform
import random
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch

from sentilora.inference.engines.device import autocast
from sentilora.model.classifier import create_model
from sentilora.model.quick.quick_blocks import quick_blocks
from sentilora.model.tokens import padded_length
from sentilora.runs.memory import keep_freed_memory

ROWS, TOKENS, ROUNDS = 32, 256, 3
STEPS = [(False, False), (True, False), (True, True)]  # memory kept, quick blocks
CPU = torch.device("cpu")


def update(model: Any, rows: int, tokens: int, precision: str) -> None:
    """Run forward and backward on random token ids."""
    ids = torch.randint(1000, 20000, (rows, tokens))
    with autocast(CPU, precision):
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
    logits.float().square().mean().backward()
    model.zero_grad()


def speed() -> list[dict[str, Any]]:
    """Time updates with and without dropout, in float32 and bf16, turn by turn."""
    models = {p: create_model("minilm", ["a", "b"], dropout=p).train() for p in (0.1, 0.0)}
    cases = [(dropout, precision) for dropout in models for precision in ("fp32", "bf16")]
    seconds: dict[tuple[float, str], list[float]] = {case: [] for case in cases}
    for _ in range(ROUNDS + 1):
        for dropout, precision in cases:
            started = time.perf_counter()
            update(models[dropout], ROWS, TOKENS, precision)
            seconds[dropout, precision].append(time.perf_counter() - started)
    return [
        {
            "dropout": dropout,
            "precision": precision,
            "tokens_per_second": round(ROWS * TOKENS / min(times[1:])),
        }
        for (dropout, precision), times in seconds.items()
    ]


def quick() -> list[dict[str, Any]]:
    """Time updates step by step of what the package does, each in a fresh process, in turns.

    Keeping freed memory cannot be undone, so every case takes a process of its own.
    """
    cases = [(p, kept, fast) for p in ("fp32", "bf16") for kept, fast in STEPS]
    best = dict.fromkeys(cases, 0)
    for _ in range(ROUNDS):
        for case in cases:
            found = subprocess.run(
                [sys.executable, __file__, "case", json.dumps(case)],
                check=True,
                capture_output=True,
                text=True,
            )
            best[case] = max(best[case], int(found.stdout))
    return [
        {"precision": p, "memory kept": kept, "quick blocks": fast, "tokens_per_second": rate}
        for (p, kept, fast), rate in best.items()
    ]


def one_case(precision: str, is_kept: bool, is_quick: bool) -> int:
    """Return the tokens a second of the fastest of three updates."""
    if is_kept and not keep_freed_memory():
        raise SystemExit("The C library of this system has no mallopt().")
    model = create_model("minilm", ["a", "b"]).train()
    times = []
    with quick_blocks(model) if is_quick else nullcontext():
        for _ in range(4):
            started = time.perf_counter()
            update(model, ROWS, TOKENS, precision)
            times.append(time.perf_counter() - started)
    return round(ROWS * TOKENS / min(times[1:]))


def memory() -> list[dict[str, Any]]:
    """Read the resident memory while lengths vary; each case in turn, the rounded one first."""
    found = []
    for is_rounded in (True, False):
        model = create_model("minilm", ["a", "b"]).train()
        lengths = random.Random(0)
        before = resident_mb()
        for _ in range(60):
            tokens = lengths.randint(60, 256)
            tokens = padded_length(tokens, 256) if is_rounded else tokens
            update(model, 8, tokens, "bf16")
        found.append({"rounded": is_rounded, "grown_mb": round(resident_mb() - before)})
    return found


def resident_mb() -> float:
    """Return the resident memory of this process (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def main() -> None:
    """Run the measurement named on the command line."""
    jobs = {"speed": speed, "quick": quick, "memory": memory}
    if sys.argv[1:2] == ["case"]:
        print(one_case(*json.loads(sys.argv[2])))
        return
    if len(sys.argv) != 2 or sys.argv[1] not in jobs:
        raise SystemExit(__doc__)
    rows = jobs[sys.argv[1]]()
    print(" | ".join(rows[0]))
    for row in rows:
        print(" | ".join(str(value) for value in row.values()))
    machine = {
        "cores": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }
    print(json.dumps({"machine": machine, sys.argv[1]: rows}))


if __name__ == "__main__":
    main()
