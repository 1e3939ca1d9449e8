"""Settings that say which data are read, and how: where they are, and the form of their files.

Every command that reads rows takes those of :class:`TableSection`; what they mean for which format
stands in :mod:`sentilora.data.files.read_options`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, field_validator

from sentilora.defaults import TEST_SHARE, VALIDATION_SHARE
from sentilora.section import Section, offered

PANEL = "Reading files"


def _option(default: Any, description: str, *, value: str | None = None, **limits: Any) -> Any:
    return offered(default, description, value=value, panel=PANEL, **limits)


class TableSection(Section):
    """How files of rows are read."""

    encoding: str | None = _option(
        None, "encoding of text files, e.g. cp1252; found out if unset", value="NAME"
    )
    delimiter: str | None = _option(
        None, "character between the fields of CSV, or 'tab'; found out if unset", value="CHARACTER"
    )
    quoting: Literal["csv", "none"] | None = _option(
        None,
        "whether quotes in CSV hold a field together or are plain text; if unset they hold it "
        "together, unless they hold rows, which is an error",
    )
    header: Literal["first", "none"] | None = _option(
        None,
        "whether the first line of CSV holds the column names; if unset it does, "
        "unless it looks like data, which is an error",
    )
    columns: list[str] | None = _option(
        None, "names of the columns of CSV without a header", value="NAME,NAME…"
    )
    skip_lines: int = _option(0, "lines above the header of CSV to pass over", ge=0)
    sheet: str | None = _option(
        None, "sheet of a workbook, by name or number; the first if unset", value="SHEET"
    )


class LabelledSection(Section):
    """Where the texts come from and how their columns are read."""

    train: str = Field("", description="file, folder, hub data set id, or 'sample'")
    validation: str | None = offered(None, "file for early stopping and calibration", value="FILE")
    test: str | None = offered(None, "file for the final figures, read once", value="FILE")
    text: str | None = offered(None, "column with the text", value="COLUMN")
    label: str | None = offered(None, "column with the label", value="COLUMN")
    group: str | None = offered(
        None, "column (customer, film) whose values never stand on two sides", value="COLUMN"
    )
    labels: list[str] | None = offered(
        None,
        "label names: of ids in order, of other numbers from the lowest up; or VALUE=NAME each",
    )
    stars: Literal[5, 10] | None = offered(None, "labels are ratings from 1 to this")
    scale: str | None = offered(
        None, "labels are ratings from the worst to the best, e.g. 0-10 or -1-1", value="WORST-BEST"
    )
    any_text: bool = offered(False, "take texts that are nearly all numbers, dates or single words")
    skip_bad_rows: bool = offered(False, "leave out rows that cannot be used, and list them")
    validation_share: float = Field(
        VALIDATION_SHARE, gt=0, lt=0.5, description="share of train, if no file"
    )
    test_share: float = Field(TEST_SHARE, gt=0, lt=0.8, description="share of the file, if no test")
    limit: int | None = offered(None, "train on a stratified part of this size", ge=20)

    @field_validator("labels", mode="before")
    @classmethod
    def _from_mapping(cls, labels: Any) -> Any:
        """Write a mapping of values to names, as Python people give it, as the file holds it."""
        if not isinstance(labels, Mapping):
            return labels
        return [f"{value}={name}" for value, name in labels.items()]


class DataConfig(TableSection, LabelledSection):
    """Where the texts come from, and how files and columns are read."""


class CorrectionsConfig(Section):
    """Corrections among the data, as ``train`` with a store of feedback prepares them."""

    held_out: str | None = Field(
        None, description="file of corrections to compare with the model before, not learned from"
    )
    provenance: str | None = Field(
        None, description="file that says where each row comes from; the run keeps a copy"
    )
