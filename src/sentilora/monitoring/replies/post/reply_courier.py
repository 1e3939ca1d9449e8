"""Takes approved replies from the store and sends them, until each has arrived.

A reply is claimed for a minute before it is sent, so that two programs do not send it at once, and
marked as sent once its target has confirmed it: then it is never sent again. A program that is
killed in between sends it again with the same key, by which the target can tell.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from sentilora.monitoring.replies.post.reply_targets import ReplyRefused, ReplyTarget
from sentilora.monitoring.replies.reply_draft import (
    APPROVED,
    FAILED,
    SENT,
    Draft,
    row_as_draft,
    select_drafts,
)
from sentilora.monitoring.store.store import Store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import DRAFT

_LOOKED_S = 1.0
_CLAIMED_S = 60
_FIRST_WAIT_S, _LONGEST_WAIT_S = 10, 3600
_MOST_TRIES = 100  # some four days
_MOST_IN_VAIN = 5  # one after another; then the target is left alone until the next look
_MOST_ERROR = 500


@dataclass
class SentReplies:
    """What was sent.

    Attributes:
        sent: number of replies that arrived.
        waiting: number of those that did not, and are sent again.
        failed: number of those that are given up.
        error: why the last one did not arrive; None when all did.
    """

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    error: str | None = None


class ReplyCourier:
    """Sends what was approved, in a thread of its own.

    Args:
        store: store with the drafts.
        target: where they go.
        clock: what time it is, in seconds since 1970.
    """

    def __init__(
        self, store: Store, target: ReplyTarget, clock: Callable[[], float] = time.time
    ) -> None:
        self.store = store
        self.target = target
        self.clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reply-courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout_s: float = 15.0) -> None:
        """End after the reply that is under way; what is left is sent the next time."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def send_due(self) -> SentReplies:
        """Send what is due now."""
        done, in_vain = SentReplies(), 0
        while in_vain < _MOST_IN_VAIN and (claimed := self._claim()) is not None:
            draft, tries = claimed
            error = self._try(draft, tries)
            if error is None:
                done.sent += 1
                in_vain = 0
            else:
                is_over = isinstance(error, ReplyRefused) or tries >= _MOST_TRIES
                self._postpone(draft, tries, error, is_over=is_over)
                done.failed += is_over
                done.waiting += not is_over
                done.error = str(error)
                in_vain += 1
        return done

    def _claim(self) -> tuple[Draft, int] | None:
        """Take the next reply for a while; return it, and the number of its tries with this one."""
        now_ms = round(self.clock() * 1000)
        is_due = (DRAFT.c.state == APPROVED) & (DRAFT.c.due_ms <= now_ms)
        with writing(self.store.engine) as connection:
            asked = (
                sa.select(DRAFT.c.number, DRAFT.c.tries)
                .where(is_due)
                .order_by(DRAFT.c.due_ms, DRAFT.c.number)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            found = connection.execute(asked).first()
            if found is None:
                return None
            number, tries = found
            values = {"due_ms": now_ms + 1000 * _CLAIMED_S, "tries": tries + 1}
            its_own = DRAFT.c.number == number
            connection.execute(sa.update(DRAFT).where(its_own).values(values))
            row = connection.execute(select_drafts().where(its_own)).mappings().one()
            return row_as_draft(row), tries + 1

    def _try(self, draft: Draft, tries: int) -> OSError | None:
        """Send one, and mark it; return what went wrong."""
        try:
            self.target.send(draft, is_again=tries > 1)
        except OSError as error:
            return error
        now_ms = round(self.clock() * 1000)
        values = {"state": SENT, "sent_ms": now_ms, "changed_ms": now_ms, "error": None}
        with writing(self.store.engine) as connection:
            its_own = DRAFT.c.number == draft.number
            connection.execute(sa.update(DRAFT).where(its_own).values(values))
        return None

    def _postpone(self, draft: Draft, tries: int, error: OSError, *, is_over: bool) -> None:
        now_ms = round(self.clock() * 1000)
        wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(tries - 1, 12))
        values = {
            "due_ms": now_ms + 1000 * wait_s,
            "error": str(error)[:_MOST_ERROR] or type(error).__name__,
            **({"state": FAILED, "changed_ms": now_ms} if is_over else {}),
        }
        is_same = (DRAFT.c.number == draft.number) & (DRAFT.c.state == APPROVED)
        with writing(self.store.engine) as connection:
            connection.execute(sa.update(DRAFT).where(is_same).values(values))

    def _run(self) -> None:
        while not self._stop.wait(_LOOKED_S):
            try:
                self.send_due()
            except SQLAlchemyError:  # the store is away; what is approved stays in it
                self._stop.wait(_FIRST_WAIT_S)
