"""Trainings in processes of their own: started, found again, stopped, resumed, one at a time."""

import json
import os
import time
from pathlib import Path

import pytest

from sentilora.config import read_config
from sentilora.errors import ConfigError, RunError
from sentilora.events import EventLog
from sentilora.runs.event_file import EventFile, read_events
from sentilora.runs.run_folder import Run
from sentilora.ui.jobs import training_jobs
from sentilora.ui.jobs.run_progress import STOPPED, watch
from sentilora.ui.jobs.training_jobs import Job, find_jobs, running_job
from tests.helpers.texts import make_texts, write_csv

WAIT_S = 240


def wait_for(condition):
    until = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)


def look(job):
    return watch(read_events(job.run.path), is_alive=job.is_alive, said=job.error)


def test_the_command_is_told_all_that_was_wanted(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(training_jobs, "_spawn", lambda job, arguments: commands.append(arguments))
    data = tmp_path / "-a b.csv"
    data.write_text("body,--stars\ngood,5\n", encoding="utf-8")
    settings = {
        "data.train": str(data),
        "base": "minilm",
        "start_from": None,
        "preset": "best",
        "data.text": "body",
        "data.label": "--stars",
        "training.epochs": 3,
        "data.skip_bad_rows": True,
    }
    job = training_jobs.start(settings, tmp_path / "runs")
    assert commands == [["train", "--config", str(job.folder / training_jobs.SETTINGS)]]
    config = read_config(job.folder / training_jobs.SETTINGS)
    assert (config.base, config.preset, config.training.epochs) == ("minilm", "best", 3)
    assert (config.data.text, config.data.label) == ("body", "--stars")
    assert config.data.skip_bad_rows
    assert Path(config.data.train).read_bytes() == data.read_bytes()
    assert Path(config.data.train).parent == job.folder
    assert Path(config.output) / config.name == job.run.path


def test_a_start_decides_the_base(tmp_path, monkeypatch):
    monkeypatch.setattr(training_jobs, "_spawn", lambda job, arguments: None)
    settings = {"data.train": "sample", "base": None, "start_from": "general"}
    job = training_jobs.start(settings, tmp_path / "runs")
    config = read_config(job.folder / training_jobs.SETTINGS)
    assert config.start_from == "general"
    assert "base" not in config.model_fields_set
    assert job.run.path.name.endswith("-general-sample")


def test_a_setting_out_of_range_is_told_before_anything_is_begun(tmp_path):
    with pytest.raises(ConfigError, match=r"training\.epochs = 0: must be at least 1"):
        training_jobs.start({"data.train": "sample", "training.epochs": 0}, tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.process
@pytest.mark.usefixtures("warm_processes")
def test_a_training_is_stopped_gently_and_goes_on_where_it_was(tiny_base, tmp_path, monkeypatch):
    """One training from start to report: the process outlives whoever started it."""
    data = write_csv(tmp_path / "reviews.csv", make_texts(400, 3))
    runs = tmp_path / "runs"
    wanted = {
        "data.train": str(data),
        "base": str(tiny_base),
        "preset": "fast",
        "training.epochs": 100,
    }
    job = training_jobs.start(wanted, runs)
    data.unlink()  # a copy is kept, so that it can go on when the session has gone
    assert job.is_alive
    assert running_job(runs) == job
    with pytest.raises(RunError, match=f"The training {job.run.path.name} is at work"):
        training_jobs.start(wanted, runs)
    with pytest.raises(RunError, match="one at a time"):
        training_jobs.resume(job.run)
    wait_for(lambda: look(job).step or not job.is_alive)
    assert look(job).state == "running", look(job).error
    job.stop()
    wait_for(lambda: not job.is_alive)
    stopped = look(job)
    assert stopped.state == STOPPED
    assert 0 < stopped.step < stopped.steps
    assert any((job.run.path / "checkpoints").iterdir())

    config = read_config(job.run.path / "config.toml").model_dump(exclude_none=True)
    assert config["training"]["epochs"] == 100
    (found,) = find_jobs(runs)  # as another session finds it
    again = training_jobs.resume(found.run)
    assert again.is_alive
    wait_for(lambda: look(again).step > stopped.step or not again.is_alive)
    assert any("checkpoint" in note for note in look(again).notes)
    again.stop()
    wait_for(lambda: not again.is_alive)
    assert look(again).step > stopped.step


@pytest.mark.process
@pytest.mark.usefixtures("warm_processes")
def test_a_training_that_cannot_begin_says_why(tmp_path):
    data = tmp_path / "bad.csv"
    data.write_text("one,two\ngood,5\nbad,1\n", encoding="utf-8")
    job = training_jobs.start({"data.train": str(data), "base": "minilm"}, tmp_path / "runs")
    wait_for(lambda: not job.is_alive)
    seen = look(job)
    assert seen.state == "failed"
    assert seen.error.startswith("bad.csv") or "bad.csv" in seen.error
    assert "no column for the text" in seen.error


def test_a_run_that_works_elsewhere_is_not_resumed(tmp_path):
    run = Run(tmp_path / "runs" / "other")
    run.path.mkdir(parents=True)
    EventLog(EventFile(run.path)).emit("step", step=1)
    with pytest.raises(RunError, match=r"wrote its last event \d+ s ago"):
        training_jobs.resume(run)


def test_another_process_with_the_same_number_is_not_the_training(tmp_path):
    job = Job(Run(tmp_path / "runs" / "old"))
    job.folder.mkdir(parents=True)
    told = {"pid": os.getpid(), "created": 1.0}
    (job.folder / training_jobs.PROCESS).write_text(json.dumps(told), encoding="utf-8")
    assert not job.is_alive
    job.stop()  # must not hit this process
    (job.folder / training_jobs.PROCESS).write_text("half a li", encoding="utf-8")
    assert not job.is_alive
    assert find_jobs(tmp_path / "runs") == [job]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("run  x\nerror: a.csv: no\nsecond line\n", "a.csv: no\nsecond line"),
        ("unexpected error: KeyError: 'x'\nRun again\n", "KeyError: 'x'\nRun again"),
        ("run  x\n", None),
    ],
)
def test_the_error_is_what_the_command_said_last(said, error, tmp_path):
    job = Job(Run(tmp_path / "runs" / "one"))
    assert job.error is None
    job.folder.mkdir(parents=True)
    (job.folder / training_jobs.SAID).write_text(said, encoding="utf-8")
    assert job.error == error


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(RunError, match="cannot be written"):
        training_jobs.start({"data.train": "sample", "base": "minilm"}, tmp_path / "runs")
