"""A saved model has to answer in a clean process as it does in memory, or it is refused."""

from dataclasses import dataclass
from typing import Any

import pytest

import sentilora
from sentilora.errors import ModelError
from sentilora.inference.engines.engine import open_engine
from sentilora.model.artifact import open_artifact
from sentilora.model.tokens import TextEncoder
from sentilora.runs import clean_process
from sentilora.runs.proof import prove_reload
from tests.helpers.clean_process import run_here, run_in_new_process
from tests.helpers.texts import make_texts
from tests.helpers.tiny_settings import TINY_SETTINGS

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


@pytest.mark.process
def test_a_training_is_proved_in_a_clean_process_which_answers_as_this_one_does(
    tiny_base, tiny_data, tmp_path, monkeypatch
):
    answers = []

    def run_both_ways(module, request):
        done = run_in_new_process(module, request)
        answers.append((done, run_here(module, request)))
        return done

    assert clean_process._run is run_in_new_process
    monkeypatch.setattr(clean_process, "_run", run_both_ways)
    run = sentilora.train(
        tiny_data,
        config={
            **TINY_SETTINGS,
            "base": str(tiny_base),
            "output": str(tmp_path),
            "training.max_steps": 3,
            "report.baselines": ["majority"],
        },
    )
    assert run.report["proof"]["max_logit_difference"] == 0.0
    ((there, here),) = answers
    assert there.returncode == here.returncode == 0
    assert there.stdout == here.stdout
    assert len(here.stdout) == 4 * 2 * run.report["proof"]["texts"]


@pytest.mark.process
def test_a_clean_process_fails_as_this_one_does(tmp_path):
    failed = []
    for run in (run_in_new_process, run_here):
        request = b'{"folder": "%s", "texts": [], "threads": 1}' % bytes(tmp_path)
        failed.append(run("sentilora.runs.proof", request))
    assert [done.returncode for done in failed] == [1, 1]
    assert [done.stdout for done in failed] == [b"", b""]
    last = [done.stderr.decode().strip().splitlines()[-1] for done in failed]
    assert last[0] == last[1]
    assert f"ModelError: {tmp_path}/sentilora.json cannot be read" in last[0]


def test_what_a_clean_process_ends_with_is_told(saved, tmp_path):
    _, engine, encoder = saved
    with pytest.raises(ModelError, match=r"The saved model .* could not be loaded again: .*Mend"):
        prove_reload(tmp_path, TEXTS, engine, encoder)
