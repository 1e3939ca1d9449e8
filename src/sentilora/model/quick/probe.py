"""Whether blocks computed the quick way answer as the plain ones do, tried on made-up states.

The quick way calls operators of torch that are private to it, and knows how transformers builds a
block. A new release of either may change both; then the plain way is taken, which costs speed and
no answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

# Distance of two results, as a share of the plain one's length. Rounding makes up to 0.035 of it in
# bf16 and 4e-6 in float32 (minilm); a wrong operator makes about 1.
FORWARD = {torch.float32: 1e-4, torch.bfloat16: 0.1}
BACKWARD = {torch.float32: 1e-3, torch.bfloat16: 0.3}

ROWS, TOKENS = 2, 7

Compute = Callable[[Tensor, Tensor], Tensor]


def find_difference(
    quick: Compute,
    plain: Compute,
    width: int,
    dtype: torch.dtype,
    parameters: Sequence[nn.Parameter] | None,
) -> str | None:
    """Compare two ways to compute the blocks of an encoder.

    Random numbers are neither drawn nor seeded, and gradients of parameters stay as they are.

    Args:
        quick: ``(B, T, H)`` float32 states and a ``(B, 1, 1, T)`` mask, added to scores, to the
            state of the first token, ``(B, 1, H)``.
        plain: the same to all states, ``(B, T, H)``.
        width: H.
        dtype: what both compute products in.
        parameters: what gradients are also compared of; None to compare the states alone.

    Returns:
        What differs, for people; None where nothing does.
    """
    allowed = FORWARD.get(dtype), BACKWARD.get(dtype)
    if allowed[0] is None or allowed[1] is None:
        return f"it was never tried in {dtype}"
    try:
        ours, our_gradient = _compute(quick, width, parameters)
        theirs, their_gradient = _compute(plain, width, parameters)
    except (AttributeError, RuntimeError, TypeError, ValueError) as error:
        return str(error).splitlines()[0] if str(error) else type(error).__name__
    if not theirs.isfinite().all():
        return None  # weights that are no numbers show nothing; what they answer is told elsewhere
    distance = _distance(ours, theirs)
    if not distance <= allowed[0]:  # also catches NaN
        return f"states differ by {distance:.2g} of their length"
    distance = _distance(our_gradient, their_gradient)
    if not distance <= allowed[1]:
        return f"gradients differ by {distance:.2g} of their length"
    return None


def _compute(
    compute: Compute, width: int, parameters: Sequence[nn.Parameter] | None
) -> tuple[Tensor, Tensor]:
    """Return states ``(B, H)`` of the first tokens and all gradients ``(N,)``, both float32."""
    states = torch.linspace(-40, 40, ROWS * TOKENS * width).cos().view(ROWS, TOKENS, width)
    mask = torch.zeros(ROWS, 1, 1, TOKENS)
    mask[-1, ..., TOKENS // 2 :] = torch.finfo(torch.float32).min
    if parameters is None:
        return compute(states, mask)[:, 0].float(), torch.zeros(1)
    states.requires_grad_()
    first = compute(states, mask)[:, 0].float()
    weights = torch.linspace(-9, 9, first.numel()).cos().view_as(first)
    found = torch.autograd.grad(
        (first * weights).sum(), [states, *parameters], allow_unused=True, materialize_grads=True
    )
    return first.detach(), torch.cat([gradient.float().flatten() for gradient in found])


def _distance(ours: Tensor, theirs: Tensor) -> float:
    return float((ours - theirs).norm() / theirs.norm().clamp_min(1e-12))
