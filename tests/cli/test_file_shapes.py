"""Whatever the shape of a file, its rows come out as they are, or are told, in every command."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
from itertools import product

import pyarrow.parquet as pq
import pytest

import sentilora
from sentilora.data.files.read_options import Reading
from sentilora.labels import canonical_sentiment
from sentilora.training.context import resolved_run
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.models.scored_file import score_file
from sentilora.ui.understood_rows import understand_labels, understand_texts
from sentilora.ui.uploads import Upload
from tests.helpers.file_shapes import SENTIMENTS, make_odd_quotes, make_shape
from tests.helpers.texts import make_texts, write_csv
from tests.helpers.tiny_settings import TINY_SETTINGS

OUTPUTS = (".csv", ".tsv", ".jsonl", ".json", ".parquet")


@pytest.fixture(scope="module")
def ternary_run(tiny_base, tmp_path_factory):
    """Return the folder of a run that knows three sentiments."""
    folder = tmp_path_factory.mktemp("ternary")
    file = write_csv(folder / "train.csv", make_texts(120, labels=3))
    settings = {**TINY_SETTINGS, "base": str(tiny_base), "output": str(folder), "name": "run"}
    return sentilora.train(file, config=settings).path


@pytest.fixture
def run(ternary_run, load_once, monkeypatch):
    """Return the same folder, whose network is loaded once, not for each command."""
    load_once(ternary_run)
    # The tiny base knows sixty words, and would be refused for texts of others.
    monkeypatch.setattr(resolved_run, "remarks_by", lambda *_: lambda _: [])
    return ternary_run


class Front:
    """One way to hand a file over, and what it says of the rows."""

    def __init__(self, shape, path, run, run_command, base):
        self.shape, self.path, self.run, self.base = shape, path, run, base
        self._run_command = run_command

    def command(self, *words, settings, skip):
        """Run a command; None when it refused, which it did in words."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        code, out, err = self._run_command(*words, *options, *["--skip-bad-rows"] * skip)
        assert code in (0, 1, 2), err
        assert "unexpected error" not in err + out, err + out
        assert "Traceback" not in err + out, err + out
        assert code == 0 or out or "error: " in err, err
        return code, out, err

    def refused(self, told, kept):
        """Check that a refusal names the rows that are in its way, which there have to be."""
        bad = [row for row, one in enumerate(self.shape.rows, 1) if not kept(one)]
        assert bad, told
        named = {int(row) for row in re.findall(r"\brow (\d+)", told)}
        assert named == set(bad), (named, bad, told)

    @property
    def labelled(self):
        shape = self.shape
        return {**shape.form, **shape.columns, **shape.labels}

    @property
    def texts(self):
        shape = self.shape
        return {**shape.form, **{k: v for k, v in shape.columns.items() if k == "text"}}


def is_good(row):
    return row.is_good


def answered_of(shape):
    """Return what tells the rows that are answered: lines that are no rows are told before."""
    return lambda row: row.is_answerable if shape.is_table else not row.fault


def counts_of(rows):
    found = [row.label for row in rows]
    return {name: found.count(name) for name in SENTIMENTS if name in found}


def as_sentiments(counts):
    return {canonical_sentiment(name): count for name, count in counts.items() if count}


def by_check(front, skip):
    code, out, err = front.command(
        "check", front.path, "--json", settings=front.labelled, skip=skip
    )
    assert out, err
    told = json.loads(out)
    assert told["is_usable"] == (code == 0)
    agrees_with_check(front.shape, told, skip)


def by_python_check(front, skip):
    found = sentilora.check(front.path, skip_bad_rows=skip, **front.labelled)
    agrees_with_check(front.shape, found.to_dict(), skip)


def agrees_with_check(shape, told, skip):
    part = told["parts"]["train"]
    good = [row for row in shape.rows if row.is_good]
    bad = {row for kind in part["bad_rows"].values() for (row,) in kind["rows"]}
    assert bad == set(shape.bad)
    assert part["rows"] == len(shape.rows)
    assert part["usable"] == len(good)
    assert as_sentiments(part["counts"]) == counts_of(good)
    assert part["lengths"]["100%"] == max(len(row.text) for row in good)
    assert told["is_usable"] == (skip or not bad)


