"""What a new training takes over of a trained adapter, for each architecture."""

import json

import numpy as np
import pytest
import torch
from peft import get_peft_model_state_dict
from safetensors.torch import load_file, save_file

from sentilora.errors import ModelError
from sentilora.labels import Labels
from sentilora.model.artifact import load_classifier, open_artifact, write_manifest
from sentilora.model.classifier import count_parameters, create_model, load_tokenizer
from sentilora.model.tokens import TextEncoder
from sentilora.model.warm_start import create_started_model, describe_start, open_start
from tests.helpers.classifiers import LABELS, RULE, logits_of, save, train_a_little
from tests.helpers.tiny_bases import ARCHITECTURES

RANK = 3


@pytest.fixture(scope="module", params=ARCHITECTURES)
def trained(request, tiny_bases, tmp_path_factory):
    """Return the folder of a trained three-class adapter, and its tokeniser."""
    base = tiny_bases[request.param]
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    model = create_model(str(base), LABELS, rank=RANK, alpha=5)
    train_a_little(model, encoder)
    folder = save(model, encoder, tmp_path_factory.mktemp(request.param), base)
    return folder, encoder


def started(folder, *names):
    return create_started_model(open_start(str(folder)), Labels(names), seed=2)


def source_logits(folder, encoder):
    model, _ = load_classifier(open_artifact(folder), merge=False)
    return logits_of(model, encoder)


def test_with_the_same_labels_it_answers_as_its_source(trained):
    folder, encoder = trained
    model = started(folder, *LABELS.names)
    np.testing.assert_array_equal(logits_of(model, encoder), source_logits(folder, encoder))
    stored = json.loads((folder / "adapter_config.json").read_text())
    config = model.peft_config["default"]
    assert (config.r, config.lora_alpha) == (stored["r"], stored["lora_alpha"]) == (RANK, 5)
    assert set(config.target_modules) == set(stored["target_modules"])


def test_labels_in_another_order_take_their_rows_along(trained):
    folder, encoder = trained
    model = started(folder, "positive", "negative", "neutral")
    expected = source_logits(folder, encoder)[:, [2, 0, 1]]
    np.testing.assert_allclose(logits_of(model, encoder), expected, rtol=0, atol=1e-6)


def test_a_label_that_is_not_there_any_more_is_dropped(trained):
    folder, encoder = trained
    model = started(folder, "negative", "positive")
    expected = source_logits(folder, encoder)[:, [0, 2]]
    np.testing.assert_allclose(logits_of(model, encoder), expected, rtol=0, atol=1e-6)
    assert model.config.id2label == {0: "negative", 1: "positive"}


def test_a_label_that_is_new_gets_a_fresh_row(trained):
    folder, encoder = trained
    model = started(folder, "angry", "positive", "negative", "bored")
    logits, source = logits_of(model, encoder), source_logits(folder, encoder)
    np.testing.assert_allclose(logits[:, [1, 2]], source[:, [2, 0]], rtol=0, atol=1e-6)
    again = logits_of(started(folder, "angry", "positive", "negative", "bored"), encoder)
    np.testing.assert_array_equal(logits, again)  # fresh rows are those of the seed
    assert np.isfinite(logits).all()
    assert np.abs(logits[:, 0] - logits[:, 3]).max() > 1e-4


def test_without_a_common_label_only_the_output_layer_is_fresh(trained, tiny_bases):
    folder, _ = trained
    labels = Labels(("1", "2", "3"))
    start = open_start(str(folder))
    model = create_started_model(start, labels, seed=4)
    fresh = create_model(start.artifact.settings.base, labels, rank=RANK, alpha=5, seed=4)
    now, blank = (get_peft_model_state_dict(m, save_embedding_layers=False) for m in (model, fresh))
    source = load_file(folder / "adapter_model.safetensors")
    from_source = {name for name in now if torch.equal(now[name], source[name])}
    from_seed = {name for name in now if torch.equal(now[name], blank[name])}
    assert from_source | from_seed == set(now)
    left = set(now) - from_source
    assert {now[name].shape[0] for name in left} == {3}
    assert {name.rsplit(".", 2)[-2] for name in left} <= {"classifier", "out_proj"}


def test_what_learns_is_what_would_learn_without_a_start(trained):
    folder, encoder = trained
    model = started(folder, *LABELS.names)
    start = open_start(str(folder))
    plain = create_model(start.artifact.settings.base, LABELS, rank=RANK)
    assert count_parameters(model) == count_parameters(plain)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    train_a_little(model, encoder)
    changed = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    assert changed == {n for n, p in model.named_parameters() if p.requires_grad}


def half(folder, target):
    """Copy a model folder with its weights rounded to float16."""
    target.mkdir()
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    weights = load_file(folder / "adapter_model.safetensors")
    rounded = {name: tensor.half() for name, tensor in weights.items()}
    save_file(rounded, target / "adapter_model.safetensors", metadata={"format": "pt"})
    write_manifest(target)
    return target


def test_weights_stored_in_half_precision_compute_in_float32(trained, tmp_path):
    folder, encoder = trained
    small = half(folder, tmp_path / "half")
    model, _ = load_classifier(open_artifact(small), merge=False)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    logits = logits_of(model, encoder)
    np.testing.assert_allclose(logits, source_logits(folder, encoder), rtol=0, atol=0.05)
    again = started(small, *LABELS.names)
    np.testing.assert_array_equal(logits_of(again, encoder), logits)
    assert {p.dtype for p in again.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (LABELS.names, "starts from NAME: adapter and head are taken over"),
        (
            ("positive", "negative"),
            "starts from NAME: its adapter is taken over; rows of the output layer for positive, "
            "negative are taken over by name; dropped for neutral",
        ),
        (
            ("negative", "angry"),
            "starts from NAME: its adapter is taken over; rows of the output layer for negative "
            "are taken over by name; fresh for angry; dropped for neutral, positive",
        ),
        (
            ("0", "1"),
            "starts from NAME: its adapter is taken over; the output layer is fresh, for it knows "
            "none of these labels, only negative, neutral, positive",
        ),
    ],
)
def test_what_is_taken_over_is_told(trained, names, says):
    start = open_start(str(trained[0]))
    assert describe_start(start, Labels(names)) == says.replace("NAME", start.name)


def test_weights_that_do_not_fit_are_named(trained, tmp_path):
    broken = half(trained[0], tmp_path / "broken")
    weights = load_file(broken / "adapter_model.safetensors")
    name = next(name for name in sorted(weights) if "lora_A" in name)
    del weights[name]
    save_file(weights, broken / "adapter_model.safetensors", metadata={"format": "pt"})
    write_manifest(broken)
    with pytest.raises(ModelError, match=r"does not fit its base .*: 1 weights .*lora_A"):
        started(broken, *LABELS.names)


def test_a_model_with_all_weights_is_no_start(tiny_bases, tmp_path):
    base = tiny_bases["bert"]
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    model = create_model(str(base), LABELS, use_peft=False)
    folder = save(model, encoder, tmp_path, base, kind="model")
    with pytest.raises(ModelError, match=r"holds all weights of a model, expected an adapter"):
        open_start(str(folder))
