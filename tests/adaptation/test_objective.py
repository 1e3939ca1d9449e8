"""The loss: only hidden positions, equal to the naive full computation."""

import dataclasses

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, log_softmax

from sentilora.adaptation import objective
from sentilora.adaptation.masking import MaskingRule, describe_vocabulary
from sentilora.adaptation.objective import WordModel, bag_loss, make_batch, word_loss
from sentilora.model.bases.resolved_base import resolve_base
from sentilora.model.classifier import load_tokenizer
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.model.word_head import build_head, load_encoder
from tests.helpers.texts import WORDS, make_texts

TEXTS = [text for text, _ in make_texts(24, seed=11)]


@pytest.fixture
def parts(tiny_base):
    """Return a model with both objectives, and a batch."""
    base = resolve_base(str(tiny_base))
    tokenizer = load_tokenizer(base.source)
    text_encoder = TextEncoder(tokenizer, TextRule(32))
    encoder, _ = load_encoder(base)
    counts = np.arange(len(WORDS))
    head = build_head(base, encoder, counts, counts, tied=True)
    rows = [text[0] for text in text_encoder.encode(TEXTS).windows]
    batch = make_batch(
        rows,
        text_encoder,
        describe_vocabulary(tokenizer),
        MaskingRule(0.3),
        np.random.default_rng(0),
    )
    return WordModel(encoder, head, bag_weight=0.5), batch, rows


def naive(model, batch, rows):
    """Send every position through the vocabulary, as the formulas say."""
    states = model.encoder(
        input_ids=batch.input_ids, attention_mask=batch.attention_mask
    ).last_hidden_state
    head = model.head
    logits = head.transform(states) @ head.weight.T + head.bias
    labels = torch.full(batch.input_ids.shape, -100)
    labels.view(-1)[batch.positions] = batch.targets
    words = cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
    bag_logits = head.bag_transform(states[:, 0]) @ head.weight.T + head.bag_bias
    shares = log_softmax(bag_logits, dim=1)
    bags = [-shares[i, [w for w in sorted(set(row)) if w > 4]].mean() for i, row in enumerate(rows)]
    return words, torch.stack(bags).mean(), logits, labels


def gradients(loss, model):
    model.zero_grad()
    loss.backward()
    return {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


def test_loss_and_gradients_equal_the_full_computation(parts, monkeypatch):
    model, batch, rows = parts
    monkeypatch.setitem(objective.LOGITS_AT_ONCE, "cpu", 7 * len(WORDS))  # many chunks, one short
    loss = model(batch)
    found = gradients(loss.total, model)
    words, bag, logits, labels = naive(model, batch, rows)
    expected = gradients(words + 0.5 * bag, model)
    assert loss.words.item() == pytest.approx(words.item(), rel=1e-5)
    assert loss.bag.item() == pytest.approx(bag.item(), rel=1e-5)
    right = (logits.argmax(-1) == labels).sum().item()
    assert (loss.hits, loss.hidden) == (right, len(batch.targets))
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-4, atol=1e-6, msg=name)


def test_every_weight_but_the_pooler_learns(parts):
    model, batch, _ = parts
    named = gradients(model(batch).total, model)
    without = {name for name, _ in model.named_parameters()} - named.keys()
    assert {name.split(".")[1] for name in without} == {"pooler"}


def test_tokens_that_are_not_hidden_have_no_part_in_the_loss(parts):
    model, batch, _ = parts
    fewer = dataclasses.replace(batch, positions=batch.positions[:5], targets=batch.targets[:5])
    found = model(fewer).words
    states = model.encoder(
        input_ids=batch.input_ids, attention_mask=batch.attention_mask
    ).last_hidden_state.flatten(0, 1)[batch.positions[:5]]
    logits = model.head.transform(states) @ model.head.weight.T + model.head.bias
    assert found.item() == pytest.approx(cross_entropy(logits, batch.targets[:5]).item(), rel=1e-5)


def test_without_a_weight_the_bag_is_not_computed(parts):
    model, batch, _ = parts
    model.bag_weight = 0.0
    loss = model(batch)
    assert loss.bag.item() == 0.0
    assert loss.total.item() == loss.words.item()
    found = gradients(loss.total, model)
    assert not any("bag" in name for name in found)


def test_bf16_is_near_and_gives_every_gradient(parts):
    model, batch, _ = parts
    exact = model(batch)
    full = gradients(exact.total, model)
    model.precision = "bf16"
    low = model(batch)
    found = gradients(low.total, model)
    assert low.words.item() == pytest.approx(exact.words.item(), abs=0.03)
    assert found.keys() == full.keys()
    weight = next(name for name in full if "word_embeddings" in name)
    cosine = torch.nn.functional.cosine_similarity(
        full[weight].flatten(), found[weight].flatten(), dim=0
    )
    assert cosine > 0.98


def test_measuring_keeps_no_gradients(parts):
    model, batch, _ = parts
    with torch.inference_mode():
        loss = model(batch)
    assert not loss.total.requires_grad
    vectors = torch.randn(3, 4)
    with torch.no_grad():
        found, _ = word_loss(vectors, torch.randn(9, 4), torch.zeros(9), torch.tensor([0, 1, 8]))
    assert found.grad_fn is None


def test_the_bag_of_a_text_is_the_mean_over_its_words():
    logits = torch.randn(2, 6)
    found = bag_loss(logits, torch.tensor([0, 0, 1]), torch.tensor([1, 4, 5]))
    shares = log_softmax(logits, dim=1)
    expected = -((shares[0, 1] + shares[0, 4]) / 2 + shares[1, 5]) / 2
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_words_of_a_bag_are_those_before_hiding_without_special_ones(parts):
    _, batch, rows = parts
    for row, ids in enumerate(rows):
        words = batch.bag_words[batch.bag_rows == row].tolist()
        assert words == sorted({i for i in ids if i > 4})


@pytest.mark.parametrize("count", [1, 127, 128, 129, 300])
def test_blocks_change_neither_loss_nor_gradients(monkeypatch, count):
    monkeypatch.setattr(objective, "LOGITS_AT_ONCE", {"cpu": 9 * 256})  # two blocks at a time
    torch.manual_seed(0)
    vectors, weight, bias = torch.randn(count, 4), torch.randn(9, 4), torch.randn(9)
    inputs = [one.requires_grad_() for one in (vectors, weight, bias)]
    targets = torch.randint(0, 9, (count,))
    logits = vectors @ weight.T + bias
    expected = torch.autograd.grad(cross_entropy(logits, targets), inputs)
    loss, hits = word_loss(vectors, weight, bias, targets)
    assert loss.item() == pytest.approx(cross_entropy(logits, targets).item(), rel=1e-6)
    assert hits == (logits.argmax(dim=1) == targets).sum()
    for found, wanted in zip(torch.autograd.grad(loss, inputs), expected, strict=True):
        torch.testing.assert_close(found, wanted)


def test_products_meet_few_numbers_of_rows():
    """In bf16 each number of rows that a product has not met before takes memory for good."""
    met = {len(objective._in_blocks(torch.zeros(count, 2))) for count in range(1, 2001)}
    assert len(met) == 2000 // objective.BLOCK_ROWS + 1
