"""Which of the texts that wait come into the next batch."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable, Sequence

from sentilora.serving.accepting import Request, Waiting

# Padded tokens of a batch. On two cores larger batches are hardly quicker, and more is padding.
BATCH_TOKENS = {"cpu": 1024}
ON_ACCELERATORS = 16_384
LOOKAHEAD = 512  # texts that wait, among which a batch is chosen


def take_batch(
    waiting: deque[Waiting], is_ready: Callable[[Request], bool], batch_tokens: int | None
) -> list[Waiting]:
    """Take the oldest text, and those of its lane that are like it in length.

    Args:
        waiting: texts in the order in which they came; those of the batch are taken out.
        is_ready: whether a request is to be computed.
        batch_tokens: padded tokens of a batch at most; None for what suits the device.
    """
    while waiting and not is_ready(waiting[0].request):
        waiting.popleft()
    if not waiting:
        return []
    loaded = waiting[0].request.loaded
    fitting: list[tuple[int, int]] = []
    for index, text in enumerate(waiting):
        if index == LOOKAHEAD:
            break
        if text.request.loaded.lane is loaded.lane:
            insort(fitting, (text.length, index))
    budget = batch_tokens or BATCH_TOKENS.get(loaded.served.device, ON_ACCELERATORS)
    chosen = set(like_lengths(fitting, budget))
    head = [waiting.popleft() for _ in range(max(chosen) + 1)]
    waiting.extendleft(reversed([text for index, text in enumerate(head) if index not in chosen]))
    batch = [text for index, text in enumerate(head) if index in chosen]
    return [text for text in batch if is_ready(text.request)]


def like_lengths(fitting: Sequence[tuple[int, int]], batch_tokens: int) -> list[int]:
    """Choose a batch around the oldest text: its neighbours in length, as many as may be.

    Args:
        fitting: ``(length, index)`` of texts, sorted; the oldest has index 0.
        batch_tokens: of the batch, padded, at most; the oldest is in it at any length.

    Returns:
        Indices.
    """
    low = high = next(place for place, (_, index) in enumerate(fitting) if index == 0)
    while True:
        longest = fitting[high][0]
        below = low > 0 and (high - low + 2) * longest <= batch_tokens
        above = high + 1 < len(fitting) and (high - low + 2) * fitting[high + 1][0] <= batch_tokens
        if below and above:  # the one that is nearer in length
            above = fitting[high + 1][0] - longest <= fitting[low][0] - fitting[low - 1][0]
        if above:
            high += 1
        elif below:
            low -= 1
        else:
            return [index for _, index in fitting[low : high + 1]]
