"""Texts without labels: which are found, which are kept, what is refused."""

from __future__ import annotations

import openpyxl
import pytest

from sentilora import samples
from sentilora.data.corpus import read_corpus
from sentilora.errors import DataError

NAMES = ["a.csv", "a.tsv", "a.jsonl", "a.csv.gz", "a.parquet"]
TEXTS = ["The film", "a room", "it was good"]


def texts_of(corpus) -> list[str]:
    return [text for batch in corpus.batches() for text in batch]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_gives_its_texts_and_labels_are_ignored(write, name):
    path = write(name, [{"text": text, "label": "x"} for text in TEXTS])
    corpus = read_corpus([path])
    assert texts_of(corpus) == texts_of(corpus) == TEXTS  # can be read again
    assert corpus.counts.to_dict() == {
        "read": 3,
        "bad": 0,
        "duplicates": 0,
        "guarded": 0,
        "kept": 3,
    }
    assert corpus.files == (path,)


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_plain_text_file_has_a_text_a_line(write, name):
    path = write(name, b"\xef\xbb\xbfThe film\r\n\n   \na room\nit was good")
    assert texts_of(read_corpus([path])) == TEXTS


def test_the_same_text_is_kept_once_over_all_files(write):
    first = write("a.csv", [{"text": text} for text in [*TEXTS, "the  FILM"]])
    second = write("b.txt", "A ROOM\nsomething else\n")
    corpus = read_corpus([first, second])
    assert texts_of(corpus) == [*TEXTS, "something else"]
    assert corpus.counts.duplicates == 2


def test_texts_of_a_test_file_are_left_out(write):
    path = write("a.csv", [{"text": text} for text in [*TEXTS, "a room"]])
    test = write("other.parquet", [{"review": "IT was\n good"}, {"review": None}])
    corpus = read_corpus([path], guards=[test])
    assert texts_of(corpus) == ["The film", "a room"]
    assert (corpus.counts.guarded, corpus.counts.duplicates) == (1, 1)
    assert corpus.guard_files == (test,)


def test_of_a_folder_test_and_validation_files_are_guards(write, tmp_path):
    write("data/unsup.parquet", [{"text": text} for text in TEXTS])
    write("data/train.csv", [{"text": "more of it", "label": "1"}])
    write("data/test.csv", [{"text": "the film", "label": "1"}])
    write("data/dev.jsonl", [{"text": "A room"}])
    write("data/README.md", "not a table")
    corpus = read_corpus([tmp_path / "data"])
    assert texts_of(corpus) == ["more of it", "it was good"]
    assert {file.name for file in corpus.guard_files} == {"test.csv", "dev.jsonl"}
    again = read_corpus([tmp_path / "data", tmp_path / "data" / "test.csv"])
    assert texts_of(again) == texts_of(corpus)


def test_the_sample_is_read_without_its_test_part():
    corpus = read_corpus([samples.NAME])
    assert corpus.files == (samples.path("train"),)
    assert corpus.guard_files == (samples.path("test"),)
    assert corpus.counts.kept > 500


def test_the_column_can_be_named_where_the_file_has_it(write):
    path = write("a.csv", [{"body": "one", "text": "two"}])
    test = write("b.csv", [{"text": "three"}])
    plain = write("c.txt", "four\n")
    corpus = read_corpus([path, plain], guards=[test], text="body")
    assert texts_of(corpus) == ["one", "four"]


def test_bad_rows_stop_it_unless_they_are_to_be_skipped(write):
    path = write("a.jsonl", [{"text": "one"}, {"text": ""}, {"text": None}, {"text": 4}])
    with pytest.raises(DataError, match=r"3 problems in .*a\.jsonl") as caught:
        read_corpus([path])
    assert "empty text: row 2" in str(caught.value)
    assert "text is not a string but int: row 4" in str(caught.value)
    assert str(caught.value).endswith(
        "Leave bad rows out with skip_bad_rows=True; they are counted."
    )
    corpus = read_corpus([path], skip_bad_rows=True)
    assert texts_of(corpus) == ["one"]
    assert (corpus.counts.read, corpus.counts.bad) == (4, 3)


def test_a_line_that_is_not_utf8_is_named(write):
    with pytest.raises(DataError, match=r"broken encoding \(not UTF-8\): row 2 \(line 3\)"):
        read_corpus([write("a.txt", b"good\n\nbad\xff\n")])


def test_all_that_cannot_be_opened_is_told_at_once(write, tmp_path):
    pairs = write("pairs.csv", [{"preferred": "a", "other": "b"}])
    with pytest.raises(DataError, match="3 problems in the texts") as caught:
        read_corpus([tmp_path / "gone.csv", pairs], guards=[tmp_path / "gone.txt"])
    message = str(caught.value)
    assert "gone.csv does not exist" in message
    assert "gone.txt does not exist. Expected a file of texts, one a line" in message
    assert "no column for the text" in message
    assert "name only those with texts" in message


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"data/test.csv": "text\nfilm\n"}, "nothing but test and validation files"),
        ({"data/README.md": "x"}, r"data holds no file of texts\. Found: 'README\.md'"),
        (
            {"data/a.csv": "text\nfilm\n", "data/test.csv": "text\nfilm\n"},
            r"No text is left of .*: 1 rows, 0 bad, 0 duplicates, 1 that stand in a test",
        ),
        ({"data/a.csv": "text,text\na,b\n"}, "column names that occur twice: 'text'"),
        ({"data/a.txt": ""}, r"a\.txt is empty"),
        ({"data/a.txt": b"PK\x03\x04"}, "looks like a zip archive"),
    ],
)
def test_a_folder_without_texts_is_refused(write, tmp_path, files, message):
    for name, content in files.items():
        write(name, content)
    with pytest.raises(DataError, match=message):
        read_corpus([tmp_path / "data"])


def test_workbooks_and_labelled_lines_are_read_for_their_texts(write, tmp_path):
    book = openpyxl.Workbook()
    for line in (["text", "label"], ["from a sheet", "x"]):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    lines = write("b.txt", "__label__1 from a line\n__label__2 from another\n")
    corpus = read_corpus([tmp_path / "a.xlsx", lines])
    texts = [text for batch in corpus.batches() for text in batch]
    assert texts == ["from a sheet", "from a line", "from another"]
