"""Which pairs go into which update, and what they add to its loss."""

import numpy as np
import pytest
import torch

from sentilora.config import make_config
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.labels import BINARY, Labels
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.training.batches.batch_plan import BatchPlan, Collator
from sentilora.training.batches.encoded_examples import EncodedExamples
from sentilora.training.preference.pair_batches import (
    PAIRS,
    EncodedPairs,
    PairCollator,
    PairedCollator,
    PairedPlan,
    PairLoss,
)

LABELS = Labels(BINARY)


class Padder:
    """Pads as :class:`TextEncoder` does, without a tokenizer."""

    pad_id = 0
    rule = TextRule(max_tokens=64)
    pad = TextEncoder.pad


def encoded(lengths, label_ids=None):
    starts = np.cumsum([0, *lengths])
    ids = np.zeros(len(lengths), np.int64) if label_ids is None else np.asarray(label_ids)
    tokens = np.arange(1, starts[-1] + 1, dtype=np.int32)
    return EncodedExamples(tokens, starts, np.arange(len(lengths) + 1), ids, 0.0)


@pytest.fixture
def graded(tmp_path):
    """Make graded pairs whose texts have drawn lengths."""

    def make(count, seed=0):
        generator = np.random.default_rng(seed)
        lines = ["text_preferred,text_other,margin,weight"]
        lines += [f"a {i},b {i},{i % 3},{1 + i % 2}" for i in range(count)]
        path = tmp_path / "pairs.csv"
        path.write_text("\n".join(lines) + "\n")
        pairs = read_pairs(path, labels=LABELS)
        texts = encoded(generator.integers(2, 40, len(pairs.keys)))
        return EncodedPairs(pairs, texts, np.zeros(count))

    return make


@pytest.fixture
def preferred(tmp_path):
    """Make label preferences."""

    def make(count):
        lines = ["text,chosen,rejected"]
        names = ["negative", "positive"]
        lines += [f"a {i},{names[i % 2]},{names[1 - i % 2]}" for i in range(count)]
        path = tmp_path / "pairs.csv"
        path.write_text("\n".join(lines) + "\n")
        pairs = read_pairs(path, labels=LABELS)
        return EncodedPairs(pairs, encoded([3] * count), np.linspace(-1, 1, count))

    return make


def config(**settings):
    sizes = {"training.batch_rows": 8, "training.batch_tokens": 160, "training.epochs": 3}
    return make_config({**sizes, **settings})


def labelled_plan(rows, cut=None):
    lengths = np.random.default_rng(1).integers(2, 40, rows)
    return BatchPlan(lengths, epochs=3, batch_rows=8, batch_tokens=160, seed=13, max_steps=cut)


def test_every_update_has_a_batch_of_pairs_and_none_is_left_out(graded):
    labelled, pairs = labelled_plan(100), graded(23)
    plan = PairedPlan(labelled, pairs, config())
    assert len(plan) == len(labelled)
    assert plan.steps_per_epoch == labelled.steps_per_epoch
    assert plan.epoch_at(7) == labelled.epoch_at(7)
    rows = [[i for i in batch if i < plan.offset] for batch in plan]
    assert rows == list(labelled)
    taken = [[i - plan.offset for i in batch if i >= plan.offset] for batch in plan]
    assert all(taken)
    counts = np.bincount(np.concatenate(taken), minlength=23)
    assert counts.max() - counts.min() <= 1  # pass by pass
    assert plan.passes == pytest.approx(counts.mean())


def test_a_batch_of_pairs_keeps_the_budget_and_tokens_are_counted(graded):
    labelled, pairs = labelled_plan(100), graded(40)
    plan = PairedPlan(labelled, pairs, config())
    lengths = pairs.texts.lengths[pairs.pairs.sides]
    for step, batch in enumerate(plan):
        chosen = np.asarray([i - plan.offset for i in batch if i >= plan.offset])
        assert 2 * len(chosen) <= 8
        assert len(chosen) == 1 or 2 * len(chosen) * lengths[chosen].max() <= 160
        assert plan.tokens[step] == labelled.tokens[step] + lengths[chosen].sum()


def test_pairs_alone_have_epochs_of_their_own(graded):
    pairs = graded(40)
    plan = PairedPlan(None, pairs, config())
    assert plan.offset == 0
    assert len(plan.steps_per_epoch) == 3
    assert sum(plan.steps_per_epoch) == len(plan)
    assert plan.epoch_at(plan.steps_per_epoch[0]) == 1.0
    first = list(plan)[: plan.steps_per_epoch[0]]
    assert sorted(np.concatenate(first)) == list(range(40))
    assert plan.passes == 3
    assert len(PairedPlan(None, pairs, config(**{"training.max_steps": 4}))) == 4


