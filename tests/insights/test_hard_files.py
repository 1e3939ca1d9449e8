"""Files that nobody wrote for an analysis: a clear answer, or a clear error before the work."""

import os

import numpy as np
import pandas as pd
import pytest

import sentilora
from sentilora.errors import DataError, ModelError
from sentilora.insights.insights_result import check_folder
from tests.helpers.texts import make_texts

TEXTS = [text for text, _ in make_texts(60, seed=4)]


@pytest.fixture(scope="module")
def model(tiny_run):
    return sentilora.load(tiny_run.path)


def rows(number=60, **columns):
    """Return texts over four weeks."""
    days = [f"2026-03-{1 + n % 28:02}" for n in range(number)]
    return pd.DataFrame({"words": TEXTS[:number], "day": days, **columns})


def look(model, data, **settings):
    return sentilora.insights(model, data, text="words", any_text=True, **settings).report


def test_single_words_that_come_again_are_themes_of_their_own(model):
    said = ["good", "bad", "film"]
    report = look(model, rows(words=[said[n % 3] for n in range(60)]))
    assert sorted(theme.texts for theme in report.themes) == [20, 20, 20]
    assert {theme.name.casefold() for theme in report.themes} == set(said)
    assert all(theme.stability is None for theme in report.themes)


def test_nothing_is_told_of_signs_that_the_base_does_not_know(model):
    faces = rows(words=[f"{'😡😀👍'[n % 3]} {'💔🎉'[n % 2]}" for n in range(60)])
    with pytest.raises(ModelError, match=r"60 of 60 statements are signs .* such as '😡 💔'"):
        look(model, faces)
    faces.loc[:40, "words"] = TEXTS[:41]
    notes = look(model, faces).basis.notes
    assert any("19 of " in one and "statements are signs that the base" in one for one in notes)


@pytest.mark.parametrize("label", ["negative", "positive"])
def test_texts_of_one_mood_are_no_news(model, label):
    report = look(model, rows(label=label), label="label", date="day")
    assert report.net.value == {"negative": -100, "positive": 100}[label]
    assert report.changes == ()


@pytest.mark.parametrize(
    "column",
    [np.arange(60).astype(str), [f"shop {n % 20}" for n in range(60)]],
    ids=["of ids", "of many values"],
)
def test_a_segment_of_too_many_values_is_told_and_not_compared(model, column):
    report = look(model, rows(shop=column), segments=["shop"])
    assert report.segments == ()
    assert any("'shop': " in note and "are not compared" in note for note in report.basis.notes)


def test_the_text_itself_as_a_segment_is_told_and_not_compared(model):
    report = look(model, rows(), segments=["words", "day"])
    assert report.segments == ()
    assert sum("are not compared" in note for note in report.basis.notes) == 2


def test_a_slip_of_a_year_is_not_the_last_period(model):
    data = rows()
    data.loc[7, "day"] = "2062-03-08"
    report = look(model, data, date="day")
    assert report.comparison.end.year == 2026
    assert any("'2062-03-08' (1 row)" in note for note in report.basis.notes)


def test_days_of_times_and_zones_are_those_that_are_written(model):
    data = rows(day=[f"2026-03-{1 + n % 28:02}T23:30:00-11:00" for n in range(60)])
    notes = look(model, data, date="day").basis.notes
    assert "dates from column 'day', 2026-03-01 to 2026-03-28" in notes


def test_days_to_come_are_days(model):
    data = rows(day=[f"2141-03-{1 + n % 28:02}" for n in range(60)])
    assert look(model, data, date="day").comparison.end.year == 2141


def test_no_aspect_is_none(model):
    assert look(model, rows(), aspects="").aspects == ()


def test_a_folder_that_is_there_keeps_what_else_is_in_it(model, tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    look(model, rows(), output=tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "kept"
    assert (tmp_path / "insights.html").exists()


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(tmp_path, monkeypatch):
    file = tmp_path / "rows.csv"
    file.write_text("text\n")
    with pytest.raises(DataError, match=r"rows\.csv is a file\. Expected a folder"):
        check_folder(file / "deep" / "inside")
    assert check_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert not (tmp_path / "a").exists()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(DataError, match=r"is not yours to write to\. Choose another folder"):
        sentilora.insights("nowhere", "nothing.csv", output=tmp_path / "a")
