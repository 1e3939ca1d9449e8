from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentilora.data.labelled.values.label_spellings import spell
from sentilora.data.labelled.values.label_values import read_meanings
from sentilora.data.labelled.values.meanings import NO_LABEL, Column
from sentilora.data.labelled.values.rating_scale import parse_scale, scale_of_stars
from sentilora.labels import Labels, parse_labels
from sentilora.message import Message

BINARY = Labels(("negative", "positive"))
TERNARY = Labels(("negative", "neutral", "positive"))


def meanings(*values, column="label", **options):
    return of_tally(dict.fromkeys(values, 1), column=column, **options)


def of_tally(tally, *, column="label", stars=None, scale=None, **options):
    rating_scale = parse_scale(scale) if stars is None else scale_of_stars(stars)
    return read_meanings(tally, Column(column, scale=rating_scale, **options))


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        ("  pos ", "pos"),
        (1, "1"),
        (1.0, "1"),
        (4.5, "4.5"),
        (True, "true"),
        ("", None),
        ("  ", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_spelling_is_the_same_from_every_format(value, spelling):
    assert spell(value) == spelling


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (("0", "1"), ("negative", "positive")),
        (("1.0", "0.0"), ("negative", "positive")),
        (("2", "0", "1"), ("negative", "neutral", "positive")),
    ],
)
def test_small_ids_have_default_names_that_are_told(values, names):
    read = meanings(*values)
    assert read.labels == Labels(names)
    assert all(read.of[value] == int(float(value)) for value in values)
    ids = ", ".join(map(str, range(len(names))))
    assert read.notes == (f"labels {ids} read as {', '.join(names)}",)


@pytest.mark.parametrize(
    ("values", "way"),
    [
        (("1", "2"), 'labels=["negative", "positive"]'),
        (("0", "4"), 'labels=["negative", "positive"]'),
        (("-1", "0", "1"), 'labels=["negative", "neutral", "positive"]'),
        (("1", "2", "3"), "stars=5 or stars=10"),
        (("0", "2", "4"), 'labels=["negative", "neutral", "positive"]'),
        (("-2", "-1", "0", "1", "2"), 'scale="-2-2"'),
        (("-0.9", "-0.1", "0", "0.3", "0.5", "0.8"), 'scale="-1-1"'),
        (tuple(map(str, range(11))), 'scale="0-10"'),
        (("20", "40", "60", "70", "80", "100"), 'scale="0-100"'),
        (("1",), "label=…"),
    ],
)
def test_numbers_without_a_meaning_are_asked_about_with_a_way_that_reads_them(values, way):
    read = meanings(*values)
    assert read.labels is None
    assert "holds the numbers" in read.problem
    assert way in Message(read.problem)


def test_ids_with_labels_given():
    labels = Labels(("a", "b", "c", "d"))
    read = meanings("0", "3", "3.0", labels=labels)
    assert read.of == {"0": 0, "3": 3, "3.0": 3}
    assert read.notes == ("labels 0, 1, 2, 3 read as a, b, c, d",)


def test_numbers_that_are_neither_ids_nor_as_many_as_names_are_refused():
    read = meanings("0", "1", "5", labels=BINARY)
    assert read.labels is None
    assert "holds the numbers 0, 1, 5, which labels=… does not fit" in Message(read.problem)


def test_names_win_over_ids():
    read = meanings("1", "2", "5", labels=Labels(("1", "2", "3", "4", "5")))
    assert read.of == {"1": 0, "2": 1, "5": 4}


def test_names_and_ids_do_not_mix():
    read = meanings("positive", "0", labels=BINARY)
    assert read.of["positive"] == 1
    assert read.of["0"] == "label is not one of negative, positive"


def test_numbers_and_words_do_not_mix():
    read = meanings("0", "1", "odd", "even")
    assert read.labels is None
    assert "mixes numbers ('0', '1') and words ('even', 'odd')" in read.problem
    named = meanings("0", "1", "odd", labels=BINARY)
    assert named.of["1"] == 1
    assert isinstance(named.of["odd"], str)


