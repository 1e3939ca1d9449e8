"""The output layer of every architecture."""

import pytest
import torch

from sentilora.errors import ModelError
from sentilora.model.classifier import create_model
from sentilora.model.outputs import add_to_logits, output_layer
from tests.helpers.tiny_bases import ARCHITECTURES

LABELS = ["negative", "neutral", "positive"]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("use_peft", [True, False])
def test_what_is_added_comes_out(tiny_bases, architecture, use_peft):
    model = create_model(str(tiny_bases[architecture]), LABELS, use_peft, rank=3).eval()
    inputs = {
        "input_ids": torch.tensor([[2, 7, 9, 3], [2, 11, 3, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]]),
    }
    with torch.no_grad():
        before = model(**inputs).logits
    add_to_logits(model, torch.tensor([1.0, 0.0, -2.5]).numpy())
    with torch.no_grad():
        after = model(**inputs).logits
    torch.testing.assert_close(after - before, torch.tensor([[1.0, 0.0, -2.5]] * 2))
    assert output_layer(model)[1].bias.requires_grad  # of the copy that is trained and saved


def test_a_model_without_such_a_layer_is_refused(tiny_base):
    model = create_model(str(tiny_base), LABELS, use_peft=False)
    model.classifier = torch.nn.Identity()
    with pytest.raises(ModelError, match="no linear output layer"):
        output_layer(model)
    model.classifier = torch.nn.Linear(32, 3, bias=False)
    with pytest.raises(ModelError, match="has no bias"):
        add_to_logits(model, torch.zeros(3).numpy())
