"""Reports are composed, written and read back."""

import json

import numpy as np
import pytest

from sentilora.errors import DataError
from sentilora.evaluation.baselines import run_baselines
from sentilora.evaluation.reports.report import (
    Report,
    baselines_part,
    calibration_part,
    compose_report,
    evaluation_part,
    read_report,
    significance_part,
)
from sentilora.labels import BINARY, Labels
from sentilora.model.probabilities import Calibration, softmax

LABELS = Labels(BINARY)
IDS = np.array([0, 1] * 20)
LOGITS = np.where(IDS[:, None] == np.arange(2), 2.0, -1.0) + np.sin(np.arange(80)).reshape(40, 2)
PROBABILITIES = softmax(LOGITS)


def composed(**parts):
    after = evaluation_part(IDS, PROBABILITIES, LABELS, resamples=100, seed=1)
    run = {"name": "demo", "labels": list(BINARY)}
    return compose_report(run=run, data={"source": "demo.csv", "test": 40}, after=after, **parts)


def test_a_report_comes_back_as_it_was_written(tmp_path):
    report = composed(before=evaluation_part(IDS, 1 - PROBABILITIES, LABELS, resamples=100, seed=1))
    report.write(tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == report
    assert read_report(tmp_path) == report
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_report_has_short_ways_to_what_is_asked_often():
    report = composed(cost={"seconds": 3})
    assert report.metrics["rows"] == 40
    assert report.intervals["accuracy"][0] <= report.metrics["accuracy"]
    assert report.before is None
    assert report.baselines == {}
    assert report.cost == {"seconds": 3}
    assert report.labels == LABELS
    assert set(report.data["after"]) == {
        "metrics", "intervals", "per_label", "confusion", "reliability",
    }  # fmt: skip


def test_baselines_and_their_comparison():
    texts = ["awful thing", "great thing"] * 20
    done, _ = run_baselines(["majority", "tfidf"], texts, IDS, texts, LABELS)
    parts = baselines_part(done, IDS, LABELS, resamples=100, seed=1)
    assert set(parts["tfidf"]) == {"metrics", "intervals", "seconds", "what"}
    assert parts["tfidf"]["metrics"]["accuracy"] == 1.0
    compared = significance_part(IDS, PROBABILITIES, done)
    assert compared is not None
    assert compared["against"] == "tfidf"
    assert compared["only_model_right"] == 0
    assert composed(baselines=parts, significance=compared).baselines["majority"]["rows"] == 40
    assert significance_part(IDS, PROBABILITIES, {}) is None


def test_calibration_says_what_it_did():
    part = calibration_part(IDS, LOGITS, LABELS, Calibration(0.5, 0.2))
    assert part["temperature"] == 0.5
    assert part["temperature_power"] == 0.2
    assert part["log_loss_uncalibrated"] != part["log_loss"]
    assert set(part) == {
        "temperature", "temperature_power",
        "ece_uncalibrated", "ece", "log_loss_uncalibrated", "log_loss",
    }  # fmt: skip


def test_numbers_that_json_does_not_know_are_written_as_null(tmp_path):
    data = {"format": 1, "metrics": {"a": float("nan"), "b": np.float32(0.5)}, "x": np.arange(2)}
    Report(data).write(tmp_path / "report.json")
    written = json.loads((tmp_path / "report.json").read_text())
    assert written == {"format": 1, "metrics": {"a": None, "b": 0.5}, "x": [0, 1]}


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "report.json"
    Report({"format": 1, "metrics": {}}).write(path)
    before = path.read_text()
    with pytest.raises(TypeError, match="not JSON serializable"):
        Report({"format": 1, "metrics": {"a": object()}}).write(path)
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
