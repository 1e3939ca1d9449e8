"""Copies with an edit, at toy size."""

import json

import numpy as np
import pytest

from benchmarks import near_copies as near
from sentilora.errors import DataError
from tests.helpers.texts import write_csv

SYLLABLES = ["ket", "dri", "hot", "pho", "mil", "zan", "gro", "lep", "fur", "vis", "bac", "tum"]
THINGS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]


def texts(rows, seed=3):
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(THINGS, 30)) + f" {row}" for row in range(rows)]


def test_every_second_text_gets_a_copy_that_is_another_text():
    rows, sources, edits = near.planted(texts(28), np.random.default_rng(1))
    assert len(rows) == 42
    assert sorted(filter(None, edits)) == sorted(list(near.EDITS) * 2)
    whole = list(zip(rows, sources, edits, strict=True))
    own = {source: row for row, source, edit in whole if not edit}
    assert len(own) == 28
    for row, source, edit in whole:
        if edit:
            assert source % 2 == 0
            assert row != own[source]


def test_found_and_wrongly_told_are_counted():
    sources, edits = [0, 0, 1, 2, 2, 3], ["", "ten words added", "", "", "last fifth cut", ""]
    found = near.counted([0, 0, 2, 3, 4, 0], sources, edits)  # 3 is told as a copy of 0
    assert found["recall"] == 0.5
    assert found["recall_by_edit"] == {"ten words added": 1.0, "last fifth cut": 0.0}
    assert (found["told"], found["wrong"], found["precision"]) == (2, 1, 0.5)
    assert (found["texts"], found["wrong_share"]) == (4, 0.25)


def test_the_least_threshold_that_is_right_everywhere_is_chosen():
    right = {str(t): {"wrong_share": 0.0} for t in near.THRESHOLDS}
    other = right | {"0.4": {"wrong_share": 0.1}, "0.5": {"wrong_share": 0.01}}
    assert near.chosen([right]) == 0.4
    assert near.chosen([right, other]) == 0.6
    assert near.chosen([{str(t): {"wrong_share": 1.0} for t in near.THRESHOLDS}]) is None


def test_a_file_is_read_in_two_halves(tmp_path, capsys):
    data = write_csv(tmp_path / "rows.csv", [(text, "x") for text in texts(60)])
    output = tmp_path / "near.json"
    assert near.main([str(data), "--rows", "28", "--output", str(output)]) == 0
    written = json.loads(output.read_text(encoding="utf-8"))
    (halves,) = written["halves"].values()
    assert len(halves) == 2
    for half in halves:
        assert half["0.4"]["recall"] >= half["0.9"]["recall"]
        assert half["0.7"]["recall_by_edit"]["marks and capitals"] == 1.0
    assert "copies found" in capsys.readouterr().out


def test_a_file_of_few_texts_is_refused(tmp_path, capsys):
    data = write_csv(tmp_path / "rows.csv", [(text, "x") for text in texts(20)])
    assert near.main([str(data), "--output", str(tmp_path / "near.json")]) == DataError.exit_code
    said = capsys.readouterr().err
    assert f"{data} holds 20 texts" in said
    assert "expected 28 at least" in said


def test_too_few_rows_are_refused(capsys):
    with pytest.raises(SystemExit):
        near.parse(["x.csv", "--rows", "3"])
    assert "--rows must be at least 14" in capsys.readouterr().err
