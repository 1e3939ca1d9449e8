"""Label names: order, spellings, stars, polarity."""

import pytest

from sentilora.errors import ConfigError
from sentilora.labels import Labels, fold_spellings, order_labels, parse_labels


def test_sentiments_are_ordered_from_negative_to_positive():
    assert order_labels(["positive", "neutral", "negative"]).names == (
        "negative",
        "neutral",
        "positive",
    )
    assert order_labels(["very positive", "negative", "very negative"]).names == (
        "very negative",
        "negative",
        "very positive",
    )
    assert order_labels(["10", "9", "2"]).names == ("2", "9", "10")
    assert order_labels(["joy", "anger"]).names == ("anger", "joy")


def test_spellings_fold_only_when_all_are_known():
    assert fold_spellings(["POS", "neg "]) == {"POS": "positive", "neg ": "negative"}
    assert fold_spellings(["pos", "joy "]) == {"pos": "pos", "joy ": "joy"}
    assert fold_spellings(["very positive", "positive"]) == {
        "very positive": "very positive",
        "positive": "positive",
    }


@pytest.mark.parametrize(
    ("names", "signs"),
    [
        (("negative", "neutral", "positive"), (-1, 0, 1)),
        (("1 star", "2 stars", "3 stars"), (-1, 0, 1)),
        (("0", "1"), (-1, 1)),
        (("anger", "joy"), None),
    ],
)
def test_polarities(names, signs):
    assert Labels(names).polarities == signs


def test_bad_label_lists_are_named():
    with pytest.raises(ConfigError, match=r'found 1 label\(s\).*labels=\["negative", "positive"\]'):
        Labels(("only",))
    with pytest.raises(ConfigError, match="label names that occur twice: a"):
        parse_labels("a, b,a")
