"""Rows of feedback: what is read, left out, weighed and told."""

import datetime as dt
import gzip
import json
import sys

import numpy as np
import pandas as pd
import pytest

from sentilora.data.files.read_options import Reading
from sentilora.data.labelled.scan import Asked
from sentilora.errors import ConfigError, DataError
from sentilora.insights.feedback_columns import FeedbackColumns
from sentilora.insights.feedback_question import FeedbackQuestion
from sentilora.insights.feedback_rows import read_feedback
from sentilora.insights.voices import copy_keys, weigh
from sentilora.labels import Labels
from tests.helpers import warm_python

KNOWN = Labels(("negative", "neutral", "positive"))
HEADER = "ticket,message,created,brand,user,mood"
ROWS = [
    "T1,My bag never came and nobody calls back,24/11/2026,United,ann,bad",
    "T2,,24/11/2026,Delta,bob,good",
    "T3,The crew was kind and the seat was fine,25/11/2026,Delta,,good",
    "T4,n/a,25/11/2026,Delta,bob,good",
    "T5,Flight cancelled twice in one week,26/11/2026,,ann,negative",
]


@pytest.fixture
def tickets(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    return path


def question(*, asked=None, **settings):
    for name in ("since", "until"):
        if name in settings:
            settings[name] = dt.date.fromisoformat(settings[name])
    columns = {
        name: settings.pop(name)
        for name in ("text", "date", "segments", "id", "author")
        if name in settings
    }
    return FeedbackQuestion(
        FeedbackColumns(**columns), asked or Asked(skip_bad_rows=True), **settings
    )


def read(data, **settings):
    return read_feedback(data, question(**settings), KNOWN)


def test_rows_have_texts_dates_segments_and_ids(tickets):
    found = read(tickets, text="message", date="created", segments=("brand", "user"), id="ticket")
    assert found.texts[1] == "The crew was kind and the seat was fine"
    assert found.rows.tolist() == [0, 2, 4]
    assert found.ids == ["T1", "T3", "T5"]
    assert [day.day for day in found.dates.tolist()] == [24, 25, 26]
    assert found.segments["brand"].tolist() == ["United", "Delta", None]
    assert found.segments["user"].tolist() == ["ann", None, "ann"]
    assert found.skipped == {"empty text": 1, "a word for no text": 1}
    assert found.label_ids is None
    assert found.weights.tolist() == [1, 1, 1]
    assert "texts from column 'message'" in found.notes


def test_a_column_of_labels_is_read_as_evaluate_reads_it(tickets):
    asked = Asked("message", "mood", skip_bad_rows=True)
    found = read(
        tickets,
        text="message",
        asked=asked,
        uses_labels=True,
        labels={"bad": "negative", "good": "positive"},
    )
    assert found.label_ids.tolist() == [0, 2, 0]
    stars = pd.DataFrame({"text": [*"abc"], "stars": [1, 3, 5]})
    found = read(stars, asked=Asked(label="stars", stars=5, any_text=True), uses_labels=True)
    assert found.label_ids.tolist() == [0, 1, 2]


def test_rows_without_a_known_label_are_left_out_and_counted(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,label\nGood enough,positive\nToo slow,negative\nNo idea,\nHm,odd\n")
    found = read(path, asked=Asked(label="label", skip_bad_rows=True), uses_labels=True)
    assert found.label_ids.tolist() == [2, 0]
    assert found.skipped == {"no label that the model knows": 2}
    assert any("are left out: 'odd' (1 row). What" in note for note in found.notes)


def test_two_columns_of_one_name_are_an_error(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,day,day\nGood enough,2026-01-02,2026-02-03\n")
    with pytest.raises(DataError, match=r"names that occur twice: 'day'\. Give each column"):
        read(path)


def test_all_ways_to_read_a_file_work(tmp_path):
    path = tmp_path / "rows.csv.gz"
    lines = "über alles gut;2026-01-02\nschlecht für mich;2026-01-03\n"
    path.write_bytes(gzip.compress(lines.encode("cp1252")))
    reading = Reading(encoding="cp1252", delimiter=";", header="none", columns=["words", "day"])
    asked = Asked("words", skip_bad_rows=True, reading=reading)
    found = read(path, text="words", date="day", asked=asked)
    assert found.texts == ["über alles gut", "schlecht für mich"]
    book = tmp_path / "book.xlsx"
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"x": [1]}).to_excel(writer, sheet_name="first", index=False)
        table = pd.DataFrame({"text": ["Slow to load", "Works"], "at": [46350, 46351.5]})
        table.to_excel(writer, sheet_name="second", index=False)
    asked = Asked(skip_bad_rows=True, reading=Reading(sheet="second"))
    assert read(book, date="at", asked=asked).dates.tolist()[0] == dt.date(2026, 11, 24)


def test_json_lines_with_texts_that_are_none(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"text": "Fine by me"}, {"text": 5}, {"text": None}, {"text": "Not for us"}]
    path.write_text("\n".join(map(json.dumps, rows)))
    found = read(path)
    assert found.rows.tolist() == [0, 3]
    assert sum(found.skipped.values()) == 2


def test_all_parts_of_a_folder_are_read(tmp_path):
    (tmp_path / "train.csv").write_text("text,label\nGood one,positive\n,negative\n")
    (tmp_path / "test.csv").write_text("text,label\nBad one,negative\n")
    found = read(tmp_path, asked=Asked(skip_bad_rows=True), uses_labels=True)
    assert found.texts == ["Good one", "Bad one"]
    assert found.rows.tolist() == [0, 2]
    assert found.label_ids.tolist() == [2, 0]
    assert len(read("sample", date="date", segments=("domain",))) == 900


