from __future__ import annotations

import json

import pytest

from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.split import read_parts
from sentilora.errors import DataError
from sentilora.labels import parse_labels


def rows(values, names, count=12):
    return [
        {"text": f"a text {i} of some words", "label": values[i % len(values)], "mood": name}
        for i, name in zip(range(count), names * count, strict=False)
    ]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([0, 1], ["positive", "negative"]),
        ([0, 1], ["Pos.", "NEG"]),
        ([0, 1, 2], ["positive", "neutral", "negative"]),
        (["n", "p"], ["good", "bad"]),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_names_the_other_way_round_are_asked_about(write, values, names, name):
    path = write(name, rows(values, names))
    said = ["positive", "neutral", "negative"] if len(values) > 2 else ["positive", "negative"]
    with pytest.raises(
        DataError, match="column 'mood' calls the values of 'label' otherwise"
    ) as error:
        read_examples(path)
    there = [f"{value}={name}" for value, name in zip(sorted(values), said, strict=True)]
    ours = [f"{value}={name}" for value, name in zip(sorted(values), reversed(said), strict=True)]
    for labels, first in ((there, said[0]), (ours, said[-1])):
        assert f"labels={json.dumps(labels)}" in str(error.value)
        examples = read_examples(path, labels=parse_labels(labels))
        assert examples.labels.names[examples.label_ids[0]] == first


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ([0, 1], ["negative", "positive"]),
        ([0, 1], ["negative", "positive", "positive", "negative"]),  # another's opinion
        ([0, 1], ["sunny", "rainy"]),
        ([0, 1], ["positive", "negative", "odd", "odd"]),
        (["positive", "negative"], ["negative", "positive"]),
    ],
)
def test_other_columns_say_nothing(write, values, names):
    examples = read_examples(write("a.csv", rows(values, names)))
    assert examples.labels.names == ("negative", "positive")


def test_one_label_in_the_first_rows_is_enough(write):
    path = write(
        "a.csv", sorted(rows([0, 1], ["positive", "negative"], 600), key=lambda r: r["label"])
    )
    with pytest.raises(DataError, match="0 positive\\. Say which is right"):
        read_examples(path)


def test_what_was_said_of_train_holds_for_the_other_parts(write):
    train, test = (write(n, rows([0, 1], ["positive", "negative"], 60)) for n in ("a.csv", "b.csv"))
    labels = parse_labels("0=positive,1=negative")
    parts = read_parts(train, test=test, labels=labels)
    assert parts.test.labels.names[parts.test.label_ids[0]] == "positive"
