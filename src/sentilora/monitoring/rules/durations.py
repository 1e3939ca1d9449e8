"""Lengths of time as people write them: ``30 minutes``, ``2 h``, ``7 days``."""

from __future__ import annotations

import re

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400
_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), MINUTE_S),
    **dict.fromkeys(("h", "hour", "hours"), HOUR_S),
    **dict.fromkeys(("d", "day", "days"), DAY_S),
    **dict.fromkeys(("w", "week", "weeks"), 7 * DAY_S),
}
_FORM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.I)


def seconds_of(written: str) -> float:
    """Read a length of time, in seconds.

    Raises:
        ValueError: it is none.
    """
    found = _FORM.fullmatch(written)
    unit = _UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None or float(found[1]) == 0:
        raise ValueError(f"{written!r} is no length of time; expected for instance '30 minutes'")
    return float(found[1]) * unit


def duration_words(seconds: float) -> str:
    """Write a length of time for people."""
    for unit, name in ((DAY_S, "day"), (HOUR_S, "hour"), (MINUTE_S, "minute"), (1, "second")):
        if seconds >= unit:
            number = seconds / unit
            return f"{number:.3g} {name}{'' if number == 1 else 's'}"
    return f"{seconds:.3g} seconds"
