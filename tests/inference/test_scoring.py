"""Pieces of many texts, prepared beside the network."""

import threading

import numpy as np
import pytest

import sentilora
from sentilora.inference import scoring
from sentilora.inference.scoring import ahead
from tests.helpers.texts import make_texts


def test_the_next_one_is_found_while_one_is_used():
    begun = [threading.Event() for _ in range(4)]
    threads = set()

    def find(item):
        threads.add(threading.current_thread())
        begun[item].set()
        return item * 10

    for place, found in enumerate(ahead(find, [0, 1, 2, 3])):
        assert found == place * 10
        if place < 3:
            assert begun[place + 1].wait(timeout=10)
    assert threading.current_thread() not in threads
    assert list(ahead(str, [1])) == ["1"]
    assert list(ahead(str, [])) == []


def test_an_error_in_the_other_thread_is_not_lost():
    with pytest.raises(ZeroDivisionError):
        list(ahead(lambda item: 1 // item, [1, 0, 1]))


@pytest.mark.parametrize("is_cascade", [False, True])
def test_pieces_answer_as_the_whole(tiny_run, tmp_path, is_cascade, monkeypatch):
    folder = tiny_run.path
    if is_cascade:
        folder = sentilora.export(
            folder, output=tmp_path / "out", cascade=True, max_disagreement=0.3
        )
    model = sentilora.load(folder, device="cpu")
    texts = [f"{text} {row % 50}" for row, (text, _) in enumerate(make_texts(120, seed=4))]
    texts += [*texts[:30], "not " * 90]
    whole = model.score(texts)
    monkeypatch.setattr(scoring, "PIECE_TEXTS", 16)
    monkeypatch.setattr(scoring, "_computes_beside", lambda device: True)
    done = []
    pieces = model.score(texts, progress=done.append)
    np.testing.assert_allclose(pieces.logits, whole.logits, atol=1e-5)
    assert (pieces.truncated, pieces.tokens) == (whole.truncated, whole.tokens)
    assert sum(done) == len(texts)
    if is_cascade:
        np.testing.assert_array_equal(pieces.early, whole.early)
        assert 0 < pieces.early.sum() < len(texts)
    else:
        assert pieces.early is whole.early is None
