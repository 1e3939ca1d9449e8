"""Where texts over HTTP wait to be stored; a source for the monitor, an inbox for the routes.

A request waits as a whole, and is stored as a whole; it is answered when that is certain. No more
waits than the limits of the server allow. While the store is away, what waits is given back to its
clients, and nothing is taken in.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sentilora.monitoring.feedback_record import (
    FeedbackRecord,
    RecordColumns,
    RecordProblem,
    read_record,
)
from sentilora.monitoring.sources.record_batch import MOST_RECORDS, RecordBatch, Refused
from sentilora.serving.http.limits import Limits
from sentilora.serving.inbox import Counts, Entry, Kept, StoreAway
from sentilora.serving.pool import Closing
from sentilora.serving.queue.admission import Admission

_IDLE_S = 1.0
_LOOKED_S = 0.1
_STALLED_S = 20.0  # a batch that takes longer holds up all others
_SHOWN = 200


@dataclass
class _Parcel:
    """The records of a request.

    Attributes:
        found: what each of them is: a record, or why it is none.
        answer: what will have become of them.
        arrived_s: when they came, on ``time.monotonic()``.
    """

    found: Sequence[FeedbackRecord | Refused]
    answer: Future[list[Kept]] = field(default_factory=Future)
    arrived_s: float = field(default_factory=time.monotonic)

    def fail(self, error: Exception) -> None:
        """Tell the client that they are not stored, if it waits."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def settle(self, new: set[int]) -> None:
        """Tell the client that they are stored; ``new`` holds the ids of the objects that were."""
        if not self.answer.done():
            self.answer.set_result([_kept(*one, new) for one in enumerate(self.found)])


