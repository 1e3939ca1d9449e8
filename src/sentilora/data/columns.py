"""Which column is the text, which the label, which the group."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sentilora.data.column_values import Sample, likely_label, likely_text, nothing
from sentilora.data.problems import Problems, doubled_names, quoted
from sentilora.errors import ConfigError, DataError
from sentilora.labels import BINARY, TERNARY, canonical_sentiment
from sentilora.message import setting

# Known names, without case, spaces and underscores; others are looked at where none of these is.
TEXT_NAMES = ("text", "review", "sentence", "content")
MORE_TEXT_NAMES = (
    "body",
    "comment",
    "comments",
    "commenttext",
    "description",
    "feedback",
    "message",
    "reviewbody",
    "reviewcontent",
    "reviewtext",
    "tweet",
    "tweettext",
    "verbatim",
)
LABEL_NAMES = ("label", "sentiment", "target", "stars", "rating")
MORE_LABEL_NAMES = (
    "class",
    "labels",
    "overall",
    "polarity",
    "ratings",
    "reviewrating",
    "reviewstars",
    "score",
    "sentimentlabel",
    "starrating",
)
RATING_NAMES = (
    "overall",
    "rating",
    "ratings",
    "reviewrating",
    "reviewstars",
    "starrating",
    "stars",
)


@dataclass(frozen=True)
class Columns:
    """The names of the columns that are read; None where it could not be decided.

    Attributes:
        text: column with the texts.
        label: column with the labels; names joined by commas for ``one_hot``.
        group: column with the groups.
        one_hot: columns of which each stands for one label; none where one column has them.
    """

    text: str | None
    label: str | None
    group: str | None
    one_hot: tuple[str, ...] = ()

    @property
    def used(self) -> tuple[str, ...]:
        """The decided ones, each once."""
        names = (self.text, *(self.one_hot or (self.label,)), self.group)
        return tuple(dict.fromkeys(name for name in names if name is not None))


def find_text_column(
    names: Sequence[str], wanted: str | None, source: str, sample: Sample = nothing
) -> str:
    """Return the column that holds the texts: the wanted one, or the one with a known name.

    Args:
        names: names of all columns.
        wanted: name that the user gave; None to find it by name.
        source: name that the user knows the data by.
        sample: what reads the first rows, for advice.

    Raises:
        DataError: there is none, or more than one.
    """
    name, problem = _pick(names, column_name(wanted, "text"), "text", (), sample)
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
    sample: Sample = nothing,
) -> Columns:
    """Decide all columns; what cannot be decided is noted in ``problems`` and left as None."""
    if doubled := doubled_names(names):
        problems.add(doubled)
        return Columns(None, None, None)
    chosen_group = None
    if group is not None:
        chosen_group, problem = _pick(names, group, "group", (), sample)
        if problem:
            problems.add(problem)
    one_hot = _one_hot(names, label)
    others = tuple(
        name for name in (chosen_group, match_column(names, label), *one_hot) if name is not None
    )
    chosen_text, problem = _pick(names, text, "text", others, sample)
    if chosen_group is not None and _is_text_too(names, chosen_group, text, chosen_text):
        problems.add(
            f"column '{chosen_group}' is the text, and cannot be the group as well. Rows with the "
            f"same text stay together by themselves: leave {setting('group', group)} out."
        )
        return Columns(None, None, None)
    if problem:
        problems.add(problem)
    others = tuple(name for name in (chosen_group, chosen_text) if name is not None)
    chosen_label: str | None = ",".join(one_hot)
    if not one_hot:
        chosen_label, problem = _pick(names, label, "label", others, sample)
        if problem:
            problems.add(problem)
    if chosen_text is not None and chosen_text in (chosen_label, chosen_group):
        problems.add(
            f"column '{chosen_text}' cannot be the text and the label or group as well. "
            f"Found: {quoted(names)}. Choose with {setting('text')} and {setting('label')}."
        )
    return Columns(chosen_text, chosen_label, chosen_group, one_hot)


def _is_text_too(names: Sequence[str], group: str, wanted: str | None, found: str | None) -> bool:
    """Tell whether the column of groups is the one with the texts."""
    if wanted is not None:
        return match_column(names, wanted) == group
    return found is None and known_columns(names, "text") == [group]


def column_name(wanted: object, role: str) -> str | None:
    """Return the name of a column that a caller gave; a number, as pandas has them, is one, too.

    Raises:
        ConfigError: it is neither a name nor a number.
    """
    if wanted is None or isinstance(wanted, str):
        return wanted
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        return str(wanted)
    raise ConfigError(
        f"{role} = {type(wanted).__name__}: expected the name of a column. Type for instance: "
        f"{setting(role, role)}"
    )


def match_column(names: Sequence[str], wanted: str | None) -> str | None:
    """Find a name as typed, else the only one that differs in case."""
    if wanted is None or wanted in names:
        return wanted
    folded = [name for name in names if _fold(name) == _fold(wanted)]
    return folded[0] if len(folded) == 1 else None


def fold_name(name: str) -> str:
    """Write a column name without case, spaces and what stands for them."""
    return re.sub(r"[\s_.-]+", "", name).casefold()


def one_hot_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that are named after sentiments, one a sentiment; else none."""
    named: dict[str, str] = {}
    for name in names:
        sentiment = sentiment_of_column(name)
        if sentiment in named:
            return ()
        if sentiment is not None:
            named[sentiment] = name
    order = [named[sentiment] for sentiment in TERNARY if sentiment in named]
    return tuple(order) if set(BINARY) <= set(named) else ()


