"""Adapters with different labels, heads, ranks and bases answer in one batch as they do alone."""

import json

import numpy as np
import pytest
import torch

from sentilora.errors import ModelError
from sentilora.inference.shared_encoder import MIXABLE, SharedEncoder
from sentilora.labels import Labels
from sentilora.model.adapter_file import SpecialAdapterError, read_adapter
from sentilora.model.artifact import load_classifier, open_artifact
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.classifier import load_tokenizer
from sentilora.model.tokens import TextEncoder, TextRule
from tests.helpers.adapters import save_adapter
from tests.helpers.embedded_base import needs_minilm
from tests.helpers.tiny_bases import ARCHITECTURES

CPU = torch.device("cpu")
RULE = TextRule(max_tokens=32)
TEXTS = ["the film is good", "bad bad food and a slow app , not very clean", "it was tuesday", "!"]
LABELS = {
    "two": Labels(("negative", "positive")),
    "three": Labels(("negative", "neutral", "positive")),
    "five": Labels(("1 star", "2 stars", "3 stars", "4 stars", "5 stars")),
}
TESTED = [name for name in ARCHITECTURES if name in MIXABLE]


def make_adapter(base, folder, labels, seed, **settings):
    """Save and open an adapter."""
    path = save_adapter(base, folder / f"model-{seed}", labels.names, seed, rule=RULE, **settings)
    return open_artifact(path)


def alone(artifact, texts):
    model, tokenizer = load_classifier(artifact, merge=False)
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    rows = [windows[0] for windows in encoder.encode(texts).windows]
    with torch.inference_mode():
        return model(**encoder.pad(rows)).logits.numpy()


def mixed(shared, encoder, texts, slots):
    rows = [windows[0] for windows in encoder.encode(texts).windows]
    return [row.numpy() for row in shared.logits(encoder.pad(rows), slots)]


@pytest.fixture(params=TESTED)
def base(request, tiny_bases):
    return tiny_bases[request.param]


@pytest.fixture
def encoder(base):
    return TextEncoder(load_tokenizer(str(base)), RULE)


def test_rows_of_different_adapters_answer_as_peft_does_alone(base, encoder, tmp_path):
    settings = [{"rank": 4}, {"rank": 2, "alpha": 3}, {"rank": 6}]
    artifacts = [
        make_adapter(base, tmp_path, labels, seed, **options)
        for seed, (labels, options) in enumerate(zip(LABELS.values(), settings, strict=True))
    ]
    shared = SharedEncoder(resolve_base(str(base)), device=CPU)
    slots = [shared.put(read_adapter(a.path), a.settings.labels) for a in artifacts]
    assert slots == [0, 1, 2]
    order = [(text, number) for text in range(len(TEXTS)) for number in (2, 0, 1)]
    answers = mixed(shared, encoder, [TEXTS[text] for text, _ in order], [n for _, n in order])
    for (text, number), answer in zip(order, answers, strict=True):
        expected = alone(artifacts[number], TEXTS)[text]
        assert answer.shape == expected.shape
        np.testing.assert_allclose(answer, expected, atol=2e-5)


