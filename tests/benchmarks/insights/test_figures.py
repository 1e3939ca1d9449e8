"""The figures of themes and of changes, on texts of which the answer is known."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks.insights.change_sides import SIDES
from benchmarks.insights.changes import measure_planted, planted
from benchmarks.insights.dated_texts import FIRST_DAY, DatedTexts
from benchmarks.insights.sides.side_processes import timed
from benchmarks.insights.sides.told_sides import regression
from benchmarks.insights.sixty_words import pieces
from benchmarks.insights.theme_figures import come_back, fit_of, overlap_of
from benchmarks.insights.themes import OWN, STABLE_OWN, _stable, _tell_of_stable


def test_groups_that_are_the_topics_are_right_and_come_back():
    topics = np.repeat([0, 1, 2], 10)
    groups = np.repeat([2, 0, 1], 10)
    found = fit_of(topics, groups)
    assert found["v"] == found["purity"] == found["told"] == pytest.approx(1)
    assert found["found"] == found["topics"] == found["groups"] == 3
    assert overlap_of(groups, topics) == pytest.approx(1)


def test_texts_in_no_group_and_mixed_groups_count_against():
    topics = np.repeat([0, 1], 10)
    groups = np.array([*[0] * 10, *[0] * 5, *[-1] * 5])
    found = fit_of(topics, groups)
    assert found["told"] == 0.75
    assert found["purity"] == pytest.approx(10 / 15)
    assert found["found"] == 1  # of the second topic, no group is 0.6
    assert found["v"] < 0.6


def test_unstable_themes_are_left_out_and_the_others_numbered_anew():
    fit = {"topics": [0, 1, 2, -1, 2], "stability": [0.7, 0.49, None]}
    assert _stable(fit)["topics"] == [0, -1, 1, -1, 1]
    assert _stable({"topics": [-1], "stability": []})["topics"] == [-1]


def test_stable_themes_are_looked_for_among_all_of_the_other_half():
    halves = [[0] * 10 + [1] * 10, [0] * 10 + [1] * 10]
    every = [{"topics": groups, "stability": [0.9, 0.1]} for groups in halves]
    every[1]["stability"] = [0.1, 0.9]  # the other one is stable there
    answers = {OWN: {"fits": every}, STABLE_OWN: {"fits": [_stable(one) for one in every]}}
    figures = {"halves": 0.0}
    _tell_of_stable(figures, answers, runs=0)
    assert figures == {"halves": 1.0, "halves_strict": 0.0}
    assert come_back(np.array([-1, -1]), np.array([0, 0])) == 0.0


def test_a_regression_answers_texts_that_it_was_not_taught():
    generator = np.random.default_rng(0)
    topics = np.repeat([0, 1, 2], 20)
    told = np.eye(3)[topics] * 4 + generator.normal(size=(60, 3))
    assert np.mean(regression(told, topics)["fits"][0]["topics"] == topics) > 0.9
    noise = generator.normal(size=(60, 3))
    assert np.mean(regression(noise, topics)["fits"][0]["topics"] == topics) < 0.6


def test_reviews_are_runs_of_sentences_of_about_sixty_words():
    sentence = "This film has ten words, and they are all here."
    found = list(pieces(" ".join([sentence] * 40) + "<br /><br />The rest."))
    assert len(found) == 6
    assert {len(piece.split()) for piece in found} == {60}
    assert list(pieces("too short")) == []
    assert list(pieces("word " * 300 + "end. More. " + sentence)) == []


@pytest.mark.process
def test_a_process_is_timed_with_its_memory_and_its_failure_is_told():
    took = timed([sys.executable, "-c", "x = bytearray(200 << 20); sum(range(3000000))"])
    assert took.peak_mb > 200
    assert 0 < took.processor_s < 30
    assert took.seconds > 0
    with pytest.raises(subprocess.CalledProcessError):
        timed([sys.executable, "-c", "raise SystemExit(3)"])


def test_planted_series_hold_the_points_that_they_say():
    labels = np.array([0, 1, 2, 2])
    generator = np.random.default_rng(0)
    found, days, (begin,) = planted(generator, labels, 28, None)
    shares = [(found[days < begin] == 0).mean(), (found[days >= begin] == 0).mean()]
    assert shares[1] - shares[0] == pytest.approx(0.15, abs=0.08)
    found, days, (begin, end) = planted(generator, labels, 56, 14)
    assert end - begin == 14
    assert set(found) == {0, 1, 2}


@pytest.mark.parametrize("name", [name for name in SIDES if "rbf" not in name])
def test_each_side_finds_a_step_that_nobody_could_miss(name):
    days = np.repeat(np.arange(28), 20)
    labels = np.where((days >= 14) | (np.arange(len(days)) % 10 == 0), 0, 2)
    found = SIDES[name](labels, days, 0)
    assert min(abs(day - 14) for day in found) == 0


def test_what_is_found_of_planted_changes_is_counted_for_each_side():
    rows = list(measure_planted(np.array([0, 1, 2, 2]), series=1, seed=3))
    assert {row["side"] for row in rows} == set(SIDES)
    assert {row["changes"] for row in rows} == {1, 2}
    assert all(0 <= row["found"] <= 1 for row in rows)


def test_days_dealt_anew_stay_the_same_days():
    texts = DatedTexts(
        np.arange(30) % 3,
        FIRST_DAY + np.arange(30).astype("m8[D]"),
        {"shop": np.array(["a", "b", "c"] * 10, object)},
    )
    dealt = texts.shuffled(np.random.default_rng(1))
    assert (np.sort(dealt.dates) == texts.dates).all()
    assert (dealt.dates != texts.dates).any()
    assert sorted(dealt.segments["shop"]) == sorted(texts.segments["shop"])
    assert (dealt.label_ids == texts.label_ids).all()
