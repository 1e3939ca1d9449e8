"""Temperatures, powers and reliability bins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentilora.errors import ModelError
from sentilora.evaluation.calibration import (
    expected_calibration_error,
    fit_calibration,
    reliability,
)
from sentilora.model.probabilities import UNCALIBRATED, Calibration, softmax


def nll(logits, label_ids, calibration):
    chosen = calibration.probabilities(logits)[np.arange(len(label_ids)), label_ids]
    return -np.log(np.maximum(chosen, 1e-300)).sum()


def labelled_logits(rows, n_labels, temperature, seed=0):
    """Draw labels from the softmax of logits, then scale the logits by a known temperature."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(scale=2.0, size=(rows, n_labels))
    cumulative = softmax(logits).cumsum(axis=1)
    label_ids = (generator.random((rows, 1)) > cumulative).sum(axis=1)
    return logits * temperature, label_ids


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_a_known_temperature_is_found_again(temperature, n_labels):
    logits, label_ids = labelled_logits(5000, n_labels, temperature)
    found = fit_calibration(logits, label_ids)
    assert found.temperature == pytest.approx(temperature, rel=0.08)
    assert found.power == pytest.approx(0, abs=0.08)


@pytest.mark.parametrize("power", [-0.3, 0.4])
@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_a_known_power_is_found_again_and_mends_the_error(power, n_labels):
    logits, label_ids = labelled_logits(5000, n_labels, 1.0)
    centred = logits - logits.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=1, keepdims=True))
    bent = centred * spread ** (-power / (1 + power)) * 1.5
    found = fit_calibration(bent, label_ids)
    assert found.power == pytest.approx(power, abs=0.1)
    expected = softmax(logits)
    assert found.probabilities(bent) == pytest.approx(expected, abs=0.05)
    plain = Calibration(found.temperature).probabilities(bent)
    assert np.abs(plain - expected).mean() > 2 * np.abs(found.probabilities(bent) - expected).mean()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.floats(0.01, 100))
def test_it_never_makes_labels_less_likely(seed, rows, scale):
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(rows, 3)) * scale
    label_ids = generator.integers(0, 3, rows)
    found = fit_calibration(logits, label_ids)
    assert 0.05 <= found.temperature <= 20
    assert -0.5 <= found.power <= 1
    assert nll(logits, label_ids, found) <= nll(logits, label_ids, UNCALIBRATED) + 1e-9


def test_faultless_rows_do_not_ask_for_infinite_confidence():
    label_ids = np.array([0, 1] * 10)
    logits = np.where(label_ids[:, None] == np.arange(2), 2.0, -2.0)
    assert 0.2 < fit_calibration(logits, label_ids).temperature < 1.0
    assert 0.5 < fit_calibration(logits[:1], label_ids[:1]).temperature < 1.0


def test_few_rows_do_not_bend_the_curve():
    logits, label_ids = labelled_logits(30, 2, 1.0)
    assert abs(fit_calibration(logits, label_ids).power) < 0.15


def test_no_rows_leave_logits_alone():
    assert fit_calibration(np.zeros((0, 2)), np.zeros(0, int)) == UNCALIBRATED


def test_logits_that_are_not_finite_are_an_error():
    with pytest.raises(ModelError, match="NaN or infinite"):
        fit_calibration(np.array([[np.inf, 0.0]]), np.array([0]))


def test_reliability_and_ece_by_hand():
    # Confidences 0.9 (right), 0.9 (wrong), 0.6 (right): gaps 0.4 over two rows, 0.4 over one.
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])
    bins = reliability(np.array([0, 1, 1]), probabilities, bins=5)
    assert [(one.low, one.high, one.count) for one in bins] == [(0.4, 0.6, 1), (0.8, 1.0, 2)]
    assert [one.accuracy for one in bins] == [1.0, 0.5]
    assert expected_calibration_error(bins) == pytest.approx((2 * 0.4 + 0.4) / 3)


def test_edges_belong_to_the_bin_below_and_nothing_is_lost():
    confidence = np.linspace(0.5, 1.0, 101)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    bins = reliability(np.zeros(101, int), probabilities)
    assert sum(one.count for one in bins) == 101
    assert bins[-1].high == 1.0
    assert all(one.low < one.confidence <= one.high + 1e-6 for one in bins)
