"""Saved models with random weights, as a training would have left them."""

import torch

from sentilora.labels import Labels
from sentilora.model.artifact import save_artifact, seal_artifact
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.model_settings import ModelSettings
from sentilora.model.tokens import TextRule


def save_adapter(base, folder, names, seed, *, kind="adapter", rule=None, noise=0.2, **settings):
    """Write an adapter, or with ``kind="model"`` all weights, and return the folder."""
    labels = Labels(tuple(names))
    resolved = resolve_base(str(base))
    model = create_model(str(base), labels, seed=seed, use_peft=kind == "adapter", **settings)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(noise * torch.randn(parameter.shape, generator=generator))
    rule = rule or TextRule(max_tokens=16)
    told = ModelSettings(labels, resolved.hub_id, resolved.revision, rule, kind=kind)
    return seal_artifact(save_artifact(model, load_tokenizer(resolved.source), told, folder))
