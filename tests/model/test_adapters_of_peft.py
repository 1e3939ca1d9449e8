"""Adapters that plain PEFT made: each answers as it does there, or is refused with the reason."""

import warnings

import numpy as np
import pytest
import torch
from peft import LoraConfig, PeftModel, PromptTuningConfig, get_peft_model
from safetensors.torch import load_file, save_file

import sentilora
from sentilora.errors import ModelError
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_texts
from sentilora.inference.shared_encoder import SharedEncoder
from sentilora.model.adapter_file import SpecialAdapterError, read_adapter
from sentilora.model.artifact import (
    load_classifier,
    open_artifact,
    save_artifact,
    seal_artifact,
    write_manifest,
)
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.classifier import load_base_classifier, load_tokenizer
from sentilora.model.model_settings import ModelSettings
from sentilora.model.tokens import TextEncoder
from sentilora.model.warm_start import open_start
from tests.helpers.classifiers import LABELS, RULE, TEXTS, logits_of, train_a_little

CPU = torch.device("cpu")
# Computed beside others on one encoder.
MIXED = {
    "plain": {},
    "gaussian": {"init_lora_weights": "gaussian"},
    "orthogonal": {"init_lora_weights": "orthogonal"},
    "random": {"init_lora_weights": False},
    "rslora": {"use_rslora": True},
    "ranks": {"rank_pattern": {"query": 2, "layer.1.attention.self.key": 6}},
    "alphas": {"alpha_pattern": {"query": 32, "^bert.encoder.layer.0.attention.self.value": 3}},
    "some layers": {"layers_to_transform": [1], "layers_pattern": "layer"},
}
# More than W + s B A, or on another W than the base's: computed alone.
ALONE = {
    "dora": {"use_dora": True},
    "pissa": {"init_lora_weights": "pissa"},
    "pissa, rslora": {"init_lora_weights": "pissa", "use_rslora": True},
    "olora": {"init_lora_weights": "olora"},
    "biases": {"bias": "lora_only"},
    "lora_bias": {"lora_bias": True},
    "embeddings": {"target_modules": ["query", "word_embeddings"]},
    "tokens": {"trainable_token_indices": [5, 6]},
}
STARTS = ("plain", "gaussian", "orthogonal", "random")  # a training may start from these


@pytest.fixture(scope="module")
def base(tiny_base):
    return resolve_base(str(tiny_base))


@pytest.fixture(scope="module")
def encoder(base):
    return TextEncoder(load_tokenizer(base.source), RULE)


