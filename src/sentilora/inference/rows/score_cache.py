"""Scoring with a memory, so that a text that comes again is not computed again.

The memory holds digests and logits, never texts: its size does not depend on theirs.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np

from sentilora.inference.scoring import Progress, Scored, record_type
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.inference.token_budget import measured_budget

CAPACITY = 65_536
PIECE_ROWS = 8192
PIECE_CHARACTERS = 1 << 22  # tokenised at once; tokens take far more memory than characters


class RememberingScorer:
    """Scores texts; what the last ``capacity`` different texts scored is looked up.

    Attributes:
        model: model that computes the texts that are not remembered.
    """

    def __init__(self, model: SentimentModel, *, capacity: int = CAPACITY) -> None:
        self.model = model
        self._capacity = capacity
        self._budget = measured_budget(model.device.type)
        self._places: OrderedDict[bytes, int] = OrderedDict()  # least recently met first
        self._records = np.empty(capacity, dtype=record_type(len(model.labels)))

    def score(self, texts: Sequence[str], progress: Progress | None = None) -> Scored:
        """Compute uncalibrated ``(N, C)`` logits, a bounded piece of the texts at a time.

        Args:
            texts: the texts, any number.
            progress: function that is called with the number of texts each time some have been
                computed; texts that are remembered do not count.
        """
        records = np.empty(len(texts), dtype=self._records.dtype)
        tokens = 0
        for piece in _pieces(texts):
            records[piece], computed = self._score_piece(texts[piece], progress)
            tokens += computed
        has_stages = self.model.first_stage is not None
        return Scored.from_records(records, tokens, has_stages=has_stages)

    def _score_piece(
        self, texts: Sequence[str], progress: Progress | None
    ) -> tuple[np.ndarray, int]:
        """Return a record of each text, and how many tokens were computed."""
        keys = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
        places = np.asarray([self._places.get(key, -1) for key in keys], dtype=np.int64)
        records = self._records[places]
        new = np.flatnonzero(places < 0).tolist()
        tokens = 0
        if new:
            scored = self.model.score(
                [texts[row] for row in new], budget=self._budget, progress=progress
            )
            records[new] = scored.to_records()
            tokens = scored.tokens
        for key, row in dict(zip(keys, range(len(keys)), strict=True)).items():
            self._records[self._place_for(key)] = records[row]
        return records, tokens

    def _place_for(self, key: bytes) -> int:
        """Return where a text is kept; the one not met for the longest time makes room."""
        if key in self._places:
            self._places.move_to_end(key)
            return self._places[key]
        if len(self._places) < self._capacity:
            place = len(self._places)
        else:
            _, place = self._places.popitem(last=False)
        self._places[key] = place
        return place


def _pieces(texts: Sequence[str]) -> Iterator[slice]:
    """Cut into runs that are bounded in rows and, except for a single text, in characters."""
    start = characters = 0
    for row, text in enumerate(texts):
        is_full = row - start == PIECE_ROWS or characters + len(text) > PIECE_CHARACTERS
        if is_full and row > start:
            yield slice(start, row)
            start, characters = row, 0
        characters += len(text)
    if start < len(texts):
        yield slice(start, len(texts))
