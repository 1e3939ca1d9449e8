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


def test_insights_take_the_labels(tell, run_command, tiny_run):
    tell("12" * 6, "--rows", 12)
    given = ("--text", "message", "--any-text", "--labelled", "labels.csv", "--json")
    code, out, _ = run_command("insights", tiny_run.path, "tickets.csv", *given)
    assert code == 0
    basis = json.loads(out)["basis"]
    assert basis["correction"].startswith("estimated from 12 labelled texts")
    assert 0.2 < basis["shares"]["negative"]["value"] < 0.8
