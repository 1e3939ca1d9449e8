from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sentilora.insights.themes.clusters import (
    assign,
    centres_of,
    group,
    joined,
    number_of_groups,
    smoothed,
)
from sentilora.insights.themes.topic_space import fit_space, unit


def about(sizes: list[int], noise: float, seed: int = 0) -> tuple[NDArray[np.float32], list[int]]:
    """Make vectors about as many directions as there are sizes."""
    generator = np.random.default_rng(seed)
    directions = np.random.default_rng(1).normal(size=(len(sizes), 64))
    topics = [topic for topic, size in enumerate(sizes) for _ in range(size)]
    vectors = directions[topics] + noise * generator.normal(size=(len(topics), 64))
    return unit(vectors.astype(np.float32)), topics


@pytest.mark.parametrize(
    ("rows", "count"), [(0, 1), (4, 1), (20, 4), (100, 20), (1600, 100), (5000, 177)]
)
def test_more_statements_are_put_into_more_groups(rows: int, count: int) -> None:
    assert number_of_groups(rows) == count


def test_a_large_topic_is_one_group_beside_small_ones() -> None:
    vectors, topics = about([150, *[6] * 15], noise=0.8)
    groups = group(vectors)
    large = groups[np.array(topics) == 0]
    assert np.bincount(large).max() / len(large) > 0.9
    assert len(np.unique(groups)) > 10


def test_topics_of_one_size_are_not_joined() -> None:
    vectors, topics = about([30] * 40, noise=0.8)
    assert len(np.unique(joined(vectors, np.array(topics)))) == 40


def test_halves_of_one_topic_are_joined() -> None:
    vectors, _ = about([60], noise=0.8)
    halves = np.arange(60) % 2
    assert joined(vectors, halves).max() == 0


def test_smoothing_draws_a_topic_together_and_keeps_topics_apart() -> None:
    vectors, topics = about([30] * 5, noise=1.0)
    moved = smoothed(vectors)
    same = np.equal.outer(topics, topics)
    before, after = vectors @ vectors.T, moved @ moved.T
    assert after[same].mean() > before[same].mean() + 0.1
    assert abs(after[~same].mean() - before[~same].mean()) < 0.1
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_few_vectors_are_smoothed_as_well(rows: int) -> None:
    vectors, _ = about([rows], noise=0.5)
    assert np.isfinite(smoothed(vectors)).all()


def test_new_vectors_of_a_topic_are_near_enough_and_others_are_not() -> None:
    vectors, topics = about([40] * 6, noise=0.8)
    centres = centres_of(vectors, np.array(topics))
    new, new_topics = about([40] * 6, noise=0.8, seed=3)
    nearest, likeness = assign(new, centres)
    assert (nearest == new_topics).mean() > 0.95
    assert (likeness <= 1 + 1e-6).all()
    strange = unit(np.random.default_rng(5).normal(size=(50, 64)).astype(np.float32))
    assert (assign(strange, centres)[0] == -1).mean() > 0.9


def test_a_group_of_one_is_judged_by_the_others() -> None:
    vectors, topics = about([10, 10, 1], noise=0.5)
    centres = centres_of(vectors, np.array(topics))
    assert -1 <= centres.least[2] < 1
    assert centres.least[2] == pytest.approx(centres.least[:2].mean(), abs=0.05)


def test_without_groups_nothing_is_assigned() -> None:
    vectors, _ = about([5], noise=0.5)
    none = np.full(5, -1)
    nearest, likeness = assign(vectors, centres_of(vectors, none))
    assert (nearest == -1).all()
    assert np.isnan(likeness).all()


def test_what_all_vectors_share_is_taken_away() -> None:
    vectors, topics = about([20] * 4, noise=0.3)
    shifted = unit(vectors + 0.5)
    space = fit_space(shifted, np.ones(len(shifted)))
    turned = space.turned(shifted)
    other = ~np.equal.outer(topics, topics)
    assert (shifted @ shifted.T)[other].mean() > 0.5
    assert abs((turned @ turned.T)[other].mean()) < 0.5
