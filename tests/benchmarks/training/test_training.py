"""The program itself: its options, and one whole race on a tiny base."""

import json
import sys

import pytest

from benchmarks.common.gemm import Timing
from benchmarks.common.program import write_record
from benchmarks.training import __main__ as training
from benchmarks.training.race import Outcome
from tests.helpers.texts import make_texts, write_csv


def test_all_wrong_options_are_named_at_once(capsys):
    with pytest.raises(SystemExit):
        training.parse(["x.csv", "--sides", "fast,quick", "--growth", "1", "--test", "none.csv"])
    message = capsys.readouterr().err
    assert "--sides quick: unknown; choose from ordinary, ordinary-full, full, fast" in message
    assert "--growth 1.0: must be above 1" in message
    assert "--test none.csv: there is no such file" in message


def test_a_side_may_have_minutes_of_its_own(capsys, tmp_path):
    sides = ["x.csv", "--sides", "ordinary,fast"]
    options = training.parse([*sides, "--minutes", "21,ordinary=9"])
    assert [job.minutes for job in training.make_jobs(options, tmp_path)] == [21, 9, 21]
    assert training.make_jobs(training.parse(sides), tmp_path)[1].minutes is None
    for wrong in ("0", "best=3", "x"):
        with pytest.raises(SystemExit):
            training.parse([*sides, "--minutes", wrong])
        assert "--minutes" in capsys.readouterr().err


def test_a_record_survives_json_and_leaves_the_products_out_of_the_sides(tmp_path):
    outcome = Outcome(
        sides={"gemm": {"kind": "paused"}, "fast": {"kind": "done"}},
        shapes={(4, 8): 2},
        rounds=[[Timing("fp32", "forward", 4, 8, 0.5)]],
    )
    path = tmp_path / "new" / "training.json"
    write_record(training.to_record({"settings": {}}, outcome), path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["sides"] == {"fast": {"kind": "done"}}
    assert found["shapes"] == [[4, 8, 2]]
    assert found["gemm"][0]["flops_per_second"] == 2 * 8192 * 32 * 2


@pytest.mark.slow
@pytest.mark.process
def test_a_whole_race(tiny_base, tmp_path, monkeypatch, capsys):
    data = write_csv(tmp_path / "rows.csv", make_texts(160, seed=5))
    test = write_csv(tmp_path / "test.csv", make_texts(40, seed=6))
    output = tmp_path / "race.json"
    options = {
        "--sides": "ordinary,full,fast",
        "--heldout": 40,
        "--slice": 1,
        "--max-tokens": 24,
        "--first-tokens": 400,
        "--growth": 2,
        "--base": tiny_base,
        "--device": "cpu",
        "--threads": 1,
        "--test": test,
        "--output": output,
    }
    words = [str(word) for pair in options.items() for word in pair]
    monkeypatch.setattr(sys, "argv", ["training", str(data), *words])
    training.main()
    assert "| fast |" in capsys.readouterr().out
    race = json.loads(output.read_text(encoding="utf-8"))
    assert [side["kind"] for side in race["sides"].values()] == ["done"] * 3
    ordinary, full, fast = race["sides"].values()
    assert fast["padded_share"] < ordinary["padded_share"]
    assert fast["stored_bytes"] < full["stored_bytes"]
    for side in race["sides"].values():
        assert side["test_accuracy"] is not None
        assert side["points"][-1]["accuracy"] == side["heldout_accuracy"]
    assert race["gemm_rounds"] >= 1
