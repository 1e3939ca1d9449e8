"""A way to quantise: a name for people, and what writes the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Way:
    """One way to an int8 file.

    Attributes:
        name: name for people, unique within a target.
        write: function that writes the file to a path; raises ``ModelError`` where the way does not
            work.
    """

    name: str
    write: Callable[[Path], None]
