"""Pairs from counterfactual edits."""

from __future__ import annotations

import zipfile

import pytest

from sentilora.data.files import sources
from sentilora.data.pairs.built_pairs import write_pairs
from sentilora.data.pairs.from_edits import pairs_from_edits
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.data.pairs.preference_pairs import LABELS
from sentilora.errors import ConfigError, DataError
from sentilora.labels import TERNARY, Labels

ROWS = [
    ("a dull film", "negative", 1),
    ("a superb film", "positive", 1),
    ("a film", "neutral", 1),
    ("never again", "negative", 2),
    ("ever again", "positive", 2),
    ("alone", "positive", 3),
    ("Alone", "negative", 3),
]


def rows(values=ROWS):
    return [dict(zip(("text", "label", "pair"), row, strict=True)) for row in values]


def compared(built):
    texts = built.pairs.texts
    return [tuple(texts[side] for side in sides) for sides in built.pairs.sides]


def test_the_more_positive_text_of_a_group_is_preferred(write):
    built = pairs_from_edits(write("a.csv", rows()), group="pair")
    margins = dict(zip(compared(built), built.pairs.margins.tolist(), strict=True))
    assert margins == {
        ("a superb film", "a dull film"): 1.0,
        ("a superb film", "a film"): 0.5,
        ("a film", "a dull film"): 0.5,
        ("ever again", "never again"): 1.0,
    }
    assert sorted(built.more["group"]) == ["1", "1", "1", "2"]


def test_ratings_and_single_words_are_read_as_in_a_training(write):
    values = [(f"word{n}", f"{10 * (n % 2)}/10", n // 2) for n in range(40)]
    path = write("a.csv", rows(values))
    with pytest.raises(DataError, match="hardly holds texts"):
        pairs_from_edits(path, group="pair", scale="0-10")
    built = pairs_from_edits(path, group="pair", scale="0-10", any_text=True)
    assert len(built) == 20
    assert ("word1", "word0") in compared(built)


def test_each_text_chooses_its_own_label(write, tmp_path):
    values = [row for row in ROWS if row[2] == 2]
    values += [("one", "neutral", 5), ("two", "positive", 5)]
    built = pairs_from_edits(write("a.csv", rows(values)), group="pair", kind=LABELS)
    write_pairs(built, tmp_path / "p.jsonl")
    labels = Labels(TERNARY)
    pairs = read_pairs(tmp_path / "p.jsonl", labels=labels)
    said = {
        (pairs.texts[text], labels.names[chosen], labels.names[rejected])
        for (text,), (chosen, rejected) in zip(pairs.sides, pairs.label_ids, strict=True)
    }
    assert said == {
        ("ever again", "positive", "negative"),
        ("never again", "negative", "positive"),
        ("one", "neutral", "positive"),
        ("two", "positive", "neutral"),
    }


def test_labels_that_are_no_sentiments_are_not_graded(write):
    path = write("a.csv", rows([("one", "refund", 1), ("two", "praise", 1)]))
    with pytest.raises(ConfigError, match=r'cannot be graded by them.*kind="labels"'):
        pairs_from_edits(path, group="pair")
    assert len(pairs_from_edits(path, group="pair", kind=LABELS)) == 2


def test_texts_of_the_test_are_left_out(write):
    test = write("t.csv", [{"text": "EVER again", "label": "positive"}])
    built = pairs_from_edits(write("a.csv", rows()), group="pair", leave_out=[test], max_pairs=10)
    assert len(built) == 3
    assert "1 texts left out: they stand in the test" in built.notes


def test_groups_without_two_labels_are_refused(write):
    path = write("a.csv", rows([("one", "positive", 1), ("two", "negative", 2)]))
    with pytest.raises(DataError, match=r"no group of column 'pair' has two texts .* 2 groups"):
        pairs_from_edits(path, group="pair")
    with pytest.raises(ConfigError, match=r"expected at least 1 pair"):
        pairs_from_edits(path, group="pair", max_pairs=0)


def test_a_large_group_is_drawn_from(write):
    values = [(f"text {i}", ("negative", "positive")[i % 2], 1) for i in range(40)]
    built = pairs_from_edits(write("a.csv", rows(values)), group="pair", per_group=7)
    assert len(built) == 7


def test_an_archive_is_unpacked_once(write, tmp_path, monkeypatch):
    path = write("set/train.csv", rows())
    write("set/test.csv", rows(ROWS[:1]))
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for name in ("train.csv", "test.csv"):
            archive.write(path.with_name(name), name)
    counted = []
    unpack = sources.extracted
    monkeypatch.setattr(
        sources, "extracted", lambda *asked: counted.append(asked) or unpack(*asked)
    )
    pairs_from_edits(tmp_path / "set.zip", group="pair")
    assert len(counted) == 1
