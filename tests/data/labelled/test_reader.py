from __future__ import annotations

import datasets
import numpy as np
import pytest

from sentilora.data.labelled.reader import read_examples
from sentilora.errors import ConfigError, DataError
from sentilora.labels import Labels

TEXTS = ['plain, with "quotes"', "two\nlines\r\nand\ttabs", "naïve — ☕ 🙂", " spaces kept "]
ROWS = [
    {"text": text, "label": label, "user": f"u{index % 2}"}
    for index, (text, label) in enumerate(zip(TEXTS, ["pos", "neg", "pos", "neg"], strict=True))
]
FORMATS = ["a.csv", "a.tsv", "a.jsonl", "a.parquet", "a.csv.gz", "a.tsv.gz", "a.jsonl.gz", "A.CSV"]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reads_the_same(write, name):
    path = write(name, ROWS)
    examples = read_examples(path, group="user")
    assert examples.texts == TEXTS
    assert examples.labels.names == ("negative", "positive")
    assert examples.label_ids.tolist() == [1, 0, 1, 0]
    assert examples.label_ids.dtype == np.int64
    assert examples.table["row"][:] == [1, 2, 3, 4]
    assert examples.table["group"][:] == ["u0", "u1", "u0", "u1"]
    assert examples.files == (path,)
    assert examples.source == str(path)
    assert len(examples) == 4
    assert examples.skipped == ()
    assert "labels read: neg as negative, pos as positive" in examples.notes


def test_table_has_the_promised_types_and_is_mapped_from_disk(write):
    table = read_examples(write("a.csv", ROWS), group="user").table
    assert isinstance(table, datasets.Dataset)
    assert {name: feature.dtype for name, feature in table.features.items()} == {
        "text": "string",
        "label_id": "int32",
        "row": "int64",
        "group": "string",
    }
    assert table.cache_files


def test_without_group_there_is_no_group_column(write):
    assert read_examples(write("a.csv", ROWS)).table.column_names == ["text", "label_id", "row"]


def test_select_and_counts(write, reviews):
    examples = read_examples(write("a.csv", reviews(9, ("neg", "neutral", "pos"))))
    part = examples.select([8, 0, 3])
    assert part.texts == ["review 8", "review 0", "review 3"]
    assert part.counts() == {"negative": 2, "neutral": 0, "positive": 1}
    assert part.select(np.array([1])).texts == ["review 0"]
    assert part.select([]).texts == []
    assert part.select([]).label_ids.tolist() == []
    assert examples.counts() == {"negative": 3, "neutral": 3, "positive": 3}


def test_rows_over_several_chunks_keep_order_and_numbers(write, reviews):
    examples = read_examples(write("a.csv", reviews(20_000)))
    assert examples.texts == [f"review {i}" for i in range(20_000)]
    assert examples.table["row"][19_999] == 20_000
    assert examples.select([19_999, 3]).texts == ["review 19999", "review 3"]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.csv.gz"])
def test_byte_order_mark_is_passed_over(write, name):
    body = "text,label\na,pos\nb,neg\n"
    if "jsonl" in name:
        body = '{"text": "a", "label": "pos"}\n{"text": "b", "label": "neg"}\n'
    assert read_examples(write(name, b"\xef\xbb\xbf" + body.encode())).texts == ["a", "b"]


def test_blank_lines_are_passed_over_and_not_counted(write):
    path = write("a.csv", "text,label\r\n\r\na,pos\r\n\r\nb,neg\r\n\r\n")
    assert read_examples(path).table["row"][:] == [1, 2]
    path = write("a.jsonl", '\n{"text":"a","label":0}\n\n{"text":"b","label":1}\n\n')
    assert read_examples(path).table["row"][:] == [1, 2]


def test_old_mac_line_ends_and_no_last_line_end(write):
    assert read_examples(write("a.csv", "text,label\ra,pos\rb,neg")).texts == ["a", "b"]


def test_line_separator_characters_do_not_split_json_lines(write):
    rows = [{"text": "a\u2028b\x85c", "label": "pos"}, {"text": "d", "label": "neg"}]
    assert read_examples(write("a.jsonl", rows)).texts == ["a\u2028b\x85c", "d"]


