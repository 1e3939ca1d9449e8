"""What is hidden: shares, special tokens, whole words, sentiment words, the same for a seed."""

import numpy as np
import pytest

from sentilora.adaptation.masking import MaskingRule, Vocabulary, describe_vocabulary, mask_batch
from sentilora.errors import ModelError
from sentilora.model.classifier import load_tokenizer
from tests.helpers.texts import WORDS

MASK = WORDS.index("[MASK]")
SPECIAL = 5  # the first five words


def plain_vocabulary(size=60, starts=None, sentiment=()) -> Vocabulary:
    is_special = np.arange(size) < SPECIAL
    is_sentiment = np.zeros(size, np.bool_)
    is_sentiment[list(sentiment)] = True
    starts_word = np.ones(size, np.bool_) if starts is None else starts
    return Vocabulary(MASK, is_special, starts_word, is_sentiment, np.arange(SPECIAL, size))


def batch(rows=200, tokens=30, seed=0):
    rng = np.random.default_rng(seed)
    ids = rng.integers(SPECIAL, 60, (rows, tokens))
    lengths = rng.integers(6, tokens + 1, rows)
    attention = (np.arange(tokens) < lengths[:, None]).astype(np.int64)
    ids[:, 0] = 2
    ids[np.arange(rows), lengths - 1] = 3
    ids[attention == 0] = 0
    return ids, attention


def hide(ids, attention, rule, seed=7, vocabulary=None):
    rng = np.random.default_rng(seed)
    return mask_batch(ids, attention, vocabulary or plain_vocabulary(), rule, rng)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.6])
@pytest.mark.parametrize("whole_words", [False, True])
def test_the_share_of_ordinary_tokens_is_hidden_and_no_special_one(share, whole_words):
    ids, attention = batch()
    starts = np.random.default_rng(3).random(60) < 0.7
    masked = hide(
        ids, attention, MaskingRule(share, whole_words), vocabulary=plain_vocabulary(starts=starts)
    )
    ordinary = (attention > 0) & (ids >= SPECIAL)
    assert ordinary.ravel()[masked.positions].all()
    assert len(masked.positions) / ordinary.sum() == pytest.approx(share, abs=0.03)
    assert (masked.targets == ids.ravel()[masked.positions]).all()
    others = np.ones(ids.size, np.bool_)
    others[masked.positions] = False
    assert (masked.input_ids.ravel()[others] == ids.ravel()[others]).all()


def test_of_the_hidden_80_percent_become_the_mask_and_10_a_random_ordinary_word():
    ids, attention = batch(rows=1000)
    masked = hide(ids, attention, MaskingRule(0.5))
    now = masked.input_ids.ravel()[masked.positions]
    assert (now == MASK).mean() == pytest.approx(0.8, abs=0.02)
    random = now[(now != MASK) & (now != masked.targets)]
    assert len(random) / len(now) == pytest.approx(0.1 * 54 / 55, abs=0.015)
    assert random.min() >= SPECIAL


def test_the_same_state_hides_the_same_and_another_something_else():
    ids, attention = batch()
    rule = MaskingRule(0.2)
    first, same, other = (hide(ids, attention, rule, seed) for seed in (1, 1, 2))
    assert (first.input_ids == same.input_ids).all()
    assert (first.positions == same.positions).all()
    assert first.positions.tolist() != other.positions.tolist()


def test_whole_words_are_hidden_with_all_their_pieces_or_not_at_all():
    ids, attention = batch()
    starts = np.random.default_rng(4).random(60) < 0.5
    starts[:SPECIAL] = True
    masked = hide(
        ids, attention, MaskingRule(0.3, True), vocabulary=plain_vocabulary(starts=starts)
    )
    hidden = np.zeros(ids.size, np.bool_)
    hidden[masked.positions] = True
    hidden = hidden.reshape(ids.shape)
    pieces = 0
    for row in range(len(ids)):
        for place in range(2, int(attention[row].sum()) - 1):
            if not starts[ids[row, place]]:
                assert hidden[row, place] == hidden[row, place - 1]
                pieces += 1
    assert pieces > 500


def test_sentiment_words_are_hidden_more_often_at_the_same_total():
    ids, attention = batch(rows=600)
    rule = MaskingRule(0.2, sentiment_weight=3.0)
    masked = hide(ids, attention, rule, vocabulary=plain_vocabulary(sentiment=range(5, 15)))
    ordinary = ids[(attention > 0) & (ids >= SPECIAL)]
    of_sentiment = (masked.targets < 15).sum() / (ordinary < 15).sum()
    of_others = (masked.targets >= 15).sum() / (ordinary >= 15).sum()
    assert of_sentiment / of_others == pytest.approx(3.0, rel=0.12)
    assert len(masked.positions) / len(ordinary) == pytest.approx(0.2, abs=0.02)
    none = hide(
        ids,
        attention,
        MaskingRule(0.2, sentiment_weight=0.0),
        vocabulary=plain_vocabulary(sentiment=range(5, 15)),
    )
    assert none.targets.min() >= 15


def test_something_is_always_hidden():
    ids = np.array([[2, 9, 3]])
    masked = hide(ids, np.ones_like(ids), MaskingRule(1e-9))
    assert masked.positions.tolist() == [1]


def test_a_tokenizer_is_described(tiny_base):
    vocabulary = describe_vocabulary(load_tokenizer(str(tiny_base)))
    assert vocabulary.mask_id == MASK
    assert np.flatnonzero(vocabulary.is_special).tolist() == [0, 1, 2, 3, 4]
    assert vocabulary.starts_word.all()
    named = {WORDS[i] for i in np.flatnonzero(vocabulary.is_sentiment)}
    assert {"good", "awful", "love", "hate"} <= named
    assert not named & {"table", "the", "[MASK]", "."}


@pytest.mark.parametrize(
    ("tokens", "starts"),
    [
        (["play", "##ing", ",", "un", "##do"], [1, 0, 1, 1, 0]),
        (["Ġplay", "ing", ",", "Ġun", "do"], [1, 0, 0, 1, 0]),
        (["▁play", "ing", ",", "▁un", "do"], [1, 0, 0, 1, 0]),
        (["play", "ing", ",", "un", "do"], [1, 1, 1, 1, 1]),
    ],
)
def test_the_marks_of_word_pieces_are_known(tokens, starts):
    class Tokenizer:
        mask_token_id = 0
        all_special_ids = (0,)

        def __len__(self):
            return len(tokens) + 1

        def convert_ids_to_tokens(self, ids):
            return [["[MASK]", *tokens][i] for i in ids]

    found = describe_vocabulary(Tokenizer()).starts_word
    assert found.tolist() == [True, *map(bool, starts)]


def test_without_a_mask_token_there_is_an_error():
    class Tokenizer:
        mask_token_id = None

    with pytest.raises(ModelError, match=r"has no mask token.*Choose another base: minilm"):
        describe_vocabulary(Tokenizer())
