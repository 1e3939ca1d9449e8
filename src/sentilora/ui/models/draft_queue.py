"""The queue of replies behind page *Replies*, opened once for all visitors."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

_LOCK = threading.Lock()
_OPEN: dict[tuple[str, int], ReplyQueue] = {}


def is_there(store: str) -> bool:
    """Whether a store is a database, or a file that exists."""
    return "://" in store or Path(store).expanduser().is_file()


def open_queue(store: str) -> ReplyQueue:
    """Return the queue of a store; one that was made anew is opened anew.

    Args:
        store: SQLite file, or address of a PostgreSQL database.

    Raises:
        MissingExtraError: packages of the extra ``monitor`` are not installed.
        ConfigError, DataError: it is no store.
    """
    from sentilora.monitoring.replies.reply_queue import ReplyQueue

    number = 0 if "://" in store else Path(store).expanduser().stat().st_ino
    with _LOCK:
        if (store, number) not in _OPEN:
            _OPEN[store, number] = ReplyQueue(store)
        return _OPEN[store, number]
