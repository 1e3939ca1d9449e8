"""Why a model answered as it did: what each word of a text contributed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class WordContribution:
    """A word and what it contributed.

    Attributes:
        text: the word, with the punctuation that sticks to it.
        start: position of its first character in the text.
        end: position after its last character.
        value: what the word added to the log-odds of the label; negative when it speaks against it.
    """

    text: str
    start: int
    end: int
    value: float


@dataclass(frozen=True)
class Explanation:
    """What the words of a text contributed to a label.

    Log-odds are natural logarithms of ``p / (1 - p)`` before calibration, which would bend them.

    Attributes:
        label: the label in question.
        score: calibrated probability of the label, in ``[0, 1]``.
        log_odds: log-odds of the label for the text.
        blank_log_odds: log-odds of the label for the text with every token hidden.
        words: words in the order of the text; words that the model did not read are not among them.
        method: method of the explanation: ``integrated gradients`` or ``occlusion``.
        error: part of ``log_odds - blank_log_odds`` that the contributions miss. Integrated
            gradients add up to it but for the error of the integral; occlusion does not claim to,
            so it is None.
        truncated: whether the text was longer than the model reads.
    """

    label: str
    score: float
    log_odds: float
    blank_log_odds: float
    words: tuple[WordContribution, ...]
    method: str
    error: float | None
    truncated: bool

    def strongest(self, count: int) -> tuple[WordContribution, ...]:
        """Return the words that contributed most, for or against, in the order of the text."""
        chosen = sorted(self.words, key=lambda word: -abs(word.value))[:count]
        return tuple(sorted(chosen, key=lambda word: word.start))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values, for JSON."""
        return asdict(self)

    def _repr_html_(self) -> str:
        from sentilora.inference.notebook_html import paint_explanation

        return paint_explanation(self)
