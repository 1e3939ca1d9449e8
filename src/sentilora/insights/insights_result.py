"""What :func:`sentilora.insights` returns: a report, and all that it rests on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sentilora.errors import DataError
from sentilora.files import path_of, replacing_output
from sentilora.insights.feedback import Feedback
from sentilora.insights.insight_report import InsightReport
from sentilora.insights.report.insight_files import HTML_FILE, write_insights
from sentilora.insights.review_texts import REVIEW_FILE, ReviewText, write_review
from sentilora.insights.themes.theme_file import write_themes
from sentilora.insights.themes.themes import KeptThemes
from sentilora.message import Spelling, spelled

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

STATEMENTS_FILE, THEMES_FILE = "statements.parquet", "themes.toml"


@dataclass(frozen=True)
class Insights:
    """What a file of feedback says.

    Attributes:
        report: what was found, typed.
        table: one row a statement, as an Arrow table.
        kept: themes, to be found again in the next report; None where there is none.
        review: texts that are worth a label next, where they were asked for.
        base: name of the base that made the vectors.
        notes: what a reader has to know of it, also part of the report.
        feedback: texts that were read, with dates and segments.
    """

    report: InsightReport
    table: pa.Table
    kept: KeptThemes | None
    review: tuple[ReviewText, ...]
    base: str
    notes: tuple[str, ...]
    feedback: Feedback

    @property
    def statements(self) -> pd.DataFrame:
        """One row a statement, as a table of pandas."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def __repr__(self) -> str:
        report = self.report
        return (
            f"<Insights: {report.basis.texts:,} texts, net sentiment {report.net.value:+.0f}, "
            f"{len(report.themes)} themes, {len(report.changes)} changes>"
        )

    def spelled(self, spelling: Spelling) -> Insights:
        """Return the same with notes in the words of a front end."""
        notes: Sequence[str] = spelled(self.notes, spelling)
        basis = self.report.basis.model_copy(update={"notes": tuple(map(str, notes))})
        return replace(self, report=self.report.model_copy(update={"basis": basis}))

    def write(self, folder: str | Path) -> Path:
        """Write ``insights.html``, ``.json`` and ``.md``, ``statements.parquet`` and more.

        Files of a report that is there are replaced. ``themes.toml`` holds the themes for the next
        report, ``review.csv`` the texts to label, where they were asked for.

        Args:
            folder: path of the folder, which is made.

        Returns:
            The path of the page.

        Raises:
            DataError: a file cannot be written.
        """
        from pyarrow import parquet

        folder = path_of(folder)
        write_insights(self.report, folder)
        with replacing_output(folder / STATEMENTS_FILE) as stream:
            parquet.write_table(self.table, stream, compression="zstd")
        if self.kept is not None:
            write_themes(self.kept, folder / THEMES_FILE, base=self.base)
        if self.review:
            write_review(self.review, folder / REVIEW_FILE)
        return folder / HTML_FILE


def check_folder(folder: str | Path) -> Path:
    """Refuse a folder that cannot be written into now, rather than after the work.

    Raises:
        DataError: it is a file, or lies in one, or nobody may write there.
    """
    path = path_of(folder)
    there = path.absolute()
    while not os.path.lexists(there):
        there = there.parent
    if not there.is_dir():
        named = path if there == path.absolute() else there
        raise DataError(
            f"{named} is a file. Expected a folder for the report: a new or an old one."
        )
    if not os.access(there, os.W_OK | os.X_OK):
        raise DataError(
            f"The report cannot be written to {path}: {there} is not yours to write to. Choose "
            "another folder."
        )
    return path
