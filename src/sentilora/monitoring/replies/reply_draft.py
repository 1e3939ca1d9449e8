"""A drafted reply, as it stands in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from sentilora.monitoring.replies.severity import severity_words
from sentilora.monitoring.replies.word_lists import Mark
from sentilora.monitoring.store.store_tables import DRAFT, FEEDBACK

WAITING, APPROVED, DISMISSED, SENT, FAILED = "waiting", "approved", "dismissed", "sent", "failed"
STATES = (WAITING, APPROVED, DISMISSED, SENT, FAILED)


@dataclass(frozen=True)
class Draft:
    """A drafted reply.

    Attributes:
        number: its number in the store.
        source: channel of the text.
        id: id of the text.
        conversation_id: conversation of the text; None where it stands alone.
        text: what the customer wrote; None where texts are no longer kept.
        at_ms: when that was, in milliseconds since 1970.
        reason: why the customer is unhappy.
        severity: how severe it is, in ``[0, 1]``.
        tone: tone of the reply.
        language: language of the reply.
        reply: the reply.
        marked: places in it that it must not promise.
        state: ``waiting``, ``approved``, ``dismissed``, ``sent`` or ``failed``.
        version: number of changes by people.
        created_ms: when it was written.
        changed_ms: when it was changed last.
        changed_by: who changed it last; None for the monitor.
        note: what was said about it.
        sent_ms: when it was sent; None as long as it was not.
        error: why it could not be sent.
        key: what tells it from all others, however often it is sent.
        templates: name of its set of templates.
    """

    number: int
    source: str
    id: str
    conversation_id: str | None
    text: str | None
    at_ms: int
    reason: str
    severity: float
    tone: str
    language: str
    reply: str
    marked: tuple[Mark, ...]
    state: str
    version: int
    created_ms: int
    changed_ms: int
    changed_by: str | None
    note: str | None
    sent_ms: int | None
    error: str | None
    key: str
    templates: str

    @property
    def level(self) -> str:
        """How severe it is, in a word."""
        return severity_words(self.severity)

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {**asdict(self), "level": self.level}


def select_drafts() -> sa.Select[Any]:
    """Return the question for drafts with their texts."""
    return sa.select(DRAFT, FEEDBACK.c.text, FEEDBACK.c.at_ms).join(
        FEEDBACK, FEEDBACK.c.number == DRAFT.c.feedback
    )


def row_as_draft(row: Mapping[Any, Any]) -> Draft:
    """Return what :func:`select_drafts` gave as a draft."""
    told = {name: row[name] for name in Draft.__dataclass_fields__ if name != "marked"}
    return Draft(**told, marked=tuple(Mark(**one) for one in json.loads(row["marked"])))
