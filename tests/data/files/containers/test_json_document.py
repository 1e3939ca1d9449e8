from __future__ import annotations

import json

import pandas as pd
import pytest

from sentilora.data.files.containers import json_document
from sentilora.data.files.sources import open_single
from sentilora.data.labelled.reader import read_examples
from sentilora.errors import DataError
from sentilora.labels import Labels

FRAME = pd.DataFrame({"text": ["a b", "c"], "label": ["positive", "negative"], "n": [1.5, None]})
RECORDS = json.loads(FRAME.to_json(orient="records"))


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=2),
        "\ufeff" + json.dumps(RECORDS),
        json.dumps({"version": 1, "data": RECORDS}, indent=1),
        json.dumps({"data": RECORDS, "features": [{"name": "text"}]}),
        json.dumps({"rows": [{"row_idx": i, "row": row} for i, row in enumerate(RECORDS)]}),
        "\n".join(map(json.dumps, RECORDS)),
        "\n".join(json.dumps(row, indent=2) for row in RECORDS),
        *(FRAME.to_json(orient=form) for form in ("columns", "index", "split", "table")),
        FRAME.astype(object).where(FRAME.notna(), None).to_dict("list"),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_of_any_shape(write, rows, pairs, content, name):
    path = write(name, content if isinstance(content, str) else json.dumps(content))
    found = rows(path)
    assert [{key: row[key] for key in ("text", "label", "n")} for row in found] == RECORDS
    assert pairs(path) == [("a b", "positive"), ("c", "negative")]


def test_large_documents_are_read_row_by_row(write, rows, monkeypatch):
    monkeypatch.setattr(json_document, "WHOLE_CHARACTERS", 2000)
    monkeypatch.setattr(json_document, "_BLOCK_CHARACTERS", 64)
    many = [{"text": f"é{i} " * 5, "n": i} for i in range(500)]
    assert rows(write("a.json", json.dumps(many))) == many
    assert rows(write("b.json", json.dumps({"x": {"y": 1}, "data": many, "z": [1]}))) == many
    with pytest.raises(DataError, match=r"one value is longer .*orient='records', lines=True"):
        open_single(write("c.json", pd.DataFrame(many).to_json()))
    with pytest.raises(DataError, match=r"several lists: 'train', 'test'"):
        open_single(write("d.json", json.dumps({"train": many, "test": many})))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[{"text": "a"}, {"text" "b"}]', r"value 2, near .* Expecting ':' delimiter"),
        ('[{"text": "a"},', "value 2, at its end"),
        ('[{"text": "a"}] x', "more stands after its end"),
        ("[]", "is empty"),
        ("[" * 100_000, "is not JSON"),
        ('{"train": [{"text": "a"}], "test": [{"text": "b"}]}', "several lists of rows: 'train'"),
    ],
)
def test_what_is_no_table_is_told(write, content, expected):
    with pytest.raises(DataError, match=expected):
        open_single(write("a.json", content))


def test_rows_that_are_no_objects_are_bad_rows(write):
    from sentilora.data.labelled.reader import read_examples

    path = write("a.json", '[{"text": "a", "label": "x"}, 5, {"text": "b", "label": "y"}]')
    with pytest.raises(DataError, match=r"not a JSON object: row 2"):
        read_examples(path)
    assert read_examples(path, skip_bad_rows=True).texts == ["a", "b"]


def test_numbers_that_no_float_can_hold_are_kept(write, rows):
    path = write("a.json", '[{"text": "a", "n": 1e400, "m": NaN, "i": 123456789012345678901}]')
    (row,) = rows(path)
    assert row == {"text": "a", "n": "1e400", "m": None, "i": "123456789012345678901"}


def test_one_row_with_a_list_is_a_row(write, rows):
    row = {"text": "a", "tags": [{"k": 1}, {"k": 2}]}
    assert rows(write("a.jsonl", json.dumps(row))) == [{**row, "tags": json.dumps(row["tags"])}]


ROWS = '{"text": "a b", "label": "good", "text": "c"}', '{"text": "d", "label": "bad", "text": "d"}'


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_a_key_that_stands_twice_is_told(write, name):
    path = write(name, "\n".join(ROWS))
    with pytest.raises(DataError, match=r"a key stands twice, with other values: row 1 .*'text'"):
        read_examples(path)
    kept = read_examples(path, skip_bad_rows=True, labels=Labels(("good", "bad")))
    assert kept.texts == ["d"]  # the same value twice is one


def test_a_key_that_stands_twice_in_an_array_is_told(write):
    path = write("a.json", f"[{ROWS[1]}, {ROWS[0]}]")
    with pytest.raises(DataError, match="the key 'text' stands twice in value 2, with other"):
        read_examples(path)
