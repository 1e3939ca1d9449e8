"""Contributions of words: they add up, belong to the right words, and say what the model does."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

import sentilora
from sentilora.errors import DataError
from sentilora.inference.attribution import log_odds
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.integrated_gradients import TOLERANCE
from sentilora.inference.sentiment_model import SentimentModel
from tests.helpers.texts import BAD, GOOD
from tests.helpers.tiny_bases import ARCHITECTURES

NAMES = ["negative", "neutral", "positive"]
TEXT = "The food was good, but the room (and the app) was very nasty!"


def values_of(explanation):
    return {word.text: word.value for word in explanation.words}


def total(explanation):
    return sum(word.value for word in explanation.words)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_contributions_add_up(make_model, tiny_bases, architecture):
    model = make_model(NAMES, base=tiny_bases[architecture], max_tokens=32)
    explanation = model.explain(TEXT)
    prediction = model.predict(TEXT)
    assert explanation.method == "integrated gradients"
    assert (explanation.label, explanation.score) == (
        prediction.label,
        pytest.approx(prediction.score, abs=1e-6),
    )
    odds = math.log(prediction.score / (1 - prediction.score))  # nothing was calibrated here
    assert explanation.log_odds == pytest.approx(odds, abs=1e-4)
    explained = explanation.log_odds - explanation.blank_log_odds
    assert explained != 0
    assert total(explanation) + explanation.error == pytest.approx(explained, abs=1e-6)
    assert abs(explanation.error) <= TOLERANCE * abs(explained) + 1e-5
    assert all(p.grad is None for p in model.engine.network.parameters())
    assert model.explain(TEXT) == explanation


def test_words_are_those_of_the_text(make_model):
    explanation = make_model(NAMES, max_tokens=32).explain(TEXT)
    assert [word.text for word in explanation.words] == TEXT.split()
    assert all(TEXT[word.start : word.end] == word.text for word in explanation.words)
    # The tiny tokenizer makes one token of both ideographs, so they are one word here.
    mixed = make_model(NAMES, max_tokens=32).explain("good\tfilm\u3000很好 bad")
    assert [word.text for word in mixed.words] == ["good", "film", "很好", "bad"]


class Linear(torch.nn.Module):
    """Adds up what each token says: contributions are known exactly."""

    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = torch.nn.Embedding(vocabulary, 2)
        self.config = SimpleNamespace(num_labels=2)

    def get_input_embeddings(self):
        return self.embedding

    def forward(self, input_ids, attention_mask):
        said = self.embedding(input_ids) * attention_mask[:, :, None]
        return SimpleNamespace(logits=said.sum(dim=1))


def test_a_linear_model_is_explained_exactly(model):
    tokenizer = model.encoder.tokenizer
    torch.manual_seed(0)
    network = Linear(len(tokenizer))
    linear = SentimentModel(model.artifact, TorchEngine(network, torch.device("cpu")), tokenizer)
    explanation = linear.explain("nasty food, good film", label="positive")
    odds = (network.embedding.weight[:, 1] - network.embedding.weight[:, 0]).tolist()
    mask, ids = tokenizer.mask_token_id, tokenizer.convert_tokens_to_ids
    said = {word: odds[ids(word)] - odds[mask] for word in ("nasty", "food", "good", "film")}
    comma = odds[ids(",")] - odds[mask]
    expected = {"nasty": said["nasty"], "food,": said["food"] + comma}
    expected |= {"good": said["good"], "film": said["film"]}
    assert values_of(explanation) == pytest.approx(expected, abs=1e-5)
    assert explanation.error == pytest.approx(0, abs=1e-5)


class Steep(Linear):
    """Turns from one label to the other within a hundredth of the way."""

    def forward(self, input_ids, attention_mask):
        summed = super().forward(input_ids, attention_mask).logits
        return SimpleNamespace(logits=4 * torch.tanh(100 * (summed - self.middle)))


class Jump(Steep):
    """Turns at once, so that no gradient tells of it."""

    def forward(self, input_ids, attention_mask):
        summed = Linear.forward(self, input_ids, attention_mask).logits
        return SimpleNamespace(logits=(summed > self.middle).float() + 0 * summed)


def turning(kind, model, text):
    """Return a model of such a network that turns a third of the way from nothing to the text."""
    tokenizer = model.encoder.tokenizer
    torch.manual_seed(0)
    network = kind(len(tokenizer))
    turned = SentimentModel(model.artifact, TorchEngine(network, torch.device("cpu")), tokenizer)
    ids = torch.tensor(turned.encoder.encode([text]).windows[0])
    blank = torch.where(ids < 5, ids, tokenizer.mask_token_id)
    ones = torch.ones_like(ids)
    whole, nothing = (Linear.forward(network, x, ones).logits for x in (ids, blank))
    network.middle = (nothing + (whole - nothing) / 3).detach()
    return turned


def test_contributions_add_up_where_log_odds_rise_all_at_once(model):
    text = "nasty food, good film"
    explanation = turning(Steep, model, text).explain(text)
    explained = explanation.log_odds - explanation.blank_log_odds
    assert abs(explained) > 1
    assert explanation.method == "integrated gradients"
    assert total(explanation) == pytest.approx(explained, abs=TOLERANCE * max(1, abs(explained)))


def test_words_are_hidden_in_turn_where_contributions_do_not_add_up(model):
    text = "nasty food, good film"
    explanation = turning(Jump, model, text).explain(text)
    assert (explanation.method, explanation.error) == ("occlusion", None)


def test_what_was_learned_is_what_explains(model):
    """The tiny run learned good and bad words, and these speak for and against the positive."""

    def contribution(word):
        return values_of(model.explain(f"the film is {word}", label="positive"))[word]

    assert min(map(contribution, GOOD[:6])) > 0 > max(map(contribution, BAD[:6]))


def test_the_strongest_words_in_the_order_of_the_text(model):
    explanation = model.explain("the good film is lovely and the room is bright")
    chosen = explanation.strongest(3)
    assert [word.start for word in chosen] == sorted(word.start for word in chosen)
    least = min(abs(word.value) for word in chosen)
    assert all(abs(word.value) <= least for word in explanation.words if word not in chosen)


def test_another_label_is_the_other_side(model):
    for_it = model.explain("the film is good", label="positive")
    against = model.explain("the film is good", label="negative")
    assert for_it.log_odds == pytest.approx(-against.log_odds, abs=1e-4)
    assert for_it.score + against.score == pytest.approx(1)
    good, bad = values_of(for_it)["good"], values_of(against)["good"]
    assert good == pytest.approx(-bad, rel=0.02)
    with pytest.raises(DataError, match=r"no label 'angry'. Expected one of: negative, positive"):
        model.explain("good", label="angry")
    with pytest.raises(DataError, match="empty"):
        model.explain(" ")


def test_words_that_were_cut_out_are_not_explained(make_model):
    text = "good " * 3 + "blue " * 40 + "bad " * 12
    explanation = make_model(NAMES, max_tokens=16, head_share=0.25).explain(text)
    assert explanation.truncated
    assert [word.text for word in explanation.words].count("bad") > 5
    assert len(explanation.words) == 14
    assert text[explanation.words[-1].end :].strip() == ""


def test_windows_are_explained_as_one(make_model):
    text = "the good film was nasty " * 8
    explanation = make_model(NAMES, max_tokens=16, long_text="windows").explain(text)
    assert len(explanation.words) == 40
    explained = explanation.log_odds - explanation.blank_log_odds
    assert total(explanation) == pytest.approx(explained, abs=TOLERANCE * max(1, abs(explained)))


@pytest.mark.slow
def test_without_gradients_words_are_hidden_in_turn(tiny_run, tmp_path):
    pytest.importorskip("onnxruntime")
    folder = sentilora.export(tiny_run.path, to="onnx", output=tmp_path / "onnx")
    model = sentilora.load(folder)
    explanation = model.explain("the film is good")
    assert (explanation.method, explanation.error) == ("occlusion", None)
    whole, hidden = log_odds(
        model.score(["the film is good", "the film is [MASK]"]).logits,
        model.labels.names.index(explanation.label),
    )
    assert explanation.log_odds == pytest.approx(whole, abs=1e-5)
    assert values_of(explanation)["good"] == pytest.approx(whole - hidden, abs=1e-4)


def test_log_odds_are_those_of_the_probabilities():
    logits = np.array([[0.3, -1.2, 2.0], [900.0, 0.0, -900.0]])
    found = log_odds(logits, 0)
    p = np.exp(logits[0]) / np.exp(logits[0]).sum()
    assert found[0] == pytest.approx(np.log(p[0] / (1 - p[0])))
    assert found[1] == pytest.approx(900)
