"""What pairs may be trained on: nothing of validation or test, and nothing that is measured."""

from __future__ import annotations

import numpy as np
import pytest

from sentilora.data.labelled.split import read_parts
from sentilora.data.pairs.held_out import MOST_HELD_OUT, part_pairs
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.data.same_text import fold
from sentilora.errors import DataError
from sentilora.labels import BINARY, Labels


@pytest.fixture
def parts(write, reviews):
    return read_parts(write("labelled.csv", reviews(60)), validation_share=0.2, test_share=0.2)


@pytest.fixture
def pair(write):
    """Read pairs of texts."""

    def read(texts):
        rows = [{"text_preferred": one, "text_other": other} for one, other in texts]
        return read_pairs(write("pairs.jsonl", rows), labels=Labels(BINARY))

    return read


def compared(pairs):
    texts = pairs.texts
    return {tuple(texts[side] for side in sides) for sides in pairs.sides}


def folded(pairs):
    return {fold(text) for text in pairs.texts}


def test_no_text_of_validation_or_test_is_trained_on(parts, pair):
    train, validation, test = parts.train.texts, parts.validation.texts, parts.test.texts
    pairs = pair(
        [
            (train[0], train[1]),
            (train[2], test[0].upper()),  # joins train and test: left out
            (validation[0], train[3]),  # left out
            (validation[1], test[1]),  # held out
            ("new 1", test[2]),  # held out: its other text is not trained on
            ("new 2", test[3]),  # left out: its other text is
            ("new 2", "new 3"),
        ]
    )
    found = part_pairs(pairs, parts, share=0.0, seed=1)
    assert compared(found.train) == {(train[0], train[1]), ("new 2", "new 3")}
    assert compared(found.held_out) == {(validation[1], test[1]), ("new 1", test[2])}
    assert "pairs: 2 to train on, 2 held out" in found.notes
    assert any("3 left out, as a text of theirs stands in test (2)" in n for n in found.notes)
    closed = {fold(text) for text in (*validation, *test)}
    assert not folded(found.train) & closed


def test_held_out_pairs_share_no_text_with_what_is_trained_on(parts, pair):
    texts = [(f"{group} {i}", f"{group} {i + 1}") for group in range(40) for i in range(3)]
    found = part_pairs(pair(texts), parts, share=0.2, seed=1)
    assert len(found.train) + len(found.held_out) == len(texts)
    assert 18 <= len(found.held_out) <= 24
    assert not folded(found.train) & folded(found.held_out)
    again = part_pairs(pair(texts), parts, share=0.2, seed=1)
    assert compared(again.held_out) == compared(found.held_out)
    other = part_pairs(pair(texts), parts, share=0.2, seed=2)
    assert compared(other.held_out) != compared(found.held_out)


def test_labelled_train_texts_are_held_out_only_when_they_are_not_used(parts, pair):
    train = parts.train.texts
    pairs = pair(list(zip(train[::2], train[1::2], strict=False)))
    assert len(part_pairs(pairs, parts, share=0.3, seed=1).held_out) == 0
    alone = part_pairs(pairs, parts, share=0.3, seed=1, is_train_used=False)
    assert len(alone.held_out) > 0


def test_pairs_that_all_hang_together_are_trained_on(parts, pair):
    found = part_pairs(
        pair([(f"a {i}", f"a {i + 1}") for i in range(30)]), parts, share=0.1, seed=1
    )
    assert (len(found.train), len(found.held_out)) == (30, 0)


def test_no_more_are_measured_than_is_worth_the_time(parts, pair):
    pairs = pair([(f"a {i}", f"b {i}") for i in range(2 * MOST_HELD_OUT + 500)])
    found = part_pairs(pairs, parts, share=0.5, seed=1)
    assert len(found.held_out) == MOST_HELD_OUT
    assert any("2,000 of the held-out ones are measured" in note for note in found.notes)
    assert np.unique(found.held_out.units()).size == MOST_HELD_OUT


def test_pairs_of_test_texts_alone_cannot_be_trained_on(parts, pair):
    test, validation = parts.test.texts, parts.validation.texts
    with pytest.raises(DataError, match=r"none of 2 pairs is left .* 1 with a text of the test"):
        part_pairs(pair([(test[0], "a"), (validation[0], "b")]), parts, share=0.1, seed=1)
