"""What a monitor has done since it began, in plain numbers; a client makes up no new series.

Sources are named by who sends texts: beyond so many, all others are counted together.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from sentilora.monitoring.alerts.alert_book import AlertNews
from sentilora.monitoring.metrics.last_hour import MINUTE_MS, HourSums, LastHour
from sentilora.monitoring.sources.record_batch import RecordBatch, Refused
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord, Store, milliseconds
from sentilora.monitoring.store.store_tables import ALERT, ANSWER, DELIVERY, FEEDBACK

MOST_SOURCES = 50
OTHER = "other"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_LOOKED_S = 10.0
_HOUR_MS = 3_600_000


class Durations:
    """How often something took how long, as a histogram of Prometheus."""

    def __init__(self) -> None:
        self.counts = [0] * (len(SECONDS) + 1)
        self.total_s = 0.0

    def add(self, seconds: float, times: int = 1) -> None:
        """Count a length of time."""
        place = next((n for n, bound in enumerate(SECONDS) if seconds <= bound), len(SECONDS))
        self.counts[place] += times
        self.total_s += times * seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Return upper bounds, and how many lay at or below them."""
        found, below = [], 0
        for name, count in zip([*map(str, SECONDS), "+Inf"], self.counts, strict=True):
            below += count
            found.append((name, float(below)))
        return found


@dataclass
class _StoreState:
    """What the store said last.

    Attributes:
        alerts_open: number of open alerts, by rule.
        waiting: number of deliveries that are still to be sent, by target.
        failed: number of those that were tried and did not arrive, by target.
    """

    alerts_open: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


class LiveTally:
    """Counts what a monitor stores. The monitor's thread counts, any other one reads.

    Args:
        rules: names of the rules, of which none need be open.
        clock: what time it is, in seconds since 1970.

    Attributes:
        lock: to be held by who reads.
        texts: number of records by source and outcome (stored, known, refused).
        labels: number of texts by source, model and label.
        alerts: number of alerts by rule and event (opened, ended).
        last_ms: when a text was stored last, by source, in milliseconds since 1970.
        lag: time from the arrival of texts to their being stored.
        answering: time that the models took for a batch.
        storing: time that the store took for a batch.
        state: what the store said last.
        is_waiting: whether the store does not take texts now.
    """

    def __init__(
        self, rules: Iterable[str] = (), *, clock: Callable[[], float] = time.time
    ) -> None:
        self.lock = threading.Lock()
        self.texts: Counter[tuple[str, str]] = Counter()
        self.labels: Counter[tuple[str, str, str]] = Counter()
        self.alerts: Counter[tuple[str, str]] = Counter()
        self.last_ms: dict[str, int] = {}
        self.lag, self.answering, self.storing = Durations(), Durations(), Durations()
        self.state = _StoreState(dict.fromkeys(rules, 0))
        self.is_waiting = False
        self._rules = tuple(rules)
        self._clock = clock
        self._hours: dict[str, LastHour] = {}
        self._looked_s = 0.0

    def take_rules(self, rules: Iterable[str]) -> None:
        """Count the alerts of these rules from now on, which have names."""
        self._rules = tuple(rules)

    def recall(self, store: Store, model: str) -> None:
        """Take up what the store holds of the last hour."""
        now_ms = self._now_ms()
        with store.engine.connect() as connection, self.lock:
            for source, minute, *sums in _read_minutes(connection, model, now_ms - _HOUR_MS):
                self._hour(source).add(minute * MINUTE_MS, now_ms, HourSums(*sums))

    def count(
        self,
        answered: Sequence[AnsweredRecord],
        new: Sequence[AnsweredRecord],
        refused: Sequence[Refused],
        news: Sequence[AlertNews],
    ) -> None:
        """Count what was stored of a batch; ``new`` are those that were not there before."""
        now_ms = self._now_ms()
        with self.lock:
            self.is_waiting = False
            known = Counter(one.record.source for one in answered)
            known.subtract(one.record.source for one in new)
            for source, times in known.items():
                self.texts[self._source(source), "known"] += times
            for one in new:
                source = self._source(one.record.source)
                self.texts[source, "stored"] += 1
                self.last_ms[source] = now_ms
                self._add(source, milliseconds(one.record), now_ms, one.answers)
            for trouble in refused:
                self.texts[self._source(trouble.source), "refused"] += 1
            for told in news:
                self.alerts[told.alert.rule, told.event] += 1

    def time(self, batch: RecordBatch, started_s: float, answered_s: float) -> None:
        """Note how long a batch took, on ``time.monotonic()``, now that it is stored."""
        with self.lock:
            self.is_waiting = False
            if not batch.records:
                return
            now_s = time.monotonic()
            arrived_s = started_s if batch.arrived_s is None else batch.arrived_s
            self.answering.add(answered_s - started_s)
            self.storing.add(now_s - answered_s)
            self.lag.add(now_s - arrived_s, len(batch.records))

    def look(self, store: Store) -> None:
        """Ask the store, now and then, what of it is counted there."""
        now_s = time.monotonic()
        if self._looked_s and now_s - self._looked_s < _LOOKED_S:
            return
        self._looked_s = now_s
        try:
            with store.engine.connect() as connection:
                state = _read_state(connection, self._rules)
        except SQLAlchemyError:  # it is away, which is told elsewhere
            return
        with self.lock:
            self.state = state

    def hours(self) -> dict[str, HourSums]:
        """Return what was said of the texts of the last hour, by source."""
        now_ms = self._now_ms()
        return {source: hour.sums(now_ms) for source, hour in self._hours.items()}

    def _add(self, source: str, at_ms: int, now_ms: int, answers: Sequence[StoredAnswer]) -> None:
        for answer in answers:
            self.labels[source, answer.model, answer.label] += 1
        first = answers[0]
        signed = first.signed
        one = HourSums(1, signed or 0.0, int(signed is not None), first.unknown)
        self._hour(source).add(at_ms, now_ms, one)

    def _hour(self, source: str) -> LastHour:
        return self._hours[self._source(source)]

    def _source(self, source: str) -> str:
        """Return what a source is counted under."""
        if source not in self._hours:
            if len(self._hours) >= MOST_SOURCES:
                source = OTHER
            self._hours.setdefault(source, LastHour())
        return source

    def _now_ms(self) -> int:
        return round(1000 * self._clock())


