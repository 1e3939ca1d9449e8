"""Corrections read back from a store, with the words of their texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sentilora.data.same_text import fold
from sentilora.monitoring.corrections.stored_corrections import Correction
from sentilora.monitoring.store.store_tables import CORRECTION, FEEDBACK


@dataclass(frozen=True)
class CorrectedText:
    """A text with the last label that a person gave it, to learn from.

    Attributes:
        text: the text.
        correction: the last correction of it.
        contradicted: number of earlier corrections of the same text that gave other labels.
    """

    text: str
    correction: Correction
    contradicted: int = 0


def read_corrections(
    connection: Connection, *where: Any
) -> Iterator[tuple[str | None, Correction]]:
    """Yield corrections with the words of their texts, in the order in which they were given.

    Words are None where they are no longer kept.
    """
    words = sa.func.coalesce(CORRECTION.c.text, FEEDBACK.c.text)
    asked = (
        sa.select(CORRECTION, FEEDBACK.c.id, FEEDBACK.c.source, words.label("words"))
        .join(FEEDBACK, FEEDBACK.c.number == CORRECTION.c.feedback)
        .where(*where)
        .order_by(CORRECTION.c.number)
    )
    for row in connection.execute(asked).mappings():
        yield row["words"], _as_correction(dict(row))


def last_labels(connection: Connection) -> tuple[list[CorrectedText], int]:
    """Return each corrected text once, with the last label that it was given.

    Texts are the same when they differ in case and white space only; such texts of two ids are one.

    Returns:
        The texts, in the order of their last corrections, and how many corrections are left out as
        the words of their texts are no longer kept.
    """
    last: dict[str, CorrectedText] = {}
    without = 0
    for words, one in read_corrections(connection):
        if words is None:
            without += 1
            continue
        key = fold(words)
        before = last.pop(key, None)
        others = 0
        if before is not None:
            others = before.contradicted + (before.correction.after != one.after)
        last[key] = CorrectedText(words, one, others)
    return list(last.values()), without


def _as_correction(row: Mapping[str, Any]) -> Correction:
    return Correction(
        row["number"],
        row["id"],
        row["source"],
        row["model"],
        row["label_before"],
        row["label_after"],
        row["corrected_by"],
        row["origin"],
        row["corrected_ms"],
    )
