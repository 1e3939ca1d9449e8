"""What kind of values a column holds, for advice and for doubts: texts, numbers, labels.

Only the first rows are looked at. Nothing is chosen by it that the user did not name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from sentilora.data.problems import quoted
from sentilora.labels import canonical_sentiment
from sentilora.message import setting

NEARLY_ALL = 0.9
FEWEST = 20  # values, below which nothing is said of them
_MOST_LABELS = 12
_NUMBER = re.compile(r"[\d\s.,:;/+\-–%$€£()TZ]*\d[\d\s.,:;/+\-–%$€£()TZ]*")
# One word of a script that parts words with spaces; Thai, Chinese, Japanese and emoji do not.
_WORD = re.compile(
    "[^\\s\u0e00-\u109f\u1780-\u17ff\u2190-\u2bff\u3040-\ua4cf\U0001f000-\U0010ffff]+"
)

Sample = Callable[[], Mapping[str, Sequence[object]]]


def nothing() -> Mapping[str, Sequence[object]]:
    """Stand for the first rows of what cannot be looked at."""
    return {}


def likely_text(sample: Mapping[str, Sequence[object]], taken: Iterable[str] = ()) -> str | None:
    """Return the column with the longest, most varied texts; None where none has texts."""
    scores = {name: _prose(values) for name, values in sample.items() if name not in taken}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] > 0 else None


def likely_label(sample: Mapping[str, Sequence[object]], taken: Iterable[str] = ()) -> str | None:
    """Return the column with few different short values, sentiments first; None without one."""
    scores = {name: _labels(values) for name, values in sample.items() if name not in taken}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] > 0 else None


def no_texts(texts: Sequence[str]) -> str | None:
    """Say what values are that are hardly texts: numbers, dates or single words; else None."""
    if len(texts) < FEWEST:
        return None
    numbers = [text for text in texts if _NUMBER.fullmatch(text.strip())]
    if len(numbers) >= NEARLY_ALL * len(texts):
        return f"{_share(numbers, texts)} are numbers or dates ({quoted(numbers, 3)})"
    words = [text for text in texts if _WORD.fullmatch(text.strip())]
    if len(words) >= NEARLY_ALL * len(texts):
        return f"{_share(words, texts)} are single words or numbers ({quoted(words, 3)})"
    return None


def no_text_problem(
    column: str, texts: Sequence[str], sample: Sample, taken: Iterable[str]
) -> str | None:
    """Say that a column hardly holds texts, and which one does; None where it holds texts.

    Args:
        column: name of the column.
        texts: first texts of the column.
        sample: function that returns the first values of all columns.
        taken: names of the columns that are used already.
    """
    why = no_texts(texts)
    if why is None:
        return None
    said, any_text = f"column '{column}' hardly holds texts: {why}.", setting("any_text", True)
    other = likely_text(sample(), taken)
    if other is None:
        return f"{said} No other column looks like texts. Say {any_text} if these are the texts."
    way = setting("text", other)
    return f"{said} Choose the one with the texts: {way}; or say {any_text} if these are the texts."


def _share(some: Sequence[str], texts: Sequence[str]) -> str:
    return f"{len(some):,} of the first {len(texts):,}"


def _prose(values: Sequence[object]) -> float:
    """Measure how much a column is texts: words a value times the share of different ones."""
    texts = [value for value in values if isinstance(value, str) and value.strip()]
    if not texts or len(texts) < len([v for v in values if v not in (None, "")]) / 2:
        return 0
    if no_texts(texts * -(-FEWEST // len(texts))) is not None:
        return 0
    words = sum(min(60, max(len(text.split()), len(text) / 8)) for text in texts) / len(texts)
    return words * len(set(texts)) / len(texts) if words >= 2 else 0


def _labels(values: Sequence[object]) -> float:
    """Measure how much a column is labels: few short values, best if they are sentiments."""
    given = [str(value).strip() for value in values if isinstance(value, str | int | float)]
    counts = Counter(value for value in given if value)
    kinds = {kind for kind, count in counts.items() if count > 1}  # once: a slip or a header
    if any(len(kind) > 4 and _NUMBER.fullmatch(kind) for kind in kinds):
        return 0  # dates and ids
    if not 2 <= len(kinds) <= _MOST_LABELS or 2 * len(kinds) > len(given):
        return 0
    if sum(len(kind) for kind in kinds) > 24 * len(kinds):
        return 0
    if all(canonical_sentiment(kind) is not None for kind in kinds):
        return 3
    return 1 + len(given) / len(values) - 0.01 * len(kinds)
