"""The store of a monitor, open for all visitors, and found again when it was away.

Pages read here while the monitor writes; SQLite keeps neither of them waiting. A file that was
replaced is opened anew: an open one would go on to show what is no longer there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sentilora.errors import DataError
from sentilora.files import path_of
from sentilora.message import command
from sentilora.monitoring.store.store import Store, open_store
from sentilora.samples import GENERAL
from sentilora.ui.settings import read_app_settings

_Identity = tuple[int, int] | None

_held: dict[str, tuple[_Identity, Store]] = {}
_lock = threading.Lock()


@contextmanager
def reading() -> Iterator[Connection]:
    """Give a connection to the store that the command named.

    Raises:
        DataError: it is not there, is none, or went away meanwhile; the next try may succeed.
        ConfigError: what was named can be no store.
    """
    store = page_store()
    try:
        with store.engine.connect() as connection:
            yield connection
    except (DBAPIError, PoolTimeoutError) as error:
        reason = getattr(error, "orig", None) or error
        raise DataError(f"The store {store.name} does not answer: {reason}") from error


def page_store() -> Store:
    """Return the store that the command named, open.

    Raises:
        DataError: it is not there, or is none.
        ConfigError: what was named can be no store.
    """
    address = read_app_settings().store
    with _lock:
        identity = _identity(address)
        known = _held.get(address)
        if known is not None and known[0] == identity:
            return known[1]
        if known is not None:
            del _held[address]
            known[1].close()
        store = open_store(address)
        _held[address] = _identity(address), store
        return store


def _identity(address: str) -> _Identity:
    """Return what tells a file from another of its name; None for a database.

    Raises:
        DataError: there is no such file.
    """
    if "://" in address:
        return None
    path: Path = path_of(address)
    try:
        found = path.stat()
    except OSError as error:
        watch = command("monitor", GENERAL, source="feedback.jsonl", store=address)
        raise DataError(
            f"There is no store {address} yet: {error.strerror}. A monitor makes it. Type for "
            f"instance: {watch}"
        ) from error
    return found.st_dev, found.st_ino