@pytest.mark.parametrize("column", ["stars", "rating", "Rating", " STARS ", "Review Stars"])
@pytest.mark.parametrize("known", [None, TERNARY])
def test_rating_columns_need_stars(column, known):
    read = meanings("1", "2", "3", column=column, known=known)
    assert read.labels is None
    assert "stars=5 or stars=10" in Message(read.problem)
    read = meanings("0", "1", "2", column=column, known=known)
    assert 'scale="0-5"' in Message(read.problem)


def test_rating_column_with_words_needs_no_stars():
    assert meanings("good", "bad", column="rating").labels == BINARY


@pytest.mark.parametrize(
    ("stars", "expected"),
    [
        (5, {"1": 0, "2": 0, "3": 1, "4": 2, "5": 2, "2.5": 1, "5 stars": 2, "1 star": 0}),
        (10, {"1": 0, "4": 0, "5": 1, "6": 1, "7": 2, "10": 2}),
    ],
)
def test_stars(stars, expected):
    read = meanings(*expected, column="stars", stars=stars)
    assert read.labels == TERNARY
    assert read.of == expected


def test_stars_without_a_middle_give_two_labels():
    read = meanings("1", "5", column="stars", stars=5)
    assert read.labels == BINARY
    assert read.of == {"1": 0, "5": 1}
    assert read.notes == ("ratings of 1 to 5 read as negative, positive",)


@pytest.mark.parametrize("value", ["0", "6", "-1", "good", "8/10"])
def test_stars_off_the_scale(value):
    assert meanings("1", "5", value, stars=5).of[value] == "rating outside 1 … 5"


def test_stars_with_labels_that_have_no_middle():
    read = meanings("1", "3", "5", stars=5, labels=BINARY)
    assert read.of["3"] == "rating that is neutral, which is not one of negative, positive"


@pytest.mark.parametrize("names", ["a,b,c,d,e", "negative,neutral,great"])
def test_stars_are_not_read_as_labels_that_have_no_end_of_the_scale(names):
    read = meanings("1", "2", "3", "4", "5", stars=5, labels=parse_labels(names))
    assert read.labels is None
    assert "have no " in read.problem
    assert "leave stars=… and scale=… out" in Message(read.problem)


def test_stars_of_one_sentiment_only():
    read = meanings("4", "5", stars=5)
    assert read.labels is None
    assert "at least two labels are needed" in read.problem


def test_spellings_are_folded_and_told():
    read = meanings("POS", "neg", "Neutral", "positive")
    assert read.labels == TERNARY
    assert read.of == {"POS": 2, "neg": 0, "Neutral": 1, "positive": 2}
    assert "POS as positive" in read.notes[0]
    assert "positive as positive" not in read.notes[0]


def test_unknown_words_keep_their_names():
    read = meanings("joy", "anger")
    assert read.labels == Labels(("anger", "joy"))
    told = "labels are learned as they are: no sentiment is known of anger, joy"
    assert read.notes == (told,)


def test_star_names_are_labels_of_their_own():
    read = meanings("1 star", "2 stars", "5 stars")
    assert read.labels == Labels(("1 star", "2 stars", "5 stars"))


def test_values_of_bad_rows_make_no_label():
    read = of_tally({"pos": 3, "neg": 2, "odd": 0})
    assert read.labels == BINARY
    assert isinstance(read.of["odd"], str)
    assert isinstance(of_tally({"0": 1, "1": 1, "7": 0}).of["7"], str)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("negative", 0), ("NEGATIVE", 0), ("neg", 0), (" Pos", 1), ("very positive", None)],
)
def test_given_labels_match_known_spellings(value, expected):
    read = meanings("positive", value.strip(), labels=BINARY)
    found = read.of[value.strip()]
    assert (found if isinstance(found, int) else None) == expected


def test_given_labels_that_share_a_sentiment_match_only_exactly():
    labels = Labels(("negative", "positive", "very positive"))
    read = meanings("positive", "very positive", "pos", labels=labels)
    assert read.of["very positive"] == 2
    assert isinstance(read.of["pos"], str)


def test_class_names_keep_their_order():
    read = meanings("0", "1", "-1", class_names=("pos", "neg"))
    assert read.labels == Labels(("positive", "negative"))
    assert read.of == {"0": 0, "1": 1, "-1": "label id outside 0 … 1"}


def test_class_names_that_would_fall_together_stay():
    read = meanings("0", "1", class_names=("good", "positive"))
    assert read.labels == Labels(("good", "positive"))


