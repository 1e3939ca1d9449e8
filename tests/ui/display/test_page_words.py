"""Errors on a page name its boxes and buttons, not options of the command line."""

from __future__ import annotations

import pytest

from sentilora.data.columns import find_text_column
from sentilora.data.problems import Problems, raise_if_any
from sentilora.errors import DataError
from sentilora.message import Message, command, setting
from sentilora.ui.display import page_words
from sentilora.ui.display.page_words import PAGE


def test_a_column_is_chosen_in_its_box():
    with pytest.raises(DataError) as caught:
        find_text_column(["body", "stars"], "x", "a.csv")
    told = caught.value.message.spelled(PAGE)
    assert told.endswith("Choose one with “Column with the texts” (body).")


def test_every_page_names_the_same_box_for_bad_rows():
    problems = Problems("a.csv")
    problems.add_row(2, "empty text")
    with pytest.raises(DataError) as caught:
        raise_if_any([problems])
    told = caught.value.message.spelled(PAGE)
    assert f"Leave bad rows out with “{page_words.SKIP_ROWS}”; they are" in told


def test_a_choice_has_the_words_of_its_box():
    text = f"Say {setting('stars', 5)}, {setting('stars', 10)} or {setting('labels', ['a', 'b'])}."
    assert Message(text).spelled(PAGE) == (
        "Say “What the labels are” (Stars from 1 to 5), “What the labels are” (Stars from 1 to "
        "10) or “Names of the labels, in order” (a,b)."
    )


def test_placeholders_of_other_front_ends_are_left_out():
    text = f"Choose the column with the texts with {setting('text', 'NAME')}."
    told = Message(text).spelled(PAGE)
    assert told == "Choose the column with the texts with “Column with the texts”."


def test_what_has_no_box_is_named_in_words():
    text = f"Allow more with {setting('max_drop', 0.5)}, or export without {setting('quantize')}."
    assert Message(text).spelled(PAGE) == (
        "Allow more with the setting “max drop” (0.5), or export without the setting “quantize”."
    )


def test_commands_are_buttons_or_typed_beside_the_server():
    resume = command("train", resume="runs/x/config.toml")
    assert Message(f"Go on with: {resume}").spelled(PAGE) == "Go on with: the button “Resume”"
    runs = command("runs")
    assert Message(f"List them with: {runs}").spelled(PAGE) == "List them with: sentilora runs"
