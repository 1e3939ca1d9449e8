"""Resumable state of an adaptation: weights, the optimiser's moments, and how far it is.

Nothing else is needed to go on exactly: batches, masks and learning rates follow from the seed and
the number of the update. Tensors are kept in safetensors; the file of numbers is written last, so a
checkpoint in which it parses is complete.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from sentilora.files import write_atomically
from sentilora.runs.checkpoints import STATE, last_checkpoint

WEIGHTS = "weights.safetensors"
MOMENTS = "moments.safetensors"
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


@dataclass
class AdaptationProgress:
    """How far an adaptation is.

    Attributes:
        global_step: number of updates done.
        seconds: time of updates in seconds, over all stretches of a resumed adaptation.
        tokens: number of tokens read, padding not counted.
        hidden: number of tokens that were predicted.
        curve: points of ``step``, ``tokens``, ``loss`` and ``bag_loss``.
    """

    global_step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    hidden: int = 0
    curve: list[dict[str, Any]] = field(default_factory=list)


def save_state(
    folder: Path,
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    progress: AdaptationProgress,
) -> None:
    """Write a checkpoint, and remove older ones when it is complete."""
    target = folder / f"checkpoint-{progress.global_step}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    parameters = dict(model.named_parameters())
    save_file({name: p.detach().contiguous() for name, p in parameters.items()}, target / WEIGHTS)
    moments = {
        f"{kind}.{name}": optimizer.state[parameter][kind].contiguous()
        for name, parameter in parameters.items()
        if parameter in optimizer.state
        for kind in _MOMENTS
    }
    save_file(moments, target / MOMENTS)
    write_atomically(target / STATE, json.dumps(asdict(progress)))
    for older in folder.glob("checkpoint-*"):
        if older != target:
            shutil.rmtree(older, ignore_errors=True)


def load_state(
    folder: Path, model: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> AdaptationProgress | None:
    """Put the newest complete checkpoint into model and optimiser; None when there is none."""
    checkpoint = last_checkpoint(folder)
    if checkpoint is None:
        return None
    weights, moments = load_file(checkpoint / WEIGHTS), load_file(checkpoint / MOMENTS)
    for name, parameter in model.named_parameters():
        parameter.data.copy_(weights[name])
        if f"step.{name}" in moments:
            optimizer.state[parameter] = {
                kind: moments[f"{kind}.{name}"].to(parameter.device) for kind in _MOMENTS
            }
    return AdaptationProgress(**json.loads((checkpoint / STATE).read_text(encoding="utf-8")))
