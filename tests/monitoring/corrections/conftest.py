"""A store with answered texts, to correct."""

import datetime as dt

import pytest

from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.model_changes import note_model
from sentilora.monitoring.store.store import AnsweredRecord, open_store

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
LABELS = ("negative", "neutral", "positive")


def answered(name, text="It is late", source="mail", label="positive", model="general"):
    record = FeedbackRecord(source, name, text, START)
    return AnsweredRecord(record, [StoredAnswer(model, label, 0.9, 0.8)])


@pytest.fixture
def store(store_address):
    with open_store(store_address) as opened:
        note_model(opened, "general", "general", LABELS)
        opened.add([answered("T-1"), answered("T-2", "All is well"), answered("T-3", source="app")])
        yield opened
