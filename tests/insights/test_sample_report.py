"""The stories that were written into the samples are what their report tells first.

Both ways: with the answers of the model that ships, and with the labels of the file.
"""

import datetime as dt
import importlib
from dataclasses import replace

import numpy as np
import pytest

import sentilora
from sentilora.insights.mood.mood import measure_mood
from sentilora.insights.report.stories import stories_of
from sentilora.insights.report.summary import summary

pytestmark = pytest.mark.slow
REPORTS = 5  # a second each; with 100 none of both ways told more than five
NEAR = 7  # days; bins of the test are five to six days wide


@pytest.fixture(scope="module", params=[None, "label"], ids=["answers", "labels"])
def told(request):
    """Return the report of the sample, and what its mood was measured from."""
    door = importlib.import_module("sentilora.insights.insights")
    parts = {}

    def measured(*arguments, **settings):
        parts.update(arguments=arguments, settings=settings)
        return measure_mood(*arguments, **settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door, "measure_mood", measured)
        found = sentilora.insights(
            "general", "sample", date="date", segments=["domain"], label=request.param
        )
    return found.report, parts


def test_the_bad_release_is_told_first_and_the_slow_delivery_month_next(told):
    report, _ = told
    release, delivery = stories_of(report)[:2]
    assert release.segment == ("domain", "app")
    assert abs((release.first - dt.date(2026, 3, 10)).days) <= NEAR
    assert release.last < dt.date(2026, 4, 30)
    words = {word for theme in release.themes for word in theme.words}
    assert words & {"login", "sync"}
    assert words & {"notes", "note"}
    assert delivery.segment == ("domain", "shop")
    assert abs((delivery.first - dt.date(2026, 4, 1)).days) <= NEAR
    assert dt.date(2026, 4, 25) <= delivery.last <= dt.date(2026, 5, 20)
    assert {"delivery", "ordered"} & {word for theme in delivery.themes for word in theme.words}
    first, second, *_ = summary(report)
    assert "domain is app" in first
    assert "login" in first
    assert "domain is shop" in second
    assert "delivery" in second


def test_shuffled_days_and_moods_tell_a_story_in_at_most_one_of_five_reports(told):
    _, parts = told
    feedback, label_ids, *rest = parts["arguments"]
    number = 0
    for seed in range(REPORTS):
        generator = np.random.default_rng([9, seed])
        order = generator.permutation(len(label_ids))
        shuffled = replace(feedback, dates=generator.permutation(feedback.dates))
        settings = {**parts["settings"], "seed": seed}
        if settings["probabilities"] is not None:
            settings["probabilities"] = settings["probabilities"][order]
        mood = measure_mood(shuffled, label_ids[order], *rest, **settings)
        number += bool(
            mood.changes
            or mood.mix
            or any(one.differs for one in mood.segments)
            or any(theme.trend.since is not None for theme in mood.themes)
        )
    assert number <= 1
