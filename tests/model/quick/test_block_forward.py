"""Batches of bf16 get few different numbers of rows, and what is added changes no answer."""

import pytest
import torch

from sentilora.inference.engines.device import autocast
from sentilora.model.classifier import create_model
from sentilora.model.quick import block_forward
from sentilora.model.quick.quick_blocks import quick_blocks

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, 1), (8, 8), (9, 16), (17, 24), (128, 128), (129, 192), (1000, 1024), (1025, 1280)],
)
def test_rows_are_filled_up_to_few_numbers(count, expected):
    rows = torch.randn(count, 3).to(torch.bfloat16)
    filled = block_forward._fill(rows)
    assert filled.shape == (expected, 3)
    assert torch.equal(filled[:count], rows)
    assert not filled[count:].any()
    assert block_forward._fill(rows.float()).shape == (count, 3)


def test_few_numbers_of_rows_are_multiplied(tiny_bases, monkeypatch):
    seen = set()
    normalise = block_forward._normalise
    monkeypatch.setattr(
        block_forward,
        "_normalise",
        lambda inputs, *rest: [seen.add(len(inputs)), normalise(inputs, *rest)][1],
    )
    model = create_model(str(tiny_bases["bert"]), ["no", "yes"]).eval()
    with torch.inference_mode(), quick_blocks(model, is_fixed=True), autocast(CPU, "bf16"):
        for rows in range(1, 9):
            for length in range(1, 17):
                ids = torch.randint(5, 50, (rows, length))
                logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
                assert logits.shape == (rows, 2)
                assert torch.isfinite(logits).all()
    assert seen == {*range(1, 9), *range(16, 129, 8)}  # of 1 to 8 rows, and 1 to 128 tokens
