"""Texts in memory: every shape people hold them in is a list, or one error that says why not."""

import array
import datetime as dt
import pickle
from collections import Counter, deque
from pathlib import Path

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sentilora.data.text_entries import checked_texts, open_entries
from sentilora.errors import ConfigError, DataError, SentiloraError

TEXTS = ["Lovely film", "It broke", "Ça va 👍"]
FRAME = pd.DataFrame({"id": [7, 8, 9], "text": TEXTS, "stars": [5, 1, 4]})


class PolarsSeries:
    """A column that can be made a list, as those of polars can."""

    def __init__(self, values):
        self.values = values

    def to_list(self):
        return list(self.values)


SHAPES = {
    "list": TEXTS,
    "tuple": tuple(TEXTS),
    "deque": deque(TEXTS),
    "generator": (text for text in TEXTS),
    "dict values": {1: TEXTS[0], 2: TEXTS[1], 3: TEXTS[2]}.values(),
    "series": FRAME["text"],
    "object series": FRAME["text"].astype(object),
    "category": FRAME["text"].astype("category"),
    "arrow series": FRAME["text"].astype(pd.ArrowDtype(pa.string())),
    "index": pd.Index(TEXTS),
    "numpy objects": np.array(TEXTS, dtype=object),
    "numpy strings": np.array(TEXTS),
    "numpy entries": list(np.array(TEXTS)),
    "arrow array": pa.array(TEXTS),
    "large strings": pa.array(TEXTS, pa.large_string()),
    "chunked": pa.chunked_array([TEXTS[:1], TEXTS[1:]]),
    "datasets column": datasets.Dataset.from_dict({"text": TEXTS})["text"],
    "polars series": PolarsSeries(TEXTS),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_texts_are_taken_in_their_order(shape):
    assert checked_texts(open_entries(SHAPES[shape])) == TEXTS


FRAMES = {
    "pandas": FRAME,
    "arrow table": pa.Table.from_pandas(FRAME),
    "record batch": pa.RecordBatch.from_pylist(FRAME.to_dict("records")),
    "datasets": datasets.Dataset.from_pandas(FRAME),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_table_gives_the_column_that_is_named(kind):
    assert checked_texts(open_entries(FRAMES[kind], "text")) == TEXTS
    assert checked_texts(open_entries(FRAMES[kind], "Text")) == TEXTS


@pytest.mark.parametrize("kind", FRAMES)
def test_a_table_alone_is_never_taken_for_its_column_names(kind):
    with pytest.raises(DataError, match=r"is a table, expected texts.*df\['text'\].*text=\"text\""):
        open_entries(FRAMES[kind])


def test_the_column_to_give_is_guessed_from_its_words():
    frame = FRAME.rename(columns={"text": "was sagt der Kunde"})
    with pytest.raises(DataError, match=r"df\['was sagt der Kunde'\]"):
        open_entries(frame)


def test_columns_that_are_not_there_or_there_twice_are_named():
    with pytest.raises(DataError, match=r"no column 'body'. Found: 'id', 'text', 'stars'"):
        open_entries(FRAME, "body")
    twice = pd.concat([FRAME, FRAME[["text"]]], axis=1)
    with pytest.raises(DataError, match="more than one column 'text'"):
        open_entries(twice, "text")


def test_a_column_without_a_table_is_an_error():
    with pytest.raises(ConfigError, match='text="body" names a column of a table, and a list was'):
        open_entries(TEXTS, "body")


class Polars:
    """A class of polars, as far as one can tell without it."""


LAZY = type("LazyFrame", (Polars,), {"__module__": "polars.lazyframe"})

NO_TEXTS = {
    "None": (None, "NoneType None is no text"),
    "int": (5, "int 5 is no text"),
    "float": (0.5, "float 0.5 is no text"),
    "bool": (True, "bool True is no text"),
    "bytes": (b"abc", r"bytes b'abc' is no text. Decode it: data.decode\('utf-8'\)"),
    "bytearray": (bytearray(b"abc"), "Decode it"),
    "dict": ({"text": "a"}, r"A dict with the keys \['text'\] is no list of texts"),
    "counter": (Counter("ab"), "A Counter with the keys"),
    "set": ({"a", "b"}, "A set has no order"),
    "path": (Path("reviews.csv"), "PosixPath .* is no text"),
    "date": (dt.date(2026, 1, 1), "date .* is no text"),
    "function": (len, "is no text"),
    "matrix": (np.array([["a", "b"], ["c", "d"]]), r"of shape \(2, 2\) is no list of texts"),
    "zero dimensions": (np.array("a"), r"of shape \(\) .* texts\.item\(\)"),
    "two dimensions": (np.array([["a"]]), r"of shape \(1, 1\) .* texts\[:, 0\]"),
    "three dimensions": (np.array([[["a"]]]), r"of shape \(1, 1, 1\) .* texts\.ravel\(\)"),
    "lazy": (LAZY(), r"A LazyFrame of polars has no rows in memory. Read them first: it.collect"),
}


@pytest.mark.parametrize("kind", NO_TEXTS)
def test_what_holds_no_texts_is_one_error(kind):
    given, told = NO_TEXTS[kind]
    with pytest.raises(DataError, match=told):
        open_entries(given)


NO_TEXT = {
    "none": (None, r"is missing \(None\)"),
    "nan": (float("nan"), r"is missing \(nan\)"),
    "NA": (pd.NA, r"is missing \(<NA>\)"),
    "NaT": (pd.NaT, r"is missing \(NaT\)"),
    "int": (5, "is int 5, not a string"),
    "bytes": (b"abc", "is bytes b'abc', not a string"),
    "list": (["a", "b"], r"is list \['a', 'b'\], not a string"),
    "dict": ({"text": "a"}, "is dict {'text': 'a'}, not a string"),
    "array": (np.zeros(9000), "is ndarray array.*…, not a string"),
    "frame": (FRAME, "is DataFrame .*, not a string"),
    "empty": ("", "is empty"),
    "white": (" \n\t", "is empty"),
    "surrogate": ("a \ud83d b", r"holds half of a character \(a lone surrogate\): 'a \\ud83d b'"),
}


@pytest.mark.parametrize("kind", NO_TEXT)
def test_an_entry_that_is_no_text_is_named(kind):
    value, told = NO_TEXT[kind]
    with pytest.raises(DataError, match=rf"(?s)^the texts: entry 1 {told}\nLeave them out"):
        checked_texts(open_entries(["Good", value, "Bad"]))


def test_missing_values_of_a_column_are_named_by_place_and_index():
    column = pd.Series(["Good", None, "Bad", pd.NA], index=["a", "b", "c", "d"])
    with pytest.raises(DataError, match=r"entry 1 \(index 'b'\).*\n.*entry 3 \(index 'd'\)"):
        checked_texts(open_entries(column))


def test_many_bad_entries_are_ten_lines():
    with pytest.raises(DataError, match="90 problems in the texts") as caught:
        checked_texts(open_entries([""] * 90))
    assert len(str(caught.value).splitlines()) == 13


def test_no_texts_at_all_are_no_error():
    assert checked_texts(open_entries([])) == []


@pytest.mark.parametrize(
    "given", [array.array("i", [1, 2]), range(3), iter([1]), np.ones(3), pd.Series([1, 2]), [[]]]
)
def test_numbers_and_nested_lists_are_errors_of_ours(given):
    with pytest.raises(SentiloraError, match="not a string") as caught:
        checked_texts(open_entries(given))
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args
