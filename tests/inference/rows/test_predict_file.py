from __future__ import annotations

import csv
import datetime as dt
import tracemalloc

import pyarrow as pa
import pytest
from pyarrow import parquet

from sentilora.errors import ConfigError, DataError, ModelError
from sentilora.events import as_counts
from sentilora.inference.rows import text_rows as rows_module
from sentilora.inference.rows.predict_file import predict_file
from sentilora.inference.rows.text_rows import open_rows
from tests.helpers.tables import read
from tests.helpers.texts import make_texts

TEXTS = [text for text, _ in make_texts(40, seed=5)]
ENDINGS = ["csv", "tsv", "jsonl", "parquet", "csv.gz", "tsv.gz", "jsonl.gz"]


def numbered(texts=TEXTS):
    return [{"id": str(i), "text": text, "domain": "shop"} for i, text in enumerate(texts)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_in_and_out(model, write, tmp_path, ending):
    source = write(f"in.{ending}", numbered())
    output = tmp_path / f"out.{ending}"
    summary = predict_file(model, source, output)
    found = read(output)
    expected = model.predict(TEXTS)
    assert [row["id"] for row in found] == [str(i) for i in range(40)]
    assert [row["text"] for row in found] == TEXTS
    assert [row["label"] for row in found] == [one.label for one in expected]
    assert [float(row["score"]) for row in found] == pytest.approx(
        [one.score for one in expected], abs=1e-5
    )
    assert list(found[0]) == [
        *("id", "text", "domain", "label", "score"),
        *("probability_negative", "probability_positive", "signed", "truncated"),
        "unknown",
    ]
    assert summary.rows == 40
    assert sum(summary.label_counts.values()) == 40
    assert (summary.skipped, summary.notes) == (0, ())
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"in.{ending}", f"out.{ending}"]


def test_columns_keep_values_and_types_across_formats(model, tmp_path):
    table = pa.table(
        {
            "when": pa.array([dt.date(2026, 1, 2), None]),
            "tags": pa.array([["a", "b"], []]),
            "n": pa.array([1, None], pa.int32()),
            "text": pa.array(["the film is good", 'a bad, "dull"\nroom']).dictionary_encode(),
        }
    )
    parquet.write_table(table, tmp_path / "in.parquet")
    predict_file(model, tmp_path / "in.parquet", tmp_path / "out.parquet")
    kept = parquet.read_table(tmp_path / "out.parquet")
    assert kept.select(table.column_names).equals(table)
    assert kept.schema.field("score").type == pa.float64()
    assert kept.schema.field("truncated").type == pa.bool_()
    predict_file(model, tmp_path / "in.parquet", tmp_path / "out.jsonl.gz")
    first, second = read(tmp_path / "out.jsonl.gz")
    assert (first["when"], first["n"], second["n"]) == ("2026-01-02", 1, None)
    assert second["text"] == 'a bad, "dull"\nroom'


def test_answers_do_not_depend_on_order_or_batches(model, write, tmp_path, monkeypatch):
    monkeypatch.setattr(rows_module, "ROWS", 3)
    predict_file(model, write("a.csv", numbered()), tmp_path / "a.out.parquet")
    monkeypatch.setattr(rows_module, "ROWS", 7)
    predict_file(model, write("b.csv", numbered()[::-1]), tmp_path / "b.out.parquet")
    there, back = read(tmp_path / "a.out.parquet"), read(tmp_path / "b.out.parquet")[::-1]
    assert [row["id"] for row in there] == [row["id"] for row in back]
    assert [row["score"] for row in there] == pytest.approx([row["score"] for row in back])


def test_the_same_text_is_computed_once(model, write, tmp_path, monkeypatch):
    monkeypatch.setattr(rows_module, "ROWS", 4)
    once = predict_file(model, write("a.csv", numbered(TEXTS[:5])), tmp_path / "o.csv")
    often = predict_file(model, write("b.csv", numbered(TEXTS[:5] * 8)), tmp_path / "o.csv")
    assert often.tokens == once.tokens > 0
    assert often.rows == 40
    labels = [row["label"] for row in read(tmp_path / "o.csv")]
    assert labels == labels[:5] * 8


def test_progress_counts_all_rows(model, write, tmp_path, monkeypatch):
    monkeypatch.setattr(rows_module, "ROWS", 16)
    seen = []
    source = write("a.csv", numbered(TEXTS[:20] * 2))
    predict_file(
        model, source, tmp_path / "o.csv", listener=as_counts(lambda *done: seen.append(done))
    )
    assert seen[0] == (0, 40)
    assert seen[-1] == (40, 40)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize(
    ("names", "has_sign"),
    [
        (["negative", "neutral", "positive"], True),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], True),
        (["joy", "anger", "fear", "love", "surprise", "sad, truly"], False),
    ],
)
def test_any_number_of_labels(make_model, write, tmp_path, names, has_sign):
    many = make_model(names)
    summary = predict_file(many, write("a.csv", numbered()), tmp_path / "o.csv", threshold=0.5)
    rows = read(tmp_path / "o.csv")
    assert list(summary.label_counts) == names
    assert ("signed" in rows[0]) == has_sign
    for row, prediction in zip(rows, many.predict(TEXTS, threshold=0.5), strict=True):
        parts = [float(row[f"probability_{name}"]) for name in names]
        assert sum(parts) == pytest.approx(1)
        assert float(row["score"]) == max(parts)
        assert names[parts.index(max(parts))] == row["label"] == prediction.label
        assert row["abstained"] == str(prediction.abstained).lower()
        if prediction.signed is not None:
            assert float(row["signed"]) == pytest.approx(prediction.signed, abs=1e-5)
    assert summary.abstained == sum(row["abstained"] == "true" for row in rows)


