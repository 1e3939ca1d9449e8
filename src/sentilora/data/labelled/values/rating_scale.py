"""Scales of ratings, how files spell a rating, and which ratings are negative or positive.

Not covered: grades in letters, and scales whose steps are not even.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from sentilora.errors import ConfigError
from sentilora.message import setting

_NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
_LIMITS = re.compile(rf"\s*({_NUMBER})\s*(?:-|–|:|\.\.|…|to)\s*({_NUMBER})\s*")
_WORDS = {name: i for i, name in enumerate(("zero", "one", "two", "three", "four", "five"))}
# "4", "4,5", "4/5", "4 out of 5", "Rating: 4/5", "4 stars", "80 %", "5 - Excellent"
_RATING = re.compile(
    rf"""(?:[^\W\d_]+\s*[:=]\s*|rated\s+)?
    (?P<number>{_NUMBER}|zero|one|two|three|four|five)\s*(?P<half>½)?
    (?:\s*(?:/|out\s+of|of|von|sur|de|su|van|из)\s*(?P<most>\d+(?:[.,]0+)?))?
    (?:[\s-]*(?P<unit>%|percent|prozent|stars?|★|⭐|\*|sterne?|[ée]toiles?|estrellas?|stelle|points?|
    punkte?|pts))?
    (?:\s*[-–—:=(]\s*[^\d]+)?""",
    re.VERBOSE | re.IGNORECASE,
)
_DRAWN = re.compile(r"(?P<full>[★⭐🌟✭✮*]*)(?P<half>[½⯪⯨]?)(?P<empty>[☆✩✰⭒]*)")
# Characters that nobody sees; and a minus of typesetters is one.
_UNSEEN = str.maketrans("\u2212", "-", "\ufe0e\ufe0f\u200b\u200d\u2060\ufeff")
_SLACK = 1e-9
_LARGEST = 1e9  # of ratings; larger numbers are keys


@dataclass(frozen=True)
class Rating:
    """A rating as a file spells it.

    Attributes:
        number: rating itself; in per cent when ``is_percent``.
        most: highest rating that the spelling names (5 of ``4/5``); None where it names none.
        is_percent: whether it is a share in per cent.
    """

    number: float
    most: float | None = None
    is_percent: bool = False


@dataclass(frozen=True)
class Scale:
    """A numeric scale.

    Attributes:
        worst: rating at its negative end.
        best: rating at its positive end; below ``worst`` where 1 is the best grade.
    """

    worst: float
    best: float

    def __str__(self) -> str:
        return f"{self.worst:g} … {self.best:g}"

    @property
    def option(self) -> str:
        """The scale as :func:`parse_scale` reads it."""
        return f"{self.worst:g}-{self.best:g}"

    @property
    def lowest(self) -> float:
        """Lowest rating that is on the scale; half a star is on one that begins with 1."""
        low = min(self.worst, self.best)
        return 0.5 if low == 1 and self.best in (5, 10) else low

    def holds(self, number: float) -> bool:
        """Tell whether a rating is on the scale."""
        return self.lowest - _SLACK <= number <= max(self.worst, self.best) + _SLACK

    def number_of(self, rating: Rating) -> float | None:
        """Return a rating as a number of this scale; None when it is of another one."""
        if rating.is_percent:
            share = rating.number / 100
            return share * self.best if self.worst == 1 else self.worst + share * self._width
        if rating.most is not None and rating.most != max(self.worst, self.best):
            return None
        return rating.number

    def sentiment(self, number: float) -> str | None:
        """Map a rating to ``negative``, ``neutral`` or ``positive``; None outside of the scale.

        Five stars: up to 2, between 2 and 4, from 4 on. 0 to 10, the Net Promoter Score's scale:
        0 to 6 are detractors, 7 and 8 passives, 9 and 10 promoters. All others in thirds, which on
        a scale of 1 to 10 are 1 to 4, 5 and 6, 7 to 10.
        """
        if not self.holds(number):
            return None
        low, high = self.cuts
        place = number if self._width > 0 else -number
        if place <= low + _SLACK:
            return "negative"
        return "positive" if place >= high - _SLACK else "neutral"

    @property
    def cuts(self) -> tuple[float, float]:
        """The highest negative and the lowest positive rating (their negatives, if 1 is best)."""
        match (self.worst, self.best):
            case (1, 5):
                return 2, 4
            case (0, 10):
                return 6, 9
        start = self.worst if self._width > 0 else -self.worst
        return start + abs(self._width) / 3, start + abs(self._width) * 2 / 3

    def told(self) -> str:
        """Say what is negative and what positive, for a note."""
        if (self.worst, self.best) == (0, 10):
            return "0 to 6 as negative, 7 and 8 as neutral, 9 and 10 as positive"
        low, high = self.cuts
        if self._width > 0:
            return f"up to {_brief(low)} as negative, from {_brief(high)} on as positive"
        return f"from {_brief(-low)} on as negative, down to {_brief(-high)} as positive"

    @property
    def width(self) -> float:
        """Distance of its ends."""
        return abs(self._width)

    @property
    def is_falling(self) -> bool:
        """Whether lower ratings are better."""
        return self._width < 0

    @property
    def _width(self) -> float:
        return self.best - self.worst


def parse_scale(text: str | None) -> Scale | None:
    """Read ``0-10``, ``-1-1``, ``0.5-5``; ``6-1`` where 1 is the best grade.

    Raises:
        ConfigError: it is no such thing.
    """
    if text is None:
        return None
    match = _LIMITS.fullmatch(str(text))
    limits = [] if match is None else [_float(part) for part in match.groups()]
    if len(limits) != 2 or limits[0] == limits[1]:
        raise ConfigError(
            f"{setting('scale', str(text))}: expected the worst and the best rating with a dash "
            f"between them, for instance {setting('scale', '0-10')} or {setting('scale', '-1-1')}."
        )
    return Scale(*limits)


def scale_of_stars(stars: int) -> Scale:
    """Return the scale of 1 to so many stars."""
    return Scale(1, stars)


def read_rating(value: str) -> Rating | None:
    """Read a rating in any of its spellings; None when it is none."""
    text = value.strip().translate(_UNSEEN)
    if not text:
        return None
    drawn = _DRAWN.fullmatch(text.replace(" ", ""))
    if drawn is not None:
        full, half, empty = (len(part) for part in drawn.groups())
        return Rating(full + half / 2, full + half + empty if empty else None)
    match = _RATING.fullmatch(text)
    if match is None:
        return None
    written = match["number"].casefold()
    number = float(_WORDS[written]) if written in _WORDS else _float(written)
    if written in _WORDS and match["unit"] is None:
        return None  # "one" alone is a word
    if abs(number) >= _LARGEST:
        return None
    most = None if match["most"] is None else _float(match["most"])
    is_percent = (match["unit"] or "").casefold() in ("%", "percent", "prozent")
    return Rating(number + (0.5 if match["half"] else 0), most, is_percent)


def _float(text: str) -> float:
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else 0.0


def _brief(number: float) -> str:
    return f"{number:.4g}"
