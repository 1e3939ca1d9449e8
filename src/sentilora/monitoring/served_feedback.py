"""A monitor within a server: what clients send to it is stored, answered by the server's model."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy.exc import InterfaceError, OperationalError

from sentilora.errors import SentiloraError
from sentilora.events import Listener
from sentilora.monitoring.alerts.courier import Sender, apprise_sender
from sentilora.monitoring.corrections.stored_corrections import (
    AskedCorrection,
    store_corrections,
)
from sentilora.monitoring.live_watch import open_watch
from sentilora.monitoring.metrics.live_metrics import LiveMetrics
from sentilora.monitoring.model_panel import ModelPanel
from sentilora.monitoring.pooled_model import PooledModel
from sentilora.monitoring.sources.http.feedback_inbox import FeedbackInbox
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.model_names import Names
from sentilora.serving.inbox import Counts, Entry, GivenLabel, Kept, StoreAway
from sentilora.serving.pool import Closing, Pool

logger = logging.getLogger(__name__)


class ServedFeedback:
    """Stores what a server is sent, in a thread of its own; an ``Inbox`` of the server.

    Args:
        pool: pool that answers.
        names: names that the server knows its models by.
        limits: limits of the server.
        store: SQLite file, or the address of a PostgreSQL database.
        rules: ``rules.toml``; nothing is told when None.
        replies: ``replies.toml``, or ``default``; None for no replies.
        keep_text: ``all``; ``none``, to store only what was said of texts; or a number of days.
        listener: listener to the events of :class:`LiveMonitor`.
        send: what sends messages.

    Raises:
        ConfigError: a setting or a rule is wrong; all problems with rules are told at once.
        DataError: the store cannot be opened.
    """

    def __init__(
        self,
        pool: Pool,
        names: Names,
        limits: Limits,
        *,
        store: str | Path,
        rules: str | Path | None = None,
        replies: str | Path | None = None,
        keep_text: str = "all",
        listener: Listener | None = None,
        send: Sender = apprise_sender,
    ) -> None:
        self._stop = threading.Event()
        self._inbox = FeedbackInbox(limits=limits)
        self._stack = ExitStack()
        model = PooledModel(pool, names, self._stop)
        self._watcher = self._stack.enter_context(
            open_watch(
                ModelPanel({model.name: model}),
                store,
                rules,
                replies=replies,
                keep_text=keep_text,
                counts=True,
                listener=listener,
                send=send,
            )
        )
        tally = self._watcher.tally
        assert tally is not None
        self.counts: Counts | None = LiveMetrics(tally, [model.name], self._inbox.waiting)
        self._thread = threading.Thread(target=self._run, name="sentilora-feedback", daemon=True)
        self._thread.start()

    def offer(
        self, entries: Sequence[Entry], token: str, deadline: float | None
    ) -> Future[list[Kept]]:
        """Take records in, and return at once; see :class:`sentilora.serving.inbox.Inbox`."""
        if not self._thread.is_alive() and not self._stop.is_set():
            raise StoreAway(_LATER_S)  # it has failed, as its log says
        return self._inbox.offer(entries, token, deadline)

    def correct(self, given: Sequence[GivenLabel], by: str) -> list[dict[str, str]]:
        """Store what people say; see :class:`sentilora.serving.inbox.Corrector`."""
        asked = [
            AskedCorrection(one.id, one.label, one.source, one.text, one.place) for one in given
        ]
        try:
            done = store_corrections(self._watcher.store, asked, by=by, origin="api")
        except (OperationalError, InterfaceError) as error:
            raise StoreAway from error
        return [
            {name: str(getattr(one, name)) for name in ("id", "source", "model", "before", "after")}
            for one in done
        ]

    def close(self, timeout_s: float) -> None:
        """Accept nothing more, and store what was accepted."""
        self._stop.set()
        self._inbox.close()
        self._thread.join(timeout_s)
        self._stack.close()

    def _run(self) -> None:
        try:
            self._watcher.run(self._inbox, self._stop)
        except Closing:
            return
        except SentiloraError as error:
            logger.error("texts are not stored any more: %s", error)  # noqa: TRY400 - no traceback


_LATER_S = 60.0