def test_truncated_texts_are_marked(make_model, write, tmp_path):
    texts = ["a good film", "good " * 40, "good " * 14, "good " * 15]
    summary = predict_file(
        make_model(["negative", "positive"]), write("a.csv", numbered(texts)), tmp_path / "o.csv"
    )
    assert [row["truncated"] for row in read(tmp_path / "o.csv")] == ["false", "true"] * 2
    assert summary.truncated == 2


def test_names_that_are_taken_get_a_prefix(model, tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("label,text,score,predicted_score\nx,good,7,8\n", encoding="utf-8")
    summary = predict_file(model, source, tmp_path / "o.csv")
    (row,) = read(tmp_path / "o.csv")
    assert (row["label"], row["score"], row["predicted_score"]) == ("x", "7", "8")
    assert row["predicted_label"] in ("negative", "positive")
    assert float(row["predicted_predicted_score"]) > 0.5
    assert "probability_positive" in row
    (note,) = summary.notes
    assert "has 'label', 'score' already" in note
    assert "in 'predicted_label', 'predicted_predicted_score'" in note


def test_rows_without_text_are_named(model, write, tmp_path):
    rows = numbered(["good", "", "bad", " \n ", *[""] * 20])
    with pytest.raises(
        DataError, match=r"empty text: row 2 \(line 3\), row 4 \(line 5\), row 5 .*, and 12 more"
    ) as error:
        predict_file(model, write("a.csv", rows), tmp_path / "o.csv")
    assert "skip_bad_rows=True" in str(error.value)
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_rows_without_text_can_stay_empty(model, write, tmp_path, ending):
    texts = ["good film", "", "bad film", None]
    source = write(f"a.{ending}", numbered(texts))
    summary = predict_file(
        model, source, tmp_path / f"o.{ending}", skip_bad_rows=True, threshold=0.6
    )
    rows = read(tmp_path / f"o.{ending}")
    nothing = "" if ending == "csv" else None
    assert [row["id"] for row in rows] == ["0", "1", "2", "3"]
    for row in rows[1], rows[3]:
        assert {row[name] for name in list(row)[3:]} == {nothing}
    assert nothing not in rows[0].values()
    assert (summary.rows, summary.skipped, sum(summary.label_counts.values())) == (4, 2, 2)


def test_a_file_without_any_text(model, write, tmp_path):
    source = write("a.csv", [{"id": "1", "text": ""}])
    assert predict_file(model, source, tmp_path / "o.csv", skip_bad_rows=True).skipped == 1


def test_a_file_without_rows_gives_one(model, tmp_path):
    (tmp_path / "a.csv").write_text("text\n", encoding="utf-8")
    assert predict_file(model, tmp_path / "a.csv", tmp_path / "o.csv").rows == 0
    assert (tmp_path / "o.csv").read_text(encoding="utf-8").startswith("text,label,score,")


def test_values_that_are_no_strings_are_bad_rows(model, tmp_path):
    source = tmp_path / "a.jsonl"
    source.write_text('{"text": "good"}\n{"text": 5}\n{"text": ["x"]}\n', encoding="utf-8")
    with pytest.raises(DataError, match="text is not a string but int: row 2"):
        predict_file(model, source, tmp_path / "o.jsonl")
    summary = predict_file(model, source, tmp_path / "o.jsonl", skip_bad_rows=True)
    assert summary.skipped == 2
    assert [row["text"] for row in read(tmp_path / "o.jsonl")] == ['"good"', "5", '["x"]']
    written = (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()
    assert written[1].startswith('{"text": 5, "label": null')


def test_a_column_of_numbers_is_no_text(model, write, tmp_path):
    source = write("a.parquet", [{"text": 1.5, "body": "good"}])
    with pytest.raises(DataError, match=r"'text' holds double, .*No other column looks like texts"):
        predict_file(model, source, tmp_path / "o.csv")
    told = write("b.parquet", [{"text": 1.5, "body": f"good, as {n} of us say"} for n in range(9)])
    with pytest.raises(DataError, match=r"'text' holds double, expected strings.*text=\"body\""):
        predict_file(model, told, tmp_path / "o.csv")
    assert predict_file(model, source, tmp_path / "o.csv", text="body").rows == 1


def test_strings_that_are_not_utf8(model, tmp_path):
    buffers = pa.array([b"caf\xe9"]).buffers()
    broken = pa.Array.from_buffers(pa.string(), 1, buffers)
    parquet.write_table(pa.table({"text": broken}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"column 'text' holds bytes that are not UTF-8.*again"):
        predict_file(model, tmp_path / "a.parquet", tmp_path / "o.csv")


def test_unknown_column(model, write, tmp_path):
    with pytest.raises(DataError, match=r"no column 'mood'. Found: 'id', 'text', 'domain'"):
        predict_file(model, write("a.csv", numbered()), tmp_path / "o.csv", text="mood")


def test_ragged_rows_cannot_be_skipped_and_the_error_says_so(model, tmp_path):
    (tmp_path / "a.csv").write_text("text,n\ngood,1\nbad\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 2 \(line 3: 1 fields\)\nMend these rows") as error:
        predict_file(model, tmp_path / "a.csv", tmp_path / "o.csv", skip_bad_rows=True)
    assert "skip_bad_rows" not in str(error.value)


def test_the_output_is_not_the_input(model, write, tmp_path):
    source = write("a.csv", numbered())
    before = source.read_bytes()
    (tmp_path / "link.csv").symlink_to(source)
    for output in (source, tmp_path / "x" / ".." / "a.csv", tmp_path / "link.csv"):
        with pytest.raises(ConfigError, match=r'is the input as well.*output=".*-predicted.csv"'):
            predict_file(model, source, output)
        with pytest.raises(ConfigError, match="is the input as well"):
            predict_file(model, open_rows(source), output)
    assert source.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/o.csv", r"there is no folder .*no. Make it with: mkdir -p .*no"),
        ("o.ods", r"ending in \.ods are not written\. Expected \.csv"),
        ("folder.csv", r'is a folder, expected a file. Type: output=".*folder.csv/out.csv"'),
    ],
)
def test_outputs_that_cannot_be(model, write, tmp_path, name, message):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match=message):
        predict_file(model, write("a.csv", numbered()), tmp_path / name)


