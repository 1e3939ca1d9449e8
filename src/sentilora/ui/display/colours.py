"""Colours that people with any colour vision can tell apart, on light and on dark ground.

The first ones are those of Okabe and Ito (2008), darkened or lightened until each has a contrast of
at least 3 : 1 to both grounds (WCAG 2.2, 1.4.11). No page tells anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sentilora.errors import ConfigError
from sentilora.labels import Labels

LIGHT, DARK = "#ffffff", "#171614"  # Streamlit's two grounds

NEGATIVE, NEUTRAL, POSITIVE = "#d55e00", "#7a828c", "#2a7fc0"
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


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
