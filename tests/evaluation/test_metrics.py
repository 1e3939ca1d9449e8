"""The figures agree with scikit-learn and with hand-made examples."""

from dataclasses import asdict

import numpy as np
import pytest
from sklearn import metrics as sk

from sentilora.errors import DataError, ModelError
from sentilora.evaluation.metrics import LabelFigures, measure
from sentilora.labels import BINARY, TERNARY, Labels
from sentilora.model.probabilities import softmax

KEYS = {
    "accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "weighted_f1",
    "matthews_correlation",
    "log_loss",
    "brier",
    "ece",
    "rows",
}


def drawn(rows, n_labels, seed=0):
    generator = np.random.default_rng(seed)
    label_ids = generator.integers(0, n_labels, rows)
    logits = generator.normal(size=(rows, n_labels))
    logits[np.arange(rows), label_ids] += 1.0
    return label_ids, softmax(logits)


@pytest.mark.parametrize("names", [BINARY, TERNARY, ("1", "2", "3", "4", "5")])
def test_metrics_are_those_of_scikit_learn(names):
    label_ids, probabilities = drawn(500, len(names))
    answers = probabilities.argmax(axis=1)
    found = measure(label_ids, probabilities, Labels(names))
    averages = {"average": "macro", "zero_division": 0}
    expected = {
        "accuracy": sk.accuracy_score(label_ids, answers),
        "macro_precision": sk.precision_score(label_ids, answers, **averages),
        "macro_recall": sk.recall_score(label_ids, answers, **averages),
        "macro_f1": sk.f1_score(label_ids, answers, **averages),
        "weighted_f1": sk.f1_score(label_ids, answers, average="weighted"),
        "matthews_correlation": sk.matthews_corrcoef(label_ids, answers),
        "log_loss": sk.log_loss(label_ids, probabilities),
        "rows": 500,
    }
    assert set(found.metrics) == KEYS
    assert {name: found.metrics[name] for name in expected} == pytest.approx(expected)
    assert found.confusion == sk.confusion_matrix(label_ids, answers).tolist()


def test_brier_of_two_labels_is_scikit_learns():
    label_ids, probabilities = drawn(300, 2)
    found = measure(label_ids, probabilities, Labels(BINARY)).metrics["brier"]
    assert found == pytest.approx(sk.brier_score_loss(label_ids, probabilities[:, 1]))


def test_brier_of_three_labels_by_hand():
    found = measure(np.array([0]), np.array([[0.5, 0.3, 0.2]]), Labels(TERNARY))
    assert found.metrics["brier"] == pytest.approx(0.25 + 0.09 + 0.04)


def test_a_small_example_by_hand():
    label_ids = np.array([0, 0, 0, 1, 1])
    answers = np.array([0, 0, 1, 1, 0])
    probabilities = np.where(answers[:, None] == np.arange(2), 0.8, 0.2)
    found = measure(label_ids, probabilities, Labels(BINARY))
    assert found.confusion == [[2, 1], [1, 1]]
    assert asdict(found.per_label["negative"]) == pytest.approx(
        {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}
    )
    assert found.metrics["macro_f1"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.metrics["matthews_correlation"] == pytest.approx(1 / 6)
    assert found.metrics["log_loss"] == pytest.approx(-(3 * np.log(0.8) + 2 * np.log(0.2)) / 5)
    assert found.metrics["ece"] == pytest.approx(0.2)  # sure by 0.8, right in 0.6


def test_a_label_that_does_not_occur_is_reported_and_not_averaged():
    label_ids = np.array([0, 2, 2])
    probabilities = np.array([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.7, 0.1, 0.2]])
    found = measure(label_ids, probabilities, Labels(TERNARY))
    assert found.per_label["neutral"] == LabelFigures(precision=0, recall=0, f1=0, support=0)
    assert found.metrics["macro_recall"] == pytest.approx(0.75)
    assert len(found.confusion) == 3


def test_rows_of_one_label_only_give_no_warning():
    found = measure(np.zeros(3, int), np.array([[0.9, 0.1]] * 3), Labels(BINARY))
    assert found.metrics["accuracy"] == 1.0
    assert found.metrics["matthews_correlation"] == 0.0


def test_a_certain_mistake_has_a_finite_log_loss():
    found = measure(np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]]), Labels(BINARY))
    expected = sk.log_loss([0, 1], [[0.0, 1.0], [0.0, 1.0]])
    assert found.metrics["log_loss"] == pytest.approx(expected)


def test_no_rows_are_an_error():
    with pytest.raises(DataError, match="There are no rows to evaluate"):
        measure(np.zeros(0, int), np.zeros((0, 2)), Labels(BINARY))


def test_nan_is_an_error():
    with pytest.raises(ModelError, match="answered NaN"):
        measure(np.array([0]), np.array([[np.nan, 0.5]]), Labels(BINARY))


def test_to_dict_is_plain():
    label_ids, probabilities = drawn(50, 3)
    found = measure(label_ids, probabilities, Labels(TERNARY)).to_dict()
    assert set(found) == {"metrics", "per_label", "confusion", "reliability", "intervals"}
    assert type(found["metrics"]["accuracy"]) is float
    assert type(found["confusion"][0][0]) is int
    assert type(found["reliability"][0]["count"]) is int
