"""Runs that start from a trained adapter: what they take, tell, write down, and refuse."""

import json
import shutil

import pytest
from safetensors.torch import load_file

import sentilora
from sentilora.config import RunConfig, make_config, read_config
from sentilora.errors import ConfigError, Interrupted, RunError
from sentilora.files import sha256_of
from sentilora.runs.run_folder import Run
from sentilora.training import train as train_module
from sentilora.training.context.start_settings import resolve_start
from sentilora.training.training_estimate import estimate
from tests.helpers.texts import make_texts, write_csv
from tests.helpers.tiny_settings import TINY_SETTINGS

SETTINGS = {
    **{name: value for name, value in TINY_SETTINGS.items() if name != "lora.rank"},
    "training.learning_rate": 1e-4,
    "training.evaluations_per_epoch": 3,
    "report.baselines": ["majority"],
}


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Return a folder with 40 texts to train on and 60 to test on, unlike those of the source."""
    folder = tmp_path_factory.mktemp("few")
    rows = make_texts(100, seed=5)
    write_csv(folder / "train.csv", rows[:40])
    write_csv(folder / "test.csv", rows[40:])
    return folder


@pytest.fixture(scope="module")
def started(tiny_run, few, tmp_path_factory):
    """Return a finished run of a few small steps that started from ``tiny_run``."""
    settings = {**SETTINGS, "output": str(tmp_path_factory.mktemp("started")), "name": "started"}
    return sentilora.train(few, config=settings, start_from=str(tiny_run.path))


def test_what_was_learned_before_is_there_before_training(started, tiny_run, few):
    source = sentilora.evaluate(tiny_run.path, few / "test.csv", resamples=100)
    report = started.report
    assert report["before"]["metrics"]["accuracy"] == source.metrics["accuracy"] > 0.9
    assert report["metrics"]["accuracy"] > 0.9
    assert report["run"]["start"] == "tiny"


def test_base_and_adapter_are_the_source_s(started, tiny_run, tiny_base):
    config = read_config(started.path / "config.toml")
    assert config.base == str(tiny_base)
    assert (config.lora.rank, config.lora.alpha) == (4, 32)
    stored = [
        json.loads((run.model_path / "adapter_config.json").read_text())
        for run in (started, tiny_run)
    ]
    assert stored[0]["r"] == stored[1]["r"] == 4
    assert set(stored[0]["target_modules"]) == set(stored[1]["target_modules"])
    weights = [
        load_file(run.model_path / "adapter_model.safetensors") for run in (started, tiny_run)
    ]
    moved = max((weights[0][n] - weights[1][n]).abs().max().item() for n in weights[0])
    assert 0 < moved < 0.01  # it went on from there, by small steps


def test_it_is_told_and_written_down(started, tiny_run):
    notes = [event["text"] for event in started.events if event["kind"] == "note"]
    assert notes == ["starts from tiny: adapter and head are taken over"]
    environment = json.loads((started.path / "environment.json").read_text())
    manifest = tiny_run.model_path / "manifest.json"
    assert environment["start"] == {"name": "tiny", "sha256": sha256_of(manifest)}
    assert "tiny before training" in (started.path / "README.md").read_text()
    assert json.loads((tiny_run.path / "environment.json").read_text())["start"] is None


class StopAt:
    """A listener that interrupts after an update."""

    def __init__(self, step):
        self.step = step

    def __call__(self, event):
        if event["kind"] == "step" and event["step"] == self.step:
            raise KeyboardInterrupt


def test_it_goes_on_after_a_stop_but_not_from_another_start(started, tiny_run, few, tmp_path):
    source = tmp_path / "source"
    shutil.copytree(tiny_run.path, source)
    settings = {**SETTINGS, "data.train": str(few), "output": str(tmp_path), "name": "cut"}
    with pytest.raises(Interrupted, match="Go on with"):
        sentilora.train(config={**settings, "start_from": str(source)}, listener=StopAt(4))
    cut = Run(tmp_path / "cut")
    manifest = source / "model" / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text + "\n")
    with pytest.raises(RunError, match=r"source is not the adapter that the run was started from"):
        sentilora.train(resume=cut.path / "config.toml")
    manifest.write_text(text)
    sentilora.train(resume=cut.path / "config.toml")
    assert any(event.get("text", "").startswith("going on from") for event in cut.events)
    weights = [load_file(run.model_path / "adapter_model.safetensors") for run in (started, cut)]
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])


def test_all_contradictions_are_named_at_once(tiny_run):
    config = make_config(
        {
            "start_from": str(tiny_run.path),
            "base": "distilbert",
            "method": "full",
            "lora.rank": 8,
            "lora.alpha": 4,
            "lora.target_modules": ["query"],
        }
    )
    with pytest.raises(ConfigError) as error:
        resolve_start(config)
    lines = str(error.value).splitlines()
    assert lines[0] == f'5 problems in settings beside start_from="{tiny_run.path}"'
    assert lines[1].startswith("  method = 'full': tiny is an adapter, which only method 'lora'")
    assert lines[2] == "  base = 'distilbert': tiny is an adapter for 'bert'; leave base out"
    assert lines[3] == "  lora.rank = 8: tiny has 4; leave it out"
    assert lines[4] == "  lora.alpha = 4.0: tiny has 32.0; leave it out"
    assert lines[5].startswith("  lora.target_modules = ['query']: tiny has ['")


def test_settings_that_say_the_same_are_no_contradiction(tiny_run, tiny_base):
    config = RunConfig(start_from=str(tiny_run.path), base=str(tiny_base))
    resolved, start = resolve_start(config)
    assert start is not None
    assert resolved.lora.rank == start.rank == 4
    assert config.lora.rank == 16  # what was given stays as it was
    assert resolve_start(resolved)[0] == resolved


def test_a_config_object_can_be_added_to(tiny_run, monkeypatch):
    """Adding a setting must not turn defaults into settings that contradict the source."""
    seen = []
    monkeypatch.setattr(train_module, "_go", lambda config, *_: seen.append(config))
    config = RunConfig(start_from=str(tiny_run.path), lora={"dropout": 0.1}, preset="fast")
    sentilora.train("reviews.csv", config=config, name="added")
    assert (seen[0].name, seen[0].data.train) == ("added", "reviews.csv")
    resolved, _ = resolve_start(seen[0])
    assert (resolved.lora.rank, resolved.lora.dropout) == (4, 0.1)
    assert resolved.text.max_tokens == 128


def test_a_dry_run_counts_the_adapter_of_the_source(started, tiny_run, few):
    settings = {**SETTINGS, "start_from": str(tiny_run.path), "data.train": str(few)}
    found = estimate(make_config(settings))
    cost = started.report["cost"]
    assert found["trainable_parameters"] == cost["trainable_parameters"]
    assert found["config"]["lora"]["rank"] == 4
