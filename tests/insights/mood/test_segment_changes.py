import datetime as dt

import numpy as np
import pytest

from tests.helpers.mood_rows import days, labels, mood, steady_days


def products(generator, negative_of, number=60, a_day=18):
    """Draw texts of six products; one has days with another share of negative texts."""
    dates = steady_days(number, a_day)
    product = generator.choice(np.array(list("ABCDEF"), dtype=object), len(dates))
    return dates, product, labels(generator, negative_of(dates, product))


def outage(dates, product):
    bad = (product == "C") & (dates >= days(20)) & (dates < days(35))
    return np.where(bad, 0.85, 0.3)


@pytest.fixture(scope="module")
def one_outage():
    dates, product, label_ids = products(np.random.default_rng(1), outage)
    return mood(label_ids, dates, {"product": product})


def test_an_outage_of_one_product_has_its_days(one_outage):
    told = [change for change in one_outage.changes if change.column is not None]
    assert [(change.column, change.value) for change in told] == [("product", "C")] * 2
    begin, end = sorted(change.date for change in told)
    assert abs((begin - dt.date(2026, 3, 22)).days) <= 3
    assert abs((end - dt.date(2026, 4, 6)).days) <= 3


def test_its_levels_are_those_of_the_product(one_outage):
    first = min((change for change in one_outage.changes if change.value), key=lambda one: one.date)
    assert first.before.value > 0 > first.after.value
    assert first.p <= 0.05


def test_a_mood_that_sinks_for_all_is_no_change_of_one():
    dates, product, label_ids = products(
        np.random.default_rng(2), lambda dates, product: np.where(dates >= days(30), 0.6, 0.3)
    )
    changes = mood(label_ids, dates, {"product": product}).changes
    assert [change.value for change in changes] == [None]


def test_versions_are_compared_and_not_followed():
    generator = np.random.default_rng(3)
    dates, product, label_ids = products(generator, outage)
    version = np.where(product == "C", "1.2", "1.10").astype(object)
    changes = mood(label_ids, dates, {"version": version}).changes
    assert all(change.value is None for change in changes)


def test_versions_have_their_place_and_products_none():
    generator = np.random.default_rng(4)
    dates, product, label_ids = products(generator, outage, number=20)
    version = np.where(product < "D", "1.2", "1.10").astype(object)
    found = mood(label_ids, dates, {"version": version, "product": product}).segments
    assert {one.value: one.order for one in found if one.column == "version"} == {
        "1.2": 0,
        "1.10": 1,
    }
    assert {one.order for one in found if one.column == "product"} == {None}


@pytest.mark.slow
def test_shuffled_days_change_no_segment_in_at_most_two_of_forty_reports():
    told = 0
    for seed in range(40):
        generator = np.random.default_rng([5, seed])
        dates, product, label_ids = products(generator, outage)
        report = mood(label_ids, generator.permutation(dates), {"product": product}, seed=seed)
        told += bool(report.changes)
    assert told <= 2


@pytest.mark.parametrize(
    "seed", [6, *(pytest.param(one, marks=pytest.mark.slow) for one in (4, 21))]
)
def test_a_crisis_everywhere_brings_no_change_of_one_product_with_it(seed):
    """A crisis of all opens the test of each product; what luck adds to it is no story."""
    generator = np.random.default_rng([6, seed])
    dates = steady_days(160, 18)
    product = generator.choice(np.array(list("ABC"), dtype=object), len(dates))
    crisis = (dates >= days(100)) & (dates < days(130))
    label_ids = labels(generator, np.where(crisis, 0.95, 0.6))
    changes = mood(label_ids, dates, {"product": product}, seed=seed).changes
    assert {change.value for change in changes} == {None}
