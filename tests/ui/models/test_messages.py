"""The messages behind a figure: joined with their texts, chosen, counted."""

import csv
import datetime as dt
import io

import numpy as np
import pyarrow as pa
import pytest

from sentilora.insights.feedback import Feedback
from sentilora.labels import Labels
from sentilora.ui.models.messages import (
    Wanted,
    as_csv,
    choose_messages,
    count_by_theme,
    count_texts,
    join_messages,
    shown_messages,
)

TEXTS = ("No bag. Rude desk.", "Kind crew!", "=no bag, again")


@pytest.fixture(scope="module")
def messages():
    feedback = Feedback(
        source="t.csv",
        texts=TEXTS,
        rows=np.array([0, 2, 3]),  # row 1 had no text
        labels=Labels(("negative", "positive")),
        dates=np.array(["2026-11-24", "NaT", "2026-11-25"], dtype="datetime64[D]"),
        segments={"brand": np.array(["United", None, "Aer Lingus"], dtype=object)},
    )
    statements = pa.table(
        {
            "row": [0, 0, 2, 3],
            "id": pa.array([None] * 4, pa.string()),
            "statement": ["No bag.", "Rude desk.", "Kind crew!", "=no bag, again"],
            "label": ["negative", "negative", "positive", "negative"],
            "score": pa.array([0.9, 0.8, 0.99, 0.7], pa.float32()),
            "theme": pa.array(["bag", None, "crew", "bag"], pa.string()),
        }
    )
    return join_messages(statements, feedback)


def rows(table):
    return table["row"].to_pylist()


def test_each_statement_stands_beside_what_is_known_of_its_text(messages):
    assert rows(messages) == [1, 1, 3, 4]
    assert messages["text"].to_pylist() == [TEXTS[0], TEXTS[0], TEXTS[1], TEXTS[2]]
    assert messages["date"].to_pylist()[1:3] == [dt.date(2026, 11, 24), None]
    assert messages["segment: brand"].to_pylist() == ["United", "United", None, "Aer Lingus"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [1, 1, 3, 4]),
        (Wanted(theme="bag"), [1, 4]),
        (Wanted(period=(dt.date(2026, 11, 24), dt.date(2026, 11, 24))), [1, 1]),
        (Wanted(segment=("brand", "Aer Lingus")), [4]),
        (Wanted(labels=("positive",)), [3]),
        (Wanted(words=" BAG "), [1, 4]),
        (Wanted(theme="bag", segment=("brand", "United"), words="no"), [1]),
        (Wanted(theme="crew", period=(dt.date(2026, 1, 1), dt.date(2026, 12, 31))), []),
    ],
)
def test_filters_are_joined(messages, wanted, found):
    assert rows(choose_messages(messages, wanted)) == found


def test_texts_are_counted_not_statements(messages):
    assert count_texts(messages) == 3
    assert count_by_theme(messages) == {"bag": 2, "crew": 1}
    assert count_by_theme(messages.slice(0, 0)) == {}


def test_what_is_shown_has_names_of_themes_and_no_empty_columns(messages):
    shown = shown_messages(messages, {"bag": "I have no bag"})
    assert shown["Theme"].to_pylist() == ["I have no bag", None, "crew", "I have no bag"]
    assert shown.column_names[-2:] == ["brand", "Whole text"]
    assert "Id" not in shown.column_names


def test_a_file_to_take_home_is_read_by_a_spreadsheet(messages):
    content = as_csv(shown_messages(messages, {}))
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["Row"] for row in table] == ["1", "1", "3", "4"]
    assert table[2]["Statement"] == "Kind crew!"
    assert table[3]["Whole text"] == "'=no bag, again"  # else the spreadsheet would compute it
    assert content.startswith(b"\xef\xbb\xbf")
