from __future__ import annotations

from pathlib import Path

import datasets
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from sentilora.data.files.sources import locate, open_single
from sentilora.data.labelled.draft import read_drafts
from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.scan import Asked
from sentilora.errors import DataError
from sentilora.quality.quality_check import check

CSV = "text,label\n{0} good,positive\n{0} bad,negative\n"


@pytest.fixture
def tables(tmp_path):
    """Write Parquet files with two rows each, and return their folder."""

    def write(*names, columns=("text", "label")):
        for name in names:
            path = tmp_path / "set" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = {"text": [f"{name} good", f"{name} bad"], "label": ["positive", "negative"]}
            parquet.write_table(pa.table({column: rows[column] for column in columns}), path)
        return tmp_path / "set"

    return write


@pytest.mark.parametrize(
    "names",
    [
        (
            "data/train-00000-of-00002.parquet",
            "data/train-00001-of-00002.parquet",
            "data/test-00000-of-00001.parquet",
        ),
        ("split=train/part-0.parquet", "split=train/part-1.parquet", "split=test/part-0.parquet"),
        (
            "plain_text/train/0000.parquet",
            "plain_text/train/0001.parquet",
            "plain_text/test/0000.parquet",
        ),
        ("my_train_1.parquet", "my_train_2.parquet", "my_test.parquet"),
    ],
)
def test_pieces_of_parts_are_found(tables, names):
    location = locate(tables(*names))
    assert set(location.parts) == {"train", "test"}
    examples = read_examples(tables(*names))
    assert examples.texts == [f"{name} {word}" for name in names[:2] for word in ("good", "bad")]
    assert examples.table["row"][:] == [1, 2, 3, 4]
    assert len(read_examples(tables(*names), part="test")) == 2
    assert len(examples.files) == 2


def test_a_folder_of_pieces_is_one_table(tables, rows, notes):
    folder = tables("part-00000.parquet", "part-00001.parquet")
    (folder / "_SUCCESS").touch()
    assert len(rows(folder)) == 4
    assert "2 files read as one table" in notes(folder)
    assert len(read_examples(folder).files) == 2


def test_folders_can_be_columns(tables, rows, pairs):
    folder = tables("label=positive/a.parquet", "label=negative/b.parquet", columns=["text"])
    assert [row["label"] for row in rows(folder)] == ["negative"] * 2 + ["positive"] * 2
    assert len(pairs(folder)) == 4


def test_pieces_of_text_formats_number_their_rows_on(write, rows):
    write("set/a.csv", CSV.format("a") + "one,two,three\n")
    path = write("set/b.csv", CSV.format("b") + ",positive\n")
    with pytest.raises(DataError) as error:
        read_examples(path.parent)
    assert "row 3 (" in str(error.value)
    assert "a.csv, row 3: line 4: 3 fields" in str(error.value)
    assert "empty text: row 6" in str(error.value)
    examples = read_examples(path.parent, skip_bad_rows=True)
    assert examples.texts == ["a good", "a bad", "b good", "b bad"]
    assert examples.table["row"][:] == [1, 2, 4, 5]


def test_pieces_of_json_may_lack_keys(write, rows):
    write("set/a.jsonl", '{"text": "a", "label": "x"}\n')
    path = write("set/b.jsonl", '{"text": "b"}\n{"text": "c", "n": 1}\n')
    assert rows(path.parent) == [
        {"text": "a", "label": "x", "n": None},
        {"text": "b", "label": None, "n": None},
        {"text": "c", "label": None, "n": 1},
    ]


def test_files_of_other_columns_are_not_joined(write):
    write("set/a.csv", CSV)
    path = write("set/b.csv", "id,text\n1,a\n")
    with pytest.raises(
        DataError, match=r"files of different columns: .*a\.csv has 'text', 'label'"
    ):
        locate(path.parent).open("train")


def test_texts_and_labels_in_two_files(write, pairs):
    write("set/train_labels.txt", "1\n0\n1\n")
    write("set/mapping.txt", "0\tnegative\n1\tpositive\n")
    path = write("set/train_text.txt", "good\nbad, very\nfine\n")
    assert pairs(path.parent) == [
        ("good", "positive"),
        ("bad, very", "negative"),
        ("fine", "positive"),
    ]
    write("set/train_labels.txt", "1\n0\n")
    with pytest.raises(
        DataError, match=r"train_text\.txt has 3 lines and .*train_labels\.txt has 2"
    ):
        read_examples(path.parent)


@pytest.mark.parametrize("name", ["a.txt", "a.ft.txt", "a.txt.gz"])
def test_lines_of_fasttext(write, pairs, name):
    path = write(
        name, "__label__pos Lovely: it works\n\n__label__neg It broke\n__label__a __label__b c\n"
    )
    with pytest.raises(DataError, match=r"more than one label: row 3"):
        read_examples(path)
    found = pairs(path, skip_bad_rows=True)
    assert found == [("Lovely: it works", "positive"), ("It broke", "negative")]


