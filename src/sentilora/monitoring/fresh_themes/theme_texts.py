"""Some of the stored texts of a label: the last ones, and an even sample of the weeks before."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.insights.voices import copy_key
from sentilora.monitoring.rules.durations import seconds_of
from sentilora.monitoring.rules.heard import is_about
from sentilora.monitoring.rules.rule_kinds import ThemeRule
from sentilora.monitoring.store.store_tables import ANSWER, FEEDBACK
from sentilora.monitoring.store.stored_texts import row_as_heard


@dataclass(frozen=True)
class ThemeTexts:
    """Texts to look for themes in, copies left out.

    Attributes:
        texts: texts, those before first.
        numbers: number of each in the store.
        before: how many of them came before the window.
    """

    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    before: int


def read_theme_texts(
    connection: Connection, rule: ThemeRule, model: str, now_ms: int
) -> ThemeTexts:
    """Read what a rule looks at.

    Args:
        connection: connection to the store.
        rule: rule about themes.
        model: name of the model whose answers are meant.
        now_ms: end of the window, in milliseconds since 1970.
    """
    start = now_ms - round(seconds_of(rule.within) * 1000)
    first = start - round(seconds_of(rule.baseline) * 1000)
    of_label = [
        ANSWER.c.model == model,
        ANSWER.c.label == rule.label,
        FEEDBACK.c.text.is_not(None),
    ]
    if rule.source is not None:
        of_label.append(FEEDBACK.c.source == rule.source)
    joined = FEEDBACK.join(ANSWER, ANSWER.c.number == FEEDBACK.c.number)
    is_before = (FEEDBACK.c.at_ms >= first) & (FEEDBACK.c.at_ms < start)
    is_now = (FEEDBACK.c.at_ms >= start) & (FEEDBACK.c.at_ms <= now_ms)
    count = connection.execute(
        sa.select(sa.func.count()).select_from(joined).where(is_before, *of_label)
    ).scalar_one()
    step = max(1, -(-count // rule.texts))
    asked = sa.select(
        FEEDBACK, ANSWER.c.label, ANSWER.c.score, ANSWER.c.signed, ANSWER.c.unknown
    ).select_from(joined)
    parts = (
        asked.where(is_before, FEEDBACK.c.number % step == 0, *of_label)
        .order_by(FEEDBACK.c.number)
        .limit(rule.texts),
        asked.where(is_now, *of_label).order_by(FEEDBACK.c.number.desc()).limit(rule.texts),
    )
    texts: list[str] = []
    numbers: list[int] = []
    before = 0
    copies: set[int] = set()
    for place, part in enumerate(parts):
        rows = connection.execute(part).mappings().all()
        for row in sorted(rows, key=lambda one: one["number"]):
            heard = row_as_heard({**row, "segments": json.loads(row["segments"])}, rule.model)
            copy = copy_key(row["text"])
            if not is_about(rule, heard) or copy in copies:
                continue
            if copy:
                copies.add(copy)
            texts.append(row["text"])
            numbers.append(row["number"])
            before += place == 0
    return ThemeTexts(tuple(texts), tuple(numbers), before)
