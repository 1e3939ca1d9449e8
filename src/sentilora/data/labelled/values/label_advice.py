"""What to say of label values that cannot be read as they are: what was found, what to type."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sentilora.data.labelled.values.label_numbers import advice, is_rating_column, written
from sentilora.data.labelled.values.label_spellings import fold
from sentilora.data.labelled.values.meanings import Column
from sentilora.data.labelled.values.rating_scale import read_rating
from sentilora.data.labelled.values.ratings import star_problem
from sentilora.data.problems import quoted
from sentilora.labels import Labels
from sentilora.message import setting

_FEW = 5  # values that are named one by one
_SIGNS = {"+": "positive", "-": "negative"}
_ANSWERS = {"no": -1, "false": -1, "f": -1, "n": -1, "yes": 1, "true": 1, "t": 1, "y": 1, "p": 1}


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


def too_few(numbers: Sequence[float]) -> str | None:
    """Say that one number makes no labels; None where there are more."""
    if len(numbers) > 1:
        return None
    return f"At least two labels are needed; choose another column with {setting('label')}."


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
    if signs is None or list(signs) != sorted(signs) or not signs.count(-1) == signs.count(1) == 1:
        return ()
    poles = labels.names[signs.index(-1)], labels.names[signs.index(1)]
    if len(numbers) == 2:
        return poles
    return (poles[0], "", poles[1]) if len(numbers) == 3 else ()


def _renamed(found: Sequence[str], labels: Labels) -> list[str]:
    """Return ``VALUE=NAME`` for each value, where it is plain; nothing where one is not."""
    names = list(labels.names)
    pairs = []
    for value in sorted(found):
        starts = [name for name in names if fold(name).startswith(fold(value))]
        sign = _ANSWERS.get(fold(value))
        signed = [n for n, s in zip(names, labels.polarities or (), strict=False) if s == sign]
        chosen = starts if len(starts) == 1 else signed
        if len(chosen) != 1 or "," in value or "=" in value:
            return []
        pairs.append(f"{value}={chosen[0]}")
    return pairs if len({pair.rpartition("=")[2] for pair in pairs}) == len(pairs) else []
