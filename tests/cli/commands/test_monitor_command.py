"""``sentilora monitor`` and ``sentilora forget`` as a user meets them."""

import json
from pathlib import Path

import pytest

from tests.helpers.texts import make_texts

RULES = """\
[[rules]]
name = "many complaints"
kind = "share"
over = 0.3
within = "1 hour"
least = 20

[[rules]]
name = "of nobody"
kind = "silence"
source = "elsewhere"
"""


@pytest.fixture(autouse=True)
def feedback(tmp_path):
    """Put a file of texts and one of rules into the folder in which commands run."""
    texts = [text for text, label in make_texts(120, 5) if label == "negative"][:40]
    rows = [{"id": f"T-{n}", "text": text} for n, text in enumerate(texts)]
    lines = [json.dumps(row) + "\n" for row in rows]
    (tmp_path / "feedback.jsonl").write_text("".join(lines) + '{"told": 5}\n', encoding="utf-8")
    history = [{**row, "at": 1_780_000_000 + 60 * n} for n, row in enumerate(rows)]
    (tmp_path / "history.jsonl").write_text("".join(json.dumps(row) + "\n" for row in history))
    (tmp_path / "rules.toml").write_text(RULES)


@pytest.fixture
def watch(run_command, load_once, tiny_run):
    load_once(tiny_run.path)
    return lambda *told: run_command("monitor", tiny_run.path, "--rules", "rules.toml", *told)


def test_what_happens_is_told_line_by_line(watch, run_command):
    code, out, err = watch("--source", "feedback.jsonl", "--no-follow", "--dry-run")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "watching    feedback.jsonl, model tiny, store feedback.db"
    words = [line.split()[0] for line in lines]
    assert words == ["watching", "refused", "stored", "opened", "stored"]
    assert "many complaints: 100.0 % negative" in lines[3]
    assert lines[4] == "stored      40 texts, 1 refused"
    code, out, _ = watch("--source", "feedback.jsonl", "--no-follow", "--json")
    assert (code, out) == (0, "")
    assert run_command("forget", "T-7")[:2] == (0, "forgotten   1 text of feedback.db\n")


def test_several_models_are_called_by_names_or_folders(run_command, load_once, tiny_run):
    load_once(tiny_run.path)
    both = ("monitor", tiny_run.path, f"second={tiny_run.path}", "--source", "feedback.jsonl")
    code, out, _ = run_command(*both, "--no-follow")
    assert code == 0
    assert out.startswith("watching    feedback.jsonl, models tiny, second, store feedback.db")
    code, _, err = run_command(*both[:2], *both[1:])
    assert code == 2
    assert "Give it another name: NAME=" in err
    Path("rules.toml").write_text(
        RULES.replace('kind = "share"', 'kind = "share"\nmodel = "third"')
    )
    code, _, err = run_command(*both, "--rules", "rules.toml", "--no-follow")
    assert code == 2
    assert "model = 'third'; there is 'tiny', 'second'" in err


def test_events_are_objects_for_another_program(watch):
    _, out, _ = watch("--source", "feedback.jsonl", "--no-follow", "--dry-run", "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["kind"] for event in events] == ["stored", "alert"]
    assert events[0]["texts"] == 40
    assert (events[1]["event"], events[1]["title"]) == ("opened", "many complaints")


def test_history_is_told_with_what_comes_by_chance_and_what_no_rule_is_about(watch):
    code, out, err = watch("--replay", "history.jsonl")
    assert code == 0
    assert "error" not in err
    lines = out.splitlines()
    assert lines[0] == "read        40 texts of 0.0 weeks, 0 refused"
    assert lines[1].startswith("alert       20")
    assert "of nobody: no text is one that it is about" in lines[3]
    assert lines[-1].endswith("--source history.jsonl --rules rules.toml")
    found = json.loads(watch("--replay", "history.jsonl", "--json")[1])
    assert found["about"] == {"many complaints": 40, "of nobody": 0}
    assert len(found["alerts"]) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "Expected one of --source FILE"),
        (("--source", "a.jsonl", "--replay", "a.jsonl"), "Expected one of --source FILE"),
        (("--source", "feedback.data"), "Say it with --form jsonl, csv or text"),
        (("--source", "feedback.jsonl", "--keep-text", "0"), "--keep-text 0: expected all, none"),
    ],
)
def test_what_means_nothing_is_refused(watch, options, told):
    code, _, err = watch(*options)
    assert code == 2
    assert told in err


def test_a_replay_without_rules_and_a_text_that_is_not_there_are_refused(
    run_command, load_once, tiny_run
):
    load_once(tiny_run.path)
    code, _, err = run_command("monitor", tiny_run.path, "--replay", "history.jsonl")
    assert code == 2
    assert "Name them with --rules rules.toml" in err
    code, _, err = run_command("forget", "T-1")
    assert code == 1
    assert "There is no store feedback.db" in err
