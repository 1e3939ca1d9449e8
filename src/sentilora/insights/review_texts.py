"""Texts that are worth a label next, as a file that ``train`` reads once they have one."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sentilora.files import replacing_output
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.statements import Statements
from sentilora.insights.survey.uncertain_texts import text_vectors, uncertain_texts

REVIEW_FILE = "review.csv"


@dataclass(frozen=True)
class ReviewText:
    """A text that the model is unsure of.

    Attributes:
        row: position of the text in the data, from 0.
        text: the text.
        guess: label that the model would give.
        score: probability of that label, in [0, 1].
    """

    row: int
    text: str
    guess: str
    score: float


def choose_review(
    feedback: Feedback,
    statements: Statements,
    probabilities: NDArray[np.float32] | None,
    number: int,
    seed: int,
) -> tuple[ReviewText, ...]:
    """Choose texts of which the model is unsure, no two alike; the least sure come first.

    Args:
        feedback: N texts.
        statements: their statements.
        probabilities: ``(N, C)``; None where the labels are given, so that nothing is unsure.
        number: largest number of texts.
        seed: seed of the choice.
    """
    if probabilities is None or number == 0:
        return ()
    about = text_vectors(statements.text_index, statements.vectors, len(feedback))
    chosen = uncertain_texts(feedback.texts, probabilities, about, number, seed)
    best = np.argmax(probabilities, axis=1)
    return tuple(
        ReviewText(
            int(feedback.rows[index]),
            feedback.texts[index],
            feedback.labels.names[int(best[index])],
            float(probabilities[index, best[index]]),
        )
        for index in chosen
    )


def write_review(texts: tuple[ReviewText, ...], path: Path) -> None:
    """Write texts with an empty column ``label``, to be filled in.

    Raises:
        DataError: the file cannot be written.
    """
    with replacing_output(path) as stream:
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(["text", "label", "guess", "score", "row"])
        for one in texts:
            writer.writerow([one.text, "", one.guess, f"{one.score:.4f}", one.row])
        stream.write(lines.getvalue().encode("utf-8"))
