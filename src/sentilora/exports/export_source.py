"""The run that an export is made from, or the export of it: its files, its training."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sentilora.errors import ModelError
from sentilora.exports.parity import PARITY
from sentilora.model.artifact import Artifact


def run_file(artifact: Artifact, name: str) -> Path | None:
    """Return a file that lies beside the model in its run, or in an export, if it is there."""
    file = artifact.home / name
    return file if file.is_file() else None


def run_part(artifact: Artifact) -> dict[str, Any]:
    """Return what the run's report says about the training, for reports on the export."""
    for name in ("report.json", PARITY):
        file = run_file(artifact, name)
        if file is not None:
            try:
                part: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["run"]
            except (ValueError, KeyError, TypeError) as error:
                raise ModelError(
                    f"{file} cannot be read: {error!r}. Copy it again, or remove it."
                ) from error
            return part
    return {"method": "lora"} if artifact.settings.kind == "adapter" else {}
