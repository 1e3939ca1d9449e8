from __future__ import annotations

import numpy as np
import pytest

from sentilora.inference.rows import score_cache
from sentilora.inference.rows.score_cache import RememberingScorer

TEXTS = [
    "the film is good",
    "a bad app and a slow one",
    "it was tuesday",
    "the film is good",
    "lovely " * 60,
    "we hate the room !",
]


def test_remembered_logits_are_the_computed_ones(model):
    whole = model.score(TEXTS)
    scorer = RememberingScorer(model)
    first, again = scorer.score(TEXTS), scorer.score(TEXTS[::-1])
    np.testing.assert_allclose(first.logits, whole.logits, atol=1e-5)
    assert first.truncated == whole.truncated == [False, False, False, False, True, False]
    assert first.tokens == whole.tokens
    assert np.array_equal(again.logits, first.logits[::-1])
    assert again.truncated == first.truncated[::-1]
    assert again.tokens == 0


def test_only_new_texts_are_computed_and_reported(model):
    scorer = RememberingScorer(model)
    scorer.score(TEXTS[:2])
    done: list[int] = []
    scored = scorer.score(["it was tuesday", *TEXTS[:3]], done.append)
    assert scored.tokens == len(model.encoder.encode(["it was tuesday"]).windows[0][0])
    assert sum(done) == 2  # both rows with the new text


def test_the_text_not_met_for_longest_is_forgotten_first(model):
    one, two, three = TEXTS[:3]
    scorer = RememberingScorer(model, capacity=2)
    scorer.score([one, two])
    scorer.score([one])
    scorer.score([three])
    assert scorer.score([one]).tokens == 0
    assert scorer.score([three]).tokens == 0
    assert scorer.score([two]).tokens > 0


def test_more_texts_than_are_remembered_are_all_scored(model):
    texts = [f"{'good ' * i}bad film" for i in range(9)]
    scored = RememberingScorer(model, capacity=3).score(texts)
    np.testing.assert_allclose(scored.logits, model.score(texts).logits, atol=1e-5)


@pytest.mark.parametrize(("rows", "characters"), [(2, 1 << 20), (100, 30), (1, 1)])
def test_pieces_change_nothing(model, monkeypatch, rows, characters):
    monkeypatch.setattr(score_cache, "PIECE_ROWS", rows)
    monkeypatch.setattr(score_cache, "PIECE_CHARACTERS", characters)
    scored = RememberingScorer(model).score(TEXTS)
    np.testing.assert_allclose(scored.logits, model.score(TEXTS).logits, atol=1e-5)
    assert scored.truncated[4]


def test_no_texts(model):
    assert RememberingScorer(model).score([]).logits.shape == (0, 2)
