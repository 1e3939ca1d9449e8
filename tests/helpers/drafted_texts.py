"""A store with texts and drafted replies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sentilora.monitoring.feedback_record import FeedbackRecord
from sentilora.monitoring.replies.draft_writer import DraftWriter
from sentilora.monitoring.replies.replies_file import read_replies
from sentilora.monitoring.rules.rule_kinds import Rule
from sentilora.monitoring.store.hour_counts import StoredAnswer
from sentilora.monitoring.store.store import AnsweredRecord, Store

START = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


def answered(
    text: str,
    name: str,
    *,
    source: str = "mail",
    label: str = "negative",
    signed: float = -0.8,
    conversation_id: str | None = None,
    **segments: str,
) -> AnsweredRecord:
    """Return a text with a model's answer."""
    record = FeedbackRecord(source, name, text, START, segments, conversation_id)
    return AnsweredRecord(record, [StoredAnswer("general", label, 0.9, signed)])


def add_texts(
    store: Store,
    texts: Iterable[AnsweredRecord],
    writer: DraftWriter | None = None,
    rules: Sequence[Rule] = (),
) -> int:
    """Store texts and draft replies to them, as a monitor does; return how many were drafted."""
    drafting = writer or DraftWriter(read_replies("default"))

    def also(connection, new, last):
        drafting.begin(connection, 1)
        return drafting.write(connection, new, rules, 1_800_000_000_000)

    return store.add(list(texts), also=also)[1]
