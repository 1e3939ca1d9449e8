from __future__ import annotations

import csv
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

import sentilora
from sentilora.data.labelled.quality_findings import (
    CONFLICT,
    CONTRAST,
    COPY,
    JUNK,
    LEAK,
    PERSONAL,
    WRONG_LABEL,
)
from sentilora.errors import ConfigError, DataError
from sentilora.quality import row_quality

LONG = "The parcel came two weeks late, the box was torn and half of the cups were broken."
ROWS = [
    (LONG, "negative"),  # 1
    (LONG.replace("torn", "ripped"), "negative"),  # 2
    (LONG.replace("late", "early"), "positive"),  # 3
    ("Nice", "positive"),  # 4
    ("nice!", "negative"),  # 5
    ("asdfghjkl", "negative"),  # 6
    ("Write to me: jane.doe@example.com", "positive"),  # 7
    ("", "positive"),  # 8
    ("Stands in the test part as it is here.", "positive"),  # 9
    *((f"text of my own, number {n}", "positive") for n in range(12)),
    *((f"nobody else wrote {n} of these", "negative") for n in range(12)),
]
TEST = [("stands in the test part as it is here", "positive"), ("other", "negative")]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Write train and test; labels are judged without a model."""
    monkeypatch.setattr(row_quality, "is_at_hand", lambda: False)
    for name, rows in (("train", ROWS), ("test", TEST)):
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["id", "text", "label"])
            writer.writerows((f"n{row}", *one) for row, one in enumerate(rows, 1))
    return tmp_path / "train.csv", tmp_path / "test.csv"


def found_in(check, kind):
    return {(one.part, one.row, one.twin) for one in check.quality.rows if one.kind == kind}


def test_each_finding_names_its_row_and_its_twin(files):
    train, test = files
    found = sentilora.check(train, test=test, deep=True, skip_bad_rows=True)
    assert ("train", 2, ("train", 1)) in found_in(found, COPY)
    assert found_in(found, CONTRAST) == {("train", 3, ("train", 1))}
    assert found_in(found, CONFLICT) == {
        ("train", 4, ("train", 5)),
        ("train", 5, ("train", 4)),
    }
    assert found_in(found, JUNK) == {("train", 6, None)}
    assert found_in(found, PERSONAL) == {("train", 7, None)}
    assert found_in(found, LEAK) == {("train", 9, ("test", 1))}
    assert "jane" not in json.dumps(found.to_dict())
    assert any("at least 60 rows" in note for note in found.quality.notes)


def test_two_labels_of_one_text_are_found_beside_a_near_copy_of_it(files):
    edited = LONG.replace("torn", "ripped")
    rows = [(LONG, "negative"), (edited, "negative"), (edited, "positive"), ("fine", "positive")]
    rows += [(f"{word} was mine", "positive") for word in ("cup", "hat", "pen", "bag")]
    rows += [(f"{word} is broken", "negative") for word in ("cup", "hat", "pen", "bag")]
    texts, labels = zip(*rows, strict=True)
    found = sentilora.check((list(texts), list(labels)), deep=True)
    assert found_in(found, CONFLICT) == {
        ("train", 2, ("train", 3)),
        ("train", 3, ("train", 2)),
    }


def test_an_edit_of_a_test_text_to_another_label_stays_in_train(files, tmp_path):
    train, test = files
    test.write_text(f'text,label\n"{LONG}",negative\nother,positive\n', encoding="utf-8")
    found = sentilora.check(train, test=test, fix=tmp_path / "clean.csv")
    assert found_in(found, CONTRAST) == {("train", 3, ("test", 1))}
    assert found_in(found, LEAK) == {("train", row, ("test", 1)) for row in (1, 2)}
    assert LONG.replace("late", "early") in (tmp_path / "clean.csv").read_text(encoding="utf-8")


def test_the_quick_check_looks_at_no_row(files):
    found = sentilora.check(files[0])
    assert found.quality is None
    assert "quality" not in found.to_dict()


def test_nothing_is_lost_by_cleaning(files, tmp_path):
    train, test = files
    out = tmp_path / "clean.csv"
    found = sentilora.check(train, test=test, fix=out, mask_personal=True)
    with out.open(encoding="utf-8") as stream:
        kept = list(csv.DictReader(stream))
    log = [
        json.loads(line)
        for line in (tmp_path / "clean-log.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    moved = {line["row"]: line for line in log if line["change"] == "moved out"}
    assert {2, 4, 5, 6, 8, 9} <= set(moved)
    assert not {1, 3, 7} & set(moved)
    assert len(kept) + len(moved) == len(ROWS) == found.cleaned.kept + found.cleaned.moved_rows
    assert {f"n{row}" for row in moved} | {row["id"] for row in kept} == {
        f"n{row}" for row in range(1, len(ROWS) + 1)
    }
    assert moved[6]["values"] == {"id": "n6", "text": "asdfghjkl", "label": "negative"}
    assert moved[8]["reasons"][0]["reason"].startswith("empty text")
    assert [line["row"] for line in log if line["change"] == "masked"] == [7]
    assert kept[2]["text"] == "Write to me: j•••@e•••"
    assert {row["id"]: row["label"] for row in kept} == {
        f"n{number}": label for number, (_, label) in enumerate(ROWS, 1) if number not in moved
    }


def test_texts_of_any_arrow_type_are_masked(files, tmp_path):
    texts, labels = zip(*(row for row in ROWS if row[0]), strict=True)
    for kind in (pa.large_string(), pa.dictionary(pa.int32(), pa.string())):
        table = pa.table({"text": pa.array(texts, pa.string()).cast(kind), "label": labels})
        parquet.write_table(table, tmp_path / "rows.parquet")
        out = tmp_path / "clean.parquet"
        sentilora.check(tmp_path / "rows.parquet", fix=out, mask_personal=True)
        assert "Write to me: j•••@e•••" in parquet.read_table(out)["text"].to_pylist()


def test_personal_data_stay_when_nobody_asks(files, tmp_path):
    sentilora.check(files[0], fix=tmp_path / "clean.csv")
    assert "jane.doe@example.com" in (tmp_path / "clean.csv").read_text(encoding="utf-8")


def test_what_cannot_be_written_is_refused_before_the_work(files, tmp_path):
    train, test = files
    with pytest.raises(ConfigError, match=r"is the data as well.*train-cleaned\.csv"):
        sentilora.check(train, fix=train)
    with pytest.raises(ConfigError, match=r"test\.csv is the data as well"):
        sentilora.check(train, test=test, fix=test)
    with pytest.raises(ConfigError, match=r"train\.csv lies in .* which is the data as well"):
        sentilora.check(tmp_path, fix=train)
    with pytest.raises(DataError, match="which is no folder"):
        sentilora.check(train, fix=tmp_path / "none" / "clean.csv")
    with pytest.raises(ConfigError, match="none is: give its name with fix="):
        sentilora.check(train, mask_personal=True)


@pytest.mark.parametrize(("rows", "is_judged"), [(499, False), (500, True)])
def test_words_alone_judge_no_labels_of_a_small_file(monkeypatch, rows, is_judged):
    monkeypatch.setattr(row_quality, "is_at_hand", lambda: False)
    texts = [f"{'lovely' if n % 2 else 'awful'} thing number {n} of mine" for n in range(rows)]
    labels = ["positive" if n % 2 else "negative" for n in range(rows)]
    labels[7] = "negative"
    found = sentilora.check((texts, labels), deep=True)
    named = {row for _, row, _ in found_in(found, WRONG_LABEL)}
    assert (8 in named) is is_judged
    assert any(f"among {rows} rows are right" in note for note in found.quality.notes) != is_judged
    assert bool(found.quality.judge) is is_judged
