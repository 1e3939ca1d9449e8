"""How quickly this machine multiplies matrices of the shapes that the encoder has."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from typing import Any

from benchmarks.common.flops import probe_layers

ROWS = 8192
REPEATS = 5
KINDS = ("forward", "input_gradient", "weight_gradient")


@dataclass(frozen=True)
class Timing:
    """The time of one product.

    Attributes:
        kind: ``forward`` (M x K by K x N), ``input_gradient`` (M x N by N x K) or
            ``weight_gradient`` (N x M by M x K), where M is 8,192 tokens.
        inputs: K.
        outputs: N.
        seconds: of one product.
    """

    precision: str
    kind: str
    inputs: int
    outputs: int
    seconds: float

    @property
    def flops(self) -> int:
        """Operations of the product."""
        return 2 * ROWS * self.inputs * self.outputs


def encoder_shapes(network: Any) -> Counter[tuple[int, int]]:
    """Count the linear layers of a model without adapter that every token needs, by shape."""
    layers = probe_layers(network)
    return Counter((layer.inputs, layer.outputs) for layer in layers if layer.is_per_token)


def time_products(
    shapes: Iterable[tuple[int, int]], precisions: Sequence[str], device: Any
) -> list[Timing]:
    """Time the three products of each shape, the best of five; of int8 the forward one alone.

    They write to memory that is there already: asking the system for it can take as long.
    """
    import torch

    dtypes = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
    found = []
    for precision in precisions:
        for inputs, outputs in sorted(shapes):
            if precision == "int8":
                x8 = torch.randint(-128, 128, (ROWS, inputs), dtype=torch.int8, device=device)
                w8 = torch.randint(-128, 128, (inputs, outputs), dtype=torch.int8, device=device)
                out8 = torch.empty(ROWS, outputs, dtype=torch.int32, device=device)
                seconds = _seconds(partial(torch._int_mm, x8, w8, out=out8), device)
                found.append(Timing(precision, KINDS[0], inputs, outputs, seconds))
                continue
            options = {"dtype": dtypes[precision], "device": device}
            x = torch.randn(ROWS, inputs, **options)
            weight = torch.randn(outputs, inputs, **options)
            gradient = torch.randn(ROWS, outputs, **options)
            operands = ((x, weight.T), (gradient, weight), (gradient.T, x))
            for kind, (a, b) in zip(KINDS, operands, strict=True):
                out = torch.empty(a.shape[0], b.shape[1], **options)
                seconds = _seconds(partial(torch.mm, a, b, out=out), device)
                found.append(Timing(precision, kind, inputs, outputs, seconds))
    return found


def _seconds(product: Callable[[], Any], device: Any) -> float:
    import torch

    best = float("inf")
    for _ in range(REPEATS + 1):  # the first one warms up
        started = time.perf_counter()
        product()
        if device.type == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - started)
    return best


def forward_rate(
    timings: Sequence[Timing], shapes: Mapping[tuple[int, int], int], precision: str
) -> float | None:
    """Return operations per second over the forward products, each as often as it occurs.

    None if there is no timing in this precision.
    """
    chosen = [t for t in timings if (t.precision, t.kind) == (precision, "forward")]
    counts = [shapes[timing.inputs, timing.outputs] for timing in chosen]
    seconds = sum(t.seconds * count for t, count in zip(chosen, counts, strict=True))
    flops = sum(t.flops * count for t, count in zip(chosen, counts, strict=True))
    return flops / seconds if chosen else None


def medians(rounds: Sequence[Sequence[Timing]]) -> list[Timing]:
    """Merge the rounds of a run: the median time of each product."""
    seconds: dict[tuple[str, str, int, int], list[float]] = {}
    for timing in (timing for timings in rounds for timing in timings):
        key = (timing.precision, timing.kind, timing.inputs, timing.outputs)
        seconds.setdefault(key, []).append(timing.seconds)
    return [Timing(*key, median(values)) for key, values in seconds.items()]


def mixed_rate(
    timings: Sequence[Timing],
    shapes: Mapping[tuple[int, int], int],
    precision: str,
    *,
    is_full: bool,
) -> float:
    """Return operations per second over the products of an update, each as often as it occurs.

    Args:
        timings: one of each product.
        shapes: how many layers have each shape.
        precision: ``fp32``, ``bf16`` or ``fp16``.
        is_full: weight gradients are part of the update, as in full fine-tuning.
    """
    kinds = KINDS if is_full else KINDS[:2]
    chosen = [t for t in timings if t.precision == precision and t.kind in kinds]
    counts = [shapes[timing.inputs, timing.outputs] for timing in chosen]
    flops = sum(t.flops * count for t, count in zip(chosen, counts, strict=True))
    return flops / sum(t.seconds * count for t, count in zip(chosen, counts, strict=True))


def to_json(timings: Sequence[Timing]) -> list[dict[str, Any]]:
    """Return the timings as plain dicts, with the rate in operations per second."""
    return [{**asdict(t), "flops_per_second": round(t.flops / t.seconds)} for t in timings]
