"""What each theme weighs: how many mention it, how they feel, and how far it pulls the mood.

*Impact* is the net sentiment of the texts that do not mention a theme minus that of all texts: the
points by which the whole would rise if those who mention it felt as the others do. A positive
impact pulls the mood down, a negative one up. Its interval is a bootstrap over texts (Efron
1979, Ann. Stat. 7:1); as the figure depends on six counts alone, these are drawn.

Not covered: a text with two complaints counts fully for both, so impacts do not add up; what else
sets those who mention a theme apart.
"""

from __future__ import annotations

import numpy as np

from sentilora.insights.insight_report import Estimate
from sentilora.insights.mood.estimates import net_estimate, share_estimate
from sentilora.insights.mood.weighted_texts import Floats, Mentions, WeightedTexts

RESAMPLES = 2000


def theme_share(theme: int, mentions: Mentions, voices: WeightedTexts) -> Estimate:
    """Return the share of all texts that mention a theme."""
    own = mentions.texts_of(theme)
    return share_estimate(float(voices.weights[own].sum()), float(voices.weights.sum()))


def theme_net(theme: int, mentions: Mentions, voices: WeightedTexts) -> Estimate:
    """Return the net sentiment of a theme's statements, where each text has one voice."""
    weights = voices.weights[mentions.texts_of(theme)]
    tally = (mentions.mood[mentions.pairs_of(theme)] * weights[:, None]).sum(axis=0)
    return net_estimate(float(tally[0]), float(tally[2]), max(float(weights.sum()), 1e-12))


def theme_impact(
    theme: int, mentions: Mentions, voices: WeightedTexts, generator: np.random.Generator
) -> Estimate | None:
    """Return by how many points the net sentiment of all texts would rise without a theme.

    Args:
        theme: index of the theme.
        mentions: which text mentions which theme.
        voices: the texts.
        generator: source of luck for the bootstrap.

    Returns:
        None where no text, or every text, mentions it.
    """
    within = voices.tally(mentions.texts_of(theme))
    without = voices.tally() - within
    if within.sum() < 1e-9 or without.sum() < 1e-9:
        return None
    counts = np.concatenate([np.maximum(without, 0.0), within])
    number = max(1, round(float(counts.sum())))
    drawn = generator.multinomial(number, counts / counts.sum(), size=RESAMPLES)
    low, high = np.percentile(_impact(drawn.astype(np.float64)), [2.5, 97.5])
    value = float(_impact(counts[None])[0])
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def _impact(counts: Floats) -> Floats:
    """Compute impacts from negative, other and positive texts without, then with it, ``(R, 6)``."""
    without = (counts[:, 2] - counts[:, 0]) / np.maximum(counts[:, :3].sum(axis=1), 1e-12)
    both = counts[:, 2] + counts[:, 5] - counts[:, 0] - counts[:, 3]
    impact: Floats = 100 * (without - both / counts.sum(axis=1))
    return impact
