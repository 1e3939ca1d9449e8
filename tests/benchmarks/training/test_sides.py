"""What the sides are: the ordinary recipe, presets, full fine-tuning."""

import numpy as np
from transformers import TrainerCallback

from benchmarks.training import ordinary, presets
from benchmarks.training.account import Account
from benchmarks.training.pacer import Pacer
from sentilora.config import PRESETS
from sentilora.training.batches.encoded_examples import encode_examples
from tests.helpers.turns import AllTurnsAtOnce


def test_the_ordinary_recipe_pads_every_text_to_the_limit(job_of, parts):
    side = ordinary.prepare(job_of("ordinary"))
    assert side.recipe["target_modules"] == ["query", "value"]
    pacer = Pacer(
        Account("cpu"),
        AllTurnsAtOnce(),
        measure=lambda _: 0.0,
        tokens_at=side.tokens_at,
        measuring=frozenset(side.epoch_ends[:-1]),
    )
    pacer.begin()
    pacer.end(side.train(pacer))
    rows, epochs = len(parts["train"]), 3
    lengths = np.asarray([len(text.split()) + 2 for text in parts["train"].texts])
    assert side.counter.computed == epochs * rows * 24
    assert side.counter.real == epochs * lengths.sum()
    steps = -(-rows // 16)
    assert [point.step for point in pacer.points] == [steps, 2 * steps, 3 * steps]
    assert [point.tokens for point in pacer.points] == [
        int(epoch * lengths.sum()) for epoch in (1, 2, 3)
    ]


def test_the_ordinary_recipe_without_an_adapter_trains_all_weights(job_of):
    side = ordinary.prepare(job_of("ordinary-full"))
    network = side.train(TrainerCallback())
    assert side.is_full
    assert not hasattr(network, "peft_config")
    assert all(weights.requires_grad for weights in network.parameters())
    assert (side.recipe["learning_rate"], side.recipe["epochs"]) == (2e-5, 2)
    assert "rank" not in side.recipe


def test_held_out_rows_are_read_as_the_recipe_reads_its_own(job_of, parts, tmp_path):
    side = ordinary.prepare(job_of("ordinary", max_tokens=8))
    rows = ordinary.tokenise(parts["train"], side.encoder.tokenizer, 8)
    encoded = encode_examples(parts["train"], side.encoder, tmp_path / "train.tokens")
    for index, row in enumerate(rows):
        (window,) = encoded.windows(index)
        assert window == row["input_ids"][: sum(row["attention_mask"])]


def test_full_has_the_texts_of_balanced_unless_told_otherwise(job_of):
    full = presets.config_of(job_of("full", max_tokens=None))
    best = presets.config_of(job_of("full-best", max_tokens=None))
    assert (full.method, full.preset) == ("full", "balanced")
    assert full.text.max_tokens == PRESETS["balanced"]["max_tokens"]
    assert (best.method, best.preset) == ("full", "best")
    fast = presets.config_of(job_of("fast", max_tokens=99))
    assert (fast.method, fast.preset, fast.text.max_tokens) == ("lora", "fast", 99)


def test_names_of_sides():
    assert {"full", "fast", "best", "full-fast"} <= set(presets.side_names())
