"""From logits to probabilities."""

import numpy as np
import pytest
import torch

from sentilora.evaluation.reports.wording import calibrated_by, calibrated_in_torch
from sentilora.model.probabilities import UNCALIBRATED, Calibration, softmax

LOGITS = np.random.default_rng(3).normal(scale=3, size=(50, 3))


def test_softmax_by_hand_and_without_overflow():
    assert softmax(np.array([[0.0, np.log(3.0)]])) == pytest.approx(np.array([[0.25, 0.75]]))
    assert Calibration(0.05).probabilities(np.array([[1e4, -1e4]])).tolist() == [[1.0, 0.0]]
    assert softmax(np.zeros((2, 3), np.float32)).dtype == np.float64
    assert softmax(np.zeros((0, 3))).shape == (0, 3)


def test_a_temperature_divides():
    found = Calibration(2.0).probabilities(np.array([[0.0, np.log(9.0)]]))
    assert found[0, 1] == pytest.approx(0.75)
    assert UNCALIBRATED.probabilities(LOGITS) == pytest.approx(softmax(LOGITS))


def test_a_power_by_hand():
    # Centred -1 and 1, whose spread is 1; then -2 and 2, whose spread is 2: times 2 ** 0.5.
    scaled = Calibration(2.0, 0.5).scale(np.array([[0.0, 4.0], [0.0, 8.0]]))
    expected = [[-1.0, 1.0], [-2 * np.sqrt(2), 2 * np.sqrt(2)]]
    assert scaled == pytest.approx(np.array(expected))


@pytest.mark.parametrize("power", [-0.4, 0.7])
def test_the_chosen_label_stays_and_equal_logits_are_undecided(power):
    found = Calibration(1.7, power).probabilities(LOGITS)
    assert (found.argmax(axis=1) == LOGITS.argmax(axis=1)).all()
    assert Calibration(1.7, power).probabilities(np.zeros((1, 4))) == pytest.approx(0.25)
    assert Calibration(1.7, power).probabilities(np.zeros((0, 4))).shape == (0, 4)


@pytest.mark.parametrize("calibration", [UNCALIBRATED, Calibration(1.3), Calibration(1.3, 0.45)])
def test_the_lines_for_torch_do_the_same(calibration):
    given = {"logits": torch.from_numpy(np.concatenate([LOGITS, np.zeros((1, 3))]))}
    exec(calibrated_in_torch(calibration), given)
    expected = calibration.probabilities(np.concatenate([LOGITS, np.zeros((1, 3))]))
    assert given["probabilities"].numpy() == pytest.approx(expected, abs=1e-6)


def test_it_is_told_in_words():
    assert calibrated_by(Calibration(1.25)) == "temperature 1.250"
    told = calibrated_by(Calibration(1.25, 0.4))
    assert told == "temperature 1.250, power 0.40"
