"""Statements scored by the model and embedded by its base, from one tokenisation."""

import numpy as np
import pytest
import torch

import sentilora
from sentilora.inference.scoring import mean_state
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements import statement_reader
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.statements.splitter import split_all
from sentilora.insights.statements.statement_reader import read_statements
from sentilora.model.artifact import base_of
from sentilora.model.classifier import load_base_classifier
from tests.helpers.texts import make_texts

TEXTS = [
    *(row[0] for row in make_texts(40)),
    "A good film. A bad film, but the cast was very good.",
    "A good film. A good film. A good film.",
    "😀",
    "a long and bad film " * 60,
]


@pytest.fixture(scope="module")
def model(tiny_run):
    return sentilora.load(tiny_run.path)


def feedback(model, texts, **more):
    rows = np.arange(len(texts))
    return Feedback("tickets.csv", texts, rows, model.labels, **more)


def test_statements_are_those_of_the_texts_in_order(model):
    read = read_statements(feedback(model, TEXTS), model)
    found = read.statements
    index, start, end = split_all(TEXTS)
    assert found.text_index.tolist() == index.tolist()
    assert (found.start.tolist(), found.end.tolist()) == (start.tolist(), end.tolist())
    assert found.words_of(len(found) - 1, feedback(model, TEXTS)).startswith("a long and bad film")
    assert found.probabilities.shape == (len(found), 2)
    assert found.probabilities.dtype == found.signed.dtype == np.float32
    assert found.vectors.dtype == np.float16
    assert np.allclose(np.linalg.norm(found.vectors.astype(np.float32), axis=1), 1, atol=1e-3)


def test_answers_are_those_of_the_model(model):
    read = read_statements(feedback(model, TEXTS), model)
    whole = model.predict(TEXTS)
    expected = [[one.probabilities[name] for name in model.labels.names] for one in whole]
    assert np.allclose(read.probabilities, expected, atol=1e-5)
    pieces = [read.statements.words_of(n, feedback(model, TEXTS)) for n in range(8)]
    signed = [one.signed for one in model.predict(pieces)]
    assert np.allclose(read.statements.signed[:8], signed, atol=1e-5)


def test_vectors_are_means_of_the_base_without_its_adapter(model):
    encoder = TopicEncoder(model)
    windows = model.encoder.encode(TEXTS).windows
    found = encoder.vectors(windows)
    core, _ = load_base_classifier(base_of(model.artifact), model.labels)
    core.eval()
    for text, vector in zip(windows, found, strict=True):
        inputs = model.encoder.pad(text)
        with torch.inference_mode():
            out = core(**inputs, output_hidden_states=True)
        plain = mean_state(out, inputs["attention_mask"]).mean(dim=0).numpy()
        cosine = vector @ plain / np.linalg.norm(plain)
        assert cosine > (0.9999 if encoder.precision == "fp32" else 0.998)


def test_the_same_statement_has_the_same_vector_wherever_it_stands(model):
    texts = ["A good film. Bad.", "It was slow. A good film.", "a good film indeed and more so"]
    found = read_statements(feedback(model, texts), model).statements
    assert found.vectors[0].tolist() == found.vectors[3].tolist()
    assert found.signed[0] == found.signed[3]
    again = read_statements(feedback(model, texts), model).statements
    assert again.vectors.tolist() == found.vectors.tolist()


def test_given_labels_need_no_answers_on_whole_texts(model):
    given = feedback(model, TEXTS[:3], label_ids=np.array([0, 1, 0]))
    assert read_statements(given, model).probabilities is None


def test_long_texts_are_told(model):
    read = read_statements(feedback(model, ["It broke. " * 5000, "Fine"]), model)
    assert "1 texts are longer than 20,000 characters" in read.notes[0]


def test_progress_is_told(model):
    from sentilora.events import EventLog

    events = []
    read_statements(feedback(model, TEXTS), model, log=EventLog(events.append))
    phases = [event for event in events if event["kind"] == "phase"]
    assert [phase["name"] for phase in phases] == [
        "score and embed the statements",
        "score the texts",
    ]
    done = sum(event["done"] for event in events if event["kind"] == "progress")
    assert done == sum(phase["total"] for phase in phases)


def test_what_is_read_part_by_part_stands_where_it_was_said(model, monkeypatch):
    whole = read_statements(feedback(model, TEXTS), model)
    monkeypatch.setattr(statement_reader, "_AT_ONCE", 60)  # characters: many parts
    parted = read_statements(feedback(model, TEXTS), model)
    for name in ("text_index", "start", "end", "kinds"):
        assert getattr(parted.statements, name).tolist() == getattr(whole.statements, name).tolist()
    assert np.allclose(parted.statements.signed, whole.statements.signed, atol=1e-4)
    assert np.allclose(parted.probabilities, whole.probabilities, atol=1e-4)
    cosines = (parted.statements.vectors * whole.statements.vectors).sum(axis=1, dtype=np.float32)
    assert cosines.min() > 0.998


def test_short_statements_are_not_padded_beyond_the_longest(model):
    rows = model.encoder.encode(["a good film", "bad"]).windows
    windows = [window for text in rows for window in text]
    longest = max(map(len, windows))
    assert longest % 8
    assert model.encoder.pad(windows, is_exact=True)["input_ids"].shape == (2, longest)
    assert model.encoder.pad(windows)["input_ids"].shape == (2, 8)
