"""How far an export may be from its run, and what the other texts of a batch may change."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from sentilora.errors import ModelError
from sentilora.exports.parity import (
    LEAST,
    USUAL_LAYERS,
    compare_logits,
    layers_of,
    measure_mates,
    tolerance_for,
)
from sentilora.inference.engines.engine import TorchEngine
from sentilora.model.classifier import create_model, load_tokenizer
from sentilora.model.padding import lengths_together
from sentilora.model.probabilities import UNCALIBRATED, Calibration
from sentilora.model.tokens import TextEncoder
from tests.helpers.classifiers import LABELS, RULE, TEXTS, train_a_little
from tests.helpers.foreign_bases import save_foreign_base
from tests.helpers.texts import WORDS

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 3, (300, 3)).astype(np.float32)


def off_by(difference, logits=LOGITS):
    off = logits.copy()
    off[7, 1] += difference
    return off


def test_the_tolerance_follows_depth_and_spread():
    assert tolerance_for(LOGITS, 12) == pytest.approx(2 * tolerance_for(LOGITS, 6))
    assert tolerance_for(2 * LOGITS, 12) == pytest.approx(2 * tolerance_for(LOGITS, 12), rel=1e-5)
    assert tolerance_for(LOGITS + 100, 12) == pytest.approx(tolerance_for(LOGITS, 12), rel=1e-3)
    assert tolerance_for(LOGITS / 1e6, 12) == LEAST
    # Even in 24 layers far below what a lost part of a network changes.
    assert tolerance_for(LOGITS, 24) < 0.002 * LOGITS.std()


def test_what_rounding_does_in_a_deep_network_is_accepted_and_more_is_not():
    allowed = tolerance_for(LOGITS, 12)
    found = compare_logits(LOGITS, off_by(0.00024), UNCALIBRATED, layers=12)
    assert found.max_logit_difference == pytest.approx(0.00024, rel=1e-2)
    assert found.tolerance == allowed
    assert found.flipped_share == 0
    assert 0 < found.max_probability_difference < 0.00024
    with pytest.raises(ModelError, match=r"difference of a logit is 0\.2 .* of 12 layers\)"):
        compare_logits(LOGITS, off_by(0.2), UNCALIBRATED, layers=12)
    with pytest.raises(ModelError, match="some logits are not numbers"):
        compare_logits(LOGITS, np.full_like(LOGITS, np.nan), UNCALIBRATED, layers=12)


def test_calibrated_probabilities_have_a_limit_of_their_own():
    even = np.zeros((4, 2), dtype=np.float32)
    logits = np.concatenate([even, [[20.0, -20.0]]]).astype(np.float32)
    off = off_by(0.002, logits=np.concatenate([even, even, logits]))
    expected = off_by(0.0, logits=np.concatenate([even, even, logits]))
    assert compare_logits(expected, off, UNCALIBRATED, layers=24).max_probability_difference < 1e-3
    with pytest.raises(ModelError, match=r"and of a probability 0\.0\d+ \(at most 0\.001\)"):
        compare_logits(expected, off, Calibration(0.02), layers=24)


def test_what_is_only_reported_is_never_refused():
    found = compare_logits(LOGITS, -LOGITS, UNCALIBRATED, layers=None)
    assert (found.tolerance, found.flipped_share) == (None, 1.0)


def test_layers_are_counted_by_the_configuration(tiny_bases):
    assert layers_of(create_model(str(tiny_bases["distilbert"]), LABELS)) == 2
    assert layers_of(SimpleNamespace(config=SimpleNamespace())) == USUAL_LAYERS


@pytest.fixture(scope="module")
def reads_padding(tmp_path_factory):
    base = save_foreign_base(tmp_path_factory.mktemp("bases") / "base", "fnet", len(WORDS))
    model = create_model(str(base), LABELS)
    encoder = TextEncoder(load_tokenizer(str(base)), RULE)
    train_a_little(model, encoder)
    return copy.deepcopy(model).merge_and_unload(), encoder


def test_answers_that_depend_on_batch_mates_are_found(reads_padding):
    network, encoder = reads_padding
    engine = TorchEngine(network, torch.device("cpu"))
    texts = [*TEXTS, " ".join(TEXTS)]
    measured = measure_mates(engine, encoder, texts, tolerance=1e-4)
    assert (measured.texts, measured.flipped_share) == (5, 0)
    with lengths_together(network):
        assert measure_mates(engine, encoder, texts, tolerance=None).max_logit_difference > 1e-3
        with pytest.raises(ModelError, match="other answers beside other texts than alone: over 5"):
            measure_mates(engine, encoder, texts, tolerance=1e-4)
