"""Texts worth a label: the model is unsure of them, and no two are alike."""

import numpy as np

from sentilora.insights.survey.uncertain_texts import text_vectors, uncertain_texts


def test_they_are_unsure_and_not_all_alike():
    generator = np.random.default_rng(0)
    margin = np.concatenate([np.full(60, 0.01), np.full(60, 0.1), np.full(200, 0.95)])
    told = np.column_stack([(1 + margin) / 2, (1 - margin) / 2])
    about = np.zeros((320, 4))
    about[:60, 0] = 1  # the least sure are all about one thing
    about[60:, 1:] = generator.normal(size=(260, 3))
    about += generator.normal(size=about.shape) * 0.01
    texts = [f"text {place}" for place in range(320)]
    chosen = uncertain_texts(texts, told, about, 12, 0)
    assert len(set(chosen)) == 12
    assert max(chosen) < 120  # none of which the model is sure
    assert sum(index < 60 for index in chosen) < 6  # by margin alone it would be all 12
    assert chosen == sorted(chosen, key=lambda index: margin[index])
    assert chosen == uncertain_texts(texts, told, about, 12, 0)


def test_copies_are_taken_once_and_few_texts_all():
    texts = ["one and the same long text here"] * 5 + ["a short one", "another"]
    told = np.full((7, 2), 0.5)
    about = np.eye(7)
    assert sorted(uncertain_texts(texts, told, about, 10, 0)) == [0, 5, 6]
    assert uncertain_texts(texts, told, about, 0, 0) == []


def test_a_text_is_the_mean_of_its_statements():
    found = text_vectors(np.array([0, 0, 2]), np.array([[2.0, 0], [0, 2], [4, 4]]), 3)
    assert found.tolist() == [[1, 1], [0, 0], [4, 4]]
