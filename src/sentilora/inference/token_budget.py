"""How many padded tokens a batch has: a fixed number, or what a large job's own batches show.

The best number depends on caches, on the memory allocator and on the device, not on the model
alone: too small leaves units idle, too large leaves the cache. So sizes take turns over the first
batches of a large job, whose answers count like all others, and the quickest is kept. Texts come
sorted by length, so that neighbouring batches, which are compared, hold texts of like length.

The size of batches changes how far texts are padded, and so the last digits of a logit (1e-6 in
float32). Files and streams are predicted so; all else uses ``BATCH_TOKENS`` and repeats itself.
"""

from __future__ import annotations

from collections.abc import Sequence

BATCH_TOKENS = 4096
CANDIDATES = {"cpu": (2048, BATCH_TOKENS, 8192)}
ON_ACCELERATORS = (BATCH_TOKENS, 16_384, 65_536)
ROUNDS = 4  # batches of each size; the first prepares code for its shapes and does not count
FULL = 0.7  # share of its budget that a batch must have to count
GAIN = 1.03  # a size other than the first must be so many times as quick


class BatchBudget:
    """The padded tokens of the next batch.

    Attributes:
        tokens: number of tokens that was settled on; until then what jobs too small to try sizes on
            get.
        tried: sizes that are still to be compared; empty once one was chosen.
    """

    def __init__(self, tokens: int = BATCH_TOKENS, tried: Sequence[int] = ()) -> None:
        self.tokens = tokens
        self.tried = tuple(tried)
        self._rates: dict[int, list[tuple[int, float]]] = {size: [] for size in tried}
        self._is_trying = False
        self._asked = tokens

    def begin(self, tokens: int) -> None:
        """Take note of a job of so many tokens: only a large one is worth trying sizes on."""
        self._is_trying = tokens >= 2 * ROUNDS * sum(self.tried) > 0

    def next(self) -> int:
        """Return the padded tokens that the next batch may have."""
        self._asked = self.tokens
        if self._is_trying:
            self._asked = min(self.tried, key=lambda size: (len(self._rates[size]), size))
        return self._asked

    def finished(self, tokens: int, seconds: float) -> None:
        """Learn how long the batch took for which :meth:`next` was asked, and its padded tokens."""
        if not self._is_trying or tokens < FULL * self._asked:
            return
        self._rates[self._asked].append((tokens, seconds))
        if all(len(found) >= ROUNDS for found in self._rates.values()):
            self._settle()

    def _settle(self) -> None:
        rates = {}
        for size, found in self._rates.items():
            counted = found[1:]
            rates[size] = sum(n for n, _ in counted) / max(sum(s for _, s in counted), 1e-9)
        best = max(rates, key=lambda size: rates[size])
        if self.tokens not in rates or rates[best] > GAIN * rates[self.tokens]:
            self.tokens = best
        self.tried, self._is_trying = (), False


def measured_budget(device_type: str) -> BatchBudget:
    """Return a budget that a first large job chooses, for ``cpu``, ``cuda`` or ``mps``."""
    return BatchBudget(BATCH_TOKENS, CANDIDATES.get(device_type, ON_ACCELERATORS))
