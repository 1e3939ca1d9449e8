"""A theme of one product is looked for where it is at home."""

import datetime as dt

import numpy as np
import pytest

from sentilora.insights.mood.false_alarms import excess_of_shares
from tests.helpers.mood_rows import days, labels, mood, steady_days


def products(generator, a_day=12, number=90):
    dates = steady_days(number, a_day)
    product = generator.choice(np.array(list("ABCDEF"), dtype=object), len(dates))
    return dates, product, labels(generator, 0.3, len(dates))


@pytest.fixture(scope="module")
def one_outage():
    """An outage of product C from day 40 to 53; a word of all products that means nothing."""
    generator = np.random.default_rng(1)
    dates, product, label_ids = products(generator)
    out = (product == "C") & (dates >= days(40)) & (dates < days(54))
    shares = np.where(out, 0.5, np.where(product == "C", 0.02, 0.004))
    members = np.column_stack(
        [generator.random(len(dates)) < shares, generator.random(len(dates)) < 0.05]
    )
    return mood(label_ids, dates, {"product": product}, members)


def test_a_theme_of_one_product_is_dated_among_its_texts(one_outage):
    trend = one_outage.themes[0].trend
    assert (trend.column, trend.value) == ("product", "C")
    assert abs((trend.peak_since - dt.date(2026, 4, 11)).days) <= 2
    assert abs((trend.since - dt.date(2026, 4, 25)).days) <= 2
    assert trend.before_peak < 0.1 < 0.3 < trend.before
    assert trend.mentions >= 8
    assert trend.p <= 0.05


def test_a_theme_of_all_products_has_no_home(one_outage):
    trend = one_outage.themes[1].trend
    assert (trend.direction, trend.column, trend.value) == ("steady", None, None)


def test_a_product_that_enters_makes_no_theme_of_it_rise():
    generator = np.random.default_rng(2)
    dates = steady_days(80, 16)
    late = dates >= days(40)
    product = np.where(late & (generator.random(len(dates)) < 0.4), "new", "old").astype(object)
    members = generator.random((len(dates), 1)) < np.where(product == "new", 0.4, 0.01)[:, None]
    found = mood(labels(generator, 0.3, len(dates)), dates, {"product": product}, members)
    assert found.mix[0].value == "new"
    assert found.themes[0].trend.value is None


@pytest.mark.slow
def test_shuffled_days_give_no_theme_a_course_in_at_most_one_of_twenty_reports():
    told = 0
    for seed in range(20):
        generator = np.random.default_rng([3, seed])
        dates, product, label_ids = products(generator)
        shares = np.where(product[:, None] == np.array(list("ABCDEF")), 0.15, 0.01)
        members = generator.random(shares.shape) < shares
        report = mood(label_ids, dates, {"product": product}, members, seed=seed)
        told += any(theme.trend.direction != "steady" for theme in report.themes)
    assert told <= 1


def test_a_theme_that_is_rare_but_for_two_weeks_is_no_more_uneven_than_luck():
    generator = np.random.default_rng(4)
    sizes = np.full(40, 28)
    share = np.where((np.arange(40) >= 18) & (np.arange(40) < 24), 0.12, 0.002)
    assert excess_of_shares(generator.binomial(sizes, share, (20, 40)), sizes).max() < 2
    by_weekday = generator.binomial(sizes, np.where(np.arange(40) % 2, 0.3, 0.02), (20, 40))
    assert excess_of_shares(by_weekday, sizes).min() > 2
    assert excess_of_shares(np.zeros((1, 40), dtype=np.int64), sizes).tolist() == [1.0]
