"""A survey at work: the next text to label, what was labelled, and what that says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentilora.data.same_text import fold
from sentilora.errors import DataError
from sentilora.insights.feedback import Feedback
from sentilora.insights.insight_report import Estimate
from sentilora.insights.survey.survey_file import LabelledText, read_survey, write_survey
from sentilora.insights.survey.survey_plan import plan_survey
from sentilora.insights.survey.survey_shares import survey_shares, survey_weights
from sentilora.message import setting

CORRECTED = "estimated from {count} labelled texts, drawn at random within groups of answers"
FEWEST_LABELS = 10  # from which shares are estimated


class Survey:
    """Texts to label one by one, in a fair order, and their labels.

    A text that was labelled before is not asked again: a copy of it is given the same label.

    Args:
        feedback: N texts.
        probabilities: ``(N, C)`` what the model says of each.
        rows: number of labels that are asked for.
        seed: seed of the draw; the same one goes on with the same texts.
    """

    def __init__(
        self, feedback: Feedback, probabilities: NDArray[Any], rows: int, seed: int
    ) -> None:
        self.feedback = feedback
        self.probabilities = np.asarray(probabilities, np.float64)
        self.rows = min(rows, len(feedback))
        self.plan = plan_survey(self.probabilities, rows, seed)
        self._answers: dict[int, int] = {}
        self._skipped: set[int] = set()
        self._known: dict[str, int] = {}
        self._history: list[int] = []

    def __len__(self) -> int:
        return len(self._answers)

    def next_text(self) -> int | None:
        """Return the index of the next text; None when all are labelled or skipped."""
        for index in self.plan.order.tolist():
            if len(self._answers) >= self.rows:
                return None
            if index in self._answers or index in self._skipped:
                continue
            known = self._known.get(fold(self.feedback.texts[index]))
            if known is None:
                return int(index)
            self._answers[index] = known
        return None

    def about(self, index: int) -> list[str]:
        """Tell where a text stands: its row (from 1), date and segments, as far as there are."""
        feedback = self.feedback
        parts = [f"row {int(feedback.rows[index]) + 1:,}"]
        if feedback.dates is not None and str(feedback.dates[index]) != "NaT":
            parts.append(str(feedback.dates[index]))
        return parts + [
            f"{name}: {values[index]}"
            for name, values in feedback.segments.items()
            if values[index] is not None
        ]

    def answer(self, index: int, label_id: int) -> None:
        """Keep the label of a text, and of its copies that are next."""
        self._answers[index] = label_id
        self._known[fold(self.feedback.texts[index])] = label_id
        self._history.append(index)
        self.next_text()

    def skip(self, index: int) -> None:
        """Pass over a text, which is asked again when the survey goes on another day."""
        self._skipped.add(index)
        self._history.append(index)

    @property
    def can_undo(self) -> bool:
        """Whether there is a label or skip to take back; those of a file stay."""
        return bool(self._history)

    def undo(self) -> bool:
        """Take back the last label or skip; tell whether there was one."""
        if not self._history:
            return False
        index = self._history.pop()
        self._skipped.discard(index)
        key = fold(self.feedback.texts[index])
        self._known.pop(key, None)
        for other in [one for one in self._answers if fold(self.feedback.texts[one]) == key]:
            del self._answers[other]
        return True

    def labelled(self) -> list[LabelledText]:
        """Return the labelled texts with their weights, in the order of the data."""
        places = np.array(sorted(self._answers), np.int64)
        if not len(places):
            return []
        groups, weights = survey_weights(self.plan.stratum, places)
        names = self.feedback.labels.names
        return [
            LabelledText(
                self.feedback.texts[place],
                names[self._answers[place]],
                int(self.feedback.rows[place]),
                weight,
                group,
            )
            for place, weight, group in zip(
                places.tolist(), weights.tolist(), groups.tolist(), strict=True
            )
        ]

    def write(self, path: Path) -> None:
        """Write the labels.

        Raises:
            DataError: the file cannot be written.
        """
        write_survey(path, self.labelled())

    def resume(self, path: Path) -> int:
        """Take in the labels of a file, and return their number.

        Raises:
            DataError: the file is not one of a survey, or its texts are not those of the data.
        """
        kept = read_survey(path)
        places, label_ids = matched(kept, self.feedback, path)
        for place, label_id in zip(places.tolist(), label_ids.tolist(), strict=True):
            self._answers[place] = label_id
            self._known[fold(self.feedback.texts[place])] = label_id
        return len(kept)

    def add_rows(self, rows: int) -> None:
        """Ask for more labels, as far as there are texts."""
        self.rows = min(self.rows + rows, len(self.feedback))

    def shares(self) -> dict[str, Estimate] | None:
        """Estimate the share of each label; None with fewer than ten labels."""
        return labelled_shares(self.labelled(), self.feedback, self.probabilities, "")

    def counted(self) -> dict[str, float]:
        """Count the model's answers."""
        names = self.feedback.labels.names
        counts = np.bincount(self.probabilities.argmax(axis=1), minlength=len(names))
        return dict(zip(names, (counts / len(self.feedback)).tolist(), strict=True))


def labelled_shares(
    texts: Sequence[LabelledText],
    feedback: Feedback,
    probabilities: NDArray[Any],
    path: Path | str,
) -> dict[str, Estimate] | None:
    """Estimate the share of each label among the texts of ``feedback``.

    Args:
        texts: labels of a survey.
        feedback: N texts, with the voice of each.
        probabilities: ``(N, C)`` what the model says of each.
        path: file that the labels come from, for errors.

    Returns:
        Shares by label; None with fewer than ten labels.

    Raises:
        DataError: the texts are not those of the data.
    """
    if len(texts) < FEWEST_LABELS:
        return None
    places, label_ids = matched(texts, feedback, path)
    estimates = survey_shares(
        places,
        label_ids,
        np.array([one.group for one in texts]),
        np.array([one.weight for one in texts]),
        probabilities,
        feedback.weights,
    )
    return dict(zip(feedback.labels.names, estimates, strict=True))


def matched(
    texts: Sequence[LabelledText], feedback: Feedback, path: Path | str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find labelled texts among those of the data: their indices and labels, ``(L,)`` each.

    Raises:
        DataError: a text is not at its row, or a label is none of the model.
    """
    place_of = {int(row): place for place, row in enumerate(feedback.rows.tolist())}
    places, label_ids, problems = [], [], []
    for one in texts:
        place = place_of.get(one.row)
        if place is None or fold(feedback.texts[place]) != fold(one.text):
            problems.append(f"row {one.row} of {feedback.source} holds another text, or none")
        elif one.label not in feedback.labels.names:
            problems.append(f"label '{one.label}' is none of {', '.join(feedback.labels.names)}")
        else:
            places.append(place)
            label_ids.append(feedback.labels.names.index(one.label))
    if problems:
        raise DataError(
            f"The labels of {path} are not of these texts: {problems[0]}"
            f"{f' ({len(problems)} of {len(texts)})' if len(problems) > 1 else ''}. Give the data "
            f"and the limits they were made with, or label anew: {setting('output', 'NEW.csv')}"
        )
    return np.array(places, np.int64), np.array(label_ids, np.int64)
