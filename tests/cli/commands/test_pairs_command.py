"""``sentilora pairs``, and pairs in ``train`` and ``evaluate``, as a user meets them."""

import json
from pathlib import Path

import pytest

from sentilora.cli.report_tables import pairs_line
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.evaluation.report_parts.order_part import TrainedPairs
from sentilora.labels import BINARY, Labels
from tests.helpers.texts import make_texts

REVIEWS = "text,stars,product,label\n" + "".join(
    f"{text},{i % 5 + 1},{'lamp' if i < 20 else 'sofa'},{label}\n"
    for i, (text, label) in enumerate(make_texts(40, seed=21))
)


@pytest.fixture(autouse=True)
def reviews(tmp_path):
    """Put ``reviews.csv`` into the folder in which commands run."""
    (tmp_path / "reviews.csv").write_text(REVIEWS)


def test_the_help_page_ends_with_an_example_that_works(run_command):
    code, out, _ = run_command("pairs", "--help")
    assert code == 0
    example = out.strip().splitlines()[-1].split("sentilora ")[1]
    code, out, _ = run_command(*example.split())
    assert code == 0


def test_pairs_from_ratings(run_command, tmp_path):
    code, out, err = run_command(
        "pairs", "reviews.csv", "--rating", "stars", "--group", "product", "--stars", "5"
    )
    assert code == 0
    assert not err
    assert "graded texts of 40 texts in 2 groups, mean margin" in out
    lines = out.splitlines()
    assert lines[-2] == "pairs    pairs.parquet"
    read = "sentilora train reviews.csv --label stars --stars 5 --pairs pairs.parquet"
    assert lines[-1].removesuffix(" --base minilm") == f"next     {read}"
    pairs = read_pairs(tmp_path / "pairs.parquet", labels=Labels(BINARY))
    assert 0.25 <= pairs.margins.min() <= pairs.margins.max() == 1.0


def test_limits_and_json(run_command, tmp_path):
    arguments = ("pairs", "reviews.csv", "--rating", "stars", "--group", "product")
    code, out, _ = run_command(
        *arguments, "--per-group", 7, "--max-pairs", 10, "--output", "p.jsonl", "--json"
    )
    facts = json.loads(out)
    assert code == 0
    assert (facts["pairs"], facts["output"]) == (10, "p.jsonl")
    assert facts["notes"] == ["10 of 14 pairs taken at random"]
    assert len((tmp_path / "p.jsonl").read_text().splitlines()) == 10
    code, out, _ = run_command(*arguments, "--test", "reviews.csv")
    assert code == 1


def test_pairs_from_edits_of_both_kinds(run_command, tmp_path):
    arguments = ("pairs", "reviews.csv", "--counterfactual", "--group", "product")
    arguments += ("--label", "label", "--output", "p.csv", "--json", "--per-group", 5)
    code, out, _ = run_command(*arguments)
    assert code == 0
    assert json.loads(out)["kind"] == "graded texts"
    code, out, _ = run_command(*arguments, "--kind", "labels")
    assert json.loads(out)["kind"] == "label preferences"
    assert json.loads(out)["pairs"] == 20
    header = (tmp_path / "p.csv").read_text().splitlines()[0]
    assert header == "text,chosen,rejected,group"


def test_options_that_do_not_go_together_are_all_told(run_command):
    code, out, err = run_command("pairs", "reviews.csv", "--kind", "best")
    assert code == 2
    assert not out
    assert "2 problems in the options" in err
    assert "give either --rating COL" in err
    assert "--kind best: must be graded or labels" in err
    code, _, err = run_command("pairs", "reviews.csv", "--counterfactual")
    assert code == 2
    assert "--counterfactual needs --group COL" in err
    code, _, err = run_command(
        "pairs", "x.csv", "--rating", "s", "--label", "l", "--kind", "labels"
    )
    assert "--label l is for --counterfactual" in err
    assert "--kind labels is for --counterfactual" in err


def test_a_dry_run_takes_the_options_of_pairs(run_command, tiny_base, tiny_data):
    rows = [
        {"better": good, "worse": bad}
        for (bad, _), (good, _) in zip(*[iter(make_texts(40, seed=22))] * 2, strict=True)
    ]
    Path("p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = ("--pairs", "p.jsonl", "--pairs-weight", 0.5, "--pairs-only", "--max-tokens", 32)
    names = ("--pairs-columns", "text_preferred=better,text_other=worse")
    train = ("train", tiny_data, "--base", tiny_base)
    code, out, err = run_command(*train, *options, *names, "--dry-run", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["pairs"] == 18
    assert found["config"]["pairs"]["weight"] == 0.5
    assert found["config"]["pairs"]["only"] is True
    code, out, _ = run_command(
        "train", tiny_data, "--base", tiny_base, *options, *names, "--dry-run"
    )
    assert "pairs       18 to train on" in out
    code, _, err = run_command(*train, "--pairs-only")
    assert code == 2
    assert "pairs.only = true, but there are no pairs; name a file with --pairs FILE" in err


def test_evaluate_prints_the_order(run_command, tiny_run, tmp_path):
    lines = ["good_text,bad_text"]
    texts = [text for text, _ in make_texts(20, seed=23)]
    lines += [f"{good},{bad}" for bad, good in zip(texts[::2], texts[1::2], strict=True)]
    (tmp_path / "p.csv").write_text("\n".join(lines) + "\n")
    arguments = ("evaluate", tiny_run.path, "reviews.csv", "--label", "label")
    arguments += ("--pairs", "p.csv", "--rating", "stars", "--group", "product")
    columns = ("--pairs-columns", "text_preferred=good_text,text_other=bad_text")
    code, out, err = run_command(*arguments, *columns)
    assert code == 0, err
    assert "10 pairs of p.csv: ranking accuracy " in out
    assert "40 rows, column 'stars': spearman " in out
    assert "2 groups of 'product': consistency " in out
    assert out.splitlines()[-1].startswith("next     sentilora predict")
    code, out, _ = run_command(*arguments, *columns, "--json")
    report = json.loads(out)
    assert report["pairs"]["metrics"]["ranking_accuracy"] > 0.8
    code, _, err = run_command(*arguments[:5], *columns)
    assert code == 2
    assert "--pairs-columns without pairs: name a file with --pairs FILE" in err


def test_the_order_of_held_out_pairs_is_one_line():
    def part(value, ends):
        metrics = {"ranking_accuracy": value, "pairs": 200, "units": 9}
        return {"metrics": metrics, "intervals": {"ranking_accuracy": ends}}

    pairs = {"kind": "graded texts", "trained": 1800, "held_out": 200}
    assert pairs_line(TrainedPairs.from_dict({**pairs, "held_out": 0})) == (
        "pairs: 1,800 graded texts trained on, none held out to measure with"
    )
    measured = {"before": part(0.5, [0.4, 0.6]), "after": part(0.8125, [0.75, 0.875])}
    assert pairs_line(TrainedPairs.from_dict({**pairs, **measured})) == (
        "pairs: 1,800 graded texts trained on, 200 held out: "
        "ranking accuracy 0.8125 (0.7500–0.8750), before training 0.5000"
    )
