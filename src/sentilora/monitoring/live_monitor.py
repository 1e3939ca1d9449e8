"""What takes the batches of a source: answered, stored, and shown to the rules.

What was accepted is stored: texts, answers, counts, alerts and how far the source was read are
committed together, and only then is a source told. When the store is away, or its disk is full, the
monitor waits and tries again; the source waits meanwhile, so memory does not grow.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from sentilora.errors import DataError
from sentilora.events import EventLog, Listener
from sentilora.message import setting
from sentilora.monitoring.alerts.alert_book import AlertBook, AlertNews
from sentilora.monitoring.answered_records import heard_of
from sentilora.monitoring.conversation_memory import remember_conversations
from sentilora.monitoring.model_panel import Given, ModelPanel, panel_of
from sentilora.monitoring.replies.draft_writer import DraftWriter
from sentilora.monitoring.rules.heard import Finding, Heard
from sentilora.monitoring.rules.rule_engine import RuleEngine
from sentilora.monitoring.rules.rule_kinds import ThemeRule, longest_look_s
from sentilora.monitoring.rules.rules_file import Rules
from sentilora.monitoring.sources.record_batch import RecordBatch, Source
from sentilora.monitoring.store.store import AnsweredRecord, Store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.stored_texts import (
    last_number,
    read_rule_state,
    read_texts,
    row_as_heard,
    write_rule_state,
)

if TYPE_CHECKING:
    from sentilora.monitoring.metrics.live_tally import LiveTally

NO_RULES = Rules((), {})
_LOOKED_S = 1.0
_REMEMBERED_S = 60.0
_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0


@dataclass
class MonitorResult:
    """What a monitor did.

    Attributes:
        texts: number of texts that were stored.
        known: number of texts that had been stored before.
        refused: number of records that were no texts.
        drafts: number of replies that were drafted.
        news: alerts that opened or ended, in order.
    """

    texts: int = 0
    known: int = 0
    refused: int = 0
    drafts: int = 0
    news: list[AlertNews] = field(default_factory=list)


class LiveMonitor:
    """Takes what a source hands over.

    Args:
        models: models whose answers are stored, and which the rules look at.
        store: open store.
        rules: rules, with those who are told.
        drafts: what drafts replies; None for no replies.
        is_dry: whether nobody is told.
        listener: listener to the events ``stored`` (texts, known, refused, drafts), ``alert``
            (event, title, told) and ``waiting`` (reason).
        clock: what time it is, in seconds since 1970.

    Attributes:
        tally: what counts for the metrics; None if nobody asks for them.
        renewals: what is called between two batches, to change rules or models.
    """

    def __init__(
        self,
        models: ModelPanel | Given,
        store: Store,
        rules: Rules = NO_RULES,
        *,
        drafts: DraftWriter | None = None,
        is_dry: bool = False,
        listener: Listener | None = None,
        clock: Any = time.time,
    ) -> None:
        self.panel = panel_of(models)
        self.store = store
        self.rules = rules
        self.drafts = drafts
        self.book = AlertBook(rules, self.panel.first, is_dry=is_dry)
        self.log = EventLog(listener)
        self.tally: LiveTally | None = None
        self.clock = clock
        self.result = MonitorResult()
        self.engine = RuleEngine(rules.rules, rules.models)
        self.renewals: list[Callable[[LiveMonitor], None]] = []
        self._found: queue.SimpleQueue[tuple[ThemeRule, Mapping[str, Finding]]]
        self._found = queue.SimpleQueue()
        self._told: dict[str, tuple[ThemeRule, Mapping[str, Finding]]] = {}  # and not stored yet
        self._last = 0
        self._looked_s = self._remembered_s = 0.0
        self._is_lost = False
        self.panel.note(store)
        self.recall()

    def recall(self) -> None:
        """Have the rules remember what the store holds: what they knew, and what came since."""
        self.engine = RuleEngine(self.rules.rules, self.rules.models)
        if not self.rules.rules:
            return
        with self.store.engine.connect() as connection:
            state, up_to = read_rule_state(connection)
            fresh = self.engine.restore(state)
            up_to = up_to if state else last_number(connection)
            self._last = up_to
            for model in (None, *self.engine.others):
                name = model or self.panel.first
                if fresh and up_to:
                    since_ms = round(1000 * (self.clock() - longest_look_s(fresh)))
                    known = read_texts(connection, name, up_to=up_to, since_ms=since_ms)
                    self.engine.take((row_as_heard(row, model) for row in known), fresh)
                for row in read_texts(connection, name, after=up_to):
                    heard, before = [row_as_heard(row, model)], row["number"] - 1
                    self._remember(connection, heard, before)
                    self.engine.take(heard)
                    self._last = max(self._last, row["number"])

    def tell(self, rule: ThemeRule, found: Mapping[str, Finding]) -> None:
        """Take the themes that a look has found, from whatever thread."""
        self._found.put((rule, found))

    def take_rules(self, rules: Rules) -> bool:
        """Let other rules hold from now on; call it between two batches.

        Rules that are as before go on, new and changed ones learn from the store. Alerts of rules
        that are gone end.

        Returns:
            Whether they hold; False while the store is away.
        """
        now_ms = round(self.clock() * 1000)
        try:
            with writing(self.store.engine) as connection:
                news = self.book.replace(connection, rules, now_ms)
                write_rule_state(connection, self.engine.state(), self._last)
        except DBAPIError:
            return False
        self.rules = self.book.rules = rules
        try:
            self.recall()
        except DBAPIError:
            self._is_lost = True  # they learn before the next batch
        self._remembered_s = 0.0
        if self.tally is not None:
            self.tally.take_rules([one.name for one in rules.rules])
        self._tell(news)
        return True

    def run(self, source: Source, stop: threading.Event) -> None:
        """Take what a source hands over until it ends or ``stop`` is set."""
        with ExitStack() as ending:
            batches = source.batches(self.store.position(source.place), stop)
            ending.callback(getattr(batches, "close", int))  # whatever comes, it lets go
            for batch in batches:
                if not self._take(source, batch, stop):
                    return
                for renew in self.renewals:
                    renew(self)
        self._looked_s = self._remembered_s = 0.0  # look a last time, and remember
        self._keep(source, RecordBatch(), [], stop)

    def _take(self, source: Source, batch: RecordBatch, stop: threading.Event) -> bool:
        """Answer and store a batch; return whether it is stored."""
        if batch.waiting is not None:
            self.log.emit("waiting", reason=batch.waiting)
        started_s = time.monotonic()
        answered = self.panel.answer(batch.records)
        answered_s = time.monotonic()
        if not self._keep(source, batch, answered, stop):
            return False
        batch.acknowledge()
        if self.tally is not None:
            self.tally.time(batch, started_s, answered_s)
            self.tally.look(self.store)
        return True

    def _keep(
        self,
        source: Source,
        batch: RecordBatch,
        answered: list[AnsweredRecord],
        stop: threading.Event,
    ) -> bool:
        """Store a batch, however long the store is away; return whether it is stored."""
        wait_s = _WAIT_S
        while True:
            try:
                if self._is_lost:  # what the rules took was not stored
                    self.recall()
                    self._is_lost = False
                self._store(source, batch, answered)
            except (OperationalError, InterfaceError) as error:
                self._is_lost = True
                batch.delay(str(error.orig))
                if self.tally is not None:
                    self.tally.is_waiting = True
                self.log.emit("waiting", reason=f"{self.store.name}: {error.orig}")
                if stop.wait(wait_s):
                    return False
                wait_s = min(_LONGEST_WAIT_S, 2 * wait_s)
            except DBAPIError as error:  # waiting would not help
                raise DataError(
                    f"{self.store.name} does not take {len(answered):,} texts of {source.name}: "
                    f"{error.orig}. Expected a store that only SentiLoRA writes to. Name another "
                    f"one with {setting('store', 'FILE')}; what was read stays where it came from."
                ) from error
            else:
                return True

    def _store(self, source: Source, batch: RecordBatch, answered: list[AnsweredRecord]) -> None:
        """Commit a batch, and what the rules say of it; an empty one only lets them look."""
        now_s = self.clock()
        if not answered and not batch.refused and now_s - self._looked_s < _LOOKED_S:
            return
        while not self._found.empty():
            rule, found = self._found.get()
            self._told[rule.name] = rule, found
        positions = {} if batch.position is None else {source.place: batch.position}

        def also(
            connection: Connection, new: Sequence[AnsweredRecord], last: int
        ) -> tuple[list[AlertNews], int]:
            news = self._watch(connection, new, last, now_s)
            if self.drafts is None:
                return news, 0
            return news, self.drafts.write(connection, new, self.rules.rules, round(now_s * 1000))

        new, (news, drafts) = self.store.add(answered, positions, batch.refused, also)
        self._told.clear()
        batch.report([one.record for one in new])
        if self.tally is not None:
            self.tally.count(answered, new, batch.refused, news)
        self.result.texts += len(new)
        self.result.known += len(answered) - len(new)
        self.result.refused += len(batch.refused)
        self.result.drafts += drafts
        if answered or batch.refused:
            self.log.emit(
                "stored",
                texts=len(new),
                known=len(answered) - len(new),
                refused=[f"{one.place}: {one.reason}" for one in batch.refused],
                drafts=drafts,
            )
        self._tell(news)

    def _tell(self, news: Sequence[AlertNews]) -> None:
        self.result.news += news
        for one in news:
            self.log.emit("alert", event=one.event, title=one.alert.title, told=one.alert.told)

    def _watch(
        self, connection: Connection, new: Sequence[AnsweredRecord], last: int, now_s: float
    ) -> list[AlertNews]:
        """Show new texts to the rules, and write down what they say."""
        if not self.rules.rules:
            return []
        heard = list(heard_of(new, self.engine.others))
        self._remember(connection, heard, self._last)
        self.engine.take(heard)
        self._last = max(self._last, last)
        for rule, found in self._told.values():
            if rule in self.engine.rules:
                self.engine.tell(rule, found)
        if self._told or now_s - self._remembered_s >= _REMEMBERED_S:
            write_rule_state(connection, self.engine.state(), self._last)
            self._remembered_s = now_s
        self._looked_s = now_s
        return self.book.settle(connection, self.engine, round(now_s * 1000))

    def _remember(self, connection: Connection, heard: Sequence[Heard], up_to: int) -> None:
        remember_conversations(connection, self.engine, heard, self.panel.first, up_to)