def sentiment_of_column(name: str) -> str | None:
    """Return the sentiment that a column is named after, as ``is_negative`` is."""
    words = [word for word in words_of(name) if word not in ("is", "label", "sentiment")]
    return canonical_sentiment(" ".join(words))


def words_of(name: str) -> list[str]:
    """Return the words of a column name: ``is_bad``, ``isBad`` and ``Is bad`` have two."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W_]+", parted.casefold())


def _one_hot(names: Sequence[str], label: str | None) -> tuple[str, ...]:
    """Return the columns that ``label`` lists with commas, if it does."""
    if label is None or "," not in label or match_column(names, label) is not None:
        return ()
    found = [match_column(names, part.strip()) for part in label.split(",")]
    return tuple(name for name in found if name is not None) if None not in found else ()


def known_columns(names: Iterable[str], role: str, taken: Sequence[str] = ()) -> list[str]:
    """Return the columns with a known name of this role: usual names, or else others."""
    names = list(names)
    tiers = {
        "text": (TEXT_NAMES, MORE_TEXT_NAMES),
        "label": (LABEL_NAMES, MORE_LABEL_NAMES),
    }
    for known in tiers.get(role, ()):
        found = [name for name in names if fold_name(name) in known and name not in taken]
        if found:
            return found
    return []


def is_known_name(name: str) -> bool:
    """Tell whether a column of this name is one of texts or labels."""
    known = (*TEXT_NAMES, *MORE_TEXT_NAMES, *LABEL_NAMES, *MORE_LABEL_NAMES)
    return fold_name(name) in known


def _pick(
    names: Sequence[str], wanted: str | None, role: str, taken: Sequence[str], sample: Sample
) -> tuple[str | None, str]:
    """Return the column and no problem, or None and the problem."""
    found = f"Found: {quoted(names)}."
    if wanted is not None:
        name = match_column(names, wanted)
        advice = "" if name else _advice(names, role, taken, sample)
        return name, "" if name else f"no column '{wanted}'. {found} {advice}"
    candidates = known_columns(names, role, taken)
    if len(candidates) == 1:
        return candidates[0], ""
    if candidates:
        return None, (
            f"more than one column could be the {role}: {quoted(candidates)}. {found} "
            f"Choose one with {setting(role, _example(candidates[0]))}."
        )
    known = TEXT_NAMES if role == "text" else LABEL_NAMES
    expected = f"{', '.join(known[:-1])} or {known[-1]}"
    advice = _advice(names, role, taken, sample)
    return None, f"no column for the {role} (one named {expected}). {found} {advice}"


def _advice(names: Sequence[str], role: str, taken: Sequence[str], sample: Sample) -> str:
    """Name the column that is likeliest by its values; none where that is a guess."""
    seen = {name: values for name, values in sample().items() if name in names}
    known = known_columns(names, role, taken)
    if role == "text":  # a name alone makes no texts of numbers
        known = [
            name for name in known if name not in seen or not _are_no_texts({name: seen[name]})
        ]
    sisters = one_hot_columns(names) if role == "label" and not known else ()
    if sisters:
        return (
            f"The columns {quoted(sisters)} look like one column a label: read them with "
            f"{setting('label', ','.join(sisters))}."
        )
    likely = known[0] if known else None
    if likely is None:
        look = {"text": likely_text, "label": likely_label}.get(role)
        # What is text by its name or its values is no label, and the other way round.
        others = [*taken, *(known_columns(names, "text" if role == "label" else "label"))]
        likely = None if look is None else look(seen, others)
        if role == "text" and likely is None and seen and _are_no_texts(seen, others):
            return "No column holds texts. Give a file with a column of texts."
    return f"Choose one with {setting(role, _example(likely or 'NAME'))}."


def _are_no_texts(sample: Mapping[str, Sequence[object]], taken: Iterable[str] = ()) -> bool:
    """Tell whether no column that is left has a string in its first rows."""
    return not any(
        isinstance(value, str) and value.strip()
        for name, values in sample.items()
        if name not in taken
        for value in values
    )


def _example(name: str) -> str:
    return name if name.isprintable() and 0 < len(name) < 60 else "NAME"


def _fold(name: str) -> str:
    return name.strip().casefold()
