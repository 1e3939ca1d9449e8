"""Texts to logits: each different text once, in batches under a token budget, in input order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sentilora.inference.batches import token_batches
from sentilora.inference.engines.device import autocast
from sentilora.inference.engines.engine import Engine
from sentilora.inference.token_budget import BatchBudget
from sentilora.model.tokens import Encoded, TextEncoder, average_windows

if TYPE_CHECKING:
    import torch

Progress = Callable[[int], None]
Item = TypeVar("Item")
Result = TypeVar("Result")
PIECE_TEXTS = 1024  # different texts that are tokenised at once beside an accelerator


@dataclass(frozen=True)
class Scored:
    """What the model said about texts.

    Attributes:
        logits: ``(N, C)`` float32, uncalibrated logits.
        truncated: whether each text was cut (or read in windows).
        tokens: number of tokens that were computed, padding not counted.
        unknown: ``(N,)`` float64, share of each text's tokens that the base does not know.
        early: ``(N,)`` bool, whether the first stage of a cascade answered; None without one.
    """

    logits: np.ndarray
    truncated: list[bool]
    tokens: int
    unknown: np.ndarray
    early: np.ndarray | None = None

    @classmethod
    def from_records(cls, records: np.ndarray, tokens: int, *, has_stages: bool) -> Scored:
        """Return what ``(N,)`` records of :func:`record_type` say, with or without a cascade."""
        return cls(
            np.ascontiguousarray(records["logits"]),
            records["truncated"].tolist(),
            tokens,
            np.ascontiguousarray(records["unknown"]),
            np.ascontiguousarray(records["early"]) if has_stages else None,
        )

    def to_records(self) -> np.ndarray:
        """Return a record for each text, ``(N,)``, to be kept or written to a file."""
        records = np.empty(len(self.truncated), dtype=record_type(self.logits.shape[1]))
        records["logits"], records["truncated"] = self.logits, self.truncated
        records["unknown"] = self.unknown
        records["early"] = False if self.early is None else self.early
        return records


def record_type(labels: int) -> np.dtype[Any]:
    """Return what is kept of one text: C logits (little-endian float32), a share, and two bytes."""
    return np.dtype(
        [
            ("logits", "<f4", (labels,)),
            ("unknown", "<f8"),
            ("truncated", np.bool_),
            ("early", np.bool_),
        ]
    )


def score_texts(
    engine: Engine,
    encoder: TextEncoder,
    texts: Sequence[str],
    *,
    budget: BatchBudget | None = None,
    progress: Progress | None = None,
) -> Scored:
    """Compute the logits of texts.

    Args:
        engine: engine that computes the logits.
        encoder: tokenizer with its text rule.
        texts: the texts, any number; hand over a file in pieces, as all tokens stay in memory.
        budget: largest number of padded tokens in a batch; ``BATCH_TOKENS`` when None.
        progress: function that is called with the number of texts each time some are done.
    """
    return score_pieces(
        engine,
        encoder,
        texts,
        lambda piece: _unstaged(encoder.encode(piece)),
        budget=budget,
        progress=progress,
    )


@dataclass(frozen=True)
class Piece:
    """Some texts, ready to be computed.

    Attributes:
        encoded: tokens of the texts that the network reads.
        unknown: share of unknown tokens of each text, N of them.
        staged: logits of the first stage of a cascade, ``(N, C)`` float32, and which texts the
            network does not read, ``(N,)`` bool; None without one.
    """

    encoded: Encoded
    unknown: list[float]
    staged: tuple[np.ndarray, np.ndarray] | None = None


def _unstaged(encoded: Encoded) -> Piece:
    return Piece(encoded, encoded.unknown)


def score_pieces(
    engine: Engine,
    encoder: TextEncoder,
    texts: Sequence[str],
    prepare: Callable[[list[str]], Piece],
    *,
    budget: BatchBudget | None = None,
    progress: Progress | None = None,
) -> Scored:
    """Compute each different text once.

    Where an accelerator computes, the next piece is prepared beside it. On a CPU both would want
    the same cores, and batches are best sorted over all texts: there is one piece.

    Args:
        engine: engine that computes the logits.
        encoder: tokenizer with its text rule.
        texts: the texts, any number.
        prepare: function that turns texts into a piece; may run in another thread.
        budget: largest number of padded tokens in a batch; ``BATCH_TOKENS`` when None.
        progress: function that is called with the number of texts each time some are done.
    """
    budget = budget or BatchBudget()
    unique, owners = find_repeats(texts)
    repeats = np.bincount(owners, minlength=len(unique))
    logits = np.empty((len(unique), engine.labels), dtype=np.float32)
    truncated, early = np.zeros((2, len(unique)), dtype=bool)
    unknown = np.zeros(len(unique))
    tokens, is_staged = 0, False
    size = PIECE_TEXTS if _computes_beside(engine.device) else max(1, len(unique))
    pieces = [slice(start, start + size) for start in range(0, len(unique), size)]
    with engine.prepared(len(unique)):
        for rows, piece in zip(pieces, ahead(prepare, [unique[p] for p in pieces]), strict=True):
            if rows.start == 0:
                budget.begin(piece.encoded.tokens * len(pieces))
            own = np.arange(len(unique))[rows]
            unknown[own] = piece.unknown
            if piece.staged is not None:
                is_staged = True
                logits[own], early[own] = piece.staged
                if progress is not None and early[own].any():
                    progress(int(repeats[own[early[own]]].sum()))
                own = own[~early[own]]
            logits[own] = score_windows(
                engine,
                piece.encoded.windows,
                encoder,
                budget=budget,
                progress=progress and partial(_count, progress, repeats[own]),
            )
            truncated[own] = piece.encoded.truncated
            tokens += piece.encoded.tokens
    return Scored(
        logits[owners],
        truncated[owners].tolist(),
        tokens,
        unknown[owners],
        early[owners] if is_staged else None,
    )


def _computes_beside(device: torch.device) -> bool:
    return device.type != "cpu"


def _count(progress: Progress, repeats: np.ndarray, batch: list[int]) -> None:
    progress(int(repeats[batch].sum()))


def ahead(function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Yield the function of each item; that of the next one is found in another thread."""
    if len(items) < 2:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(max_workers=1) as worker:
        waiting = worker.submit(function, items[0])
        for item in items[1:]:
            found = waiting.result()
            waiting = worker.submit(function, item)
            yield found
        yield waiting.result()


