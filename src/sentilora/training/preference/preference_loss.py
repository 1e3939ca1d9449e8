"""Losses that learn from preferences: which text is more positive, which label fits better.

**Graded texts.** Bradley and Terry (1952, Biometrika 39) give each thing a strength ``s`` and say
that ``A`` is preferred to ``B`` with probability ``sigmoid(s_A - s_B)``. Here the strength is the
signed logit of a text; the loss is the negative log-likelihood, the pairwise logistic loss that
Burges et al. (2005, RankNet) trained networks with. A margin that grows with the grade is taken off
the difference, as for reward models in Touvron et al. (2023, Llama 2, arXiv:2307.09288, section
3.2.2)::

    loss = -log sigmoid(s(preferred) - s(other) - margin)

The loss does not change when all signed logits move by the same amount. It teaches order, not where
negative ends and positive begins.

**Label preferences.** Rafailov et al. (2023, Direct Preference Optimization, arXiv:2305.18290, eq.
7) for a policy that answers with one label: its log-probabilities are the log-softmax of the logits
``z``, and in their difference between two labels the normaliser cancels, so that with the frozen
reference's logits ``r``::

    loss = -log sigmoid(beta * ((z_chosen - z_rejected) - (r_chosen - r_rejected)))

A fresh head has nothing to say, so its reference is uniform: the second difference is 0. With beta
1 and two labels this is the cross-entropy of the chosen label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import softplus

if TYPE_CHECKING:
    from collections.abc import Sequence


def signed_logits(
    logits: torch.Tensor, positive: Sequence[int], negative: Sequence[int]
) -> torch.Tensor:
    """Return the log-odds of the positive side against the negative one.

    ``logsumexp`` over the positive labels minus ``logsumexp`` over the negative ones. With one
    label on each side that is the difference of their logits. Neutral labels have no part in it.
    It rises with ``Prediction.signed``: for two labels, ``signed = tanh(s / (2 * temperature))``.

    Args:
        logits: ``(B, C)`` float32, logits of the model.
        positive: ids of the positive labels.
        negative: ids of the negative labels.

    Returns:
        ``(B,)``.
    """
    return logits[:, list(positive)].logsumexp(dim=1) - logits[:, list(negative)].logsumexp(dim=1)


def bradley_terry_losses(
    preferred: torch.Tensor, other: torch.Tensor, margins: torch.Tensor
) -> torch.Tensor:
    """Return the loss of each graded pair.

    Args:
        preferred: ``(P,)`` signed logits of the texts that are more positive.
        other: ``(P,)`` signed logits of the other texts.
        margins: ``(P,)`` margins in logits, at least 0.
    """
    return softplus(margins - (preferred - other))


def preference_losses(
    logits: torch.Tensor,
    chosen: torch.Tensor,
    rejected: torch.Tensor,
    reference: torch.Tensor,
    beta: float,
) -> torch.Tensor:
    """Return the DPO loss of each label preference, ``(P,)``.

    Args:
        logits: ``(P, C)`` logits of the model that learns.
        chosen: ``(P,)`` ids of the labels that fit better.
        rejected: ``(P,)`` ids of the other labels.
        reference: ``(P,)`` log-odds of chosen against rejected under the frozen reference.
        beta: strength with which the model is held to the reference, above 0: the log-odds that it
            gains before a pair counts as learned are of the order of ``1 / beta``.
    """
    log_odds = (logits.gather(1, chosen[:, None]) - logits.gather(1, rejected[:, None])).squeeze(1)
    return softplus(-beta * (log_odds - reference))
