"""The quick path must say what the plain one says, for logits and for every gradient."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn import functional

from sentilora.inference.engines.device import autocast
from sentilora.model.classifier import create_model
from sentilora.model.quick import block_forward, joined_linear
from sentilora.model.quick.joined_linear import JoinedLinear
from sentilora.model.quick.layouts import LAYOUTS
from sentilora.model.quick.quick_blocks import quick_blocks

CPU = torch.device("cpu")
QUICK = sorted(LAYOUTS)


@pytest.fixture(scope="module", params=QUICK)
def architecture(request: Any) -> str:
    return str(request.param)


def make(tiny_bases: Any, architecture: str, **settings: Any) -> Any:
    """A model whose adapter already does something: fresh ones have B = 0."""
    model = create_model(str(tiny_bases[architecture]), ["no", "so so", "yes"], **settings).train()
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name or name.endswith("bias"):
                parameter.normal_(std=0.1)
    return model


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Five rows of different lengths, padded to twelve."""
    torch.manual_seed(2)
    ids = torch.randint(5, 50, (5, 12))
    mask = torch.ones_like(ids)
    for row, length in enumerate((12, 12, 9, 4, 1)):
        mask[row, length:] = 0
        ids[row, length:] = 0
    return ids, mask


def run(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, precision: str = "fp32"
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    model.zero_grad()
    with autocast(CPU, precision):
        logits = model(input_ids=ids, attention_mask=mask).logits.float()
    functional.cross_entropy(logits, torch.tensor([0, 1, 2, 1, 0])[: len(ids)]).backward()
    gradients = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    return logits.detach(), gradients


def test_adapters_are_merged_after_an_update_and_once_where_nothing_changes(
    tiny_bases, monkeypatch
):
    model = make(tiny_bases, "bert", use_peft=True)
    ids, mask = batch()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    merged: list[Any] = []
    refresh = JoinedLinear.refresh
    monkeypatch.setattr(
        JoinedLinear, "refresh", lambda self, dtype: [merged.append(self), refresh(self, dtype)]
    )
    with quick_blocks(model):
        run(model, ids, mask)
        optimizer.step()
        with quick_blocks(model, is_fixed=True), torch.inference_mode():
            before = len(merged)
            found = [model(input_ids=ids, attention_mask=mask).logits for _ in range(2)]
            assert len(set(merged)) == len(merged) - before
        run(model, ids, mask)  # a backward pass after it
        optimizer.step()
        again = model(input_ids=ids, attention_mask=mask).logits.detach()
    expected = model(input_ids=ids, attention_mask=mask).logits.detach()
    assert torch.equal(found[0], found[1])
    torch.testing.assert_close(again, expected, rtol=1e-3, atol=1e-4)
    assert (again - found[0]).abs().max() > 1e-3


def assert_same(
    ours: tuple[torch.Tensor, dict[str, torch.Tensor]],
    plain: tuple[torch.Tensor, dict[str, torch.Tensor]],
    tolerance: float,
) -> None:
    assert torch.allclose(ours[0], plain[0], atol=tolerance)
    assert ours[1].keys() == plain[1].keys()
    for name, expected in plain[1].items():
        distance = (ours[1][name] - expected).norm() / (expected.norm() + 1e-4)
        assert distance < tolerance * 20, (name, float(distance))


@pytest.mark.parametrize("use_peft", [True, False], ids=["lora", "full"])
def test_logits_and_gradients_are_the_plain_ones(
    tiny_bases: Any, architecture: str, use_peft: bool
) -> None:
    model = make(tiny_bases, architecture, use_peft=use_peft)
    plain = run(model, *batch())
    with quick_blocks(model) as is_quick:
        assert is_quick
        ours = run(model, *batch())
    assert_same(ours, plain, 2e-6)
    assert len(plain[1]) > 10  # else nothing was compared


def test_without_padding(tiny_bases: Any, architecture: str) -> None:
    model = make(tiny_bases, architecture)
    ids = batch()[0][:2]
    plain = run(model, ids, torch.ones_like(ids))
    with quick_blocks(model):
        assert_same(run(model, ids, torch.ones_like(ids)), plain, 2e-6)


def test_an_adapter_on_some_layers_only(tiny_bases: Any) -> None:
    model = make(tiny_bases, "bert", target_modules=["value", "intermediate.dense"])
    plain = run(model, *batch())
    with quick_blocks(model) as is_quick:
        assert is_quick
        assert_same(run(model, *batch()), plain, 2e-6)


def test_bf16_is_as_near_to_float32_as_the_plain_path(tiny_bases: Any, architecture: str) -> None:
    model = make(tiny_bases, architecture)
    exact_logits, exact = run(model, *batch())
    _, plain = run(model, *batch(), precision="bf16")
    with quick_blocks(model):
        our_logits, ours = run(model, *batch(), precision="bf16")

    def error(found: dict[str, torch.Tensor]) -> float:
        distance = sum(float((found[n] - exact[n]).square().sum()) for n in exact)
        return float((distance / sum(float(g.square().sum()) for g in exact.values())) ** 0.5)

    assert (our_logits - exact_logits).abs().max() < 0.05
    assert 0 < error(ours) < max(0.03, 2 * error(plain))


def test_small_updates_survive_bf16() -> None:
    """A change of the weights far below a step of bf16 must show in the mean of many products."""
    torch.manual_seed(3)
    layer = torch.nn.Linear(512, 512)
    joined = JoinedLinear([layer])
    with torch.no_grad():
        layer.weight.fill_(1.0).add_(torch.rand_like(layer.weight) * 4 / 128)
        joined.refresh(torch.bfloat16)
        before = joined.weight.float().mean()
        layer.weight += 0.0005  # a step of bf16 at 1 is 1 / 128
        joined.refresh(torch.bfloat16)
    assert joined.weight.float().mean() - before == pytest.approx(0.0005, rel=0.2)


@pytest.mark.parametrize("wide_bytes", [1, 1 << 24])
@pytest.mark.parametrize(
    ("precision", "is_fused", "tolerance"),
    [("fp32", True, 2e-6), ("bf16", True, 0.05), ("bf16", False, 0.05)],
)
def test_scoring_too(
    tiny_bases: Any,
    architecture: str,
    precision: str,
    is_fused: bool,
    tolerance: float,
    wide_bytes: int,
    monkeypatch: Any,
) -> None:
    """Also token by token, and where oneDNN has no fused products."""
    monkeypatch.setattr(block_forward, "WIDE_BYTES", wide_bytes)
    if not is_fused:
        monkeypatch.setattr(joined_linear, "_has_fused_bf16", lambda: False)
    model = make(tiny_bases, architecture).eval()
    ids, mask = batch()
    with torch.inference_mode():
        plain = model(input_ids=ids, attention_mask=mask).logits
        with quick_blocks(model) as is_quick, autocast(CPU, precision):
            assert is_quick
            ours = model(input_ids=ids, attention_mask=mask).logits
    assert torch.allclose(ours.float(), plain, atol=tolerance)


def test_hidden_states_come_from_the_plain_path(tiny_bases: Any, architecture: str) -> None:
    model = make(tiny_bases, architecture).eval()
    ids, mask = batch()
    with torch.inference_mode(), quick_blocks(model):
        out = model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    assert len(out.hidden_states) == 3
    assert out.hidden_states[-1].shape == (5, 12, 32)


def test_the_model_is_left_as_it_was(tiny_bases: Any) -> None:
    model = make(tiny_bases, "bert")
    names, before = list(model.state_dict()), run(model, *batch())
    with pytest.raises(KeyError), quick_blocks(model):
        raise KeyError
    holder = model.get_base_model().bert.encoder
    assert "forward" not in vars(holder)
    with quick_blocks(model):
        with quick_blocks(model) as is_quick:
            assert is_quick
        assert "forward" in vars(holder)  # the inner one leaves what the outer one did
    assert list(model.state_dict()) == names
    assert torch.equal(run(model, *batch())[0], before[0])


@pytest.mark.parametrize("architecture_name", ["deberta-v2", "modernbert"])
def test_other_architectures_stay_plain(tiny_bases: Any, architecture_name: str) -> None:
    model = make(tiny_bases, architecture_name)
    with quick_blocks(model) as is_quick:
        assert not is_quick
        assert run(model, *batch())[1]


@pytest.mark.parametrize("settings", [{"dropout": 0.1}, {"lora_dropout": 0.1}])
def test_dropout_stays_plain(tiny_bases: Any, settings: dict[str, float]) -> None:
    with quick_blocks(make(tiny_bases, "bert", **settings)) as is_quick:
        assert not is_quick
