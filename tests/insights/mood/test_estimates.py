import numpy as np
import pytest
from scipy.stats import binomtest

from sentilora.insights.mood.estimates import difference_estimate, net_estimate, share_estimate


@pytest.mark.parametrize(("count", "total"), [(0, 12), (3, 12), (12, 12), (40, 900)])
def test_shares_have_wilson_s_interval(count, total):
    found = share_estimate(count, total)
    wanted = binomtest(count, total).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert found.value == count / total


def test_the_interval_of_a_net_sentiment_holds_the_truth_in_95_of_100_samples():
    generator = np.random.default_rng(1)
    for shares in ((0.3, 0.1, 0.6), (0.03, 0.02, 0.95), (0.5, 0.0, 0.5)):
        drawn = generator.multinomial(60, shares, size=2000)
        found = [net_estimate(negative, positive, 60) for negative, _, positive in drawn.tolist()]
        truth = 100 * (shares[2] - shares[0])
        assert np.mean([one.low <= truth <= one.high for one in found]) > 0.935


def test_the_interval_of_a_difference_holds_the_truth_in_95_of_100_samples():
    generator = np.random.default_rng(2)
    before, after = (generator.binomial(50, share, size=2000) for share in (0.05, 0.2))
    held = 0
    for first, second in zip(before.tolist(), after.tolist(), strict=True):
        found = difference_estimate(share_estimate(first, 50), share_estimate(second, 50))
        held += found.low <= 0.15 <= found.high
    assert held / 2000 > 0.935


@pytest.mark.parametrize("total", [1, 2, 0.3, 1000])
def test_an_interval_never_leaves_its_scale_and_holds_its_value(total):
    for negative, positive in ((total, 0), (0, total), (0, 0), (total / 2, total / 2)):
        found = net_estimate(negative, positive, total)
        assert -100 <= found.low <= found.value <= found.high <= 100
        assert found.high > found.low