class FeedbackInbox:
    """A source: what clients send, from the moment at which it is asked for batches.

    Args:
        name: name of the channel, for records that name none.
        columns: where the parts of a record stand.
        limits: limits of the server.
        clock: what time it is.

    Attributes:
        counts: what is counted for the metrics; None for nothing.
    """

    def __init__(
        self,
        name: str = "http",
        columns: RecordColumns | None = None,
        limits: Limits | None = None,
        *,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.name = name
        self.place = "http"
        self.columns = columns or RecordColumns()
        self.limits = limits or Limits()
        self.counts: Counts | None = None
        self._clock = clock
        self._changed = threading.Condition()
        self._admission = Admission(
            self.limits.max_concurrent_requests, self.limits.max_queue_texts
        )
        self._waiting: deque[_Parcel] = deque()
        self._under_way: list[_Parcel] = []
        self._since_s = 0.0  # when these were taken up
        self._texts = 0
        self._is_away = self._is_closing = False

    def waiting(self) -> int:
        """Return how many texts wait, or are being stored."""
        with self._changed:
            return self._texts

    def offer(
        self, entries: Sequence[Entry], token: str, deadline: float | None
    ) -> Future[list[Kept]]:
        """Take records in, and return at once; see :class:`sentilora.serving.inbox.Inbox`."""
        parcel = _Parcel([self._read(entry, f"{token}-{n}") for n, entry in enumerate(entries)])
        now_s = time.monotonic()
        with self._changed:
            if self._is_closing:
                raise Closing
            if self._is_away or (self._under_way and now_s - self._since_s > _STALLED_S):
                raise StoreAway
            requests = len(self._waiting) + len(self._under_way)
            self._admission.enter(requests, self._texts, len(entries), deadline, now_s)
            self._waiting.append(parcel)
            self._texts += len(entries)
            self._changed.notify()
        return parcel.answer

    def close(self, timeout_s: float = 0.0) -> None:
        """Accept nothing more; what was accepted is still handed over."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()

    def batches(self, position: Any, stop: threading.Event) -> Iterator[RecordBatch]:
        """Yield what comes; at a stop what was accepted, and no more. A position means nothing."""
        try:
            while True:
                parcels = self._take(stop)
                if parcels:
                    yield self._batch(parcels)
                    self._forget(parcels)
                elif self._is_closing:
                    return
                else:
                    yield RecordBatch(delay=self._give_back)
        finally:
            self.close()
            with self._changed:
                left = [*self._under_way, *self._waiting]
            for parcel in left:
                parcel.fail(Closing())

    def _take(self, stop: threading.Event) -> list[_Parcel]:
        """Wait for requests, a while at most; return some of them."""
        until_s = time.monotonic() + _IDLE_S
        with self._changed:
            self._is_away = False  # who asks for more has stored what came before
            while not self._waiting and not self._is_closing and time.monotonic() < until_s:
                if stop.is_set():
                    self._is_closing = True
                self._changed.wait(_LOOKED_S)
            self._is_closing = self._is_closing or stop.is_set()
            texts, taken = 0, list[_Parcel]()
            while self._waiting and (not taken or texts < MOST_RECORDS):
                parcel = self._waiting.popleft()
                if parcel.answer.set_running_or_notify_cancel():
                    taken.append(parcel)
                    texts += len(parcel.found)
                else:  # its client has gone
                    self._count_out(parcel)
            self._under_way, self._since_s = taken, time.monotonic()
        return taken

    def _batch(self, parcels: Sequence[_Parcel]) -> RecordBatch:
        found = [one for parcel in parcels for one in parcel.found]
        new: set[int] = set()

        def report(records: Iterable[FeedbackRecord]) -> None:
            new.update(map(id, records))

        def acknowledge() -> None:
            for parcel in parcels:
                parcel.settle(new)

        return RecordBatch(
            [one for one in found if isinstance(one, FeedbackRecord)],
            [one for one in found if isinstance(one, Refused)],
            acknowledge=acknowledge,
            report=report,
            delay=self._give_back,
            arrived_s=min(parcel.arrived_s for parcel in parcels),
        )

    def _give_back(self, reason: str) -> None:
        """Tell all clients that the store is away, and keep only what is under way."""
        with self._changed:
            self._is_away = True
            left, self._waiting = list(self._waiting), deque()
            for parcel in left:
                self._count_out(parcel)
            told = [*self._under_way, *left]
        for parcel in told:
            parcel.fail(StoreAway())

    def _forget(self, parcels: Iterable[_Parcel]) -> None:
        with self._changed:
            self._under_way = []
            for parcel in parcels:
                self._count_out(parcel)

    def _count_out(self, parcel: _Parcel) -> None:
        self._texts -= len(parcel.found)
        self._admission.left(len(parcel.found), self._texts, time.monotonic())

    def _read(self, entry: Entry, position: str) -> FeedbackRecord | Refused:
        """Make a record of what was sent, or say why it is none."""
        refuse = partial(_refused, self.name, position, entry.value)
        if entry.problem is not None:
            return refuse(entry.problem)
        try:
            record = read_record(
                entry.value,
                source=self.name,
                position=position,
                now=self._clock(),
                columns=self.columns,
            )
        except RecordProblem as problem:
            return refuse(str(problem))
        most = self.limits.max_text_characters
        if len(record.text) > most:
            return refuse(f"the text has {len(record.text):,} characters; at most {most:,}")
        return record


def _kept(index: int, found: FeedbackRecord | Refused, new: set[int]) -> Kept:
    if isinstance(found, Refused):
        return Kept(index, None, found.source, "refused", found.reason)
    return Kept(index, found.id, found.source, "stored" if id(found) in new else "known")


def _refused(source: str, place: str, value: Any, reason: str) -> Refused:
    return Refused(source, place, reason, _beginning(value))


def _beginning(value: Any) -> str:
    """Return the beginning of what was sent, as the store can hold it."""
    if not isinstance(value, str):
        try:
            value = json.dumps(value, ensure_ascii=False)
        except RecursionError:
            value = "something nested too deeply"
    shown: str = value[:_SHOWN].replace("\0", "\ufffd")
    return shown.encode("utf-8", "replace").decode("utf-8")
