"""Aspects by their names: what is near, what holds their words, and words that are learned."""

import numpy as np
import pytest

from sentilora.insights.themes.aspect_search import find_aspects
from sentilora.insights.themes.topic_space import unit


@pytest.fixture
def said():
    """Return statements on two topics and on none, with vectors, and vectors of two names."""
    generator = np.random.default_rng(5)
    axes = unit(generator.normal(size=(3, 32)).astype(np.float32))
    topics = np.repeat([0, 1, 2], 60)
    noise = generator.normal(size=(180, 32)).astype(np.float32) * 0.12
    shared = np.ones(32, np.float32) * 0.3
    words = [
        *(f"the crew was polite on day {n}" for n in range(60)),
        *(f"the ticket cost me {n} pounds" for n in range(60)),
        *(f"we sat there in row {n}" for n in range(60)),
    ]
    names = unit(axes[:2] * 0.5 + generator.normal(size=(2, 32)).astype(np.float32) * 0.1 + shared)
    return unit(axes[topics] + noise + shared), words, topics, names


def test_statements_of_an_aspect_are_found_and_others_are_not(said):
    vectors, words, topics, names = said
    found = find_aspects(["staff", "price"], names, vectors, words, np.arange(180))
    assert found.speaks[topics == 0, 0].mean() > 0.9
    assert found.speaks[topics == 1, 1].mean() > 0.9
    assert not found.speaks[topics == 2].any()
    assert not found.speaks[topics == 1, 0].any()
    assert set(found.nearest) == {"staff", "price", None}
    assert all(topics[index] == place for place in (0, 1) for index in found.quotes[place])


def test_words_of_a_name_and_words_learned_make_statements_nearer(said):
    vectors, words, _, names = said
    words = [*words, "so polite", "Prices went up", "no word of either"]
    vectors = np.concatenate([vectors, np.repeat(vectors.mean(axis=0, keepdims=True), 3, axis=0)])
    texts = np.arange(len(words))
    found = find_aspects(["staff", "price"], names, vectors, words, texts)
    told = found.likeness[-3:]
    assert told[0, 0] > told[2, 0] + 0.1  # learned: the crew is polite
    assert told[1, 1] > told[2, 1] + 0.1  # a word of the name, in the plural


def test_one_aspect_and_few_statements_are_no_trouble(said):
    vectors, words, _, names = said
    found = find_aspects(["staff"], names[:1], vectors[:2], words[:2], np.arange(2))
    assert found.speaks.shape == (2, 1)
    again = find_aspects(["staff"], names[:1], vectors, words, np.arange(180))
    assert (
        again.speaks.tolist()
        == find_aspects(["staff"], names[:1], vectors, words, np.arange(180)).speaks.tolist()
    )
