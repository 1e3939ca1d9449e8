"""The padded tokens of a batch: fixed, or what a large job's first batches show."""

import numpy as np
import pytest

import sentilora
from sentilora.inference import token_budget as module
from sentilora.inference.batches import token_batches
from sentilora.inference.rows.score_cache import RememberingScorer
from sentilora.inference.token_budget import BATCH_TOKENS, ROUNDS, BatchBudget, measured_budget
from tests.helpers.texts import make_texts

SIZES = (100, 200, 400)
LARGE = 2 * ROUNDS * sum(SIZES)


def settle(rate, *, full=1.0):
    """Let a machine that computes ``rate(size, number)`` tokens a second try all sizes."""
    budget = BatchBudget(200, SIZES)
    budget.begin(LARGE)
    asked = []
    for _ in range(50):
        if not budget.tried:
            break
        size = budget.next()
        asked.append(size)
        tokens = int(full * size)
        budget.finished(tokens, tokens / rate(size, asked.count(size)))
    return budget, asked


def test_a_number_stays():
    budget = BatchBudget(300)
    budget.begin(10**9)
    budget.finished(300, 1e-9)
    assert budget.next() == 300
    assert BatchBudget().next() == BATCH_TOKENS


def test_sizes_take_turns_and_the_quickest_is_kept():
    budget, asked = settle(lambda size, _: {100: 50, 200: 80, 400: 90}[size])
    assert asked == [*SIZES] * ROUNDS
    assert budget.next() == budget.tokens == 400


def test_a_little_quicker_is_not_enough():
    assert settle(lambda size, _: 100 + size / 200)[0].tokens == 200


def test_the_first_batch_of_a_size_does_not_count():
    slow_start = settle(lambda size, number: 1 if number == 1 and size == 400 else size)[0]
    assert slow_start.tokens == 400


def test_batches_that_are_not_full_do_not_count():
    budget, _ = settle(lambda size, _: size, full=0.5)
    assert budget.tried == SIZES
    assert budget.tokens == 200


def test_small_jobs_do_not_try():
    budget = BatchBudget(200, SIZES)
    budget.begin(LARGE - 1)
    assert budget.next() == 200
    budget.begin(LARGE)
    assert budget.next() == 100
    budget.begin(50)
    assert budget.next() == 200


@pytest.mark.parametrize("device", ["cpu", "cuda", "mps"])
def test_what_is_there_before_a_measurement_is_among_the_sizes(device):
    budget = measured_budget(device)
    assert budget.tokens in budget.tried
    assert list(budget.tried) == sorted(set(budget.tried))


def test_batches_ask_each_time():
    sizes = iter([4, 8, 100])
    found = list(token_batches([4, 4, 2, 2, 1], batch_tokens=lambda: next(sizes)))
    assert found == [[0], [1, 2], [3, 4]]


def test_a_large_file_settles_and_its_answers_are_the_same(tiny_run, monkeypatch):
    monkeypatch.setitem(module.CANDIDATES, "cpu", SIZES)
    monkeypatch.setattr(module, "BATCH_TOKENS", 200)
    texts = [f"{text} {number}" for number, (text, _) in enumerate(make_texts(1500, seed=3))]
    model = sentilora.load(tiny_run.path, device="cpu")
    scorer = RememberingScorer(model)
    found = scorer.score(texts)
    assert scorer._budget.tried == ()
    assert scorer._budget.tokens in SIZES
    np.testing.assert_allclose(found.logits, model.score(texts).logits, atol=1e-5)