def by_evaluate(front, skip):
    words = ("evaluate", front.run, front.path, "--json", "--mistakes=1000")
    code, out, err = front.command(*words, settings=front.labelled, skip=skip)
    if code:
        front.refused(err, is_good)
        return
    told = json.loads(out)
    rows = [(number, row) for number, row in enumerate(front.shape.rows, 1) if row.is_good]
    assert told["metrics"]["rows"] == len(rows)
    assert told["data"].get("skipped", 0) == len(front.shape.rows) - len(rows)
    assert as_sentiments(told["data"]["label_counts"]["test"]) == counts_of([r for _, r in rows])
    answers = sentilora.load(front.run).predict([row.text for _, row in rows])
    # Where the model agrees with the truth, another label in the file would be a mistake of it.
    wrong = {
        (number, " ".join(row.text.split())[:200], row.label)
        for (number, row), answer in zip(rows, answers, strict=True)
        if answer.label != row.label
    }
    shown = told["mistakes"]["shown"]
    assert {(one["row"], one["text"][:200], one["label"]) for one in shown} == wrong


def by_predict(front, skip, source=None, more=()):
    output = front.path.with_name(f"out{random.Random(str(front.path)).choice(OUTPUTS)}")
    words = (
        "predict",
        front.run,
        f"--input={source or front.path}",
        f"--output={output}",
        "--json",
    )
    code, out, err = front.command(*words, *more, settings=front.texts, skip=skip)
    if code:
        front.refused(err, answered_of(front.shape))
        assert not output.exists()
        return
    told = json.loads(out)
    agrees_with_answers(front, output, told["rows"], told["skipped"], told["label_counts"])


def by_python_predict(front, skip):
    output = front.path.with_name("answers.parquet")
    try:
        told = sentilora.predict_file(
            front.run, front.path, output, skip_bad_rows=skip, **front.texts
        )
    except sentilora.SentiloraError as error:
        front.refused(str(error), answered_of(front.shape))
        return
    agrees_with_answers(front, output, told.rows, told.skipped, told.label_counts)


def agrees_with_answers(front, output, rows, skipped, label_counts):
    shape = front.shape
    answerable = [row.is_answerable for row in shape.rows]
    assert shape.is_table
    assert (rows, skipped) == (len(shape.rows), answerable.count(False))
    found = read_back(output, len(shape.rows))
    names = [name for name in found if name.startswith("probability_")]
    answer = "predicted_label" if "predicted_label" in found else "label"
    texts = [row.text for row in shape.rows]
    assert [*map(written, found[shape.text])] == [*map(written, texts)]
    if output.suffix in (".csv", ".tsv"):
        cells = ["" if row.cell is None else str(row.cell) for row in shape.rows]
        assert [*map(written, found[shape.label])] == [*map(written, cells)]
    asked = [row.text for row in shape.rows if row.is_answerable]
    wanted = iter(sentilora.load(front.run).predict(asked))
    labels = [next(wanted).label if is_one else "" for is_one in answerable]
    assert [label or "" for label in found[answer]] == labels
    assert sum(label_counts.values()) == answerable.count(True)
    assert len(names) == 3


def written(text):
    """Return a text; of white space alone nothing, as a workbook has nothing there."""
    return text if text and text.strip() else ""


def read_back(output, count):
    """Return the columns of a file that was written, read without the package."""
    if output.suffix == ".parquet":
        return pq.read_table(output).to_pydict()
    if output.suffix in (".jsonl", ".json"):
        text = output.read_text(encoding="utf-8")
        rows = (
            json.loads(text)
            if output.suffix == ".json"
            else [*map(json.loads, text.split("\n")[:-1])]
        )
    else:
        with output.open(encoding="utf-8", newline="") as file:
            mark = "\t" if output.suffix == ".tsv" else ","
            rows = [*csv.DictReader(file, delimiter=mark, strict=True)]
    assert len(rows) == count
    return {name: [row.get(name) for row in rows] for name in rows[0]}


def by_stdin(front, skip):
    if not front.path.name.endswith((".csv", ".tsv", ".jsonl", ".ndjson", ".json")):
        return  # nobody pipes these
    stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(front.shape.content)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", stream)
        by_predict(front, skip, source="-")


def by_train(front, skip):
    words = ("train", front.path, "--dry-run", "--json", f"--base={front.base}", "--max-tokens=16")
    code, out, err = front.command(*words, settings=front.labelled, skip=skip)
    if code:
        front.refused(err, is_good)
        return
    told = json.loads(out)
    good = [row for row in front.shape.rows if row.is_good]
    assert sum(told["rows"].values()) == len(good)
    assert told["left_out"] == len(front.shape.rows) - len(good)


