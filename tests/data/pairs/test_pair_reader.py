"""Files of pairs: both kinds, in any format, under any names, with every problem at once."""

from __future__ import annotations

import pytest

from sentilora.data.pairs.pair_columns import parse_pair_columns
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.data.pairs.preference_pairs import GRADED, LABELS, PairFile
from sentilora.errors import ConfigError, DataError
from sentilora.labels import BINARY, TERNARY, Labels

TWO = Labels(BINARY)

GRADED_ROWS = [
    {"text_preferred": "superb", "text_other": "dull", "margin": 0.5, "weight": 2},
    {"text_preferred": "fine", "text_other": "dull", "margin": 0, "weight": 1},
    {"text_preferred": "superb", "text_other": "fine", "margin": 1, "weight": 0.5},
]
LABEL_ROWS = [
    {"text": "superb", "chosen": "positive", "rejected": "negative"},
    {"text": "dull", "chosen": "negative", "rejected": "positive"},
]


def compared(pairs):
    texts = pairs.texts
    return [tuple(texts[side] for side in sides) for sides in pairs.sides]


def message(*args, **kwargs) -> str:
    with pytest.raises(DataError, match=r".") as error:
        read_pairs(*args, labels=TWO, **kwargs)
    return str(error.value)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz"])
def test_graded_texts_are_the_same_from_every_format(write, name):
    pairs = read_pairs(write(name, GRADED_ROWS), labels=TWO)
    assert pairs.kind == GRADED
    assert compared(pairs) == [("superb", "dull"), ("fine", "dull"), ("superb", "fine")]
    assert pairs.margins.tolist() == [0.5, 0.0, 1.0]
    assert pairs.weights.tolist() == [2.0, 1.0, 0.5]
    assert pairs.rows.tolist() == [1, 2, 3]
    assert pairs.label_ids.shape == (3, 0)
    assert sorted(pairs.texts) == ["dull", "fine", "superb"]
    assert pairs.labels is None


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_label_preferences(write, name):
    pairs = read_pairs(write(name, LABEL_ROWS), labels=TWO)
    assert pairs.kind == LABELS
    assert compared(pairs) == [("superb",), ("dull",)]
    assert pairs.label_ids.tolist() == [[1, 0], [0, 1]]
    assert pairs.weights.tolist() == [1.0, 1.0]
    assert pairs.labels == TWO


@pytest.mark.parametrize(("good", "bad"), [("POS", "neg"), ("Positive", "Negative"), ("1", "0")])
def test_labels_of_pairs_are_read_as_those_of_labelled_rows(write, good, bad):
    rows = [{"text": "superb", "chosen": good, "rejected": bad}]
    assert read_pairs(write("a.csv", rows), labels=TWO).label_ids.tolist() == [[1, 0]]


def test_columns_may_have_other_names(write):
    rows = [{"better": "superb", "worse": "dull", "Weight": 3}]
    file = write("a.csv", rows)
    columns = {"text_preferred": "better", "text_other": "worse"}
    pairs = read_pairs(PairFile(str(file), columns), labels=TWO)
    assert compared(pairs) == [("superb", "dull")]
    assert pairs.weights.tolist() == [3.0]
    assert "text_preferred from 'better'" in pairs.notes[0]


def test_names_of_columns_are_parsed_from_the_command_line():
    assert parse_pair_columns("text_preferred=a, text_other = b") == {
        "text_preferred": "a",
        "text_other": "b",
    }
    assert parse_pair_columns(None) == {}
    with pytest.raises(ConfigError, match=r'columns="a": expected names such as'):
        parse_pair_columns("a")


def test_pairs_may_refer_to_texts_in_another_file(write):
    texts = write("texts.csv", [{"src": f"t{i}", "text": f"text {i}", "x": 1} for i in range(4)])
    rows = [
        {"hi": "t2", "lo": "t0", "stars_hi": 9, "stars_lo": 1},
        {"hi": "t3", "lo": "t2", "stars_hi": 9, "stars_lo": 7},
    ]
    columns = {
        "text_preferred": "hi",
        "text_other": "lo",
        "rating_preferred": "stars_hi",
        "rating_other": "stars_lo",
    }
    file = PairFile(str(write("a.csv", rows)), columns, str(texts), "src")
    pairs = read_pairs(file, labels=TWO)
    assert compared(pairs) == [("text 2", "text 0"), ("text 3", "text 2")]
    assert pairs.margins.tolist() == [1.0, 0.25]  # differences over the largest one
    assert len(pairs.texts) == 3  # a text that no pair names is not kept
    assert [path.name for path in pairs.files] == ["a.csv", "texts.csv"]


def test_references_that_lead_nowhere_are_bad_rows(write):
    rows = [{"src": "t0", "text": "a"}, {"src": "t0", "text": "b"}, {"src": "t1", "text": ""}]
    texts = write("texts.csv", rows)
    pairs = [
        {"text_preferred": one, "text_other": other}
        for one, other in (("t0", "t9"), ("t1", ""), ("t9", "t9"))
    ]
    said = message(PairFile(str(write("a.csv", pairs)), {}, str(texts), "src"))
    assert (
        f"reference that stands for several texts of {texts}: row 1 (line 2: text_preferred 't0')"
        in said
    )
    assert (
        f"reference that column 'src' of {texts} does not have: row 1 (line 2: text_other 't9')"
        in said
    )
    assert "empty text: row 2 (line 3: text_preferred 't1')" in said
    assert "no reference: row 2 (line 3: text_other)" in said
    with pytest.raises(DataError, match=r"no column 'id'. Found: 'src', 'text'.*key=\"COL\""):
        read_pairs(PairFile(str(write("b.csv", pairs)), {}, str(texts), "id"), labels=TWO)


