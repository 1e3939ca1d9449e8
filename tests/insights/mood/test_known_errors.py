"""Shares corrected again and again by the same held-out texts."""

import numpy as np
import pytest

from sentilora.insights.mood.known_errors import KnownErrors, tells_errors
from sentilora.insights.mood.prevalence import _adjusted

CONFUSION = np.array([[70, 20, 10], [15, 60, 25], [5, 10, 85]])


@pytest.mark.parametrize("truth", [(0.6, 0.2, 0.2), (0.25, 0.5, 0.25), (0.1, 0.1, 0.8)])
def test_shares_are_those_that_the_most_likely_ones_are_too(truth):
    counts = np.round(4000 * np.array(truth) @ (CONFUSION / 100)).astype(int)
    found = KnownErrors(CONFUSION).estimates(counts)
    likely = _adjusted(counts.astype(float), CONFUSION.astype(float), np.random.default_rng(3))
    for one, other, share in zip(found, likely, truth, strict=True):
        assert one.value == pytest.approx(share, abs=0.002)
        assert one.value == pytest.approx(other.value, abs=0.002)
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.04)
        assert one.low < share < one.high


def test_shares_stay_between_none_and_all():
    found = KnownErrors(CONFUSION).estimates(np.array([100, 0, 0]))
    assert found[0].value == 1.0
    assert sum(one.value for one in found) == pytest.approx(1)
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in found)


def test_a_label_that_is_never_answered_breaks_nothing():
    found = KnownErrors(np.array([[50, 0, 0], [30, 0, 20], [0, 0, 50]])).shares(np.array([6, 0, 4]))
    assert found.sum() == pytest.approx(1)
    assert np.isfinite(found).all()


def test_ten_held_out_texts_of_each_label_tell_errors():
    assert tells_errors(CONFUSION)
    assert not tells_errors(np.diag([50, 9, 50]))
    assert not tells_errors(None)
