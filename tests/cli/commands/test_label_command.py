"""``sentilora label`` as a user meets it: keys in, a file and corrected shares out."""

import csv
import io
import json

import pytest

from sentilora.insights.survey.survey_file import COLUMNS
from tests.helpers.texts import make_texts


@pytest.fixture(autouse=True)
def tickets(tmp_path):
    """Put ``tickets.csv`` into the folder in which commands run."""
    rows = [
        f"{text},2026-03-{day % 28 + 1:02},{('United', 'Delta')[day % 2]}"
        for day, (text, _) in enumerate(make_texts(60, seed=3))
    ]
    (tmp_path / "tickets.csv").write_text("\n".join(["message,created,brand", *rows]) + "\n")


@pytest.fixture
def tell(run_command, tiny_run, monkeypatch):
    """Run the command on the tickets, with keys typed line by line."""

    def run(keys, *arguments):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{key}\n" for key in keys)))
        given = ("--text", "message", "--any-text", "--model", tiny_run.path, *arguments)
        return run_command("label", "tickets.csv", *given)

    return run


def kept(tmp_path):
    with (tmp_path / "labels.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_labels_are_kept_and_correct_the_shares(tell, tmp_path):
    code, out, err = tell("1212121212", "--rows", 10, "--date", "created", "--segment", "brand")
    assert code == 0
    lines = out.splitlines()
    assert lines[1] == "labelled  10 of 60 texts, in labels.csv"
    assert lines[2].startswith("negative share ")
    assert "corrected; counted" in lines[2]
    assert lines[-2] == "next      sentilora train labels.csv"
    assert "insights" in lines[-1]
    assert "--date created --segment brand --labelled labels.csv" in lines[-1]
    assert "1 of 10 · row " in err
    assert "brand: " in err
    assert ", 2026-03-" in err
    rows = kept(tmp_path)
    assert tuple(rows[0]) == COLUMNS
    assert sorted(row["label"] for row in rows) == ["negative"] * 5 + ["positive"] * 5
    assert sum(float(row["weight"]) for row in rows) == pytest.approx(60, rel=1e-3)
    shown = err.split("1 of 10")[1].split("2 of 10")[0]
    assert "0." not in shown  # no score of the model


def test_who_quits_goes_on_later_with_other_texts(tell, tmp_path):
    code, out, _ = tell("1x1usq", "--rows", 10)
    assert code == 0
    assert "labelled  1 of 60 texts" in out
    assert "shares are corrected from 10 labels on" in out
    first = kept(tmp_path)
    code, out, err = tell("2" * 9, "--rows", 10, "--json")
    told = json.loads(out)
    assert "1 labels of labels.csv are kept" in err
    assert told["labelled"] == 10
    assert set(told["shares"]) == set(told["counted"]) == {"negative", "positive"}
    rows = kept(tmp_path)
    assert {row["row"] for row in first} <= {row["row"] for row in rows}
    assert [row["label"] for row in rows].count("positive") == 9


def test_the_end_of_the_input_is_the_end(tell, tmp_path):
    code, out, err = tell("12")
    assert code == 0
    assert len(kept(tmp_path)) == 2
    assert "labelled  2 of 60" in out
    assert "expected" not in err


def test_a_file_that_is_no_survey_is_not_overwritten(tell, tmp_path):
    (tmp_path / "labels.csv").write_text("text,label\ngood,positive\n")
    code, _, err = tell("1")
    assert code == 1
    assert "labels.csv holds no labels of a survey: it has no column 'row'" in err
    assert (tmp_path / "labels.csv").read_text() == "text,label\ngood,positive\n"


@pytest.mark.parametrize(
    ("rows", "columns", "told"),
    [
        (["good film,03/04/2026", "bad film,05/06/2026"], ("--date", "day"), "in two ways"),
        (
            ["good film,24/03/2026", "bad film,03/25/2026"],
            ("--date", "day"),
            "not all of one order",
        ),
        (["good film,x"], ("--segment", "city", "--date", "when"), "2 problems in "),
        (["good,x"] * 30, (), "hardly holds texts"),
        ([",x"] * 3, (), "has no texts to look at"),
    ],
    ids=["unclear dates", "mixed dates", "unknown columns", "single words", "no texts"],
)
def test_hard_files_are_refused_before_anything_is_asked(
    run_command, tiny_run, tmp_path, rows, columns, told
):
    (tmp_path / "rows.csv").write_text("\n".join(["text,day", *rows]) + "\n")
    code, out, err = run_command("label", "rows.csv", "--model", tiny_run.path, *columns)
    assert (code, out) == (1, "")
    assert told in err
    assert "1 of " not in err
    assert not (tmp_path / "labels.csv").exists()


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        ([f"a good film {n}, of March," for n in range(20)], 20),
        ([f"a good film {n}, of March,2026-03-01" for n in range(20)], 20),
        (["a good film of March,2026-03-01"] * 20, 1),
        (["a good film. " * 30_000 + ",2026-03-01", "bad\x1b[31m film it was,2026-03-01"], 2),
    ],
    ids=["empty dates", "one date", "one text", "a huge text"],
)
def test_hard_files_are_asked_about(run_command, tiny_run, tmp_path, monkeypatch, rows, asked):
    lines = [f'"{words}",{day}' for words, _, day in (row.rpartition(",") for row in rows)]
    (tmp_path / "rows.csv").write_text("\n".join(["text,day", *lines]) + "\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n" * asked))
    given = ("--model", tiny_run.path, "--date", "day", "--text", "text")
    code, _, err = run_command("label", "rows.csv", *given)
    assert code == 0
    assert err.count("s skip  u undo  q quit") == asked
    assert len(kept(tmp_path)) == len(rows)
    assert len(err) < 10_000
    assert "\x1b" not in err
    assert ("the first 3,000 of 390,000 characters" in err) == (len(rows) == 2)


def test_of_very_many_texts_some_are_drawn_and_that_is_told(tell):
    _, out, err = tell("1", "--limit", 20)
    assert "of 60 texts 20 were drawn at random, and counts are of these" in err
    assert "labelled  1 of 20 texts" in out


def test_insights_take_the_labels(tell, run_command, tiny_run):
    tell("12" * 6, "--rows", 12)
    given = ("--text", "message", "--any-text", "--labelled", "labels.csv", "--json")
    code, out, _ = run_command("insights", tiny_run.path, "tickets.csv", *given)
    assert code == 0
    basis = json.loads(out)["basis"]
    assert basis["correction"].startswith("estimated from 12 labelled texts")
    assert 0.2 < basis["shares"]["negative"]["value"] < 0.8
