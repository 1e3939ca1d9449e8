"""From accepted requests to logits: tokenising many at once, and computing a batch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from sentilora.inference.cascade import answer_early
from sentilora.model.tokens import TextEncoder
from sentilora.serving.pool import BatchDone
from sentilora.serving.queue.requests import Request, Waiting


def tokenise(requests: Sequence[Request]) -> list[Waiting]:
    """Tokenise requests, those of one tokenizer at once, and let first stages answer.

    Returns:
        The texts that a network has to read, in the order of the requests.
    """
    by_encoder: dict[int, list[Request]] = {}
    for request in requests:
        by_encoder.setdefault(id(request.loaded.encoder), []).append(request)
    found: dict[int, list[Waiting]] = {}
    for own in by_encoder.values():
        started = time.perf_counter()
        encoder = own[0].loaded.encoder
        tokens = encoder.tokenise([text for request in own for text in request.texts])
        start = 0
        for request in own:
            rows = tokens[start : start + len(request.texts)]
            found[id(request)] = _wait(request, encoder, rows)
            start += len(rows)
        taken = time.perf_counter() - started
        for request in own:
            request.tokenise_s = taken
    return [waiting for request in requests for waiting in found[id(request)]]


def _wait(request: Request, encoder: TextEncoder, tokens: list[list[int]]) -> list[Waiting]:
    request.know(encoder.unknown_shares(tokens))
    stage = request.loaded.first_stage
    positions = list(range(len(tokens)))
    if stage is not None:
        logits, early = answer_early(stage, tokens, request.loaded.calibration)
        request.answer_early(early, logits)
        positions = np.flatnonzero(~early).tolist()
    encoded = encoder.cut([tokens[position] for position in positions])
    request.tokens = encoded.tokens
    for position, is_cut in zip(positions, encoded.truncated, strict=True):
        if is_cut:
            request.cut(position)
    return [
        Waiting(request, position, windows)
        for position, windows in zip(positions, encoded.windows, strict=True)
    ]


@dataclass(frozen=True)
class Computed:
    """What came out of a batch.

    Attributes:
        logits: ``(C,)`` logits of each text.
        done: figures of the batch, for the metrics.
    """

    logits: list[np.ndarray]
    done: BatchDone


def compute(batch: Sequence[Waiting]) -> Computed:
    """Compute texts of one lane; requests are not touched: other threads may work on them."""
    started = time.perf_counter()
    windows = [window for text in batch for window in text.windows]
    slots = [text.request.loaded.slot for text in batch for _ in text.windows]
    loaded = batch[0].request.loaded
    answers = iter(loaded.lane.logits(loaded.encoder, windows, slots))
    logits = [
        torch.stack([next(answers) for _ in text.windows]).mean(0).cpu().numpy() for text in batch
    ]
    lengths = list(map(len, windows))
    done = BatchDone(
        rows=len(windows),
        texts=len(batch),
        tokens=sum(lengths),
        padded_tokens=len(windows) * max(lengths),
        adapters=len({id(text.request.loaded) for text in batch}),
        seconds=time.perf_counter() - started,
    )
    return Computed(logits, done)
