"""A prediction that was stopped goes on: nothing is lost, doubled or computed twice."""

from __future__ import annotations

import signal
import sys
import time

import pytest

import sentilora
from sentilora.errors import ConfigError, DataError
from sentilora.events import as_counts
from sentilora.inference.rows import text_rows as rows_module
from sentilora.inference.rows.predict_file import predict_file
from sentilora.inference.rows.resume_file import kept_path
from tests.helpers import warm_python
from tests.helpers.tables import read
from tests.helpers.texts import make_texts

TEXTS = [f"{text} {i}" for i, (text, _) in enumerate(make_texts(40, seed=5))]
SLOW = """
import sys, time
import sentilora
from sentilora.inference.rows import text_rows
from sentilora.inference.rows.predict_file import predict_file

text_rows.ROWS = 4
model = sentilora.load(sys.argv[1], device="cpu")
predict_file(model, sys.argv[2], sys.argv[3], listener=lambda event: time.sleep(0.1))
"""


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(rows_module, "ROWS", 8)


@pytest.fixture
def source(write):
    return write("in.csv", [{"id": str(i), "text": text} for i, text in enumerate(TEXTS)])


def stopped_after(rows):
    def stop(done, total):
        if done >= rows:
            raise KeyboardInterrupt

    return stop


def stop(model, source, output, rows=20, **options):
    with pytest.raises(KeyboardInterrupt):
        predict_file(model, source, output, listener=as_counts(stopped_after(rows)), **options)


def same_answers(output, expected):
    """Compare up to the rounding of floats, which depends on the batch."""
    pairs = list(zip(read(output), read(expected), strict=True))
    assert all((one["id"], one["label"]) == (two["id"], two["label"]) for one, two in pairs)
    assert [float(one["score"]) for one, _ in pairs] == pytest.approx(
        [float(two["score"]) for _, two in pairs], abs=1e-5
    )


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl.gz"])
def test_the_rest_is_computed_and_the_output_equal(model, source, tmp_path, ending):
    whole = predict_file(model, source, tmp_path / f"whole.{ending}")
    output = tmp_path / f"o.{ending}"
    stop(model, source, output)
    assert not output.exists()
    summary = predict_file(model, source, output, resume=True)
    assert output.read_bytes() == (tmp_path / f"whole.{ending}").read_bytes()
    assert summary.resumed == 16
    assert 0 < summary.tokens < whole.tokens
    assert (summary.rows, summary.label_counts) == (whole.rows, whole.label_counts)
    assert not kept_path(output).exists()


def test_stopped_again_and_again(model, source, tmp_path):
    predict_file(model, source, tmp_path / "whole.csv")
    output = tmp_path / "o.csv"
    for rows in (12, 20, 36):
        stop(model, source, output, rows, resume=True)
    assert predict_file(model, source, output, resume=True).resumed == 32
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_torn_record_is_computed_again(model, source, tmp_path):
    predict_file(model, source, tmp_path / "whole.csv")
    output = tmp_path / "o.csv"
    stop(model, source, output)
    kept = kept_path(output)
    kept.write_bytes(kept.read_bytes()[:-3])
    assert predict_file(model, source, output, resume=True).resumed == 15
    same_answers(output, tmp_path / "whole.csv")


@pytest.mark.process
def test_a_killed_process_leaves_what_another_goes_on_with(tiny_run, model, source, tmp_path):
    predict_file(model, source, tmp_path / "whole.csv")
    output = tmp_path / "o.csv"
    process = warm_python.Popen(
        [sys.executable, "-c", SLOW, str(tiny_run.path), str(source), str(output)]
    )
    deadline = time.monotonic() + 60
    while not kept_path(output).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not output.exists()
    names = {path.name for path in tmp_path.iterdir()}
    assert any(name.endswith(".tmp") for name in names)
    summary = predict_file(model, source, output, resume=True)
    assert 4 <= summary.resumed < 40
    same_answers(output, tmp_path / "whole.csv")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"in.csv", "whole.csv", "o.csv"}


def test_rows_without_text_have_no_kept_answer(model, write, tmp_path):
    texts = [text if i % 3 else "" for i, text in enumerate(TEXTS)]
    source = write("in.csv", [{"text": text} for text in texts])
    predict_file(model, source, tmp_path / "whole.csv", skip_bad_rows=True)
    stop(model, source, tmp_path / "o.csv", skip_bad_rows=True)
    summary = predict_file(model, source, tmp_path / "o.csv", skip_bad_rows=True, resume=True)
    assert (summary.rows, summary.skipped) == (40, 14)
    assert (tmp_path / "o.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_the_threshold_may_change(model, source, tmp_path):
    output = tmp_path / "o.csv"
    stop(model, source, output)
    summary = predict_file(model, source, output, threshold=0.9, resume=True)
    assert summary.resumed == 16
    assert "abstained" in read(output)[0]


def test_nothing_kept_starts_at_the_first_row(model, source, tmp_path):
    assert predict_file(model, source, tmp_path / "o.csv", resume=True).resumed == 0


def test_starting_over_by_mistake_is_refused(model, source, tmp_path):
    output = tmp_path / "o.csv"
    stop(model, source, output)
    with pytest.raises(
        ConfigError, match=r"stopped before.*o.csv.answers. Add resume=True .*delete"
    ):
        predict_file(model, source, output)
    assert predict_file(model, source, output, resume=True).resumed == 16


def test_answers_to_other_texts_are_not_used(model, make_model, source, tmp_path):
    output = tmp_path / "o.csv"
    stop(model, source, output)
    source.write_text(source.read_text(encoding="utf-8") + "40,more\n", encoding="utf-8")
    other = make_model(["negative", "positive"])
    with pytest.raises(ConfigError, match=r"another input, model\. Leave out resume=…"):
        predict_file(other, source, output, resume=True)
    assert kept_path(output).exists()
    assert predict_file(other, source, output).resumed == 0
    assert len(read(output)) == 41
    assert not kept_path(output).exists()


def test_a_damaged_head_counts_as_nothing_kept(model, source, tmp_path):
    output = tmp_path / "o.csv"
    stop(model, source, output)
    kept_path(output).write_bytes(b"\x00\xff")
    assert predict_file(model, source, output, resume=True).resumed == 0


def test_where_answers_cannot_be_kept(model, source, tmp_path):
    output = tmp_path / "o.csv"
    kept_path(output).mkdir()
    with pytest.raises(DataError, match=r"o.csv.answers cannot be written: Is a directory"):
        predict_file(model, source, output)


def test_a_model_from_a_moved_folder_goes_on(tiny_run, source, tmp_path):
    """The model is known by its manifest, not by its path."""
    import shutil

    stop(sentilora.load(tiny_run.path, device="cpu"), source, tmp_path / "o.csv")
    moved = shutil.copytree(tiny_run.path / "model", tmp_path / "moved")
    again = sentilora.load(moved, device="cpu")
    assert predict_file(again, source, tmp_path / "o.csv", resume=True).resumed == 16