def test_plans_depend_on_the_seed_alone(graded):
    pairs = graded(40)
    one, other = (list(PairedPlan(labelled_plan(60), pairs, config())) for _ in range(2))
    assert one == other
    assert one != list(PairedPlan(labelled_plan(60), pairs, config(seed=14)))


def test_a_short_plan_is_not_confused_by_the_rows_that_it_does_not_reach(graded):
    plan = PairedPlan(labelled_plan(100, cut=2), graded(5), config())
    labelled = Collator(encoded([3] * 100, [0, 1] * 50), Padder(), np.ones(2))
    collate = PairedCollator(labelled, PairCollator(graded(5), Padder()), plan.offset)
    for batch, rows in zip(plan, labelled_plan(100, cut=2), strict=True):
        made = collate(batch)
        assert len(made["labels"]) == len(rows)
        assert len(made[PAIRS]["pair_weights"]) == len(batch) - len(rows)


def test_the_preferred_texts_stand_before_the_others(graded):
    pairs = graded(6)
    batch = PairCollator(pairs, Padder())([4, 1])
    texts = [row[row > 0].tolist() for row in batch["input_ids"]]
    sides = pairs.pairs.sides
    expected = [sides[4, 0], sides[1, 0], sides[4, 1], sides[1, 1]]
    assert texts == [pairs.texts.windows(text)[0] for text in expected]
    assert batch["margins"].tolist() == [1.0, 1.0]
    # Weights 1 and 2 over their mean 1.5, over two pairs.
    assert batch["pair_weights"].tolist() == pytest.approx([1 / 3, 2 / 3])


def test_label_preferences_carry_labels_and_reference(preferred):
    batch = PairCollator(preferred(5), Padder())([3, 0])
    assert batch["chosen"].tolist() == [1, 0]
    assert batch["rejected"].tolist() == [0, 1]
    assert batch["reference"].tolist() == pytest.approx([0.5, -1.0])
    assert len(batch["input_ids"]) == 2


class Counter(torch.nn.Module):
    """Answers with a weight times the sum of the token ids, so that every text counts."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor([[-0.01, 0.02]]))

    def forward(self, input_ids, attention_mask):
        strength = (input_ids * attention_mask).sum(dim=1, keepdim=True).float()
        return type("Output", (), {"logits": strength * self.weight})


@pytest.mark.parametrize("kind", ["graded", "preferred"])
@pytest.mark.parametrize("world_size", [1, 2, 3, 7])
def test_processes_share_a_batch_of_pairs_without_loss(request, kind, world_size):
    pairs = request.getfixturevalue(kind)(12)
    indices = [4, 0, 2, 11, 7]
    gradients = []
    for size in (1, world_size):
        model = Counter()
        total = 0.0
        for rank in range(size):
            batch = PairCollator(pairs, Padder(), rank, size)(indices)
            loss = PairLoss(LABELS, make_config({}).pairs, size)(model, batch) / size  # as DDP does
            loss.backward()
            total += loss.item()
        gradients.append((total, model.weight.grad))
    assert gradients[0][0] == pytest.approx(gradients[1][0], rel=1e-5)
    torch.testing.assert_close(gradients[0][1], gradients[1][1])


def test_the_loss_is_the_weighted_mean_times_its_weight(graded):
    pairs = graded(6)
    batch = PairCollator(pairs, Padder())([0, 1, 2])
    model = Counter()
    settings = make_config({"pairs.weight": 0.25, "pairs.margin_scale": 2.0}).pairs
    found = PairLoss(LABELS, settings, 1)(model, batch).item()
    sums = [sum(pairs.texts.windows(text)[0]) * 0.03 for text in range(12)]
    losses = []
    for pair in (0, 1, 2):
        first, second = pairs.pairs.sides[pair]
        difference = sums[first] - sums[second] - 2.0 * (pair % 3)
        losses.append((1 + pair % 2) * np.log1p(np.exp(-difference)))
    assert found == pytest.approx(0.25 * sum(losses) / (3 * 1.5), rel=1e-4)


def test_alone_the_weight_does_not_count(graded):
    batch = PairCollator(graded(6), Padder())([0, 1, 2])
    base = {"pairs.weight": 0.25, "pairs.file": "x"}
    one = PairLoss(LABELS, make_config({**base, "pairs.only": True}).pairs, 1)(Counter(), batch)
    other = PairLoss(LABELS, make_config({**base, "pairs.weight": 1.0}).pairs, 1)(Counter(), batch)
    assert one.item() == other.item()
