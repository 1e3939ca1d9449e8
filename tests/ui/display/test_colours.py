"""Colours that can be told apart, on light and on dark ground."""

import pytest

from sentilora.ui.display.colours import (
    DARK,
    LIGHT,
    MILD_NEGATIVE,
    MILD_POSITIVE,
    NEGATIVE,
    NEUTRAL,
    OTHERS,
    POSITIVE,
    label_colours,
)
from tests.helpers.contrast import contrast

ALL = {NEGATIVE, MILD_NEGATIVE, NEUTRAL, MILD_POSITIVE, POSITIVE, *OTHERS}


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", sorted(ALL))
@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_every_colour_stands_out(colour, ground):
    assert contrast(colour, ground) >= 3


def test_sentiments_keep_their_colours_in_any_order():
    assert label_colours(["positive", "negative", "neutral"]) == {
        "positive": POSITIVE,
        "negative": NEGATIVE,
        "neutral": NEUTRAL,
    }
    assert list(label_colours(["1", "2", "3", "4", "5"]).values())[::4] == [NEGATIVE, POSITIVE]


def test_other_labels_are_told_apart():
    assert len(set(label_colours([f"topic {number}" for number in range(8)]).values())) == 8


# Which colours three kinds of colour blindness leave apart; matrices of Viénot et al. (1999) and
# Machado et al. (2009) for red, green and blue, applied in linear light.
BLIND = {
    "protan": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deutan": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritan": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def seen(colour, matrix):
    linear = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    mixed = [sum(a * b for a, b in zip(row, linear, strict=True)) for row in matrix]
    return [max(0.0, value) ** (1 / 2.2) for value in mixed]


@pytest.mark.parametrize("kind", BLIND)
def test_good_and_bad_differ_for_every_kind_of_eye(kind):
    good, bad = seen(POSITIVE, BLIND[kind]), seen(NEGATIVE, BLIND[kind])
    assert max(abs(a - b) for a, b in zip(good, bad, strict=True)) > 0.3