def test_json_keys_that_come_late_are_found(write):
    rows = [{"id": 1}, {"id": 2, "text": "a", "label": "pos"}, {"text": "b", "label": "neg"}]
    assert read_examples(write("a.jsonl", rows), skip_bad_rows=True).texts == ["a", "b"]


def test_long_fields_are_read(write):
    text = "x" * 300_000  # csv's own limit is 131,072
    path = write("a.csv", [{"text": text, "label": "pos"}, {"text": "b", "label": "neg"}])
    assert read_examples(path).texts == [text, "b"]


def test_labels_given_read_another_file_with_the_same_ids(write):
    labels = Labels(("negative", "neutral", "positive"))
    path = write("a.csv", "text,label\na,POS\nb,Negative\n")
    examples = read_examples(path, labels=labels)
    assert examples.labels == labels
    assert examples.label_ids.tolist() == [2, 0]


def test_stars(write):
    path = write("a.csv", "text,stars\na,1\nb,3.0\nc,5\nd,2\ne,4 stars\n")
    examples = read_examples(path, stars=5)
    assert examples.labels.names == ("negative", "neutral", "positive")
    assert examples.label_ids.tolist() == [0, 1, 2, 0, 2]
    assert any("ratings of 1 to 5" in note for note in examples.notes)


def test_stars_other_than_5_or_10_are_refused(write):
    with pytest.raises(ConfigError, match="stars=7: expected 5 or 10"):
        read_examples(write("a.csv", "text,stars\na,1\n"), stars=7)


def test_a_single_file_serves_as_any_part(write):
    assert len(read_examples(write("a.csv", ROWS), part="test")) == 4


def test_folder_parts(write):
    train = write("set/train.csv", ROWS)
    test = write("set/test.jsonl.gz", ROWS[:2])
    write("set/README.md", "words")
    assert read_examples(train.parent).files == (train,)
    assert read_examples(train.parent, part="test").files == (test,)


@pytest.mark.parametrize("spelling", ["validation", "val", "dev", "VAL"])
def test_spellings_of_validation(write, spelling):
    path = write(f"set/{spelling}.tsv", ROWS)
    assert read_examples(path.parent, part="validation").files == (path,)


def test_class_label_names_in_parquet_metadata(tmp_path):
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["pos", "neg"])}
    )
    path = tmp_path / "a.parquet"
    rows = {"text": ["good", "bad"], "label": [0, 1]}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(path)
    examples = read_examples(path)
    assert examples.labels.names == ("positive", "negative")
    assert examples.label_ids.tolist() == [0, 1]
    ordered = read_examples(path, labels=Labels(("negative", "positive")))
    assert ordered.label_ids.tolist() == [1, 0]


