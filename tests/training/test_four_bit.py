"""``--load-in-4bit``: refused where it cannot work, and the way back to float32.

Neither CUDA nor bitsandbytes is needed: what bitsandbytes itself does is not tested here.
"""

import numpy as np
import pytest
import torch

import sentilora
from sentilora.config import make_config
from sentilora.errors import ConfigError, DeviceError, MissingExtraError
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_texts
from sentilora.model import classifier, four_bit
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.four_bit import check_four_bit, four_bit_options, move_adapter
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.training.context import resolved_run
from tests.helpers.texts import make_texts
from tests.helpers.tiny_settings import TINY_SETTINGS


def test_without_a_gpu_it_is_refused_before_anything_is_written(tiny_data, tiny_base, tmp_path):
    settings = {**TINY_SETTINGS, "base": str(tiny_base), "output": str(tmp_path), "device": "cpu"}
    with pytest.raises(DeviceError, match=r"needs a CUDA device, and this is cpu. Leave it out"):
        sentilora.train(tiny_data, config={**settings, "lora.load_in_4bit": True})
    assert list(tmp_path.iterdir()) == []


def test_without_bitsandbytes_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(four_bit, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'sentilora\[qlora\]'"):
        check_four_bit(torch.device("cuda"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_model_of_your_own_is_refused_too(tiny_base):
    with pytest.raises(DeviceError, match="needs a CUDA device"):
        create_model(str(tiny_base), ["no", "yes"], load_in_4bit=True)
    with pytest.raises(ConfigError, match="Set use_peft=True"):
        create_model(str(tiny_base), ["no", "yes"], use_peft=False, load_in_4bit=True)


def test_what_does_not_go_together_is_said():
    with pytest.raises(
        ConfigError,
        match=r"^the settings: lora\.load_in_4bit = true with method = 'full': .* set method",
    ):
        make_config({"method": "full", "lora.load_in_4bit": True})
    with pytest.raises(
        ConfigError, match=r"with pairs\.file = 'pairs\.csv': .* leave one of them out"
    ):
        make_config({"pairs.file": "pairs.csv", "lora.load_in_4bit": True})


def test_the_head_is_left_out(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    options = four_bit_options("distilbert")
    stored = options["quantization_config"].to_dict()
    assert stored["load_in_4bit"] is True
    assert stored["bnb_4bit_quant_type"] == "nf4"
    assert stored["bnb_4bit_compute_dtype"] == "bfloat16"
    assert {"pre_classifier", "classifier"} <= set(stored["llm_int8_skip_modules"])
    assert options["device_map"] == {"": 0}
    with pytest.raises(ConfigError, match="the head of the architecture 'gpt2' is not known"):
        four_bit_options("gpt2")


def test_an_adapter_moves_with_its_head(tiny_base):
    trained, plain = (create_model(str(tiny_base), ["no", "yes"], seed=seed) for seed in (1, 2))
    with torch.no_grad():
        for name, parameter in trained.named_parameters():
            if parameter.requires_grad and "lora_B" in name:
                parameter.normal_()
    encoder = TextEncoder(load_tokenizer(str(tiny_base)), TextRule(32))
    texts = [text for text, _ in make_texts(20, seed=1)]

    def logits(model):
        return score_texts(TorchEngine(model, torch.device("cpu")), encoder, texts).logits

    before = logits(plain)
    assert move_adapter(trained, plain) is plain
    np.testing.assert_allclose(logits(plain), logits(trained), atol=1e-6)
    assert np.abs(logits(plain) - before).max() > 0.01


def test_a_run_keeps_the_adapter_on_the_base_in_float32(
    tiny_data, tiny_base, tmp_path, monkeypatch
):
    """In place of 4 bits, the base of the training is rounded to a sixteenth."""
    loaded = []

    def load(*args, load_in_4bit=False, **others):
        model, missing = plain_load(*args, **others)
        if load_in_4bit:
            loaded.append(model)
            with torch.no_grad():
                for weight in model.base_model.parameters():
                    weight.copy_((weight * 16).round() / 16)
        return model, missing

    plain_load = classifier.load_base_classifier
    monkeypatch.setattr(classifier, "load_base_classifier", load)
    for module in (resolved_run, classifier):
        monkeypatch.setattr(module, "check_four_bit", lambda device: None)
    settings = {**TINY_SETTINGS, "base": str(tiny_base), "output": str(tmp_path)}
    run = sentilora.train(tiny_data, config={**settings, "lora.load_in_4bit": True})
    assert len(loaded) == 1
    assert run.report["proof"]["max_logit_difference"] <= 1e-5
    assert run.report["metrics"]["accuracy"] > 0.9
