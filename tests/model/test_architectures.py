"""The traps of LoRA on classifiers, on a two-layer model of each architecture."""

import json
import sys

import numpy as np
import pytest
import torch

from sentilora.errors import ConfigError
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_texts
from sentilora.labels import Labels
from sentilora.model.artifact import load_classifier, open_artifact, save_artifact, seal_artifact
from sentilora.model.classifier import count_parameters, create_model, load_tokenizer
from sentilora.model.model_settings import ModelSettings
from sentilora.model.tokens import TextEncoder
from tests.helpers import warm_python
from tests.helpers.classifiers import LABELS, RULE, TEXTS, logits_of, save, train_a_little
from tests.helpers.texts import GOOD
from tests.helpers.tiny_bases import ARCHITECTURES

ANSWER = """
import json, sys, numpy, torch
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_texts
from sentilora.model.artifact import load_classifier, open_artifact
from sentilora.model.tokens import TextEncoder
folders, texts, threads = json.load(sys.stdin)
torch.set_num_threads(threads)
for folder in folders:
    artifact = open_artifact(folder)
    model, tokenizer = load_classifier(artifact, merge=False)
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    scored = score_texts(TorchEngine(model, torch.device("cpu")), encoder, texts)
    sys.stdout.buffer.write(scored.logits.tobytes())
"""


@pytest.fixture(params=ARCHITECTURES)
def base(request, tiny_bases):
    return tiny_bases[request.param]


@pytest.fixture
def encoder(base):
    return TextEncoder(load_tokenizer(str(base)), RULE)


def test_everything_that_starts_at_random_learns(base, encoder):
    model = create_model(str(base), LABELS)
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    train_a_little(model, encoder)
    changed = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    trainable = {n for n, p in model.named_parameters() if p.requires_grad}
    assert changed == trainable

    # Every weight that the pre-trained encoder did not bring is among them.
    pretrained = set(create_model(str(base), LABELS, use_peft=False).state_dict())
    from transformers import AutoModel

    body = AutoModel.from_pretrained(base)
    fresh = {n for n in pretrained if n.split(".", 1)[-1] not in body.state_dict()}
    assert fresh
    for name in fresh:
        module, leaf = name.rsplit(".", 1)
        assert any(module.split(".")[0] in n and n.endswith(leaf) for n in changed), name


def test_all_linear_layers_of_every_block_are_adapted(base):
    model = create_model(str(base), LABELS)
    adapted = {n.split(".lora_A")[0] for n, _ in model.named_parameters() if ".lora_A" in n}
    linear = {
        n.removesuffix(".base_layer")
        for n, m in model.named_modules()
        if isinstance(m, torch.nn.Linear)
        and any(part.isdigit() for part in n.split("."))
        and "lora_" not in n
        and "modules_to_save" not in n
        and "original_module" not in n
    }
    assert adapted == linear
    assert len(adapted) >= 2 * 4


def test_a_fresh_adapter_changes_nothing(base, encoder):
    plain = create_model(str(base), LABELS, use_peft=False, seed=5)
    adapted = create_model(str(base), LABELS, seed=5)
    np.testing.assert_array_equal(logits_of(plain, encoder), logits_of(adapted, encoder))


@pytest.mark.process
@pytest.mark.parametrize("kind", ["adapter", "model"])
def test_reload_in_a_new_process_gives_identical_logits(tiny_bases, tmp_path, kind):
    folders, expected = [], []
    for name, base in tiny_bases.items():
        encoder = TextEncoder(load_tokenizer(str(base)), RULE)
        model = create_model(str(base), LABELS, use_peft=kind == "adapter")
        train_a_little(model, encoder)
        scored = score_texts(TorchEngine(model, torch.device("cpu")), encoder, TEXTS)
        expected.append(scored.logits)
        folders.append(str(save(model, encoder, tmp_path / name, base, kind)))
    request = json.dumps([folders, TEXTS, torch.get_num_threads()])
    done = warm_python.run(
        [sys.executable, "-c", ANSWER], input=request.encode(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    found = np.frombuffer(done.stdout, dtype=np.float32).reshape(len(folders), len(TEXTS), -1)
    for name, was, now in zip(tiny_bases, expected, found, strict=True):
        np.testing.assert_array_equal(now, was, err_msg=name)


def test_merged_equals_unmerged(base, encoder, tmp_path):
    model = create_model(str(base), LABELS)
    train_a_little(model, encoder)
    artifact = open_artifact(save(model, encoder, tmp_path, base))
    merged, _ = load_classifier(artifact)
    assert not any("lora" in name for name, _ in merged.named_parameters())
    np.testing.assert_allclose(
        logits_of(merged, encoder), logits_of(model, encoder), rtol=0, atol=2e-6
    )


def test_label_names_survive_the_reload(base, encoder, tmp_path):
    model = create_model(str(base), LABELS)
    loaded, _ = load_classifier(open_artifact(save(model, encoder, tmp_path, base)))
    assert loaded.config.id2label == {0: "negative", 1: "neutral", 2: "positive"}
    assert loaded.config.label2id == {"negative": 0, "neutral": 1, "positive": 2}


def test_adapters_with_different_label_counts_load_side_by_side(base, encoder, tmp_path):
    stars = Labels(("1", "2", "3", "4", "5"))
    three = save(create_model(str(base), LABELS), encoder, tmp_path / "three", base)
    settings = ModelSettings(stars, str(base), None, RULE)
    five_model = create_model(str(base), stars)
    five = seal_artifact(
        save_artifact(five_model, encoder.tokenizer, settings, tmp_path / "five" / "model")
    )
    models = [load_classifier(open_artifact(folder))[0] for folder in (three, five)]
    assert [logits_of(model, encoder).shape for model in models] == [(4, 3), (4, 5)]


def test_trained_share_is_small_and_counted(base):
    trainable, total = count_parameters(create_model(str(base), LABELS, rank=2))
    full, full_total = count_parameters(create_model(str(base), LABELS, use_peft=False))
    assert full == full_total
    assert trainable < full / 2
    assert full < total < full + trainable


def test_the_same_seed_gives_the_same_start(base):
    one, two, other = (create_model(str(base), LABELS, seed=s) for s in (1, 1, 2))
    state, same = one.state_dict(), two.state_dict()
    assert all(torch.equal(state[name], same[name]) for name in state)
    assert any(not torch.equal(state[name], other.state_dict()[name]) for name in state)


def test_unknown_target_modules_are_named(base):
    with pytest.raises(ConfigError, match=r"'q_porj' matches no linear layer of .*found: "):
        create_model(str(base), LABELS, target_modules=["q_porj"])


def test_short_texts_are_tokenised_as_the_tokenizer_would(encoder):
    for text in [*TEXTS, " ".join(GOOD)]:
        assert encoder.encode([text]).windows == [[encoder.tokenizer(text)["input_ids"]]]
