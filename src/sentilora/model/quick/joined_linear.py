"""Linear layers with LoRA adapters as one product: the adapter is added to its weight first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class JoinedLinear:
    """One or more linear layers that read the same input, as one product.

    Attributes:
        adds: function that adds to the product ``(N, out)`` of inputs ``(N, in)``, in place, what
            each row's own adapter makes of them, at least for so many rows; None where the rows
            share their weights.
    """

    adds: Callable[[Tensor, Tensor, int | None], object] | None = None

    def __init__(self, modules: Sequence[Any]) -> None:
        self.layers = [getattr(module, "base_layer", module) for module in modules]
        self.sizes = [layer.out_features for layer in self.layers]
        self.scales: list[float] = []
        self.adapters: list[tuple[nn.Parameter, nn.Parameter] | None] = []
        for module in modules:
            name = module.active_adapters[0] if hasattr(module, "base_layer") else ""
            self.scales.append(module.scaling[name] if name else 0.0)
            self.adapters.append(
                (module.lora_A[name].weight, module.lora_B[name].weight) if name else None
            )
        self.parameters: list[nn.Parameter] = []
        for layer, pair in zip(self.layers, self.adapters, strict=True):
            self.parameters += [*(pair or ()), layer.weight, layer.bias]
        self.weight = self.bias = self.down = torch.empty(0)
        self.ups: list[Tensor] = []

    def refresh(self, dtype: torch.dtype) -> None:
        """Compute the merged weight for this forward pass."""
        merged, downs, self.ups = [], [], []
        for layer, pair, scale in zip(self.layers, self.adapters, self.scales, strict=True):
            if pair is None:
                merged.append(layer.weight.to(dtype))
                continue
            down, up = pair
            # Rounded once, after the sum: most updates are smaller than a step of bf16.
            merged.append(torch.addmm(layer.weight, up, down, alpha=scale).to(dtype))
            downs.append(down.to(dtype))
            self.ups.append((up * scale).to(dtype))
        self.weight = merged[0] if len(merged) == 1 else torch.cat(merged)
        self.bias = torch.cat([layer.bias for layer in self.layers]).to(dtype)
        self.down = torch.cat(downs) if downs else torch.empty(0)

    def apply(self, inputs: Tensor, count: int | None = None) -> Tensor:
        """Return ``(N, out)`` of ``(N, in)``; rows from ``count`` on stand for nothing."""
        return self._with_adapters(inputs, functional.linear(inputs, self.weight, self.bias), count)

    def apply_and_add(self, inputs: Tensor, others: Tensor, count: int) -> Tensor:
        """Return the product plus ``(N, out)``; without gradients."""
        if not _can_fuse(inputs):
            return self.apply(inputs, count).add_(others)
        fused: Tensor = torch.ops.mkldnn._linear_pointwise.binary(
            inputs, others, self.weight, self.bias, "add"
        )
        return self._with_adapters(inputs, fused, count)

    def apply_and_gelu(self, inputs: Tensor, count: int) -> Tensor:
        """Return GELU of the product, by the error function; without gradients."""
        fused: Tensor
        if self.adds is not None or not _can_fuse(inputs):
            fused = torch.ops.aten.gelu_(self.apply(inputs, count))
            return fused
        fused = torch.ops.mkldnn._linear_pointwise(
            inputs, self.weight, self.bias, "gelu", [], "none"
        )
        return fused

    def _with_adapters(self, inputs: Tensor, product: Tensor, count: int | None) -> Tensor:
        if self.adds is not None:
            self.adds(inputs, product, count)
        return product

    def gradients(self, grad: Tensor, inputs: Tensor) -> list[Tensor | None]:
        """Return the gradients of ``parameters``, from ``(N, out)`` and ``(N, in)``."""
        grads = torch.split(grad, self.sizes, dim=1)
        by_adapter: Iterator[tuple[Tensor, Tensor]] = iter(())
        if self.ups:
            hidden = functional.linear(inputs, self.down)
            back = torch.cat(
                [
                    part @ up
                    for part, up in zip(
                        [g for g, pair in zip(grads, self.adapters, strict=True) if pair],
                        self.ups,
                        strict=True,
                    )
                ],
                dim=1,
            )
            of_down = back.t() @ inputs
            by_adapter = self._split(grads, hidden, of_down)
        found: list[Tensor | None] = []
        for part, layer, pair in zip(grads, self.layers, self.adapters, strict=True):
            if pair is not None:
                of_a, of_b = next(by_adapter)
                found += [of_a.to(pair[0].dtype), of_b.to(pair[1].dtype)]
            weight, bias = layer.weight, layer.bias
            found.append((part.t() @ inputs).to(weight.dtype) if weight.requires_grad else None)
            found.append(part.sum(0, dtype=torch.float32) if bias.requires_grad else None)
        return found

    def _split(
        self, grads: Sequence[Tensor], hidden: Tensor, of_down: Tensor
    ) -> Iterator[tuple[Tensor, Tensor]]:
        start = 0
        for part, pair, scale in zip(grads, self.adapters, self.scales, strict=True):
            if pair is None:
                continue
            stop = start + pair[0].shape[0]
            yield of_down[start:stop], (part.t() @ hidden[:, start:stop]) * scale
            start = stop


def _can_fuse(inputs: Tensor) -> bool:
    """Whether oneDNN computes a product and what follows it at once, and gains by it."""
    return inputs.dtype == torch.bfloat16 and _has_fused_bf16()


@cache
def _has_fused_bf16() -> bool:
    is_there = hasattr(torch.ops.mkldnn, "_linear_pointwise")
    return is_there and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