def test_class_names_with_stars():
    read = meanings("0", "1", "2", class_names=("1 star", "3 stars", "5 stars"), stars=5)
    assert read.of == {"0": 0, "1": 1, "2": 2}


def test_one_class_name_is_too_few():
    read = meanings("0", class_names=("all",))
    assert "label names stored in the file" in read.problem


@pytest.mark.parametrize("word", ["nan", "None", "NULL", "N/A", "<NA>", "-", "?"])
def test_words_for_none_are_no_label_unless_they_are_named(word):
    read = meanings("positive", "negative", word)
    assert read.labels == BINARY
    assert read.of[word] == NO_LABEL
    assert meanings("0", "1", word).of[word] == NO_LABEL
    named = Labels(("for", "against", word))
    assert meanings("for", "against", word, labels=named).of[word] == 2


def test_one_label_in_several_spellings_is_one_and_told():
    read = of_tally({"Refund": 3, "refund": 5, "praise\u200b": 1, "praise": 4})
    assert read.labels == Labels(("praise", "refund"))
    assert read.of["Refund"] == read.of["refund"]
    assert read.notes[0] == "labels read: Refund as refund, praise\\u200b as praise"
    assert read.notes[1].endswith("no sentiment is known of praise, refund")


@pytest.mark.parametrize(
    ("values", "labels", "ids"),
    [
        (("-1", "0", "1"), TERNARY, (0, 1, 2)),
        (("1", "-1"), BINARY, (1, 0)),
        (("1", "\u22121"), BINARY, (1, 0)),
        (("0", "4"), BINARY, (0, 1)),
        (("4", "2", "0"), TERNARY, (2, 1, 0)),
        (("2", "1"), BINARY, (1, 0)),
        (("1.0", "2.0", "3.0"), TERNARY, (0, 1, 2)),
        (("-0,5", "0", "0,5"), TERNARY, (0, 1, 2)),
    ],
)
def test_as_many_names_as_numbers_go_from_the_lowest_up_and_are_told(values, labels, ids):
    read = meanings(*values, labels=labels)
    assert tuple(read.of[value] for value in values) == ids
    assert "read as" in read.notes[0]


def test_values_can_be_renamed():
    labels = parse_labels({"N": "negative", "P": "positive"})
    read = meanings("n", "P", "x", labels=labels)
    assert (read.of["n"], read.of["P"]) == (0, 1)
    assert isinstance(read.of["x"], str)
    numbers = meanings("2", "1", labels=parse_labels("1=negative,2=positive"))
    assert (numbers.of["1"], numbers.of["2"]) == (0, 1)


@pytest.mark.parametrize(
    ("values", "known", "names"),
    [
        (("P", "N"), None, ("negative", "positive")),
        (("p", "n", "NEU"), None, ("negative", "neutral", "positive")),
        (("P", "N", "P+", "n+"), None, ("very negative", "negative", "positive", "very positive")),
        (("P", "N", "NONE"), None, ("negative", "positive")),
        (("P", "N"), TERNARY, ("negative", "neutral", "positive")),
        (("P", "N"), Labels(("N", "P")), ("N", "P")),
        (("P", "N", "Q"), None, ("N", "P", "Q")),
    ],
)
def test_initials_of_sentiments_have_their_sign(values, known, names):
    read = meanings(*values, known=known)
    assert read.labels.names == names
    assert [names[read.of[value]][0].upper() for value in values[:2]] == ["P", "N"]


@pytest.mark.parametrize("name", ["neutral (mixed)", "(very) good", "rated «good»", 'a "so-so"'])
def test_brackets_and_quotes_about_a_part_of_a_label_stay(name):
    assert name in meanings(name, "bad").labels.names


def test_initials_are_told():
    assert meanings("P", "n").notes == ("labels read: P as positive, n as negative",)


def test_initials_with_names_keep_them():
    read = meanings("N", "P", labels=Labels(("negative", "positive")))
    assert read.labels is None
    assert 'labels=["N=negative", "P=positive"]' in Message(read.problem)


