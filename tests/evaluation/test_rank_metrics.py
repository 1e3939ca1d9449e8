"""Figures about order, against counting by hand, SciPy and published formulas."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from sentilora.errors import ConfigError, DataError
from sentilora.evaluation.rank_metrics import (
    consistency,
    ranking_accuracy,
    signed_scores,
    spearman,
    wilson,
)
from sentilora.inference.prediction import make_predictions
from sentilora.labels import BINARY, TERNARY, Labels


@pytest.mark.parametrize(
    "names", [BINARY, TERNARY, ("1 star", "2 stars", "3 stars", "4 stars", "5 stars")]
)
def test_scores_are_those_of_predictions(names):
    labels = Labels(names)
    probabilities = np.random.default_rng(0).dirichlet(np.ones(len(names)), 50)
    expected = [p.signed for p in make_predictions(probabilities, [False] * 50, labels)]
    np.testing.assert_allclose(signed_scores(probabilities, labels), expected, atol=1e-12)


@pytest.mark.parametrize("names", [("refund", "praise"), ("neutral", "positive")])
def test_labels_without_two_sides_cannot_order_texts(names):
    with pytest.raises(ConfigError, match=r"cannot be ordered by the labels .*label preferences"):
        signed_scores(np.ones((1, 2)), Labels(names))


def test_wins_count_one_and_ties_half():
    share = ranking_accuracy(np.asarray([2.0, 1, 3, 0]), np.asarray([1.0, 1, 4, -1]))
    assert (share.value, share.count, share.units) == (2.5 / 4, 4, 4)
    assert share.interval == pytest.approx(wilson(2.5, 4))
    with pytest.raises(DataError, match="There are no pairs"):
        ranking_accuracy(np.zeros(0), np.zeros(0))


def test_on_all_pairs_it_is_the_area_under_the_roc_curve():
    from sklearn.metrics import roc_auc_score

    generator = np.random.default_rng(3)
    positive, negative = generator.normal(1, 1, 30).round(1), generator.normal(0, 1, 40).round(1)
    pairs = np.asarray(list(itertools.product(positive, negative)))
    truth = [1] * 30 + [0] * 40
    expected = roc_auc_score(truth, np.concatenate([positive, negative]))
    assert ranking_accuracy(pairs[:, 0], pairs[:, 1]).value == pytest.approx(expected)


def test_units_of_two_equal_pairs_have_the_interval_of_half_as_many():
    wins = np.repeat(np.random.default_rng(1).random(2000) < 0.8, 2)
    units = np.repeat(np.arange(2000), 2)
    share = ranking_accuracy(wins.astype(float), 0.5 * np.ones(4000), units=units)
    assert share.interval == pytest.approx(wilson(wins.sum() / 2, 2000), abs=0.004)


def test_few_pairs_that_are_all_right_still_have_a_wide_interval():
    share = ranking_accuracy(np.ones(3), np.zeros(3))
    assert share.value == 1
    assert share.interval == pytest.approx((0.4385, 1.0), abs=1e-4)


def test_pairs_that_hang_together_widen_the_interval():
    generator = np.random.default_rng(2)
    units = np.repeat(np.arange(40), 25)
    is_right = np.repeat(generator.random(40) < 0.7, 25).astype(float)
    alone = ranking_accuracy(is_right, 0.5 * np.ones(1000))
    together = ranking_accuracy(is_right, 0.5 * np.ones(1000), units=units)
    assert together.units == 40
    width = [interval[1] - interval[0] for interval in (alone.interval, together.interval)]
    assert width[1] == pytest.approx(5 * width[0], rel=0.25)  # sqrt of 25 pairs a unit
    one = ranking_accuracy(is_right, 0.5 * np.ones(1000), units=np.zeros(1000))
    assert (one.units, one.interval) == (1, None)


def test_spearman_and_its_interval():
    generator = np.random.default_rng(5)
    ratings = generator.integers(1, 11, 500)
    scores = ratings + generator.normal(0, 3, 500)
    value, interval = spearman(scores, ratings)
    assert value == pytest.approx(stats.spearmanr(scores, ratings).statistic)
    error = math.sqrt((1 + value**2 / 2) / 497)
    expected = [math.tanh(math.atanh(value) + sign * 1.96 * error) for sign in (-1, 1)]
    assert interval == pytest.approx(expected, abs=1e-4)


def test_the_interval_of_spearman_holds_the_truth_as_often_as_it_says():
    generator = np.random.default_rng(6)
    rho = 0.6  # of the normal variables; Spearman's is 6 / pi * asin(rho / 2)
    truth = 6 / math.pi * math.asin(rho / 2)
    hits = 0
    for _ in range(400):
        one, other = generator.multivariate_normal([0, 0], [[1, rho], [rho, 1]], 60).T
        _, (low, high) = spearman(one, other)
        hits += low <= truth <= high
    assert hits / 400 == pytest.approx(0.95, abs=0.03)


def test_a_constant_has_no_rank_correlation():
    assert spearman(np.ones(5), np.arange(5)) == (None, None)
    assert spearman(np.arange(5), np.ones(5)) == (None, None)
    assert spearman(np.arange(3.0), np.arange(3)) == (pytest.approx(1.0), None)


def test_a_group_is_consistent_when_all_of_it_is_right():
    groups = np.asarray(["a", "a", "b", "b", "b", "c", "d", "d"])
    is_right = np.asarray([True, True, True, False, True, False, True, True])
    share = consistency(is_right, groups)
    assert (share.value, share.count) == (2 / 3, 3)  # c stands alone
    with pytest.raises(DataError, match=r'No group has two texts.*Found 8 groups.*group="COL"'):
        consistency(is_right, np.arange(8))


@pytest.mark.parametrize(("hits", "count"), [(0, 20), (20, 20), (7, 20), (410, 488)])
def test_wilson_is_as_published(hits, count):
    expected = stats.binomtest(hits, count).proportion_ci(method="wilson")
    assert wilson(hits, count) == pytest.approx((expected.low, expected.high), abs=1e-9)
