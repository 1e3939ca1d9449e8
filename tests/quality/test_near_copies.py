from __future__ import annotations

import numpy as np

from sentilora.quality.near_copies import find_copies

LONG = "The parcel came two weeks late, the box was torn and half of the cups in it were broken."


def test_the_first_of_several_copies_is_none():
    edited = LONG.replace("torn", "ripped")
    found = find_copies([LONG, "Something else altogether, long enough.", edited, LONG.upper()])
    assert found.original.tolist() == [0, 1, 0, 0]
    assert found.is_equal.tolist() == [True, True, False, True]
    assert 0.7 <= found.similarity[2] < 1
    assert found.similarity[[0, 1, 3]].tolist() == [1, 1, 1]


def test_punctuation_makes_no_other_text_but_one_word_of_a_short_one_does():
    texts = ["Great phone!!", "great  phone", "Great phones", "👍👍", "👎👎"]
    assert find_copies(texts).original.tolist() == [0, 0, 2, 3, 4]


def test_reviews_of_like_words_are_no_copies():
    texts = [
        "The kettle is good, and I would give it to anybody who asks me.",
        "The phone is good, but I would not give it to my mother, who hates screens.",
        "The kettle is too heavy for one hand, and anybody who asks me hears it.",
        "The jacket is good and warm, and my mother would give anything for it.",
    ]
    assert (find_copies(texts).original == np.arange(len(texts))).all()


def test_a_thousand_edited_texts_are_found():
    rng = np.random.default_rng(3)
    words = ["".join(rng.choice(list("abcdefghijklmno"), 6)) for _ in range(3000)]
    texts = [" ".join(rng.choice(words, 40)) for _ in range(500)]
    edited = [text.replace(text.split()[7], "other", 1) for text in texts]
    found = find_copies([*texts, *edited]).original
    assert (found[:500] == np.arange(500)).all()
    assert (found[500:] == np.arange(500)).mean() > 0.99


def test_nothing_and_one_text():
    assert find_copies([]).original.tolist() == []
    assert find_copies([LONG]).original.tolist() == [0]
