"""Writes drafts of replies, in the transaction of the texts that they answer."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from sentilora.data.languages import languages_of
from sentilora.monitoring.answered_records import heard_of
from sentilora.monitoring.replies.post.reply_courier import ReplyCourier
from sentilora.monitoring.replies.post.reply_targets import open_target
from sentilora.monitoring.replies.replies_file import Replies
from sentilora.monitoring.replies.reply_draft import APPROVED, WAITING
from sentilora.monitoring.replies.reply_settings import ReasonSettings
from sentilora.monitoring.replies.reply_templates import OTHER, SEGMENTS, TemplateKey
from sentilora.monitoring.replies.severity import severity_of
from sentilora.monitoring.replies.word_lists import MOST_CHARACTERS, promises_in
from sentilora.monitoring.rules.heard import is_about, scope_of
from sentilora.monitoring.rules.rule_kinds import Rule
from sentilora.monitoring.store.store import AnsweredRecord, Store
from sentilora.monitoring.store.store_engine import writing
from sentilora.monitoring.store.store_tables import ALERT, DRAFT, FEEDBACK, REPLY_SET

_AT_ONCE = 200
_EXCERPT = 200


class DraftWriter:
    """Writes a draft for each text that gets one, once.

    Args:
        replies: settings and templates.
        may_send: whether what needs no approval is approved; else a person has to.
    """

    def __init__(self, replies: Replies, *, may_send: bool = True) -> None:
        self.replies = replies
        self.may_send = may_send

    def begin(self, connection: Connection, now_ms: int) -> None:
        """Write down what replies of this set must not promise, for those who approve them."""
        never = {name: one.model_dump() for name, one in self.replies.settings.never.items()}
        values = {
            "name": self.replies.settings.name,
            "never": json.dumps(never, ensure_ascii=False),
            "changed_ms": now_ms,
        }
        made = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        asked = made(REPLY_SET).values(values)
        changed = {name: asked.excluded[name] for name in ("never", "changed_ms")}
        connection.execute(asked.on_conflict_do_update(index_elements=["name"], set_=changed))

    def write(
        self,
        connection: Connection,
        new: Sequence[AnsweredRecord],
        rules: Sequence[Rule],
        now_ms: int,
    ) -> int:
        """Write drafts for texts that are new; return how many.

        Args:
            connection: connection in the transaction of the texts.
            new: the texts, with alerts settled already.
            rules: rules whose alerts may be a reason.
            now_ms: the moment, in milliseconds since 1970.
        """
        wanted = [one for one in new if self._is_wanted(one)]
        if not wanted:
            return 0
        alerts = _open_alerts(connection, rules)
        texts = [one.record.text for one in wanted]
        languages = languages_of(texts) or [None] * len(wanted)
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            numbers = _numbers(connection, part)
            rows = [
                {
                    **self._draft(one, language and language[0], alerts, now_ms),
                    "feedback": numbers[one.record.source, one.record.id],
                }
                for one, language in zip(part, languages[start:], strict=False)
            ]
            connection.execute(sa.insert(DRAFT), rows)
        return len(wanted)

    def _is_wanted(self, one: AnsweredRecord) -> bool:
        settings, answer = self.replies.settings, one.answers[0]
        return (
            answer.label in settings.labels
            and answer.score >= settings.least
            and (not settings.sources or one.record.source in settings.sources)
        )

    def _draft(
        self,
        one: AnsweredRecord,
        language: str | None,
        alerts: Sequence[tuple[Rule, str]],
        now_ms: int,
    ) -> dict[str, Any]:
        record, answer, settings = one.record, one.answers[0], self.replies.settings
        others = {rule.model for rule, _ in alerts if rule.model is not None}
        heard = list(heard_of([one], others))
        fired = {
            rule.name
            for rule, scope in alerts
            if any(is_about(rule, said) and scope_of(rule, said) == scope for said in heard)
        }
        reason = self._reason(record.text, record.source, fired)
        severity = severity_of(
            answer.signed,
            answer.score,
            has_alert=bool(fired),
            is_urgent=self.replies.urgent.is_in(record.text),
            least=0.0 if reason is None else reason.severity,
        )
        name = OTHER if reason is None else reason.name
        tone = (reason and reason.tone) or settings.tones.get(record.source, settings.tone)
        key = self.replies.templates.choose(name, tone, language)
        reply, note = self._reply(one, key, name, severity)
        marks = promises_in(reply, self.replies.never, record.text)
        goes_out = reason is not None and reason.send_without_approval and self.may_send
        is_approved = goes_out and not marks and bool(reply)
        return {
            "templates": settings.name,
            "key": secrets.token_hex(16),
            "source": record.source,
            "id": record.id,
            "conversation_id": record.conversation_id,
            "reason": name,
            "severity": severity,
            "tone": tone,
            "language": key.language,
            "reply": reply,
            "marked": json.dumps([asdict(mark) for mark in marks], ensure_ascii=False),
            "state": APPROVED if is_approved else WAITING,
            "version": 0,
            "created_ms": now_ms,
            "changed_ms": now_ms,
            "changed_by": None,
            "note": note,
            "due_ms": now_ms,
            "tries": 0,
        }

    def _reason(self, text: str, source: str, fired: Collection[str]) -> ReasonSettings | None:
        """Return the first reason that fits; None where none does."""
        for reason, words in self.replies.reasons:
            if reason.sources and source not in reason.sources:
                continue
            has_no_words = not (reason.words or reason.patterns)
            if reason.rule is not None and reason.rule in fired:
                return reason
            if words.is_in(text) or (has_no_words and reason.rule is None):
                return reason
        return None

    def _reply(
        self, one: AnsweredRecord, key: TemplateKey, reason: str, severity: float
    ) -> tuple[str, str | None]:
        """Write the reply; where a template cannot do its work, say so beside an empty one."""
        record, answer = one.record, one.answers[0]
        text = record.text[:MOST_CHARACTERS]
        line = " ".join(text.split())
        segments = {name: str(record.segments.get(name, "")) for name in self._segments}
        fields = {
            **self.replies.fields(key.language),
            "text": text,
            "excerpt": line if len(line) <= _EXCERPT else f"{line[:_EXCERPT].rstrip()}…",
            "source": record.source,
            "id": record.id,
            "conversation_id": record.conversation_id or "",
            "label": answer.label,
            "score": round(float(answer.score), 3),
            "reason": reason,
            "severity": round(float(severity), 3),
            "tone": key.tone,
            "language": key.language,
            SEGMENTS: segments,
        }
        try:
            return self.replies.templates.render(key, fields), None
        except ValueError as error:
            name = f"{key.reason}.{key.tone}.{key.language}"
            return "", f"the template {name} failed in {error}"[:500]

    @property
    def _segments(self) -> tuple[str, ...]:
        return self.replies.settings.segments


def _open_alerts(connection: Connection, rules: Sequence[Rule]) -> list[tuple[Rule, str]]:
    """Return the rules that have an open alert, with what it is about."""
    by_name = {rule.name: rule for rule in rules}
    asked = sa.select(ALERT.c.rule, ALERT.c.scope).where(ALERT.c.ended_ms.is_(None))
    found = connection.execute(asked).all() if by_name else []
    return [(by_name[rule], scope) for rule, scope in found if rule in by_name]


def _numbers(connection: Connection, part: Sequence[AnsweredRecord]) -> dict[tuple[str, str], int]:
    """Return the numbers of texts in the store, by source and id."""
    keys = [(one.record.source, one.record.id) for one in part]
    asked = sa.select(FEEDBACK.c.source, FEEDBACK.c.id, FEEDBACK.c.number).where(
        sa.tuple_(FEEDBACK.c.source, FEEDBACK.c.id).in_(keys)
    )
    return {(source, name): number for source, name, number in connection.execute(asked)}


@contextmanager
def open_writer(
    replies: Replies | None, store: Store, *, is_dry: bool = False
) -> Iterator[DraftWriter | None]:
    """Begin to draft replies, and to send what is approved where the settings say so.

    Args:
        replies: settings and templates; None for no replies.
        store: open store.
        is_dry: whether nothing is sent, and nothing approved but by people.

    Raises:
        ConfigError: there is nowhere to send to as the settings say.
    """
    if replies is None:
        yield None
        return
    send = None if is_dry else replies.settings.send
    target = None if send is None else open_target(send.to, send.key_from, replies.base)
    writer = DraftWriter(replies, may_send=target is not None)
    with writing(store.engine) as connection:
        writer.begin(connection, time.time_ns() // 1_000_000)
    if target is None:
        yield writer
        return
    courier = ReplyCourier(store, target)
    courier.start()
    try:
        yield writer
    finally:
        courier.stop()
        courier.send_due()
