"""Ordered label names, how files spell them, and what they mean for sentiment.

Not covered: labels in other languages than English keep their names, but have no polarity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sentilora.errors import ConfigError, several
from sentilora.message import setting

BINARY = ("negative", "positive")
TERNARY = ("negative", "neutral", "positive")

_SPELLINGS = {
    "negative": ("negative", "neg", "very negative", "bad", "negativ"),
    "neutral": ("neutral", "neu", "mixed", "neut"),
    "positive": ("positive", "pos", "very positive", "good", "positiv"),
}
_EXAMPLE = ["negative", "positive"]
_STAR_LABEL = re.compile(r"^(\d+)\s*(?:stars?)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Labels:
    """The ordered names of the classes; the position of a name is its label id.

    Raises:
        ConfigError: fewer than two names, an empty name, or a name twice.
    """

    names: tuple[str, ...]

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
    for name, spellings in _SPELLINGS.items():
        if folded in spellings:
            return name
    return None


def order_labels(found: Iterable[str]) -> Labels:
    """Order label names from negative to positive if they are sentiments, by number, or by name.

    Raises:
        ConfigError: fewer than two different names.
    """
    names = sorted(set(found))
    if all(_STAR_LABEL.match(name) for name in names):
        names.sort(key=lambda name: int(re.sub(r"\D", "", name)))
        return Labels(tuple(names))
    rank = {"very negative": 0, "negative": 1, "neutral": 2, "positive": 3, "very positive": 4}
    folded = {name: re.sub(r"[\s_-]+", " ", name).strip().casefold() for name in names}
    known = {name: canonical_sentiment(name) for name in names}
    if all(known.values()):
        names.sort(key=lambda name: rank.get(folded[name], rank[known[name] or "neutral"]))
    return Labels(tuple(names))


def fold_spellings(found: Iterable[str]) -> dict[str, str]:
    """Map each spelling in a file to the label it stands for.

    ``POS``, ``Positive`` and ``pos`` become ``positive`` when *every* spelling is a known sentiment
    and no two grades (``positive`` and ``very positive``) would fall together; otherwise names stay
    as they are, only stripped.
    """
    spellings = sorted(set(found))
    known = {spelling: canonical_sentiment(spelling) for spelling in spellings}
    is_graded = any("very" in spelling.casefold() for spelling in spellings)
    if spellings and all(known.values()) and not is_graded:
        return {spelling: name for spelling, name in known.items() if name is not None}
    return {spelling: spelling.strip() for spelling in spellings}


def label_of_stars(stars: float, scale: int) -> str | None:
    """Map a rating to a sentiment: 1-2, 3, 4-5 of five stars; 1-4, 5-6, 7-10 of ten.

    Returns None when the rating lies outside ``1 … scale`` or the scale is neither 5 nor 10.
    """
    low, high = {5: (2, 4), 10: (4, 7)}.get(scale, (0, 0))
    if not low or not 1 <= stars <= scale:
        return None
    if stars <= low:
        return "negative"
    return "positive" if stars >= high else "neutral"


def parse_labels(text: str | Sequence[str] | Labels | None) -> Labels | None:
    """Read ``negative,neutral,positive`` (id order) as given on the command line or in a file."""
    if text is None or isinstance(text, Labels):
        return text
    names = text.split(",") if isinstance(text, str) else text
    return Labels(tuple(name.strip() for name in names))
