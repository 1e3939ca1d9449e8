"""Texts with labels, days, segments and themes made up for tests of the mood."""

from __future__ import annotations

import numpy as np

from sentilora.insights.feedback import Feedback
from sentilora.insights.mood.mood import Mood, measure_mood
from sentilora.insights.statements.statements import Statements
from sentilora.labels import TERNARY, Labels

FIRST_DAY = np.datetime64("2026-03-02", "D")


def days(numbers) -> np.ndarray:
    """Return days by their number from 2 March 2026, a Monday."""
    return FIRST_DAY + np.asarray(numbers).astype("m8[D]")


def steady_days(number: int, a_day: int) -> np.ndarray:
    """Return so many days with so many texts each."""
    return days(np.repeat(np.arange(number), a_day))


def labels(generator, negative, number=None) -> np.ndarray:
    """Draw labels: negative ones by their share, of the others one in five neutral."""
    shares = np.broadcast_to(negative, len(negative) if number is None else number)
    drawn = generator.random(len(shares))
    others = np.where(generator.random(len(shares)) < 0.2, 1, 2)
    return np.where(drawn < shares, 0, others)


def feedback(label_ids, dates=None, segments=None, weights=None, names=TERNARY) -> Feedback:
    """Return texts without words."""
    number = len(label_ids)
    return Feedback(
        source="made up",
        texts=[""] * number,
        rows=np.arange(number),
        labels=Labels(tuple(names)),
        dates=dates,
        segments=segments or {},
        label_ids=np.asarray(label_ids),
        weights=weights,
    )


def statements(label_ids, members, number_of_labels=3) -> tuple[Statements, np.ndarray]:
    """Return a statement for each theme that a text mentions, one in none for those without."""
    text, theme = np.nonzero(np.column_stack([members, ~members.any(axis=1)]))
    theme = np.where(theme == members.shape[1], -1, theme)
    probabilities = np.eye(number_of_labels, dtype=np.float32)[np.asarray(label_ids)[text]]
    number = len(text)
    made = Statements(
        text_index=text,
        start=np.zeros(number, dtype=np.int64),
        end=np.zeros(number, dtype=np.int64),
        probabilities=probabilities,
        signed=probabilities[:, -1] - probabilities[:, 0],
        vectors=np.zeros((number, 1), dtype=np.float32),
        kinds=np.zeros(number, dtype=np.int8),
    )
    return made, theme


def mood(label_ids, dates=None, segments=None, members=None, weights=None, **settings) -> Mood:
    """Measure the mood of made-up texts; themes are called t0, t1, …."""
    if members is None:
        members = np.zeros((len(label_ids), 0), dtype=bool)
    made, theme_of = statements(label_ids, members)
    keys = [f"t{number}" for number in range(members.shape[1])]
    texts = feedback(label_ids, dates, segments, weights)
    return measure_mood(texts, np.asarray(label_ids), made, theme_of, keys, **settings)
