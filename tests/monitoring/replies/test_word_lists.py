"""Words as people write them are found, and what quotes the customer promises nothing."""

import pytest

from sentilora.monitoring.replies.severity import severity_of, severity_words
from sentilora.monitoring.replies.word_lists import WordList, promises_in


@pytest.mark.parametrize(
    ("word", "found", "not_found"),
    [
        ("deliver*", ["Delivery", "they DELIVERED it"], ["undelivered", "deli"]),
        ("money back", ["Money\u00a0 back!", "money\nback"], ["moneyback", "money is back"]),
        ("a.c", ["a.c"], ["abc"]),
        ("*frei", ["kostenfrei"], ["freitag"]),
        ("refund", ["(refund)", "refund,"], ["refunds", "refund_id"]),
    ],
)
def test_words_are_whole_words_with_any_letters_for_a_star(word, found, not_found):
    words = WordList([word])
    assert all(words.is_in(text) for text in found)
    assert not any(words.is_in(text) for text in not_found)


def test_marks_stand_where_the_words_stand_and_do_not_overlap():
    words = WordList(["free", "free of charge"], [r"of \w+ now"])
    text = "It is free of charge now, and free."
    marks = words.marks(text)
    assert [one.words for one in marks] == ["free of charge now", "free"]
    assert all(text[one.start : one.end] == one.words for one in marks)


def test_no_words_find_nothing():
    assert not WordList([]).is_in("anything")
    assert WordList([]).marks("anything") == []


def test_what_the_customer_wrote_is_no_promise_but_only_behind_a_sign():
    never, text = WordList(["refund"]), "I want a refund.\nNow!"
    assert promises_in("> I want a refund.\n> Now!\nWe read it.", never, text) == []
    (mark,) = promises_in("> I want a refund.\nYou get a refund.", never, text)
    assert (mark.start, mark.words) == (29, "refund")
    assert len(promises_in("> You get a refund.", never, text)) == 1  # nobody wrote that
    assert len(promises_in("I want a refund.", never, text)) == 1
    assert len(promises_in("> I want a refund.", never, None)) == 1
    assert promises_in("> I want a refund…", never, text) == []
    many = "> I want a refund.\n" * 99
    assert [one.start for one in promises_in(f"{many}A refund.", never, text)] == [len(many) + 2]
    split = WordList(["money back"])
    assert len(promises_in("You get your money\nback.", split, text)) == 1
    assert len(promises_in("> money\n> back", split, "money back")) == 0


def test_severity_is_as_documented():
    assert severity_of(-0.9, 0.95, has_alert=False, is_urgent=False) == pytest.approx(0.54)
    assert severity_of(-0.9, 0.95, has_alert=True, is_urgent=True) == pytest.approx(0.94)
    assert severity_of(0.4, 0.6, has_alert=False, is_urgent=True) == pytest.approx(0.2)
    assert severity_of(None, 0.5, has_alert=False, is_urgent=False) == pytest.approx(0.3)
    assert severity_of(-0.1, 0.5, has_alert=False, is_urgent=False, least=0.8) == 0.8
    assert severity_of(-1.0, 1.0, has_alert=True, is_urgent=True) == 1.0
    assert [severity_words(value) for value in (0.7, 0.4, 0.39)] == ["high", "middle", "low"]
