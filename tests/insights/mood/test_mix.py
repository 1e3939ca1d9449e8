import datetime as dt

import numpy as np
import pytest

from sentilora.insights.mood.mix import split_of
from tests.helpers.mood_rows import days, labels, mood, steady_days

NEGATIVE = {"good": 0.15, "bad": 0.7}


@pytest.fixture(scope="module")
def a_bad_product_enters():
    generator = np.random.default_rng(1)
    dates = steady_days(40, 60)
    enters = (dates >= days(25)) & (generator.random(len(dates)) < 0.5)
    product = np.where(enters, "bad", "good").astype(object)
    label_ids = labels(generator, np.where(enters, 0.7, 0.15))
    return mood(label_ids, dates, {"product": product})


def test_a_product_that_enters_is_told_as_mix_and_not_as_mood(a_bad_product_enters):
    assert a_bad_product_enters.changes == ()
    values = {one.value: one for one in a_bad_product_enters.mix}
    assert set(values) == {"good", "bad"}
    bad = values["bad"]
    assert abs((bad.since - dt.date(2026, 3, 27)).days) <= 1
    assert bad.before == 0
    assert bad.after == pytest.approx(0.5, abs=0.05)
    assert bad.net_change < -20
    assert bad.p <= 0.05


def test_a_mood_that_sinks_in_every_product_stays_a_change():
    generator = np.random.default_rng(3)
    dates = steady_days(40, 60)
    late = dates >= days(25)
    product = np.where(generator.random(len(dates)) < 0.5, "a", "b").astype(object)
    report = mood(labels(generator, np.where(late, 0.4, 0.2)), dates, {"product": product})
    (change,) = report.changes
    assert abs(change.from_mix) < 5
    assert report.mix == ()


def test_a_new_version_is_no_mix():
    generator = np.random.default_rng(3)
    dates = steady_days(40, 60)
    late = dates >= days(25)
    version = np.where(late, "2.10", "2.9").astype(object)
    report = mood(labels(generator, np.where(late, 0.5, 0.2)), dates, {"version": version})
    (change,) = report.changes
    assert change.date == dt.date(2026, 3, 27)
    assert change.from_mix == 0
    assert report.mix == ()
    assert [one.value for one in report.segments if one.differs] != []


def test_mix_and_mood_are_the_whole_difference():
    generator = np.random.default_rng(4)
    before = generator.integers(1, 100, size=(5, 3)).astype(float)
    after = generator.integers(1, 100, size=(5, 3)).astype(float)
    found = split_of(before, after)
    total = [100 * (one[:, 2] - one[:, 0]).sum() / one.sum() for one in (before, after)]
    assert found.mix + found.mood == pytest.approx(total[1] - total[0])


def test_a_value_on_one_side_only_is_all_mix():
    before = np.array([[10.0, 0, 90], [0, 0, 0]])
    after = np.array([[10.0, 0, 90], [90, 0, 10]])
    found = split_of(before, after)
    assert found.mood == 0
    assert found.mix == pytest.approx(-80)
    assert found.p == 1
    assert split_of(before, before).mix == 0