@pytest.mark.parametrize("threshold", [-0.1, 1.01, float("nan")])
def test_threshold_out_of_range(model, write, tmp_path, threshold):
    with pytest.raises(
        ConfigError, match=r"not a probability: expected .* from 0 to 1.*threshold=0.7"
    ):
        predict_file(model, write("a.csv", numbered()), tmp_path / "o.csv", threshold=threshold)


def test_a_failure_leaves_what_was_there(model, write, tmp_path, monkeypatch):
    monkeypatch.setattr(rows_module, "ROWS", 8)
    output = tmp_path / "o.csv"
    output.write_text("earlier", encoding="utf-8")

    def fail(done: int, total: int | None) -> None:
        if done > 20:
            raise ModelError("out of memory")

    with pytest.raises(ModelError, match="out of memory"):
        predict_file(model, write("a.csv", numbered()), output, listener=as_counts(fail))
    assert output.read_text(encoding="utf-8") == "earlier"
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".o.csv.answers", "a.csv", "o.csv"]


def test_an_interrupt_leaves_nothing(model, write, tmp_path):
    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    source = write("a.csv", numbered())
    with pytest.raises(KeyboardInterrupt):
        predict_file(model, source, tmp_path / "o.csv", listener=as_counts(stop))
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(model, tmp_path, monkeypatch):
    """Twice as many rows, 20 MB more, take no more memory; 16 MB are read at a time at most."""
    monkeypatch.setattr(rows_module, "ROWS", 512)
    filler = "the room is a city " * 250

    def peak(count: int) -> int:
        source = tmp_path / f"{count}.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "filler"])
            writer.writerows((TEXTS[i % 40], f"{i} {filler}") for i in range(count))
        arrow = pa.total_allocated_bytes()
        highest = 0

        def watch(done: int, total: int | None) -> None:
            nonlocal highest
            highest = max(highest, pa.total_allocated_bytes() - arrow)

        tracemalloc.start()
        try:
            listener = as_counts(watch)
            assert predict_file(model, source, tmp_path / "o.csv", listener=listener).rows == count
            return tracemalloc.get_traced_memory()[1] + highest
        finally:
            tracemalloc.stop()

    small, large = peak(4_000), peak(8_000)
    assert large - small < 4_000_000


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_a_number_among_texts_leaves_the_other_texts_as_they_are(model, tmp_path, ending):
    source = tmp_path / "in.json"
    source.write_text('[{"text": "a good \\"film\\""}, {"text": 5}, {"text": "nan"}]')
    summary = predict_file(model, source, tmp_path / f"out.{ending}", skip_bad_rows=True)
    assert (summary.rows, summary.skipped) == (3, 2)
    texts = open_rows(tmp_path / f"out.{ending}", skip_bad_rows=True)
    found = [str(text) for batch in texts.batches for text in texts.texts_of(batch)]
    assert found == ['a good "film"', "5", "None"]
