import json
import shutil

import pytest

import sentilora
from sentilora.insights.mood.checked_answers import held_out_confusion


@pytest.fixture
def run(tiny_run, tmp_path):
    """Return a copy of a run whose report may be changed."""
    shutil.copytree(tiny_run.path, tmp_path / "run", ignore=shutil.ignore_patterns("checkpoints"))
    return tmp_path / "run"


def test_a_run_tells_how_it_answered_its_held_out_texts(tiny_run):
    found = held_out_confusion(sentilora.load(tiny_run.path))
    report = json.loads((tiny_run.path / "report.json").read_text(encoding="utf-8"))
    assert found.tolist() == report["after"]["confusion"]
    assert found.sum() > 0


def test_the_adapter_that_ships_has_no_held_out_texts():
    assert held_out_confusion(sentilora.load("general")) is None


def test_a_run_without_a_report_is_not_checked(run):
    (run / "report.json").unlink()
    assert held_out_confusion(sentilora.load(run / "model")) is None


def test_a_report_on_other_labels_is_not_used(run):
    file = run / "report.json"
    report = json.loads(file.read_text(encoding="utf-8"))
    report["run"]["labels"] = ["bad", "good"]
    file.write_text(json.dumps(report), encoding="utf-8")
    assert held_out_confusion(sentilora.load(run / "model")) is None
