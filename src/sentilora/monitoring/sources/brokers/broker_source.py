"""A stream, queue or topic of a message broker, made batches of records.

Nothing is acknowledged before it is stored; what was stored and could not be acknowledged comes
again and is known by its key. When the broker is away, the source says so and tries again: after a
second, then after twice as long each time, a minute at most.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sentilora.monitoring.feedback_record import (
    FeedbackRecord,
    RecordColumns,
    RecordProblem,
    read_record,
)
from sentilora.monitoring.sources.broker_address import BrokerAddress
from sentilora.monitoring.sources.brokers.broker_link import BrokerLink, Delivery
from sentilora.monitoring.sources.brokers.broker_links import open_link
from sentilora.monitoring.sources.brokers.loop_thread import LoopThread
from sentilora.monitoring.sources.record_batch import MOST_LINE_BYTES, RecordBatch, Refused
from sentilora.monitoring.sources.record_lines import SHOWN, read_content

_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_LOOKED_S = 1.0


class BrokerSource:
    """A source: what a message broker delivers.

    Args:
        address: where texts lie.
        name: name of the channel.
        form: ``jsonl``, a JSON object a message, or ``text``.
        columns: where the parts of a record stand.
        follows: whether to wait for more when all was read.
        link: what makes a connection.
        clock: what time it is.
    """

    def __init__(
        self,
        address: BrokerAddress,
        name: str,
        form: str,
        columns: RecordColumns,
        *,
        follows: bool = True,
        link: Callable[[BrokerAddress, Any], BrokerLink] = open_link,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.name = name
        self.place = address.shown
        self.follows = follows
        self._address = address
        self._form = form
        self._columns = columns
        self._link = link
        self._clock = clock
        self._position: Any = None
        self._wait_s = _WAIT_S

    def batches(self, position: Any, stop: threading.Event) -> Iterator[RecordBatch]:
        """Yield what comes, from what was not acknowledged on."""
        self._position = position
        with LoopThread() as loop:
            while not stop.is_set():
                link = self._link(self._address, self._position)
                try:
                    loop.run(link.open())
                    yield from self._deliveries(loop, link, stop)
                except link.problems as error:
                    yield RecordBatch(waiting=f"{self.place}: {self._told(error)}")
                else:
                    return
                finally:
                    _close(loop, link)
                yield from _pause(self._wait_s, stop)
                self._wait_s = min(_LONGEST_WAIT_S, 2 * self._wait_s)

    def _deliveries(
        self, loop: LoopThread, link: BrokerLink, stop: threading.Event
    ) -> Iterator[RecordBatch]:
        """Yield what a connection brings, until something is wrong with it."""
        while not stop.is_set():
            taken = loop.run(link.take())
            self._wait_s = _WAIT_S
            if not taken:
                yield RecordBatch()
                if not self.follows and not link.holds:
                    return
                continue
            self._position = link.position(taken)
            lost: list[Exception] = []

            def acknowledge(taken: Sequence[Delivery] = taken, lost: list[Any] = lost) -> None:
                try:
                    loop.run(link.acknowledge(taken))
                except link.problems as error:  # it is stored, and will come again
                    lost.append(error)

            found = [self._read(one) for one in taken if not one.is_stored]
            yield RecordBatch(
                [one for one in found if isinstance(one, FeedbackRecord)],
                [one for one in found if isinstance(one, Refused)],
                self._position,
                acknowledge,
            )
            if lost:
                raise lost[0]

    def _read(self, delivery: Delivery) -> FeedbackRecord | Refused:
        """Make a record of a message, or say why it is none."""
        try:
            return read_record(
                _fields(delivery, self._form),
                source=self.name,
                position=delivery.key,
                now=delivery.at or self._clock(),
                columns=self._columns,
            )
        except RecordProblem as problem:
            return Refused(
                self.name, delivery.place[:SHOWN], str(problem), _shown(delivery.content)
            )

    def _told(self, error: Exception) -> str:
        told = " ".join(self._address.hide(str(error)).split()) or type(error).__name__
        return told[:SHOWN]


def _fields(delivery: Delivery, form: str) -> Any:
    """Return the fields of a message."""
    content = delivery.content
    if delivery.problem is not None:
        raise RecordProblem(delivery.problem)
    if isinstance(content, bytes):
        if len(content) > MOST_LINE_BYTES:
            raise RecordProblem(f"over {MOST_LINE_BYTES:,} bytes")
        return read_content(content, form)
    if sum(map(len, content.values())) > MOST_LINE_BYTES:
        raise RecordProblem(f"over {MOST_LINE_BYTES:,} bytes")
    if form == "text" and len(content) == 1:
        return read_content(next(iter(content.values())), form)
    try:
        return {name: value.decode() for name, value in content.items()}
    except UnicodeDecodeError as error:
        raise RecordProblem(f"it is not UTF-8: {error.reason}") from error


def _shown(content: bytes | Mapping[str, Any]) -> str:
    told = content if isinstance(content, bytes) else b" ".join(content.values())
    return told[: 4 * SHOWN].decode("utf-8", "replace").strip()[:SHOWN]


def _pause(seconds: float, stop: threading.Event) -> Iterator[RecordBatch]:
    """Wait, and let who waits look at the clock meanwhile."""
    while seconds > 0 and not stop.wait(min(seconds, _LOOKED_S)):
        yield RecordBatch()
        seconds -= _LOOKED_S


def _close(loop: LoopThread, link: BrokerLink) -> None:
    with suppress(*link.problems):  # it was lost already
        loop.run(link.close())
