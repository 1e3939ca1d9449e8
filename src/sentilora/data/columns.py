"""Which column is the text, which the label, which the group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sentilora.data.problems import Problems, quoted
from sentilora.errors import DataError
from sentilora.message import setting

TEXT_NAMES = ("text", "review", "sentence", "content")
LABEL_NAMES = ("label", "sentiment", "target", "stars", "rating")
RATING_NAMES = ("stars", "rating")


@dataclass(frozen=True)
class Columns:
    """The names of the columns that are read; None where it could not be decided."""

    text: str | None
    label: str | None
    group: str | None

    @property
    def used(self) -> tuple[str, ...]:
        """The decided ones, each once."""
        names = (self.text, self.label, self.group)
        return tuple(dict.fromkeys(name for name in names if name is not None))


def find_text_column(names: Sequence[str], wanted: str | None, source: str) -> str:
    """Return the column that holds the texts: the wanted one, or the one with a known name.

    Raises:
        DataError: there is none, or more than one.
    """
    name, problem = _pick(names, wanted, TEXT_NAMES, "text", ())
    if name is None:
        raise DataError(f"{source}: {problem}")
    return name


def choose_columns(
    names: Sequence[str],
    *,
    text: str | None,
    label: str | None,
    group: str | None,
    problems: Problems,
) -> Columns:
    """Decide all columns; what cannot be decided is noted in ``problems`` and left as None."""
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        problems.add(
            f"column names that occur twice: {quoted(doubled)}. Give each column its own name."
        )
        return Columns(None, None, None)
    chosen_group = None
    if group is not None:
        chosen_group, problem = _pick(names, group, (), "group", ())
        if problem:
            problems.add(problem)
    others = tuple(name for name in (chosen_group, match_column(names, label)) if name is not None)
    chosen_text, problem = _pick(names, text, TEXT_NAMES, "text", others)
    if problem:
        problems.add(problem)
    others = tuple(name for name in (chosen_group, chosen_text) if name is not None)
    chosen_label, problem = _pick(names, label, LABEL_NAMES, "label", others)
    if problem:
        problems.add(problem)
    if chosen_text is not None and chosen_text in (chosen_label, chosen_group):
        problems.add(
            f"column '{chosen_text}' cannot be the text and the label or group as well. "
            f"Found: {quoted(names)}. Choose with {setting('text')} and {setting('label')}."
        )
    return Columns(chosen_text, chosen_label, chosen_group)


def match_column(names: Sequence[str], wanted: str | None) -> str | None:
    """Find a name as typed, else the only one that differs in case."""
    if wanted is None or wanted in names:
        return wanted
    folded = [name for name in names if _fold(name) == _fold(wanted)]
    return folded[0] if len(folded) == 1 else None


def _pick(
    names: Sequence[str],
    wanted: str | None,
    known: Sequence[str],
    role: str,
    taken: Sequence[str],
) -> tuple[str | None, str]:
    """Return the column and no problem, or None and the problem."""
    found = f"Found: {quoted(names)}."
    if wanted is not None:
        name = match_column(names, wanted)
        return name, "" if name else f"no column '{wanted}'. {found} {_advice(names, role, ())}"
    candidates = [name for name in names if _fold(name) in known and name not in taken]
    if len(candidates) == 1:
        return candidates[0], ""
    if candidates:
        return None, (
            f"more than one column could be the {role}: {quoted(candidates)}. {found} "
            f"Choose one with {setting(role, _example(candidates[0]))}."
        )
    expected = f"{', '.join(known[:-1])} or {known[-1]}"
    advice = _advice(names, role, taken)
    return None, f"no column for the {role} (one named {expected}). {found} {advice}"


def _advice(names: Sequence[str], role: str, taken: Sequence[str]) -> str:
    free = [name for name in names if name not in taken]
    likely = [name for name in free if _fold(name) not in (*TEXT_NAMES, *LABEL_NAMES)]
    example = (likely or free or ["NAME"])[0]
    return f"Choose one with {setting(role, _example(example))}."


def _example(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and len(name) < 40 else "NAME"


def _fold(name: str) -> str:
    return name.strip().casefold()