@pytest.mark.parametrize(
    "lines",
    [
        "__label__pos , Lovely, it works\n__label__neg , It broke\n",
        "__label__pos, Lovely, it works\n__label__neg,\tIt broke\n",
    ],
)
def test_a_comma_between_label_and_text_of_fasttext_is_left_out(write, lines):
    examples = read_examples(write("a.txt", lines))
    assert examples.texts == ["Lovely, it works", "It broke"]
    assert examples.labels.names == ("negative", "positive")
    assert "the comma between labels and text is left out" in examples.notes


def test_data_sets_that_were_saved_to_disk(tmp_path, pairs, rows, labelled):
    one = datasets.Dataset.from_list(labelled).class_encode_column("label")
    one.save_to_disk(tmp_path / "one")
    expected = [(row["text"], row["label"]) for row in labelled]
    assert pairs(tmp_path / "one") == expected
    assert [row["text"] for row in rows(tmp_path / "one")] == [text for text, _ in expected]
    both = datasets.DatasetDict({"train": one, "dev": one.select([0, 1])})
    both.save_to_disk(tmp_path / "both")
    assert set(locate(tmp_path / "both").parts) == {"train", "validation"}
    assert pairs(tmp_path / "both") == expected
    assert len(read_examples(tmp_path / "both", part="validation")) == 2
    with pytest.raises(DataError, match="is a folder with several tables: 'train', 'validation'"):
        open_single(tmp_path / "both")
    (tmp_path / "one" / "state.json").write_text("{")
    with pytest.raises(DataError, match="is not a whole saved data set"):
        read_examples(tmp_path / "one")


@pytest.mark.parametrize("name", ["a.arrow", "a.feather", "b.arrow"])
def test_arrow_files_and_streams(tmp_path, rows, pairs, labelled, name):
    table, path = pa.Table.from_pylist(labelled), tmp_path / name
    if name == "b.arrow":
        with pa.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table)
    else:
        feather.write_feather(table, path)
    assert rows(path) == labelled
    assert len(pairs(path)) == 3
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"Arrow or Feather file|cannot be read"):
        rows(path)


def test_a_test_file_without_labels_is_not_used_and_told(write):
    rows = "".join(f"{i},text {i},{'pos' if i % 2 else 'neg'}\n" for i in range(20))
    path = write("set/train.csv", f"id,text,sentiment\n{rows}")
    write("set/test.csv", "id,text\n1,a\n")
    write("set/sample_submission.csv", "id,sentiment\n1,pos\n")
    found = check(path.parent)
    assert found.is_usable
    assert set(found.parts) == {"train"}
    assert any("test.csv has no column 'sentiment': it is not used" in note for note in found.notes)
    with pytest.raises(DataError, match="no column for the label"):
        read_drafts(path, {"test": path.with_name("test.csv")}, Asked(), None)


def test_files_without_headers_keep_their_doubt_when_they_are_joined(write):
    first = "The whole soup was cold and late,fine"
    for place in (1, 2):
        path = write(
            f"set/train-{place}.csv", f"{first}\nA warm bowl,good\nA cold bowl {place},bad\n"
        )
    doubt = locate(path.parent).open("train").doubt
    assert doubt
    assert doubt == open_single(path.with_name("train-1.csv")).doubt


@pytest.mark.parametrize(
    ("train", "test", "label"),
    [
        ("text,negative,positive", "text,negative,positive", "negative,positive"),
        ("text,Sentiment_Label", "text,polarity", None),
    ],
)
def test_a_test_file_with_labels_under_any_known_name_is_used(write, train, test, label):
    cells = [(i % 2, 1 - i % 2) if label else (("pos", "neg")[i % 2],) for i in range(20)]
    rows = "".join(f"text {i},{','.join(map(str, row))}\n" for i, row in enumerate(cells))
    path = write("set/train.csv", f"{train}\n{rows}")
    write("set/test.csv", f"{test}\n{rows}")
    assert set(check(path.parent, label=label).parts) == {"train", "test"}


@pytest.mark.parametrize(
    "names",
    [
        ("train.parquet", "test.parquet"),
        ("data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet"),
        ("split=train/part-0.parquet", "split=test/part-0.parquet", "split=test/part-1.parquet"),
    ],
)
def test_the_path_that_an_error_names_for_a_prediction_works(tables, rows, names):
    with pytest.raises(DataError) as error:
        open_single(tables(*names))
    path = str(error.value).rpartition("for instance: ")[2]
    assert len(rows(Path(path))) == 2 * (len(names) - 1)
