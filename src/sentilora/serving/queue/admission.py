"""Who may wait: not more than there is room for, and nobody who would wait in vain.

How quickly what waits goes away is measured while there is always something that waits, what lies
further back counting less. A short queue tells little of a long one, whose batches are larger: more
texts than have waited are taken to be answered in the time of these, and nobody is refused after a
quiet time.

Not covered: texts that are much longer than those before them.
"""

from __future__ import annotations

from sentilora.serving.pool import QueueFull

LEAST_S = 1.0  # of a busy time, before anybody is refused for it
MEMORY_S = 10.0  # what happened before counts half
GUESS = 100.0  # texts a second, where nothing was measured


class Admission:
    """The door of the queue. Whoever calls it holds the queue's lock."""

    def __init__(self, max_requests: int, max_texts: int) -> None:
        """Open the door.

        Args:
            max_requests: largest number of requests that wait or are computed.
            max_texts: largest number of texts that wait.
        """
        self._max_requests, self._max_texts = max_requests, max_texts
        self._since: float | None = None
        self._gone = self._most = 0.0

    def enter(
        self, requests: int, texts: int, own: int, deadline: float | None, now: float
    ) -> None:
        """Let a request in.

        Args:
            requests: number of requests that wait or are computed.
            texts: number of their texts.
            own: number of texts of the request.
            deadline: time after which nobody waits for its answer, in seconds; None for never.
            now: time, in seconds.

        Raises:
            QueueFull: there is no room, or it would not be answered in time.
        """
        rate = self._rate(now)
        found = f"{requests} requests with {texts} texts wait"
        if requests >= self._max_requests or texts + own > self._max_texts:
            most = f"at most {self._max_requests} with {self._max_texts} may"
            raise QueueFull(texts / (rate or GUESS), f"{found}; {most}")
        if rate is not None and deadline is not None:
            takes_s = min(texts + own, self._most) / rate
            late_s = takes_s - (deadline - now)
            if late_s > 0:
                told = f"these {own} would be answered in {takes_s:.0f} s"
                given = f"and have to be in {max(0, deadline - now):.0f} s"
                raise QueueFull(late_s, f"{found}: {told}, {given}")
        if self._since is None:
            self._since, self._gone, self._most = now, 0.0, 0.0

    def left(self, texts: int, rest: int, now: float) -> None:
        """Take note that texts have left the queue.

        Args:
            texts: number of texts.
            rest: number of texts that still wait; none ends the busy time.
            now: time, in seconds.
        """
        self._gone += texts
        if not rest:
            self._since = None
        elif self._since is not None and now - self._since > MEMORY_S:
            self._since += (now - self._since) / 2
            self._gone /= 2
            self._most /= 2
        self._most = max(self._most, texts + rest)

    def _rate(self, now: float) -> float | None:
        """Return how many texts leave in a second; None where that is not known."""
        if self._since is None or now - self._since < LEAST_S or not self._gone:
            return None
        return self._gone / (now - self._since)
