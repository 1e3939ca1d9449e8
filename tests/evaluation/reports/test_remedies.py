"""What a training is told to try where simple methods are as good: only what can apply to it."""

import shlex
from pathlib import Path

import pytest

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.config import RunConfig
from sentilora.evaluation.reports.remedies import remedies
from sentilora.evaluation.reports.report import Report

FILE = Path("runs/shop/config.toml")


def told(report, ours, theirs, p_value, **settings):
    report["significance"] = {
        "against": "tfidf",
        "only_model_right": ours,
        "only_baseline_right": theirs,
        "p_value": p_value,
    }
    config = RunConfig(**{"base": "minilm", "name": "shop", **settings})
    found = remedies(Report.from_dict(report), config, FILE)
    return [remedy.spelled(COMMAND_LINE) for remedy in found]


def test_nothing_is_to_be_mended_where_the_model_is_better(report):
    assert told(report, 90, 40, 0.0001, preset="fast") == []
    del report["significance"]
    assert remedies(Report.from_dict(report), RunConfig(preset="fast"), FILE) == ()


@pytest.mark.parametrize(("ours", "theirs", "p_value"), [(42, 40, 0.9), (40, 90, 0.0001)])
def test_what_helps_is_told_with_the_command(report, ours, theirs, p_value):
    report["data"]["train"] = 426
    start, rows, longer = told(report, ours, theirs, p_value, preset="fast")
    assert start == (
        "start from a model that knows sentiment: sentilora train --config runs/shop/config.toml "
        "--name shop-from-general --from general"
    )
    assert rows == "label more rows: it learned from 426"
    assert longer.endswith(
        "sentilora train --config runs/shop/config.toml --name shop-balanced --preset balanced "
        "--max-tokens 256"
    )


@pytest.mark.parametrize(
    ("changed", "settings", "hidden"),
    [
        ({"start": "general"}, {}, "--from"),
        ({"labels": ["billing", "delivery"]}, {}, "--from"),
        ({}, {"base": "mpnet"}, "--from"),
        ({}, {"preset": "best"}, "--preset"),
        ({}, {"training": {"epochs": 3}}, "--preset"),
    ],
    ids=["started", "topics", "base", "preset", "epochs"],
)
def test_what_does_not_apply_is_not_told(report, changed, settings, hidden):
    report["run"] |= changed
    report["data"]["train"] = 50_000
    (one,) = told(report, 42, 40, 0.9, **{"preset": "fast", **settings})
    assert hidden not in one
    assert {"--from", "--preset"} - {hidden} <= set(one.split())


@pytest.mark.slow  # opens general and times two updates of it
def test_the_commands_work(report, monkeypatch, tmp_path, capsys):
    from sentilora.cli.app import main

    monkeypatch.chdir(tmp_path)
    FILE.parent.mkdir(parents=True)
    FILE.write_text('base = "minilm"\npreset = "fast"\n\n[data]\ntrain = "sample"\n')
    commands = [line for line in told(report, 42, 40, 0.9, preset="fast") if "sentilora" in line]
    assert len(commands) == 2
    for line in commands:
        words = shlex.split(line.partition(": ")[2])
        monkeypatch.setattr("sys.argv", [*words, "--dry-run"])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert not stopped.value.code
        assert "nothing was written" in capsys.readouterr().out
