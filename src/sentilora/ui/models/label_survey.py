"""Texts to label on the page: a survey of a visitor, whose file is kept with every label."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentilora.data.files.read_options import Reading
from sentilora.data.labelled.scan import Asked
from sentilora.events import Listener
from sentilora.files import sha256_of
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.insights.feedback_columns import FeedbackColumns
from sentilora.insights.survey.survey import Survey
from sentilora.insights.survey.survey_data import open_survey
from sentilora.message import Spelling, spelled
from sentilora.model.artifact import MANIFEST
from sentilora.ui.models.analysed_file import FeedbackChoices

LABELS_FILE = "labels.csv"


@dataclass(frozen=True)
class SurveyChoices:
    """What a visitor wants to label.

    Attributes:
        feedback: texts, and the columns that are shown beside them.
        model: path of the model, as :func:`sentilora.load` takes it.
        rows: number of labels that are asked for.
    """

    feedback: FeedbackChoices
    model: str
    rows: int

    def insights_options(self) -> dict[str, Any]:
        """Return the settings with which a report reads the labels of the same texts."""
        feedback, how = self.feedback, _data_of(self.feedback)[1]
        given: dict[str, Any] = {"text": how.text, "any_text": how.any_text, "date": feedback.date}
        given |= {"date_order": feedback.date_order, "segments": feedback.segments}
        given |= {"labelled": LABELS_FILE, **how.reading.given}
        return {name: value for name, value in given.items() if value not in (None, False, ())}


class LabelSurvey:
    """A survey that is at work on the page; every label is written at once.

    Args:
        asked: what it is the answer to.
        survey: the texts and their labels.
        path: file of the labels; those that it holds are gone on with.
        notes: remarks on how the texts were read.

    Attributes:
        kept: number of labels that the file held already.
        at: time of the day when it was opened, such as ``16:35``.

    Raises:
        DataError: the file is of other texts.
    """

    def __init__(
        self, asked: SurveyChoices, survey: Survey, path: Path, notes: tuple[str, ...] = ()
    ) -> None:
        self.asked = asked
        self.survey = survey
        self.path = path
        self.notes = notes
        self.at = time.strftime("%H:%M")
        self.kept = survey.resume(path) if path.exists() else 0
        self._lock = threading.Lock()  # two windows of one visitor may label at once

    def answer(self, index: int, label_id: int) -> None:
        """Label the text that is asked for; nothing happens if it is another one by now."""
        with self._lock:
            if self.survey.next_text() == index:
                self.survey.answer(index, label_id)
                self.survey.write(self.path)

    def skip(self, index: int) -> None:
        """Pass over the text that is asked for."""
        with self._lock:
            if self.survey.next_text() == index:
                self.survey.skip(index)

    def undo(self) -> None:
        """Take back the last label or skip."""
        with self._lock:
            if self.survey.undo():
                self.survey.write(self.path)

    def ask_for_more(self, rows: int) -> None:
        """Ask for more labels than were planned."""
        with self._lock:
            self.survey.add_rows(rows)

    @property
    def given_path(self) -> Path:
        """Path of a file from another day, while it is taken in."""
        return self.path.with_name("given.csv")

    def take_in(self, content: bytes) -> None:
        """Go on with the labels of a file from another day.

        Raises:
            DataError: it is not one of a survey, or of other texts.
        """
        self.given_path.write_bytes(content)
        with self._lock:
            self.survey.resume(self.given_path)
            self.survey.write(self.path)

    def download(self) -> bytes:
        """Return the labels as the command writes them."""
        return self.path.read_bytes()


def open_label_survey(
    model: SentimentModel,
    asked: SurveyChoices,
    home: Path,
    *,
    spelling: Spelling,
    listener: Listener,
) -> LabelSurvey:
    """Read texts, let the model answer them, and go on with the labels that there are.

    Args:
        model: model whose labels are given.
        asked: what a visitor wants to label.
        home: folder of the visitor.
        spelling: words for settings and commands in the notes.
        listener: listener to the events of the work.

    Raises:
        DataError, ConfigError: as :func:`open_survey`.
    """
    feedback = asked.feedback
    data, how = _data_of(feedback)
    survey = open_survey(
        model,
        data,
        columns=FeedbackColumns(how.text, feedback.date, feedback.segments),
        asked=how,
        rows=asked.rows,
        date_order=feedback.date_order,
        listener=listener,
    )
    seal = sha256_of(model.artifact.path / MANIFEST)
    folder = home / hashlib.sha256(f"labels {seal} {data} {how}".encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    notes = tuple(spelled(survey.feedback.notes, spelling))
    return LabelSurvey(asked, survey, folder / LABELS_FILE, notes)


def _data_of(feedback: FeedbackChoices) -> tuple[Any, Asked]:
    """Return the data and how to read them; rows without a text are left out."""
    if feedback.data is None:
        return "sample", Asked("text", None, None, None, True, Reading(), None, False)
    given = feedback.data
    text, reading, any_text = given.text, given.reading, given.any_text
    return given.upload.path, Asked(text, None, None, None, True, reading, None, any_text)
