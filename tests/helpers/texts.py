"""Sixty words, and texts of them that a tiny model can learn."""

from __future__ import annotations

import csv
import itertools
import random
from pathlib import Path

GOOD = [
    "good",
    "great",
    "lovely",
    "superb",
    "happy",
    "bright",
    "quick",
    "clean",
    "tasty",
    "friendly",
    "love",
    "enjoy",
]
BAD = [
    "bad",
    "awful",
    "nasty",
    "broken",
    "sad",
    "dull",
    "slow",
    "dirty",
    "bland",
    "rude",
    "hate",
    "regret",
]
FLAT = ["blue", "table", "paper", "tuesday", "number", "parcel", "city", "window"]
GLUE = [
    "the",
    "a",
    "is",
    "was",
    "it",
    "this",
    "film",
    "food",
    "room",
    "app",
    "very",
    "not",
    "and",
    "but",
    "we",
    "i",
    "they",
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = [*SPECIAL, *GOOD, *BAD, *FLAT, *GLUE, ".", "!"]


def make_texts(n: int, seed: int = 0, labels: int = 2) -> list[tuple[str, str]]:
    """Return different (text, label) rows that a tiny model can learn."""
    rng = random.Random(seed)
    names = ["negative", "positive"] if labels == 2 else ["negative", "neutral", "positive"]
    words = {"negative": BAD, "neutral": FLAT, "positive": GOOD}
    rows: dict[str, str] = {}
    for name in itertools.cycle(names):
        if len(rows) == n:
            return list(rows.items())
        length = rng.randint(3, 14)
        text = [rng.choice(GLUE) for _ in range(length)]
        for _ in range(max(1, length // 3)):
            text[rng.randrange(length)] = rng.choice(words[name])
        if not set(text) & set(words[name]):
            continue
        rows.setdefault(" ".join(text), name)
    return []


def write_csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    """Write rows as ``text,label``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        writer.writerows(rows)
    return path
