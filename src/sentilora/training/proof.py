"""Proof of reload: a clean process loads the saved model and must give the same logits."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sentilora.errors import ModelError
from sentilora.training.cleanprocess import ask_clean_process

TOLERANCE = 1e-5


@dataclass(frozen=True)
class Proof:
    """What the clean process found.

    Attributes:
        texts: number of texts compared.
        max_logit_difference: largest absolute difference of a logit.
        seconds: time it took.
    """

    texts: int
    max_logit_difference: float
    seconds: float


def prove_reload(folder: Path, texts: list[str], logits: np.ndarray) -> Proof:
    """Load an unsealed model in a new process and compare.

    Args:
        folder: from :func:`~sentilora.model.artifact.save_artifact`.
        texts: what to score.
        logits: ``(N, C)`` float32, from the model in memory, on the CPU, adapter not merged.

    Raises:
        ModelError: the model cannot be loaded, or differs by more than 1e-5.
    """
    started = time.monotonic()
    answer = ask_clean_process(
        "sentilora.training.proof",
        {"folder": str(folder), "texts": texts},
        failed=f"The saved model {folder}",
        advice="It is not kept; what it was made from is. Mend the cause and repeat the command, a "
        "training with --resume.",
    )
    found = np.frombuffer(answer, dtype=np.float32).reshape(logits.shape)
    difference = float(np.abs(found - logits).max()) if len(texts) else 0.0
    if not difference <= TOLERANCE:  # also catches NaN
        raise ModelError(
            f"The saved model {folder} gives other logits than the trained one (largest "
            f"difference {difference:.2g}, expected at most {TOLERANCE:g}); it is not kept."
        )
    return Proof(len(texts), difference, round(time.monotonic() - started, 2))


def _answer() -> None:
    """Run in the clean process: read the request from stdin, write raw float32 logits."""
    import torch

    from sentilora.inference.engines import open_engine
    from sentilora.inference.scoring import score_texts
    from sentilora.model.artifact import open_artifact
    from sentilora.model.tokens import TextEncoder

    request = json.load(sys.stdin)
    torch.set_num_threads(request["threads"])
    artifact = open_artifact(request["folder"], is_sealed=False)
    engine, tokenizer = open_engine(artifact, device="cpu", merge=False)
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    scored = score_texts(engine, encoder, request["texts"])
    sys.stdout.buffer.write(scored.logits.astype(np.float32).tobytes())


if __name__ == "__main__":
    _answer()
