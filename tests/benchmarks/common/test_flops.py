"""Operations per token, counted by hand for a tiny encoder."""

import numpy as np
import pytest
import torch

from benchmarks.common.flops import flops_per_token, probe_layers
from sentilora.model.classifier import create_model

H, F, LAYERS, RANK = 32, 48, 2, 4
BLOCK = 4 * H * H + 2 * H * F
KEYS_AND_VALUES = 2 * H * H  # all of the last block that every token needs
ONCE = BLOCK - KEYS_AND_VALUES
HEAD = H * H + 2 * H  # pooler and classifier
LENGTHS = np.asarray([10, 30])


def expected(per_token, per_text):
    tokens = LENGTHS.sum()
    attention = 12 * H * ((LAYERS - 1) * (LENGTHS**2).sum() + tokens)
    return (per_token * tokens + attention + per_text * len(LENGTHS)) / tokens


def network(tiny_base, **options):
    return create_model(str(tiny_base), ["negative", "positive"], **options)


def test_full_fine_tuning_takes_three_products_a_layer(tiny_base):
    found = flops_per_token(network(tiny_base, use_peft=False), LENGTHS)
    assert found == pytest.approx(expected(6 * (BLOCK + KEYS_AND_VALUES), 6 * (ONCE + HEAD)))


def test_lora_spares_the_weight_gradients_of_frozen_layers(tiny_base):
    found = flops_per_token(network(tiny_base, rank=RANK), LENGTHS)
    ends = 4 * (H + H) + 2 * (H + F)  # inputs and outputs of all adapted layers of a block
    keys_and_values = 2 * (H + H)
    # Nothing below the first block learns: its query, key and value pass no gradient on.
    spared = 3 * 2 * H * H + 3 * 2 * H * RANK
    per_token = 4 * (BLOCK + KEYS_AND_VALUES) + 6 * RANK * (ends + keys_and_values) - spared
    per_text = 4 * ONCE + 6 * RANK * (ends - keys_and_values) + 6 * HEAD
    assert found == pytest.approx(expected(per_token, per_text))


def test_probing_leaves_no_trace(tiny_base):
    model = network(tiny_base).train()
    before = torch.get_rng_state()
    layers = probe_layers(model)
    assert model.training
    assert torch.equal(before, torch.get_rng_state())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())
    assert len(layers) == LAYERS * 6 * 3 + 2
    assert sum(layer.is_per_token for layer in layers) == (6 + 2) * 3
