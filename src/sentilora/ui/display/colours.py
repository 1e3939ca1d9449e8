"""Colours that people with any colour vision can tell apart, on light and on dark ground.

The first ones are those of Okabe and Ito (2008), darkened or lightened until each has a contrast of
at least 3 : 1 to both grounds (WCAG 2.2, 1.4.11). No page tells anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sentilora.errors import ConfigError
from sentilora.labels import TERNARY, Labels
from sentilora.ui.settings import NOT_SURE

LIGHT, DARK = "#ffffff", "#171614"  # Streamlit's two grounds

NEGATIVE, NEUTRAL, POSITIVE = "#d55e00", "#7a828c", "#2a7fc0"
NO_ANSWER = "#8a6fd1"
MILD_NEGATIVE, MILD_POSITIVE = "#b8823a", "#3f9193"
OTHERS = (
    "#2a7fc0",
    "#d55e00",
    "#1f9070",
    "#b5629a",
    "#9a7d0a",
    "#7a828c",
    "#8a6fd1",
    "#c2553f",
)


def label_colours(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each label: sentiments from orange over grey to blue, others apart."""
    if NOT_SURE in names:
        known = label_colours([name for name in names if name != NOT_SURE])
        return {name: known.get(name, NO_ANSWER) for name in names}
    try:
        signs = Labels(tuple(names)).polarities
    except ConfigError:
        signs = None
    if signs is None:
        return {name: OTHERS[index % len(OTHERS)] for index, name in enumerate(names)}
    if len(set(signs)) == len(signs):
        tones = {-1: NEGATIVE, 0: NEUTRAL, 1: POSITIVE}
        return {name: tones[sign] for name, sign in zip(names, signs, strict=True)}
    scale = (NEGATIVE, MILD_NEGATIVE, NEUTRAL, MILD_POSITIVE, POSITIVE)
    last = len(names) - 1
    return {name: scale[round(4 * index / last)] for index, name in enumerate(names)}


def tones_of(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each of those labels of a model that occur, be it one alone."""
    return label_colours(TERNARY if set(names) <= set(TERNARY) else names)
