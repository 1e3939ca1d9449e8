"""Page *Train*, with trainings that other tests would take too long for played by their events."""

import json
import os
import shutil
from pathlib import Path

import psutil
import pytest

from sentilora.config import RunConfig, read_config
from sentilora.events import EventLog
from sentilora.runs.event_file import EventFile
from sentilora.runs.run_folder import Run
from sentilora.settings_file import read_settings
from sentilora.ui.jobs import training_jobs
from sentilora.ui.jobs.training_jobs import Job
from tests.helpers.app_page import box, button, html_of, problem
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


def labelled(rows, header="body,stars"):
    return "\n".join([header, *(f"{text},{label}" for text, label in rows)]).encode()


def test_a_file_is_chosen_and_its_training_started(open_page, runs, started):
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    assert button(page, "Train").disabled
    page.file_uploader[0].upload("r.csv", labelled(make_texts(20))).run()
    assert box(page, "Column with the texts").value == "body"
    assert box(page, "Column with the labels").value == "stars"
    box(page, "Column with the texts").set_value(None).run()
    assert button(page, "Train").disabled
    box(page, "Column with the texts").set_value("body").run()
    assert "**10 negative, 10 positive, 0 left out**" in [one.value for one in page.markdown]
    box(page, "Start from").set_value("minilm").run()
    page.text_input(key="train-name").set_value("shop").run()
    button(page, "Train").click().run()
    assert not page.exception
    ((job, arguments),) = started
    config = config_of(job, arguments)
    assert Path(config.output) / config.name == job.run.path == runs / "shop"
    assert (config.data.text, config.data.label, config.base) == ("body", "stars", "minilm")
    kept = job.folder / "r.csv"
    assert config.data.train == str(kept)
    assert kept.read_text(encoding="utf-8").startswith("body,stars\n")


def test_stars_are_trained_as_negative_neutral_and_positive(open_page, runs, started):
    rows = [(f"{text} {number}", 1 + number % 5) for number, (text, _) in enumerate(make_texts(60))]
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    page.file_uploader[0].upload("r.csv", labelled([*rows, ("", 3)])).run()
    box(page, "Column with the texts").set_value("body").run()
    assert box(page, "What the labels are").value == 5
    assert "row 61" in problem(page)
    assert button(page, "Train").disabled
    page.checkbox[0].check().run()
    told = [one.value for one in page.markdown]
    assert "**24 negative, 12 neutral, 24 positive, 1 left out**" in told
    assert list(page.dataframe[0].value["Label"])[:5] == [
        "negative",
        "negative",
        "neutral",
        "positive",
        "positive",
    ]
    assert box(page, "Start from").value.startswith("general")  # few rows of its labels
    button(page, "Train").click().run()
    ((job, arguments),) = started
    config = config_of(job, arguments)
    assert (config.data.stars, config.data.skip_bad_rows) == (5, True)
    assert config.start_from == "general"


def test_numbers_are_named_in_their_order(open_page, runs, started):
    rows = [(text, int(label == "positive") + 3) for text, label in make_texts(40)]
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    page.file_uploader[0].upload("r.csv", labelled(rows, "text,label")).run()
    assert "“Names of the labels, in order”" in problem(page)
    assert "--" not in problem(page)
    zero_one = [(text, int(label == "positive")) for text, label in make_texts(40)]
    page.file_uploader[0].upload("s.csv", labelled(zero_one, "text,label")).run()
    names = next(one for one in page.text_input if one.label == "Names of the labels, in order")
    names.set_value("bad, good").run()
    assert "**20 bad, 20 good, 0 left out**" in [one.value for one in page.markdown]
    button(page, "Train").click().run()
    ((job, arguments),) = started
    assert config_of(job, arguments).data.labels == ["bad", "good"]


def test_no_message_shows_where_an_uploaded_file_lies(open_page, runs, started):
    page = open_page("train")
    page.radio[0].set_value("My file").run()
    page.file_uploader[0].upload(
        "r.csv", labelled([("good", "a"), ("bad", "")], "text,label")
    ).run()
    said = problem(page)
    assert "r.csv" in said
    assert str(page.session_state["session"].visit.path) not in said


def test_a_name_that_is_taken_is_told_and_nothing_is_lost(open_page, runs, started):
    play(runs, "one", is_alive=False)
    page = open_page("train")
    page.text_input(key="train-name").set_value("one").run()
    button(page, "Train").click().run()
    assert "There is a run one already" in problem(page)
    assert page.text_input(key="train-name").value == "one"
    assert not started


def test_the_sample_goes_on_from_general(open_page, runs, started):
    page = open_page("train")
    base = box(page, "Start from")
    base.set_value(base.options[-1]).run()
    button(page, "Train").click().run()
    ((job, arguments),) = started
    config = config_of(job, arguments)
    assert (config.start_from, config.data.train) == ("general", "sample")
    assert config.preset == RunConfig().preset
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
    assert page.subheader[0].value.startswith("Right on ")
    assert "Better than simple methods?" in html_of(page)
    assert "before training" in html_of(page)
    button(page, "Use this model on all pages").click().run()
    assert page.session_state["model"] == str(runs / "done")


def test_a_training_in_a_terminal_is_watched_and_not_called_stopped(open_page, runs, started):
    log = play(runs, "shop", is_alive=False)
    shutil.rmtree(runs / ".app")
    page = open_page("train")
    assert "Change" not in [one.label for one in page.get("popover")]
    button(page, "shop (at work elsewhere)").click().run()
    assert "a terminal for instance" in page.info[0].value
    assert "62.5 %" in html_of(page)
    assert not [one for one in page.button if one.label in ("Stop", "Resume")]
    log.emit("interrupted", step=2)
    page.run()
    assert button(page, "Resume")


def test_a_refused_resume_keeps_the_page(open_page, runs, started):
    log = play(runs, "one", is_alive=False)
    log.emit("interrupted", step=2)
    page = open_page("train")
    button(page, "one (stopped)").click().run()
    log.emit("step", step=3, steps=10, loss=0.5, seconds_left=60.0)
    button(page, "Resume").click().run()
    assert not page.exception
    assert "62.5 %" in html_of(page)
    assert button(page, "Train another")


def test_runs_are_renamed_and_deleted(open_page, runs, started):
    play(runs, "one", is_alive=False).emit("interrupted", step=2)
    data = runs / ".app" / "one" / "r.csv"
    data.write_text("text,label\n", encoding="utf-8")
    (runs / "one" / "config.toml").write_text(
        f'name = "one"\n[data]\ntrain = "{data.resolve()}"\n', encoding="utf-8"
    )
    page = open_page("train")
    page.text_input(key="name-one").set_value("shop").run()
    page.button(key="rename-one").click().run()
    assert not page.exception
    assert button(page, "shop (stopped)")
    config = read_config(runs / "shop" / "config.toml")
    assert (config.name, Path(config.data.train).is_file()) == ("shop", True)
    page.text_input(key="name-shop").set_value("../up").run()
    page.button(key="rename-shop").click().run()
    assert "is no name for a run" in problem(page)
    assert page.button(key="delete-shop").disabled
    page.checkbox(key="sure-shop").check().run()
    page.button(key="delete-shop").click().run()
    assert not (runs / "shop").exists()
    assert not (runs / ".app" / "shop").exists()
