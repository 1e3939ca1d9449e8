"""Dates in every common spelling; which of two readings is meant is never guessed in silence."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from sentilora.errors import ConfigError, DataError
from sentilora.insights.date_spellings import day_named, stray_days
from sentilora.insights.dates import DateReader

DAY = np.datetime64("2026-11-24")


def read(values, order=None):
    reader = DateReader("created", "tickets.csv", order)
    half = len(values) // 2
    reader.add(range(1, half + 1), values[:half])
    reader.add(range(half + 1, len(values) + 1), values[half:])
    return reader.finish()


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24",
        "2026-11-24T23:59:59+02:00",
        "2026-11-24 00:30",
        "2026-11-24T09:30:00.123Z",
        "20261124",
        20261124,
        "24.11.2026",
        "24. 11. 2026",
        "24/11/2026",
        "24-11-2026 16:35",
        "11/24/2026 4:35 PM",
        "11/24/2026, 4:35:00 PM",
        "2026/11/24",
        "2026.11.24 10:00",
        "24/11/26",
        "Tue 24/11/2026",
        "Nov 24 2026",
        "Nov 24, 2026",
        "24 Nov 26",
        "24-Nov-2026",
        "24th of November 2026",
        "November 24th, 2026, 4:35 p.m.",
        "2026-Nov-24",
        "Tue Nov 24 09:30:00 +0000 2026",
        "Tue, 24 Nov 2026 09:30:00 GMT",
        "Tue Nov 24 2026 09:30:00 GMT+0100 (Central European Standard Time)",
        "1795478400",
        "1795478400.5",
        1795478400,
        "1795478400123",
        1795478400123456,
        46350,
        46350.75,
        "46350",
        dt.date(2026, 11, 24),
        dt.datetime(2026, 11, 24, 23, 59),
        pd.Timestamp("2026-11-24T23:00:00+05:00"),
    ],
)
def test_each_spelling_is_read(value):
    assert read([value]).days.tolist() == [DAY.item()]


@pytest.mark.parametrize(
    "value", ["soon", "2026-13-01", "31.02.2026", "24 Foo 2026", "12", 3.5, True, "0001-01-01"]
)
def test_what_is_no_date_is_told_with_its_row(value):
    found = read(["2026-11-24", "2026-11-25", value])
    assert found.unreadable == 1
    assert np.isnat(found.days).tolist() == [False, False, True]
    assert f"count as without one: row 3 ('{value}')" in found.notes[-1]


@pytest.mark.parametrize("value", [None, "", "  ", "n/a", float("nan"), pd.NaT])
def test_what_is_empty_is_no_fault(value):
    found = read(["2026-11-24", value])
    assert np.isnat(found.days).tolist() == [False, True]
    assert found.unreadable == 0


def test_the_other_rows_tell_the_order():
    days_first = read(["03/10/2026", "24/11/2026"])
    assert days_first.days.tolist() == [dt.date(2026, 10, 3), dt.date(2026, 11, 24)]
    months_first = read(["03/10/2026", "11/24/2026"])
    assert months_first.days[0].item() == dt.date(2026, 3, 10)
    assert "read month first: '03/10/2026' is 10 March 2026" in " ".join(months_first.notes)


def test_two_readings_are_an_error_that_names_both_and_the_setting():
    with pytest.raises(DataError) as caught:
        read(["05.05.2026", "03.10.2026", "2026-11-24"])
    message = str(caught.value)
    assert "column 'created' can be read in two ways: '03.10.2026' (row 2)" in message
    assert "3 October 2026 with the day first, and 10 March 2026 with the month first" in message
    assert 'date_order="day-first" or date_order="month-first"' in message


def test_the_setting_decides():
    assert read(["03/10/2026"], "day-first").days[0].item() == dt.date(2026, 10, 3)
    assert read(["03/10/2026"], "month-first").days[0].item() == dt.date(2026, 3, 10)
    assert read(["26/03/10"], "year-first").days[0].item() == dt.date(2026, 3, 10)
    with pytest.raises(ConfigError, match="expected day-first, month-first, year-first"):
        DateReader("created", "tickets.csv", "european")


def test_days_that_are_the_same_either_way_are_no_question():
    assert read(["05/05/2026", "06/06/2026"]).days[1].item() == dt.date(2026, 6, 6)


def test_mixed_orders_are_an_error_unless_one_is_named():
    mixed = ["24/11/2026", "25/11/2026", "11/26/2026"]
    with pytest.raises(DataError, match=r"2 only day first \(row 1: '24/11/2026'\); 1 only month"):
        read(mixed)
    found = read(mixed, "day-first")
    assert found.unreadable == 1
    assert "row 3 ('11/26/2026')" in found.notes[-1]


@pytest.mark.parametrize("stray", ["1970-01-01", "1900-01-01", "2062-03-01", "1926-03-09"])
def test_days_years_away_from_all_others_count_as_none(stray):
    march = [f"2026-03-{1 + n % 28:02}" for n in range(60)]
    found = read([stray, *march])
    assert np.isnat(found.days).tolist() == [True] + [False] * 60
    assert found.unreadable == 0
    assert found.notes[0] == "dates from column 'created', 2026-03-01 to 2026-03-28"
    since = min(stray, "2026-03-01")  # all rows stay
    assert found.notes[1].endswith(
        f"none: '{stray}' (1 row); since=\"{since}\" takes them as they are"
    )
    taken = DateReader("created", "tickets.csv", takes_all=True)
    taken.add(range(1, 62), [stray, *march])
    assert not np.isnat(taken.finish().days).any()


@pytest.mark.parametrize(
    "values",
    [
        ["1970-01-01"] * 30,
        [f"{1965 + n}-01-01" for n in range(30)],
        [f"2026-03-{1 + n:02}" for n in range(28)] + ["2029-01-01"] * 2,
        [f"2026-03-{1 + n:02}" for n in range(28)] + ["2027-01-01"],
        ["2026-03-01", "2062-03-01"],
    ],
    ids=["all zero", "through 1970", "too many for slips", "a year later", "too few to tell"],
)
def test_days_that_may_be_meant_are_taken(values):
    found = read(values)
    assert not np.isnat(found.days).any()
    assert len(found.notes) == 1


def test_slips_at_both_ends_are_found():
    days = np.array(["1826-01-01", *["2026-03-05"] * 58, "2126-01-01"], "datetime64[D]")
    assert np.flatnonzero(stray_days(days)).tolist() == [0, 59]
    assert not stray_days(days[1:-1]).any()


def test_a_year_of_two_digits_may_stand_first():
    assert read(["24/11/26", "25/11/26", "01/12/26"]).days[0] == DAY
    with pytest.raises(DataError, match="with the day first, and 1 December 2026 with the year"):
        read(["26/12/01", "26/12/02", "26/12/31"])


def test_a_column_of_something_else_is_an_error():
    with pytest.raises(DataError, match="hardly holds dates: 3 of its 4 values are none, such as"):
        read(["Leeds", "York", "2026-11-24", "Hull"])


def test_empty_columns_and_single_days_are_told():
    assert "holds no dates: nothing is told over time" in read([None, ""]).notes[0]
    assert "all 2026-11-24, so that nothing is told" in read(["2026-11-24", "20261124"]).notes[0]


def test_a_day_can_be_named_in_a_setting():
    assert day_named("2026-11-24", "since") == dt.date(2026, 11, 24)
    assert day_named(dt.datetime(2026, 11, 24, 3), "since") == dt.date(2026, 11, 24)
    assert day_named(None, "since") is None
    with pytest.raises(ConfigError, match='since="last week": expected a day, such as since="2026'):
        day_named("last week", "since")