def _read_minutes(connection: Connection, model: str, since_ms: int) -> Iterable[Sequence[Any]]:
    """Return source, minute, and the sums of what was said of its texts, for each minute."""
    minute = FEEDBACK.c.at_ms // MINUTE_MS
    asked = (
        sa.select(
            FEEDBACK.c.source,
            minute,
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(ANSWER.c.signed), 0.0),
            sa.func.count(ANSWER.c.signed),
            sa.func.sum(ANSWER.c.unknown),
        )
        .join(ANSWER, ANSWER.c.number == FEEDBACK.c.number)
        .where(FEEDBACK.c.at_ms >= since_ms, ANSWER.c.model == model)
        .group_by(FEEDBACK.c.source, minute)
    )
    return connection.execute(asked).all()


def _read_state(connection: Connection, rules: Sequence[str]) -> _StoreState:
    number = sa.func.count()
    is_open = ALERT.c.ended_ms.is_(None)
    alerts = connection.execute(
        sa.select(ALERT.c.rule, number).where(is_open).group_by(ALERT.c.rule)
    )
    tried = sa.func.sum(sa.case((DELIVERY.c.error.is_not(None), 1), else_=0))
    due = connection.execute(
        sa.select(DELIVERY.c.target, number, tried)
        .where(DELIVERY.c.sent_ms.is_(None))
        .group_by(DELIVERY.c.target)
    ).all()
    return _StoreState(
        dict.fromkeys(rules, 0) | {row[0]: row[1] for row in alerts},
        {target: count for target, count, _ in due},
        {target: int(failed) for target, _, failed in due},
    )
