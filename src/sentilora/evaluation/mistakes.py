"""Which texts a model got wrong, and which of them have a label that looks mistaken.

A label is doubtful by the rule of confident learning (Northcutt et al. 2021), the model being at
least as sure of another label as it is, on average, of that label where the file has it, and if all
baselines that learned from texts give that other label, too. Without such a baseline no label is
doubted: alone, a model doubts many labels that it only failed to learn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.evaluation.baselines import Baseline
from sentilora.evaluation.report_parts.mistake_part import Mistake, MistakePart
from sentilora.labels import Labels

MOST_CHARACTERS = 300
_LEARNERS = ("tfidf", "frozen")


def find_mistakes(
    texts: Sequence[str],
    rows: NDArray[Any],
    label_ids: NDArray[Any],
    probabilities: NDArray[Any],
    labels: Labels,
    *,
    baselines: Mapping[str, Baseline] | None = None,
    shown: int,
) -> MistakePart:
    """Find the wrong answers, the surest first.

    Args:
        texts: the N texts.
        rows: ``(N,)`` numbers of the rows in their file, from 1.
        label_ids: ``(N,)`` int64, the labels in the file.
        probabilities: ``(N, C)`` float64 in label order, of a model that has not seen the rows.
        labels: the C names.
        baselines: answers of the baselines to the same rows, by key.
        shown: number of texts to show at most.
    """
    answers = probabilities.argmax(axis=1)
    scores = probabilities.max(axis=1)
    wrong = np.flatnonzero(answers != label_ids)
    learners = [one for key, one in (baselines or {}).items() if key in _LEARNERS]
    doubtful = _doubtful(label_ids, probabilities, answers) & bool(learners)
    for one in learners:
        doubtful &= one.probabilities.argmax(axis=1) == answers
    order = wrong[np.argsort(-scores[wrong], kind="stable")]
    return MistakePart(
        wrong=len(wrong),
        doubtful=int(doubtful.sum()),
        shown=tuple(
            Mistake(
                row=int(rows[place]),
                text=_cut(texts[place]),
                label=labels.names[label_ids[place]],
                answer=labels.names[answers[place]],
                score=round(float(scores[place]), 4),
                is_label_doubtful=bool(doubtful[place]),
            )
            for place in order[:shown]
        ),
    )


def _doubtful(
    label_ids: NDArray[Any], probabilities: NDArray[Any], answers: NDArray[Any]
) -> NDArray[np.bool_]:
    """Tell whose answer is as sure as answers of that label are where the file has it, ``(N,)``."""
    limits = np.full(probabilities.shape[1], np.inf)
    for label_id in np.unique(label_ids):
        limits[label_id] = probabilities[label_ids == label_id, label_id].mean()
    return np.asarray((answers != label_ids) & (probabilities.max(axis=1) >= limits[answers]))


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1].rstrip() + "…"
