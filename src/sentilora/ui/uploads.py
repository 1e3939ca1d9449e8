"""A file that was uploaded, put where the library can read it, until the session ends."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sentilora.data.columns import LABEL_NAMES, find_text_column
from sentilora.data.files.formats import ending_of
from sentilora.data.files.tables import open_table
from sentilora.errors import DataError


class Uploaded(Protocol):
    """What Streamlit hands over: a file in memory with the name it had."""

    name: str

    def getvalue(self) -> bytes:
        """Return its content."""


@dataclass(frozen=True)
class Upload:
    """A file that was uploaded.

    Attributes:
        path: path where it lies now.
        name: name that the user knows it by.
        key: key that differs when content or name differ.
        columns: names of its columns.
    """

    path: Path
    name: str
    key: str
    columns: tuple[str, ...]

    @property
    def text_column(self) -> str | None:
        """The column that surely holds the texts, if there is one."""
        try:
            return find_text_column(self.columns, None, self.name)
        except DataError:
            return None

    @property
    def label_column(self) -> str | None:
        """The column that holds labels by its name, the likeliest first."""
        folded = {name.strip().casefold(): name for name in self.columns}
        return next((folded[name] for name in LABEL_NAMES if name in folded), None)


def keep_upload(uploaded: Uploaded, folder: Path) -> Upload:
    """Write an uploaded file into a folder and look at its columns.

    Raises:
        DataError: its ending is unknown, it is empty, or it does not hold what it says.
    """
    content = uploaded.getvalue()
    name = Path(uploaded.name).name
    ending = ending_of(Path(name))
    if not content or content.isspace():
        raise DataError(
            f"{name} is empty. Expected a file with a line of column names and rows below it. "
            "Choose another file."
        )
    key = hashlib.sha256(name.encode() + b"\0" + content).hexdigest()[:16]
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name[: -len(ending)]).strip("-")[:60] or "data"
    path = folder / key / f"{stem}{ending}"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Upload(path, name, key, tuple(open_table(path, name).names))
