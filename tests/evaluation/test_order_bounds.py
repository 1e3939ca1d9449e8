"""Bounds between labels, fitted on labelled rows."""

import numpy as np
import pytest

from sentilora.errors import ModelError
from sentilora.evaluation.order_bounds import fit_biases, shifted_probabilities
from sentilora.model.probabilities import softmax


def drawn(biases, temperature, rows=4000, seed=0):
    """Draw logits, and labels from the probabilities that they stand for."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 3, (rows, len(biases)))
    probabilities = softmax((logits + np.asarray(biases)) / temperature)
    label_ids = (generator.random(rows)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1)
    return logits, label_ids


@pytest.mark.parametrize("biases", [(-2.0, 2.0), (3.0, 0.0, -3.0)])
def test_what_the_labels_were_drawn_with_is_found(biases):
    logits, label_ids = drawn(biases, 1.7)
    found, temperature = fit_biases(logits, label_ids)
    np.testing.assert_allclose(found, biases, atol=0.25)
    assert temperature == pytest.approx(1.7, abs=0.1)
    assert found.sum() == pytest.approx(0)


def test_an_order_without_a_bound_becomes_an_answer():
    """Scores that are right in order and far off zero: every text would be called positive."""
    generator = np.random.default_rng(1)
    label_ids = generator.integers(0, 2, 400)
    strength = 9 + 2 * label_ids + generator.normal(0, 0.5, 400)
    logits = np.stack([-strength / 2, strength / 2], axis=1)
    assert (logits.argmax(axis=1) == label_ids).mean() < 0.6
    probabilities = shifted_probabilities(logits, label_ids)
    assert (probabilities.argmax(axis=1) == label_ids).mean() > 0.95


def test_few_rows_and_absent_labels_give_finite_biases():
    biases, temperature = fit_biases(np.asarray([[5.0, 0.0, 0.0]]), np.asarray([0]))
    assert np.isfinite(biases).all()
    assert 0.05 <= temperature <= 20


def test_logits_that_are_no_numbers_are_refused():
    with pytest.raises(ModelError, match=r"NaN or infinite.*lower training\.learning_rate"):
        fit_biases(np.asarray([[np.nan, 0.0]]), np.asarray([0]))
