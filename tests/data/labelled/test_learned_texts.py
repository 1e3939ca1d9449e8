"""Hashes of the texts that a model learned from."""

import numpy as np
import pytest

from sentilora.data.labelled.learned_texts import LEARNED_TEXTS, LearnedTexts
from sentilora.data.same_text import text_hashes
from sentilora.errors import RunError


def learned(train, validation=()):
    return LearnedTexts(text_hashes(train), text_hashes(validation))


def test_texts_are_found_again_in_another_spelling(tmp_path):
    learned(["Great film", "Bad  film"], ["So so"]).write(tmp_path)
    seen = LearnedTexts.read(tmp_path).seen(["great FILM", "new", "So so ", "Bad film"])
    assert seen.train.tolist() == [True, False, False, True]
    assert seen.validation.tolist() == [False, False, True, False]
    assert seen.unseen.tolist() == [False, True, False, False]


def test_a_text_of_both_parts_counts_once():
    seen = learned(["a", "b"], ["b", "c"]).seen(["a", "b", "c"])
    assert seen.train.tolist() == [True, True, False]
    assert seen.validation.tolist() == [False, False, True]


def test_what_the_start_has_seen_is_seen_by_what_was_trained_from_it():
    both = learned(["a"]).joined(learned(["b"], ["c"]))
    assert both.seen(["a", "b", "c", "d"]).unseen.tolist() == [False, False, False, True]
    alone = learned(["a"])
    assert alone.joined(None) is alone


def test_no_text_stands_in_the_file(tmp_path):
    learned(["Great film"]).write(tmp_path)
    assert b"film" not in (tmp_path / LEARNED_TEXTS).read_bytes()


def test_a_folder_without_the_file_knows_nothing(tmp_path):
    assert LearnedTexts.read(tmp_path) is None


def test_an_empty_part_is_written_and_read(tmp_path):
    learned(["a"]).write(tmp_path)
    assert LearnedTexts.read(tmp_path).validation.dtype == np.uint64


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / LEARNED_TEXTS).write_bytes(b"broken")
    with pytest.raises(RunError, match=LEARNED_TEXTS):
        LearnedTexts.read(tmp_path)
