"""Texts that a rule says something of, and what has to come of them."""

from __future__ import annotations

from benchmarks.monitoring.survival import Survival, mix_texts
from tests.helpers.texts import make_texts


def mixed_texts(number: int) -> list[str]:
    """Return texts, half of them negative, then nearly all, then half; no two are alike."""
    kinds: dict[str, list[str]] = {"negative": [], "positive": []}
    for text, label in make_texts(1000, 7):
        kinds[label].append(text)
    return mix_texts(kinds["negative"], kinds["positive"], number)


def check_survival(survival: Survival, **kills: int) -> None:
    """Check that each text is stored once and in order, and told of once."""
    assert survival.is_whole, survival
    assert survival.alerts == [("worse", False)]
    assert survival.left == 0
    assert survival.kills == kills
