"""Tokenised examples on disk, so that memory does not grow with the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sentilora.model.tokens import TextEncoder

if TYPE_CHECKING:
    from collections.abc import Callable

    import datasets

    from sentilora.data.labelled.examples import Examples

CHUNK = 1000


class EncodedExamples:
    """Token ids of examples in one flat memory-mapped file.

    Attributes:
        lengths: ``(N,)`` int64, number of tokens of each text over all its windows.
        label_ids: ``(N,)`` int64, label id of each text.
        truncated_share: share of texts over the limit, in ``[0, 1]``.
    """

    def __init__(
        self,
        tokens: np.ndarray,
        starts: np.ndarray,
        owners: np.ndarray,
        label_ids: np.ndarray,
        truncated_share: float,
    ) -> None:
        self._tokens = tokens
        self._starts = starts  # (W + 1,) first token of each window
        self._owners = owners  # (N + 1,) first window of each text
        self.label_ids = label_ids
        self.truncated_share = truncated_share
        self.lengths = starts[owners[1:]] - starts[owners[:-1]]

    def __len__(self) -> int:
        return len(self.label_ids)

    def windows(self, index: int) -> list[list[int]]:
        """Return the windows of one text."""
        return [
            self._tokens[self._starts[w] : self._starts[w + 1]].tolist()
            for w in range(self._owners[index], self._owners[index + 1])
        ]


def encode_examples(
    examples: Examples,
    encoder: TextEncoder,
    path: Path,
    progress: Callable[[int], None] | None = None,
) -> EncodedExamples:
    """Tokenise all texts once, into a file."""
    return encode_table(examples.table, examples.label_ids, encoder, path, progress)


def encode_table(
    table: datasets.Dataset,
    label_ids: np.ndarray,
    encoder: TextEncoder,
    path: Path,
    progress: Callable[[int], None] | None = None,
) -> EncodedExamples:
    """Tokenise the column ``text`` of a table once, into a file."""
    starts = [np.zeros(1, dtype=np.int64)]
    windows_per_text = []
    truncated = 0
    with path.open("wb") as file:
        for batch in table.select_columns(["text"]).iter(batch_size=CHUNK):
            encoded = encoder.encode(batch["text"])
            truncated += sum(encoded.truncated)
            windows_per_text += [len(text) for text in encoded.windows]
            flat = [window for text in encoded.windows for window in text]
            starts.append(np.asarray([len(window) for window in flat], dtype=np.int64))
            file.write(np.concatenate([np.asarray(w, dtype=np.int32) for w in flat]).tobytes())
            if progress is not None:
                progress(len(encoded.windows))
    return EncodedExamples(
        np.memmap(path, dtype=np.int32, mode="r"),
        np.cumsum(np.concatenate(starts)),
        np.cumsum([0, *windows_per_text]),
        label_ids,
        truncated / max(1, len(table)),
    )
