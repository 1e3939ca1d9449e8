import numpy as np
import pytest

from sentilora.insights.mood.prevalence import prevalence_of
from sentilora.insights.mood.weighted_texts import weighted_texts_of
from tests.helpers.mood_rows import feedback

# A model that misses a third of the negative texts.
ANSWERS = np.array([[0.66, 0.22, 0.12], [0.10, 0.80, 0.10], [0.03, 0.07, 0.90]])


def answered(generator, shares, number=3000):
    """Draw texts with these shares of labels, and what the model answers."""
    true = generator.choice(3, size=number, p=shares)
    draws = generator.random(number)[:, None]
    return (draws > np.cumsum(ANSWERS, axis=1)[true]).sum(axis=1)


def estimate(label_ids, probabilities=None, **settings):
    voices = weighted_texts_of(feedback(label_ids), label_ids)
    return prevalence_of(voices, probabilities, np.random.default_rng(0), **settings)


def test_given_labels_are_counted():
    found = estimate(np.array([0, 0, 1, 2, 2, 2]))
    assert found.counted == pytest.approx({"negative": 2 / 6, "neutral": 1 / 6, "positive": 0.5})
    assert found.shares["positive"].value == 0.5
    assert "given" in found.correction


def test_known_errors_are_taken_back():
    generator = np.random.default_rng(1)
    label_ids = answered(generator, [0.7, 0.1, 0.2])
    confusion = np.stack([generator.multinomial(200, row) for row in ANSWERS])
    probabilities = np.full((len(label_ids), 3), 1 / 3)
    found = estimate(label_ids, probabilities, confusion=confusion)
    assert found.counted["negative"] < 0.52
    assert found.shares["negative"].value == pytest.approx(0.7, abs=0.06)
    assert sum(one.value for one in found.shares.values()) == pytest.approx(1)
    assert "held-out" in found.correction


def test_the_interval_holds_the_truth_and_shrinks_with_more_checked_texts():
    widths = []
    for checked in (30, 1000):
        held = 0
        for seed in range(10):
            generator = np.random.default_rng([2, seed])
            label_ids = answered(generator, [0.7, 0.1, 0.2], 500)
            confusion = np.stack([generator.multinomial(checked, row) for row in ANSWERS])
            found = estimate(label_ids, ANSWERS[label_ids], confusion=confusion).shares["negative"]
            held += found.low <= 0.7 <= found.high
        assert held >= 8
        widths.append(found.high - found.low)
    assert widths[1] < 0.7 * widths[0]


def test_a_confusion_of_few_texts_is_not_used():
    label_ids = answered(np.random.default_rng(3), [0.4, 0.3, 0.3])
    found = estimate(label_ids, ANSWERS[label_ids], confusion=np.full((3, 3), 2))
    assert "no labels check" in found.correction


def test_an_unchecked_model_is_counted_and_the_interval_reaches_what_was_fitted():
    generator = np.random.default_rng(4)
    true = generator.choice(3, size=4000, p=[0.7, 0.1, 0.2])
    signals = generator.normal(size=(4000, 3)) + 1.3 * np.eye(3)[true]
    likelihoods = np.exp(1.3 * signals)
    probabilities = likelihoods / likelihoods.sum(axis=1, keepdims=True)
    label_ids = probabilities.argmax(axis=1)
    found = estimate(label_ids, probabilities)
    negative = found.shares["negative"]
    assert negative.value == found.counted["negative"] < 0.6
    assert negative.low < negative.value
    assert negative.high > 0.7


def test_shares_are_fitted_as_if_all_labels_were_as_frequent():
    label_ids = np.zeros(500, dtype=int)
    equal = estimate(label_ids, np.tile([0.6, 0.2, 0.2], (500, 1))).shares["neutral"]
    assert equal.high == pytest.approx(0.2)
    assert equal.low == pytest.approx(0)