def test_unknown_columns_are_all_named_with_those_that_are_there(tickets):
    with pytest.raises(DataError) as caught:
        read(tickets, text="message", date="when", segments=("brand", "product"), author="who")
    message = str(caught.value)
    assert all(f"no column '{name}'" in message for name in ("when", "product", "who"))
    assert "Found: 'ticket', 'message', 'created', 'brand', 'user', 'mood'" in message
    assert "no column 'brand'" not in message
    with pytest.raises(ConfigError, match="expected a list of columns"):
        FeedbackColumns(segments="brand")


def test_columns_that_would_tell_more_are_named(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,date,label\nGood enough,2026-01-02,positive\n")
    notes = " ".join(read(path).notes)
    assert 'date="date" tells the course over time' in notes
    assert 'label="label" uses them, not the model' in notes


def test_only_the_days_asked_for_are_taken(tickets):
    found = read(tickets, text="message", date="created", since="2026-11-25", until="2026-11-25")
    assert found.texts == ["The crew was kind and the seat was fine"]
    assert found.skipped["outside of the days asked for"] == 2
    with pytest.raises(DataError, match="Its days are 2026-11-24 to 2026-11-26"):
        read(tickets, text="message", date="created", since="2027-01-01")
    with pytest.raises(ConfigError, match="no column of dates was named"):
        question(since="2026-01-01")
    with pytest.raises(ConfigError, match="expected the first day"):
        question(date="created", since="2026-02-01", until="2026-01-01")


def test_empty_dates_are_told_and_no_course_is_made_up():
    table = pd.DataFrame({"text": ["Good one", "Bad one"], "date": ["", None]})
    found = read(table, date="date")
    assert found.dates is None
    assert any("holds no dates: nothing is told over time" in note for note in found.notes)
    with pytest.raises(DataError, match="no text with a date in column 'date'"):
        read(table, date="date", since="2026-01-01")


def test_unclear_dates_are_an_error(tmp_path):
    table = pd.DataFrame({"text": ["Good one", "Bad one"], "date": ["03/10/2026", "04/11/2026"]})
    with pytest.raises(DataError, match="can be read in two ways: '03/10/2026'"):
        read(table, date="date")
    assert read(table, date="date", date_order="month-first").dates[0].item().month == 3


def test_data_without_texts_are_an_error(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,date\n,2026-01-01\n,2026-01-02\n")
    with pytest.raises(DataError, match="has no texts to look at: all its rows are left out: 2 of"):
        read(path)
    path.write_text("text,date\n")
    with pytest.raises(DataError, match="no rows, only a header"):
        read(path)
    numbers = pd.DataFrame({"text": [str(number) for number in range(50)]})
    with pytest.raises(DataError, match="hardly holds texts: 50 of the first 50 are numbers"):
        read(numbers)


def test_of_too_many_texts_some_are_drawn_and_that_is_told():
    table = pd.DataFrame({"text": [f"Row number {n} says so" for n in range(500)]})
    found = read(table, limit=50)
    assert len(found) == 50
    assert found.texts[0] == f"Row number {found.rows[0]} says so"
    assert (np.diff(found.rows) > 0).all()
    assert found.skipped == {"beyond the limit of texts": 450}
    assert any("of 500 texts 50 were drawn at random" in note for note in found.notes)
    assert read(table, limit=50).rows.tolist() == found.rows.tolist()
    assert set(read(table, limit=20).rows) < set(found.rows)  # so that labels of a survey fit


def test_copies_share_one_voice_but_short_praise_does_not():
    spam = "Buy this now, it is the best"
    texts = [spam, spam.upper(), f"{spam}  ", spam, "Great app!", "Great app!", "It is fine"]
    found = read(pd.DataFrame({"text": texts}))
    assert found.weights.tolist() == [0.25] * 4 + [1, 1, 1]
    assert any("3 texts are copies of another one" in note for note in found.notes)


def test_no_author_weighs_more_than_three_texts():
    texts = [f"{word} of all that is here" for word in "abcdefghij"]
    table = pd.DataFrame({"text": texts, "who": ["ann"] * 6 + ["bob"] * 3 + [None]})
    found = read(table, author="who")
    assert found.weights[:6].sum() == pytest.approx(3)
    assert found.weights[6:].tolist() == [1, 1, 1, 1]
    assert any("an author weighs 3 texts at most: 1 of 2 wrote more" in one for one in found.notes)
    none = weigh(copy_keys(texts), np.full(10, -1))
    assert none.weights.tolist() == [1] * 10


_READ_MANY = """
import resource, sys
from tests.insights.test_feedback_rows import read

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

before = peak()
found = read(sys.argv[1], date="date", segments=("kind",), limit=1000)
print(len(found), found.skipped["beyond the limit of texts"], peak() - before)
"""


@pytest.mark.slow
@pytest.mark.process
def test_a_million_rows_are_read_in_flat_memory(tmp_path):
    path = tmp_path / "many.csv"
    with path.open("w") as file:
        file.write("text,date,kind\n")
        file.writelines(
            f"The {n} time that it broke after a day of use,2026-{n % 12 + 1:02}-01,{n % 7}\n"
            for n in range(1_000_000)
        )
    command = [sys.executable, "-c", _READ_MANY, path]
    done = warm_python.run(command, capture_output=True, text=True, check=True)
    texts, beyond, grown = map(int, done.stdout.split())
    assert (texts, beyond) == (1000, 999_000)
    assert grown < 300e6


def test_a_text_of_five_million_characters_is_a_text():
    found = read(pd.DataFrame({"text": ["It broke. " * 500_000, "Fine by me"]}))
    assert [len(text) for text in found.texts] == [5_000_000, 10]
