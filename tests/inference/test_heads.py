"""Heads of adapters: the short way where two layers are all there is, else transformers' own."""

import numpy as np
import pytest
import torch

from sentilora.errors import ModelError
from sentilora.inference.heads import Head
from sentilora.labels import Labels
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.classifier import load_base_classifier
from sentilora.model.quick.layouts import HEADS, HeadLayout

CPU = torch.device("cpu")
SHORT = ["bert", "distilbert", "electra", "roberta"]


def make(tiny_bases, architecture, **changes):
    """Return a classifier of transformers, and the head of it."""
    model, _ = load_base_classifier(
        resolve_base(str(tiny_bases[architecture])), Labels(("no", "so so", "yes"))
    )
    model.eval()
    for name, value in changes.items():
        setattr(model.config, name, value)
    prefix = f"{model.base_model_prefix}."
    weights = {
        name: tensor + 0.3 * torch.randn(tensor.shape)
        for name, tensor in model.state_dict().items()
        if not name.startswith(prefix) or name.startswith(f"{prefix}pooler.")
    }
    model.load_state_dict(weights, strict=False)
    return model, Head(type(model), model.config, weights, CPU), weights


@pytest.mark.parametrize("architecture", [*SHORT, "modernbert"])
def test_a_head_answers_as_transformers_does(tiny_bases, architecture):
    torch.manual_seed(0)
    model, head, _ = make(tiny_bases, architecture)
    assert (head._layers is not None) == (architecture in SHORT)
    ids = torch.randint(5, 50, (4, 9))
    mask = torch.ones_like(ids)
    with torch.inference_mode():
        expected = model(input_ids=ids, attention_mask=mask).logits
        encoder = model.base_model
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        for rows in ([0, 1, 2, 3], [2], [3, 1]):
            found = head.logits(states, mask, rows)
            np.testing.assert_allclose(found, expected[rows], atol=1e-5)


def test_a_head_that_does_more_goes_the_long_way(tiny_bases, monkeypatch):
    monkeypatch.setitem(
        HEADS, "roberta", HeadLayout("classifier.dense", "relu", "classifier.out_proj")
    )
    assert make(tiny_bases, "roberta")[1]._layers is None
    monkeypatch.setitem(
        HEADS, "roberta", HeadLayout("classifier.other", "tanh", "classifier.out_proj")
    )
    assert make(tiny_bases, "roberta")[1]._layers is None


def test_weights_that_do_not_fit_are_refused(tiny_bases):
    model, _, weights = make(tiny_bases, "distilbert")
    weights["classifier.weight"] = torch.zeros(3, 5)
    with pytest.raises(ModelError, match=r"does not fit its base: .*classifier\.weight"):
        Head(type(model), model.config, weights, CPU)
