"""Scoring with a memory, so that a text that comes again is not computed again.

The memory holds digests and logits, never texts: its size does not depend on theirs.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from hashlib import blake2b

import numpy as np

from sentilora.inference.scoring import Progress, Scored
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
        self._logits = np.empty((capacity, len(model.labels)), dtype=np.float32)
        self._truncated = np.zeros(capacity, dtype=bool)
        self._early = np.zeros(capacity, dtype=bool)

    def score(self, texts: Sequence[str], progress: Progress | None = None) -> Scored:
        """Compute uncalibrated ``(N, C)`` logits, a bounded piece of the texts at a time.

        Args:
            texts: the texts, any number.
            progress: function that is called with the number of texts each time some have been
                computed; texts that are remembered do not count.
        """
        logits = np.empty((len(texts), len(self.model.labels)), dtype=np.float32)
        truncated, early = np.zeros((2, len(texts)), dtype=bool)
        tokens = 0
        for piece in _pieces(texts):
            scored = self._score_piece(texts[piece], progress)
            logits[piece], truncated[piece], early[piece] = (
                scored.logits,
                scored.truncated,
                scored.early,
            )
            tokens += scored.tokens
        is_cascade = self.model.first_stage is not None
        return Scored(logits, truncated.tolist(), tokens, early if is_cascade else None)

    def _score_piece(self, texts: Sequence[str], progress: Progress | None) -> Scored:
        keys = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
        places = np.asarray([self._places.get(key, -1) for key in keys], dtype=np.int64)
        logits = self._logits[places]
        truncated = self._truncated[places]
        early = self._early[places]
        new = np.flatnonzero(places < 0).tolist()
        tokens = 0
        if new:
            scored = self.model.score(
                [texts[row] for row in new], budget=self._budget, progress=progress
            )
            logits[new], truncated[new] = scored.logits, scored.truncated
            early[new] = False if scored.early is None else scored.early
            tokens = scored.tokens
        for key, row in dict(zip(keys, range(len(keys)), strict=True)).items():
            place = self._place_for(key)
            self._logits[place], self._truncated[place] = logits[row], truncated[row]
            self._early[place] = early[row]
        return Scored(logits, truncated.tolist(), tokens, early)

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
