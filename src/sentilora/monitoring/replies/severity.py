"""How severe a text is, from what is known of it.

Between 0 and 1::

    severity = max(least, 0.6 n + 0.2 a + 0.2 u)

n is how negative the text is: the negative of its signed score, at least 0 (without a signed score
the probability of its label); a is 1 while an alert is open that is about the text, else 0; u is 1
if an urgent word stands in it, else 0; ``least`` is what the reason is worth at least.
"""

from __future__ import annotations

NEGATIVE, ALERT, URGENT = 0.6, 0.2, 0.2
HIGH, MIDDLE = 0.7, 0.4


def severity_of(
    signed: float | None, score: float, *, has_alert: bool, is_urgent: bool, least: float = 0.0
) -> float:
    """Return how severe a text is, in ``[0, 1]``.

    Args:
        signed: positive minus negative probability; None where labels are no sentiments.
        score: probability of its label.
        has_alert: whether an alert is open about it.
        is_urgent: whether an urgent word stands in it.
        least: value of its reason.
    """
    negative = score if signed is None else max(0.0, -signed)
    found = NEGATIVE * negative + ALERT * has_alert + URGENT * is_urgent
    return min(1.0, max(least, found))


def severity_words(severity: float) -> str:
    """Name a severity: high, middle or low."""
    return "high" if severity >= HIGH else "middle" if severity >= MIDDLE else "low"
