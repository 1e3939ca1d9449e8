"""Measuring and giving way inside a training, without changing it."""

import numpy as np
import pytest
import torch

from benchmarks.training import presets
from benchmarks.training.account import Account
from benchmarks.training.pacer import Pacer, measuring_steps
from tests.helpers.turns import AllTurnsAtOnce


def test_measuring_is_geometric_in_tokens_and_at_the_end_of_epochs():
    tokens = np.cumsum([100] * 12)
    steps = measuring_steps(tokens, (6, 12), first=150, growth=2)
    # 150 → step 2, 300 → step 3, 600 → step 6 (an epoch ends there as well), 1200 → the last.
    assert steps == {2, 3, 6}
    assert measuring_steps(tokens, (), first=5000, growth=2) == set()


@pytest.fixture
def trained(job_of):
    """Return a function that trains a preset with or without a pacer."""

    def train(measuring=frozenset({2, 3}), limit_s=float("inf"), **changes):
        side = presets.prepare(job_of("fast", **changes))
        account, turns = Account("cpu"), AllTurnsAtOnce()
        pacer = Pacer(
            account,
            turns,
            measure=lambda network: float(
                np.mean([p.abs().sum().item() for p in weights(network)])
            ),
            tokens_at=side.tokens_at,
            measuring=measuring,
            limit_s=limit_s,
        )
        pacer.begin()
        network = side.train(pacer)
        pacer.end(network)
        return side, pacer, network

    return train


def weights(network):
    return [p for p in network.parameters() if p.requires_grad]


def test_points_stand_where_they_were_asked_for(trained):
    side, pacer, _ = trained()
    last = pacer.step  # the preset may stop before the end of its plan
    assert [point.step for point in pacer.points] == [2, 3, last]
    assert [point.tokens for point in pacer.points] == [
        int(side.planned_tokens[step - 1]) for step in (2, 3, last)
    ]
    assert side.counter.real == side.planned_tokens[last - 1]
    assert 0 <= side.counter.padded_share < 0.5
    seconds = [point.seconds for point in pacer.points]
    assert seconds == sorted(seconds)
    assert not pacer.account.is_running
    assert not pacer.is_cut_short
    assert pacer.aside_s > 0  # its own validation and checkpoints


def test_turns_of_no_length_end_after_every_update(trained):
    _, pacer, _ = trained()
    assert pacer.turns.handed_over[:10] == list(range(1, 11))


def test_being_watched_changes_no_weight(trained, tmp_path):
    _, _, watched = trained()
    (tmp_path / "fast").rename(tmp_path / "watched")
    _, _, alone = trained(measuring=frozenset())
    for one, other in zip(weights(watched), weights(alone), strict=True):
        assert torch.equal(one, other)


def test_the_limit_ends_a_training_and_the_model_is_measured(trained):
    _, pacer, _ = trained(limit_s=0.0)
    assert pacer.is_cut_short
    assert [point.step for point in pacer.points] == [1]
