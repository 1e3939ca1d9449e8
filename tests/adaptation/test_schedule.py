"""Updates, passes and minutes, and the learning rate that follows."""

import numpy as np
import pytest

from sentilora.adaptation.schedule import Schedule

LENGTHS = np.random.default_rng(0).integers(5, 40, 300)


def schedule(**changes) -> Schedule:
    settings = {
        "batch_rows": 16,
        "batch_tokens": 400,
        "seed": 3,
        "epochs": None,
        "max_steps": None,
        "seconds": None,
        "warmup_share": 0.1,
    }
    return Schedule(LENGTHS, **{**settings, **changes})


def test_updates_are_counted_over_passes_that_differ():
    two = schedule(epochs=2)
    assert two.steps == len(two.plan(0)) + len(two.plan(1))
    assert schedule(epochs=2, max_steps=7).steps == 7
    assert schedule(epochs=1, max_steps=10_000).steps == len(two.plan(0))
    assert schedule(max_steps=10_000).steps == 10_000
    assert schedule(seconds=60).steps is None


def test_every_window_is_in_every_pass_once():
    for epoch in (0, 5):
        rows = np.concatenate(schedule().plan(epoch))
        assert sorted(rows.tolist()) == list(range(len(LENGTHS)))


def test_what_ends_first_ends_it():
    both = schedule(max_steps=100, seconds=10)
    assert both.used(50, 1.0) == 0.5
    assert both.used(10, 9.0) == 0.9
    assert both.used(1, 10.5) >= 1
    assert schedule(seconds=10).used(1000, 4.0) == 0.4


def test_the_rate_rises_and_falls_to_zero_over_the_updates():
    steps = schedule(max_steps=100)
    rates = [steps.rate(step, 0.0) for step in range(100)]
    peak = int(np.argmax(rates))
    assert peak == 10
    assert rates[0] == pytest.approx(0.05)
    assert rates[peak] == pytest.approx(1.0, abs=0.01)
    assert (np.diff(rates[: peak + 1]) > 0).all()
    assert (np.diff(rates[peak:]) < 0).all()
    assert 0 < rates[-1] < 0.01


def test_the_rate_follows_the_clock_when_the_budget_is_a_time():
    timed = schedule(seconds=100)
    assert timed.rate(0, 5.0) == pytest.approx(0.5)
    assert timed.rate(999, 55.0) == pytest.approx(0.5)
    assert timed.rate(999, 200.0) == 0.0
    assert schedule(seconds=100, warmup_share=0.0).rate(0, 0.0) == 1.0