@needs_minilm
def test_minilm_itself_answers_two_and_five_labels_in_one_batch(tmp_path):
    artifacts = [
        make_adapter("minilm", tmp_path, LABELS[name], seed, noise=0.03)
        for seed, name in enumerate(("two", "five"))
    ]
    base = resolve_base("minilm")
    shared = SharedEncoder(base, device=CPU)
    slots = [shared.put(read_adapter(a.path), a.settings.labels) for a in artifacts]
    texts = ["A film to forget.", "I would go again tomorrow, and take my mother along!"] * 2
    own = [slots[number // 2] for number in range(4)]
    answers = mixed(shared, TextEncoder(load_tokenizer(base.source), RULE), texts, own)
    for number, answer in enumerate(answers):
        expected = alone(artifacts[number // 2], texts)[number]
        assert np.ptp(expected) > 0.1
        np.testing.assert_allclose(answer, expected, atol=2e-5)


def test_a_batch_of_one_adapter_takes_the_short_way_to_the_same_answer(base, encoder, tmp_path):
    artifacts = [make_adapter(base, tmp_path, labels, 5) for labels in [LABELS["three"]]]
    shared = SharedEncoder(resolve_base(str(base)), device=CPU)
    first = shared.put(read_adapter(artifacts[0].path), LABELS["three"])
    other = shared.put(
        read_adapter(make_adapter(base, tmp_path, LABELS["two"], 6).path), LABELS["two"]
    )
    only = mixed(shared, encoder, TEXTS, [first] * 4)
    beside = mixed(shared, encoder, [*TEXTS, "a table"], [first] * 4 + [other])
    np.testing.assert_allclose(only, alone(artifacts[0], TEXTS), atol=2e-5)
    np.testing.assert_allclose(beside[:4], only, atol=1e-5)


def test_a_slot_that_became_free_is_used_again(base, encoder, tmp_path):
    shared = SharedEncoder(resolve_base(str(base)), device=CPU)
    artifacts = [make_adapter(base, tmp_path, labels, 3) for labels in [LABELS["five"]]]
    artifacts.append(make_adapter(base, tmp_path, LABELS["two"], 4, rank=2))
    slot = shared.put(read_adapter(artifacts[0].path), LABELS["five"])
    shared.drop(slot)
    assert shared.put(read_adapter(artifacts[1].path), LABELS["two"]) == slot
    answers = mixed(shared, encoder, TEXTS, [slot] * 4)
    np.testing.assert_allclose(answers, alone(artifacts[1], TEXTS), atol=2e-5)


@pytest.mark.parametrize("option", [{"lora_dropout": 0.1}, {"target_modules": "half"}])
def test_settings_of_a_training_make_no_difference(tiny_bases, tmp_path, option):
    if option.get("target_modules"):
        option = {"target_modules": ["query", "value"]}
    base = tiny_bases["bert"]
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    artifact = make_adapter(base, tmp_path, LABELS["two"], 8, **option)
    shared = SharedEncoder(resolve_base(str(base)), device=CPU)
    slot = shared.put(read_adapter(artifact.path), LABELS["two"])
    answers = mixed(shared, encoder, TEXTS, [slot] * 4)
    np.testing.assert_allclose(answers, alone(artifact, TEXTS), atol=2e-5)


def test_bf16_mixes_too(tiny_bases, tmp_path):
    base = tiny_bases["bert"]
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    artifacts = [make_adapter(base, tmp_path, LABELS["two"], seed) for seed in (1, 2)]
    shared = SharedEncoder(resolve_base(str(base)), device=CPU, precision="bf16")
    slots = [shared.put(read_adapter(a.path), LABELS["two"]) for a in artifacts]
    answers = mixed(shared, encoder, TEXTS[:2], slots)
    for number, artifact in enumerate(artifacts):
        expected = alone(artifact, TEXTS)[number]
        np.testing.assert_allclose(answers[number], expected, atol=0.05 * abs(expected).max())


def test_what_is_more_than_plain_lora_is_not_mixed(tiny_bases, tmp_path):
    artifact = make_adapter(tiny_bases["bert"], tmp_path, LABELS["two"], 1)
    config = artifact.path / "adapter_config.json"
    stored = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**stored, "use_dora": True, "bias": "all"}), encoding="utf-8")
    with pytest.raises(SpecialAdapterError, match=r"use_dora, bias all"):
        read_adapter(artifact.path)
    with pytest.raises(SpecialAdapterError, match="deberta-v2"):
        SharedEncoder(resolve_base(str(tiny_bases["deberta-v2"])), device=CPU)


def test_patterns_of_ranks_and_scales_are_read(tiny_bases, tmp_path):
    artifact = make_adapter(tiny_bases["bert"], tmp_path, LABELS["two"], 1, rank=4, alpha=8)
    plain = read_adapter(artifact.path).updates
    config = artifact.path / "adapter_config.json"
    stored = json.loads(config.read_text(encoding="utf-8"))
    changed = {**stored, "alpha_pattern": {"query": 24}, "use_rslora": True}
    config.write_text(json.dumps(changed), encoding="utf-8")
    for name, (down, up) in read_adapter(artifact.path).updates.items():
        factor = (3 if name.endswith("query") else 1) * 4 / 2  # by the root of the rank 4
        assert torch.equal(down, plain[name][0])
        torch.testing.assert_close(up, plain[name][1] * factor)


def test_an_adapter_of_another_base_is_refused_and_changes_nothing(tiny_bases, tmp_path):
    shared = SharedEncoder(resolve_base(str(tiny_bases["bert"])), device=CPU)
    good = make_adapter(tiny_bases["bert"], tmp_path, LABELS["two"], 1)
    bad = make_adapter(tiny_bases["distilbert"], tmp_path, LABELS["two"], 2)
    slot = shared.put(read_adapter(good.path), LABELS["two"])
    with pytest.raises(ModelError, match=r"no linear layer of the encoder"):
        shared.put(read_adapter(bad.path), LABELS["two"])
    encoder = TextEncoder(load_tokenizer(str(tiny_bases["bert"])), RULE)
    np.testing.assert_allclose(
        mixed(shared, encoder, TEXTS, [slot] * 4), alone(good, TEXTS), atol=2e-5
    )
