"""Labels written as initials: N and P beside NEU, as TASS and others write sentiments."""

from __future__ import annotations

from collections.abc import Mapping

from sentilora.data.labelled.values.label_spellings import fold, is_missing
from sentilora.data.labelled.values.meanings import Column
from sentilora.labels import canonical_sentiment

_NAMES = {"n": "negative", "p": "positive", "n+": "very negative", "p+": "very positive"}


def spelled_out(tally: Mapping[str, int], column: Column) -> dict[str, str]:
    """Return what N and P stand for, where both are there and everything else is a sentiment.

    Args:
        tally: number of usable rows that hold each value.
        column: what is known about the column; nothing is spelled out where its values have names.
    """
    known = {fold(name) for name in column.known.names} if column.known else set()
    if column.labels or column.class_names or column.before or column.scale or known & {"n", "p"}:
        return {}
    folded = {v: fold(v) for v, count in tally.items() if count and not is_missing(v)}
    if not {"n", "p"} <= set(folded.values()):
        return {}
    if any(key not in _NAMES and canonical_sentiment(key) is None for key in folded.values()):
        return {}
    return {value: _NAMES[key] for value, key in folded.items() if key in _NAMES}
