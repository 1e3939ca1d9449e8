"""Labelled rows in memory are the files that they would have been, or one error says why not."""

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sentilora.data.files.sources import locate
from sentilora.data.labelled.reader import read_examples
from sentilora.data.stored_frames import store_frame
from sentilora.errors import ConfigError, DataError
from sentilora.quality.quality_check import check

TEXTS = ["Lovely film", "It broke", "Ça va 👍", "Never again"]
LABELS = ["positive", "negative", "positive", "negative"]
FRAME = pd.DataFrame({"text": TEXTS, "label": LABELS, "when": pd.Timestamp("2026-01-01")})
CLASSES = datasets.Features(
    {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["negative", "positive"])}
)
BY_ID = datasets.Dataset.from_dict({"text": TEXTS, "label": [1, 0, 1, 0]}, features=CLASSES)


class Capsule:
    """A table that hands out Arrow, as those of polars and duckdb do."""

    def __init__(self, table):
        self.table = table
        self.columns = table.column_names

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


SHAPES = {
    "pandas": FRAME,
    "index": FRAME.set_index("when"),
    "category": FRAME.astype({"label": "category"}),
    "arrow table": pa.table({"text": TEXTS, "label": LABELS}),
    "record batch": pa.RecordBatch.from_pydict({"text": TEXTS, "label": LABELS}),
    "capsule": Capsule(pa.table({"text": TEXTS, "label": LABELS})),
    "datasets": datasets.Dataset.from_dict({"text": TEXTS, "label": LABELS}),
    "class labels": BY_ID,
    "chosen rows": BY_ID.select([3, 2, 1, 0]).select([3, 2, 1, 0]),
    "dicts": FRAME.to_dict("records"),
    "generator": (row for row in FRAME.to_dict("records")),
    "pairs": list(zip(TEXTS, LABELS, strict=True)),
    "texts and labels": (TEXTS, LABELS),
    "columns of pandas": (FRAME["text"], FRAME["label"]),
    "arrays": (np.array(TEXTS, dtype=object), np.array(LABELS)),
    "dict of columns": {"text": TEXTS, "label": LABELS},
    "numbers": {"text": TEXTS, "label": np.array([1, 0, 1, 0])},
    "floats": pd.DataFrame({"text": TEXTS, "label": [1.0, 0.0, 1.0, 0.0]}),
    "bools in objects": {"text": TEXTS, "label": ["1", 0, "1", 0]},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_read_whatever_holds_them(shape):
    read = read_examples(SHAPES[shape])
    assert read.texts == TEXTS
    assert [read.labels.names[label_id] for label_id in read.label_ids] == LABELS
    assert read.numbers("row").tolist() == [1, 2, 3, 4]
    assert read.source.startswith("the ")


def test_parts_are_found_by_their_names():
    parts = datasets.DatasetDict(train=BY_ID, dev=BY_ID.select([0]), unsupervised=BY_ID)
    found = check(parts)
    assert {name: one.usable for name, one in found.parts.items()} == {"train": 4, "validation": 1}
    assert found.source == "the DatasetDict"
    assert locate({"train": FRAME, "test": FRAME}).has("test")
    with pytest.raises(
        DataError, match=r"the DatasetDict has no part 'test'\. Found: 'train', 'dev'"
    ):
        locate(parts).open("test")


def test_the_same_rows_are_the_same_file(tmp_path):
    first = store_frame(FRAME, tmp_path / "data")
    assert store_frame(FRAME.copy(), tmp_path / "data") == first
    assert store_frame(FRAME.iloc[:2], tmp_path / "data") != first
    assert first.name.startswith("dataframe-")
    assert len(list((tmp_path / "data").iterdir())) == 2


def test_rows_that_lack_a_key_have_no_value_there():
    rows = [{"text": "a b"}, {"text": "c d", "label": "good", "extra": 1}]
    found = check([*rows, {"text": "e f", "label": "bad"}])
    assert found.parts["train"].bad_rows["no label"].count == 1


def test_columns_of_several_kinds_do_not_stop_the_rest(tmp_path):
    odd = [1, "a", None, {"b": [1]}]
    frame = FRAME.assign(odd=odd, period=pd.Period("2026-01"), z=[1j, 2, 3, 4])
    assert read_examples(frame).texts == TEXTS
    stored = store_frame(frame, tmp_path)
    assert pa.parquet.read_table(stored).column("odd").to_pylist() == ["1", "a", None, '{"b": [1]}']


BAD = {
    "None": (None, "NoneType None holds no labelled rows. Expected the path"),
    "int": (5, "int 5 holds no labelled rows"),
    "bytes": (b"a", "holds no labelled rows"),
    "series": (FRAME["text"], "Series .* holds no labelled rows"),
    "array": (np.ones((2, 2)), "ndarray .* holds no labelled rows"),
    "strings": (TEXTS, "Row 0 of the rows is str 'Lovely film'"),
    "numbers": ([1, 2], "Row 0 of the rows is int 1"),
    "empty": ([], "There are no rows"),
    "empty dict": ({}, "holds no columns of rows"),
    "dict of strings": ({"text": "a"}, "A dict of 'text' holds no columns of rows"),
    "lengths": (
        (TEXTS, LABELS[:2]),
        "of one length were expected, and found were 4 of text, 2",
    ),
    "number as text": (
        {"text": ["a b", 5], "label": [0, 1]},
        "column 'text' of the rows: row 2 is int 5\nExpected strings",
    ),
    "bytes as text": ({"text": ["a b", b"c"], "label": [0, 1]}, r"row 2 is bytes b'c'"),
    "surrogate": (
        {"text": ["a b", "\ud83d"], "label": [0, 1]},
        r"row 2 holds half of a character: '\\ud83d'",
    ),
    "surrogate in a label": ([("a b", "\ud83d")], "column 'label' of the rows: row 1 holds half"),
    "twice": (pd.concat([FRAME, FRAME["text"]], axis=1), "column names that occur twice: 'text'"),
    "no columns": (pd.DataFrame(), "."),
    "other columns": (
        FRAME.rename(columns={"text": "words"}),
        "the DataFrame: no column for",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_holds_no_labelled_rows_is_one_error(kind):
    data, told = BAD[kind]
    with pytest.raises(DataError, match=f"(?s){told}"):
        check(data)


def test_how_files_are_read_says_nothing_of_rows_in_memory():
    with pytest.raises(ConfigError, match='the DataFrame is no file, of which delimiter=";" says'):
        check(FRAME, delimiter=";")
