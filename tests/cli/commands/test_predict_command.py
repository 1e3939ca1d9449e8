from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from sentilora.cli import answer_lines, app
from sentilora.cli.row_progress import RowBar, describe
from sentilora.data.files.tables import open_batches
from sentilora.inference.rows import text_rows
from tests.helpers import warm_python
from tests.helpers.texts import make_texts

ROWS = make_texts(30, seed=8)
FIELDS = [
    *("text", "label", "score", "probabilities", "signed", "truncated", "abstained", "stage"),
    "unknown",
]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def last(self) -> str:
        return self.err.splitlines()[-1]


@pytest.fixture
def predict(tiny_run, monkeypatch, capsys) -> Callable[..., Outcome]:
    """Run ``sentilora predict RUN ...`` in this process."""

    def run(*args: object, stdin: bytes = b"", where: object = tiny_run.path) -> Outcome:
        command = ["sentilora", "predict", *([] if where is None else [str(where)])]
        monkeypatch.setattr(sys, "argv", [*command, *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit, match=r"^\d+$") as ended:
            app.main()
        found = capsys.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, found.out, found.err)

    return run


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    lines = ["id,text,label", *(f"{i},{text},{label}" for i, (text, label) in enumerate(ROWS))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_texts_as_arguments(predict):
    outcome = predict("good lovely film", "bad nasty\tfood\nhere")
    assert outcome.code == 0
    assert [line.split("\t")[0] for line in outcome.lines] == ["positive", "negative"]
    assert [line.split("\t")[2] for line in outcome.lines] == [
        "good lovely film",
        "bad nasty food here",
    ]
    assert outcome.err == ""


def test_json_has_the_text_and_the_fields_of_a_prediction(predict, tiny_run):
    import sentilora

    texts = ["good lovely film", "bad 'größer' 日本"]
    outcome = predict("--json", *texts)
    objects = [json.loads(line) for line in outcome.lines]
    assert [list(one) for one in objects] == [FIELDS] * 2
    expected = sentilora.load(tiny_run.path, device="cpu").predict(texts)
    for found, text, prediction in zip(objects, texts, expected, strict=True):
        assert found["text"] == text
        assert found["label"] == prediction.label
        assert found["score"] == pytest.approx(prediction.score, abs=1e-5)
        assert found["probabilities"] == pytest.approx(prediction.probabilities, abs=1e-5)


def test_threshold_marks_answers(predict):
    outcome = predict("good film", "--threshold", "1")
    assert outcome.lines[0].startswith("positive?\t")
    found = json.loads(predict("good film", "--threshold", "1", "--json").out)
    assert found["abstained"] is True
    assert found["label"] == "positive"


def test_explanations_stand_beside_the_answer(predict):
    outcome = predict("--explain", "good lovely film", "bad\u2028food")
    label, _, text, words = outcome.lines[0].split("\t")
    assert (label, text) == ("positive", "good lovely film")
    names, values = zip(*(word.rsplit(":", 1) for word in words.split(" ")), strict=True)
    assert names == ("good", "lovely", "film")
    assert all(value[0] in "+-" for value in values)
    assert float(values[0]) > 0
    assert len(outcome.lines) == 2
    found = json.loads(predict("--explain", "--json", "good lovely film").out)
    assert list(found) == [*FIELDS, "explanation"]
    assert found["explanation"]["label"] == "positive"
    assert [word["text"] for word in found["explanation"]["words"]] == list(names)
    assert [f"{word['value']:+.2f}" for word in found["explanation"]["words"]] == list(values)


def test_rows_without_a_text_have_no_explanation(predict):
    outcome = predict(
        "--input",
        "-",
        "--explain",
        "--json",
        "--skip-bad-rows",
        stdin=b'{"text": null}\n{"text": "good"}\n',
    )
    first, second = (json.loads(line) for line in outcome.lines)
    assert first == dict.fromkeys([*FIELDS, "explanation"])
    assert second["explanation"]["method"] == "integrated gradients"


def test_cut_arguments_are_told(predict):
    assert predict("good " * 50).err == "note: texts over 32 tokens: 1\n"


def test_standard_input_one_text_a_line(predict):
    outcome = predict("--input", "-", stdin=b"good film\r\nbad food\n")
    assert [line.split("\t")[2] for line in outcome.lines] == ["good film", "bad food"]
    assert "rows        2 in" in outcome.err
    assert "labels      negative 1, positive 1" in outcome.err


def test_standard_input_json_lines(predict):
    content = b'{"id": 1, "review": "good film"}\n{"id": 2, "review": "bad food"}\n'
    outcome = predict("--input", "-", "--json", stdin=content)
    assert [json.loads(line)["text"] for line in outcome.lines] == ["good film", "bad food"]


def test_a_lone_name_in_standard_input_is_told_with_the_way_to_read_it(predict):
    stdin = b'"text"\nIt broke\n'
    found = predict("--input", "-", stdin=stdin)
    assert len(found.lines) == 2
    assert "'text', is answered as a text; if it names the column, add --text text" in found.err
    assert len(predict("--input", "-", "--text", "text", stdin=stdin).lines) == 1


def test_standard_input_that_names_columns_is_csv(predict, tmp_path):
    stdin = b'id,text\n1,"Great, really"\n2,It broke\n'
    found = predict("--input", "-", stdin=stdin)
    assert [line.rpartition("\t")[2] for line in found.lines] == ["Great, really", "It broke"]
    assert "note: standard input is read as CSV, not as one text a line" in found.err
    output = tmp_path / "out.csv"
    assert predict("--input", "-", "--output", output, stdin=stdin).code == 0
    assert next(iter(open_batches(output))).column("id").to_pylist() == ["1", "2"]


@pytest.mark.parametrize("options", [[], ["--json"], ["--threshold=0.5"], ["--threshold", "0.5"]])
@pytest.mark.parametrize("text", ["-1 star, never again", "-5", "- nice"])
def test_a_text_that_begins_like_an_option_is_told_how_to_come_in(predict, text, options):
    found = predict(*options, text)
    assert found.code == 2
    assert f"'{text}' begins with -, as options do" in found.err


@pytest.mark.parametrize("text", ["-1 star, never again", "-5", "- nice"])
def test_a_text_that_begins_like_an_option_names_the_way(predict, text):
    found = predict(text)
    assert f"'{text}' begins with -, as options do" in found.err
    typed = shlex.split(found.last.rpartition("sentilora predict ")[2])
    assert predict(*typed[1:], where=typed[0]).lines[0].endswith(text)


def test_standard_input_to_a_file(predict, tmp_path):
    content = b'{"id": 1, "review": "good film"}\n{"id": 2, "review": ""}\n'
    output = tmp_path / "o.parquet"
    outcome = predict("--input", "-", "--output", output, stdin=content)
    assert outcome.code == 1
    assert "standard input: empty text: row 2" in outcome.err
    assert not output.exists()
    outcome = predict("--input", "-", "--output", output, "--skip-bad-rows", stdin=content)
    assert outcome.code == 0
    assert "skipped     1 (no text that can be read, so no answer)" in outcome.err
    first, second = next(iter(open_batches(output))).to_pylist()
    assert (first["id"], first["label"]) == (1, "positive")
    assert (second["id"], second["label"]) == (2, None)
    outcome = predict("--input", "-", "--output", output, stdin=b"good film\nbad\n")
    assert outcome.code == 0
    assert next(iter(open_batches(output))).schema.names[:2] == ["text", "label"]


def test_arguments_to_a_file(predict, tmp_path):
    output = tmp_path / "o.jsonl"
    assert predict("good\nfilm", "bad", "--output", output).code == 0
    text_rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in text_rows] == ["good\nfilm", "bad"]


