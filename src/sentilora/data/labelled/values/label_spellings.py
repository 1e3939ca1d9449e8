"""Spellings of label values: words for a missing value, and one label in several spellings."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping

# What pandas, SQL, R, Excel and people write where there is nothing.
_MISSING = frozenset(
    re.findall(
        r"\S+",
        "nan -nan none null nil n/a na #n/a #na <na> <n/a> <null> (null) nat \\n - -- --- – — "
        "? ?? . .. … #value! #ref! #div/0! #name? #null! undefined",
    )
)
_LONGEST = max(map(len, _MISSING))
# Characters that nobody sees; joiners and selectors are part of emoji and of some scripts.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_PAIRED = '"`“”„‟«»‹›()[]{}'  # what opens and closes
_STOPS = ".,;:!?…。！？、 \t\r\n\xa0"
_AROUND = f"{_PAIRED}'´‘’‚{_STOPS}"  # quotes and stops about a name
_SOMETIMES_SEEN = re.compile("[\u200c\u200d\ufe0e\ufe0f]")


def spell(value: object) -> str | None:
    """Write a label value as a string, the same from every format; None when there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None


def is_missing(value: object) -> bool:
    """Tell whether a value is a word for none: ``nan``, ``NULL``, ``N/A``, ``-``."""
    if not isinstance(value, str) or len(value) > 2 * _LONGEST:
        return False
    return _UNSEEN.sub("", value).strip().casefold() in _MISSING


def clean(value: str) -> str:
    """Write a value without what nobody sees, in composed Unicode, with single spaces, bare."""
    return _bare(" ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", value)).split()))


def fold(value: str) -> str:
    """Return what the spellings of one label have in common.

    Aside are case, width, spaces, and quotes and stops about it (``"Positive."``).
    """
    seen = _SOMETIMES_SEEN.sub("", _UNSEEN.sub("", value))
    return _bare(" ".join(unicodedata.normalize("NFKC", seen).casefold().split()))


def _bare(name: str) -> str:
    """Take quotes and stops off a name of two letters or more; ``:D`` and ``?`` are no names.

    Brackets and quotes about a part of it, as in ``neutral (mixed)``, belong to it.
    """
    bare = name.strip(_AROUND)
    if not set(bare).isdisjoint(_PAIRED):
        bare = name.strip(_STOPS)
    return bare if sum(map(str.isalpha, bare)) > 1 else name


def join_spellings(tally: Mapping[str, int]) -> dict[str, str]:
    """Map each value to the most frequent spelling of its label; of equals, to the first one."""
    best: dict[str, str] = {}
    counts: dict[str, dict[str, int]] = {}
    for value, count in tally.items():
        group = counts.setdefault(fold(value), {})
        group[clean(value)] = group.get(clean(value), 0) + count
    for key, group in counts.items():
        best[key] = max(group, key=lambda name: group[name])
    return {value: best[fold(value)] for value in tally}