def test_parquet_with_large_strings_dictionaries_and_small_ints(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.table(
        {
            "text": pa.array(["a", "b"], pa.large_string()).dictionary_encode(),
            "label": pa.array([1, 0], pa.int8()),
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    examples = read_examples(tmp_path / "a.parquet")
    assert examples.texts == ["a", "b"]
    assert examples.label_ids.tolist() == [1, 0]


def test_sample_is_read_by_its_name():
    examples = read_examples("sample", part="test")
    assert len(examples) > 0
    assert examples.source == "sample"
    assert set(examples.labels.names) <= {"negative", "neutral", "positive"}


def test_hub_id_without_a_hub_says_so():
    with pytest.raises(DataError, match="as a hub data set it cannot be reached") as error:
        read_examples("nobody/nothing-at-all")
    assert "There is no file or folder nobody/nothing-at-all" in str(error.value)
    assert "sample" in str(error.value)


def test_hub_that_does_not_answer_is_asked_once(monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(DataError, match=r"it cannot be reached: .*refused"):
        read_examples("nobody/nothing-at-all")


def test_hub_data_set_parts(monkeypatch):
    """The hub itself is not reachable from tests; everything after its answer is real."""
    from sentilora.data.files import sources

    features = datasets.Features(
        {"content": datasets.Value("string"), "label": datasets.ClassLabel(names=["neg", "pos"])}
    )
    part = datasets.Dataset.from_dict({"content": ["a", "b"], "label": [1, 0]}, features=features)
    answer = datasets.DatasetDict({"train": part, "dev": part.select([0]), "unsupervised": part})
    monkeypatch.setattr(sources, "_load_from_hub", lambda source: answer)
    examples = read_examples("owner/name")
    assert examples.texts == ["a", "b"]
    assert examples.label_ids.tolist() == [1, 0]
    assert examples.files == ()
    assert len(read_examples("owner/name", part="validation")) == 1
    with pytest.raises(DataError, match=r"owner/name has no part 'test'. Found: 'dev', 'train'"):
        read_examples("owner/name", part="test")


def test_min_per_label(write, reviews):
    rows = [*reviews(8), {"text": "rare", "label": "neutral"}]
    with pytest.raises(DataError, match=r"label 'neutral' has 1 usable row.*at least 4 are needed"):
        read_examples(write("a.csv", rows), min_per_label=4)


def test_one_column_a_label_is_one_label_a_row(write):
    rows = ["text,negative,neutral,positive", "bad lamp,1,0,0", "a lamp,0,1,0", "good lamp,0,0,1.0"]
    path = write("a.csv", "\n".join([*rows, "no lamp,0,0,0", "two lamps,1,0,1"]))
    found = read_examples(path, label="negative,neutral,positive", skip_bad_rows=True)
    assert found.labels.names == ("negative", "neutral", "positive")
    assert found.label_ids.tolist() == [0, 1, 2]
    assert [bad.row for bad in found.skipped] == [4, 5]


@pytest.mark.parametrize(
    ("yes", "no"), [("Y", "N"), ("T", "F"), ("1", "0,0"), ("1", "NaN"), ("x", "-"), ("on", "off")]
)
def test_one_column_a_label_says_no_in_many_words(write, yes, no):
    rows = [{"text": "bad lamp", "negative": yes, "positive": no}]
    rows += [{"text": "good lamp", "negative": no, "positive": yes}]
    found = read_examples(write("a.csv", rows), label="negative,positive")
    assert found.label_ids.tolist() == [0, 1]


def test_words_for_none_are_no_text(write, reviews):
    rows = [*reviews(20), {"text": "nan", "label": "positive"}, {"text": "-", "label": "negative"}]
    found = read_examples(write("a.csv", rows), skip_bad_rows=True)
    assert len(found) == 20
    assert found.skipped[0].problem.startswith("a word for no text")


@pytest.mark.parametrize("column", ["id", "user"])
def test_ids_are_no_texts_unless_they_are_asked_for(write, column):
    rows = [
        {"id": i, "user": f"u{i}", "words": f"this lamp is number {i}", "label": "np"[i % 2]}
        for i in range(30)
    ]
    path = write("a.csv", rows)
    with pytest.raises(
        DataError, match=r'hardly holds texts.* Choose .* text="words"; or say any_'
    ):
        read_examples(path, text=column)
    assert len(read_examples(path, text=column, any_text=True)) == 30


def test_a_scale_is_read_wherever_stars_are(write):
    rows = [{"text": f"lamp number {i}", "nps": i % 11} for i in range(44)]
    found = read_examples(write("a.csv", rows), label="nps", scale="0-10")
    assert found.counts() == {"negative": 28, "neutral": 8, "positive": 8}
    assert any("0 to 6 as negative" in note for note in found.notes)
    with pytest.raises(ConfigError, match="both say how ratings are read"):
        read_examples(write("a.csv", rows), label="nps", scale="0-10", stars=10)


def test_texts_without_labels_lead_to_their_answers(write):
    path = write("a.csv", "text\nLovely\nIt broke\n")
    with pytest.raises(DataError, match=r"Texts alone can be answered.*general.*a\.csv"):
        read_examples(path)


def test_texts_with_ids_alone_are_for_predict(write):
    ids = write("a.csv", [{"id": str(9000 + n), "text": f"lamp {n} came late"} for n in range(30)])
    with pytest.raises(DataError, match="Texts alone can be answered"):
        read_examples(ids)
    rows = [{"text": f"lamp {n} came late", "mood": ("up", "down")[n % 2]} for n in range(30)]
    with pytest.raises(DataError, match='label="mood"') as error:
        read_examples(write("b.csv", rows))
    assert "Texts alone" not in str(error.value)
