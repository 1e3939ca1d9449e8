"""The file that stands for a promoted model: ``runs/promoted``.

    {"promoted": 1, "model": "2026-11-29-…", "sha256": "…", "at": "…", "before": […]}

``model`` is a folder beside the file, or ``general``; ``before`` lists what it was until now, the
last one last. It is written whole or not at all, so that whoever watches it never reads half.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sentilora import samples
from sentilora.errors import ModelError
from sentilora.files import write_json

FORMAT = 1
NAME = "promoted"
_MOST_BYTES = 1_000_000
_MOST_BEFORE = 100


@dataclass(frozen=True)
class Promoted:
    """One model that was, or is, in use.

    Attributes:
        model: path of its folder, from the folder of the pointer; or ``general``.
        sha256: hash of its manifest.
        at: when it was promoted, UTC; empty for what was in use before any promotion.
    """

    model: str
    sha256: str
    at: str = ""

    @property
    def name(self) -> str:
        """What people call it."""
        return Path(self.model).name


@dataclass(frozen=True)
class Pointer:
    """What a pointer says.

    Attributes:
        path: the file.
        now: the model that it stands for.
        before: those that it stood for before, the last one last.
    """

    path: Path
    now: Promoted
    before: Sequence[Promoted] = ()

    @property
    def folder(self) -> Path:
        """Folder of the model."""
        if self.now.model == samples.GENERAL:
            return samples.general()
        return self.path.parent / self.now.model


def read_pointer(path: Path) -> Pointer | None:
    """Read a pointer; None where there is no file, or another one.

    Raises:
        ModelError: it is a pointer of a newer version, or was changed by hand.
    """
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(raw, dict) or "promoted" not in raw:
        return None
    try:
        now = _promoted(raw, raw["promoted"])
        return Pointer(path, now, tuple(map(_promoted, raw["before"])))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path} stands for a promoted model, and cannot be read: {error!r}. Expected what a "
            "promotion wrote. Remove it, and promote a run again."
        ) from error


def pointer_at(path: str | Path) -> Path | None:
    """Return the whole path of what was named, if that is a pointer."""
    if path == samples.GENERAL or read_pointer(Path(path).expanduser()) is None:
        return None
    return Path(path).expanduser().absolute()


def write_pointer(pointer: Pointer) -> None:
    """Write a pointer for good, whole or not at all.

    Raises:
        OSError: the file cannot be written; it is as it was.
    """
    before = [asdict(one) for one in pointer.before[-_MOST_BEFORE:]]
    write_json(pointer.path, {"promoted": FORMAT, **asdict(pointer.now), "before": before})


def _promoted(raw: Any, form: Any = FORMAT) -> Promoted:
    if form != FORMAT:
        raise ValueError(f"format {form!r}, expected {FORMAT}")
    told = {name: raw[name] for name in ("model", "sha256", "at")}
    if not all(isinstance(one, str) for one in told.values()) or not told["model"]:
        raise ValueError(f"{told!r} names no model")
    return Promoted(**told)
