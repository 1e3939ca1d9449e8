"""Whatever a public function is given, what it raises on purpose is an error of ours."""

import io
import pathlib

import numpy as np
import pandas as pd
import pytest

import sentilora
from sentilora.errors import ConfigError, SentiloraError

FRAME = pd.DataFrame({"text": ["Good stuff", "Bad stuff"] * 4, "label": ["good", "bad"] * 4})
VALUES = {
    "nothing": None,
    "number": 5,
    "fraction": 1.5,
    "truth": True,
    "bytes": b"abc",
    "table": FRAME,
    "column": FRAME["text"],
    "array": np.ones(3),
    "list": ["a", "b"],
    "nested": [["a"]],
    "dict": {"a": 1},
    "set": {"a"},
    "generator": (letter for letter in "ab"),
    "object": object(),
    "file": io.StringIO("a"),
    "half a character": "\ud83d",
    "NUL": "a\0b",
    "function": len,
}
CALLS = {
    "load": sentilora.load,
    "evaluate, model": lambda value: sentilora.evaluate(value, FRAME),
    "predict_file, model": lambda value: sentilora.predict_file(value, "nope.csv", "out.csv"),
    "predict_file, source": lambda value: sentilora.predict_file("general", value, "out.csv"),
    "predict_file, output": lambda value: sentilora.predict_file("general", "nope.csv", value),
    "export": sentilora.export,
    "export, to": lambda value: sentilora.export("nope", to=value),
    "train, config": lambda value: sentilora.train("nope.csv", config=value),
    "train, resume": lambda value: sentilora.train(resume=value),
    "train, text": lambda value: sentilora.train("nope.csv", text=value),
    "train, epochs": lambda value: sentilora.train("nope.csv", epochs=value),
    "adapt": lambda value: sentilora.adapt("nope", value, output="out"),
    "resume_adaptation": sentilora.resume_adaptation,
    "check": sentilora.check,
    "check, text": lambda value: sentilora.check(FRAME, text=value, label="nope"),
    "check, labels": lambda value: sentilora.check(FRAME, labels=value, label="nope"),
    "check, stars": lambda value: sentilora.check(FRAME, stars=value, label="nope"),
    "check, test": lambda value: sentilora.check(FRAME, test=value, label="nope"),
    "list_runs": lambda value: list(sentilora.list_runs(value)),
    "read_pairs": lambda value: sentilora.read_pairs(value, labels="good,bad"),
    "read_pairs, labels": lambda value: sentilora.read_pairs("nope.csv", labels=value),
    "pairs_from_ratings": lambda value: sentilora.pairs_from_ratings(value, rating="stars"),
    "write_pairs": lambda value: sentilora.write_pairs(value, "pairs.csv"),
    "create_model": lambda value: sentilora.create_model(value, ["good", "bad"]),
    "create_model, labels": lambda value: sentilora.create_model("nope/nope", labels=value),
    "RunConfig": lambda value: sentilora.RunConfig(base=value, seed=value),
}


@pytest.fixture(scope="module")
def model_of_tiny_run(tiny_run):
    return sentilora.load(tiny_run, device="cpu")


@pytest.mark.parametrize("call", CALLS)
def test_no_value_of_a_wrong_kind_raises_anything_but_an_error_of_ours(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = []
    for value in VALUES.values():
        try:
            CALLS[call](value)
        except SentiloraError as error:
            told.append(str(error))
    assert len(told) > len(VALUES) / 2
    assert max(map(len, told)) < 3000
    assert list(tmp_path.iterdir()) == []


NO_TEXTS = [one for one in VALUES if one not in ("list", "column", "NUL", "generator", "file")]
TOLD = "no text|no list of texts|not a string|no order|is a table|no table|half of|no column for"


@pytest.mark.parametrize("call", ["predict", "score", "explain", "predict_proba", "predict_frame"])
def test_no_text_of_a_wrong_kind_does_either(call, model_of_tiny_run):
    for kind in NO_TEXTS:
        value = FRAME[["label"]] if kind == "table" else VALUES[kind]
        with pytest.raises(SentiloraError, match=rf"{TOLD}"):
            getattr(model_of_tiny_run, call)(value)


@pytest.mark.parametrize("kind", [one for one in VALUES if one != "nothing"])
def test_no_column_of_a_wrong_kind_does_either(kind, model_of_tiny_run):
    with pytest.raises(SentiloraError, match=r"has no column|expected the name of a column"):
        model_of_tiny_run.predict(FRAME, text=VALUES[kind])


def test_a_path_may_be_anything_that_stands_for_one(tiny_run):
    assert sentilora.load(tiny_run).labels == sentilora.load(tiny_run.path).labels
    with pytest.raises(ConfigError, match=r"^int 5 is no path. Expected the path of"):
        sentilora.load(5)
    with pytest.raises(ConfigError, match=r"A DataFrame is no file.*model.predict_frame\(table\)"):
        sentilora.predict_file("general", FRAME, "out.csv")
    with pytest.raises(SentiloraError, match="There is no run or model at runs/nope"):
        sentilora.load(pathlib.PurePath("runs/nope"))


def test_columns_of_pandas_may_be_numbers():
    frame = FRAME.rename(columns={"text": 0, "label": 1})
    assert sentilora.check(frame, text=0, label=1).labels == ("negative", "positive")


def test_a_setting_outside_of_its_section_is_told_where_it_stands():
    with pytest.raises(
        ConfigError, match=r"epochs = 1: unknown setting; did you mean 'training\.epochs'"
    ):
        sentilora.RunConfig(epochs=1)
    with pytest.raises(ConfigError, match="preset = 'fst': must be 'fast', 'balanced' or 'best'"):
        sentilora.RunConfig(preset="fst")
