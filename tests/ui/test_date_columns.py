"""Which columns hold dates, and how answers spread over them."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from sentilora.ui.date_columns import (
    DAY_FIRST,
    MONTH_FIRST,
    DateColumn,
    count_over_time,
    date_columns,
    day_of,
)


def test_iso_strings_and_arrow_dates_are_dates_and_nothing_else_is():
    table = pa.table(
        {
            "text": ["2026-01-05 was bad", "fine", "good"],
            "number": ["20260105", "12", "2026"],
            "iso": ["2026-01-05", None, "2026-03-06T10:00:00Z"],
            "version": ["1.2.3", "1.2.4", "1.10.1"],
            "day": pa.array([date(2026, 1, 5)] * 3),
            "time": pa.array([datetime(2026, 1, 5, tzinfo=UTC)] * 3),
            "empty": ["", "", ""],
            "integer": [1, 2, 3],
        }
    )
    assert [one.name for one in date_columns(table)] == ["iso", "day", "time"]


def test_a_stray_value_does_not_spoil_a_column():
    days = [f"2026-01-{day:02d}" for day in range(1, 29)]
    assert date_columns(pa.table({"date": [*days, "unknown"]})) == [DateColumn("date")]
    assert date_columns(pa.table({"date": [*days[:10], *["unknown"] * 5]})) == []


def test_shares_of_a_day_add_up_and_rows_without_answer_or_date_are_left_out():
    unit, rows = count_over_time(
        ["2026-01-05", "2026-01-05T23:00", "2026-01-06", "nonsense", "2026-01-06"],
        ["good", "bad", "good", "good", None],
    )
    assert unit == "day"
    assert rows == [
        {"start": "2026-01-05", "label": "bad", "texts": 1, "share": 0.5},
        {"start": "2026-01-05", "label": "good", "texts": 1, "share": 0.5},
        {"start": "2026-01-06", "label": "good", "texts": 1, "share": 1.0},
    ]


@pytest.mark.parametrize(
    ("last", "unit", "starts"),
    [
        ("2026-02-01", "day", ["2026-01-07", "2026-02-01"]),
        ("2026-06-30", "week", ["2026-01-05", "2026-06-29"]),
        ("2029-06-30", "month", ["2026-01-01", "2029-06-01"]),
    ],
)
def test_the_longer_the_time_the_longer_its_parts(last, unit, starts):
    found, rows = count_over_time(["2026-01-07", last], ["good", "good"])
    assert (found, [row["start"] for row in rows]) == (unit, starts)


def test_no_dates_no_rows():
    assert count_over_time(["x"], ["good"]) == ("day", [])
    assert day_of(20260105) is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24",
        "2026-11-24T09:30:00Z",
        "2026-11-24 11:35:52 -0800",
        "24.11.2026",
        "24/11/26 16:35",
        "24 Nov 2026",
        "Nov 24, 2026",
        "Tue Nov 24 16:35:00 +0000 2026",
    ],
)
def test_a_day_is_read_in_the_forms_that_exports_have(value):
    assert day_of(value, DAY_FIRST) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "value", ["2026", "24.13.2026", "in May 2026 it broke", "Item 2026 ok", "20261124", "1.2.3"]
)
def test_what_is_no_day_is_not_read_as_one(value):
    assert day_of(value, DAY_FIRST) is None


def test_the_rows_tell_which_number_is_the_day():
    def column(values):
        (found,) = date_columns(pa.table({"when": values}))
        return found

    assert column(["11/02/2026", "11/24/2026"]) == DateColumn("when", MONTH_FIRST)
    assert column(["02/11/2026", "24/11/2026"]) == DateColumn("when", DAY_FIRST)
    assert column(["02.11.2026", "03.11.2026"]) == DateColumn("when", DAY_FIRST)


def test_an_order_that_cannot_be_told_is_asked_for():
    values = ["02/11/2026", "03/11/2026"]
    (found,) = date_columns(pa.table({"when": values}))
    assert found == DateColumn("when", None, is_open=True, example="02/11/2026")
    assert count_over_time(values, ["a", "a"], None) == ("day", [])
    starts = [row["start"] for row in count_over_time(values, ["a", "a"], MONTH_FIRST)[1]]
    assert starts == ["2026-02-11", "2026-03-11"]
