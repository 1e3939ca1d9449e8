from __future__ import annotations

import json

import pytest

from sentilora.data.labelled.reader import read_examples
from sentilora.errors import DataError


def said(*choices, **more):
    value = {"choices": list(choices)}
    return {"result": [{"from_name": "sentiment", "type": "choices", "value": value}], **more}


def task(number, *annotations):
    return {"id": number, "data": {"text": f"text {number}"}, "annotations": list(annotations)}


TASKS = [
    task(1, said("Positive")),
    task(2, said("Negative"), said("Positive", was_cancelled=True)),
    task(3, said("Positive"), said("Positive")),
]
GOOD = [("text 1", "positive"), ("text 2", "negative"), ("text 3", "positive")]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_tasks_of_label_studio(write, pairs, rows, name):
    content = json.dumps(TASKS) if name == "a.json" else "\n".join(map(json.dumps, TASKS))
    path = write(name, content)
    assert pairs(path) == GOOD
    assert rows(path)[0] == {"id": 1, "text": "text 1", "sentiment": "Positive"}


def test_annotators_that_differ_are_named(write, pairs):
    tasks = [*TASKS, task(4, said("Positive"), said("Negative")), task(5)]
    path = write("a.json", json.dumps(tasks))
    with pytest.raises(DataError) as error:
        read_examples(path)
    assert "more than one label: row 4 (['Positive', 'Negative'])" in str(error.value)
    assert "no label: row 5" in str(error.value)
    assert pairs(path, skip_bad_rows=True) == GOOD


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.parquet"])
def test_lists_of_one_label_are_that_label(write, pairs, name):
    rows = [{"text": "a", "label": ["positive"]}, {"text": "b", "label": ["negative"]}]
    path = write(name, rows if name.endswith("t") else "\n".join(map(json.dumps, rows)))
    assert pairs(path) == [("a", "positive"), ("b", "negative")]


def test_lists_of_several_labels_or_none_are_bad_rows(write, pairs):
    labels = [["positive"], [], ["negative", "positive"], ["negative"]]
    lines = [json.dumps({"text": f"t{i}", "label": label}) for i, label in enumerate(labels)]
    path = write("a.jsonl", "\n".join(lines))
    with pytest.raises(DataError, match=r"(?s)more than one label: row 3.*|no label: row 2"):
        read_examples(path)
    assert pairs(path, skip_bad_rows=True) == [("t0", "positive"), ("t3", "negative")]


def prodigy(number, answer, **label):
    return {"text": f"text {number}", "_input_hash": number, **label, "answer": answer}


@pytest.mark.parametrize(
    "lines",
    [
        [
            prodigy(1, "accept", label="POSITIVE"),
            prodigy(2, "reject", label="POSITIVE"),
            prodigy(3, "accept", label="NEGATIVE"),
        ],
        [
            prodigy(1, "accept", accept=["POSITIVE"]),
            prodigy(2, "ignore", accept=["POSITIVE"]),
            prodigy(3, "accept", accept=["NEGATIVE"]),
        ],
    ],
)
def test_what_prodigy_did_not_accept_has_no_label(write, pairs, rows, lines):
    path = write("a.jsonl", "\n".join(map(json.dumps, lines)))
    with pytest.raises(DataError, match=r"the answer is not 'accept': row 2 \('(reject|ignore)'\)"):
        read_examples(path)
    assert pairs(path, skip_bad_rows=True) == [("text 1", "positive"), ("text 3", "negative")]
    assert [row["text"] for row in rows(path)] == ["text 1", "text 2", "text 3"]
    assert list(rows(path)[0]) == list(lines[0])


def test_records_of_argilla(write, pairs):
    def record(text, *values):
        answers = [{"value": value, "status": "submitted"} for value in values]
        discarded = {"value": "other", "status": "discarded"}
        return {"id": text, "fields": {"text": text}, "responses": {"label": [*answers, discarded]}}

    records = [record("a", "positive"), record("b", "negative", "negative")]
    assert pairs(write("a.json", json.dumps(records))) == [("a", "positive"), ("b", "negative")]
