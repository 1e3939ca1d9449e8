from __future__ import annotations

import pytest

from sentilora.data.columns import choose_columns
from sentilora.data.files.tables import find_text_column
from sentilora.data.problems import Problems
from sentilora.errors import DataError
from sentilora.message import Message


def choose(*names, text=None, label=None, group=None):
    problems = Problems("a.csv")
    columns = choose_columns(names, text=text, label=label, group=group, problems=problems)
    return columns, problems.whole


@pytest.mark.parametrize("text", ["text", "Review", "SENTENCE", " content "])
@pytest.mark.parametrize("label", ["label", "Sentiment", "TARGET", "stars", "rating"])
def test_known_names_in_any_case(text, label):
    columns, problems = choose("id", text, label)
    assert (columns.text, columns.label, columns.group) == (text, label, None)
    assert problems == []
    assert find_text_column(["id", text, label], None, "a.csv") == text


def test_a_chosen_column_is_no_candidate_for_another_purpose():
    columns, problems = choose("text", "review", "label", label="review")
    assert (columns.text, columns.label, problems) == ("text", "review", [])
    columns, problems = choose("text", "label", "rating", group="rating")
    assert (columns.label, columns.group, problems) == ("label", "rating", [])


@pytest.mark.parametrize("text", [None, "text", "Text"])
def test_the_text_is_no_group(text):
    _, problems = choose("text", "label", text=text, group="text")
    assert len(problems) == 1
    assert "'text' is the text, and cannot be the group as well" in problems[0]
    assert 'leave group="text" out' in Message(problems[0])


@pytest.mark.parametrize("wanted", [None, "body"])
def test_numbers_are_not_advised_as_texts(wanted):
    names = ["reply" if wanted is None else "text", "n"]
    sample = {name: [1, 2, 3] for name in names}
    with pytest.raises(DataError, match="No column holds texts") as error:
        find_text_column(names, wanted, "a.csv", lambda: sample)
    assert "text=" not in str(error.value)


def test_exact_name_wins_over_case():
    columns, _ = choose("Text", "text", "label", text="Text")
    assert columns.text == "Text"


def test_case_only_matches_when_it_is_clear():
    _, problems = choose("Text", "TEXT", "label", text="text")
    assert "no column 'text'" in problems[0]


def test_used_columns_are_named_once():
    columns, _ = choose("text", "label", group="label")
    assert columns.used == ("text", "label")


@pytest.mark.parametrize(
    ("names", "wanted", "expected"),
    [
        (["words", "n"], None, 'a.csv: no column for the text .* Choose one with text="NAME"'),
        (["text", "review"], None, "more than one column could be the text: 'text', 'review'"),
        (["body"], "text", "a.csv: no column 'text'. Found: 'body'. Choose one with text=\"body\""),
        ([], None, 'Found: nothing. Choose one with text="NAME"'),
        (["x" * 300], None, "Found: 'x{39}…'"),
        ([f"c{i}" for i in range(50)], None, "'c19', and 30 more"),
    ],
)
def test_text_column_errors_name_what_was_found_and_what_to_type(names, wanted, expected):
    with pytest.raises(DataError, match=expected):
        find_text_column(names, wanted, "a.csv")


@pytest.mark.parametrize("name", ["body", "Comment", "Review Body", "review_text", "reviewText"])
def test_other_known_names_are_found_where_no_usual_one_is(name):
    columns, problems = choose("id", name, "label")
    assert (columns.text, problems) == (name, [])
    columns, problems = choose("text", name, "label")
    assert (columns.text, problems) == ("text", [])


def test_advice_names_the_column_with_texts_not_the_first_one():
    sample = {"id": ["1", "2"], "my words": ["a very good film", "a very dull film"]}
    with pytest.raises(DataError, match='Choose one with text="my words"'):
        find_text_column(list(sample), None, "a.csv", lambda: sample)


def test_one_column_a_label_is_recognised_and_read():
    columns, problems = choose("text", "negative", "neutral", "positive")
    assert 'read them with label="negative,neutral,positive"' in Message(problems[0])
    columns, problems = choose(
        "text", "is_positive", "is_negative", label="is_negative,is_positive"
    )
    assert problems == []
    assert columns.one_hot == ("is_negative", "is_positive")
    assert columns.used == ("text", "is_negative", "is_positive")
