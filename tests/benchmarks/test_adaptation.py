"""Adapted bases beside the base as it is, at toy size."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import adaptation as adapting
from sentilora.data.same_text import fold
from tests.helpers.texts import make_texts
from tests.helpers.tiny_settings import TINY_SETTINGS

ROWS = make_texts(240, seed=21)
UNSUP = [text for text, _ in make_texts(320, seed=22)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder as the IMDb copy is: leaks are marked, some are not."""
    data = tmp_path_factory.mktemp("imdb")
    texts, names = zip(*ROWS, strict=True)
    marks = ["test" if number < 6 else None for number in range(len(texts))]
    train = {"text": texts, "label": names, "rating": [1] * len(texts), "cad_split": marks}
    pq.write_table(pa.table(train), data / "train.parquet")
    also = ["train,test" if number < 9 else "" for number in range(len(UNSUP))]
    pq.write_table(pa.table({"text": UNSUP, "also_in": also}), data / "unsup.parquet")
    pq.write_table(pa.table({"text": UNSUP[20:30]}), data / "test.parquet")
    return data


@pytest.fixture(scope="module")
def outcome(folder, tiny_base, tmp_path_factory):
    """Run the benchmark once; return its folder, what it wrote, and its arguments."""
    work = tmp_path_factory.mktemp("work")
    settings = {k: v for k, v in TINY_SETTINGS.items() if k not in ("training.epochs",)}
    settings |= {"training.max_steps": 4}
    small = "max_tokens=32,precision=fp32,device=cpu"
    arguments = [str(folder), "--max-steps", "2", "--rows", "60", "--heldout", "50"]
    arguments += ["--seeds", "1", "--base", str(tiny_base), "--work", str(work / "made")]
    arguments += ["--variant", f"words:{small},bag_weight=0"]
    for name, value in settings.items():
        arguments += ["--train", f"{name}={json.dumps(value)}"]
    arguments += ["--output", str(work / "adapting.json")]
    assert adapting.main(arguments) == 0
    return work, json.loads((work / "adapting.json").read_text(encoding="utf-8")), arguments


def test_every_base_is_trained_from_on_the_same_rows(outcome):
    work, written, _ = outcome
    assert [record["base"] for record in written["adapted"]] == ["words"]
    assert [record["base"] for record in written["trained"]] == ["base", "words"]
    assert {record["seed"] for record in written["trained"]} == {13}
    hashes = {
        json.dumps(json.loads((run / "environment.json").read_text(encoding="utf-8"))["data"])
        for run in (work / "made" / "runs").iterdir()
    }
    assert len(hashes) == 1
    assert written["adapted"][0]["objective"]["bag_weight"] == 0
    assert written["machine"]["data"][0]["sha256"]


def test_no_text_that_is_measured_on_is_adapted_to(outcome, folder):
    work, written, _ = outcome
    heldout = {fold(t) for t in pq.read_table(work / "made/data/test.parquet")["text"].to_pylist()}
    texts = {fold(t) for t in pq.read_table(work / "made/unlabelled.parquet")["text"].to_pylist()}
    test = {fold(text) for text in UNSUP[20:30]}
    counts = written["adapted"][0]["data"]["texts"]
    assert not texts & {fold(text) for text in UNSUP[:9]} - {fold(text) for text, _ in ROWS}
    assert counts["guarded"] == len(texts & (heldout | test)) >= 10
    assert counts["kept"] == len(texts - heldout - test)
    marked = {fold(text) for text, _ in ROWS[:6]}
    assert not heldout & marked


def test_the_table_has_a_line_a_base(outcome, capsys):
    work, _, arguments = outcome
    before = {path: path.stat().st_mtime_ns for path in work.rglob("*.safetensors")}
    assert adapting.main(arguments) == 0  # nothing is done again
    assert before == {path: path.stat().st_mtime_ns for path in work.rglob("*.safetensors")}
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["base", "words"]
    assert len({line.count("|") for line in lines}) == 1
    assert " → " in lines[3]


def test_another_comparison_needs_another_folder(outcome, capsys):
    _, _, arguments = outcome
    assert adapting.main([*arguments, "--rows", "61"]) == 1
    assert (
        "holds a comparison with other options. Choose another --work." in capsys.readouterr().err
    )


def test_wrong_options_are_named_at_once(tmp_path, capsys):
    with pytest.raises(SystemExit):
        adapting.parse([str(tmp_path), "--rows", "0", "--variant", "base:tied=false"])
    message = capsys.readouterr().err
    assert "--rows must be at least 1" in message
    assert "there is no" in message
    assert "--variant base:tied=false: expected NAME:setting=value" in message
    assert adapting.read_variant("x:tied=false,bag_weight=0.3,text=body") == (
        "x",
        {"tied": False, "bag_weight": 0.3, "text": "body"},
    )
