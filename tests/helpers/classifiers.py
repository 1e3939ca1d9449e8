"""Classifiers that learnt a little, saved and asked."""

from __future__ import annotations

import torch

from sentilora.labels import Labels
from sentilora.model.artifact import save_artifact, seal_artifact
from sentilora.model.model_settings import ModelSettings
from sentilora.model.tokens import TextRule

LABELS = Labels(("negative", "neutral", "positive"))
TEXTS = ["the film is good", "bad bad food and a slow app", "it was tuesday", "not bad !"]
RULE = TextRule(max_tokens=32)


def train_a_little(model, encoder, steps=3):
    """Change everything that can learn."""
    optimizer = torch.optim.Adam(
        [p for p in model.parameters() if p.requires_grad], lr=0.02, eps=1e-30
    )
    rows = [text[0] for text in encoder.encode(TEXTS).windows]
    for _ in range(steps):
        model.train()
        labels = torch.tensor([2, 0, 1, 2])
        model(**encoder.pad(rows), labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def logits_of(model, encoder):
    rows = [text[0] for text in encoder.encode(TEXTS).windows]
    with torch.inference_mode():
        return model.eval()(**encoder.pad(rows)).logits.numpy()


def save(model, encoder, folder, base, kind="adapter"):
    settings = ModelSettings(LABELS, str(base), None, RULE, kind=kind)
    return seal_artifact(save_artifact(model, encoder.tokenizer, settings, folder / "model"))
