"""The rate of matrix products, and how it is averaged."""

import pytest
import torch

from benchmarks.common import gemm
from benchmarks.common.gemm import ROWS, Timing, encoder_shapes, medians, mixed_rate, time_products
from sentilora.model.classifier import create_model

SQUARE, WIDE = (4, 4), (4, 16)


def timings(seconds):
    return [
        Timing("fp32", kind, *shape, seconds[kind]) for shape in (SQUARE, WIDE) for kind in seconds
    ]


def test_the_mix_weighs_products_by_how_often_they_occur():
    found = timings({"forward": 1.0, "input_gradient": 1.0, "weight_gradient": 4.0})
    shapes = {SQUARE: 3, WIDE: 1}
    one_of_each_kind = 2 * ROWS * (3 * 16 + 64)
    lora = mixed_rate(found, shapes, "fp32", is_full=False)
    full = mixed_rate(found, shapes, "fp32", is_full=True)
    assert lora == pytest.approx(2 * one_of_each_kind / (4 + 4))
    assert full == pytest.approx(3 * one_of_each_kind / (4 + 4 + 16))


def test_rounds_are_merged_by_their_median():
    rounds = [[Timing("fp32", "forward", *SQUARE, seconds)] for seconds in (1.0, 9.0, 2.0)]
    assert medians(rounds) == [Timing("fp32", "forward", *SQUARE, 2.0)]


def test_every_product_is_timed(monkeypatch):
    monkeypatch.setattr(gemm, "ROWS", 8)
    found = time_products([SQUARE, WIDE], ("fp32", "bf16"), torch.device("cpu"))
    assert len({(t.precision, t.kind, t.inputs, t.outputs) for t in found}) == 2 * 3 * 2
    assert all(timing.seconds > 0 for timing in found)


def test_shapes_are_those_of_the_blocks(tiny_base):
    network = create_model(str(tiny_base), ["negative", "positive"], use_peft=False)
    assert encoder_shapes(network) == {(32, 32): 6, (32, 48): 1, (48, 32): 1}
