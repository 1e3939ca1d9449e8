"""One value as the day that it may mean, in each order of day, month and year.

Also told is which of many days were hardly meant. Days are counted from 1970-01-01; :data:`NEVER`
stands for none.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ConfigError
from sentilora.message import setting

NEVER = int(np.iinfo(np.int32).min)
NONE = (NEVER, NEVER, NEVER)
EPOCH = dt.date(1970, 1, 1).toordinal()
FIRST_YEAR, LAST_YEAR = 1900, 2199

_SHEET = dt.date(1899, 12, 30).toordinal()  # day 0 of spreadsheets
_SHEET_DAYS = (20_000, 80_000)  # October 1954 to January 2119
_SECONDS = (1e8, 5e9)  # March 1973 to June 2128
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ,]\s*\d.*|Z)?", re.DOTALL)
_NUMBERS = re.compile(
    r"(\d{4}|\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{1,2})\.?(?:[,T\s]\s*(?:at\s+)?\d.*)?"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TIME = re.compile(
    r"\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\b\.?)?"
    r"\s*(?:utc|gmt|z|[ecmp][sd]t|ces?t|bst)?\s*(?:[+-]\d{2}:?\d{2}\b)?"
)
_DAY_NAME = r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?"
_WEEKDAY = re.compile(rf"^{_DAY_NAME}\b[.,]?\s*", re.IGNORECASE)
_PASSED_OVER = re.compile(rf"\([^)]*\)|\b(?:{_DAY_NAME}|at|of|the)\b|(?<=\d)(?:st|nd|rd|th)\b")
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(
        (
            *("january", "february", "march", "april", "may", "june", "july"),
            *("august", "september", "october", "november", "december"),
        ),
        start=1,
    )
    for length in (3, len(name))
} | {"sept": 9}
# What a missing date becomes in spreadsheets and in programs that count from a day on.
_ZERO_DAYS = np.array(
    ["1899-12-30", "1899-12-31", "1900-01-01", "1904-01-01", "1969-12-31", "1970-01-01"],
    "datetime64[D]",
)
_YEAR = np.timedelta64(365, "D")
_FAR_YEARS, _FAR_SPANS = 2, 3  # from all others, in years and in their own spans
_FEW_FAR = 0.02  # of the days; more are no slips
_FEWEST_DAYS = 20


def readings(value: Any) -> tuple[int, int, int]:
    """Return the day that a value means with the day, the month, or the year first.

    Only three numbers in a row mean more than one.
    """
    if isinstance(value, str):
        return _readings_of_text(value.strip())
    if isinstance(value, dt.date):  # times, and those of pandas, are dates as well
        return NONE if value != value else _sure(_day(value.year, value.month, value.day))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _sure(_day_of_number(float(value))) if is_number and value == value else NONE


def _readings_of_text(text: str) -> tuple[int, int, int]:
    if (iso := _ISO.fullmatch(text)) is not None:
        return _sure(_day(int(iso[1]), int(iso[2]), int(iso[3])))
    if _NUMBER.fullmatch(text):
        return _sure(_day_of_digits(text))
    bare = _WEEKDAY.sub("", text)
    if (numbers := _NUMBERS.fullmatch(bare)) is not None:
        return _readings_of_numbers(numbers[1], numbers[3], numbers[4])
    return _sure(_named_day(text)) if len(text) <= 80 else NONE


def _readings_of_numbers(first: str, second: str, third: str) -> tuple[int, int, int]:
    if len(first) == 4:
        return _sure(_day(int(first), int(second), int(third)))
    year = int(third) if len(third) == 4 else _century(int(third))
    by_day = _day(year, int(second), int(first))
    by_month = _day(year, int(first), int(second))
    if len(third) == 4:
        return by_day, by_month, NEVER
    return by_day, by_month, _day(_century(int(first)), int(second), int(third))


def _day_of_digits(text: str) -> int:
    if len(text) == 8 and "." not in text:
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    return _day_of_number(float(text))


def _day_of_number(number: float) -> int:
    """Read a day number of spreadsheets, or seconds, or thousandths and so on, since 1970."""
    if _SHEET_DAYS[0] <= number < _SHEET_DAYS[1]:
        return int(number) + _SHEET - EPOCH
    if number == int(number) and 19_000_000 <= number < 22_000_000:
        return _day_of_digits(str(int(number)))
    for unit in (1, 1e3, 1e6, 1e9):
        if _SECONDS[0] <= number / unit < _SECONDS[1]:
            return int(number / unit // 86_400)
    return NEVER


def _named_day(text: str) -> int:
    """Read a date with the English name of a month; years stand last, or have four digits."""
    bare = _PASSED_OVER.sub(" ", _TIME.sub(" ", text.casefold()))
    parts = re.findall(r"[^\W\d_]+|\d+", bare)
    words = [part for part in parts if not part.isdecimal()]
    numbers = [part for part in parts if part.isdecimal()]
    if len(words) != 1 or len(numbers) != 2 or words[0] not in _MONTHS:
        return NEVER
    day, year = numbers
    if len(day) == 4:
        day, year = year, day
    if len(day) > 2 or len(year) not in (2, 4):
        return NEVER
    return _day(int(year) if len(year) == 4 else _century(int(year)), _MONTHS[words[0]], int(day))


def _century(year: int) -> int:
    return year + (1900 if year >= 69 else 2000)


def _day(year: int, month: int, day: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return NEVER
    try:
        return dt.date(year, month, day).toordinal() - EPOCH
    except ValueError:
        return NEVER


def _sure(day: int) -> tuple[int, int, int]:
    return day, day, day


def iso_day(text: str) -> dt.date | None:
    """Return the day that a text in ISO form names; None if it names none."""
    found = _ISO.fullmatch(text.strip())
    day = NEVER if found is None else _day(int(found[1]), int(found[2]), int(found[3]))
    return None if day == NEVER else date_of(day)


def date_of(day: int) -> dt.date:
    """Return a day counted from 1970 as a date."""
    return dt.date.fromordinal(day + EPOCH)


def stray_days(days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Tell which days are none of the time of the others, ``(N,)``.

    Such are the zeros of programs, where the others begin a year later or more; and, of twenty days
    or more, at most one in fifty at each end, two years away and three times the span of the rest.

    Args:
        days: ``(N,)`` datetime64[D], none missing.
    """
    astray = np.isin(days, _ZERO_DAYS)
    if astray.all() or (astray.any() and days[~astray].min() - days[astray].max() < _YEAR):
        astray[:] = False
    order = np.sort(days[~astray])
    if len(order) < _FEWEST_DAYS:
        return astray
    most = max(1, int(_FEW_FAR * len(order)))
    first, last = most, len(order) - 1 - most  # between them is what is surely meant
    far = max(_FAR_YEARS * _YEAR, _FAR_SPANS * (order[last] - order[first]))
    gaps = np.diff(order) >= far
    low = order[1:][:first][gaps[:first]]
    high = order[:-1][last:][gaps[last:]]
    if len(low):
        astray |= days < low[-1]
    if len(high):
        astray |= days > high[0]
    return astray


def day_named(value: object, name: str) -> dt.date | None:
    """Return the day that a setting names; None if it names none.

    Args:
        value: a day, or one in ISO form, such as ``2026-11-24``; or None.
        name: name of the setting.

    Raises:
        ConfigError: it is no day.
    """
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    day = iso_day(value) if isinstance(value, str) else None
    if day is None:
        raise ConfigError(
            f"{setting(name, str(value))}: expected a day, such as {setting(name, '2026-11-24')}."
        )
    return day
