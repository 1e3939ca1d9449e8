"""How planted labels are counted."""

import numpy as np
import pytest

from benchmarks.label_errors import SIDES, in_small_files, measured, parse, plant


def test_planted_labels_are_other_ones_and_as_many_as_asked():
    truth = np.arange(300) % 3
    given = plant(truth, 0.1, seed=1)
    assert (given != truth).sum() == 30
    assert set(given) == {0, 1, 2}
    assert (given == plant(truth, 0.1, seed=1)).all()


def test_what_is_found_is_counted_by_rows_and_along_the_ranking():
    truth = np.zeros(10, np.int64)
    given = np.array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    own = np.array([0.1, 0.4, 0.2, 0.3, *[0.9] * 6])  # of the given label
    probabilities = np.where(given[:, None] == [0, 1], own[:, None], 1 - own[:, None])
    found = measured(given, truth, probabilities, np.array([0, 2]))
    assert found["precision"] == 0.5
    assert found["recall"] == 0.5
    assert found["recall_at_precision_0.5"] == 1.0  # 0, 2, 3, 1: two of four
    assert found["precision_at_recall_0.8"] == 0.5
    assert found["accuracy"] == 0.8


def test_a_share_that_cannot_be_planted_is_refused(capsys):
    with pytest.raises(SystemExit):
        parse(["x.csv", "--share", "0.5"])
    assert "--share must lie between 0 and 0.5" in capsys.readouterr().err


def test_small_files_are_judged_each_by_itself():
    truth = np.arange(250) % 2
    vectors = np.tile(truth[:, None] * 2.0 - 1, (1, 384)).astype(np.float32)
    texts = [f"the same words {row}" for row in range(250)]
    found = in_small_files(texts, truth, np.arange(250), vectors, 80, 0.05)
    assert list(found) == list(SIDES)
    knows, guesses = found["words and general"], found["words"]
    assert knows["files"] == 3
    assert knows["precision"] == 1.0
    assert knows["recall"] > 0.9
    assert guesses["precision"] < 0.5
