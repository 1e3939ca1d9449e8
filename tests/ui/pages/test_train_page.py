"""Page *Train*, with trainings that other tests would take too long for played by their events."""

import json
import os
import shutil
from pathlib import Path

import psutil
import pytest

from sentilora.config import read_config
from sentilora.events import EventLog
from sentilora.runs.event_file import EventFile
from sentilora.runs.run_folder import Run
from sentilora.settings_file import read_settings
from sentilora.ui.jobs import training_jobs
from sentilora.ui.jobs.training_jobs import Job
from tests.helpers.app_page import button, html_of, problem
from tests.helpers.texts import make_texts


@pytest.fixture
def runs(tmp_path, monkeypatch, settings):
    folder = tmp_path / "runs"
    monkeypatch.setenv("SENTILORA_APP_RUNS", str(folder))
    return folder


@pytest.fixture
def started(monkeypatch):
    """Catch what the page wants to start; nothing is trained."""
    calls = []
    monkeypatch.setattr(
        training_jobs, "_spawn", lambda job, arguments: calls.append((job, arguments))
    )
    return calls


def play(runs, name, *, is_alive):
    """Make a run that has got as far as two updates, with or without a process."""
    run = Run(runs / name)
    run.path.mkdir(parents=True)
    (run.path / "config.toml").write_text('base = "minilm"\n', encoding="utf-8")
    log = EventLog(EventFile(run.path))
    rows = {"train": 8, "validation": 2, "test": 2}
    log.emit("started", rows=rows, labels=["a", "b"], notes=["text from column 'my_text'"])
    for step in (1, 2):
        log.emit("step", step=step, steps=10, loss=1.5 - step / 4, seconds_left=65.0)
    log.emit("evaluation", step=2, accuracy=0.625, macro_f1=0.5)
    job = Job(run)
    job.folder.mkdir(parents=True)
    created = psutil.Process().create_time() if is_alive else 1.0
    told = json.dumps({"pid": os.getpid(), "created": created})
    (job.folder / training_jobs.PROCESS).write_text(told, encoding="utf-8")
    return log


def config_of(job, arguments):
    """Return what a training is started with."""
    assert arguments == ["train", "--config", str(job.folder / training_jobs.SETTINGS)]
    return read_config(job.folder / training_jobs.SETTINGS)


def test_a_file_is_chosen_and_its_training_started(open_page, runs, started):
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    assert button(page, "Train").disabled
    rows = "\n".join(f"{text},{label}" for text, label in make_texts(20))
    page.file_uploader[0].upload("r.csv", f"body,stars\n{rows}\n".encode()).run()
    assert [box.value for box in page.selectbox[:2]] == [None, "stars"]
    assert button(page, "Train").disabled
    page.selectbox[0].set_value("body").run()
    button(page, "Train").click().run()
    assert not page.exception
    ((job, arguments),) = started
    config = config_of(job, arguments)
    assert Path(config.output) / config.name == job.run.path
    assert job.run.path.parent == runs
    assert (config.data.text, config.data.label, config.base) == ("body", "stars", "minilm")
    kept = job.folder / "r.csv"
    assert config.data.train == str(kept)
    assert kept.read_text(encoding="utf-8").startswith("body,stars\n")


def test_the_sample_goes_on_from_general(open_page, runs, started):
    page = open_page("train")
    (base,) = [box for box in page.selectbox if box.label == "Start from"]
    base.set_value(base.options[-1]).run()
    button(page, "Train").click().run()
    ((job, arguments),) = started
    config = config_of(job, arguments)
    assert (config.start_from, config.preset, config.data.train) == ("general", "fast", "sample")
    assert "base" not in read_settings(job.folder / training_jobs.SETTINGS)


def test_a_training_at_work_is_shown_to_whoever_comes(open_page, runs, monkeypatch):
    play(runs, "one", is_alive=True)
    sent = []
    monkeypatch.setattr(psutil.Process, "send_signal", lambda _, number: sent.append(number))
    page = open_page("train")
    html = html_of(page)
    for told in ("1.000", "62.5 %", "50.0 %", "8 train, 2 validation, 2 test"):
        assert told in html
    assert len(page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")) == 2
    (bar,) = page.get("progress")
    assert bar.value == 20
    assert bar.proto.text == "At work: train; update 2 of 10, 1 min 05 s left"
    button(page, "Stop").click().run()
    assert sent == [2]  # SIGINT, as Ctrl-C
    assert button(page, "Stopping …").disabled


def test_a_training_that_was_stopped_can_go_on(open_page, runs, started):
    play(runs, "one", is_alive=False).emit("interrupted", step=2)
    page = open_page("train")
    button(page, "one (stopped)").click().run()
    assert "What it learned is kept" in page.info[0].value
    button(page, "Resume").click().run()
    assert started[0][1] == [
        "train",
        "--config",
        str(runs / "one" / "config.toml"),
        "--resume",
    ]


def test_a_training_that_failed_says_why(open_page, runs):
    play(runs, "one", is_alive=False).emit("failed", error="The loss is *NaN*.")
    page = open_page("train")
    button(page, "one (failed)").click().run()
    assert problem(page) == "The loss is *NaN*."
    button(page, "Train another").click().run()
    assert button(page, "Train")


def test_the_end_is_the_report(open_page, runs, tiny_run):
    shutil.copytree(tiny_run.path, runs / "done")
    page = open_page("train")
    page.session_state["train-shown"] = "done"
    page.run()
    assert not page.exception
    assert "test texts right" in page.subheader[0].value
    assert "before training" in html_of(page)
    button(page, "Use this model on all pages").click().run()
    assert page.session_state["model"] == str(runs / "done")
