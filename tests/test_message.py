"""Messages name settings; Python, the command line, HTTP and the page each in their own words."""

from __future__ import annotations

import ast
import copy
import inspect
import json
import logging
import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

import sentilora
from sentilora.adaptation.adaptation_config import AdaptConfig
from sentilora.cli.app import app, main
from sentilora.cli.option_words import COMMAND_LINE
from sentilora.data.columns import find_text_column
from sentilora.data.labelled.examples import write_skipped
from sentilora.data.labelled.reader import read_examples
from sentilora.data.pairs.from_edits import pairs_from_edits
from sentilora.data.pairs.from_ratings import pairs_from_ratings
from sentilora.data.pairs.preference_pairs import PairFile
from sentilora.errors import (
    ConfigError,
    DataError,
    DeviceError,
    Interrupted,
    MissingExtraError,
    ModelError,
    RunError,
    SentiloraError,
)
from sentilora.evaluation.reports.report_html import render_html
from sentilora.events import EventLog
from sentilora.inference.rows.predict_file import predict_file
from sentilora.insights.survey.survey_data import open_survey
from sentilora.labels import Labels
from sentilora.message import PYTHON, Message, command, setting, spelled
from sentilora.monitoring.replies.post.reply_targets import open_target
from sentilora.monitoring.replies.reply_files import write_reply_files
from sentilora.monitoring.replies.reply_queue import ReplyQueue
from sentilora.quality.quality_check import check
from sentilora.runs.event_file import EventFile
from sentilora.section import offered_settings
from sentilora.serving.http.limits import Limits
from sentilora.serving.http.messages.refusals import Refusal, refusal_of
from sentilora.serving.http.messages.responses import reply_refusal
from sentilora.serving.http.server import Door
from sentilora.serving.pool import UnknownAdapter
from sentilora.training.context.train_keywords import TRAIN_KEYWORDS, config_key
from sentilora.training.seeds import train_seeds
from sentilora.ui.display.page_words import PAGE

SOURCE = Path(sentilora.__file__).parent

# Dashes before a word outside of the command line, which name none of its options.
NO_OPTIONS = {
    "--heat": "a property in CSS",
    "--name": "options of Streamlit, whose server is started with them",
}

# Settings that a variable names in the code below.
NAMED_BY_VARIABLES = {
    *("text", "label", "group", "rating"),
    *("author", "date", "date_order", "id", "segments", "since", "until"),
    *(one.name for one in fields(Limits)),
}

# Settings of a server that only a command starts: HTTP alone speaks of them.
OF_THE_SERVER = {
    "adapters_dir",
    "alias",
    "default",
    "allow_without_key",
    "allowed_host",
    "allowed_origin",
    "key_file",
}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "cli" not in path.relative_to(SOURCE).parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def marks(function: str) -> list[ast.Call]:
    """Return the calls that mark a setting or a command, from all modules."""
    return [
        node
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == function
    ]