def test_all_problems_of_graded_texts_are_told_at_once(write):
    rows = [
        ("superb", "dull", "1", "1"),  # 1, contradicted by 7
        ("", "dull", "1", "1"),  # 2
        ("superb", " SUPERB ", "1", "1"),  # 3
        ("superb", "fine", "-1", "1"),  # 4
        ("superb", "fine", "wide", "1"),  # 5
        ("superb", "fine", "1", "0"),  # 6
        ("Dull", "superb", "1", "1"),  # 7
        ("fine", "dull", "1", "nan"),  # 8
    ]
    names = ("text_preferred", "text_other", "margin", "weight")
    file = write("a.csv", [dict(zip(names, row, strict=True)) for row in rows])
    said = message(file)
    assert said.startswith(f"7 problems in {file}\n")
    assert "empty text: row 2 (line 3: text_preferred)" in said
    assert "the two texts are the same: row 3 (line 4: but for case and white space)" in said
    assert "margin below 0: row 4 (line 5: -1)" in said
    assert "no number for margin: row 5 (line 6: 'wide')" in said
    assert "weight that is not above 0: row 6 (line 7: 0)" in said
    assert "no number for weight: row 8 (line 9: 'nan')" in said
    assert "contradicts another row: row 1 (line 2: row 7), row 7 (line 8: row 1)" in said
    assert said.splitlines()[-1].startswith("Leave bad rows out with skip_bad_rows=True")


def test_all_problems_of_label_preferences_are_told_at_once(write):
    rows = [
        ("superb", "positive", "negative"),  # 1, contradicted by 5
        ("dull", "sad", "positive"),  # 2
        ("dull", "", "positive"),  # 3
        ("dull", "neg", "negative"),  # 4
        ("Superb", "negative", "positive"),  # 5
    ]
    names = ("text", "chosen", "rejected")
    said = message(write("a.csv", [dict(zip(names, row, strict=True)) for row in rows]))
    assert "label is not one of negative, positive: row 2 (line 3: 'sad')" in said
    assert "no label: row 3 (line 4: chosen)" in said
    assert "chosen and rejected are the same label: row 4 (line 5: negative)" in said
    assert "contradicts another row: row 1 (line 2: row 5), row 5 (line 6: row 1)" in said


def test_bad_rows_can_be_left_out_and_are_kept_with_reasons(write):
    rows = [*GRADED_ROWS, {**GRADED_ROWS[0], "margin": -2}]
    rows += [{**GRADED_ROWS[1], "text_preferred": "dull", "text_other": "fine"}]
    pairs = read_pairs(write("a.csv", rows), labels=TWO, skip_bad_rows=True)
    assert compared(pairs) == [("superb", "dull"), ("superb", "fine")]
    assert [(one.row, one.problem) for one in pairs.skipped] == [
        (2, "contradicts another row: row 5"),
        (4, "margin below 0: -2"),
        (5, "contradicts another row: row 2"),
    ]
    assert "3 rows of" in pairs.notes[-1]


def test_ratings_must_agree_with_the_preference(write):
    rows = [
        {"text_preferred": "a", "text_other": "b", "rating_preferred": 2, "rating_other": 4},
        {"text_preferred": "a", "text_other": "c", "rating_preferred": "", "rating_other": 4},
    ]
    said = message(write("a.csv", rows))
    assert (
        "rating of the preferred text is not higher: row 1 (line 2: 2, the other one's is 4)"
        in said
    )
    assert "no number for rating_preferred: row 2 (line 3)" in said


def test_a_margin_wins_over_ratings(write):
    row = {"text_preferred": "a", "text_other": "b", "rating_preferred": 1, "rating_other": 4}
    pairs = read_pairs(write("a.csv", [{**row, "margin": 0.25}]), labels=TWO)
    assert pairs.margins.tolist() == [0.25]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"text": "a", "label": "b"}, "holds no pairs. Found: 'text', 'label'. Expected"),
        (
            {"text_preferred": "a", "text_other": "b", "text": "c", "chosen": "x", "rejected": "y"},
            "holds both kinds of pairs: 'text_preferred', 'text_other', 'chosen', 'rejected'",
        ),
        ({"text_preferred": "a", "other": "b"}, "missing: text_other. Found: 'text_preferred'"),
        ({"text": "a", "chosen": "b"}, "label preferences need the columns text, chosen, rejected"),
    ],
)
def test_a_file_that_is_not_of_one_kind_is_refused(write, row, expected):
    assert expected in message(write("a.csv", [row]))


def test_names_that_do_not_exist_are_refused(write):
    file = str(write("a.csv", GRADED_ROWS))
    assert "no column 'x' for text_other" in message(PairFile(file, {"text_other": "x"}))
    said = message(PairFile(file, {"chosen": "margin"}))
    assert "holds both kinds of pairs" in said
    said = message(PairFile(file, {"grade": "margin"}))
    assert "graded texts have no grade. They have text_preferred, text_other, margin" in said


def test_a_file_without_rows_is_refused(write):
    assert "no rows, only a header" in message(write("a.csv", "text_preferred,text_other\n"))
    rows = [{"text_preferred": "a", "text_other": "a"}]
    assert "no row can be used" in message(write("b.csv", rows), skip_bad_rows=True)


def test_pairs_that_share_no_text_are_different_units(write):
    texts = [("a", "b"), ("c", "d"), ("e", "B"), ("f", "c")]
    rows = [{"text_preferred": one, "text_other": other} for one, other in texts]
    pairs = read_pairs(write("a.csv", rows), labels=Labels(TERNARY))
    first, second, third, fourth = pairs.units().tolist()
    assert first == third  # b and B are the same text
    assert second == fourth != first
