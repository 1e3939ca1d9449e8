"""What keeps the texts that are sent to be watched. The routes know no more about it than this.

:mod:`sentilora.monitoring` makes the real one, which answers when a text is in the store; the tests
have one without a store.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from sentilora.errors import SentiloraError

if TYPE_CHECKING:
    from prometheus_client.core import Metric


@dataclass(frozen=True)
class Entry:
    """One record as it came.

    Attributes:
        value: what was sent; where it is no JSON, the beginning of it.
        problem: why it is no JSON; None where it is.
    """

    value: Any
    problem: str | None = None


@dataclass(frozen=True)
class GivenLabel:
    """What a person says that a stored text is.

    Attributes:
        id: id of the text.
        label: label that it should have.
        source: channel that it came by; None where its id is in one channel only.
        text: its words, where the store keeps none.
        place: where it stands in the request.
    """

    id: str
    label: str
    source: str | None
    text: str | None
    place: str


@dataclass(frozen=True)
class Kept:
    """What became of a record.

    Attributes:
        index: place of the record in the request.
        id: id of the record, as it was sent or given here; None where it was refused.
        source: channel that it is counted in.
        outcome: ``stored``; ``known``, if it had been stored before; or ``refused``.
        reason: why it was refused; None otherwise.
    """

    index: int
    id: str | None
    source: str
    outcome: Literal["stored", "known", "refused"]
    reason: str | None = None


class Counts(Protocol):
    """What is counted, in Prometheus's words."""

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; quick, as the event loop waits for it."""


class Inbox(Protocol):
    """Takes records to be stored. Every method may be called from any thread.

    Attributes:
        counts: what it counts for the metrics; None for nothing.
    """

    counts: Counts | None

    def offer(
        self, entries: Sequence[Entry], token: str, deadline: float | None
    ) -> Future[list[Kept]]:
        """Take records in, and return at once.

        Args:
            entries: the records.
            token: what the ids of records without one begin with.
            deadline: time on ``time.monotonic()`` after which nobody waits any more; None for
                never.

        Returns:
            What will have become of each record, once that is certain. Cancel it when the client
            has gone: what has not been taken up then is dropped.

        Raises:
            QueueFull: as much waits as may wait, or so much that it would come too late.
            StoreAway: nothing can be stored at present.
            Closing: nothing is accepted any more.
        """

    def close(self, timeout_s: float) -> None:
        """Accept nothing more, and store what was accepted."""


@runtime_checkable
class Corrector(Protocol):
    """An inbox that takes corrections of what it has stored, too."""

    def correct(self, given: Sequence[GivenLabel], by: str) -> list[dict[str, str]]:
        """Store what people say of texts, all of it or nothing; it may wait for the store.

        Args:
            given: the labels.
            by: who gives them.

        Returns:
            ``id``, ``source``, ``model``, ``before`` and ``after`` of each.

        Raises:
            DataError: there is no such text or label; all problems are told.
            StoreAway: nothing can be stored at present.
        """


class StoreAway(SentiloraError):  # noqa: N818 - a state, which is told to the client
    """Nothing can be stored at present; try again after ``retry_after_s`` seconds."""

    def __init__(self, retry_after_s: float = 5.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(
            "The store does not take texts at present, so these were not accepted. Send them again "
            f"in {max(1, round(retry_after_s))} s, with the same ids or the same Idempotency-Key: "
            "what should have been stored meanwhile is then known."
        )
