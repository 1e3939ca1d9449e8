"""Texts with what a model said of them, for the store and for the rules."""

from __future__ import annotations

from collections.abc import Sequence

from sentilora.inference.sentiment_model import SentimentModel
from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord, milliseconds


def answer_records(
    model: SentimentModel, records: Sequence[FeedbackRecord]
) -> list[AnsweredRecord]:
    """Answer texts, in their order."""
    if not records:
        return []
    name = model.artifact.name
    predictions = model.predict([one.text for one in records])
    return [
        AnsweredRecord(
            record, [StoredAnswer(name, one.label, one.score, one.signed, one.unknown or 0.0)]
        )
        for record, one in zip(records, predictions, strict=True)
    ]


def as_heard(answered: AnsweredRecord) -> Heard:
    """Return what rules know of a text, by the first model's answer."""
    record, answer = answered.record, answered.answers[0]
    return Heard(
        milliseconds(record),
        record.source,
        record.segments,
        answer.label,
        answer.score,
        answer.unknown,
    )
