"""Few labelled texts, with and without a start, at toy size."""

import json

import pytest

from benchmarks import few_labels as few
from tests.helpers.texts import make_texts, write_csv
from tests.helpers.tiny_settings import TINY_SETTINGS


@pytest.fixture(scope="module")
def outcome(tiny_base, tiny_run, tmp_path_factory):
    """Run the benchmark once; return what it wrote and its table."""
    folder = tmp_path_factory.mktemp("few")
    data = write_csv(folder / "rows.csv", make_texts(160, seed=9))
    settings = {name: value for name, value in TINY_SETTINGS.items() if name != "lora.rank"}
    settings |= {"training.epochs": 1, "training.learning_rate": 1e-4}
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    (folder / "tiny.toml").write_text("\n".join(lines))
    arguments = [str(data), "--sizes", "40", "--seeds", "1", "--heldout", "60"]
    arguments += ["--base", str(tiny_base), "--from", str(tiny_run.path)]
    arguments += ["--config", str(folder / "tiny.toml"), "--output", str(folder / "few.json")]
    assert few.main(arguments) == 0
    return json.loads((folder / "few.json").read_text(encoding="utf-8"))


def test_four_sides_answer_the_same_rows(outcome):
    records = outcome["records"]
    assert [record["side"] for record in records] == list(few.SIDES)
    assert {(record["size"], record["seed"]) for record in records} == {(40, 13)}
    assert len({record["heldout"] for record in records}) == 1
    assert 50 <= records[0]["heldout"] <= 70
    assert outcome["machine"]["data"][0]["sha256"]


def test_a_start_that_knows_the_task_wins(outcome):
    by_side = {record["side"]: record for record in outcome["records"]}
    accuracy = {side: record["metrics"]["accuracy"] for side, record in by_side.items()}
    assert accuracy["as it is"] > 0.9
    assert accuracy["started"] > 0.9
    loss = {side: record["metrics"]["log_loss"] for side, record in by_side.items()}
    assert loss["started"] < loss["fresh"] / 2  # a random head can be right by luck, not sure
    assert by_side["as it is"]["seconds"] == 0 < by_side["started"]["seconds"]


def test_the_table_has_a_line_a_side_and_intervals_over_seeds(outcome):
    names = {side: side for side in few.SIDES}
    one = few.table(outcome["records"], names, "accuracy").splitlines()
    assert len(one) == 2 + len(few.SIDES)
    assert one[0] == "| accuracy | 40 texts | training |"
    assert "(" not in one[2]
    second = [{**record, "seed": 14} for record in outcome["records"]]
    for record in second:
        record["metrics"] = {name: value / 2 for name, value in record["metrics"].items()}
    two = few.table([*outcome["records"], *second], names, "accuracy").splitlines()
    assert "(" in two[2]
    assert len({line.count("|") for line in two}) == 1
