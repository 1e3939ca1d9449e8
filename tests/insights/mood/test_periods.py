import datetime as dt

import numpy as np
import pytest

from sentilora.insights.mood.periods import calendar, choose_length
from tests.helpers.mood_rows import days, labels, mood, steady_days

NOT_A_DAY = np.datetime64("NaT", "D")


def dates_of(*texts):
    return np.array(texts, dtype="M8[D]")


@pytest.mark.parametrize(
    ("number", "a_day", "length"),
    [
        (10, 1, "day"),
        (60, 40, "day"),
        (60, 5, "week"),
        (300, 100, "week"),
        (300, 1, "month"),
        (40, 1, "week"),
    ],
)
def test_periods_are_as_short_as_the_volume_bears(number, a_day, length):
    assert choose_length(steady_days(number, a_day)) == length


def test_years_are_told_by_month():
    assert choose_length(steady_days(2000, 40)) == "month"


def test_weeks_begin_on_monday_and_gaps_are_periods():
    found = calendar(dates_of("2026-03-04", "2026-03-26"), "week")
    assert found.starts.astype(str).tolist() == [
        "2026-03-02",
        "2026-03-09",
        "2026-03-16",
        "2026-03-23",
    ]
    assert found.ends[-1] == np.datetime64("2026-03-29")
    assert found.is_partial.tolist() == [True, False, False, True]
    assert found.index(dates_of("2026-03-01", "2026-03-08", "2026-03-09", "NaT")).tolist() == [
        -1,
        0,
        1,
        -1,
    ]


def test_a_week_that_ends_on_sunday_is_whole():
    found = calendar(dates_of("2026-03-02", "2026-03-15"), "week")
    assert len(found) == 2
    assert not found.is_partial.any()


def test_months_have_their_own_lengths():
    found = calendar(dates_of("2025-12-01", "2026-02-10"), "month")
    assert found.ends.astype(str).tolist() == ["2025-12-31", "2026-01-31", "2026-02-28"]
    assert found.is_partial.tolist() == [False, False, True]


def test_days_that_were_asked_for_are_periods_too():
    found = calendar(
        dates_of("2026-03-04"), "day", since=dt.date(2026, 3, 2), until=dt.date(2026, 3, 5)
    )
    assert len(found) == 4
    assert not found.is_partial.any()


def test_days_before_1970_have_their_week():
    found = calendar(dates_of("1969-12-25"), "week")
    assert found.starts.astype(str).tolist() == ["1969-12-22"]


def test_periods_are_counted_with_shares_and_net_sentiment():
    dates = days([0, 0, 0, 0, 2])
    report = mood(np.array([0, 2, 2, 1, 0]), np.append(dates[:4], dates[4]))
    first, gap, last = report.periods
    assert (first.texts, gap.texts, last.texts) == (4, 0, 1)
    assert first.shares == {"negative": 0.25, "neutral": 0.25, "positive": 0.5}
    assert first.net.value == 25
    assert gap.net is None
    assert gap.shares == {"negative": 0, "neutral": 0, "positive": 0}
    assert (report.since, report.until) == (dt.date(2026, 3, 2), dt.date(2026, 3, 4))


@pytest.mark.parametrize("negative", [0.3, 0.8])
def test_the_last_week_stands_beside_the_four_before(negative):
    generator = np.random.default_rng(1)
    dates = steady_days(63, 10)
    late = dates >= days(56)
    label_ids = labels(generator, np.where(late, negative, 0.3))
    found = mood(label_ids, dates).comparison
    assert (found.start, found.before_start) == (dt.date(2026, 4, 27), dt.date(2026, 3, 30))
    assert (found.texts, found.before_texts) == (70, 280)
    assert found.negative.value == np.mean(label_ids[late] == 0)
    assert found.before_negative.low < 0.3 < found.before_negative.high
    assert (found.p <= 0.05) == (negative > 0.5)
    assert (found.difference.high < 0) == (negative > 0.5)
    assert not found.is_partial


def test_months_can_be_compared_where_weeks_are_shown():
    dates = steady_days(63, 10)
    report = mood(labels(np.random.default_rng(2), 0.3, 630), dates, compare="month")
    assert report.length == "week"
    assert report.comparison.start == dt.date(2026, 5, 1)
    assert report.comparison.is_partial


def test_a_date_two_millennia_old_does_not_make_as_many_periods():
    dates = np.append(steady_days(60, 10), np.datetime64("0206-01-01"))
    report = mood(labels(np.random.default_rng(5), 0.3, 601), dates)
    assert report.length == "week"
    assert len(report.periods) == 600
    assert report.notes[-1].startswith("1 texts before")


def test_one_day_compares_with_nothing():
    report = mood(labels(np.random.default_rng(3), 0.3, 50), steady_days(1, 50))
    assert report.comparison is None
    assert len(report.periods) == 1
    assert report.changes == ()
    assert "too few days" in report.notes[0]


@pytest.mark.parametrize("dates", [None, np.full(50, NOT_A_DAY)], ids=["no column", "no date"])
def test_without_dates_there_is_no_course(dates):
    report = mood(labels(np.random.default_rng(4), 0.3, 50), dates)
    assert (report.periods, report.changes, report.comparison) == ((), (), None)
    assert report.length is None
    assert report.since is None
    assert report.net.low < report.net.value < report.net.high
