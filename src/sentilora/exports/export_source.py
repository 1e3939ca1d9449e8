"""The run that an export is made from, or the export of it: its files, its training, its data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.errors import ModelError
from sentilora.exports.first_stage_data import has_run, read_run_parts
from sentilora.exports.first_stage_fit import check_row_count
from sentilora.exports.int8.int8_data import Int8Data, halves, run_data
from sentilora.exports.parity import PARITY
from sentilora.model.artifact import Artifact

if TYPE_CHECKING:
    from sentilora.data.labelled.examples import Parts
    from sentilora.evaluation.model_rows import Rows
    from sentilora.exports.export_order import Order


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


def search_data(
    artifact: Artifact, order: Order
) -> tuple[Parts | None, Int8Data | None, tuple[Rows, str] | None]:
    """Return a run's parts, texts to choose an int8 file on, and rows to judge the export with.

    Each is None where it is not wanted.

    Raises:
        DataError: the data of the run cannot be read.
        ModelError: it is no run, its data have changed, or they are too few for a first stage.
    """
    wants_int8, wants_stage = order.max_drop is not None, order.max_disagreement is not None
    labelled = order.labelled
    if wants_int8 and not wants_stage and labelled is not None and not has_run(artifact):
        chosen, rest = halves(*labelled)
        return None, chosen, (rest, labelled[1])
    if not (wants_int8 or wants_stage):
        return None, None, labelled
    parts = read_run_parts(artifact)
    if order.max_disagreement is not None:  # before anything is written
        check_row_count(len(parts.validation), order.max_disagreement)
    return parts, run_data(parts) if wants_int8 else None, labelled
