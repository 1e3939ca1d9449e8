"""The stories that were written into the samples: by their labels, and as a whole report."""

import csv
import datetime as dt

import numpy as np
import pytest

from sentilora import samples
from sentilora.labels import TERNARY
from tests.helpers.mood_rows import mood


@pytest.fixture(scope="module")
def rows():
    found = []
    for part in ("train", "test"):
        with samples.path(part).open(encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


@pytest.fixture(scope="module")
def columns(rows):
    label_ids = np.array([TERNARY.index(row["label"]) for row in rows])
    dates = np.array([row["date"] for row in rows], dtype="M8[D]")
    return label_ids, dates, np.array([row["domain"] for row in rows], dtype=object)


def test_a_bad_release_of_one_app_is_told_first_and_its_repair_after_it(columns):
    label_ids, dates, domain = columns
    worse, better, *_ = mood(label_ids, dates, {"domain": domain}).changes
    assert (worse.value, better.value) == ("app", "app")
    assert abs((worse.date - dt.date(2026, 3, 10)).days) <= 2
    assert worse.before.low > worse.after.high
    assert abs((better.date - dt.date(2026, 4, 7)).days) <= 5
    assert better.before.high < better.after.low


def test_shuffled_days_and_labels_tell_no_story(columns):
    label_ids, dates, domain = columns
    generator = np.random.default_rng(1)
    report = mood(
        generator.permutation(label_ids), generator.permutation(dates), {"domain": domain}
    )
    assert report.changes == ()
    assert report.mix == ()
    assert not any(one.differs for one in report.segments)


@pytest.mark.slow
def test_shuffled_days_tell_a_story_in_at_most_one_of_twenty_reports(columns):
    label_ids, dates, domain = columns
    told = 0
    for seed in range(20):
        shuffled = np.random.default_rng([2, seed]).permutation(dates)
        report = mood(label_ids, shuffled, {"domain": domain}, seed=seed)
        told += bool(report.changes or any(one.differs for one in report.segments))
    assert told <= 1
