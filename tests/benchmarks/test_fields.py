"""Fields of their own, at toy size."""

import json

import pandas as pd
import pytest

from benchmarks.fields import __main__ as fields
from sentilora.data.same_text import fold
from tests.helpers.texts import make_texts
from tests.helpers.tiny_settings import TINY_SETTINGS

IDS = {"negative": 0, "positive": 2}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a folder with one of the sets, of which some train rows stand in test."""
    folder = tmp_path_factory.mktemp("sets")
    (folder / "financial_phrasebank").mkdir()
    rows = make_texts(200, seed=31)
    for part, own in {"train": rows, "test": [*make_texts(40, seed=32), *rows[:7]]}.items():
        table = {"text": [t for t, _ in own], "label": [IDS[name] for _, name in own]}
        pd.DataFrame(table).to_parquet(folder / "financial_phrasebank" / f"{part}.parquet")
    return folder


@pytest.fixture(scope="module")
def arguments(data, tiny_base, tiny_run, tmp_path_factory):
    """Return the command line of a small go."""
    work = tmp_path_factory.mktemp("work")
    given = [str(data), "--field", "finance", "--sizes", "40", "--max-steps", "2"]
    given += ["--base", str(tiny_base), "--from", str(tiny_run.path), "--work", str(work)]
    settings = {k: v for k, v in TINY_SETTINGS.items() if k not in ("lora.rank", "training.epochs")}
    for name, value in (
        settings | {"training.max_steps": 3, "training.learning_rate": 1e-4}
    ).items():
        given += ["--train", f"{name}={json.dumps(value)}"]
    return [*given, "--output", str(work / "fields.json")]


def test_every_side_is_measured_on_the_same_rows_and_done_once(arguments, capsys):
    assert fields.main(arguments) == 0
    options = fields.parse(arguments)
    written = json.loads(options.output.read_text(encoding="utf-8"))
    assert sorted({row["side"] for row in written["rows"]}) == sorted(fields.SIDES)
    assert len({row["rows"] for row in written["rows"]}) == 1
    assert len(written["adapted"]) == 1
    table = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in table[2:7]] == list(fields.SIDES)
    before = {path: path.stat().st_mtime_ns for path in options.work.rglob("*.safetensors")}
    assert fields.main([*arguments, "--finished"]) == 0
    assert capsys.readouterr().out.splitlines()[:7] == table[:7]
    assert before == {path: path.stat().st_mtime_ns for path in options.work.rglob("*.safetensors")}


def test_no_text_of_test_is_learned_from(arguments, capsys):
    assert fields.main([*arguments, "--write"]) == 0
    folder = fields.parse(arguments).work / "13" / "finance"
    assert str(folder) in capsys.readouterr().out
    texts = {
        name: set(map(fold, pd.read_csv(folder / f"{name}.csv")["text"]))
        for name in ("train-40", "test", "texts")
    }
    assert len(texts["train-40"]) == 40
    assert not texts["test"] & (texts["train-40"] | texts["texts"])
    assert texts["train-40"] < texts["texts"]


def test_what_is_missing_is_named_at_once(tmp_path, capsys):
    with pytest.raises(SystemExit):
        fields.parse([str(tmp_path), "--field", "retail"])
    assert "there is no" in capsys.readouterr().err


def test_settings_are_json_or_words_and_others_are_named(arguments, capsys):
    options = fields.parse([*arguments, "--train", "training.schedule=cosine"])
    assert options.settings["training.schedule"] == "cosine"
    assert options.settings["training.max_steps"] == 3
    with pytest.raises(SystemExit):
        fields.parse([*arguments, "--train", "seed"])
    assert "--train seed: expected setting=value" in capsys.readouterr().err
