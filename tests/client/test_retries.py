"""How long a client waits."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sentilora.client.retries import LONGEST_S, wait_s


@pytest.mark.parametrize(("header", "seconds"), [("0", 0), ("1", 1), (" 20 ", 20)])
def test_seconds_are_waited_as_asked(header, seconds):
    assert seconds <= wait_s(1, header) <= seconds + 0.25


def test_a_date_is_waited_for():
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert 28 < wait_s(1, format_datetime(soon, usegmt=True)) < 31
    assert wait_s(1, "Mon, 01 Jan 2001 00:00:00 GMT") == 0


@pytest.mark.parametrize("header", [None, "", "-5", "soon", "1.5", "٣", "nan"])
def test_what_says_nothing_is_waited_for_longer_each_time(header):
    waits = [wait_s(attempt, header) for attempt in (1, 3, 5, 1000)]
    assert waits == sorted(waits)
    assert 0.5 <= waits[0] < 1
    assert waits[-1] <= LONGEST_S + 0.25
