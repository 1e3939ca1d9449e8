"""Which columns hold dates, and how answers spread over them."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from sentilora.ui.date_columns import count_over_time, date_columns, day_of


def test_iso_strings_and_arrow_dates_are_dates_and_nothing_else_is():
    table = pa.table(
        {
            "text": ["2026-01-05 was bad", "fine", "good"],
            "number": ["20260105", "12", "2026"],
            "iso": ["2026-01-05", None, "2026-03-06T10:00:00Z"],
            "american": ["01/05/2026", "01/06/2026", "01/07/2026"],
            "day": pa.array([date(2026, 1, 5)] * 3),
            "time": pa.array([datetime(2026, 1, 5, tzinfo=UTC)] * 3),
            "empty": ["", "", ""],
            "integer": [1, 2, 3],
        }
    )
    assert date_columns(table) == ["iso", "day", "time"]


def test_a_stray_value_does_not_spoil_a_column():
    days = [f"2026-01-{day:02d}" for day in range(1, 29)]
    assert date_columns(pa.table({"date": [*days, "unknown"]})) == ["date"]
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