@pytest.mark.parametrize(
    "values",
    [
        (
            "positive",
            "positive.",
            "Positive!",
            "negative",
            '"negative"',
            "«negative»",
            "(Negative)",
        ),
        ("positive.", "“negative”"),
        ("'positive'", "negative ;"),
    ],
)
@pytest.mark.parametrize("known", [None, BINARY])
def test_quotes_and_stops_about_a_label_are_not_part_of_it(values, known):
    read = meanings(*values, known=known)
    assert read.labels == BINARY
    assert all(read.of[value] == ("pos" in value.casefold()) for value in values)


def test_marks_alone_stay_what_they_are():
    read = meanings(":D", "D:", "!", "!!")
    assert len(read.labels) == 4


@pytest.mark.parametrize(
    ("values", "way"),
    [
        (("FALSE", "TRUE"), 'labels=["FALSE=negative", "TRUE=positive"]'),
        (("no", "yes"), 'labels=["no=negative", "yes=positive"]'),
        (("cats", "dogs"), 'labels=["cats=NAME", "dogs=NAME"]'),
    ],
)
@pytest.mark.parametrize("given", ["labels", "known"])
def test_other_names_are_told_with_a_way_to_rename_them(values, way, given):
    read = meanings(*values, **{given: BINARY})
    assert read.labels is None
    assert f"Found in column 'label': '{values[0]}'" in read.problem
    assert way in Message(read.problem)


@pytest.mark.parametrize(
    "column",
    ["negative", "is_negative", "isBad", "complaint", "not_helpful", "detractor", "was cancelled"],
)
@pytest.mark.parametrize("known", [None, BINARY, TERNARY])
def test_a_column_named_after_one_thing_has_no_sign(column, known):
    read = meanings("0", "1", column=column, known=known)
    assert read.labels is None
    assert 'labels=["0=positive", "1=negative"] if 1 is bad' in Message(read.problem)


@pytest.mark.parametrize("column", ["label", "positive", "is_positive", "recommended", "target"])
def test_other_columns_of_0_and_1_have_the_usual_one(column):
    assert meanings("0", "1", column=column).of == {"0": 0, "1": 1}


def test_0_and_1_are_negative_and_positive_for_a_model_with_neutral():
    read = meanings("0", "1", known=TERNARY)
    assert read.of == {"0": 0, "1": 2}
    assert read.notes == ("labels 0, 1 read as negative, positive",)


@pytest.mark.parametrize(
    ("values", "known"),
    [
        (("-1", "0", "1"), TERNARY),
        (("0", "2"), TERNARY),
        (("1",), TERNARY),
        (("1", "2"), BINARY),
        (("0", "1", "2"), BINARY),
        (("0", "1"), Labels(("positive", "negative"))),
        (("0", "1", "2"), Labels(("positive", "neutral", "negative"))),
    ],
)
def test_ids_that_are_not_the_model_s_are_refused(values, known):
    read = meanings(*values, known=known)
    assert read.labels is None
    assert "the labels are" in read.problem
    assert "labels=[" in Message(read.problem)


def test_other_parts_are_read_as_the_train_part():
    before = meanings("-1", "0", "1", labels=TERNARY)
    read = meanings("1", "-1", "2", known=before.labels, before=before.of)
    assert (read.of["1"], read.of["-1"]) == (2, 0)
    assert isinstance(read.of["2"], str)
    words = meanings("bad", "good")
    assert meanings("0", "1", known=words.labels, before=words.of).of == {"0": 0, "1": 1}


def test_0_and_1_alone_are_not_read_otherwise_beside_0_1_and_2():
    before = meanings("0", "1", "2")
    read = meanings("0", "1", known=before.labels, before=before.of)
    assert read.labels is None
    assert "with the 2 of the train part something else" in read.problem
    assert 'sentilora.evaluate("RUN", "FILE") reads 0 and 1' in Message(read.problem)
    binary = meanings("0", "1")
    assert meanings("1", "0", known=binary.labels, before=binary.of).of == {"1": 1, "0": 0}
    assert meanings("1", "2", known=before.labels, before=before.of).of == {"1": 1, "2": 2}


ANSWERS = [("no", "yes"), ("FALSE", "TRUE"), ("f", "t"), ("N", "Y")]


