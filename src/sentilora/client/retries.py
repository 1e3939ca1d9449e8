"""How long to wait before a request is sent again."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

AGAIN = frozenset((429, 503))  # what a busy server answers, or one that loads or stops
FIRST_S, LONGEST_S = 0.5, 10.0


def wait_s(attempt: int, retry_after: str | None) -> float:
    """Return seconds to wait before another attempt.

    Args:
        attempt: number of the attempt that has failed, from 1.
        retry_after: header ``Retry-After`` of the answer: seconds, or a date; None without one.
    """
    asked = None if retry_after is None else _seconds(retry_after)
    wait = min(LONGEST_S, FIRST_S * 2 ** min(attempt - 1, 10)) if asked is None else asked
    return wait + random.uniform(0, 0.25 * min(wait, 1))  # noqa: S311 - so that not all come at once


def _seconds(retry_after: str) -> float | None:
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
