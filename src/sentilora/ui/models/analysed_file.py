"""A file of feedback to an insights report, and to the messages behind each of its figures."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.events import Listener
from sentilora.files import sha256_of
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.insights.insight_report import InsightReport
from sentilora.insights.insights import insights
from sentilora.message import Spelling
from sentilora.model.artifact import MANIFEST
from sentilora.ui.data_choices import DataChoices
from sentilora.ui.models.messages import join_messages

if TYPE_CHECKING:
    import pyarrow as pa

MESSAGES = "messages.parquet"


@dataclass(frozen=True)
class FeedbackChoices:
    """What a visitor wants to have analysed.

    Attributes:
        data: the file and how to read it; None for the sample.
        model: name of the model, for people.
        date: name of the column with the dates; None without one.
        date_order: order of day and month, as ``day-first``; None where the file tells.
        segments: names of the columns to compare by.
    """

    data: DataChoices | None
    model: str
    date: str | None = None
    date_order: str | None = None
    segments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the data, for people."""
        return "the sample" if self.data is None else self.data.upload.name

    @property
    def names(self) -> Mapping[Path, str]:
        """What messages are to call the file."""
        return {} if self.data is None else self.data.upload.names


@dataclass(frozen=True)
class AnalysedFile:
    """A report with its messages.

    Attributes:
        asked: what it is the answer to.
        report: what was found.
        path: folder with the report in all its forms.
        at: time of the day when it was done, such as ``16:35``.
    """

    asked: FeedbackChoices
    report: InsightReport
    path: Path
    at: str

    def messages(self) -> pa.Table:
        """Read all statements, with date, segments and text of each."""
        from pyarrow import parquet

        return parquet.read_table(self.path / MESSAGES)


def analyse(
    model: SentimentModel,
    asked: FeedbackChoices,
    home: Path,
    *,
    spelling: Spelling,
    listener: Listener,
) -> AnalysedFile:
    """Find out what a file says, and write the report and its messages into a folder.

    Args:
        model: model that answers.
        asked: what a visitor wants to have analysed.
        home: folder of the visitor.
        spelling: words for settings and commands in the notes.
        listener: listener to the events of the analysis.

    Raises:
        DataError, ConfigError, ModelError, MissingExtraError: as :func:`sentilora.insights`.
    """
    from pyarrow import parquet

    data, how = _data_of(asked)
    found = insights(
        model,
        data,
        **how,
        date=asked.date,
        date_order=asked.date_order,
        segments=asked.segments,
        listener=listener,
    ).spelled(spelling)
    basis = found.report.basis.model_copy(update={"source": asked.name, "model": asked.model})
    report = found.report.model_copy(update={"title": f"What {asked.name} says", "basis": basis})
    seal = sha256_of(model.artifact.path / MANIFEST)
    folder = home / hashlib.sha256(f"{seal} {asked}".encode()).hexdigest()[:16]
    replace(found, report=report).write(folder)
    parquet.write_table(join_messages(found.table, found.feedback), folder / MESSAGES)
    return AnalysedFile(asked, report, folder, time.strftime("%H:%M"))


def _data_of(asked: FeedbackChoices) -> tuple[Any, dict[str, Any]]:
    """Return the data and how to read them, as the function takes them."""
    if asked.data is None:
        return "sample", {"text": "text"}
    choices = asked.data.columns_and_labels()
    del choices["group"]
    return asked.data.upload.path, {**choices, **asked.data.reading.given}