@pytest.mark.parametrize("values", ANSWERS)
@pytest.mark.parametrize("column", ["label", "sentiment", "flag", "not_helpful", "mixed"])
def test_answers_to_nobody_knows_what_are_asked_about(values, column):
    no, yes = values
    problem = Message(meanings(*values, column=column).problem)
    assert f'labels=["{no}=negative", "{yes}=positive"] if {yes} is good' in problem
    assert f'labels=["{no}=positive", "{yes}=negative"] if {yes} is bad' in problem
    kept = meanings(*values, column=column, labels=parse_labels([no, yes]))
    assert kept.of == {no: 0, yes: 1}


@pytest.mark.parametrize("values", ANSWERS)
@pytest.mark.parametrize("column", ["recommended", "is_positive", "Happy"])
def test_answers_have_the_sign_of_a_good_column(values, column):
    read = meanings(*values, column=column)
    assert (read.labels, read.of) == (BINARY, {values[0]: 0, values[1]: 1})
    assert read.notes == (
        f"labels {values[0]}, {values[1]} of '{column}' read as negative, positive",
    )


@pytest.mark.parametrize("values", ANSWERS)
@pytest.mark.parametrize("known", [None, BINARY, TERNARY])
def test_answers_of_a_bad_column_are_named_the_other_way_round(values, known):
    no, yes = values
    problem = Message(meanings(*values, column="complaint", known=known).problem)
    assert f'labels=["{no}=positive", "{yes}=negative"]' in problem
    assert f"{yes}=positive" not in problem


def test_answers_with_another_value_are_names():
    assert meanings("yes", "no", "maybe").labels == Labels(("maybe", "no", "yes"))


@pytest.mark.parametrize("labels", [None, TERNARY])
def test_ids_with_commas_between_them_are_no_decimal_numbers(labels):
    read = meanings("3", "18", "1,11", labels=labels)
    assert "several labels in one row" in read.problem
    assert 'labels=["3=NAME", "18=NAME"] with skip_bad_rows=True' in Message(read.problem)
    named = meanings("3", "18", "1,11", labels=parse_labels("3=bad,18=good"))
    assert (named.of["3"], named.of["18"], type(named.of["1,11"])) == (0, 1, str)


@pytest.mark.parametrize("values", [("1,5", "2", "3"), ("4,3", "5", "4"), ("0,25", "0,5", "0,31")])
def test_a_decimal_comma_is_one(values):
    assert "several labels" not in meanings(*values).problem


def test_an_end_of_a_scale_is_not_cut_off():
    tally = {"0": 9, "5": 20, "9": 20, "10": 20}
    read = of_tally(tally, column="nps", stars=10)
    assert read.cuts_off
    assert 'scale="0-10"' in Message(read.problem)
    assert not of_tally(tally, column="nps", scale="0-10").cuts_off
    assert not of_tally({"1": 500, "5": 500, "55": 1}, stars=5).cuts_off


def test_hidden_labels_of_a_test_part_are_told_as_what_they_are():
    read = meanings("-1", known=BINARY, class_names=("negative", "positive"))
    assert "every label is -1, as in test parts" in read.problem


@pytest.mark.parametrize("value", ["4/5", "★★★★☆", "Rating: 4/5", "80 %"])
def test_ratings_in_other_spellings_are_asked_about(value):
    read = meanings("1/5", value, column="label")
    assert read.labels is None
    assert "holds ratings" in read.problem


def test_ratings_outside_of_a_scale_are_told_with_what_else_there_is_as_written():
    read = of_tally({"7/10": 20, "8/10": 20, "BAD": 30}, stars=5)
    assert "Ratings ('7/10', '8/10'). Read them with" in read.problem
    assert "30 rows hold something else ('BAD')" in read.problem


def shown(problem):
    """Return the settings that a message names, as they are given."""
    marks = re.findall(r"\x02(.*?)\x03", problem)
    return [json.loads(mark)[1:] for mark in marks]


NUMBERS = st.lists(st.integers(-20, 200).map(lambda n: n / 2), min_size=1, max_size=12, unique=True)