def train(base, encoder, settings):
    """Train with plain PEFT."""
    torch.manual_seed(3)
    config = {"target_modules": ["query", "key", "value", "output.dense"], "r": 4, "lora_alpha": 8}
    config |= {"task_type": "SEQ_CLS", "modules_to_save": ["pooler"], **settings}
    network, _ = load_base_classifier(base, LABELS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = get_peft_model(network, LoraConfig(**config))
        train_a_little(network, encoder)
    return network


def save(network, base, encoder, folder, kind="adapter"):
    """Write the files of PEFT or transformers as those of a model."""
    told = ModelSettings(LABELS, base.hub_id, None, RULE, kind=kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seal_artifact(save_artifact(network, encoder.tokenizer, told, folder / "model"))


def load_plain(base, folder):
    network, _ = load_base_classifier(base, LABELS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return PeftModel.from_pretrained(network, str(folder)).eval()


@pytest.mark.parametrize("kind", [*MIXED, *ALONE])
def test_it_answers_as_with_plain_peft(base, encoder, tmp_path, kind):
    folder = save(train(base, encoder, {**MIXED, **ALONE}[kind]), base, encoder, tmp_path)
    expected = logits_of(load_plain(base, folder), encoder)
    model = sentilora.load(folder)  # merged, on quick blocks
    np.testing.assert_allclose(model.score(TEXTS).logits, expected, rtol=0, atol=3e-6)

    unmerged, _ = load_classifier(open_artifact(folder), merge=False)
    engine = TorchEngine(unmerged, CPU, is_fixed=True)  # on quick blocks where they can
    found = score_texts(engine, encoder, TEXTS).logits
    np.testing.assert_allclose(found, expected, rtol=0, atol=3e-6)

    if kind in ALONE:
        with pytest.raises(SpecialAdapterError, match="is more than LoRA on linear layers"):
            read_adapter(folder)
        return
    shared = SharedEncoder(base, device=CPU)
    slot = shared.put(read_adapter(folder), LABELS)
    rows = [text[0] for text in encoder.encode(TEXTS).windows]
    answers = torch.stack(shared.logits(encoder.pad(rows), [slot] * len(rows))).numpy()
    np.testing.assert_allclose(answers, expected, rtol=0, atol=3e-6)


@pytest.mark.parametrize("kind", [*MIXED, *(kind for kind in ALONE if kind != "embeddings")])
def test_a_training_starts_only_from_what_it_goes_on_with(base, encoder, tmp_path, kind):
    folder = save(train(base, encoder, {**MIXED, **ALONE}[kind]), base, encoder, tmp_path)
    if kind in STARTS:
        assert open_start(str(folder)).rank == 4
        return
    with pytest.raises(ModelError, match="a training cannot start from it"):
        open_start(str(folder))


def test_what_is_drawn_anew_at_each_loading_is_refused(base, encoder, tmp_path):
    network = train(base, encoder, {"init_lora_weights": "pissa_niter_4"})
    folder = save(network, base, encoder, tmp_path)
    reloaded = logits_of(load_plain(base, folder), encoder)
    assert abs(reloaded - logits_of(network, encoder)).max() > 1e-4
    for read in (sentilora.load, read_adapter, open_start):
        with pytest.raises(ModelError, match="it is another model each time it is loaded"):
            read(folder)


def test_the_conversion_that_the_refusal_names_works(base, encoder, tmp_path):
    network = train(base, encoder, {"init_lora_weights": "pissa_niter_4"})
    expected = logits_of(network, encoder)
    folder = save(network.merge_and_unload(), base, encoder, tmp_path, kind="model")
    found = sentilora.load(folder).score(TEXTS).logits
    np.testing.assert_allclose(found, expected, rtol=0, atol=3e-6)


def test_repeated_layers_are_refused(base, encoder, tmp_path):
    network = train(base, encoder, {"layer_replication": [(0, 2), (0, 2)]})
    folder = save(network, base, encoder, tmp_path)
    for read in (sentilora.load, read_adapter):
        with pytest.raises(ModelError, match="repeats layers of its base"):
            read(folder)


def test_prompts_are_refused(base, encoder, tmp_path):
    network, _ = load_base_classifier(base, LABELS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = get_peft_model(network, PromptTuningConfig("SEQ_CLS", num_virtual_tokens=2))
    folder = save(network, base, encoder, tmp_path)
    with pytest.raises(ModelError, match="of the kind PROMPT_TUNING, which puts tokens before"):
        sentilora.load(folder)


def test_a_head_that_was_not_saved_is_named(base, encoder, tmp_path):
    folder = save(train(base, encoder, {}), base, encoder, tmp_path)
    weights = load_file(folder / "adapter_model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if "lora_" in name}
    save_file(kept, folder / "adapter_model.safetensors")
    write_manifest(folder)
    with pytest.raises(ModelError, match="does not fit its base"):
        sentilora.load(folder)


def test_a_folder_of_peft_alone_says_what_is_missing(base, encoder, tmp_path):
    network = train(base, encoder, {})
    network.save_pretrained(tmp_path / "plain", save_embedding_layers=False)
    with pytest.raises(ModelError, match=r"as PEFT itself saves it: .* 'Your own loop'"):
        sentilora.load(tmp_path / "plain")
