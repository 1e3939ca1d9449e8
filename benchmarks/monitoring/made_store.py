"""A store of made-up texts, as large as it is wanted, filled as fast as a database takes it.

The tables are those that the monitor makes; only the way in is another: rows go in by COPY
(PostgreSQL) or in large inserts (SQLite), a chunk a transaction, and the hours are counted with
numpy. A store that was left half full is filled up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import repeat
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.monitoring.store.hour_counts import HOUR_MS, Sums
from sentilora.monitoring.store.store import Store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import ALERT, DELIVERY, REFUSED

MODEL = "general"
DAYS = 90
END_MS = 1_795_000_200_000  # 2026-11-18, half an hour before the end of an hour
RARE_WORD = "zeppelin"
_CHUNK = 100_000
_LATE_MS = 10 * 60_000
_LABELS = ("negative", "neutral", "positive")
_SOURCES = ("app", "mail", "chat", "shop", "social", "forum")
_SOURCE_SHARES = (0.4, 0.25, 0.2, 0.1, 0.0495, 0.0005)
_COUNTRIES = ("DE", "FR", "US", "GB", "ES", "IT", "NL", "PL", "SE", "AT")
_VERSIONS = tuple(f"5.{minor}" for minor in range(20))
_VOCABULARY = """
the app login fails again after update please help order parcel late refund card support nobody
answers great thanks quick friendly delivery price quality broken screen battery account password
email invoice double charge subscription cancel phone hours waiting love works fine now slow crash
settings dark mode offline maps driver room clean noisy breakfast
"""
_WORDS = tuple(_VOCABULARY.split())
_FEEDBACK = "number, source, id, at_ms, stored_ms, text, segments, conversation_id"
_ANSWER = "number, model, label, score, signed, unknown"
_ALERTS = 2_000


def fill(store: Store, texts: int) -> Iterator[int]:
    """Fill a store up to a number of texts, and yield how many are in it after each chunk."""
    with store.engine.connect() as connection:
        there = connection.execute(sa.text("SELECT max(number) FROM feedback")).scalar() or 0
    for first in range(there, texts, _CHUNK):
        with writing(store.engine) as connection:
            _add_chunk(store, connection, first, min(_CHUNK, texts - first), texts)
        yield min(first + _CHUNK, texts)
    with writing(store.engine) as connection:
        if not connection.execute(sa.select(sa.func.count()).select_from(ALERT)).scalar():
            _add_alerts(connection)


def settle(store: Store) -> None:
    """Have the database count what is in it, as it does by itself some time later."""
    with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _add_chunk(store: Store, connection: Connection, first: int, rows: int, total: int) -> None:
    generator = np.random.default_rng([16, first])
    numbers = np.arange(first + 1, first + rows + 1)
    span = DAYS * 24 * HOUR_MS
    stored = END_MS - span + (numbers * (span / total)).astype(np.int64)
    at = stored - generator.integers(0, _LATE_MS, rows)
    source = generator.choice(len(_SOURCES), rows, p=_SOURCE_SHARES)
    country = generator.integers(0, len(_COUNTRIES), rows)
    version = np.minimum(numbers * len(_VERSIONS) // total, len(_VERSIONS) - 1)
    label = generator.choice(3, rows, p=(0.35, 0.25, 0.4))
    score = generator.uniform(0.4, 1.0, rows).round(4)
    signed = np.where(label == 1, 0.0, np.where(label == 0, -score, score))
    unknown = generator.uniform(0, 0.05, rows).round(4)
    segments = [
        [json.dumps({"country": country, "version": version}) for version in _VERSIONS]
        for country in _COUNTRIES
    ]
    sources = [_SOURCES[one] for one in source]
    feedback = zip(
        numbers.tolist(),
        sources,
        [f"T-{number:08d}" for number in numbers],
        at.tolist(),
        stored.tolist(),
        _texts(generator, numbers),
        [segments[a][b] for a, b in zip(country, version, strict=True)],
        [f"c{number // 4}" for number in numbers],
        strict=True,
    )
    answers = zip(
        numbers.tolist(),
        repeat(MODEL, rows),
        [_LABELS[one] for one in label],
        score.tolist(),
        signed.tolist(),
        unknown.tolist(),
        strict=True,
    )
    _insert(connection, "feedback", _FEEDBACK, feedback)
    _insert(connection, "answer", _ANSWER, answers)
    counts: dict[tuple[Any, ...], Sums] = {}
    sums = (signed, score, unknown)
    for segment, values, which in (
        ("", ("",), np.zeros(rows, int)),
        ("country", _COUNTRIES, country),
        ("version", _VERSIONS, version),
    ):
        counts |= _hours(at // HOUR_MS, source, which, label, sums, segment, values)
    store._add_counts(connection, counts)


def _hours(
    hour: Any, source: Any, which: Any, label: Any, sums: Any, segment: str, values: Any
) -> dict[tuple[Any, ...], Sums]:
    """Count a chunk by hour, source, value and label."""
    code = ((hour * len(_SOURCES) + source) * len(values) + which) * 3 + label
    codes, place = np.unique(code, return_inverse=True)
    texts = np.bincount(place)
    added = [np.bincount(place, one) for one in sums]
    found = {}
    for index, one in enumerate(codes.tolist()):
        rest, of_label = divmod(one, 3)
        rest, of_value = divmod(rest, len(values))
        of_hour, of_source = divmod(rest, len(_SOURCES))
        key = (of_hour, _SOURCES[of_source], segment, values[of_value], MODEL, _LABELS[of_label])
        found[key] = Sums(int(texts[index]), *(float(sum_[index]) for sum_ in added))
    return found


def _texts(generator: Any, numbers: Any) -> list[str]:
    """Make texts of 10 to 40 words; one of a million holds the rare word."""
    words = generator.integers(0, len(_WORDS), (len(numbers), 40))
    lengths = generator.integers(10, 41, len(numbers))
    found = [
        " ".join([_WORDS[one] for one in row[:length]])
        for row, length in zip(words.tolist(), lengths, strict=True)
    ]
    for place in np.flatnonzero(numbers % 1_000_000 == 0):
        found[place] += f" {RARE_WORD}"
    return found


def _insert(connection: Connection, table: str, columns: str, rows: Any) -> None:
    raw: Any = connection.connection.driver_connection
    cursor = raw.cursor()
    if connection.dialect.name == "postgresql":
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(columns.split(", ")))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
    cursor.close()


def _add_alerts(connection: Connection) -> None:
    """Write alerts with their messages, three of them open, and some refusals."""
    examples = json.dumps(
        [{"id": f"T-{n}", "source": "app", "at_ms": END_MS, "text": "x" * 200} for n in range(5)]
    )
    step = DAYS * 24 * HOUR_MS // _ALERTS
    alerts = [
        {
            "number": number,
            "rule": f"rule {number % 12}",
            "scope": _COUNTRIES[number % 10],
            "opened_ms": END_MS - (_ALERTS - number) * step - HOUR_MS,
            "updated_ms": END_MS - (_ALERTS - number) * step,
            "ended_ms": None if number > _ALERTS - 3 else END_MS - (_ALERTS - number) * step,
            "told": "52.0 % negative (45.1 % to 58.8 %) of 200 texts within 30 minutes: over 40 %",
            "figures": json.dumps({"share": 0.52, "low": 0.451, "high": 0.588, "texts": 200}),
            "examples": examples,
        }
        for number in range(1, _ALERTS + 1)
    ]
    connection.execute(sa.insert(ALERT), alerts)
    messages = [
        {
            "alert": alert["number"],
            "event": event,
            "target": target,
            "due_ms": alert["opened_ms"],
            "tries": 1,
            "sent_ms": alert["updated_ms"],
        }
        for alert in alerts
        for event in ("opened", "ended")
        for target in ("team", "boss")
    ]
    connection.execute(sa.insert(DELIVERY), messages)
    refused = [
        {"source": "app", "place": f"byte {n}", "reason": "no text", "content": "", "stored_ms": n}
        for n in range(_ALERTS)
    ]
    connection.execute(sa.insert(REFUSED), refused)
