"""What a visitor has chosen about a file of rows: the same on every page that asks for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sentilora.data.files.read_options import Reading
from sentilora.data.labelled.scan import Asked
from sentilora.ui.uploads import Upload


@dataclass(frozen=True)
class DataChoices:
    """How a file is to be read.

    Attributes:
        upload: the file.
        reading: form of the file: encoding, delimiter and the like.
        columns: names of its columns.
        text, label, group: names of the columns that are used; None where none is chosen.
        stars: highest rating, if the labels are ratings from 1 on; None if they are not.
        scale: worst and best rating, such as ``0-10``, if the labels are ratings on another scale.
        labels: names of the labels in order; None when the file decides.
        any_text: whether texts may be nearly all numbers, dates or single words.
        skip_bad_rows: whether rows that cannot be used are left out.
    """

    upload: Upload
    reading: Reading
    columns: tuple[str, ...]
    text: str | None = None
    label: str | None = None
    group: str | None = None
    stars: int | None = None
    scale: str | None = None
    labels: tuple[str, ...] | None = None
    any_text: bool = False
    skip_bad_rows: bool = False

    @property
    def has_both(self) -> bool:
        """Whether the columns with the texts and the labels are chosen."""
        return None not in (self.text, self.label)

    def asked(self) -> Asked:
        """Return how rows with labels are to be read."""
        return Asked(
            self.text,
            self.label,
            self.group,
            self.stars,
            self.skip_bad_rows,
            self.reading,
            self.scale,
            self.any_text,
        )

    def columns_and_labels(self) -> dict[str, Any]:
        """Return the choices as the functions of ``data/`` take them."""
        return {
            "text": self.text,
            "label": self.label,
            "group": self.group,
            "stars": self.stars,
            "scale": self.scale,
            "any_text": self.any_text,
            "labels": self.labels,
        }

    def settings(self) -> dict[str, Any]:
        """Return the choices as settings of a training, by dotted names."""
        told = {f"data.{name}": value for name, value in self.columns_and_labels().items()}
        told["data.labels"] = None if self.labels is None else list(self.labels)
        return {
            "data.train": str(self.upload.path),
            **told,
            **{f"data.{name}": value for name, value in self.reading.given.items()},
            "data.skip_bad_rows": self.skip_bad_rows,
        }
