"""What is asked of an export, once it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sentilora.evaluation.model_rows import Rows
from sentilora.events import EventLog


@dataclass(frozen=True)
class Order:
    """What is asked for; budgets are None for what is not.

    Attributes:
        to: the target.
        final: the folder to write.
        max_drop: budget of ``quantize``, in points of macro F1.
        max_changed: budget of ``quantize``, as a share of labels.
        max_disagreement: budget of ``cascade``, as a share of texts.
        labelled: labelled rows to judge the export on, and their name; None to leave that out.
        libraries: folder with the libraries of a web page.
        log: log that is told what happens.
    """

    to: str
    final: Path
    max_drop: float | None
    max_changed: float
    max_disagreement: float | None
    labelled: tuple[Rows, str] | None
    libraries: Path | None
    log: EventLog