def test_a_file_to_a_file(predict, reviews, tmp_path, tiny_run):
    output = tmp_path / "out.tsv"
    outcome = predict("--input", reviews, "--output", output)
    assert (outcome.code, outcome.out) == (0, "")
    assert "rows        30 in" in outcome.err
    assert "has 'label' already; the predictions are in 'predicted_label'" in outcome.err
    assert outcome.last == (
        f"output      {output}   next: sentilora evaluate {tiny_run.path} {reviews}"
    )
    (batch,) = open_batches(output)
    text_rows = batch.to_pylist()
    assert [row["text"] for row in text_rows] == [text for text, _ in ROWS]
    assert [row["label"] for row in text_rows] == [label for _, label in ROWS]
    assert {row["predicted_label"] for row in text_rows} == {"negative", "positive"}


def test_the_next_command_repeats_how_the_file_is_read(predict, tmp_path, tiny_run):
    file = tmp_path / "a.csv"
    file.write_text("words;label\na good film;positive\nnan;negative\n", encoding="utf-8")
    given = ["--text", "words", "--delimiter", ";", "--skip-bad-rows"]
    outcome = predict("--input", file, "--output", tmp_path / "o.csv", *given)
    assert "rows        2 in" in outcome.err
    assert outcome.last.endswith(
        f"next: sentilora evaluate {tiny_run.path} {file} --text words --delimiter ';' "
        "--skip-bad-rows"
    )
    without = predict("--input", file, "--output", tmp_path / "p.csv", *given[:-1])
    assert "no text: row 2" in without.err