def by_pairs(front, skip):
    shape = front.shape
    output = front.path.with_name("pairs.jsonl")
    is_rating = "stars" in shape.labels or "scale" in shape.labels
    if is_rating and not all(isinstance(row.cell, int) for row in shape.rows if row.is_good):
        return
    way = [f"--rating={shape.label}"] if is_rating else ["--counterfactual", "--group=product"]
    settings = {k: v for k, v in front.labelled.items() if not is_rating or k != "label"}
    settings.pop("scale", None)
    words = ("pairs", front.path, *way, "--per-group=100000", f"--output={output}", "--json")
    code, out, err = front.command(*words, settings=settings, skip=skip)
    if code:
        front.refused(err, is_good)
        return
    worth = {"negative": -1, "neutral": 0, "positive": 1}
    rated = {
        (row.text, "" if is_rating else number % 3): row.cell if is_rating else worth[row.label]
        for number, row in enumerate(shape.rows)
        if row.is_good
    }
    wanted = {
        (one, other)
        for (one, first), (other, second) in product(rated, rated)
        if first == second and rated[one, first] > rated[other, second]
    }
    told = json.loads(out)
    built = [json.loads(line) for line in output.read_text(encoding="utf-8").split("\n")[:-1]]
    assert told["pairs"] == len(built)
    assert {(one["text_preferred"], one["text_other"]) for one in built} == wanted
    left_out = len(shape.bad)
    assert not left_out or any(f"{left_out} rows" in note for note in told["notes"]), told["notes"]


def by_page(front, skip):
    shape = front.shape
    form = dict(front.shape.form)
    labels = shape.labels.get("labels")
    choices = DataChoices(
        Upload(front.path, front.path.name, "key", "12:00"),
        Reading(**form),
        (),
        text=shape.text,
        label=shape.label,
        stars=shape.labels.get("stars"),
        scale=shape.labels.get("scale"),
        labels=None if labels is None else tuple(labels.split(",")),
        skip_bad_rows=skip,
    )
    good = [row for row in shape.rows if row.is_good]
    found = understand_labels(choices)
    assert (found.usable, found.left_out) == (len(good), len(shape.bad))
    assert as_sentiments(found.counts) == counts_of(good)
    assert found.is_usable == (skip or not shape.bad)
    try:
        seen = understand_texts(choices)
        model = sentilora.load(front.run)
        scored = score_file(model, "run", choices, 0.5) if seen.is_usable else None
    except sentilora.SentiloraError as error:
        front.refused(str(error), answered_of(front.shape))
        return
    unanswered = sum(not row.is_answerable for row in shape.rows)
    assert (seen.usable, seen.left_out) == (len(shape.rows) - unanswered, unanswered)
    assert (scored is None) == (unanswered > 0 and not skip)
    if scored is not None:
        told = scored.summary
        agrees_with_answers(front, scored.path, told.rows, told.skipped, told.label_counts)


WAYS = {
    "check": by_check,
    "evaluate": by_evaluate,
    "predict": by_predict,
    "stdin": by_stdin,
    "train": by_train,
    "pairs": by_pairs,
    "sentilora.check": by_python_check,
    "sentilora.predict_file": by_python_predict,
    "page": by_page,
}


def account(way, seed, tmp_path, run, run_command, base):
    """Make a file, hand it over, and compare."""
    shape = make_shape(seed)
    folder = tmp_path / str(seed)
    folder.mkdir()
    path = folder / shape.name
    path.write_bytes(shape.content)
    WAYS[way](Front(shape, path, run, run_command, base), skip=seed // len(WAYS) % 3 > 0)


def account_without_advice(seed, tmp_path, run_command):
    """Make a file with quotes that are plain text, say nothing of them, and count what is told."""
    shape = make_odd_quotes(seed)
    path = tmp_path / f"{seed}-{shape.name}"
    path.write_bytes(shape.content)
    front = Front(shape, path, None, run_command, None)
    settings = {**shape.columns, **shape.labels}
    _, out, _ = front.command("check", path, "--json", settings=settings, skip=True)
    if not out:
        return 0
    part = json.loads(out)["parts"]["train"]
    assert part["rows"] == len(shape.rows)
    return part["usable"]


@pytest.mark.parametrize("way", WAYS)
def test_rows_of_a_file_come_out_or_are_told(way, tmp_path, run, run_command, tiny_base):
    account(way, 43, tmp_path, run, run_command, tiny_base)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 2000, 100))
def test_rows_of_thousands_of_files(start, tmp_path, run, run_command, tiny_base):
    for seed in range(start, start + 100):
        account([*WAYS][seed % len(WAYS)], seed, tmp_path, run, run_command, tiny_base)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 300, 100))
def test_no_line_with_quotes_is_lost_without_a_word(start, tmp_path, run_command):
    read = [account_without_advice(start + seed, tmp_path, run_command) for seed in range(100)]
    assert sum(count > 0 for count in read) > 50
