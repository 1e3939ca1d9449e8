"""Which of the texts that wait come into the next batch."""

from __future__ import annotations

from bisect import insort
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from sentilora.serving.queue.backends import Lane
from sentilora.serving.queue.requests import Request, Waiting

# Padded tokens of a batch. On two cores larger batches are hardly quicker, and more is padding.
BATCH_TOKENS = {"cpu": 1024}
ON_ACCELERATORS = 16_384
LOOKAHEAD = 512  # texts that wait, among which a batch is chosen
# Tokens that have to wait before they are computed beside another batch of the same lane. A few
# texts wait for it to end instead, and are computed with those that come meanwhile.
BESIDE_TOKENS = 100


def take_batch(
    waiting: deque[Waiting], is_ready: Callable[[Request], bool], batch_tokens: int | None
) -> list[Waiting]:
    """Take the oldest text whose lane is free, and those of its lane that are like it in length.

    Args:
        waiting: texts in the order in which they came; those of the batch are taken out.
        is_ready: function that says whether a request is to be computed.
        batch_tokens: largest number of padded tokens in a batch; None for what suits the device.

    Returns:
        The batch; empty when nothing waits, or nothing that may be computed now.
    """
    batch: list[Waiting] = []
    while not batch:  # all that was chosen may be wanted by nobody any more
        lane = _free_lane(waiting)
        if lane is None:
            return []
        fitting: list[tuple[int, int]] = []
        for index, text in enumerate(islice(waiting, LOOKAHEAD)):
            if text.request.loaded.lane is lane:
                insort(fitting, (text.length, index))
        oldest = waiting[min(index for _, index in fitting)].request.loaded
        budget = batch_tokens or BATCH_TOKENS.get(oldest.served.device, ON_ACCELERATORS)
        chosen = set(like_lengths(fitting, budget))
        head = [waiting.popleft() for _ in range(max(chosen) + 1)]
        waiting.extendleft(reversed([one for at, one in enumerate(head) if at not in chosen]))
        batch = [one for at, one in enumerate(head) if at in chosen and is_ready(one.request)]
    return batch


def _free_lane(waiting: Iterable[Waiting]) -> Lane | None:
    """Return the lane of the oldest text that may be computed now."""
    tokens: Counter[int] = Counter()
    for text in islice(waiting, LOOKAHEAD):
        lane = text.request.loaded.lane
        tokens[id(lane)] += text.length
        if not lane.running or (lane.running < lane.most and tokens[id(lane)] >= BESIDE_TOKENS):
            return lane
    return None


def like_lengths(fitting: Sequence[tuple[int, int]], batch_tokens: int) -> list[int]:
    """Choose a batch around the oldest text: its neighbours in length, as many as may be.

    Args:
        fitting: pairs ``(length, index)`` of texts, sorted; the oldest has the lowest index.
        batch_tokens: largest number of padded tokens in a batch; the oldest text is in it at any
            length.

    Returns:
        Indices.
    """
    low = high = min(range(len(fitting)), key=lambda place: fitting[place][1])
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
