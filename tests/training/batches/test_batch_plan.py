"""Plans of batches: complete, within budget, the same for the same seed, shared without loss."""

import numpy as np
import pytest
import torch

from sentilora.model.tokens import TextEncoder, TextRule, padded_length
from sentilora.training.batches.batch_plan import BatchPlan, Collator, balanced_weights
from sentilora.training.batches.encoded_examples import EncodedExamples


def test_a_plan_counts_epochs_and_tokens():
    lengths = np.full(100, 10)
    plan = BatchPlan(lengths, epochs=3, batch_rows=10, batch_tokens=999, seed=0)
    assert (len(plan), plan.steps_per_epoch) == (30, [10, 10, 10])
    assert plan.tokens.tolist() == [100] * 30
    assert [plan.epoch_at(step) for step in (0, 5, 10, 30)] == [0.0, 0.5, 1.0, 3.0]
    cut = BatchPlan(lengths, epochs=3, batch_rows=10, batch_tokens=999, seed=0, max_steps=4)
    assert list(cut) == list(plan)[:4]


class Padder:
    """Pads as :class:`TextEncoder` does, without a tokenizer."""

    pad_id = 0
    rule = TextRule(max_tokens=9)
    pad = TextEncoder.pad


def encoded(lengths, label_ids):
    starts = np.cumsum([0, *lengths])
    return EncodedExamples(
        np.arange(starts[-1], dtype=np.int32),
        starts,
        np.arange(len(lengths) + 1),
        np.asarray(label_ids),
        0.0,
    )


@pytest.mark.parametrize("world_size", [1, 2, 3, 7])
def test_processes_share_a_batch_without_loss(world_size):
    examples = encoded([3, 1, 4, 2, 5], [0, 1, 1, 0, 1])
    indices = [4, 0, 2, 1, 3]
    weights = np.asarray([1.0, 2.0])
    shares = [
        Collator(examples, Padder(), weights, r, world_size)(indices) for r in range(world_size)
    ]
    total = sum(float(share["row_weights"].sum()) for share in shares)
    assert total == pytest.approx(1.0)
    firsts = [
        int(row[0])
        for share in shares
        for row, weight in zip(share["input_ids"], share["row_weights"], strict=True)
        if weight > 0
    ]
    assert sorted(firsts) == sorted(examples.windows(i)[0][0] for i in indices)


def test_lengths_are_rounded_up_so_that_few_shapes_are_met():
    assert [padded_length(n, 256) for n in (1, 8, 9, 64, 65, 200, 250)] == [
        8,
        8,
        16,
        64,
        80,
        208,
        256,
    ]
    assert padded_length(250, 250) == 250
    assert padded_length(30, 24) == 30


def test_a_batch_is_padded_to_little_more_than_its_longest_row():
    batch = Collator(encoded([3, 1, 4], [0, 1, 1]), Padder(), np.ones(2))([0, 1])
    assert batch["input_ids"].shape == (2, 8)
    assert batch["attention_mask"].sum(dim=1).tolist() == [3, 1]
    assert (batch["input_ids"][batch["attention_mask"] == 0] == 0).all()
    assert torch.equal(batch["labels"], torch.tensor([0, 1]))


def test_class_weights():
    even = balanced_weights(np.asarray([0, 0, 0, 1, 1]), 2, "auto")
    assert even.tolist() == [1, 1]
    uneven = np.asarray([0] * 8 + [1] * 2)
    np.testing.assert_allclose(balanced_weights(uneven, 2, "auto"), [10 / 16, 10 / 4])
    assert balanced_weights(uneven, 2, "none").tolist() == [1, 1]