def test_json_with_an_output_is_the_summary(predict, reviews, tmp_path):
    output = tmp_path / "out.csv"
    outcome = predict("--input", reviews, "--output", output, "--json")
    found = json.loads(outcome.out)
    assert found["output"] == str(output)
    assert (found["rows"], found["skipped"], found["truncated"]) == (30, 0, 0)
    assert sum(found["label_counts"].values()) == 30


def test_a_stopped_file_goes_on(predict, reviews, tmp_path, monkeypatch):
    monkeypatch.setattr(text_rows, "ROWS", 10)
    output = tmp_path / "out.csv"
    arguments = ("--input", reviews, "--output", output)
    with monkeypatch.context() as patch:
        patch.setattr(RowBar, "_show", stop_after_half)
        stopped = predict(*arguments)
    assert stopped.code == 130
    assert "The answers so far are kept. To go on, add --resume." in stopped.err
    again = predict(*arguments)
    assert again.code == 2
    assert "Add --resume to go on with them" in again.err
    outcome = predict(*arguments, "--resume")
    assert outcome.code == 0
    assert "resumed     10 (answered before the prediction was stopped)" in outcome.err
    assert len(output.read_text(encoding="utf-8").splitlines()) == 31


def stop_after_half(bar: RowBar, done: int, total: int | None) -> None:
    if done >= 15:
        raise KeyboardInterrupt


def test_a_file_to_standard_output(predict, reviews):
    outcome = predict("--input", reviews, "--json")
    assert [json.loads(line)["text"] for line in outcome.lines] == [text for text, _ in ROWS]
    outcome = predict("--input", reviews)
    assert [line.split("\t")[2] for line in outcome.lines] == [text for text, _ in ROWS]


