"""Bootstrap intervals and McNemar's test."""

import numpy as np
import pytest
from sklearn import metrics as sk

from sentilora.evaluation.intervals import bootstrap_intervals, confusion_figures, mcnemar
from sentilora.evaluation.metrics import measure
from sentilora.labels import TERNARY, Labels
from sentilora.model.probabilities import softmax


def drawn(rows, n_labels=3, seed=0, skill=1.0):
    generator = np.random.default_rng(seed)
    label_ids = generator.choice(n_labels, rows, p=np.arange(1, n_labels + 1) / 6)
    logits = generator.normal(size=(rows, n_labels))
    logits[np.arange(rows), label_ids] += skill
    return label_ids, softmax(logits)


def test_figures_of_many_matrices_are_those_of_measure():
    for seed in range(5):
        label_ids, probabilities = drawn(60, seed=seed)
        measured = measure(label_ids, probabilities, Labels(TERNARY))
        figures = confusion_figures(np.array([measured.confusion]))
        for name, value in figures.items():
            assert value[0] == pytest.approx(measured.metrics[name])


def test_figures_of_absent_labels_are_those_of_measure():
    label_ids, probabilities = np.array([0, 0, 2]), np.eye(3)[[0, 2, 2]]
    measured = measure(label_ids, probabilities, Labels(TERNARY))
    figures = confusion_figures(np.array([measured.confusion]))
    assert {name: value[0] for name, value in figures.items()} == pytest.approx(
        {name: measured.metrics[name] for name in figures}
    )


def test_intervals_agree_with_resampling_rows_in_scikit_learn():
    label_ids, probabilities = drawn(300)
    answers = probabilities.argmax(axis=1)
    found = bootstrap_intervals(label_ids, probabilities, 3, resamples=2000, seed=1)
    generator = np.random.default_rng(2)
    values = {"macro_f1": [], "log_loss": []}
    for _ in range(400):
        rows = generator.integers(0, 300, 300)
        values["macro_f1"].append(sk.f1_score(label_ids[rows], answers[rows], average="macro"))
        values["log_loss"].append(
            sk.log_loss(label_ids[rows], probabilities[rows], labels=[0, 1, 2])
        )
    for name, resampled in values.items():
        assert found[name] == pytest.approx(np.percentile(resampled, [2.5, 97.5]), abs=0.02)


def test_intervals_hold_every_metric_and_its_value():
    label_ids, probabilities = drawn(400)
    metrics = measure(label_ids, probabilities, Labels(TERNARY)).metrics
    intervals = bootstrap_intervals(label_ids, probabilities, 3, resamples=500, seed=3)
    assert set(intervals) == set(metrics) - {"rows"}
    for name, (low, high) in intervals.items():
        assert low <= metrics[name] <= high, name


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    truth = measure(*drawn(60_000, seed=99), Labels(TERNARY)).metrics["accuracy"]
    covered = 0
    for seed in range(100):
        label_ids, probabilities = drawn(200, seed=seed)
        low, high = bootstrap_intervals(label_ids, probabilities, 3, resamples=200, seed=seed)[
            "accuracy"
        ]
        covered += low <= truth <= high
    assert 87 <= covered <= 100


def test_the_same_seed_gives_the_same_intervals():
    rows = drawn(100)
    first = bootstrap_intervals(*rows, 3, resamples=100, seed=5)
    assert first == bootstrap_intervals(*rows, 3, resamples=100, seed=5)
    assert first != bootstrap_intervals(*rows, 3, resamples=100, seed=6)


def test_one_row_has_intervals():
    found = bootstrap_intervals(np.array([1]), np.array([[0.2, 0.8]]), 2, resamples=100, seed=0)
    assert found["accuracy"] == (1.0, 1.0)
    assert found["matthews_correlation"] == (0.0, 0.0)


def answers_of(both, ours, theirs, neither):
    label_ids = np.ones(both + ours + theirs + neither, int)
    model = np.repeat([1, 1, 0, 0], [both, ours, theirs, neither])
    baseline = np.repeat([1, 0, 1, 0], [both, ours, theirs, neither])
    return label_ids, model, baseline


def test_mcnemar_of_few_rows_is_the_exact_binomial():
    found = mcnemar(*answers_of(10, 8, 2, 5))
    assert (found.only_model_right, found.only_baseline_right) == (8, 2)
    assert found.p_value == pytest.approx(2 * (1 + 10 + 45) / 2**10)


def test_mcnemar_of_many_rows_is_the_corrected_chi_square():
    # Agresti's approval ratings, 150 against 86: (64 - 1)^2 / 236 = 16.82, p = 4.1e-05.
    found = mcnemar(*answers_of(794, 150, 86, 570))
    assert found.p_value == pytest.approx(4.115e-05, rel=1e-3)


@pytest.mark.parametrize("same", [0, 5, 40])
def test_mcnemar_of_equals_finds_nothing(same):
    assert mcnemar(*answers_of(3, same, same, 4)).p_value == pytest.approx(1.0)
