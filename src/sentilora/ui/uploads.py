"""A file that was uploaded, put where the library can read it, until its visitor has gone."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sentilora.data.files.formats import ending_of
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
        at: time of the day when it came, such as ``16:35``.
    """

    path: Path
    name: str
    key: str
    at: str

    @property
    def names(self) -> dict[Path, str]:
        """What messages are to call it."""
        return {self.path: self.name}


def keep_upload(uploaded: Uploaded, folder: Path) -> Upload:
    """Write an uploaded file into a folder.

    Raises:
        DataError: its ending is unknown, or it is empty.
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
    return Upload(path, name, key, time.strftime("%H:%M"))
