"""The head that predicts words: the checkpoint's own, or one that starts at the encoder."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForMaskedLM

from sentilora.errors import ModelError
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.quiet import quiet_transformers
from sentilora.model.word_head import START_SPREAD, UNSEEN, build_head, load_encoder
from tests.helpers.texts import WORDS
from tests.helpers.tiny_bases import ARCHITECTURES, tiny_config

COUNTS = np.arange(len(WORDS)) % 7
WITH_HEADS = ("bert", "distilbert", "roberta", "electra", "modernbert")
IDS = torch.tensor([[2, 7, 9, 30, 3], [2, 11, 40, 3, 0]])
MASK = (IDS > 0).long()


@pytest.fixture(scope="module")
def headed(tmp_path_factory):
    """Return folders of checkpoints that bring a head for masked words."""
    folders = {}
    for name in WITH_HEADS:
        torch.manual_seed(3)
        model = AutoModelForMaskedLM.from_config(tiny_config(name)).eval()
        with torch.no_grad():
            model.get_output_embeddings().bias.normal_()
        folders[name] = tmp_path_factory.mktemp(name)
        with quiet_transformers():
            model.save_pretrained(folders[name])
    return folders


def build(folder, tied=True):
    base = resolve_base(str(folder))
    encoder, _ = load_encoder(base)
    return encoder.eval(), build_head(base, encoder, COUNTS, COUNTS, tied=tied)


@pytest.mark.parametrize("name", WITH_HEADS)
@pytest.mark.parametrize("tied", [True, False])
def test_a_checkpoint_keeps_its_own_head(headed, name, tied):
    encoder, head = build(headed[name], tied)
    with torch.no_grad():
        states = encoder(input_ids=IDS, attention_mask=MASK).last_hidden_state
        logits = head.transform(states) @ head.weight.T + head.bias
        with quiet_transformers():
            whole = AutoModelForMaskedLM.from_pretrained(headed[name]).eval()
        expected = whole(input_ids=IDS, attention_mask=MASK).logits
    assert head.is_own
    keep = MASK.bool()
    torch.testing.assert_close(logits[keep], expected[keep], rtol=1e-4, atol=1e-5)
    embeddings = encoder.get_input_embeddings().weight
    assert (head.weight is embeddings) == tied
    assert torch.equal(head.weight, embeddings)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_any_other_encoder_gets_one_that_starts_as_the_identity(tiny_bases, name):
    encoder, head = build(tiny_bases[name])
    assert not head.is_own
    dense = head.transform[0]
    width, hidden = encoder.get_input_embeddings().weight.shape[1], encoder.config.hidden_size
    assert dense.weight.shape == (width, hidden)
    if width == hidden:
        assert torch.equal(dense.weight, torch.eye(hidden))
    else:  # ELECTRA: back the way that embeddings came
        assert torch.equal(dense.weight, encoder.embeddings_project.weight.T)
    shares = (COUNTS + UNSEEN) / (COUNTS + UNSEEN).sum()
    np.testing.assert_allclose(head.bias.detach().exp(), shares, rtol=1e-4)
    states = torch.randn(4000, hidden)
    spread = (head.transform(states) @ head.weight.T).std(dim=1).mean()
    assert spread.item() == pytest.approx(START_SPREAD, rel=0.25)
    assert head.transform(states).shape == (4000, width)


def test_the_same_base_gives_the_same_head(tiny_base):
    (_, one), (_, two) = build(tiny_base), build(tiny_base)
    for name, parameter in one.named_parameters():
        assert torch.equal(parameter, dict(two.named_parameters())[name]), name


def test_an_encoder_is_loaded_without_dropout_and_knows_what_it_had(tiny_base):
    encoder, dropouts = load_encoder(resolve_base(str(tiny_base)))
    assert dropouts["hidden_dropout_prob"] == 0.1
    assert encoder.config.hidden_dropout_prob == 0.0
    assert encoder.pooler is not None


def test_a_pooler_that_the_checkpoint_lacks_is_not_made_up(tiny_base, tmp_path):
    with quiet_transformers():
        model = AutoModel.from_pretrained(tiny_base, add_pooling_layer=False)
        model.save_pretrained(tmp_path)
    encoder, _ = load_encoder(resolve_base(str(tmp_path)))
    assert encoder.pooler is None
    assert not any("pooler" in name for name in encoder.state_dict())
    assert encoder(input_ids=IDS).last_hidden_state.shape == (2, 5, 32)


def test_a_checkpoint_with_missing_weights_is_refused(tiny_base, tmp_path):
    (tmp_path / "config.json").write_text((tiny_base / "config.json").read_text())
    weights = load_file(tiny_base / "model.safetensors")
    weights = {k: v for k, v in weights.items() if "layer.1.output.dense" not in k}
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"lacks 2 weights of its encoder, encoder\.layer\.1"):
        load_encoder(resolve_base(str(tmp_path)))


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "nothing"}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_encoder(resolve_base(str(tmp_path)))