def score_windows(
    engine: Engine,
    windows: Sequence[Sequence[Sequence[int]]],
    encoder: TextEncoder,
    *,
    budget: BatchBudget | None = None,
    progress: Callable[[list[int]], None] | None = None,
    is_exact: bool = False,
) -> np.ndarray:
    """Compute ``(N, C)`` float32 logits of tokenised texts; ``progress`` gets finished indices.

    ``is_exact`` pads a batch to its longest row and no further: for many short texts.
    """
    budget = budget or BatchBudget()
    lengths = [sum(len(window) for window in text) for text in windows]
    logits: np.ndarray | None = None
    with engine.prepared(len(windows)):
        for batch in token_batches(lengths, batch_tokens=budget.next):
            started = time.perf_counter()
            rows = [window for index in batch for window in windows[index]]
            counts = [len(windows[index]) for index in batch]
            padded = encoder.pad(rows, is_exact=is_exact)
            inputs = {name: x.to(engine.device) for name, x in padded.items()}
            out = average_windows(engine.logits(inputs), counts).cpu().numpy()
            if logits is None:
                logits = np.empty((len(windows), out.shape[1]), dtype=np.float32)
            logits[batch] = out
            budget.finished(inputs["input_ids"].numel(), time.perf_counter() - started)
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
        ``(N, C)`` float32 logits and ``(N, H)`` float32 last hidden states of the encoder, averaged
        over the tokens of each text.
    """
    import torch

    windows = encoder.encode(texts).windows
    lengths = [sum(len(window) for window in text) for text in windows]
    logits: list[Any] = [None] * len(windows)
    features: list[Any] = [None] * len(windows)
    model.eval()
    for batch in token_batches(lengths, batch_tokens=BatchBudget().next):
        rows = [window for index in batch for window in windows[index]]
        counts = [len(windows[index]) for index in batch]
        inputs = {k: v.to(device) for k, v in encoder.pad(rows).items()}
        with torch.inference_mode(), autocast(device, precision):
            out = model(**inputs, output_hidden_states=True)
        means = mean_state(out, inputs["attention_mask"])
        batch_logits = average_windows(out.logits.float(), counts).cpu().numpy()
        batch_features = average_windows(means, counts).cpu().numpy()
        for row, index in enumerate(batch):
            logits[index], features[index] = batch_logits[row], batch_features[row]
        if progress is not None:
            progress(len(batch))
    return np.stack(logits), np.stack(features)


def mean_state(out: Any, mask: torch.Tensor) -> torch.Tensor:
    """Average the encoder's last states over the tokens of each text; ``(B, H)`` float32."""
    # Of T5 and BART the encoder's, as their decoder reads the text once more.
    states: torch.Tensor = (out.get("hidden_states") or out["encoder_hidden_states"])[-1].float()
    if states.shape[1] != mask.shape[1]:  # Funnel joins tokens; the first one stays for itself
        return states[:, 0]
    weights = mask[:, :, None].float()
    return (states * weights).sum(dim=1) / weights.sum(dim=1)


def find_repeats(texts: Iterable[str]) -> tuple[list[str], np.ndarray]:
    """Return the different texts in order of appearance, and for each text which one it is."""
    index: dict[str, int] = {}
    owners = [index.setdefault(text, len(index)) for text in texts]
    return list(index), np.asarray(owners, dtype=np.int64)
