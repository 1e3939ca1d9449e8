"""Pairs drawn from groups: the right ones, all alike, and no more than asked for."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentilora.data.pairs.random_pairs import draw_pairs

things = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=25)


def all_pairs(groups, grades, gap):
    return {
        (i, j)
        for i in range(len(grades))
        for j in range(len(grades))
        if groups[i] == groups[j]
        and grades[i] > grades[j]
        and (not gap or grades[i] - grades[j] >= gap)
    }


@given(things, st.sampled_from([0.0, 1.0, 2.0]))
@settings(deadline=None, max_examples=80)
def test_without_a_limit_every_pair_is_drawn_once(rows, gap):
    groups, grades = np.asarray([g for g, _ in rows]), np.asarray([float(r) for _, r in rows])
    drawn = [tuple(pair) for pair in draw_pairs(groups, grades, most=10**6, min_gap=gap, seed=1)]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == all_pairs(groups, grades, gap)


@given(things, st.integers(1, 5))
@settings(deadline=None, max_examples=40)
def test_a_group_gives_no_more_than_the_limit(rows, most):
    groups, grades = np.asarray([g for g, _ in rows]), np.asarray([float(r) for _, r in rows])
    drawn = draw_pairs(groups, grades, most=most, seed=1)
    possible = Counter(groups[i] for i, _ in all_pairs(groups, grades, 0))
    assert Counter(groups[drawn[:, 0]]) == {g: min(most, n) for g, n in possible.items()}


def test_the_seed_decides_and_all_pairs_are_alike():
    groups, grades = np.zeros(6), np.asarray([1.0, 1, 2, 3, 3, 5])
    one = draw_pairs(groups, grades, most=3, seed=4)
    assert (one == draw_pairs(groups, grades, most=3, seed=4)).all()
    counts = Counter(
        tuple(pair)
        for seed in range(3000)
        for pair in draw_pairs(groups, grades, most=1, seed=seed)
    )
    assert len(counts) == 13
    assert max(counts.values()) / 3000 == pytest.approx(1 / 13, abs=0.025)


def test_many_texts_of_one_group_are_not_listed_pair_by_pair():
    grades = np.random.default_rng(0).integers(1, 6, 200_000).astype(float)
    drawn = draw_pairs(np.zeros(200_000), grades, most=1000, seed=1)
    assert len(drawn) == 1000
    assert (grades[drawn[:, 0]] > grades[drawn[:, 1]]).all()
