"""What a source hands over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sentilora.monitoring.feedback_record import FeedbackRecord

MOST_RECORDS = 1024  # sorted by length, so many are padded by 10 %, and 256 by 30 %
MOST_LINE_BYTES = 1_000_000


@dataclass(frozen=True)
class Refused:
    """Something that came and is no record.

    Attributes:
        source: name of the channel.
        place: where it stood, as a person would look for it.
        reason: why it is none.
        content: beginning of what came.
    """

    source: str
    place: str
    reason: str
    content: str


def _nothing() -> None:
    """Acknowledge to nobody."""


def _tell_nobody(_: object) -> None:
    """Nobody waits for what becomes of it."""


@dataclass(frozen=True)
class RecordBatch:
    """What came at once; empty when nothing came for a while.

    Attributes:
        records: the texts, in the order in which they came.
        refused: what is no record.
        position: where the source goes on after it, as a JSON value; None for one that cannot.
        acknowledge: to be called once all of it is stored.
        report: to be called before that with those of the records that were new to the store.
        delay: to be called with the reason each time it cannot be stored for now.
        arrived_s: when the oldest of it came, on ``time.monotonic()``; None for just now.
        waiting: why nothing can come at the moment; None where nothing is wrong.
    """

    records: Sequence[FeedbackRecord] = ()
    refused: Sequence[Refused] = ()
    position: Any = None
    acknowledge: Callable[[], None] = field(default=_nothing, compare=False)
    report: Callable[[Sequence[FeedbackRecord]], None] = field(default=_tell_nobody, compare=False)
    delay: Callable[[str], None] = field(default=_tell_nobody, compare=False)
    arrived_s: float | None = None
    waiting: str | None = None


class Source(Protocol):
    """Where texts come from.

    Attributes:
        name: name of the channel.
        place: what its position is kept under, which no other source has.
    """

    name: str
    place: str

    def batches(self, position: Any, stop: threading.Event) -> Iterator[RecordBatch]:
        """Yield what comes from a position on, until it ends or ``stop`` is set.

        An empty batch comes at least every second, so that who waits can look at the clock.
        """
