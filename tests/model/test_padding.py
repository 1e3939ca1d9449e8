"""Encoders that read padding answer a text alike, whatever stands beside it in a batch."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from sentilora.errors import ModelError
from sentilora.exports.onnx_model import write_onnx
from sentilora.exports.openvino_model import write_openvino
from sentilora.inference.engines.engine import TorchEngine, open_engine
from sentilora.inference.scoring import score_texts, score_with_features
from sentilora.model.artifact import ONNX_FILE, OPENVINO_FILE, open_artifact, save_texts
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.model_settings import ModelSettings
from sentilora.model.padding import (
    PROVED,
    by_length,
    computes_lengths_apart,
    find_padding_read,
    keep_lengths_apart,
    lengths_together,
)
from sentilora.model.tokens import TextEncoder
from tests.helpers.classifiers import LABELS, RULE, TEXTS, save, train_a_little
from tests.helpers.texts import WORDS
from tests.helpers.tiny_bases import save_tiny_base

ROWS = [[2, 9, 3], [2, 30, 31, 32, 12, 3], [2, 11, 40, 8, 3], [2, *range(6, 22), 3]]
_BERT_LIKE = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 72,
}
READ_PADDING = {
    "fnet": {**_BERT_LIKE, "tpu_short_seq_length": 64},
    "nystromformer": _BERT_LIKE,
    "yoso": _BERT_LIKE,
    "mobilebert": {**_BERT_LIKE, "embedding_size": 32, "intra_bottleneck_size": 32},
    "funnel": {"block_sizes": [2, 2], "d_model": 32, "n_head": 2, "d_head": 16, "d_inner": 48},
    "convbert": {**_BERT_LIKE, "embedding_size": 32},
    "xlnet": {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48},
}
DO_NOT = {
    "mpnet": {**_BERT_LIKE, "num_hidden_layers": 12},
    "albert": {**_BERT_LIKE, "embedding_size": 32},
    "rembert": {**_BERT_LIKE, "input_embedding_size": 32},
    "camembert": _BERT_LIKE,
    "roformer": {**_BERT_LIKE, "embedding_size": 32},
}


def network_of(kind, options):
    from transformers import AutoConfig, AutoModelForSequenceClassification

    torch.manual_seed(3)
    config = AutoConfig.for_model(
        kind, vocab_size=len(WORDS), pad_token_id=0, num_labels=3, **options
    )
    network = AutoModelForSequenceClassification.from_config(config).eval()
    with torch.no_grad():
        network.get_input_embeddings().weight.normal_()  # a learned padding token is not zero
    return network


def padded(rows):
    length = max(len(row) for row in rows)
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    return {"input_ids": ids, "attention_mask": mask}


@torch.no_grad()
def largest_difference(network):
    together = network(**padded(ROWS)).logits
    alone = torch.cat([network(**padded([row])).logits for row in ROWS])
    return float((together - alone).abs().max() / alone.std())


@pytest.mark.parametrize("kind", READ_PADDING)
def test_what_reads_padding_is_found_and_computes_without(kind):
    network = network_of(kind, READ_PADDING[kind])
    before = largest_difference(network)
    assert find_padding_read(network)
    keep_lengths_apart(network)
    assert computes_lengths_apart(network)
    assert largest_difference(network) < 1e-5 < before
    with lengths_together(network):
        assert largest_difference(network) == before
    assert computes_lengths_apart(copy.deepcopy(network))


def test_every_kind_that_is_not_probed_is_probed_here():
    assert set(DO_NOT) == {*PROVED, "roformer"}


@pytest.mark.parametrize("kind", DO_NOT)
def test_what_does_not_stays_as_it_is(kind):
    network = network_of(kind, DO_NOT[kind])
    assert not find_padding_read(network)
    keep_lengths_apart(network)
    assert not computes_lengths_apart(network)
    assert "forward" not in vars(network)
    assert largest_difference(network) < 1e-4


def test_what_answers_by_chance_is_refused():
    options = {
        "hidden_size": 32,
        "num_attention_heads": 2,
        "attention_head_size": 16,
        "feed_forward_size": 48,
        "axial_pos_embds": False,
        "attn_layers": ["lsh", "lsh"],
        "lsh_attn_chunk_length": 4,
        "num_buckets": 4,
        "max_position_embeddings": 72,
        "is_decoder": False,
    }
    with pytest.raises(ModelError, match=r"'reformer' gives one text different answers.*minilm"):
        keep_lengths_apart(network_of("reformer", options))


def test_random_numbers_are_where_they_were():
    network = network_of("yoso", READ_PADDING["yoso"])
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    keep_lengths_apart(network)
    assert torch.equal(torch.rand(1), expected)
    assert not network.training


def test_a_network_that_cannot_be_probed_counts_as_one_that_reads_padding():
    network = network_of("mpnet", DO_NOT["mpnet"])
    network.config.vocab_size = 1
    network.get_input_embeddings = lambda: None
    assert find_padding_read(network)


def test_groups_have_one_length_and_no_padding():
    inputs = padded([[5, 6], [7], [8, 9]])
    inputs["labels"] = torch.tensor([2, 0, 1])
    (one, first), (two, second) = by_length(inputs)
    assert (one.tolist(), two.tolist()) == ([1], [0, 2])
    assert first["input_ids"].tolist() == [[7]]
    assert second["input_ids"].tolist() == [[5, 6], [8, 9]]
    assert second["attention_mask"].tolist() == [[1, 1], [1, 1]]
    assert second["labels"].tolist() == [2, 1]


def test_loss_and_gradients_are_those_of_single_texts():
    network = network_of("convbert", READ_PADDING["convbert"])
    keep_lengths_apart(network)
    labels = torch.tensor([0, 2, 1, 1])
    network(**padded(ROWS), labels=labels).loss.backward()
    together = [p.grad.clone() for p in network.parameters() if p.grad is not None]
    network.zero_grad()
    for row, label in zip(ROWS, labels, strict=True):
        (network(**padded([row]), labels=label[None]).loss / len(ROWS)).backward()
    alone = [p.grad for p in network.parameters() if p.grad is not None]
    for ours, theirs in zip(together, alone, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A little trained adapter on an encoder with a convolution, its encoder and its folder."""
    folder = tmp_path_factory.mktemp("padding")
    base = save_tiny_base(folder / "base", "nystromformer")
    model = create_model(str(base), LABELS)
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    train_a_little(model, encoder)
    return model, encoder, save(model, encoder, folder, base)


