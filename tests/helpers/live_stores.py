"""Stores as a monitor fills them, for what reads there."""

from __future__ import annotations

import datetime as dt
import json
import time

import sqlalchemy as sa

from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import ALERT, DELIVERY

EVIL = "<img src=x onerror=alert(1)>**b**"


def said(number, label="negative", *, source="app", text=None, minutes_ago=1.0, **segments):
    """Return a text of some minutes ago with an answer."""
    at = dt.datetime.fromtimestamp(time.time() - 60 * minutes_ago, dt.UTC)
    record = FeedbackRecord(source, str(number), text or f"text {number}", at, segments)
    signed = {"negative": -0.8, "positive": 0.8}.get(label, 0.0)
    return AnsweredRecord(record, [StoredAnswer("general", label, 0.9, signed)])


def write_alert(store, *, ended=False, told="60.0 % negative (45.0 % to 73.2 %) of 40 texts"):
    """Write an alert with five examples, one delivered message and one that waits."""
    now_ms = time.time_ns() // 1_000_000
    examples = [
        {"id": f"{EVIL}{n}", "source": EVIL, "at_ms": now_ms, "text": f"{EVIL} example {n}"}
        for n in range(5)
    ]
    with writing(store.engine) as connection:
        number = connection.execute(
            sa.insert(ALERT)
            .values(
                rule=f"many {EVIL}",
                scope="DE",
                opened_ms=now_ms - 60_000,
                updated_ms=now_ms,
                ended_ms=now_ms if ended else None,
                told=told,
                figures=json.dumps({"share": 0.6, "low": 0.45, "high": 0.732, "texts": 40}),
                examples=json.dumps(examples),
            )
            .returning(ALERT.c.number)
        ).scalar_one()
        messages = [
            {"target": "team", "tries": 1, "sent_ms": now_ms, "error": None},
            {"target": "boss", "tries": 3, "sent_ms": None, "error": f"503 {EVIL}"},
        ]
        for one in messages:
            values = {"alert": number, "event": "opened", "due_ms": now_ms, **one}
            connection.execute(sa.insert(DELIVERY).values(values))
    return number