@given(
    NUMBERS,
    st.sampled_from(["label", "rating", "score", "stars"]),
    st.sampled_from([None, BINARY, TERNARY]),
)
def test_what_is_said_of_numbers_reads_them_and_keeps_their_order(numbers, column, known):
    """Each advised setting reads all numbers, or asks for the rest to be left out, in order."""
    values = [f"{number:g}" for number in numbers]
    read = meanings(*values, column=column, known=known)
    ways = [] if read.labels else [way for way in shown(read.problem) if way[0] != "label"]
    skips = ["skip_bad_rows", True] in ways
    ways = [way for way in ways if way[0] != "skip_bad_rows" and "=NAME" not in str(way[1])]
    if read.labels is None and len(numbers) > 1:
        assert ways
    for name, value in ways:
        named = parse_labels(value) if name == "labels" else None
        assert known is None or named is None or set(named.names) <= set(known.names)
        options = {"labels": named} if named else {name: value}
        again = meanings(*values, column=column, known=known, **options)
        if again.labels is None:
            assert "at least two labels are needed" in again.problem
            continue
        assert not again.cuts_off
        found = [again.of[f"{number:g}"] for number in sorted(numbers)]
        ids = [label_id for label_id in found if isinstance(label_id, int)]
        assert ids == sorted(ids)
        assert skips or len(ids) == len(numbers) or known == BINARY  # which has no neutral


def test_keys_are_no_numbers_however_close_they_are():
    keys = ("570306133677760513", "570306133677760514")
    assert meanings(*keys).labels == Labels(keys)
    assert meanings(*keys, labels=BINARY).labels is None
    assert "570306133677760513=NAME" in Message(meanings(*keys, known=BINARY).problem)


@pytest.mark.parametrize("column", ["rating", "label"])
def test_dates_are_no_labels(column):
    read = meanings("2026-05-04", "2026-05-01", "2026-05-04T12:00:00", column=column)
    assert read.labels is None
    assert "make 4/5 a date" in read.problem


def test_a_minus_beside_a_plus_may_be_a_label():
    problem = Message(meanings("+", "-").problem)
    assert "taken for no label: '-'; if that is one" in problem
    assert 'labels=["+=positive", "-=negative"]' in problem
    labels = parse_labels("+=positive,-=negative")
    assert set(meanings("+", "-", labels=labels).of.values()) == {0, 1}


GRADES = {"1 (very good)": 3, "2": 9, "3": 9, "4": 9, "5 (very bad)": 3}


@pytest.mark.parametrize("scale", [{"stars": 5}, {"scale": "1-5"}])
def test_ratings_whose_words_contradict_the_scale_are_not_read_the_wrong_way_round(scale):
    read = of_tally(GRADES, **scale)
    assert read.labels is None
    assert "lower ones are better" in read.problem
    assert str(Message(read.problem)).endswith('scale="5-1" instead.')


def test_words_beside_ratings_that_agree_with_the_scale_are_no_problem():
    read = of_tally(GRADES, scale="5-1")
    assert [read.labels.names[read.of[value]] for value in GRADES] == [
        *("positive", "positive", "neutral", "negative", "negative")
    ]
    read = of_tally({"1 - Poor": 3, "2": 1, "5 - Good": 3}, stars=5)
    assert read.labels == BINARY
    slip = of_tally({"1 (bad)": 30, "5 (good)": 30, "5 (bad service)": 1}, stars=5)
    assert slip.labels == BINARY
    turned = of_tally({"1 (bad)": 3, "5 (good)": 3}, scale="5-1")
    assert "higher ones are better" in turned.problem


def test_ratings_without_a_scale_are_told_the_one_of_their_words():
    assert str(Message(of_tally(GRADES).problem)).endswith('read them with scale="5-1".')
    plain = str(Message(of_tally(dict.fromkeys("12345", 5), column="grade").problem))
    assert 'scale="5-1" if 1 is the best' in plain


def test_labels_that_mean_the_same_are_told_where_they_are_not_joined():
    [note] = meanings("neg", "negative", "positive", "angry").notes
    assert "learned apart: neg and negative" in note
    joined = parse_labels(["neg=negative", "negative", "positive", "angry"])
    read = meanings("neg", "negative", "positive", "angry", labels=joined)
    assert read.labels.names == ("negative", "positive", "angry")
    assert read.of["neg"] == read.of["negative"]
    [note] = meanings("negative", "very negative", "neutral", "mixed", "angry").notes
    assert note.endswith("no sentiment is known of angry")
    [note] = meanings("neg", "negative", "a,b").notes
    assert "Join" not in note
