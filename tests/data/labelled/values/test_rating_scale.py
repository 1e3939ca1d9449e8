from __future__ import annotations

import pytest

from sentilora.data.labelled.values.rating_scale import (
    Rating,
    Scale,
    parse_scale,
    read_rating,
    scale_of_stars,
)
from sentilora.errors import ConfigError


@pytest.mark.parametrize(
    ("value", "rating"),
    [
        ("4", Rating(4)),
        ("4.5", Rating(4.5)),
        ("4,5", Rating(4.5)),
        ("-1", Rating(-1)),
        ("4/5", Rating(4, 5)),
        ("4 / 5", Rating(4, 5)),
        ("4 out of 5", Rating(4, 5)),
        ("4,5 von 5", Rating(4.5, 5)),
        ("Rating: 4/5", Rating(4, 5)),
        ("4 stars", Rating(4)),
        ("1 star", Rating(1)),
        ("five stars", Rating(5)),
        ("4½", Rating(4.5)),
        ("5 - Excellent", Rating(5)),
        ("80 %", Rating(80, None, is_percent=True)),
        ("★★★★☆", Rating(4, 5)),
        ("★★★½☆", Rating(3.5, 5)),
        ("⭐️⭐️⭐️", Rating(3)),
        ("☆☆☆☆☆", Rating(0, 5)),
    ],
)
def test_a_rating_is_read_in_any_spelling(value, rating):
    assert read_rating(value) == rating


@pytest.mark.parametrize("value", ["", "good", "one", "2026-01-01", "12:30", "1.2.3", "v4", "4 5"])
def test_what_is_no_rating_is_none(value):
    assert read_rating(value) is None


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("0-10", Scale(0, 10)),
        ("-1-1", Scale(-1, 1)),
        ("-2--1", Scale(-2, -1)),
        ("0.5-5", Scale(0.5, 5)),
        ("0,5-5", Scale(0.5, 5)),
        ("1 to 7", Scale(1, 7)),
        ("6-1", Scale(6, 1)),
    ],
)
def test_a_scale_is_its_ends(text, scale):
    assert parse_scale(text) == scale
    assert parse_scale(f"{scale.worst:g}-{scale.best:g}") == scale


@pytest.mark.parametrize("text", ["10", "5-5", "a-b", "", "1-2-3"])
def test_what_is_no_scale_is_refused_with_an_example(text):
    with pytest.raises(ConfigError, match='for instance scale="0-10"'):
        parse_scale(text)


SENTIMENTS = {"-": "negative", "0": "neutral", "+": "positive", "x": None}


@pytest.mark.parametrize(
    ("scale", "numbers", "signs"),
    [
        (Scale(-1, 1), (-1, 0, 1, 2), "-0+x"),
        (Scale(0, 4), (0, 1, 2, 3, 4), "--0++"),
        (Scale(1, 2), (0, 1, 2), "x-+"),
        (Scale(1, 3), (1, 2, 3), "-0+"),
        (Scale(0, 10), range(12), "-------00++x"),
        (Scale(0, 100), (0, 20, 50, 70, 100), "--0++"),
        (Scale(6, 1), (1, 2, 3, 4, 5, 6, 7), "++00--x"),
        (scale_of_stars(5), (0, 0.5, 1, 2, 2.5, 3, 3.5, 4, 5, 6), "x---000++x"),
        (scale_of_stars(10), (1, 4, 5, 6, 7, 10, 11), "--00++x"),
    ],
)
def test_ratings_are_negative_neutral_or_positive(scale, numbers, signs):
    assert [scale.sentiment(number) for number in numbers] == [SENTIMENTS[s] for s in signs]


@pytest.mark.parametrize(
    ("value", "scale", "number"),
    [
        ("8/10", Scale(0, 10), 8),
        ("8/10", scale_of_stars(5), None),
        ("80 %", Scale(0, 100), 80),
        ("80 %", scale_of_stars(5), 4),
        ("80 %", Scale(0, 10), 8),
    ],
)
def test_a_rating_of_another_scale_is_none_of_this(value, scale, number):
    assert scale.number_of(read_rating(value)) == number
