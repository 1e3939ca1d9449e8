"""The tables, from a record made by hand."""

import pytest

from benchmarks.training.tables import render


def side(accuracies, **changes):
    points = [
        {"step": n, "tokens": n * 500_000, "seconds": n * 60.0, "accuracy": accuracy}
        for n, accuracy in enumerate(accuracies, start=1)
    ]
    return {
        "kind": "done",
        "is_full": False,
        "precision": "fp32",
        "planned_steps": 9,
        "points": points,
        "steps": len(points),
        "tokens": points[-1]["tokens"],
        "seconds": points[-1]["seconds"],
        "tokens_per_second": 1000.0,
        "is_cut_short": False,
        "heldout_accuracy": points[-1]["accuracy"],
        "test_accuracy": None,
        "padded_share": 0.25,
        "flops_per_token": 5e6,
        "peak_bytes": 2e9,
        "resident_bytes": 5e8,
        "stored_bytes": 4e6,
        "energy_kwh": 0.0125,
        "aside_s": 3.0,
        **changes,
    }


@pytest.fixture
def race():
    """Return a race of three sides; the ordinary one never sees 90 %."""
    timing = {"precision": "fp32", "inputs": 4, "outputs": 4, "seconds": 2 * 8192 * 16 / 1e10}
    kinds = ("forward", "input_gradient", "weight_gradient")
    return {
        "rows": {"train": 900, "validation": 100, "heldout": 200},
        "settings": {"base": "minilm", "seed": 13, "threads": 2, "device": "cpu"},
        "machine": {"processor": "P", "packages": {"torch": "2"}, "has_cuda": False},
        "shapes": [[4, 4, 6]],
        "gemm": [{**timing, "kind": kind, "flops_per_second": 10_000_000_000} for kind in kinds],
        "sides": {
            "ordinary": side([0.80, 0.86, 0.87, 0.89], is_cut_short=True),
            "full": side([0.86, 0.85, 0.91], is_full=True, stored_bytes=8e7, peak_bytes=3e9),
            "fast": side([0.93, 0.84, 0.91], tokens_per_second=3500.0),
            "best": {"kind": "failed", "failed": "ValueError: no"},
        },
    }


def cells(page, title):
    """Return the rows of the table under a title, by their first cell."""
    table = page.split(title, 1)[1].strip().split("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {row[0]: row[1:] for row in rows}


def test_first_and_kept(race):
    page = render(race)
    first = cells(page, "(first time)")
    assert first["side"][:4] == ["85 %", "88 %", "90 %", "90.95 %"]
    assert first["ordinary"][:3] == ["120 s, 1.00 M", "240 s, 2.00 M", "not in 4.0 min (89 %)"]
    assert first["fast"][5] == "60 s, 0.50 M"
    assert first["full"][4] == "never (91 %)"
    kept = cells(page, "no later measurement fell below it")
    assert kept["fast"][0] == "180 s, 1.50 M"
    assert kept["fast"][4] == "not kept (91 %)"
    assert kept["full"][4] == "never (91 %)"


def test_ratios_say_when_the_other_never_got_there(race):
    page = render(race)
    assert cells(page, "than the ordinary recipe")["fast"] == [
        *("2.0 ×", "4.0 ×", "> 4.0 ×", "> 4.0 ×", "> 4.0 ×", "> 4.0 ×", "3.5 ×")
    ]
    assert cells(page, "how much less")["fast than full"] == [
        *("0.0%", "66.7%", "66.7%", "66.7%", "full never", "full never", "95.0%", "33.3%")
    ]


def test_both_ways_of_training_all_weights_are_rivals(race):
    assert "fast than ordinary-full" not in cells(render(race), "how much less")
    ordinary_full = side([0.80, 0.85], is_full=True, is_cut_short=True)
    race["sides"]["ordinary-full"] = ordinary_full
    race["sides"]["full-fast"] = side([0.93], is_full=True)
    less = cells(render(race), "how much less")
    assert [*less][2:] == ["fast than full-fast", "fast than ordinary-full"]
    # It was broken off after two minutes, and the other was there after one.
    assert less["fast than ordinary-full"][:3] == ["50.0%", "> 50.0%", "> 50.0%"]


def test_cost_with_the_share_of_the_matrix_speed(race):
    cost = cells(render(race), "What it cost")
    row = dict(zip(cost["side"], cost["fast"], strict=True))
    assert row["of matrix speed"] == "175 %"  # 5 MFLOP x 3,500 a second of 10 GFLOP a second
    assert row["padding"] == "25 %"
    assert row["grown by"] == "1,500 MB"
    assert row["energy"] == "12.50 Wh"
    assert row["test"] == "–"


def test_what_was_not_measured_is_said(race):
    page = render(race)
    assert cells(page, "What it cost")["any side on a GPU"] == ["not measured"] * 13
    assert page.endswith("best did not finish: ValueError: no")
    race["machine"]["has_cuda"] = True
    assert "not measured" not in render(race)


def test_a_race_that_nobody_finished(race):
    race["sides"] = {"fast": {"kind": "paused"}}
    race["gemm"] = []
    assert "|" not in render(race)
    assert render(race).endswith("fast did not finish: broken off")
