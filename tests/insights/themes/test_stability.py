from __future__ import annotations

import numpy as np
import pytest

from sentilora.insights.themes.stability import best_overlaps, measure_stability


def test_overlap_is_that_of_the_best_group() -> None:
    one = np.array([0, 0, 0, 0, 1, 1, -1])
    other = np.array([2, 2, 0, -1, 1, 1, 1])
    np.testing.assert_allclose(best_overlaps(one, other), [2 / 4, 2 / 3])


def test_names_of_groups_do_not_matter() -> None:
    one = np.array([0, 0, 1, 1, 2])
    np.testing.assert_array_equal(best_overlaps(one, 2 - one), [1, 1, 1])


@pytest.mark.parametrize("other", [np.full(3, -1), np.array([], np.int64)])
def test_nothing_overlaps_with_no_groups(other: np.ndarray) -> None:
    one = np.zeros(len(other), np.int64)
    assert best_overlaps(one, other).tolist() == [0.0] * (1 if len(other) else 0)


def test_a_group_that_always_comes_back_is_stable_and_a_cut_one_is_not() -> None:
    groups = np.repeat([0, 1], 20)
    seen: list[int] = []

    def regroup(rows: np.ndarray) -> np.ndarray:
        seen.append(len(rows))
        return np.where(groups == 0, 0, 1 + np.arange(40) % 2)

    stability = measure_stability(groups, regroup, seed=0, resamples=4)
    np.testing.assert_allclose(stability, [1.0, 0.5])
    assert seen == [20] * 4
