"""The head that predicts words: hidden states to logits over the vocabulary.

A checkpoint that brings its own head for masked words keeps it. Any other encoder gets a fresh one
that starts where the encoder stands: hidden states of a transformer lie in the space of its word
embeddings, as each block only adds to what the embedding layer gave. So the fresh transform starts
as the identity with a normalisation, the output weights are the word embeddings, and the bias is
the logarithm of how frequent each word is: at first the head answers about as well as the word
frequencies alone.

Beside it stands the bag head, which predicts the words of a whole text from its first position
(Ma et al. 2024, arXiv:2401.11248). It shares the output weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from sentilora.errors import ModelError
from sentilora.model.bases.resolved_base import ResolvedBase, unreachable
from sentilora.model.classifier import set_dropout
from sentilora.model.quiet import quiet_transformers

# Of the logits that embeddings add to word frequencies at the start, in nats. On masked positions
# of minilm 0.5 costs 0.15 nats against frequencies alone, on others it gains 2.3.
START_SPREAD = 0.5
UNSEEN = 0.01  # pretended count of words that the texts do not hold

# Where transformers keeps the layers between encoder and output weights, by model type.
_TRANSFORMS: dict[str, Callable[[Any], nn.Module]] = {
    "bert": lambda model: model.cls.predictions.transform,
    "distilbert": lambda model: nn.Sequential(
        model.vocab_transform, model.activation, model.vocab_layer_norm
    ),
    "roberta": lambda model: nn.Sequential(
        model.lm_head.dense, nn.GELU(), model.lm_head.layer_norm
    ),
    "xlm-roberta": lambda model: nn.Sequential(
        model.lm_head.dense, nn.GELU(), model.lm_head.layer_norm
    ),
    "electra": lambda model: model.generator_predictions,
    "modernbert": lambda model: model.head,
}


class WordHead(nn.Module):
    """Predicts words from hidden states.

    Attributes:
        transform: layers from ``(…, H)`` hidden states to ``(…, E)``, E being the width of the
            embeddings.
        weight: ``(V, E)`` output weights; the encoder's own word embeddings when tied to them.
        bias: ``(V,)`` bias of each word.
        bag_transform, bag_bias: the same two of the head for whole texts.
        is_own: whether the checkpoint brought transform and bias.
    """

    def __init__(
        self,
        transform: nn.Module,
        weight: nn.Parameter,
        bias: torch.Tensor,
        bag_transform: nn.Module,
        bag_bias: torch.Tensor,
        *,
        is_own: bool,
    ) -> None:
        super().__init__()
        self.transform = transform
        self.weight = weight
        self.bias = nn.Parameter(bias)
        self.bag_transform = bag_transform
        self.bag_bias = nn.Parameter(bag_bias)
        self.is_own = is_own


def load_encoder(base: ResolvedBase) -> tuple[Any, dict[str, Any]]:
    """Load an encoder without a head, in float32 and without dropout.

    Returns:
        The encoder, with its pooler if the checkpoint has one; and the dropout settings of its
        config, to be put back before it is saved.

    Raises:
        ModelError: it cannot be loaded, or the checkpoint lacks weights.
    """
    from transformers import AutoConfig, AutoModel

    revision = base.revision or "main"
    try:
        with quiet_transformers():
            config = AutoConfig.from_pretrained(base.source, revision=revision)
            before = {name: value for name, value in vars(config).items() if "dropout" in name}
            set_dropout(config, 0.0)
            encoder, info = AutoModel.from_pretrained(
                base.source, revision=revision, config=config, output_loading_info=True
            )
    except (OSError, ValueError) as error:
        raise unreachable(base, str(error).splitlines()[0]) from error
    missing = sorted(info["missing_keys"])
    if any(name.startswith("pooler.") for name in missing):
        encoder.pooler = None  # would be random: a base has one or has none
    lost = [name for name in missing if not name.startswith("pooler.")]
    if lost:
        raise ModelError(
            f"The model in {base.source} lacks {len(lost)} weights of its encoder, {lost[0]} "
            "first, so there is nothing to adapt. Give a folder or hub id with a whole encoder."
        )
    return encoder.float(), before


def build_head(
    base: ResolvedBase,
    encoder: Any,
    word_counts: np.ndarray,
    text_counts: np.ndarray,
    *,
    tied: bool,
) -> WordHead:
    """Take the checkpoint's own head for masked words, or make one that starts at the encoder.

    Args:
        base: the base that the encoder came from.
        encoder: the encoder, from :func:`load_encoder`.
        word_counts: ``(V,)`` number of times that each word occurs in the texts.
        text_counts: ``(V,)`` number of texts that each word occurs in.
        tied: whether the output weights are the word embeddings themselves; else they start as
            their copy and learn on their own (Chung et al. 2021, arXiv:2010.12821).
    """
    embeddings: nn.Parameter = encoder.get_input_embeddings().weight
    bag = _fresh_transform(encoder, embeddings)
    bag_bias = _log_shares(text_counts)
    weight = embeddings if tied else nn.Parameter(embeddings.detach().clone())
    own = _own_head(base, encoder)
    if own is None:
        transform, bias = _fresh_transform(encoder, embeddings), _log_shares(word_counts)
    else:
        transform, bias = own
    return WordHead(transform, weight, bias, bag, bag_bias, is_own=own is not None)


def _own_head(base: ResolvedBase, encoder: Any) -> tuple[nn.Module, torch.Tensor] | None:
    """Return transform and bias of the checkpoint's head, if it has one with tied embeddings."""
    find = _TRANSFORMS.get(encoder.config.model_type)
    if find is None or not getattr(encoder.config, "tie_word_embeddings", True):
        return None
    from transformers import AutoModelForMaskedLM

    with quiet_transformers():
        model, info = AutoModelForMaskedLM.from_pretrained(
            base.source,
            revision=base.revision or "main",
            config=encoder.config,
            output_loading_info=True,
        )
    if info["missing_keys"]:
        return None
    output = model.float().get_output_embeddings()
    bias = torch.zeros(output.out_features) if output.bias is None else output.bias.detach().clone()
    return find(model), bias


def _fresh_transform(encoder: Any, embeddings: torch.Tensor) -> nn.Module:
    """Make a dense layer that changes nothing, and a normalisation with a small gain."""
    width, hidden = embeddings.shape[1], int(encoder.config.hidden_size)
    dense = nn.Linear(hidden, width)
    nn.init.zeros_(dense.bias)
    projection = getattr(encoder, "embeddings_project", None)  # ELECTRA: (H, E)
    if width != hidden and projection is not None:
        dense.weight.data.copy_(projection.weight.detach().T)
    else:
        nn.init.eye_(dense.weight)
    norm = nn.LayerNorm(width)
    centred = embeddings.detach() - embeddings.detach().mean(dim=0)
    nn.init.constant_(norm.weight, START_SPREAD / float(centred.norm(dim=1).mean()))
    return nn.Sequential(dense, norm)


def _log_shares(counts: np.ndarray) -> torch.Tensor:
    smoothed = counts.astype(np.float64) + UNSEEN
    return torch.from_numpy(np.log(smoothed / smoothed.sum())).float()
