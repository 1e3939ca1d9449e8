"""Reports are composed, written and read back, those of earlier versions too."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sentilora.cli.report_tables import show_evaluation
from sentilora.errors import DataError
from sentilora.evaluation.baselines import run_baselines
from sentilora.evaluation.model_figures import (
    calibration_effect,
    compare_with,
    compare_with_best,
    measure_with_intervals,
)
from sentilora.evaluation.report_parts.comparison_part import Comparison
from sentilora.evaluation.report_parts.order_part import OrderPart
from sentilora.evaluation.report_parts.run_part import DataPart, RunPart
from sentilora.evaluation.report_parts.training_part import Cost, Proof, TrainingPart
from sentilora.evaluation.reports.model_card import render_card
from sentilora.evaluation.reports.report import Report, compose_report, read_report
from sentilora.evaluation.reports.report_html import render_html
from sentilora.labels import BINARY, Labels
from sentilora.model.probabilities import Calibration, softmax

STORED = sorted((Path(__file__).parent / "stored").glob("*.json"))
LABELS = Labels(BINARY)
IDS = np.array([0, 1] * 20)
LOGITS = np.where(IDS[:, None] == np.arange(2), 2.0, -1.0) + np.sin(np.arange(80)).reshape(40, 2)
PROBABILITIES = softmax(LOGITS)
SAMPLING = {"resamples": 100, "seed": 1}


def composed(before=None, baselines=None, training=None):
    return compose_report(
        RunPart(name="demo", labels=BINARY),
        DataPart(source="demo.csv", test=40),
        measure_with_intervals(IDS, PROBABILITIES, LABELS, **SAMPLING),
        comparison=compare_with(
            before, baselines or {}, {}, IDS, PROBABILITIES, LABELS, **SAMPLING
        ),
        calibration=calibration_effect(IDS, LOGITS, LABELS, Calibration(0.5, 0.2)),
        order=OrderPart(),
        training=training,
    )


def test_a_report_comes_back_as_it_was_written(tmp_path):
    before = measure_with_intervals(IDS, 1 - PROBABILITIES, LABELS, **SAMPLING)
    texts = ["awful thing", "great thing"] * 20
    baselines, _ = run_baselines(["majority"], texts, IDS, texts, LABELS)
    training = TrainingPart(Cost(seconds=3), best_step=7, proof=Proof(4, 0.0, 1.5))
    report = composed(before, baselines, training)
    report.write(tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == report
    assert read_report(tmp_path) == report
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert Report.from_dict(report.to_dict()) == report


def test_a_stored_report_is_written_back_byte_for_byte(tmp_path):
    assert [path.stem for path in STORED] == ["evaluation", "training"]
    for path in STORED:
        report = read_report(path)
        assert Report.from_dict(report.to_dict()) == report
        assert report.to_dict() == json.loads(path.read_text(encoding="utf-8"))
    training = read_report(STORED[1])
    training.write(tmp_path / "report.json")
    assert (tmp_path / "report.json").read_bytes() == STORED[1].read_bytes()


def test_a_drawn_report_is_read_as_it_is(report):
    assert Report.from_dict(report).to_dict() == report
    kept = list(Report.from_dict(report).to_dict())
    assert kept == list(report)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_a_report_opens_and_is_told_whatever_an_older_version_left_out(path, capsys):
    whole = json.loads(path.read_text(encoding="utf-8"))
    parts = ("cost", "calibration", "run", "data", "proof", "pairs")
    without = [{key: value for key, value in whole.items() if key != left} for left in whole]
    for part in parts:
        for left in whole.get(part) or ():
            shorter = {key: value for key, value in whole[part].items() if key != left}
            if left not in ("metrics", "texts", "max_logit_difference"):
                without.append({**whole, part: shorter})
    for raw in without:
        if "metrics" not in raw:
            continue
        report = Report.from_dict(raw)
        assert report.metrics == whole["metrics"]
        assert "None" not in render_html(report)
        assert render_card(report)
        show_evaluation(report, "RUN", page=None, as_json=False)
        assert "majority class" in capsys.readouterr().out or "baselines" not in raw


def test_a_part_of_another_shape_is_an_error(tmp_path):
    raw = json.loads(STORED[0].read_text(encoding="utf-8"))
    raw["baselines"]["vader"] = 0.5
    (tmp_path / "report.json").write_text(json.dumps(raw))
    with pytest.raises(
        DataError, match=r"a part of it has another shape \(AttributeError: .*Measure again"
    ):
        read_report(tmp_path)


def test_a_report_has_short_ways_to_what_is_asked_often():
    report = composed(training=TrainingPart(Cost(seconds=3)))
    assert report.metrics["rows"] == 40
    assert report.intervals["accuracy"][0] <= report.metrics["accuracy"]
    assert report.before is None
    assert report.baselines == {}
    assert report.cost == Cost(seconds=3)
    assert replace(report, training=None).cost is None
    assert report.labels == LABELS
    assert report.data == report.to_dict()
    assert set(report.data["after"]) == {
        "metrics", "intervals", "per_label", "confusion", "reliability",
    }  # fmt: skip


def test_baselines_and_their_comparison():
    texts = ["awful thing", "great thing"] * 20
    done, _ = run_baselines(["majority", "tfidf"], texts, IDS, texts, LABELS)
    found = compare_with(None, done, {"vader": "why"}, IDS, PROBABILITIES, LABELS, **SAMPLING)
    assert set(found.to_dict()["baselines"]["tfidf"]) == {
        "metrics", "intervals", "seconds", "what",
    }  # fmt: skip
    assert found.baselines["tfidf"].metrics["accuracy"] == 1.0
    assert found.skipped == {"vader": "why"}
    assert found.significance is not None
    assert found.significance.against == "tfidf"
    assert found.significance.only_model_right == 0
    assert composed(baselines=done).baselines["majority"]["rows"] == 40
    assert compare_with_best(IDS, PROBABILITIES, {}) is None
    assert Comparison().to_dict() == {"baselines": {}, "skipped_baselines": {}}


def test_calibration_says_what_it_did():
    part = calibration_effect(IDS, LOGITS, LABELS, Calibration(0.5, 0.2)).to_dict()
    assert part["temperature"] == 0.5
    assert part["temperature_power"] == 0.2
    assert part["log_loss_uncalibrated"] != part["log_loss"]
    assert list(part) == [
        "temperature", "temperature_power",
        "ece_uncalibrated", "ece", "log_loss_uncalibrated", "log_loss",
    ]  # fmt: skip


def test_numbers_that_json_does_not_know_are_written_as_null(tmp_path):
    metrics = {"a": float("nan"), "b": np.float32(0.5)}
    raw = {"metrics": metrics, "after": {"confusion": [np.arange(2)]}}
    Report.from_dict(raw).write(tmp_path / "report.json")
    written = json.loads((tmp_path / "report.json").read_text())
    assert written["format"] == 1
    assert written["metrics"] == {"a": None, "b": 0.5}
    assert written["after"]["confusion"] == [[0, 1]]


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "report.json"
    Report.from_dict({"metrics": {}}).write(path)
    before = path.read_text()
    with pytest.raises(TypeError, match="not JSON serializable"):
        Report.from_dict({"metrics": {"a": object()}}).write(path)
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (None, "There is no report .*report.json"),
        ("{", "is not JSON"),
        ("[]", "format 'list', expected 1"),
        ('{"format": 9, "metrics": {}}', "format 9, expected 1"),
        ('{"format": 1}', "is not a report"),
    ],
)
def test_what_is_not_a_report_is_an_error(tmp_path, text, match):
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    with pytest.raises(DataError, match=match):
        read_report(tmp_path)
