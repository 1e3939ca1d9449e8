"""From the values of a label column to labels: names, ids, or stars.

A ``meaning`` is a label id, or the reason why the value stands for none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sentilora.data.columns import RATING_NAMES
from sentilora.data.problems import quoted
from sentilora.errors import ConfigError
from sentilora.labels import (
    BINARY,
    TERNARY,
    Labels,
    canonical_sentiment,
    fold_spellings,
    label_of_stars,
    order_labels,
)
from sentilora.message import setting

_INTEGER = re.compile(r"[+-]?\d+(\.0+)?")
_STARS = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:stars?)?", re.IGNORECASE)
_DEFAULTS = {(0, 1): BINARY, (0, 1, 2): TERNARY}


@dataclass(frozen=True)
class Meanings:
    """What the values of a label column stand for.

    Attributes:
        labels: the label names; None when they could not be decided, and ``problem`` says why.
        of: label id of each value, or what is wrong with the value.
        notes: remarks for the user on what was read as what.
    """

    labels: Labels | None
    of: Mapping[str, int | str]
    problem: str = ""
    notes: tuple[str, ...] = ()


def spell(value: object) -> str | None:
    """Write a label value as a string, the same from every format; None when there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None


def read_meanings(
    tally: Mapping[str, int],
    *,
    column: str,
    labels: Labels | None = None,
    stars: int | None = None,
    class_names: Sequence[str] | None = None,
) -> Meanings:
    """Decide what each value of a label column stands for.

    Args:
        tally: number of usable rows that hold each value (0: only in bad rows).
        column: name of the label column.
        labels: label names to read the values as; None when the values decide.
        stars: highest rating, if the values are ratings from 1 on; None if they are not.
        class_names: names of the label ids that are stored beside the column.
    """
    names = {value: _class_name(value, class_names) for value in tally}
    used = [names[value] for value, count in tally.items() if count]
    if stars is not None:
        meanings = _read_stars(names.values(), used, labels, stars)
    elif labels is not None:
        meanings = _read_as(names.values(), labels, column)
    elif class_names is not None:
        meanings = _read_class_names(names.values(), class_names)
    else:
        meanings = _read_new(names.values(), used, column)
    of = {value: meanings.of[name] for value, name in names.items()} if meanings.of else {}
    return Meanings(meanings.labels, of, meanings.problem, meanings.notes)


def _read_stars(
    values: Iterable[str], used: Sequence[str], labels: Labels | None, stars: int
) -> Meanings:
    sentiments = {value: _sentiment_of_stars(value, stars) for value in values}
    notes = (f"ratings of 1 to {stars} read as negative, neutral, positive",)
    if labels is None:
        try:
            labels = order_labels(name for name in map(sentiments.get, used) if name is not None)
        except ConfigError as error:
            return Meanings(
                None, {}, f"ratings of 1 to {stars} give too few labels: {error.template}"
            )
        notes = (f"ratings of 1 to {stars} read as {', '.join(labels.names)}",)
    ids = _ids_of_sentiments(labels)
    of: dict[str, int | str] = {}
    for value, name in sentiments.items():
        if name is None:
            of[value] = f"rating outside 1 … {stars}"
        else:
            of[value] = ids.get(name, f"rating that is {name}, which {_one_of(labels)}")
    return Meanings(labels, of, "", notes)


def _read_as(values: Iterable[str], labels: Labels, column: str) -> Meanings:
    values = list(values)
    by_name = {value: _id_by_name(value, labels) for value in values}
    kind = f"label {_one_of(labels)}"
    if any(label_id is not None for label_id in by_name.values()):
        return Meanings(labels, {value: kind if i is None else i for value, i in by_name.items()})
    numbers = {value: _integer(value) for value in values}
    found = {number for number in numbers.values() if number is not None}
    if found and _fold(column) in RATING_NAMES:
        return Meanings(None, {}, _demand_stars(column, found))
    if found - set(range(len(labels))):
        kind = (
            f"label outside 0 … {len(labels) - 1} ({', '.join(labels.names)}); "
            f"ratings need {setting('stars', 5)} or {setting('stars', 10)}"
        )
    of: dict[str, int | str] = {
        value: number if number is not None and 0 <= number < len(labels) else kind
        for value, number in numbers.items()
    }
    return Meanings(labels, of, "", (_note_of_ids(labels),) if found else ())


