"""A source that listens: a small server, which stores what it is sent and tells metrics."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from sentilora.monitoring.sources.http.feedback_inbox import FeedbackInbox
from sentilora.monitoring.sources.http.side_server import Listening, running_beside
from sentilora.monitoring.sources.record_batch import RecordBatch
from sentilora.serving.http.asgi_app import build_keeping_app
from sentilora.serving.http.server import Door


class ListeningSource:
    """A source: texts over HTTP, as long as it is asked for batches.

    Args:
        inbox: where texts wait.
        door: where to listen.
        listening: function that is called with the address once connections are taken.
    """

    def __init__(self, inbox: FeedbackInbox, door: Door, listening: Listening) -> None:
        self.inbox = inbox
        self.name, self.place = inbox.name, inbox.place
        self._door = door
        self._listening = listening

    def batches(self, position: Any, stop: threading.Event) -> Iterator[RecordBatch]:
        """Yield what comes until ``stop`` is set, and then what was accepted."""
        app = build_keeping_app(
            self.inbox, self.inbox.limits, key=self._door.key, callers=self._door.callers()
        )
        with running_beside(app, self._door, self._listening):
            yield from self.inbox.batches(position, stop)
