"""Texts to token ids: what is kept of a long text, and batches padded to their longest member.

A text over the limit keeps head and tail (Sun et al. 2019, arXiv:1905.05583, section 5.3.1), only
its head, or is read in overlapping windows whose logits are averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.defaults import HEAD_SHARE, LONG_TEXT
from sentilora.errors import ModelError

if TYPE_CHECKING:
    import torch

WINDOW_OVERLAP = 0.25
MOSTLY_UNKNOWN = 0.5  # share of unknown tokens from which a text counts as one that is not read


@dataclass(frozen=True)
class TextRule:
    """How much of a text is read.

    Attributes:
        max_tokens: largest number of tokens of a text (of a window), special tokens included.
        long_text: what is done with longer texts: ``head``, ``head-tail`` or ``windows``.
        head_share: share of the limit that ``head-tail`` keeps at the start, in ``[0, 1]``.
    """

    max_tokens: int
    long_text: str = LONG_TEXT
    head_share: float = HEAD_SHARE


@dataclass(frozen=True)
class Encoded:
    """Token ids of texts.

    Attributes:
        windows: windows of token ids of each text (one, except with ``windows``).
        truncated: whether each text was longer than the limit.
        unknown: share of the tokens of each whole text that the base does not know, in ``[0, 1]``.
    """

    windows: list[list[list[int]]]
    truncated: list[bool]
    unknown: list[float]

    @property
    def tokens(self) -> int:
        """How many there are, special ones included."""
        return sum(len(window) for text in self.windows for window in text)


class TextEncoder:
    """Turn texts into token ids under a rule; works with any fast tokenizer of transformers.

    Attributes:
        unknown_id: token that stands for all that the base does not know; None without one.
        prefix: special tokens at the start of every text (or window).
        suffix: special tokens at the end of every text (or window).
        room: number of tokens that are left for the text.
        head: number of these tokens that ``head-tail`` keeps at the start.
        stride: number of tokens from the start of one window to that of the next.
    """

    def __init__(self, tokenizer: Any, rule: TextRule) -> None:
        self.tokenizer = tokenizer
        self.rule = rule
        self.pad_id = int(tokenizer.pad_token_id or 0)
        self.unknown_id: int | None = tokenizer.unk_token_id
        bare = tokenizer("a", add_special_tokens=False)["input_ids"]
        whole = tokenizer("a")["input_ids"]
        start = _place_of(bare, whole)
        self.prefix = whole[:start]
        self.suffix = whole[start + len(bare) :]
        self.room = rule.max_tokens - len(self.prefix) - len(self.suffix)
        self.head = round(self.room * rule.head_share)
        self.stride = max(1, round(self.room * (1 - WINDOW_OVERLAP)))

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Tokenise texts and cut those over the limit."""
        return self.cut(self.tokenise(texts))

    def tokenise(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the token ids of each whole text, without special tokens."""
        backend = self.tokenizer.backend_tokenizer  # without the offsets that the wrapper asks for
        backend.no_truncation()
        backend.no_padding()
        if len(texts) == 1:  # without threads
            return [backend.encode(texts[0], add_special_tokens=False).ids]
        return [one.ids for one in backend.encode_batch_fast(list(texts), add_special_tokens=False)]

    def cut(self, rows: Sequence[list[int]]) -> Encoded:
        """Cut token ids over the limit, and add special tokens."""
        truncated = [len(row) > self.room for row in rows]
        windows = [
            [self.prefix + piece + self.suffix for piece in (self._cut(row) if long else [row])]
            for row, long in zip(rows, truncated, strict=True)
        ]
        return Encoded(windows, truncated, self.unknown_shares(rows))

    def unknown_shares(self, rows: Sequence[list[int]]) -> list[float]:
        """Return the share of unknown tokens in each text; of one without any token it is 1.

        A token stands for a whole word here: to BERT, a run of emoji or of Thai is a single one.
        """
        unknown = self.unknown_id
        if unknown is None:
            return [0.0 if row else 1.0 for row in rows]
        return [row.count(unknown) / len(row) if row else 1.0 for row in rows]

    def spans(self, text: str) -> list[list[tuple[int, int]]]:
        """Return which characters ``(start, end)`` each token stands for, window by window.

        As long as the windows of :meth:`encode`; special tokens have ``(0, 0)``.
        """
        offsets = self.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        pieces = self._cut(offsets) if len(offsets) > self.room else [offsets]
        nowhere = [(0, 0)]
        return [
            nowhere * len(self.prefix) + list(piece) + nowhere * len(self.suffix)
            for piece in pieces
        ]

    def pad(
        self, rows: Sequence[Sequence[int]], *, is_exact: bool = False
    ) -> dict[str, torch.Tensor]:
        """Pad token ids on the right to the longest row, rounded up by :func:`padded_length`.

        Args:
            rows: token ids of B texts, or windows.
            is_exact: whether the length is that of the longest row, not rounded up.

        Returns:
            ``input_ids`` and ``attention_mask``, both ``(B, T)`` int64.
        """
        import torch

        length = max(len(row) for row in rows)
        if not is_exact:
            length = padded_length(length, self.rule.max_tokens)
        input_ids = np.full((len(rows), length), self.pad_id, dtype=np.int64)
        attention_mask = np.zeros((len(rows), length), dtype=np.int64)
        for index, row in enumerate(rows):
            input_ids[index, : len(row)] = row
            attention_mask[index, : len(row)] = 1
        return {
            "input_ids": torch.from_numpy(input_ids),
            "attention_mask": torch.from_numpy(attention_mask),
        }

    def _cut(self, row: list[Any]) -> list[list[Any]]:
        if self.rule.long_text == "head":
            return [row[: self.room]]
        if self.rule.long_text == "head-tail":
            return [row[: self.head] + row[len(row) - (self.room - self.head) :]]
        last = len(row) - self.room
        starts = [*range(0, last, self.stride), last]
        return [row[start : start + self.room] for start in starts]


def _place_of(bare: list[int], whole: list[int]) -> int:
    """Return where the tokens of a text stand among those with special tokens."""
    for start in range(len(whole) - len(bare) + 1):
        if whole[start : start + len(bare)] == bare:
            return start
    raise ModelError(
        f"The tokenizer of this base makes other tokens of a text ({bare}) when it adds special "
        f"ones ({whole}), so that long texts could not be cut. Choose another base."
    )


def padded_length(longest: int, max_tokens: int) -> int:
    """Round a length up to a multiple of 8, or of 16 beyond 64 tokens, but not over the limit.

    Matrix libraries keep code and buffers for every shape they have met: a training on all lengths
    up to 256 held several GB of them. Few different lengths keep that small.
    """
    step = 8 if longest <= 64 else 16
    return max(longest, min(-(-longest // step) * step, max_tokens))


def average_windows(logits: torch.Tensor, counts: Sequence[int]) -> torch.Tensor:
    """Average the logits of each text's windows.

    Args:
        logits: ``(W, C)`` logits of the windows of all texts, one after the other.
        counts: number of windows of each text; their sum is ``W``.

    Returns:
        ``(B, C)`` logits, one row a text.
    """
    import torch

    if len(counts) == len(logits):
        return logits
    sizes = torch.tensor(counts, device=logits.device)
    owner = torch.repeat_interleave(torch.arange(len(counts), device=logits.device), sizes)
    total = logits.new_zeros((len(counts), logits.shape[1])).index_add(0, owner, logits)
    return total / sizes.to(logits.dtype)[:, None]
