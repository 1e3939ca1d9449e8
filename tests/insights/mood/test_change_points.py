import json

import numpy as np
import pytest

from sentilora.insights.mood.changes.change_points import find_changes
from sentilora.insights.mood.changes.day_counts import day_counts
from sentilora.insights.mood.false_alarms import AlarmBudget, overdispersion
from sentilora.insights.mood.weighted_texts import weighted_texts_of
from tests.helpers.mood_rows import days, feedback, labels, mood, steady_days

FAMILIES = ("changes", "comparison", "trends", "mix", "segments", "segment themes")


def changes(label_ids, dates, seed=0, weights=None):
    voices = weighted_texts_of(feedback(label_ids, dates, weights=weights), label_ids)
    return find_changes(voices, AlarmBudget(FAMILIES), np.random.default_rng(seed))


def planted(generator, number=56, a_day=50, first=20, last=34, base=0.25, points=0.15):
    """Draw days with a stretch in which more texts are negative."""
    dates = steady_days(number, a_day)
    inside = (dates >= days(first)) & (dates < days(last))
    return labels(generator, np.where(inside, base + points, base)), dates


def test_a_step_is_one_change_on_its_day():
    generator = np.random.default_rng(1)
    label_ids, dates = planted(generator, number=28, first=14, last=28, points=0.2)
    (found,) = changes(label_ids, dates)
    assert abs((found.date - days(14)).astype(int)) <= 1
    assert found.first == days(0)
    assert found.last == days(27)
    assert found.p <= 0.05


def test_two_weeks_that_are_worse_have_a_beginning_and_an_end():
    label_ids, dates = planted(np.random.default_rng(2))
    begin, end = changes(label_ids, dates)
    assert abs((begin.date - days(20)).astype(int)) <= 3
    assert abs((end.date - days(34)).astype(int)) <= 3
    assert begin.last == end.date - 1
    assert end.first == begin.date


@pytest.mark.parametrize("shape", ["flat", "growing", "weekends", "gaps"])
def test_volume_alone_is_never_a_change(shape):
    generator = np.random.default_rng(3)
    number = {
        "flat": np.full(60, 30),
        "growing": np.linspace(5, 60, 60).astype(int),
        "weekends": np.where(np.arange(60) % 7 < 5, 60, 4),
        "gaps": np.where(np.arange(60) % 10 < 4, 60, 0),
    }[shape]
    dates = days(np.repeat(np.arange(60), number))
    assert changes(labels(generator, 0.3, len(dates)), dates) == ()


def test_the_tripled_volume_of_an_unchanged_mood_is_no_change():
    generator = np.random.default_rng(4)
    dates = days(np.repeat(np.arange(40), np.where(np.arange(40) < 25, 20, 60)))
    assert changes(labels(generator, 0.3, len(dates)), dates) == ()


@pytest.mark.parametrize(
    ("number", "a_day"), [(1, 500), (5, 100), (6, 1), (0, 0)], ids=["one", "five", "few", "none"]
)
def test_too_few_days_or_texts_are_not_looked_at(number, a_day):
    dates = steady_days(number, a_day)
    assert changes(labels(np.random.default_rng(5), 0.3, len(dates)), dates) is None


def test_texts_that_all_say_the_same_hold_no_change():
    assert changes(np.zeros(600, dtype=int), steady_days(20, 30)) is None


def test_texts_without_a_date_are_left_out():
    label_ids, dates = planted(np.random.default_rng(6), points=0.25)
    without = np.concatenate([dates, np.full(500, np.datetime64("NaT"), dtype="M8[D]")])
    more = np.concatenate([label_ids, np.zeros(500, dtype=int)])
    assert changes(more, without) == changes(label_ids, dates)


def test_days_that_differ_by_more_than_luck_hide_what_is_no_larger():
    generator = np.random.default_rng(7)
    number, a_day = 70, 80
    dates = steady_days(number, a_day)
    weekend = (np.arange(number) % 7 >= 5)[np.repeat(np.arange(number), a_day)]
    label_ids = labels(generator, np.where(weekend, 0.5, 0.25))
    assert changes(label_ids, dates) == ()


def test_overdispersion_is_one_for_luck_and_more_for_days_of_their_own():
    generator = np.random.default_rng(8)
    sizes = np.full(60, 100)
    luck = generator.binomial(sizes, 0.3) / sizes
    moody = generator.binomial(sizes, generator.beta(3, 7, size=60)) / sizes
    found = overdispersion(np.stack([luck, moody]), sizes, np.full(2, 0.21))
    assert found[0] == 1
    assert found[1] > 3


def test_copies_are_no_crowd():
    generator = np.random.default_rng(9)
    dates = steady_days(40, 20)
    label_ids = labels(generator, 0.3, len(dates))
    copied = np.concatenate([dates, days(np.repeat([30, 31, 32], 100))])
    angry = np.concatenate([label_ids, np.zeros(300, dtype=int)])
    weights = np.concatenate([np.ones(len(dates)), np.full(300, 1 / 300)])
    assert changes(angry, copied) != ()
    assert changes(angry, copied, weights=weights) == ()


def test_years_of_days_are_joined():
    generator = np.random.default_rng(10)
    dates = steady_days(3000, 2)
    voices = weighted_texts_of(
        feedback(labels(generator, 0.3, 6000), dates), labels(generator, 0.3, 6000)
    )
    counted = day_counts(voices)
    assert len(counted.days) == 750
    assert counted.days[1] == days(4)
    assert counted.counts.sum() == 6000


def test_a_change_names_the_themes_that_moved_with_it():
    generator = np.random.default_rng(11)
    dates = steady_days(40, 50)
    late = dates >= days(25)
    login = generator.random(len(dates)) < np.where(late, 0.25, 0.04)
    price = generator.random(len(dates)) < 0.2
    label_ids = np.where(login, 0, labels(generator, 0.25, len(dates)))
    report = mood(label_ids, dates, members=np.column_stack([price, login]))
    (change,) = report.changes
    assert change.date == days(25).astype(object)
    assert change.before.value > change.after.value
    assert [shift.theme for shift in change.themes] == ["t1"]
    shift = change.themes[0]
    assert shift.difference.low < 0.21 < shift.difference.high
    assert shift.p <= 0.05
    assert json.loads(change.model_dump_json())["date"] == "2026-03-27"


@pytest.mark.slow
def test_series_without_a_change_have_one_in_at_most_five_of_a_hundred():
    told = 0
    for seed in range(200):
        generator = np.random.default_rng([12, seed])
        dates = days(np.repeat(np.arange(42), generator.poisson(25, 42)))
        told += bool(changes(labels(generator, 0.3, len(dates)), dates, seed))
    assert told <= 10


@pytest.mark.slow
def test_planted_changes_are_found_in_nine_of_ten_series():
    near = 0
    for seed in range(60):
        label_ids, dates = planted(np.random.default_rng([13, seed]))
        places = [int((one.date - days(0)).astype(int)) for one in changes(label_ids, dates, seed)]
        near += all(any(abs(place - day) <= 3 for place in places) for day in (20, 34))
    assert near >= 54
