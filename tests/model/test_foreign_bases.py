"""Kinds of bases that the table does not know: each works, or is refused with a way that works."""

import numpy as np
import pytest
import torch

import sentilora
from sentilora.errors import ModelError
from sentilora.inference.scoring import score_with_features
from sentilora.model.artifact import open_artifact
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.tokens import TextEncoder
from tests.helpers.classifiers import LABELS, RULE, TEXTS, logits_of, save, train_a_little
from tests.helpers.foreign_bases import CONFIGS, save_foreign_base
from tests.helpers.texts import WORDS

# LoRA has no layer to go to; all their weights can be trained.
REFUSED = {"ibert": "QuantLinear", "squeezebert": "Conv1d"}
# They embed a text twice, turned over, or into more than a tensor.
OCCLUDED = {"bart", "ibert", "t5", "umt5", "xlnet"}
ALWAYS = ("gpt2", "ibert", "longformer", "t5", "xlnet")

kinds = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=() if kind in ALWAYS else pytest.mark.slow)
        for kind in CONFIGS
        if kind != "mra"
    ],
)


@pytest.fixture
def base(kind, tmp_path):
    return save_foreign_base(tmp_path / "base", kind, len(WORDS))


@kinds
def test_it_trains_saves_reloads_predicts_and_explains_or_is_refused(kind, base, tmp_path):
    is_refused = kind in REFUSED
    if is_refused:
        with pytest.raises(ModelError, match=rf'{REFUSED[kind]}, expected linear .*method="full"'):
            create_model(str(base), LABELS)
    network = create_model(str(base), LABELS, use_peft=not is_refused)
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    train_a_little(network, encoder)
    expected = logits_of(network, encoder)
    folder = save(network, encoder, tmp_path, base, "model" if is_refused else "adapter")
    model = sentilora.load(folder)
    np.testing.assert_allclose(model.score(TEXTS).logits, expected, rtol=0, atol=2e-6)
    explanation = model.explain(TEXTS[0])
    assert (explanation.method == "occlusion") == (kind in OCCLUDED)
    assert any(word.value for word in explanation.words)

    logits, features = score_with_features(network, encoder, TEXTS, device=torch.device("cpu"))
    np.testing.assert_allclose(logits, expected, rtol=0, atol=2e-6)
    assert features.shape[0] == len(TEXTS)
    assert np.isfinite(features).all()


@pytest.mark.parametrize("kind", ["gpt2"])
def test_layers_with_turned_weights_are_adapted_and_merged(base, tmp_path):
    network = create_model(str(base), LABELS)
    assert network.peft_config["default"].fan_in_fan_out
    folder = save(network, TextEncoder(load_tokenizer(str(base)), RULE), tmp_path, base)
    assert open_artifact(folder).settings.kind == "adapter"
    names = [name for name, _ in network.named_modules()]
    adapted = {name.split(".")[-2] for name in names if name.endswith(".lora_A")}
    assert adapted == {"c_attn", "c_proj", "c_fc"}


@pytest.mark.parametrize("kind", ["mra"])
def test_an_architecture_that_reads_no_word_is_refused(base):
    with pytest.raises(ModelError, match=r"'mra' cannot be used: .* no word of a text is read"):
        create_model(str(base), LABELS)
