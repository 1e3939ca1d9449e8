"""Resumable state: which checkpoint of a killed run can be trusted.

``Trainer`` writes ``trainer_state.json`` last, so a checkpoint in which it parses is complete;
older checkpoints are removed only after that. Whatever else is found was cut off by a kill.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from sentilora.files import write_atomically

STATE = "trainer_state.json"


def last_checkpoint(folder: Path) -> Path | None:
    """Return the newest complete checkpoint, after removing incomplete ones and mending paths."""
    best: tuple[int, Path, dict[str, Any]] | None = None
    for candidate in folder.glob("checkpoint-*"):
        state = _read_state(candidate)
        if state is None:
            shutil.rmtree(candidate)
        elif best is None or state["global_step"] > best[0]:
            best = (int(state["global_step"]), candidate, state)
    if best is None:
        return None
    _, checkpoint, state = best
    _mend_paths(checkpoint, state)
    return checkpoint


def _read_state(checkpoint: Path) -> dict[str, Any] | None:
    try:
        state = json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and "global_step" in state else None


def _mend_paths(checkpoint: Path, state: dict[str, Any]) -> None:
    """Point the best checkpoint to where the run folder is now; it may have been moved."""
    recorded = state.get("best_model_checkpoint")
    if not recorded:
        return
    best = checkpoint.parent / Path(recorded).name
    if str(best) == recorded:
        return
    state["best_model_checkpoint"] = str(best)
    write_atomically(checkpoint / STATE, json.dumps(state, indent=2) + "\n")
