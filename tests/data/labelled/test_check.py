from __future__ import annotations

import json

import pytest

from sentilora.data.labelled.check import Finding
from sentilora.errors import DataError
from sentilora.labels import Labels
from sentilora.quality.quality_check import check


def test_a_clean_set(write, reviews):
    found = check(write("a.csv", reviews(40)))
    assert found.is_usable
    assert found.problems == ()
    assert found.labels == ("negative", "positive")
    part = found.parts["train"]
    assert (part.usable, part.counts) == (40, {"negative": 20, "positive": 20})
    assert part.lengths["0%"] == len("review 0")
    assert part.lengths["100%"] == len("review 39")
    nothing = Finding(0, ())
    assert part.exact_duplicates == part.near_duplicates == part.conflicts == nothing
    assert part.bad_rows == found.shared == {}


def test_duplicates_and_conflicts_have_row_numbers(write, reviews):
    rows = [
        {"text": "Same", "label": "positive"},  # 1
        {"text": "other", "label": "negative"},  # 2
        {"text": "Same", "label": "positive"},  # 3, exact
        {"text": " same\n", "label": "positive"},  # 4, near
        {"text": "OTHER", "label": "positive"},  # 5, near and a conflict
        *reviews(20),
    ]
    part = check(write("a.csv", rows)).parts["train"]
    assert part.exact_duplicates == Finding(1, ((1, 3),))
    assert part.near_duplicates == Finding(2, ((1, 3, 4), (2, 5)))
    assert part.conflicts == Finding(2, ((2, 5),))


def test_bad_rows_are_reported_not_raised(write, reviews):
    rows = [*reviews(20), {"text": "", "label": "positive"}, {"text": " ", "label": ""}]
    found = check(write("a.csv", rows))
    part = found.parts["train"]
    assert part.bad_rows == {
        "empty text": Finding(2, ((21,), (22,))),
        "no label": Finding(1, ((22,),)),
    }
    assert not found.is_usable
    assert any(
        "empty text: row 21 (line 22), row 22 (line 23)" in problem for problem in found.problems
    )
    assert part.usable == 20


def test_class_floor_depends_on_what_must_be_carved(write, reviews):
    rows = reviews(10)
    assert any("at least 6 are needed" in p for p in check(write("a.csv", rows)).problems)
    given = write("b.csv", reviews(4))
    assert check(write("a.csv", rows), validation=given, test=given).is_usable


def test_texts_shared_between_parts(write, reviews):
    write("set/test.csv", [{"text": "REVIEW 3", "label": "neg"}, {"text": "new", "label": "neg"}])
    found = check(write("set/train.csv", reviews(20)).parent)
    assert found.shared == {"train/test": Finding(1, ((4, 1),))}
    assert list(found.parts) == ["train", "test"]


def test_only_first_ten_are_listed(write, reviews):
    rows = [*reviews(30), *reviews(30)]
    part = check(write("a.csv", rows)).parts["train"]
    assert part.exact_duplicates.count == 30
    assert len(part.exact_duplicates.rows) == 10
    assert part.exact_duplicates.rows[0] == (1, 31)


def test_labels_and_stars_are_passed_on(write):
    rows = [{"words": f"text {i}", "points": i % 2} for i in range(20)]
    labels = Labels(("no", "yes"))
    found = check(write("a.csv", rows), text="words", label="points", labels=labels)
    assert found.labels == ("no", "yes")
    rows = [{"text": f"text {i}", "stars": 1 + i % 5} for i in range(40)]
    assert check(write("b.csv", rows), stars=5).labels == ("negative", "neutral", "positive")


def test_json_form(write, reviews):
    found = check(write("a.csv", [*reviews(20), {"text": "", "label": "negative"}]))
    form = json.loads(json.dumps(found.to_dict()))
    assert form["is_usable"] is False
    assert form["parts"]["train"]["bad_rows"]["empty text"] == {"count": 1, "rows": [[21]]}


def test_undecided_columns_are_raised(write):
    with pytest.raises(DataError, match="no column for the label"):
        check(write("a.csv", "text\na\n"))


def test_bad_rows_are_problems_or_notes_but_not_both(write, reviews):
    path = write("a.csv", [*reviews(40), {"text": "", "label": "positive"}])
    found = check(path)
    assert any("empty text" in problem for problem in found.problems)
    assert not any("empty text" in note for note in found.notes)
    found = check(path, skip_bad_rows=True)
    assert found.problems == ()
    assert any("1 rows of" in note and "empty text" in note for note in found.notes)


def test_bad_rows_are_told_beside_a_label_that_is_left_alone(write):
    rows = "".join(f"bad\0text {n},positive\ngood text {n},negative\n" for n in range(3))
    with pytest.raises(DataError, match=r"one label alone.*\n.*NUL byte: row 1") as error:
        check(write("a.csv", "text,label\n" + rows))
    assert str(error.value).count("NUL byte") == 1


def test_objects_are_no_texts_that_could_be_answered(write):
    rows = [{"review": {"body": f"lamp {n} came late"}} for n in range(30)]
    with pytest.raises(DataError, match="hold objects") as error:
        check(write("a.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows)))
    assert "Texts alone" not in str(error.value)
