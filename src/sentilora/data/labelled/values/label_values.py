"""From the values of a label column to labels: names, ids, numbers by their order, or ratings.

A ``meaning`` is a label id, or the reason why the value stands for none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sentilora.data.labelled.values.answer_scales import unknown_sentiment_notes
from sentilora.data.labelled.values.answer_values import find_answers, read_answers
from sentilora.data.labelled.values.initials import spelled_out
from sentilora.data.labelled.values.label_advice import (
    ONE_LABEL,
    dates_problem,
    lists_problem,
    may_be_labels,
    mixed_problem,
    names_problem,
    numbers_problem,
    one_of,
    other_ids_problem,
    ratings_problem,
    same_sentiment_notes,
    seen,
    too_few,
)
from sentilora.data.labelled.values.label_numbers import (
    DEFAULTS,
    advice,
    by_order,
    id_lists,
    is_rating_column,
    number_in,
    numbers_in,
    of_known,
    sign_problem,
    told,
    written,
)
from sentilora.data.labelled.values.label_spellings import fold, is_missing, join_spellings
from sentilora.data.labelled.values.meanings import NO_LABEL, Column, Meanings
from sentilora.data.labelled.values.rating_scale import read_rating
from sentilora.data.labelled.values.ratings import is_star_name, read_scaled, star_problem
from sentilora.data.problems import quoted
from sentilora.errors import ConfigError
from sentilora.labels import (
    Labels,
    canonical_sentiment,
    fold_spellings,
    is_strong,
    order_labels,
)

_HIDDEN = (
    "every label is -1, as in test parts of public data sets whose labels are kept back. Measure "
    "on the validation part, which has labels."
)

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?")


def read_meanings(tally: Mapping[str, int], column: Column) -> Meanings:
    """Decide what each value of a label column stands for.

    Args:
        tally: number of usable rows that hold each value (0: only in bad rows).
        column: what is known about the column.
    """
    if _is_hidden(tally):
        return Meanings(None, {}, f"column '{column.name}': {_HIDDEN}")
    missing = {value for value in tally if is_missing(value) and not _is_named(value, column)}
    named = {value: _class_name(value, column.class_names) for value in tally}
    named |= (initials := spelled_out(tally, column))
    present = {named[value]: 0 for value in tally if value not in missing}
    for value in tally.keys() - missing:
        present[named[value]] += tally[value]
    if missing and not any(present.values()):
        return Meanings(
            None, {}, f"column '{column.name}' holds only {quoted(sorted(missing))}. {NO_LABEL}."
        )
    meanings = _read(present, column)
    if meanings.labels is None:
        return replace(meanings, problem=f"{meanings.problem}{may_be_labels(missing, tally)}")
    of = {
        value: NO_LABEL if value in missing else meanings.of[name] for value, name in named.items()
    }
    told = ", ".join(f"{value} as {name}" for value, name in sorted(initials.items()))
    notes = (*([f"labels read: {told}"] if told else []), *meanings.notes)
    return replace(meanings, of=of, notes=notes)


def _read(tally: Mapping[str, int], column: Column) -> Meanings:
    labels = column.labels or column.known
    if column.scale is not None:
        return read_scaled(tally, column.scale, labels, column.name)
    lists = id_lists(value for value, count in tally.items() if count)
    if lists and not (labels and labels.values):
        return Meanings(None, {}, lists_problem(lists, numbers_in(tally.keys() - lists), column))
    if column.before:
        return _read_as_before(tally, column)
    if labels is not None:
        return _read_as(tally, labels, column)
    if column.class_names is not None:
        return _read_class_names(tally, column.class_names)
    return _read_new(tally, column)


def _read_as_before(tally: Mapping[str, int], column: Column) -> Meanings:
    """Read another part of the same data: values as in the train part, others by their name."""
    assert column.known is not None
    same: dict[str | float, int] = {}
    for value, meaning in column.before.items():
        if isinstance(meaning, int):
            number = number_in(value)
            same[fold(value) if number is None else number] = meaning
    numbers = {value: number_in(value) for value in tally}
    keys = {v: fold(v) if n is None else n for v, n in numbers.items()}
    has_numbers = any(isinstance(key, float) for key in same)
    if any(n is not None for n in numbers.values()) and not has_numbers:
        return _read_as(tally, column.known, column)
    numbers_used = tuple(numbers_in(value for value, count in tally.items() if count))
    alone = of_known(numbers_used, column.known) if numbers_used == (0, 1) else None
    if alone and any(same.get(number, i) != i for number, i in alone.items()):
        return Meanings(None, {}, other_ids_problem(column))
    of: dict[str, int | str] = {}
    for value, key in keys.items():
        found = same.get(key)
        found = _id_by_name(value, column.known) if found is None else found
        of[value] = f"label {one_of(column.known)}" if found is None else found
    return Meanings(column.known, of)


def _read_as(tally: Mapping[str, int], labels: Labels, column: Column) -> Meanings:
    kind = f"label {one_of(labels)}"
    if labels.values:
        return _read_renamed(tally, labels, column)
    by_name = {value: _id_by_name(value, labels) for value in tally}
    if any(label_id is not None for label_id in by_name.values()):
        return Meanings(labels, {value: kind if i is None else i for value, i in by_name.items()})
    used = [value for value, count in tally.items() if count]
    numbers = numbers_in(used)
    if not numbers:
        return Meanings(None, {}, names_problem(tally, labels, column))
    ids = by_order(numbers, labels.names) if column.labels else of_known(numbers, labels)
    if ids is None or (is_rating_column(column.name) and len(ids) < len(labels)):
        return Meanings(None, {}, numbers_problem(numbers, labels, column))
    problem = None if column.labels else _sign_problem(numbers, column)
    if problem:
        return Meanings(None, {}, problem)
    if not column.labels and is_rating_column(column.name):
        return Meanings(None, {}, ratings_problem(numbers, column))
    if len(ids) < len(labels) and column.labels and set(ids) <= set(range(len(labels))):
        shown = dict(zip(map(float, range(len(labels))), range(len(labels)), strict=True))
    else:
        shown = dict(ids)
    return _of_numbers(tally, ids, labels, kind, told(shown, labels.names))


def _read_renamed(tally: Mapping[str, int], labels: Labels, column: Column) -> Meanings:
    """Read values that the user gave a name each, and nothing else."""
    names = Labels(labels.names)
    same: dict[str | float, str] = {}
    for value, name in labels.values:
        number = number_in(value)
        same[fold(value) if number is None else number] = name
    of: dict[str, int | str] = {}
    for value in tally:
        number = number_in(value)
        found = same.get(fold(value) if number is None else number)
        known = names.label2id.get(found or "", _id_by_name(value, names))
        of[value] = f"label {one_of(names)}" if known is None else known
    if not any(isinstance(meaning, int) for meaning in of.values()):
        return Meanings(None, {}, names_problem(tally, names, column))
    changed = ", ".join(f"{value} as {name}" for value, name in labels.values)
    return Meanings(names, of, "", (f"labels read: {changed}",))


def _read_class_names(tally: Mapping[str, int], class_names: Sequence[str]) -> Meanings:
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
    return Meanings(labels, {value: ids.get(value, kind) for value in tally})


def _read_new(tally: Mapping[str, int], column: Column) -> Meanings:
    used = {value: count for value, count in tally.items() if count}
    dates = [value for value in used if _DATE.fullmatch(value)]
    if dates and len(dates) == len(used):
        return Meanings(None, {}, dates_problem(dates, column.name))
    numbers = [value for value in used if number_in(value) is not None]
    if is_rating_column(column.name) and any(read_rating(value) for value in used):
        return Meanings(None, {}, star_problem(used, column.name))
    if all(read_rating(v) and not is_star_name(v) for v in used) and len(numbers) < len(used):
        return Meanings(None, {}, star_problem(used, column.name))
    if numbers and len(numbers) < len(used):
        words = {value: count for value, count in used.items() if value not in numbers}
        names = _read_new_words(used, words, column).labels
        return Meanings(None, {}, mixed_problem(used, numbers, column, names))
    if numbers:
        return _read_new_numbers(tally, numbers_in(numbers), column)
    if (answers := find_answers(used)) is not None:
        return read_answers(tally, answers, column.name)
    return _read_new_words(tally, used, column)


def _read_new_words(tally: Mapping[str, int], used: Mapping[str, int], column: Column) -> Meanings:
    joined = join_spellings(used)
    folded = fold_spellings(joined.values())
    names = {value: folded[name] for value, name in joined.items()}
    if len(set(names.values())) == 1:
        alone = (
            f"column '{column.name}' holds one label alone, {quoted(sorted(set(names.values())))}. "
        )
        return Meanings(None, {}, alone + ONE_LABEL)
    try:
        labels = order_labels(names.values())
    except ConfigError as error:
        return Meanings(None, {}, f"column '{column.name}': {error.template}")
    ids = labels.label2id
    changed = sorted(f"{seen(value)} as {name}" for value, name in names.items() if value != name)
    told = (f"labels read: {', '.join(changed)}",) if changed else ()
    notes = (*told, *(same_sentiment_notes(labels) or unknown_sentiment_notes(labels)))
    kind = f"label {one_of(labels)}"
    same = {fold(value): name for value, name in names.items()}
    of = {value: ids.get(same.get(fold(value), ""), kind) for value in tally}
    return Meanings(labels, of, "", notes)


def _read_new_numbers(
    tally: Mapping[str, int], numbers: Sequence[float], column: Column
) -> Meanings:
    default = DEFAULTS.get(tuple(numbers))
    if default is None:
        return Meanings(
            None,
            {},
            f"column '{column.name}' holds the numbers {written(numbers)}. "
            f"{too_few(numbers) or advice(numbers, column.name)}",
        )
    if problem := _sign_problem(numbers, column):
        return Meanings(None, {}, problem)
    labels = Labels(default)
    ids = {number: int(number) for number in numbers}
    kind = f"label outside 0 … {len(labels) - 1}"
    return _of_numbers(tally, ids, labels, kind, told(ids, labels.names))


def _of_numbers(
    tally: Mapping[str, int], ids: Mapping[float, int], labels: Labels, kind: str, note: str
) -> Meanings:
    of: dict[str, int | str] = {}
    for value in tally:
        number = number_in(value)
        of[value] = kind if number is None else ids.get(number, kind)
    return Meanings(labels, of, "", (note,))


def _sign_problem(numbers: Sequence[float], column: Column) -> str | None:
    return sign_problem(column.name, column.names) if tuple(numbers) == (0, 1) else None


def _is_hidden(tally: Mapping[str, int]) -> bool:
    return {number_in(value) for value, count in tally.items() if count} == {-1.0}


def _is_named(value: str, column: Column) -> bool:
    """Tell whether a word for none is a label all the same, because somebody named it."""
    given = [*(column.labels.names if column.labels else ())]
    given += [*(column.known.names if column.known else ()), *(column.class_names or ())]
    given += [name for name, _ in column.labels.values] if column.labels else []
    return fold(value) in map(fold, given)


def _class_name(value: str, class_names: Sequence[str] | None) -> str:
    number = number_in(value)
    if class_names is None or number is None or number not in range(len(class_names)):
        return value
    return class_names[int(number)]


def _id_by_name(value: str, labels: Labels) -> int | None:
    """Find a label in any of its spellings, or by a known one such as ``pos``."""
    if value in labels.label2id:
        return labels.label2id[value]
    folded = [index for index, name in enumerate(labels.names) if fold(name) == fold(value)]
    if len(folded) == 1:
        return folded[0]
    sentiment = None if is_strong(value) else canonical_sentiment(fold(value))
    return None if sentiment is None else labels.ids_of_sentiments.get(sentiment)
