"""Connections to a store, set so that writers of SQLite wait for each other and lose nothing.

SQLite alone would let two writers read the same and write over each other, so that each transaction
here begins with ``BEGIN IMMEDIATE``; readers are not kept waiting, by its write-ahead log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from sentilora.errors import ConfigError
from sentilora.files import path_of

_WAIT_S = 60.0
_CONNECT_S = 10
_SCHEMES = ("sqlite", "postgresql")
_EXPECTED = (
    "Expected a path such as feedback.db, or the address of a PostgreSQL database, such as "
    "postgresql://user@host/name."
)


def connect(store: str | Path) -> tuple[Engine, str]:
    """Return the engine of a store, and what to call it: its address without a password.

    Raises:
        ConfigError: it is neither a path nor the address of a database.
    """
    address = str(store)
    if "://" not in address:
        address = f"sqlite:///{path_of(store)}"
    try:
        url = make_url(address)
        if url.get_backend_name() not in _SCHEMES:
            raise ConfigError(f"{url.render_as_string()} is no store. {_EXPECTED}")
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
            # A host that says nothing would be waited for without end.
            wait = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_S}
            engine = create_engine(url, pool_pre_ping=True, connect_args=wait)
        else:
            engine = create_engine(
                url, isolation_level="AUTOCOMMIT", connect_args={"timeout": _WAIT_S}
            )
            event.listen(engine, "connect", _set_up_sqlite)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{url.render_as_string()} needs a driver that is not installed. "
            "Install it with: pip install 'psycopg[binary]'"
        ) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(f"{address!r} is no store: {error}. {_EXPECTED}") from error
    name = url.database if url.get_backend_name() == "sqlite" else url.render_as_string()
    return engine, name or "the store in memory"


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it is committed as a whole, or not at all."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
