"""Texts to logits: each different text once, in batches under a token budget, in input order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.inference.batching import token_batches
from sentilora.inference.device import autocast
from sentilora.inference.engines import Engine
from sentilora.model.tokens import TextEncoder, average_windows

if TYPE_CHECKING:
    import torch

BATCH_TOKENS = 4096
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Scored:
    """What the model said about texts.

    Attributes:
        logits: ``(N, C)`` float32, uncalibrated.
        truncated: for each text, whether it was cut (or read in windows).
        tokens: number of tokens that were computed, padding not counted.
        early: ``(N,)`` bool, texts that the first stage of a cascade answered; None without one.
    """

    logits: np.ndarray
    truncated: list[bool]
    tokens: int
    early: np.ndarray | None = None


def score_texts(
    engine: Engine,
    encoder: TextEncoder,
    texts: Sequence[str],
    *,
    batch_tokens: int = BATCH_TOKENS,
    progress: Progress | None = None,
) -> Scored:
    """Compute the logits of texts.

    Args:
        engine: what computes them.
        encoder: tokenizer with its text rule.
        texts: any number; all are tokenised at once, so hand over a file in pieces.
        batch_tokens: padded tokens per batch at most.
        progress: called with the number of texts each time some are done.
    """
    unique, owners = find_repeats(texts)
    encoded = encoder.encode(unique)
    repeats = np.bincount(owners, minlength=len(unique))
    logits = score_windows(
        engine,
        encoded.windows,
        encoder,
        batch_tokens=batch_tokens,
        progress=progress and (lambda batch: progress(int(repeats[batch].sum()))),
    )
    truncated = [encoded.truncated[owner] for owner in owners]
    return Scored(logits[owners], truncated, encoded.tokens)


def score_windows(
    engine: Engine,
    windows: Sequence[Sequence[Sequence[int]]],
    encoder: TextEncoder,
    *,
    batch_tokens: int = BATCH_TOKENS,
    progress: Callable[[list[int]], None] | None = None,
) -> np.ndarray:
    """Compute ``(N, C)`` float32 logits of tokenised texts; ``progress`` gets finished indices."""
    lengths = [sum(len(window) for window in text) for text in windows]
    logits: np.ndarray | None = None
    with engine.prepared(len(windows)):
        for batch in token_batches(lengths, batch_tokens=batch_tokens):
            rows = [window for index in batch for window in windows[index]]
            counts = [len(windows[index]) for index in batch]
            inputs = {name: x.to(engine.device) for name, x in encoder.pad(rows).items()}
            out = average_windows(engine.logits(inputs), counts).cpu().numpy()
            if logits is None:
                logits = np.empty((len(windows), out.shape[1]), dtype=np.float32)
            logits[batch] = out
            if progress is not None:
                progress(batch)
    if logits is None:
        return np.empty((0, engine.labels), dtype=np.float32)
    return logits


def score_with_features(
    model: Any,
    encoder: TextEncoder,
    texts: Sequence[str],
    *,
    device: torch.device,
    precision: str = "fp32",
    progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Compute logits and, in the same pass, features for a classifier on the frozen encoder.

    Returns:
        ``(N, C)`` float32 logits and ``(N, H)`` float32 last hidden states, averaged over the
        tokens of each text.
    """
    import torch

    windows = encoder.encode(texts).windows
    lengths = [sum(len(window) for window in text) for text in windows]
    logits: list[Any] = [None] * len(windows)
    features: list[Any] = [None] * len(windows)
    model.eval()
    for batch in token_batches(lengths, batch_tokens=BATCH_TOKENS):
        rows = [window for index in batch for window in windows[index]]
        counts = [len(windows[index]) for index in batch]
        inputs = {k: v.to(device) for k, v in encoder.pad(rows).items()}
        with torch.inference_mode(), autocast(device, precision):
            out = model(**inputs, output_hidden_states=True)
        mask = inputs["attention_mask"][:, :, None].float()
        means = (out.hidden_states[-1].float() * mask).sum(dim=1) / mask.sum(dim=1)
        batch_logits = average_windows(out.logits.float(), counts).cpu().numpy()
        batch_features = average_windows(means, counts).cpu().numpy()
        for row, index in enumerate(batch):
            logits[index], features[index] = batch_logits[row], batch_features[row]
        if progress is not None:
            progress(len(batch))
    return np.stack(logits), np.stack(features)


def find_repeats(texts: Iterable[str]) -> tuple[list[str], np.ndarray]:
    """Return the different texts in order of appearance, and for each text which one it is."""
    index: dict[str, int] = {}
    owners = [index.setdefault(text, len(index)) for text in texts]
    return list(index), np.asarray(owners, dtype=np.int64)