def _read_class_names(values: Iterable[str], class_names: Sequence[str]) -> Meanings:
    folded = fold_spellings(class_names)
    kept = [folded[name] for name in class_names]
    if len(set(kept)) < len(kept):
        kept = [name.strip() for name in class_names]
    try:
        labels = Labels(tuple(kept))
    except ConfigError as error:
        return Meanings(None, {}, f"label names stored in the file: {error.template}")
    ids = {name: index for index, name in enumerate(class_names)}
    kind = f"label id outside 0 … {len(labels) - 1}"
    return Meanings(labels, {value: ids.get(value, kind) for value in values})


def _read_new(values: Iterable[str], used: Sequence[str], column: str) -> Meanings:
    numbers = [value for value in used if _STARS.fullmatch(value) and not _is_star_name(value)]
    words = [value for value in used if value not in numbers]
    if numbers and words:
        return Meanings(
            None,
            {},
            f"column '{column}' mixes numbers ({quoted(sorted(numbers), 5)}) and words "
            f"({quoted(sorted(words), 5)}). Name the labels in id order with "
            f"{setting('labels')}.",
        )
    if numbers:
        return _read_new_ids(values, numbers, column)
    folded = fold_spellings(used)
    try:
        labels = order_labels(folded.values())
    except ConfigError as error:
        return Meanings(None, {}, f"column '{column}': {error.template}")
    ids = labels.label2id
    changed = sorted(f"{value} as {name}" for value, name in folded.items() if value != name)
    notes = (f"labels read: {', '.join(changed)}",) if changed else ()
    kind = f"label {_one_of(labels)}"
    return Meanings(
        labels, {value: ids.get(folded.get(value, ""), kind) for value in values}, "", notes
    )


def _read_new_ids(values: Iterable[str], used: Sequence[str], column: str) -> Meanings:
    integers = {_integer(value) for value in used}
    found = {number for number in integers if number is not None}
    if _fold(column) in RATING_NAMES:
        return Meanings(None, {}, _demand_stars(column, found))
    default = None if None in integers else _DEFAULTS.get(tuple(sorted(found)))
    if default is None:
        listed = ", ".join(sorted(used, key=float)[:12]) + (", …" if len(used) > 12 else "")
        return Meanings(
            None,
            {},
            f"column '{column}' holds the numbers {listed}. Name the labels of the ids 0, 1, … "
            f"with {setting('labels', ['a', 'b', 'c'])}; or say {setting('stars', 5)} or "
            f"{setting('stars', 10)} if they are ratings.",
        )
    labels = Labels(default)
    kind = f"label outside 0 … {len(labels) - 1}"
    of: dict[str, int | str] = {}
    for value in values:
        number = _integer(value)
        of[value] = kind if number is None or not 0 <= number < len(labels) else number
    return Meanings(labels, of, "", (_note_of_ids(labels),))


def _note_of_ids(labels: Labels) -> str:
    ids = ", ".join(str(label_id) for label_id in range(len(labels)))
    return f"labels {ids} read as {', '.join(labels.names)}"


def _demand_stars(column: str, found: Iterable[int]) -> str:
    listed = ", ".join(str(number) for number in sorted(found)[:12])
    return (
        f"column '{column}' holds ratings ({listed}). Say how many stars there can be: "
        f"{setting('stars', 5)} or {setting('stars', 10)}."
    )


def _one_of(labels: Labels) -> str:
    return f"is not one of {', '.join(labels.names)}"


def _class_name(value: str, class_names: Sequence[str] | None) -> str:
    number = _integer(value)
    if class_names is None or number is None or not 0 <= number < len(class_names):
        return value
    return class_names[number]


def _id_by_name(value: str, labels: Labels) -> int | None:
    """Find a label as spelled, but for case, or by a known spelling such as ``pos``."""
    if value in labels.label2id:
        return labels.label2id[value]
    folded = [index for index, name in enumerate(labels.names) if _fold(name) == _fold(value)]
    if len(folded) == 1:
        return folded[0]
    sentiment = None if "very" in _fold(value) else canonical_sentiment(value)
    return None if sentiment is None else _ids_of_sentiments(labels).get(sentiment)


def _ids_of_sentiments(labels: Labels) -> dict[str, int]:
    """Map sentiments to ids; a sentiment that two labels share is left out."""
    sentiments = [canonical_sentiment(name) for name in labels.names]
    return {
        name: index
        for index, name in enumerate(sentiments)
        if name is not None and sentiments.count(name) == 1
    }


def _sentiment_of_stars(value: str, scale: int) -> str | None:
    match = _STARS.fullmatch(value)
    return label_of_stars(float(match.group(1)), scale) if match else None


def _is_star_name(value: str) -> bool:
    return "star" in value.casefold()


def _integer(value: str) -> int | None:
    return int(float(value)) if _INTEGER.fullmatch(value) else None


def _fold(text: str) -> str:
    return text.strip().casefold()
