"""Labels of which no sentiment is known: a note says so, and how answers of a scale are read."""

import pytest

from sentilora.cli.option_words import COMMAND_LINE
from sentilora.data.labelled.values.answer_scales import meaning_of, unknown_sentiment_notes
from sentilora.labels import Labels, order_labels, parse_labels
from sentilora.message import spelled

LIKERT = ("Very satisfied", "Satisfied", "Neither", "Dissatisfied", "Very dissatisfied")


def told(*names):
    return spelled(unknown_sentiment_notes(order_labels(names)), COMMAND_LINE)


@pytest.mark.parametrize(
    ("names", "option"),
    [
        (("Zufrieden", "Unzufrieden"), "Unzufrieden=negative,Zufrieden=positive"),
        (("👍", "👎🏽"), "'👎🏽=negative,👍=positive'"),
        (("Stimme voll zu", "Schlecht", "gut"), None),
        (("great", "poor", "ok"), "poor=negative,ok=neutral,great=positive"),
        (("Muy satisfecho", "Insatisfecho"), "'Insatisfecho=negative,Muy satisfecho=positive'"),
        (
            LIKERT,
            "'Dissatisfied=negative,Very dissatisfied=negative,Neither=neutral,Satisfied=positive,"
            "Very satisfied=positive'",
        ),
    ],
)
def test_the_answers_of_a_scale_are_mapped(names, option):
    (note,) = told(*names)
    assert note.startswith("labels are learned as they are: no sentiment is known of ")
    assert (f"a scale, say so with --labels {option}" in note) == (option is not None)
    assert ("--labels" in note) == (option is not None)
    if option:
        given = parse_labels(option.strip("'"))
        assert given.polarities is not None
        assert {value for value, _ in given.values} == set(names)


def test_yes_and_no_are_good_or_bad_by_the_question():
    (note,) = told("Ja", "Nein")
    assert note.endswith(
        "of Ja, Nein. If Ja is good, say so with --labels Nein=negative,Ja=positive"
    )
    assert told("Sí", "No")[0].endswith(
        "If Sí is good, say so with --labels 'No=negative,Sí=positive'"
    )


def test_topics_are_only_told_to_be_learned_as_they_are():
    assert told("billing", "delivery") == (
        "labels are learned as they are: no sentiment is known of billing, delivery",
    )
    assert told(*(f"topic {n}" for n in "abcdefgh"))[0].endswith("topic f, …")
    assert "--labels" not in told("happy, really", "unhappy")[0]  # no option can hold the comma
    assert "--labels" not in told("satisfied", "very satisfied")[0]  # nothing negative


@pytest.mark.parametrize(
    "names", [("negative", "positive"), ("good", "bad"), ("1", "2", "3"), ("very positive", "neg")]
)
def test_nothing_is_said_of_sentiments_and_stars(names):
    assert unknown_sentiment_notes(Labels(names)) == ()


def test_no_word_means_two_things():
    assert meaning_of("VERY_Unhappy ") == "negative"
    assert meaning_of("not satisfied") == "negative"
    assert meaning_of("billing") is None
    assert meaning_of("very billing") is None
