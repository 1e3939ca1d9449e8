"""Proof that an adapted base loads with plain transformers, in a clean process, and is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from sentilora.errors import ModelError
from sentilora.message import command
from sentilora.runs.clean_process import ask_clean_process
from sentilora.runs.proof import TOLERANCE

SENTENCE = "A plain sentence, to compare the tokenizers with."


def prove_base(
    folder: Path, encoder: Any, tokenizer: Any, rows: list[list[int]], final: Path
) -> float:
    """Load an unsealed base in a new process and compare what it computes.

    Args:
        folder: folder with weights and tokenizer.
        encoder: the network in memory, on the CPU.
        tokenizer: the one in memory.
        rows: token ids to compute hidden states of.
        final: folder that the base is to have, by which an adaptation is resumed.

    Returns:
        The largest absolute difference of a hidden state.

    Raises:
        ModelError: it cannot be loaded, tokenises otherwise, or differs by more than 1e-5.
    """
    computed = ask_clean_process(
        "sentilora.adaptation.base_proof",
        {"folder": str(folder), "rows": rows},
        failed=f"The adapted base {folder}",
        advice=f"Mend the cause and go on with: {command('adapt', resume=final)}",
    )
    head, _, body = computed.partition(b"\n")
    if json.loads(head) != tokenizer(SENTENCE)["input_ids"]:
        raise ModelError(f"The tokenizer in {folder} cuts texts otherwise than the base's does.")
    expected = hidden_states(encoder, rows)
    found = np.frombuffer(body, dtype=np.float32)
    difference = float(np.abs(found - expected).max())
    if not difference <= TOLERANCE:  # also catches NaN
        raise ModelError(
            f"The adapted base {folder} computes other hidden states than the network that was "
            f"saved (largest difference {difference:.2g}, expected at most {TOLERANCE:g})."
        )
    return difference


def hidden_states(encoder: Any, rows: list[list[int]]) -> np.ndarray:
    """Return the hidden states of all rows, one after the other, flat, float32."""
    import torch

    encoder.eval()
    with torch.inference_mode():
        states = [encoder(input_ids=torch.tensor([row])).last_hidden_state for row in rows]
    return np.concatenate([state.numpy().ravel() for state in states]).astype(np.float32)


def answer(request: dict[str, Any]) -> bytes:
    """Load a base with plain transformers and compute its hidden states.

    Args:
        request: ``folder`` of the base, ``rows`` of token ids, and ``threads`` to compute with.

    Returns:
        The token ids of a sentence as a line of JSON, then the states of all rows as raw float32.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(request["threads"])
    tokenizer = AutoTokenizer.from_pretrained(request["folder"])
    encoder = AutoModel.from_pretrained(request["folder"])
    head = json.dumps(tokenizer(SENTENCE)["input_ids"]).encode()
    return head + b"\n" + hidden_states(encoder, request["rows"]).tobytes()