def test_the_column_can_be_chosen(predict, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,body\ngood film,bad food\n", encoding="utf-8")
    assert predict("--input", path, "--text", "body").lines[0].endswith("\tbad food")


def test_skipped_rows_keep_their_line(predict, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,text\n1,good\n2,\n3,bad\n", encoding="utf-8")
    outcome = predict("--input", path)
    assert (outcome.code, outcome.out) == (1, "")
    assert "empty text: row 2" in outcome.err
    assert "leave their predictions empty with --skip-bad-rows" in outcome.err
    assert predict("--input", path, "--skip-bad-rows").lines[1] == "\t\t"
    second = json.loads(predict("--input", path, "--skip-bad-rows", "--json").lines[1])
    assert second == {**dict.fromkeys(FIELDS), "text": ""}


@pytest.mark.parametrize(
    ("args", "code", "parts"),
    [
        ((), 2, ["No text was given.", "Expected texts, a file, or", "--input reviews.csv"]),
        (
            ("a", "--input", "b.csv"),
            2,
            ["Both 1 text(s) and --input b.csv", "expected one", "Type"],
        ),
        (("a", "--text", "body"), 2, ["--text body names a column", "Leave it out"]),
        (
            ("a", "--explain", "--output", "o.csv"),
            2,
            ["--explain and --output do not go", "--explain --json > explained.jsonl"],
        ),
        (
            ("a", "--escape-formulas"),
            2,
            ["--escape-formulas changes cells", "Add --output FILE.csv"],
        ),
        (("a", "--resume"), 2, ["--resume goes on with a file", "Add --output FILE, or leave"]),
        (("a", "--threshold", "7"), 2, ["threshold 7", "from 0 to 1", "--threshold 0.7"]),
        (("a", "--precision", "int8"), 2, ["int8 is unknown", "fp32, bf16, fp16 or auto", "Leave"]),
        (("a", "--device", "tpu"), 1, ["'tpu' is not available", "--device auto"]),
        (("a", "--output", "no/o.csv"), 1, ["no folder no", "mkdir -p no"]),
        (("a", "--output", "o.doc"), 1, ["files ending in .doc are not written", "Expected .csv"]),
        (("--input", "no.csv"), 1, ["no.csv does not exist", "Expected a file"]),
        (("--input", "-"), 1, ["standard input holds no text", "Expected", "echo"]),
        (("good", " "), 1, ["the texts: empty text: row 2", "Expected a text"]),
        (("a\udcff",), 1, ["the texts: broken encoding (not UTF-8): row 1", "Expected"]),
    ],
)
def test_errors_say_what_was_expected_and_what_to_type(
    predict, tmp_path, monkeypatch, args, code, parts
):
    monkeypatch.chdir(tmp_path)
    outcome = predict(*args)
    assert outcome.code == code
    assert outcome.out == ""
    assert outcome.err.startswith("error: ")
    for part in parts:
        assert part in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_errors_about_a_file(predict, reviews, tmp_path):
    outcome = predict("--input", reviews, "--text", "mood")
    assert "no column 'mood'. Found: 'id', 'text', 'label'. Choose one with --text" in outcome.err
    outcome = predict("--input", reviews, "--output", reviews)
    assert outcome.code == 2
    assert "is the input as well" in outcome.err
    assert "--output" in outcome.last
    outcome = predict(reviews)
    assert outcome.code == 2
    assert f"{reviews} is a file, expected a text" in outcome.err
    assert f"--input {reviews}" in outcome.err


def test_errors_about_the_run(predict, tmp_path):
    outcome = predict(where=None)
    assert outcome.code == 2
    assert "No run was named. Expected the folder of a run" in outcome.err
    outcome = predict("a text", where=tmp_path / "none")
    assert outcome.code == 1
    assert "There is no run or model at" in outcome.err
    assert "sentilora runs" in outcome.err
    assert "is not a SentiLoRA model" in predict("a text", where=tmp_path).err


def test_on_a_terminal_columns_are_aligned_and_texts_cut(tiny_run, monkeypatch, capsys):
    import sentilora

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "40")
    texts = ["good film", "the bad " * 20, "日本語の長い文章 " * 5, "\x1b[31mred\x1b[0m\ngood"]
    predictions = sentilora.load(tiny_run.path, device="cpu").predict(texts)
    answer_lines.print_plain(texts, list(predictions))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert {line.index(".") for line in lines} == {len("negative   0")}
    assert lines[0].endswith("  good film")
    assert lines[1].endswith("the bad the…")
    assert lines[2].endswith("…")
    assert lines[3].endswith("[31mred [0m good")
    assert "\x1b" not in lines[3]


def test_texts_are_cut_by_cells():
    assert answer_lines.cut("abc", 3) == "abc"
    assert answer_lines.cut("abcd", 3) == "ab…"
    assert answer_lines.cut("日本語", 5) == "日本…"
    assert answer_lines.cut("abc", 0) == "…"


def test_progress_in_words():
    assert describe(0, None, 0.0) == "0 rows"
    assert describe(1200, None, 2.0) == "1,200 rows  600 rows/s"
    assert describe(1000, 4000, 2.0) == "1,000 of 4,000 rows  500 rows/s  6 s left"


def drain(descriptor: int, into: list[bytes]) -> None:
    """Read until the other side is closed; Linux reports that as an error."""
    with contextlib.suppress(OSError):
        while data := os.read(descriptor, 1 << 16):
            into.append(data)


@pytest.mark.process
@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
def test_the_bar_on_a_terminal_stays_out_of_the_results(tiny_run, reviews):
    """A real process: the results go into a pipe, the bar to a terminal."""
    import pty

    screen, terminal = pty.openpty()
    command = [sys.executable, "-c", "from sentilora.cli.app import main; main()", "predict"]
    shown: list[bytes] = []
    reader = threading.Thread(target=drain, args=(screen, shown))
    with warm_python.Popen(
        [*command, str(tiny_run.path), "--input", str(reviews), "--json"],
        stdout=subprocess.PIPE,
        stderr=terminal,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(terminal)
        reader.start()
        out, _ = process.communicate(timeout=240)
    reader.join()
    os.close(screen)
    assert process.returncode == 0
    assert [json.loads(line)["text"] for line in out.splitlines()] == [text for text, _ in ROWS]
    bar = b"".join(shown).decode()
    assert "30 of 30 rows" in bar
    assert "rows/s" in bar


@pytest.mark.process
def test_help_needs_no_torch():
    code = (
        "import sys; sys.argv = ['sentilora', 'predict', '--help']\n"
        "from sentilora.cli.app import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'pyarrow', 'numpy'} & set(sys.modules)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Example:  sentilora predict runs/NAME" in found.stdout


def test_notes_name_options(predict, tmp_path):
    book = openpyxl.Workbook()
    for line in (["text"], ["Great film"]):
        book.active.append(line)
    book.create_sheet("Old one")
    book.save(tmp_path / "a.xlsx")
    outcome = predict("--input", tmp_path / "a.xlsx", "--output", tmp_path / "o.xlsx", "--json")
    assert outcome.code == 0
    assert "another one is read with --sheet 'Old one'" in outcome.err
    assert "--sheet 'Old one'" in json.loads(outcome.out)["notes"][0]
