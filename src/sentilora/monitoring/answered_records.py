"""Texts with what models said of them, as the rules see them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from sentilora.monitoring.rules.heard import Heard
from sentilora.monitoring.store.store import AnsweredRecord, milliseconds


def heard_of(answered: Iterable[AnsweredRecord], others: Container[str] = ()) -> Iterator[Heard]:
    """Yield what rules know of texts: the first model's answers, and those of others.

    Args:
        answered: texts with their answers.
        others: names of the models, beside the first, that rules are about.
    """
    for one in answered:
        record, at_ms = one.record, milliseconds(one.record)
        for place, answer in enumerate(one.answers):
            if place and answer.model not in others:
                continue
            yield Heard(
                at_ms,
                record.source,
                record.segments,
                answer.label,
                answer.score,
                answer.unknown,
                answer.model if place else None,
                answer.signed,
                record.conversation_id,
            )