def alone_and_together(engine, encoder):
    together = score_texts(engine, encoder, TEXTS).logits
    alone = [score_texts(engine, encoder, [text]).logits for text in TEXTS]
    return np.concatenate(alone), together


def test_adapter_and_reloaded_model_answer_alike_alone_and_together(made):
    model, encoder, folder = made
    assert computes_lengths_apart(model)
    alone, together = alone_and_together(TorchEngine(model, torch.device("cpu")), encoder)
    np.testing.assert_allclose(alone, together, rtol=0, atol=1e-6)
    engine, _ = open_engine(open_artifact(folder), device="cpu")
    np.testing.assert_allclose(alone_and_together(engine, encoder)[0], together, rtol=0, atol=1e-5)
    logits, features = score_with_features(model, encoder, TEXTS, device=torch.device("cpu"))
    np.testing.assert_allclose(logits, together, rtol=0, atol=1e-6)
    assert features.shape == (len(TEXTS), 32)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "write", "file"),
    [("onnx", write_onnx, ONNX_FILE), ("openvino", write_openvino, OPENVINO_FILE)],
)
def test_exported_files_answer_alike_alone_and_together(made, tmp_path, kind, write, file):
    model, encoder, _ = made
    expected = score_texts(TorchEngine(model, torch.device("cpu")), encoder, TEXTS).logits
    merged = copy.deepcopy(model).merge_and_unload()
    settings = ModelSettings(LABELS, "a base", None, RULE, kind=kind)
    settings = replace(settings, reads_padding=computes_lengths_apart(merged))
    assert settings.reads_padding
    write(merged, settings, tmp_path / file)
    save_texts(encoder.tokenizer, settings, tmp_path)
    engine, _ = open_engine(open_artifact(tmp_path, is_sealed=False))
    for found in alone_and_together(engine, encoder):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
