"""Where the quick way differs from the plain one, the plain one computes, and that is said once."""

from __future__ import annotations

import warnings

import pytest
import torch

from sentilora.inference.engines.device import autocast
from sentilora.inference.shared_encoder import SharedEncoder
from sentilora.labels import Labels
from sentilora.model.adapter_file import read_adapter
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.classifier import create_model
from sentilora.model.quick import block, probe, quick_blocks
from sentilora.model.quick.block_forward import compute_blocks
from sentilora.model.quick.layouts import LAYOUTS
from tests.helpers.adapters import save_adapter

CPU = torch.device("cpu")
PLAIN = "The encoder is computed the plain way, which is slower: with torch .* does not agree"


def make(tiny_bases, architecture="bert", **settings):
    model = create_model(str(tiny_bases[architecture]), ["no", "so so", "yes"], **settings).train()
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.1)
    return model


def logits_of(model, precision="fp32"):
    ids = torch.arange(5, 29).view(2, 12)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    with autocast(CPU, precision):
        return model(input_ids=ids, attention_mask=mask).logits.float()


def shifted(compute):
    """Return a way to compute that is wrong."""
    return lambda *given: compute(*given).flip(-1)


def missing(*_):
    raise AttributeError("'_OpNamespace' 'aten' object has no attribute 'attention'")


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("architecture", sorted(LAYOUTS))
@pytest.mark.parametrize("use_peft", [True, False], ids=["lora", "full"])
def test_rounding_is_far_below_what_is_allowed(
    tiny_bases, architecture, use_peft, precision, monkeypatch
):
    distances = []
    measure = probe._distance
    monkeypatch.setattr(
        probe, "_distance", lambda *two: distances.append(measure(*two)) or distances[-1]
    )
    model = make(tiny_bases, architecture, use_peft=use_peft)
    with quick_blocks.quick_blocks(model):
        logits_of(model, precision)
        with torch.no_grad():
            logits_of(model, precision)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    states, gradients, states_alone, none = distances
    assert max(states, states_alone) < probe.FORWARD[dtype] / 3
    assert 0 < gradients < probe.BACKWARD[dtype] / 3
    assert none == 0


@pytest.mark.parametrize("fault", [shifted(compute_blocks), missing])
def test_a_wrong_or_missing_operator_costs_speed_and_no_answers(tiny_bases, monkeypatch, fault):
    model = make(tiny_bases).eval()
    with torch.inference_mode():
        expected = logits_of(model)
        monkeypatch.setattr(quick_blocks, "compute_blocks", fault)
        with quick_blocks.quick_blocks(model):
            with pytest.warns(RuntimeWarning, match=PLAIN):
                assert torch.equal(logits_of(model), expected)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert torch.equal(logits_of(model), expected)  # said once


def test_wrong_gradients_are_found_though_the_states_are_right(tiny_bases, monkeypatch):
    model = make(tiny_bases)
    wrong = block._attention_back
    monkeypatch.setattr(
        block, "_attention_back", lambda *given: tuple(part * 3 for part in wrong(*given))
    )
    expected = torch.autograd.grad(logits_of(model).square().sum(), adapters(model))
    with (
        quick_blocks.quick_blocks(model),
        pytest.warns(RuntimeWarning, match=f"{PLAIN} .*gradients differ by"),
    ):
        found = torch.autograd.grad(logits_of(model).square().sum(), adapters(model))
    assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))
    with quick_blocks.quick_blocks(model), torch.no_grad():
        logits_of(model)  # states alone are right, and nothing is said


def adapters(model):
    return [parameter for name, parameter in model.named_parameters() if "lora_" in name]


def test_the_probe_leaves_random_numbers_and_gradients_alone(tiny_bases):
    model = make(tiny_bases)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    with quick_blocks.quick_blocks(model):
        logits_of(model)
    assert torch.equal(torch.rand(3), expected)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_what_is_installed_stays_and_what_differs_is_not_installed(tiny_bases, monkeypatch):
    model = make(tiny_bases).eval()
    with torch.inference_mode():
        expected = logits_of(model)
    with monkeypatch.context() as patch:
        patch.setattr(quick_blocks, "compute_blocks", missing)
        with pytest.warns(RuntimeWarning, match="no attribute 'attention'"):
            assert quick_blocks.install_quick_blocks(model, torch.float32) is None
        with torch.inference_mode():
            assert torch.equal(logits_of(model), expected)
    other = make(tiny_bases).eval()
    calls = []
    blocks = quick_blocks.install_quick_blocks(other, torch.float32)
    monkeypatch.setattr(
        quick_blocks, "compute_blocks", lambda *given: calls.append(1) or compute_blocks(*given)
    )
    with torch.inference_mode():
        torch.testing.assert_close(logits_of(other), expected, rtol=1e-4, atol=1e-5)
    assert blocks is not None
    assert calls == [1]
    assert quick_blocks.install_quick_blocks(other, torch.float32) is blocks


def test_mixed_adapters_are_right_without_the_quick_way(tiny_bases, tmp_path, monkeypatch):
    base = resolve_base(str(tiny_bases["bert"]))
    names = Labels(("no", "yes"))
    folder = save_adapter(tiny_bases["bert"], tmp_path / "a", names.names, seed=1)
    ids = torch.arange(5, 17).view(1, 12)
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}

    def answer():
        encoder = SharedEncoder(base, device=CPU)
        slot = encoder.put(read_adapter(folder), names)
        return encoder.logits(batch, [slot])[0]

    expected = answer()
    monkeypatch.setattr(quick_blocks, "compute_blocks", missing)
    with pytest.warns(RuntimeWarning, match=PLAIN):
        found = answer()
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
