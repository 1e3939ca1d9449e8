from __future__ import annotations

import numpy as np
import pytest

from sentilora.quality import label_doubts
from sentilora.quality.label_doubts import doubt_labels, may_judge

WORDS = {0: ["awful", "broken", "late", "rude"], 1: ["lovely", "fast", "kind", "superb"]}
THINGS = ["kettle", "driver", "hotel", "phone", "film", "shop", "meal"]


def made(rows=120, wrong=6):
    rng = np.random.default_rng(2)
    ids = np.arange(rows) % 2
    texts = [
        " ".join([*rng.choice(WORDS[label], 3), *rng.choice(THINGS, 2), str(row)])
        for row, label in enumerate(ids.tolist())
    ]
    given = ids.copy()
    planted = rng.choice(rows, wrong, replace=False)
    given[planted] = 1 - given[planted]
    return texts, given, set(planted.tolist())


@pytest.mark.parametrize("has_cleanlab", [True, False])
def test_planted_wrong_labels_are_found(monkeypatch, has_cleanlab):
    if not has_cleanlab:
        monkeypatch.setattr(label_doubts, "find_spec", lambda name: None)
    texts, given, planted = made()
    found = doubt_labels(texts, given, np.arange(len(texts)))
    assert set(found.places.tolist()) <= planted
    assert len(found.places) >= 5  # how many are wrong is estimated
    assert ("not installed" in found.ranked_by) is not has_cleanlab
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)


def test_vectors_tell_what_words_do_not():
    _, given, planted = made()
    truth = np.arange(len(given)) % 2
    vectors = np.tile(truth[:, None] * 2.0 - 1, (1, 384)).astype(np.float32)  # as many as real ones
    texts = [f"the same words {row}" for row in range(len(given))]
    found = doubt_labels(texts, given, np.arange(len(texts)), vectors)
    assert set(found.places.tolist()) == planted


def test_copies_do_not_vouch_for_each_other():
    texts, given, _ = made(wrong=0)
    texts = [*texts, *["superb lovely kind parcel of mine"] * 4]
    given = np.array([*given, 0, 0, 0, 0])
    groups = np.array([*range(120), 120, 120, 120, 120])
    found = doubt_labels(texts, given, groups)
    assert set(found.places.tolist()) == {120, 121, 122, 123}


def test_labels_that_do_not_occur_have_no_probability():
    texts, given, _ = made()
    found = doubt_labels(texts, given * 2, np.arange(len(texts)))
    assert found.probabilities.shape == (120, 3)
    assert (found.probabilities[:, 1] == 0).all()


@pytest.mark.parametrize(
    ("counts", "may"), [([30, 30], True), ([29, 30], False), ([60], False), ([100, 4], False)]
)
def test_few_rows_are_not_judged(counts, may):
    label_ids = np.repeat(np.arange(len(counts)), counts)
    assert may_judge(label_ids, np.arange(len(label_ids))) is may


def test_a_label_of_copies_alone_is_not_judged():
    label_ids = np.repeat([0, 1], [60, 8])
    groups = np.array([*range(60), *[60] * 4, 61, 62, 63, 63])
    assert not may_judge(label_ids, groups)
    groups[-1] = 64
    assert may_judge(label_ids, groups)


def test_texts_without_words_are_judged_by_their_characters():
    given = np.arange(80) % 2
    texts = ["👍" * (1 + row % 3) if row % 2 else "👎" for row in range(80)]
    given[7] = 0
    found = doubt_labels(texts, given, np.arange(80))
    assert found.places.tolist() == [7]


def test_no_row_is_doubted_in_favour_of_its_own_label():
    label_ids = np.array([0, 0, 0, 1, 1, 1])
    own = np.array([0.99, 0.99, 0.6, 0.1, 0.1, 0.9])  # of the first label
    found = np.stack([own, 1 - own], axis=1)
    chosen = label_doubts._confident_errors(label_ids, found)
    assert np.flatnonzero(chosen).tolist() == [5]
