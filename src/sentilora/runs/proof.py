"""Proof of reload: a clean process loads the saved model and must give the same logits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from sentilora.errors import ModelError
from sentilora.evaluation.report_parts.training_part import Proof
from sentilora.inference.engines.engine import Engine, open_engine
from sentilora.inference.scoring import score_texts
from sentilora.model.artifact import open_artifact
from sentilora.model.tokens import TextEncoder
from sentilora.runs.clean_process import ask_clean_process

TOLERANCE = 1e-5
ATTEMPTS = 2
NOT_KEPT = "It is not kept; what it was made from is. Mend the cause and"


def prove_reload(
    folder: Path,
    texts: list[str],
    engine: Engine,
    encoder: TextEncoder,
    *,
    again: str = "repeat the command.",
) -> Proof:
    """Load an unsealed model in a new process and compare.

    A model that was saved wrongly differs each time; one that differs once did so for a reason
    outside of its files, so both sides are computed a second time before it is refused.

    Args:
        folder: the model folder, from :func:`~sentilora.model.artifact.save_artifact`.
        texts: texts to score.
        engine: the model in memory, on the CPU, in float32, adapter not merged.
        encoder: its tokenizer and text rule.
        again: what to do once the cause of a failure is mended, as the end of an error.

    Raises:
        ModelError: the model cannot be loaded, or differs by more than 1e-5 both times.
    """
    started = time.monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        difference = _difference(folder, texts, score_texts(engine, encoder, texts).logits, again)
        if difference <= TOLERANCE:
            seconds = round(time.monotonic() - started, 2)
            return Proof(len(texts), difference, seconds, attempt)
    raise ModelError(
        f"The saved model {folder} gives other logits than the trained one (largest difference "
        f"{difference:.2g}, expected at most {TOLERANCE:g}; compared {ATTEMPTS} times). {NOT_KEPT} "
        f"{again}"
    )


def _difference(folder: Path, texts: list[str], logits: np.ndarray, again: str) -> float:
    logits_again = ask_clean_process(
        "sentilora.runs.proof",
        {"folder": str(folder), "texts": texts},
        failed=f"The saved model {folder}",
        advice=f"{NOT_KEPT} {again}",
    )
    found = np.frombuffer(logits_again, dtype=np.float32).reshape(logits.shape)
    return float(np.abs(found - logits).max(initial=0))


def answer(request: dict[str, Any]) -> bytes:
    """Score texts with a saved model, adapter not merged, on the CPU.

    Args:
        request: ``folder`` of the model, ``texts``, and ``threads`` to compute with.

    Returns:
        The logits, (N, C), as raw float32.
    """
    import torch

    torch.set_num_threads(request["threads"])
    artifact = open_artifact(request["folder"], is_sealed=False)
    engine, tokenizer = open_engine(artifact, device="cpu", merge=False)
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    return score_texts(engine, encoder, request["texts"]).logits.astype(np.float32).tobytes()
