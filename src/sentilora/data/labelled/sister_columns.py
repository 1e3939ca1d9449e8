"""A column that names the labels of another one in words, and says otherwise than they are read.

A file with ``label`` and ``sentiment_name`` may well call 0 positive. Read by custom, every label
would be turned round.

Not covered: names in other languages than English, and columns of which the first rows say nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sentilora.data.column_values import NEARLY_ALL
from sentilora.data.columns import Columns
from sentilora.data.labelled.values.label_spellings import clean, is_missing, spell
from sentilora.data.labelled.values.meanings import Meanings
from sentilora.labels import canonical_sentiment
from sentilora.message import setting

_FEWEST = 2  # rows that say the same of a value
_SIGNS = {"negative": -1, "neutral": 0, "positive": 1}


def sister_problem(
    columns: Columns, sample: Mapping[str, Sequence[object]], meanings: Meanings
) -> str | None:
    """Say that another column names the labels otherwise, and how to decide; else None.

    Args:
        columns: columns that are read.
        sample: first values of all columns.
        meanings: what the values of the label column are read as.
    """
    labels, label = meanings.labels, columns.label
    if label is None or labels is None or labels.polarities is None or label not in sample:
        return None
    read: dict[str, str] = {}
    for value in sample[label]:
        spelled = None if isinstance(value, list | dict) else spell(value)
        meaning = meanings.of.get(spelled or "")
        if spelled and isinstance(meaning, int) and canonical_sentiment(clean(spelled)) is None:
            read[spelled] = labels.names[meaning]
    for name, values in sample.items():
        named = {} if name in columns.used or not read else _names(sample[label], values)
        signs = {value: _sign(one) for value, one in named.items()}
        if any(value in read and sign == -_sign(read[value]) != 0 for value, sign in signs.items()):
            return _problem(label, name, read, named)
    return None


def _sign(name: str) -> int:
    return _SIGNS.get(canonical_sentiment(name) or "", 0)


def _names(values: Sequence[object], names: Sequence[object]) -> dict[str, str]:
    """Return what another column calls each value, where it names sentiments and nothing else."""
    called: dict[str, Counter[str]] = {}
    for value, name in zip(values, names, strict=False):
        if name is None or is_missing(name) or (isinstance(name, str) and not name.strip()):
            continue
        sentiment = canonical_sentiment(clean(name)) if isinstance(name, str) else None
        if sentiment is None:
            return {}
        if not isinstance(value, list | dict) and (spelled := spell(value)) is not None:
            called.setdefault(spelled, Counter())[sentiment] += 1
    found = {value: (*counts.most_common(1)[0], counts.total()) for value, counts in called.items()}
    if any(count < _FEWEST or count < NEARLY_ALL * total for _, count, total in found.values()):
        return {}
    return {value: name for value, (name, _, _) in found.items()}


def _problem(label: str, other: str, read: Mapping[str, str], named: Mapping[str, str]) -> str:
    values = sorted(read)
    theirs = [f"{value}={named.get(value, read[value])}" for value in values]
    ours = [f"{value}={read[value]}" for value in values]
    said = ", ".join(f"{value} {name}" for value, name in sorted(named.items()))
    return (
        f"column '{other}' calls the values of '{label}' otherwise than they are read by "
        f"themselves: {said}. Say which is right: {setting('labels', theirs)} as there, "
        f"{setting('labels', ours)} as by themselves."
    )
