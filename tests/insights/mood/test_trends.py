import datetime as dt

import numpy as np
import pytest

from tests.helpers.mood_rows import days, labels, mood, steady_days


def report(generator, shares, dates, **settings):
    """Measure themes that texts mention with given shares, which say nothing of their label."""
    members = np.column_stack([generator.random(len(dates)) < share for share in shares])
    return mood(labels(generator, 0.3, len(dates)), dates, members=members, **settings)


@pytest.fixture(scope="module")
def four_directions():
    dates = steady_days(60, 40)
    late = dates >= days(40)
    shares = [
        np.where(late, 0.10, 0.03),
        np.where(late, 0.02, 0.08),
        np.where(late, 0.05, 0.0),
        np.full(len(dates), 0.15),
        np.full(len(dates), 0.001),
    ]
    return report(np.random.default_rng(1), shares, dates)


def test_each_theme_has_its_direction(four_directions):
    found = [theme.trend.direction for theme in four_directions.themes]
    assert found == ["rising", "fading", "new", "steady", "unknown"]


def test_a_trend_is_dated(four_directions):
    since = [theme.trend.since for theme in four_directions.themes]
    assert all(abs((day - dt.date(2026, 4, 11)).days) <= 3 for day in since[:3])
    assert since[3:] == [None, None]
    assert abs((four_directions.themes[2].trend.first_seen - dt.date(2026, 4, 11)).days) <= 2


def test_a_trend_holds_its_difference_between_its_bounds(four_directions):
    rising = four_directions.themes[0].trend
    assert rising.difference.value == pytest.approx(rising.after - rising.before)
    assert rising.difference.low < 0.07 < rising.difference.high
    assert rising.p <= 0.05
    steady = four_directions.themes[3].trend
    assert steady.difference.low < 0 < steady.difference.high
    assert steady.p > 0.05


def test_mentions_that_grow_with_the_volume_do_not_rise():
    dates = days(np.repeat(np.arange(50), np.where(np.arange(50) < 30, 20, 80)))
    found = report(np.random.default_rng(2), [0.05, 0.2, 0.1], dates)
    assert [theme.trend.direction for theme in found.themes] == ["steady"] * 3
    assert sum(found.themes[0].by_period) == found.themes[0].texts


def test_a_theme_of_the_last_week_is_seen():
    dates = steady_days(63, 12)
    late = dates >= days(57)
    found = report(np.random.default_rng(3), [np.where(late, 0.5, 0.05), 0.2], dates)
    assert found.themes[0].trend.direction == "rising"
    assert abs((found.themes[0].trend.since - dt.date(2026, 4, 28)).days) <= 2


def test_a_peak_that_is_over_is_fading_and_tells_when_it_began():
    dates = steady_days(90, 10)
    peak = (dates >= days(30)) & (dates < days(50))
    found = report(np.random.default_rng(9), [np.where(peak, 0.3, 0.04), 0.2], dates)
    trend = found.themes[0].trend
    assert trend.direction == "fading"
    assert abs((trend.peak_since - dt.date(2026, 4, 1)).days) <= 3
    assert abs((trend.since - dt.date(2026, 4, 21)).days) <= 3
    assert trend.before > 0.2 > 0.1 > trend.after
    assert found.themes[1].trend.peak_since is None


def test_a_dip_is_no_peak():
    dates = steady_days(90, 20)
    dip = (dates >= days(30)) & (dates < days(50))
    found = report(np.random.default_rng(10), [np.where(dip, 0.02, 0.3)], dates)
    assert found.themes[0].trend.peak_since is None


def test_without_dates_nothing_is_known_of_a_trend():
    generator = np.random.default_rng(4)
    members = generator.random((200, 2)) < 0.3
    found = mood(labels(generator, 0.3, 200), members=members)
    assert [theme.trend.direction for theme in found.themes] == ["unknown"] * 2
    assert found.themes[0].by_period == ()
    assert found.themes[0].trend.first_seen is None


def test_few_days_are_no_trend():
    dates = steady_days(5, 100)
    found = report(np.random.default_rng(5), [np.where(dates >= days(3), 0.5, 0.1)], dates)
    assert found.themes[0].trend.direction == "unknown"
    assert found.themes[0].trend.first_seen == dt.date(2026, 3, 2)


def test_the_same_seed_gives_the_same_report_and_another_theme_moves_no_change():
    generator = np.random.default_rng(6)
    dates = steady_days(30, 30)
    label_ids = labels(generator, 0.3, len(dates))
    members = generator.random((len(dates), 3)) < 0.1
    first, second = (mood(label_ids, dates, members=members, seed=7) for _ in range(2))
    assert first == second
    fewer = mood(label_ids, dates, members=members[:, :2], seed=7)
    assert fewer.changes == first.changes
    assert fewer.themes[0].share == first.themes[0].share


@pytest.mark.slow
def test_shuffled_days_have_a_trend_in_at_most_two_of_forty_reports():
    told = 0
    for seed in range(40):
        generator = np.random.default_rng([8, seed])
        dates = generator.permutation(days(np.repeat(np.arange(40), 20)))
        shares = generator.beta(1, 12, size=20)
        found = report(generator, shares, dates, seed=seed)
        told += any(
            theme.trend.direction in ("new", "rising", "fading") for theme in found.themes
        ) or bool(found.changes)
    assert told <= 2
