"""One finished run: everything in its folder, and a model that a new process loads."""

import json
import tomllib

import pytest
from safetensors.torch import load_file

import sentilora
from sentilora.errors import ModelError, RunError
from sentilora.runs.disk import check_space
from sentilora.runs.run_folder import Run, list_runs
from tests.helpers.tiny_settings import TINY_SETTINGS


def test_the_folder_holds_what_the_design_names(tiny_run):
    names = {path.name for path in tiny_run.path.iterdir()}
    assert names == {
        "config.toml",
        "environment.json",
        "events.jsonl",
        "learned_texts.safetensors",
        "model",
        "report.json",
        "report.html",
        "README.md",
    }
    assert tiny_run.is_finished


def test_the_model_learned(tiny_run):
    report = tiny_run.report
    assert report["metrics"]["accuracy"] > 0.9
    assert report["metrics"] == report["after"]["metrics"]
    before, after = report["before"]["metrics"], report["after"]["metrics"]
    assert after["log_loss"] < before["log_loss"] / 2  # a random head can be right by luck
    assert set(report["baselines"]) == {"majority", "vader", "tfidf", "frozen"}
    assert report["metrics"]["rows"] == before["rows"] == 60


def test_the_reload_was_proved_bit_for_bit(tiny_run):
    assert tiny_run.report["proof"]["texts"] == 16
    assert tiny_run.report["proof"]["max_logit_difference"] == 0.0


def test_costs_are_counted(tiny_run):
    cost = tiny_run.report["cost"]
    assert cost["steps"] == 18  # 144 rows, 16 a batch, 2 epochs
    assert 0 < cost["trainable_parameters"] < cost["total_parameters"]
    assert cost["tokens"] > 1000
    assert cost["seconds"] > 0
    assert cost["energy_kwh"] > 0
    assert "codecarbon" in cost["energy_method"]
    weights = tiny_run.model_path / "adapter_model.safetensors"
    assert cost["model_bytes"] == weights.stat().st_size


def test_the_config_is_complete_and_repeats_the_run(tiny_run, tmp_path):
    settings = tomllib.loads((tiny_run.path / "config.toml").read_text())
    assert settings["training"]["learning_rate"] == 5e-3
    again = sentilora.train(config={**settings, "output": str(tmp_path), "name": "again"})
    weights = [load_file(run.model_path / "adapter_model.safetensors") for run in (tiny_run, again)]
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])
    assert again.report["metrics"] == tiny_run.report["metrics"]


def test_the_environment_names_versions_and_data(tiny_run, tiny_data):
    environment = json.loads((tiny_run.path / "environment.json").read_text())
    assert environment["packages"]["torch"]
    assert {file["file"] for file in environment["data"]} == {"train.csv", "test.csv"}
    assert all(len(file["sha256"]) == 64 for file in environment["data"])
    assert str(tiny_data) not in json.dumps(environment)


def test_events_tell_the_whole_story(tiny_run):
    events = tiny_run.events
    kinds = [event["kind"] for event in events]
    assert kinds[0] == "started"
    assert kinds[-1] == "finished"
    steps = [event for event in events if event["kind"] == "step"]
    assert [event["step"] for event in steps] == list(range(1, 19))
    assert steps[-1]["seconds_left"] == 0
    assert steps[0]["loss"] > steps[-1]["loss"]
    assert sum(kind == "evaluation" for kind in kinds) == 4


def test_the_adapter_names_its_base_and_nothing_is_pickled(tiny_run):
    names = {path.name for path in tiny_run.model_path.iterdir()}
    assert {"adapter_config.json", "adapter_model.safetensors", "manifest.json"} <= names
    assert not {name for name in names if name.endswith((".bin", ".pt", ".pth", ".pkl"))}


def test_a_changed_file_is_refused(tiny_run, tmp_path):
    import shutil

    copy = tmp_path / "model"
    shutil.copytree(tiny_run.model_path, copy)
    (copy / "labels.json").write_text("{}")
    (copy / "extra.txt").write_text("x")
    with pytest.raises(ModelError, match=r"(?s)labels\.json was changed.*extra\.txt is not in"):
        sentilora.load(copy)
    (copy / "manifest.json").unlink()
    with pytest.raises(
        ModelError, match=r"an adapter as PEFT itself saves it: it has no manifest\.json"
    ):
        sentilora.load(copy)


def test_an_existing_run_folder_is_not_overwritten(tiny_run, tiny_data, tiny_base):
    with pytest.raises(
        RunError, match=r"exists already\. Choose another name=…, or go on .*resume="
    ):
        sentilora.train(
            tiny_data,
            config={
                **TINY_SETTINGS,
                "base": str(tiny_base),
                "output": str(tiny_run.path.parent),
                "name": "tiny",
            },
        )


def test_a_folder_that_cannot_be_made_is_an_error_before_training(tiny_data, tiny_base, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RunError, match='output="DIR"'):
        sentilora.train(
            tiny_data,
            config={**TINY_SETTINGS, "base": str(tiny_base), "output": str(tmp_path / "file")},
        )


def test_too_little_room_is_an_error_before_training(tmp_path):
    with pytest.raises(RunError, match=r"MB free, and this run needs about 1000000000 MB"):
        check_space(tmp_path / "runs", 10**15)


def test_a_finished_run_cannot_be_resumed(tiny_run):
    with pytest.raises(RunError, match="has finished; there is nothing to resume"):
        sentilora.train(resume=tiny_run.path / "config.toml")


def test_runs_are_listed(tiny_run):
    assert list(list_runs(tiny_run.path.parent)) == [Run(tiny_run.path)]
