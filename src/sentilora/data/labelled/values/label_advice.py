"""What to say of label values that cannot be read as they are: what was found, what to type."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sentilora.data.labelled.values.answer_values import find_answers, ways_of
from sentilora.data.labelled.values.label_numbers import (
    advice,
    is_rating_column,
    numbers_in,
    written,
)
from sentilora.data.labelled.values.label_spellings import fold
from sentilora.data.labelled.values.meanings import Column
from sentilora.data.labelled.values.rating_scale import read_rating
from sentilora.data.labelled.values.ratings import star_problem
from sentilora.data.problems import quoted
from sentilora.labels import TERNARY, Labels, canonical_sentiment, is_strong
from sentilora.message import Message, command, setting

_FEW = 5  # values that are named one by one
_SIGNS = {"+": "positive", "-": "negative"}
_SLIPS = 0.1  # share of rows, at most, that are of another kind by mistake
_INITIALS = {"n": -1, "p": 1}


def ratings_problem(numbers: Sequence[float], column: Column) -> str:
    """Say that a column holds ratings, and how they can be read."""
    return (
        f"column '{column.name}' holds ratings ({written(numbers)}). {advice(numbers, column.name)}"
    )


def numbers_problem(numbers: Sequence[float], labels: Labels, column: Column) -> str:
    """Say that numbers are not the ids of the labels, and how they can be read."""
    if is_rating_column(column.name):
        return ratings_problem(numbers, column)
    wanted = f"which {setting('labels')} does not fit" if column.labels else "and the labels are"
    problem = (
        f"column '{column.name}' holds the numbers {written(numbers)}, {wanted}: "
        f"{', '.join(labels.names)}. "
    )
    if column.known is None:
        return problem + advice(numbers, column.name)
    names = _likely(numbers, labels)
    if not names and len(numbers) > 3:
        return problem + advice(numbers, column.name, is_known=True)
    pairs = [f"{number:.12g}={name}" for number, name in zip(numbers, names, strict=False) if name]
    if not names:
        pairs = [f"{number:.12g}=NAME" for number in numbers]
    said = f"{problem}Say what each number stands for: {setting('labels', pairs)}"
    is_whole = len(pairs) == len(numbers)
    return f"{said}." if is_whole else f"{said} with {setting('skip_bad_rows', True)}."


def dates_problem(dates: Sequence[str], column: str) -> str:
    """Say that a column holds dates, and what they may have been."""
    return (
        f"column '{column}' holds dates ({quoted(sorted(dates), 3)}), as spreadsheets make 4/5 a "
        f"date. Mend these cells, or choose another column with {setting('label')}."
    )


def lists_problem(lists: Sequence[str], others: Sequence[float], column: Column) -> str:
    """Say that values are lists of ids, of which a row can have one."""
    pairs = [f"{number:.12g}=NAME" for number in others]
    return (
        f"column '{column.name}' holds ids with commas between them ({quoted(sorted(lists), 3)}), "
        "which are several labels in one row; expected one. Leave these rows out, and say what "
        f"each other id stands for: {setting('labels', pairs)} with "
        f"{setting('skip_bad_rows', True)}."
    )


def mixed_problem(
    used: Mapping[str, int], numbers: Sequence[str], column: Column, names: Labels | None
) -> str:
    """Say that a column mixes numbers and words, and how one kind of them is read.

    Args:
        used: number of rows that hold each value.
        numbers: values that are numbers.
        column: what is known about the column.
        names: labels that the words make; None if they make none.
    """
    words = [value for value in used if value not in numbers]
    said = (
        f"column '{column.name}' mixes numbers ({quoted(sorted(numbers), 5)}) and words "
        f"({quoted(sorted(words), 5)}). "
    )
    share = sum(used[word] for word in words) / sum(used.values())
    skip = setting("skip_bad_rows", True)
    is_plain = len(words) > 1 and not any("," in word for word in words)
    if share >= 1 - _SLIPS and is_plain and names is not None:
        named = setting("labels", list(names.names))
        return f"{said}Name the labels, and leave the other rows out: {named} with {skip}."
    if share > _SLIPS:
        return f"{said}Give one kind alone, or say what each stands for with {setting('labels')}."
    how = advice(numbers_in(numbers), column.name)
    return f"{said}{how} Leave the rows with words out: {skip}."


def other_ids_problem(column: Column) -> str:
    """Say that 0 and 1 alone are other labels by themselves than in the train part."""
    return (
        f"column '{column.name}' holds 0 and 1 alone, which by themselves are negative and "
        "positive, and with the 2 of the train part something else. Write its labels as words; or "
        f"leave it out, and measure on it after the training: {command('evaluate', 'RUN', 'FILE')} "
        "reads 0 and 1 as negative and positive."
    )


def names_problem(tally: Mapping[str, int], labels: Labels, column: Column) -> str:
    """Say that no value is one of the labels, which ones there are, and how to rename them."""
    found = [value for value, count in tally.items() if count]
    shown = ", ".join(f"'{seen(v)}' ({tally[v]:,} rows)" for v in sorted(found)[:12])
    more = f", and {len(found) - 12} more" if len(found) > 12 else ""
    problem = (
        f"no row has one of the labels {', '.join(labels.names)}. Found in column "
        f"'{column.name}': {shown}{more}. "
    )
    if not column.labels and all(read_rating(value) for value in found):
        return star_problem({value: tally[value] for value in found}, column.name)
    answers, poles = find_answers(found), _poles(labels)
    if answers is not None and poles is not None:
        return f"{problem}Say what each stands for: {ways_of(answers, column.name, poles)}."
    pairs = _renamed(found, labels)
    if pairs:
        return f"{problem}Say what each stands for: {setting('labels', pairs)}."
    pattern = setting("labels", [f"{value}=NAME" for value in sorted(found)[:4]])
    return (
        f"{problem}Choose another column with {setting('label', 'NAME')}, or name what each value "
        f"stands for: {pattern}."
    )


def may_be_labels(missing: Collection[str], tally: Mapping[str, int]) -> str:
    """Say how to read words for none that may be labels, as ``-`` is beside ``+``."""
    is_likely = "+" in tally or len(tally) - len(missing) < 2
    if not missing or not is_likely or len(tally) > _FEW:
        return ""
    ways = [f"{value}={_SIGNS.get(value, 'NAME')}" for value in sorted(tally)]
    return (
        f" (taken for no label: {quoted(sorted(missing))}; if that is one, say what each value "
        f"stands for: {setting('labels', ways)})"
    )


ONE_LABEL = (
    "At least two labels are needed: add rows with another one, or choose another column with "
    f"{setting('label')}."
)


def same_sentiment_notes(labels: Labels) -> tuple[Message, ...]:
    """Say which labels mean the same and are learned apart all the same; nothing where none do.

    Not covered: ``mixed`` beside ``neutral``, which people do keep apart.
    """
    meant = {
        name: canonical_sentiment(name)
        for name in labels.names
        if not is_strong(name) and fold(name) != "mixed"
    }
    twins = [[name for name, sentiment in meant.items() if sentiment == one] for one in TERNARY]
    twins = [names for names in twins if len(names) > 1]
    if not twins:
        return ()
    said = f"labels that mean the same are learned apart: {', '.join(map(' and '.join, twins))}"
    if any("," in name or "=" in name for name in labels.names):
        return (Message(said),)
    joined = {name: f"{name}={meant[name]}" for names in twins for name in names}
    pairs = [name if name == meant.get(name) else joined.get(name, name) for name in labels.names]
    return (Message(f"{said}. Join them with {setting('labels', pairs)}"),)


def too_few(numbers: Sequence[float]) -> str | None:
    """Say that one number makes no labels; None where there are more."""
    return None if len(numbers) > 1 else ONE_LABEL


def one_of(labels: Labels) -> str:
    """Say of a value that it is none of these labels."""
    return f"is not one of {', '.join(labels.names)}"


def seen(value: str) -> str:
    """Write a value so that characters that nobody sees are seen."""
    shown = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    return "".join(shown)


def _likely(numbers: Sequence[float], labels: Labels) -> Sequence[str]:
    """Return a name for each number, where the order of labels says which; "" for none of them."""
    signs = labels.polarities
    if len(numbers) == len(labels) and (signs is None or list(signs) == sorted(signs)):
        return labels.names
    poles = _poles(labels)
    if poles is None or signs is None or list(signs) != sorted(signs):
        return ()
    if len(numbers) == 2:
        return poles
    return (poles[0], "", poles[1]) if len(numbers) == 3 else ()


def _poles(labels: Labels) -> tuple[str, str] | None:
    """Return the only negative and the only positive label; None where there are not just these."""
    signs = labels.polarities or ()
    if not signs.count(-1) == signs.count(1) == 1:
        return None
    return labels.names[signs.index(-1)], labels.names[signs.index(1)]


def _renamed(found: Sequence[str], labels: Labels) -> list[str]:
    """Return ``VALUE=NAME`` for each value, where it is plain; nothing where one is not."""
    names = list(labels.names)
    pairs = []
    for value in sorted(found):
        starts = [name for name in names if fold(name).startswith(fold(value))]
        sign = _INITIALS.get(fold(value))
        signed = [n for n, s in zip(names, labels.polarities or (), strict=False) if s == sign]
        chosen = starts if len(starts) == 1 else signed
        if len(chosen) != 1 or "," in value or "=" in value:
            return []
        pairs.append(f"{value}={chosen[0]}")
    return pairs if len({pair.rpartition("=")[2] for pair in pairs}) == len(pairs) else []
