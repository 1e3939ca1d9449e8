"""Each kind of bad input gets an error that names it, with row numbers; nothing is dropped."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from sentilora.data.files.read_options import Reading
from sentilora.data.labelled.examples import write_skipped
from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.split import read_parts
from sentilora.errors import DataError
from sentilora.labels import Labels

GOOD = b"text,label\ngood,pos\nbad,neg\n"


def message(*args, **kwargs) -> str:
    with pytest.raises(DataError, match=r".") as error:
        read_examples(*args, **kwargs)
    return str(error.value)


def test_everything_wrong_is_in_one_error(write):
    path = write(
        "a.csv",
        b"text,label\n"
        b"fine,pos\n"  # 1
        b",neg\n"  # 2
        b"ragged,neg,3\n"  # 3
        b"caf\xff,pos\n"  # 4
        b"nul\0,neg\n"  # 5
        b"no label,\n"  # 6
        b'"quote"x,pos\n'  # 7
        b'"two\nlines",neg\n'  # 8
        b"short\n"  # 9
        b"   ,neg\n",  # 10
    )
    text = message(path)
    assert text.startswith(f"6 problems in {path}\n")
    assert "empty text: row 2 (line 3), row 10 (line 12, 11 in a spreadsheet)" in text
    assert "wrong number of fields (the header has 2): row 3 (line 4: 3 fields), row 9" in text
    assert "row 9 (line 11, 10 in a spreadsheet: 1 fields)" in text
    assert "broken encoding (not UTF-8): row 4 (line 5: text)" in text
    assert "NUL byte: row 5 (line 6: text)" in text
    assert "no label: row 6 (line 7)" in text
    assert "broken quotes: row 7 (line 8: ',' expected after '\"')" in text
    assert text.splitlines()[-1].startswith("Leave bad rows out with skip_bad_rows=True")


def test_skip_bad_rows_keeps_count_and_reasons(write):
    path = write("a.csv", b"text,label\nfine,pos\n,neg\nx,neg,3\ncaf\xff,\nbad,neg\n")
    examples = read_examples(path, skip_bad_rows=True)
    assert examples.texts == ["fine", "bad"]
    assert examples.table["row"][:] == [1, 5]
    assert [(skipped.row, skipped.problem) for skipped in examples.skipped] == [
        (2, "empty text"),
        (3, "wrong number of fields (the header has 2): line 4: 3 fields"),
        (4, "no label; broken encoding (not UTF-8): text"),
    ]
    assert any(f"3 rows of {path} left out" in note for note in examples.notes)


def test_skipped_rows_are_written_once(write, tmp_path, reviews):
    rows = [*reviews(40), {"text": "", "label": "positive"}]
    parts = read_parts(write("a.csv", rows), skip_bad_rows=True)
    path = tmp_path / "skipped.jsonl"
    assert write_skipped([parts.train, parts.validation, parts.test], path) == 1
    line = json.loads(path.read_text(encoding="utf-8"))
    assert line == {"file": str(tmp_path / "a.csv"), "row": 41, "problem": "empty text"}
    assert sum(map(len, (parts.train, parts.validation, parts.test))) == 40


def test_rows_of_a_kind_are_listed_up_to_ten(write):
    rows = "text,label\na,pos\nb,neg\n" + ",pos\n" * 37
    assert "row 12 (line 13), and 27 more" in message(write("a.csv", rows))


def test_missing_columns_list_what_was_found(write):
    text = message(write("a.csv", "words,mood\nx,pos\n"))
    assert "no column for the text (one named text, review, sentence or content)" in text
    assert "Found: 'words', 'mood'. Choose one with text=\"NAME\"." in text
    assert "no column for the label (one named label, sentiment, target, stars or rating)" in text


def test_missing_columns_do_not_hide_ragged_rows(write):
    text = message(write("a.csv", "words,label\nx,pos\ny\n"))
    assert "no column for the text" in text
    assert "row 2 (line 3: 1 fields)" in text


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text,review,label", "more than one column could be the text: 'text', 'review'"),
        ("text,label,rating", "more than one column could be the label: 'label', 'rating'"),
        ("text,Text,label", 'Choose one with text="text"'),
        ("text,text,label", "column names that occur twice: 'text'"),
    ],
)
def test_ambiguous_columns(write, header, expected):
    assert expected in message(write("a.csv", f"{header}\na,b,pos\n"))


def test_options_solve_what_is_ambiguous(write):
    path = write("a.csv", "text,review,label,rating\na,b,pos,1\nc,d,neg,5\n")
    assert read_examples(path, text="review", label="label").texts == ["b", "d"]
    assert read_examples(path, text="TEXT", label="Rating", stars=5).label_ids.tolist() == [0, 1]


def test_unknown_option_columns(write):
    text = message(write("a.csv", GOOD), text="body", label="mood", group="user")
    for name in ("body", "mood", "user"):
        assert f"no column '{name}'. Found: 'text', 'label'." in text


def test_one_column_for_two_purposes(write):
    path = write("a.csv", GOOD)
    assert "cannot be the text and the label" in message(path, text="text", label="text")


def test_label_outside_the_given_names(write):
    path = write("a.csv", "text,label\na,pos\nb,meh\n,bäh\nc,neg\n")
    text = message(path, labels=Labels(("negative", "positive")))
    assert (
        "label is not one of negative, positive: row 2 (line 3: 'meh'), row 3 (line 4: 'bäh')"
        in text
    )
    assert "empty text: row 3 (line 4)" in text
    kept = read_examples(path, labels=Labels(("negative", "positive")), skip_bad_rows=True)
    assert kept.texts == ["a", "c"]
    assert kept.label_ids.tolist() == [1, 0]
    assert [skipped.row for skipped in kept.skipped] == [2, 3]


def test_label_ids_outside_the_map(write):
    path = write("a.csv", "text,label\na,0\nb,1\nc,4\n")
    text = message(path, labels=Labels(("negative", "positive")))
    assert "holds the numbers 0, 1, 4, which labels=… does not fit: negative, positive" in text
    assert 'labels=["negative", "neutral", "positive"]' in text


def test_only_one_label(write):
    assert "holds one label alone, 'positive'" in message(write("a.csv", "text,label\na,pos\n"))


def test_no_row_has_a_wanted_label(write):
    path = write("a.csv", "text,label\na,x\nb,y\n")
    text = message(path, labels=Labels(("neg", "pos")), skip_bad_rows=True)
    assert "no row has one of the labels neg, pos" in text


def test_no_row_can_be_used(write):
    path = write("a.csv", "text,label\n,pos\na,\n")
    assert "no row can be used. no label: row 2 (line 3); empty text: row 1 (line 2)" in message(
        path, skip_bad_rows=True
    ).replace(
        "empty text: row 1 (line 2); no label: row 2 (line 3)",
        "no label: row 2 (line 3); empty text: row 1 (line 2)",
    )


def test_a_column_of_ids_is_no_label(write):
    rows = [{"text": f"t{i}", "label": f"id{i}"} for i in range(1500)]
    assert "holds more than 1,000 different values" in message(write("a.csv", rows))


def test_group_without_value(write):
    path = write("a.csv", "text,label,user\na,pos,u\nb,neg,\n")
    assert "no proper value in group column 'user': row 2" in message(path, group="user")


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.csv.gz", "a.jsonl.gz"])
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_empty_file(write, name, content):
    assert "is empty" in message(write(name, content))


@pytest.mark.parametrize("content", ["text,label", "text,label\n", "text,label\n\n\n"])
def test_header_only(write, content):
    assert "no rows, only a header" in message(write("a.csv", content))


def test_empty_parquet(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "a.parquet")
    text = message(tmp_path / "a.parquet")
    assert "no column for the label" in text
    assert "no rows" in text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"PK\x03\x04" + bytes(200), "a zip archive or an Excel file"),
        (b"PAR1" + bytes(200), "a parquet file"),
        (gzip.compress(GOOD, mtime=0), "gzip data; rename it so that it ends in .gz"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "control bytes"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_binary_file(write, name, content, expected):
    text = message(write(name, content))
    assert "is not a text file" in text
    assert expected in text


def test_binary_file_called_parquet(write):
    assert "is not a parquet file" in message(write("a.parquet", b"text,label\n"))


def test_damaged_parquet(write, reviews):
    path = write("a.parquet", reviews(5000))
    content = bytearray(path.read_bytes())
    content[100:3000] = bytes(2900)
    path.write_bytes(content)
    assert "cannot be read" in message(path)


@pytest.mark.parametrize("name", ["a.csv.gz", "a.jsonl.gz"])
def test_broken_gzip(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(GOOD)
    assert "is not a whole gzip file" in message(path)
    content = GOOD * 5000 if "csv" in name else b'{"text": "a", "label": "pos"}\n' * 5000
    path.write_bytes(gzip.compress(content)[:-20])
    assert "is not a whole gzip file" in message(path)


def test_header_that_is_not_utf8(write):
    assert "the header is no proper text" in message(write("a.csv", b"t\xffxt,label\na,pos\n"))


def test_header_with_broken_quotes(write):
    assert "the header has broken quotes" in message(write("a.csv", '"text"x,label\na,pos\n'))


def test_unclosed_quote_names_the_line_where_the_row_starts(write):
    text = message(write("a.csv", 'text,label\na,pos\n"never closed,neg\nb,pos\n'))
    assert "quotes that open in one row and close in a later one, or never" in text
    assert "row 2 (lines 3 to 4)" in text


def test_bad_json_lines(write):
    path = write(
        "a.jsonl",
        b'{"text": "a", "label": "pos"}\n'
        b'{"text": "b", "label": }\n'  # 2
        b'["c", "neg"]\n'  # 3
        b'{"label": "neg"}\n'  # 4
        b'{"text": "d"}\n'  # 5
        b'{"text": 5, "label": "neg"}\n'  # 6
        b'{"text": "e", "label": {"a": 1}}\n'  # 7
        b'{"text": "caf\xe9", "label": "neg"}\n'  # 8
        b'{"text": "\\ud83d", "label": "neg"}\n'  # 9
        b'{"text": "\\u0000", "label": "neg"}\n'  # 10
        + b"[" * 100_000
        + b"\n"  # 11
        + b'{"text": "f", "label": '
        + b"9" * 5000
        + b"}\n"  # 12
        b'{"text": "g", "label": "neg"}\n',
    )
    text = message(path)
    assert re.search(r"not JSON: row 2 \(line 2, column 24: Expecting value\), row 11", text)
    assert "row 12 (line 12: Exceeds the limit" in text
    assert "not a JSON object: row 3 (line 3: list)" in text
    assert "no text: row 4" in text
    assert "no label: row 5" in text
    assert "text is not a string but int: row 6" in text
    assert "label is neither a string nor a number: row 7" in text
    assert "broken encoding (not UTF-8): row 8 (line 8, byte 14), row 9 (text)" in text
    assert "NUL byte: row 10 (text)" in text
    assert read_examples(path, skip_bad_rows=True).texts == ["a", "g"]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.dat", "unknown file ending (.dat). Expected .csv, .tsv"),
        ("b.dat", "It begins like .csv ('text,label'): copy it to b.csv"),
        ("c.dat", "It begins like .txt: copy it to c.txt"),
        ("a.rtf", "is a document, not a table"),
        ("a.xlsx", "is not a .xlsx workbook"),
        ("a.tar.gz", "is an archive. Unpack it"),
        ("a.db", "is a data base that cannot be opened"),
    ],
)
def test_unknown_ending(write, name, advice):
    content = "__label__good Warm, soft\n" if name == "c.dat" else GOOD
    assert advice in message(write(name, content))


@pytest.mark.parametrize("name", ["missing.csv", "a/b/c", "missing.json"])
def test_missing_file(tmp_path, name):
    assert "There is no file or folder" in message(tmp_path / name)


def test_folder_without_train(write):
    path = write("set/test.csv", GOOD)
    write("set/train.doc", "{}")
    text = message(path.parent)
    assert "is a folder without train.*" in text
    assert "Found: 'test.csv', 'train.doc'" in text


def test_folder_with_two_files_for_a_part(write):
    write("set/train.csv", GOOD)
    path = write("set/train.tsv", GOOD)
    write("set/val.csv", GOOD)
    write("set/dev.csv", GOOD)
    text = message(path.parent)
    assert "more than one file for train: 'train.csv', 'train.tsv'" in text
    assert "more than one file for validation: 'dev.csv', 'val.csv'" in text


def test_file_that_may_not_be_read(write, monkeypatch):
    path = write("a.csv", GOOD)

    def refuse(self, mode="r", **options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, whom no mode stops
    assert f"{path} cannot be read: Permission denied" in message(path)


def test_problems_of_all_parts_are_in_one_error(write, reviews, tmp_path):
    train = write("train.csv", [*reviews(30), {"text": "", "label": "positive"}])
    test = write("test.csv", "text,label\na,positive\nb,furious\n")
    with pytest.raises(DataError, match="3 problems in the data") as error:
        read_parts(train, test=test, validation=tmp_path / "gone.csv")
    text = str(error.value)
    assert f"{train}: empty text: row 31 (line 32)" in text
    assert f"{test}: label is not one of negative, positive: row 2 (line 3: 'furious')" in text
    assert "There is no file or folder" in text


def test_rows_that_are_not_of_the_named_encoding(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\nschön genug,good\nnot so good,bad\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"broken encoding \(not ascii\): row 1 \(line 2: text\)"):
        read_examples(path, reading=Reading(encoding="ascii"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_temporary_disk_is_full(write, reviews, monkeypatch):
    path = write("a.csv", reviews(5000))
    monkeypatch.setattr("sentilora.data.labelled.scan.ScratchFolder", FullFolder)
    with pytest.raises(DataError, match=r"No space left on device.*TMPDIR"):
        read_examples(path)


class FullFolder:
    """A folder in which every file is /dev/full."""

    def __init__(self):
        self.path = self

    def __truediv__(self, name):
        return Path("/dev/full")
