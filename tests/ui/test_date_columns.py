"""Which columns hold dates, and how answers spread over them."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from sentilora.errors import DataError
from sentilora.ui.date_columns import DateColumn, count_over_time, date_column, date_columns

ORDERS = ("day-first", "month-first")


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


@pytest.mark.parametrize("value", ["2026-11-24T09:30:00Z", "24/11/26 16:35", "Nov 24, 2026", 46350])
def test_dates_are_read_as_insights_reads_them(value):
    unit, rows = count_over_time([value, None], ["good", "bad"])
    assert (unit, [row["start"] for row in rows]) == ("day", ["2026-11-24"])


def test_rows_without_an_answer_give_no_chart():
    assert count_over_time(["2026-01-05"], [None]) == ("day", [])


def test_numbers_and_versions_are_read_as_dates_only_where_somebody_chooses_them():
    for values in (["20261124", "20261125"], ["1.2.3", "1.10.1"]):
        assert date_columns(pa.table({"when": values})) == []
        assert date_column("when", values) is not None
    assert date_column("when", ["Item 2026 ok", "in May 2026 it broke"]) is None
    assert date_column("when", [None, ""]) is None


def test_the_rows_tell_which_number_is_the_day():
    for values, start in (
        (["11/02/2026", "11/24/2026"], "2026-11-02"),
        (["02/11/2026", "24/11/2026"], "2026-11-02"),
    ):
        assert date_column("when", values) == DateColumn("when", has_order=True)
        assert count_over_time(values, ["a", "a"])[1][0]["start"] == start


def test_an_order_that_cannot_be_told_is_asked_for():
    values = ["02.11.2026", "03.11.2026"]
    found = date_column("when", values)
    assert found == DateColumn("when", ORDERS, "02.11.2026", has_order=True)
    with pytest.raises(DataError, match="can be read in two ways"):
        count_over_time(values, ["a", "a"])
    starts = [row["start"] for row in count_over_time(values, ["a", "a"], "month-first")[1]]
    assert starts == ["2026-02-11", "2026-03-11"]


def test_two_orders_in_one_column_are_asked_about():
    values = ["24/11/2026", "25/11/2026", "11/26/2026"]
    assert date_column("when", values) == DateColumn("when", ORDERS, has_order=True)
    assert len(count_over_time(values, ["a"] * 3, "day-first")[1]) == 2
