"""A saved model has to answer in a clean process as it does in memory, or it is refused."""

from dataclasses import dataclass
from typing import Any

import pytest

from sentilora.errors import ModelError
from sentilora.inference.engines import open_engine
from sentilora.model.artifact import open_artifact
from sentilora.model.tokens import TextEncoder
from sentilora.training.proof import prove_reload
from tests.conftest import make_texts

TEXTS = [text for text, _ in make_texts(4, seed=3)]


@dataclass
class Shifted:
    """An engine whose first scorings are off by a little."""

    engine: Any
    times: int

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def logits(self, inputs):
        self.times -= 1
        return self.engine.logits(inputs) + (1e-3 if self.times >= 0 else 0)


@pytest.fixture(scope="module")
def saved(tiny_run):
    artifact = open_artifact(tiny_run.path)
    engine, tokenizer = open_engine(artifact, device="cpu", merge=False)
    return artifact.path, engine, TextEncoder(tokenizer, artifact.settings.rule)


def test_a_single_difference_is_looked_at_again(saved):
    folder, engine, encoder = saved
    assert prove_reload(folder, TEXTS, engine, encoder).attempts == 1
    proof = prove_reload(folder, TEXTS, Shifted(engine, times=1), encoder)
    assert (proof.attempts, proof.max_logit_difference) == (2, 0)


def test_a_model_that_always_differs_is_refused(saved):
    folder, engine, encoder = saved
    with pytest.raises(ModelError, match=r"difference 0\.001, expected .*; compared 2 times"):
        prove_reload(folder, TEXTS, Shifted(engine, times=2), encoder)
