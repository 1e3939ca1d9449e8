"""The load test at its smallest: a tiny run, one round, a second a turn."""

import json

import pytest

from benchmarks.serving import __main__ as serving
from benchmarks.serving.clients import Load


@pytest.mark.process
@pytest.mark.usefixtures("warm_processes")
def test_sides_take_turns_and_answer_as_the_run_does(tiny_run, tiny_data, tmp_path, capsys):
    arguments = [
        str(tiny_run.path),
        str(tiny_data / "test.csv"),
        "--rows",
        "60",
        "--clients",
        "1,4",
    ]
    arguments += ["--adapters", "3", "--seconds", "0.5", "--rounds", "1", "--precisions", "fp32"]
    arguments += ["--work", str(tmp_path / "work"), "--output", str(tmp_path / "out.json")]
    assert serving.main(arguments) == 0
    record = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    names = [side["side"] for side in record["sides"]]
    assert names == ["FastAPI + pipeline", "SentiLoRA, fp32", "SentiLoRA, fp32, 3 adapters"]
    for side in record["sides"]:
        assert side["same_labels"] == 1  # the copies differ in the third digit of their weights
        assert [load["clients"] for load in side["loads"]] == [1, 4]
        for load in side["loads"]:
            assert load["requests_per_s"] > 0
            assert load["p50_ms"] <= load["p95_ms"] <= load["p99_ms"]
            assert load["refused"] == {}
    assert str(tmp_path) not in json.dumps(record)
    assert "| SentiLoRA, fp32, 3 adapters | 4 |" in capsys.readouterr().out


def test_rates_count_what_was_answered_only():
    loads = [Load(2.0, [0.1] * 10, {429: 3}), Load(3.0, [0.2] * 40, {})]
    summary = serving.summarise(8, loads)
    assert summary["requests_per_s"] == 10
    assert summary["by_round"] == [5, 13.3]
    assert summary["p50_ms"] == pytest.approx(200)
    assert summary["refused"] == {"429": 3}
