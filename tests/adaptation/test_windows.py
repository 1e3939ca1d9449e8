"""A corpus on disk: whole texts in windows, what is held out, counts of words."""

import numpy as np
import pytest

from sentilora.adaptation.masking import describe_vocabulary
from sentilora.adaptation.windows import encode_corpus, open_windows
from sentilora.data.corpus import read_corpus
from sentilora.errors import DataError
from sentilora.model.classifier import load_tokenizer
from sentilora.model.tokens import TextEncoder, TextRule
from tests.helpers.texts import WORDS, make_texts


@pytest.fixture
def encode(tiny_base, tmp_path):
    """Return a function that writes texts to a file and encodes it."""
    tokenizer = load_tokenizer(str(tiny_base))

    def run(texts, *, max_tokens=16, share=0.1, seed=5, folder="corpus", progress=None):
        path = tmp_path / "texts.txt"
        path.write_text("\n".join(texts), encoding="utf-8")
        encoder = TextEncoder(tokenizer, TextRule(max_tokens))
        return encode_corpus(
            read_corpus([path]),
            encoder,
            tmp_path / folder,
            is_special=describe_vocabulary(tokenizer).is_special,
            vocabulary_size=len(WORDS),
            held_out_share=share,
            seed=seed,
            progress=progress,
        )

    return run


TEXTS = [text for text, _ in make_texts(60, seed=2)]
LONG = " ".join(WORDS[5:45])


def test_short_texts_are_one_window_as_the_tokenizer_makes_it(encode, tiny_base):
    windows = encode(TEXTS)
    tokenizer = load_tokenizer(str(tiny_base))
    assert windows.rows(range(60)) == [tokenizer(text)["input_ids"] for text in TEXTS]
    assert (windows.texts, windows.held_out_texts) == (60, 6)
    assert windows.is_held_out.sum() == 6


def test_a_long_text_is_cut_into_even_windows_and_nothing_is_lost(encode):
    windows = encode([LONG, *TEXTS])
    rows = windows.rows(range(3))
    assert [len(row) for row in rows] == [16, 15, 15]  # 40 words in three parts
    assert all(row[0] == 2 and row[-1] == 3 for row in rows)
    assert [i for row in rows for i in row[1:-1]] == list(range(5, 45))
    assert windows.lengths.tolist() == [
        len(row) for row in windows.rows(range(len(windows.lengths)))
    ]


def test_words_are_counted_where_they_are_learnt_from(encode):
    windows = encode([LONG, *TEXTS], max_tokens=64)
    read = windows.rows(np.flatnonzero(~windows.is_held_out))
    flat = [i for row in read for i in row[1:-1]]
    assert windows.word_counts.tolist() == np.bincount(flat, minlength=len(WORDS)).tolist()
    assert windows.text_counts[WORDS.index("the")] == sum(WORDS.index("the") in r for r in read)


def test_the_seed_chooses_what_is_held_out(encode):
    one, same, other = (
        encode(TEXTS, seed=seed, folder=str(number)) for number, seed in enumerate((1, 1, 2))
    )
    assert (one.is_held_out == same.is_held_out).all()
    assert (one.is_held_out != other.is_held_out).any()


def test_all_windows_of_a_text_are_held_out_together(encode):
    texts = [f"{LONG} {text}" for text in TEXTS]
    windows = encode(texts, share=0.3)
    parts = windows.is_held_out.reshape(60, -1)
    assert (parts == parts[:, :1]).all()
    assert parts[:, 0].sum() == 18


def test_texts_without_a_known_word_are_left_out(encode):
    windows = encode(["xyzzy qwerty", *TEXTS])
    assert len(windows.is_held_out) == 60
    assert windows.texts == 61


def test_progress_is_told(encode):
    told = []
    encode(TEXTS, progress=told.append)
    assert sum(told) == 60


def test_a_folder_is_whole_or_nothing(encode, tmp_path):
    written = encode(TEXTS)
    again = open_windows(tmp_path / "corpus")
    assert (again.tokens == written.tokens).all()
    assert (again.starts == written.starts).all()
    (tmp_path / "corpus" / "windows.npz").unlink()
    assert open_windows(tmp_path / "corpus") is None
    assert open_windows(tmp_path / "nothing") is None


def test_too_few_texts_are_an_error(encode):
    with pytest.raises(DataError, match=r"texts\.txt: 1 different text\(s\) are too few"):
        encode(TEXTS[:1])
    with pytest.raises(DataError, match="0 to train on and 0 to measure on have words"):
        encode(["xyzzy", "qwerty"])
