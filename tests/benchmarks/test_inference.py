"""The scoring contest at toy size: every side labels the same rows, and is measured."""

import json

import numpy as np
import pytest

from benchmarks.common.flops import forward_flops, probe_layers
from benchmarks.common.gemm import Timing, forward_rate
from benchmarks.inference import __main__ as inference
from benchmarks.inference.contest import run_contest
from benchmarks.inference.job import Job
from benchmarks.inference.table import render
from sentilora.model.artifact import load_classifier, open_artifact
from tests.helpers.texts import make_texts, write_csv


@pytest.fixture(scope="module")
def record(tiny_run, tmp_path_factory):
    """Let four sides label 40 rows; return what was written."""
    folder = tmp_path_factory.mktemp("scoring")
    data = write_csv(folder / "rows.csv", make_texts(60, seed=9))
    arguments = [str(tiny_run.path), str(data), "--rows", "40", "--rounds", "2", "--singles", "3"]
    arguments += ["--tune", "8", "--sides", "pipeline,ONNX Runtime,torch,cascade"]
    arguments += ["--work", str(folder / "work"), "--output", str(folder / "out.json")]
    assert inference.main(arguments) == 0
    return json.loads((folder / "out.json").read_text(encoding="utf-8"))


@pytest.mark.process
def test_sides_of_the_same_weights_say_the_same(record):
    sides = record["sides"]
    assert {"pipeline, batch 1", "ONNX Runtime int8", "SentiLoRA, torch fp32"} <= set(sides)
    # 0.5 % cannot be proved on so few validation rows, so there is no cascade.
    assert not [name for name in sides if "cascade" in name]
    assert [side["failed"] for side in sides.values()] == [None] * len(sides)
    accuracy = sides["SentiLoRA, torch fp32"]["accuracy"]
    assert accuracy > 0.9
    for name in ("pipeline, batch 1", "pipeline, its best batch"):
        assert sides[name]["changed"] == 0
        assert sides[name]["accuracy"] == accuracy


@pytest.mark.process
def test_everything_of_a_side_is_measured(record):
    assert record["rows"] == 40
    for side in record["sides"].values():
        assert len(side["rounds"]) == 2
        assert len(side["single"]) == 6
        assert side["texts_per_second"] == pytest.approx(40 / sum(side["rounds"]))
        assert 0 < side["latency_s"]["p50"] <= side["latency_s"]["p99"]
        assert side["startup_s"] > 0
        assert side["peak_bytes"] > 50e6
        assert side["stored_bytes"] > 10_000
    assert record["sides"]["pipeline, batch 1"]["batch_rows"] == 1
    assert all(record["matrix_rates"][name] > 0 for name in ("fp32", "bf16", "int8"))


@pytest.mark.process
def test_the_table_has_a_line_a_side_and_says_who_failed(record):
    record["sides"]["broken"] = {"failed": "ValueError: no"}
    lines = render(record).splitlines()
    assert sum(line.startswith(("| pipeline", "| ONNX", "| SentiLoRA")) for line in lines) == (
        len(record["sides"]) - 1
    )
    assert "broken did not finish: ValueError: no" in lines
    assert any("times the texts a second of" in line for line in lines)


@pytest.mark.process
def test_a_side_that_fails_does_not_stop_the_others(tiny_run, tmp_path):
    jobs = [Job("no", "sentilora", tmp_path / "none"), Job("yes", "sentilora", tiny_run.path)]
    scores = run_contest(
        jobs, tune=["a"], rounds=[["good"]], singles=[["bad"]], tell=lambda side, news: None
    )
    assert "ModelError" in scores["no"].failed
    assert scores["yes"].failed is None
    assert (len(scores["yes"].labels), len(scores["yes"].single)) == (1, 1)


def test_labelling_takes_one_product_a_layer(tiny_run):
    network, _ = load_classifier(open_artifact(tiny_run.path))
    learning = [p.requires_grad for p in network.parameters()]
    flops = forward_flops(network, np.array([1]))
    layers = probe_layers(network)
    attention = 4 * network.config.hidden_size * network.config.num_hidden_layers
    assert flops == sum(2 * layer.inputs * layer.outputs for layer in layers) + attention
    assert [p.requires_grad for p in network.parameters()] == learning


def test_the_rate_of_scoring_leaves_gradients_out():
    timings = [Timing("fp32", "forward", 4, 4, 1.0), Timing("fp32", "input_gradient", 4, 4, 9.0)]
    assert forward_rate(timings, {(4, 4): 2}, "fp32") == timings[0].flops
    assert forward_rate(timings, {(4, 4): 2}, "int8") is None
