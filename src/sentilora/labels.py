"""Ordered label names, how files spell them, and what they mean for sentiment.

Not covered: labels in other languages than English keep their names, but have no polarity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from sentilora.errors import ConfigError, several
from sentilora.message import setting

BINARY = ("negative", "positive")
TERNARY = ("negative", "neutral", "positive")

_SPELLINGS = {
    "negative": ("negative", "neg", "bad", "negativ"),
    "neutral": ("neutral", "neu", "mixed", "neut"),
    "positive": ("positive", "pos", "good", "positiv"),
}
_STRONG = re.compile(r"^(very|extremely|strongly|highly) ")
_EXAMPLE = ["negative", "positive"]
_STAR_LABEL = re.compile(r"^(\d+)\s*(?:stars?)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Labels:
    """The ordered names of the classes; the position of a name is its label id.

    Attributes:
        names: names of the classes.
        values: values of a file with the names that they stand for, where a user said so; no part
            of what a model keeps.

    Raises:
        ConfigError: fewer than two names, an empty name, or a name twice.
    """

    names: tuple[str, ...]
    values: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        problems = []
        if len(self.names) < 2:
            problems.append(
                f"found {len(self.names)} label(s) {list(self.names)}; at least two are needed. "
                f"Name them in id order with {setting('labels', _EXAMPLE)}"
            )
        if any(not name.strip() for name in self.names):
            problems.append("an empty label name")
        doubled = sorted({name for name in self.names if self.names.count(name) > 1})
        if doubled:
            problems.append(f"label names that occur twice: {', '.join(doubled)}")
        if problems:
            raise ConfigError(several("labels", problems))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def id2label(self) -> dict[int, str]:
        """Names by label id, as transformers wants them."""
        return dict(enumerate(self.names))

    @property
    def label2id(self) -> dict[str, int]:
        """Label ids by name."""
        return {name: index for index, name in enumerate(self.names)}

    @property
    def ids_of_sentiments(self) -> dict[str, int]:
        """Ids of the sentiments among the names; one that two names share is left out."""
        found = [canonical_sentiment(name) for name in self.names]
        return {
            name: index
            for index, name in enumerate(found)
            if name is not None and found.count(name) == 1
        }

    @cached_property
    def polarities(self) -> tuple[int, ...] | None:
        """Sign of each label (-1, 0, 1), or None when the names are not about sentiment."""
        stars = [_STAR_LABEL.match(name) for name in self.names]
        if all(stars):
            grades = [int(match.group(1)) for match in stars if match]
            if grades == [0, 1]:
                return (-1, 1)
            middle = (min(grades) + max(grades)) / 2
            return tuple((grade > middle) - (grade < middle) for grade in grades)
        signs = {"negative": -1, "neutral": 0, "positive": 1}
        canonical = [canonical_sentiment(name) for name in self.names]
        if any(name is None for name in canonical):
            return None
        return tuple(signs[name] for name in canonical if name is not None)


def poles_of(labels: Labels) -> tuple[list[int], list[int]]:
    """Return the ids of the positive labels and of the negative ones; neither is empty.

    Raises:
        ConfigError: the labels do not say which is more positive.
    """
    polarities = labels.polarities or ()
    positive = [index for index, sign in enumerate(polarities) if sign > 0]
    negative = [index for index, sign in enumerate(polarities) if sign < 0]
    if not positive or not negative:
        raise ConfigError(
            f"Texts cannot be ordered by the labels {', '.join(labels.names)}: expected a negative "
            "and a positive side, by name or by stars. Name the labels with "
            f"{setting('labels', _EXAMPLE)}; for other labels, use label preferences (columns "
            "text, chosen, rejected)."
        )
    return positive, negative


def canonical_sentiment(spelling: str) -> str | None:
    """Return ``negative``, ``neutral`` or ``positive`` for a known English spelling, else None."""
    folded = re.sub(r"[\s_-]+", " ", spelling).strip().casefold()
    plain = _STRONG.sub("", folded)
    if plain != folded and plain not in ("negative", "positive"):
        return None
    return next((name for name, known in _SPELLINGS.items() if plain in known), None)


def is_strong(spelling: str) -> bool:
    """Tell whether a label is a grade beyond another one, as ``very positive`` is."""
    return bool(_STRONG.match(re.sub(r"[\s_-]+", " ", spelling).strip().casefold()))


def order_labels(found: Iterable[str]) -> Labels:
    """Order label names from negative to positive if they are sentiments, by number, or by name.

    Raises:
        ConfigError: fewer than two different names.
    """
    names = sorted(set(found))
    if all(_STAR_LABEL.match(name) for name in names):
        names.sort(key=lambda name: int(re.sub(r"\D", "", name)))
        return Labels(tuple(names))
    known = {name: canonical_sentiment(name) for name in names}
    if all(known.values()):
        signs = {name: TERNARY.index(known[name] or "neutral") - 1 for name in names}
        names.sort(key=lambda name: signs[name] * (2 if is_strong(name) else 1))
    return Labels(tuple(names))


def fold_spellings(found: Iterable[str]) -> dict[str, str]:
    """Map each spelling in a file to the label it stands for.

    ``POS``, ``Positive`` and ``pos`` become ``positive`` when *every* spelling is a known sentiment
    and no two grades (``positive`` and ``very positive``) would fall together; otherwise names stay
    as they are, only stripped.
    """
    spellings = sorted(set(found))
    known = {spelling: canonical_sentiment(spelling) for spelling in spellings}
    is_graded = any(map(is_strong, spellings))
    if spellings and all(known.values()) and not is_graded:
        return {spelling: name for spelling, name in known.items() if name is not None}
    return {spelling: spelling.strip() for spelling in spellings}


def parse_labels(text: str | Sequence[str] | Mapping[str, str] | Labels | None) -> Labels | None:
    """Read ``negative,neutral,positive`` as given on the command line, in a file or in Python.

    ``N=negative,P=positive``, or a mapping in Python, also says which values of a file the names
    stand for.

    Raises:
        ConfigError: a value has two names, or the names are no labels.
    """
    if text is None or isinstance(text, Labels):
        return text
    if isinstance(text, Mapping):
        parts = [f"{value}={name}" for value, name in text.items()]
    else:
        parts = list(label_names(text))
    pairs = [tuple(half.strip() for half in part.rpartition("=")[::2]) for part in parts]
    if not any("=" in part for part in parts):
        return Labels(tuple(name for _, name in pairs))
    values = [(value or name, name) for value, name in pairs]
    doubled = sorted({value for value, _ in values if [v for v, _ in values].count(value) > 1})
    if doubled:
        raise ConfigError(f"labels: values with two names: {', '.join(doubled)}. Give each one.")
    return Labels(tuple(dict.fromkeys(name for _, name in values)), tuple(values))


def label_names(names: object) -> tuple[str, ...]:
    """Return label names that a caller gave: strings in order, or one string with commas.

    Raises:
        ConfigError: they are something else.
    """
    parts = names.split(",") if isinstance(names, str) else names
    if isinstance(parts, Iterable) and not isinstance(parts, bytes | Mapping | Set):
        found = list(parts)
        if all(isinstance(name, str | int) for name in found):
            return tuple(str(name).strip() for name in found)
    shown = " ".join(ascii(names).split())[:60]
    raise ConfigError(
        f"labels = {shown}: expected names in id order. Type for instance: "
        f"{setting('labels', _EXAMPLE)}"
    )