@cache
def options(name: str | None = None) -> dict[str, list[bool]]:
    """Return the options of a command, or of all, and whether they are only given or not."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    found: dict[str, list[bool]] = {}
    for one, content in commands.items():
        if name not in (None, one):
            continue
        for inner in getattr(content, "commands", {one: content}).values():
            for parameter in inner.get_params(inner.context_class(inner, info_name=one)):
                for written in parameter.opts:
                    is_flag = bool(getattr(parameter, "is_flag", False))
                    found.setdefault(written, []).append(is_flag)
    return found


@cache
def keywords() -> set[str]:
    """Return what public functions and classes can be told by keyword."""
    public: list[Callable[..., Any]] = [
        *(sentilora.evaluate, sentilora.export, sentilora.load, sentilora.train),
        *(sentilora.insights, sentilora.monitor, sentilora.replay, sentilora.promote),
        *(sentilora.correct, sentilora.train_on_feedback),
        *(ReplyQueue.approve, ReplyQueue.drafts, ReplyQueue.edit, open_target, write_reply_files),
        *(check, predict_file, pairs_from_ratings, pairs_from_edits),
        *(train_seeds, PairFile, Door, Limits, open_survey),
    ]
    named = {name for one in public for name in inspect.signature(one).parameters}
    return named | set(AdaptConfig.model_fields) | {"resume"}


def test_only_the_command_line_writes_options():
    found = {
        f"{path.relative_to(SOURCE)}: {option}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for option in re.findall(r"--[a-z][a-z-]*", node.value)
        if option not in NO_OPTIONS
    }
    assert found == set()


def test_options_are_put_together_in_one_place():
    """Dashes before a value in braces make an option, too."""
    found = {
        str(path.relative_to(SOURCE))
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part, following in zip(node.values, node.values[1:], strict=False)
        if isinstance(part, ast.Constant) and re.search(r"(^|\s)--$", str(part.value))
        if isinstance(following, ast.FormattedValue)
    }
    assert found == {"message.py", "ui/launcher.py"}  # the second one starts Streamlit


def test_every_setting_is_an_option_and_a_keyword():
    calls = marks("setting")
    assert len(calls) > 80
    for call in calls:
        names = NAMED_BY_VARIABLES
        if isinstance(call.args[0], ast.Constant):
            names = {str(call.args[0].value)}
        for name in names:
            option = COMMAND_LINE.setting(name, None)
            assert option in options(), f"no command has {option}"
            value = call.args[1] if len(call.args) > 1 else None
            if value is not None:
                is_true = isinstance(value, ast.Constant) and value.value is True
                assert is_true in options()[option], f"{option}: with a value, or without one?"
            keyword = PYTHON.KEYWORDS.get(name, name)
            is_known = keyword in keywords() or "." in config_key(name)
            assert (
                is_known
                or name in OF_THE_SERVER
                or hasattr(sentilora.RunConfig(), config_key(name))
            ), f"Python has no {name}"


def test_every_command_has_the_options_that_are_advised():
    calls = marks("command")
    assert len(calls) > 15
    for call in calls:
        name = ast.literal_eval(call.args[0])
        written = COMMAND_LINE.command(name, [], {str(one.arg): "x" for one in call.keywords})
        assert set(re.findall(r"--[a-z-]+", written)) <= set(options(name)), written
        if name in PYTHON.CALLS:
            known = inspect.signature(getattr(sentilora, PYTHON.CALLS[name])).parameters
            given = {str(one.arg) for one in call.keywords} - {"json"}
            if name == "adapt" and "resume" in given:  # has a function of its own
                assert hasattr(sentilora, "resume_adaptation")
                continue
            if name == "train" and "feedback" in given:  # so has this
                assert hasattr(sentilora, "train_on_feedback")
                continue
            short = {setting.name for setting in offered_settings(sentilora.RunConfig)}
            assert given <= set(known) | set(sentilora.RunConfig.model_fields) | short


@pytest.mark.parametrize(
    ("marked", "python", "typed"),
    [
        (setting("skip_bad_rows", True), "skip_bad_rows=True", "--skip-bad-rows"),
        (setting("text", "body"), 'text="body"', "--text body"),
        (setting("text", "my body"), 'text="my body"', "--text 'my body'"),
        (setting("label"), "label=…", "--label"),
        (setting("max_drop", 0.3), "max_drop=0.3", "--max-drop 0.3"),
        (setting("labels", ["a", "b"]), 'labels=["a", "b"]', "--labels a,b"),
        (
            setting("pairs_columns", {"text": "a", "chosen": "b"}),
            'columns={"text": "a", "chosen": "b"}',
            "--pairs-columns text=a,chosen=b",
        ),
        (setting("output", Path("a/b.csv")), 'output="a/b.csv"', "--output a/b.csv"),
        (setting("start_from", "general"), 'start_from="general"', "--from general"),
        (
            command("export", "RUN", to="merged"),
            'sentilora.export("RUN", to="merged")',
            "sentilora export RUN --to merged",
        ),
        (
            command("train", resume=Path("r/config.toml")),
            'sentilora.train(resume="r/config.toml")',
            "sentilora train --config r/config.toml --resume",
        ),
        (
            command("adapt", resume=Path("b/new")),
            'sentilora.resume_adaptation("b/new")',
            "sentilora adapt --resume b/new",
        ),
        (
            command("train", "DATA", start_from="general", feedback="a.db"),
            'sentilora.train_on_feedback("general", "a.db", data="DATA")',
            "sentilora train DATA --from general --feedback a.db",
        ),
        (
            command("pairs", "DATA", rating="COL"),
            'sentilora.pairs_from_ratings("DATA", rating="COL")',
            "sentilora pairs DATA --rating COL",
        ),
        (
            command("predict", "r", "a text"),
            'sentilora.load("r").predict("a text")',
            "sentilora predict r 'a text'",
        ),
        (
            command("evaluate", "RUN", "DATA", json=True),
            'sentilora.evaluate("RUN", "DATA")',
            "sentilora evaluate RUN DATA --json",
        ),
        (command("runs"), "sentilora runs", "sentilora runs"),
        (
            command("predict", "RUN", input="-"),
            "sentilora predict RUN --input -",
            "sentilora predict RUN --input -",
        ),
    ],
)
def test_a_mark_in_python_and_on_the_command_line(marked, python, typed):
    message = Message(f"Use {marked}.")
    assert message == f"Use {python}."
    assert message.spelled(COMMAND_LINE) == f"Use {typed}."


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("text", "body", 'text="body"'),
        ("skip_bad_rows", True, "skip_bad_rows=True"),
        ("label", None, "label=…"),
        ("pairs", "p.csv", 'pairs="p.csv"'),
        ("pairs_key", "id", 'pairs_key="id"'),
        ("load_in_4bit", True, "load_in_4bit=True"),
        ("from", "general", 'start_from="general"'),
        ("output", "runs", 'output="runs"'),
        ("start_from", None, "start_from=…"),
        ("resume", None, "resume=…"),
    ],
)
def test_train_has_its_own_keywords(name, value, told):
    assert TRAIN_KEYWORDS.setting(name, value) == told


def test_one_error_in_the_words_of_each_front_end(tiny_base, tmp_path, monkeypatch, capsys):
    file = tmp_path / "a.csv"
    file.write_text("words,label\na good film,positive\na bad film,negative\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        check(file)
    assert str(caught.value).endswith('Choose one with text="words".')
    assert caught.value.message.spelled(PAGE).endswith("“Column with the texts” (words).")
    with pytest.raises(DataError) as caught:
        sentilora.train(file, base=str(tiny_base), output=str(tmp_path / "runs"))
    assert 'Choose one with text="words".\n' in str(caught.value)
    monkeypatch.setattr("sys.argv", ["sentilora", "check", str(file)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.endswith("Choose one with --text words.\n")


def test_the_advice_for_train_works(tiny_base, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("words,label\na good film,positive\na bad film,negative\n", encoding="utf-8")
    with pytest.raises(DataError, match="usable row"):
        sentilora.train(file, base=str(tiny_base), text="words", output=str(tmp_path / "runs"))


def make_error() -> DataError:
    with pytest.raises(DataError) as caught:
        find_text_column(["words"], None, "a.csv", lambda: {"words": ["a good film"]})
    return caught.value


def assert_clean(*texts: str) -> None:
    for text in texts:
        assert "\x02" not in text
        assert "\x03" not in text
        assert "\\x02" not in text
        assert "u0002" not in text


def test_no_mark_is_seen_in_an_error(caplog):
    error = make_error()
    logging.getLogger("test").error("it failed: %s", error, exc_info=error)
    again = pickle.loads(pickle.dumps(error))
    copied = copy.deepcopy(error)
    for one in (error, again, copied):
        assert one.args == (str(error),)
        assert_clean(str(one), repr(one), f"{one}", repr(one.args), json.dumps(one.args))
        assert one.message.spelled(COMMAND_LINE).endswith("Choose one with --text words.")
    assert_clean(caplog.text)
    assert 'text="words"' in caplog.text


def test_errors_made_of_other_things_than_a_message_are_pickled():
    for error in (MissingExtraError("The server", "server"), UnknownAdapter("a", ["b"])):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert (str(again), again.__dict__) == (str(error), error.__dict__)


def test_an_option_that_may_be_repeated_is_written_once_for_each_value():
    typed = command("label", "a.csv", segments=["a,b", "c"], labels=["bad", "good"])
    for spelling in (COMMAND_LINE, PYTHON):
        told = Message(typed).spelled(spelling)
        assert told == "sentilora label a.csv --segment a,b --segment c --labels bad,good"
    repeated = {
        (one, parameter.opts[0])
        for one, content in typer.main.get_command(app).commands.items()
        for parameter in content.get_params(content.context_class(content, info_name=one))
        if getattr(parameter, "multiple", False)
    }
    assert ("insights", "--segment") in repeated
    for name, written in repeated:
        setting_of = {"--segment": "segments"}.get(written, written[2:].replace("-", "_"))
        told = COMMAND_LINE.command(name, [], {setting_of: ["a", "b"]})
        assert told == f"sentilora {name} {written} a {written} b"


def test_an_error_inside_of_another_one_keeps_its_settings():
    error = ModelError(f"{make_error().template} Leave {setting('start_from')} out.")
    assert str(error).endswith('Choose one with text="words". Leave start_from=… out.')
    told = error.message.spelled(COMMAND_LINE)
    assert told.endswith("Choose one with --text words. Leave --from out.")


def test_a_text_that_looks_like_a_mark_is_left_as_it_is():
    for text in ('\x02["setting"]\x03', "\x02nothing\x03", "\x02[1, 2, 3]\x03", "\x02 alone"):
        assert Message(f"a {text} b") == f"a {text} b"
    value = 'a\x03"b\x02'
    assert Message(setting("text", value)).spelled(COMMAND_LINE) == f"--text '{value}'"


def test_bad_rows_that_are_kept_are_told_without_marks(tmp_path):
    file = tmp_path / "a.csv"
    rows = "".join(f"text {i},{i % 2}\n" for i in range(40))
    file.write_text(f"text,label\n{rows}odd,nan\n", encoding="utf-8")
    labels = Labels(("negative", "positive"))
    examples = read_examples(file, labels=labels, skip_bad_rows=True)
    write_skipped([examples], tmp_path / "skipped.jsonl")
    written = (tmp_path / "skipped.jsonl").read_text(encoding="utf-8")
    found = check(file, labels=labels)
    assert_clean(written, json.dumps(found.to_dict()), repr(found))
    assert "name all labels with labels=…" in written
    told = json.dumps(spelled(found.to_dict(), COMMAND_LINE))
    assert "name all labels with --labels" in told
    assert "labels=" not in told


def test_the_command_tells_bad_rows_in_its_words(tmp_path, monkeypatch, capsys):
    file = tmp_path / "a.csv"
    rows = "".join(f"text {i},{i % 2}\n" for i in range(40))
    file.write_text(f"text,label\n{rows}odd,nan\n", encoding="utf-8")
    arguments = ["check", str(file), "--labels", "negative,positive"]
    for more in ([], ["--json"]):
        monkeypatch.setattr("sys.argv", ["sentilora", *arguments, *more])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr().out
        assert_clean(said)
        assert "name all labels with --labels" in said


def test_events_are_written_in_words_of_python_and_heard_in_any(tmp_path):
    heard = []
    log = EventLog(EventFile(tmp_path), heard.append)
    log.emit("note", text=Message(f"give them with {setting('train')}"))
    log.emit("failed", error=make_error().message)
    written = (tmp_path / "events.jsonl").read_text(encoding="utf-8")
    assert_clean(written, repr(heard))
    assert "give them with train=…" in written
    assert spelled(heard[0], COMMAND_LINE)["text"] == "give them with --train"


def test_no_mark_is_seen_in_a_run(tiny_run):
    for file in tiny_run.path.rglob("*"):
        if file.suffix in (".json", ".jsonl", ".html", ".md", ".toml"):
            assert_clean(file.read_text(encoding="utf-8"))


def test_no_mark_is_seen_in_a_report_with_reasons(tiny_run, tiny_data):
    heard = []
    report = sentilora.evaluate(
        tiny_run.path,
        tiny_data / "test.csv",
        baselines=["majority", "frozen"],
        resamples=100,
        listener=heard.append,
    )
    why = report.data["skipped_baselines"]["majority"]
    assert why == "it learns from training texts; give them with train=…"
    assert_clean(json.dumps(report.data), repr(heard), render_html(report))
    told = spelled(report.data, COMMAND_LINE)["skipped_baselines"]["majority"]
    assert told == "it learns from training texts; give them with --train"


def test_http_tells_fields_and_what_is_typed_beside_the_server():
    advice = command("export", "RUN", to="onnx")
    error = ConfigError(f"Use {setting('device', 'cpu')} or {setting('precision')}, or: {advice}")
    body = reply_refusal(refusal_of(error)).body
    assert json.loads(body)["error"] == (
        "Use device = 'cpu' or precision, or: sentilora export RUN --to onnx"
    )
    assert_clean(body.decode())
    started = Refusal(403, f"Start it with {setting('key_file', 'FILE')}.")
    assert json.loads(reply_refusal(started).body)["error"] == "Start it with key_file = 'FILE'."


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ConfigError, 2),
        (Interrupted, 130),
        *((kind, 1) for kind in (SentiloraError, DataError, ModelError, DeviceError, RunError)),
    ],
)
def test_a_command_ends_with_the_code_of_the_error(kind, code, monkeypatch, capsys):
    def fail() -> None:
        raise kind("so it is")

    monkeypatch.setattr("sentilora.cli.app.app", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert capsys.readouterr().err == "error: so it is\n"
