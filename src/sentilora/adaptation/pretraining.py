"""Update an encoder on hidden words until the budget is used."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from sentilora.adaptation.adaptation_state import AdaptationProgress, load_state, save_state
from sentilora.adaptation.masking import MaskingRule, Vocabulary
from sentilora.adaptation.objective import WordBatch, WordLoss, WordModel, make_batch
from sentilora.adaptation.schedule import Schedule
from sentilora.errors import ModelError
from sentilora.message import setting
from sentilora.runs.interruption import Interruption

if TYPE_CHECKING:
    from sentilora.adaptation.windows import TextWindows
    from sentilora.events import EventLog
    from sentilora.model.tokens import TextEncoder

# As RoBERTa was trained (Liu et al. 2019): a shorter memory, and an epsilon that keeps words which
# the texts do not hold from drifting on vanishing gradients.
BETAS, EPSILON = (0.9, 0.98), 1e-6
CURVE_POINTS = 200
_HELD_OUT = 2**31  # stands for the step in the seed of the masks that are measured on


@dataclass(frozen=True)
class Material:
    """What batches are made of.

    Attributes:
        train: numbers of the windows that are learnt from; the schedule counts within these.
        held_out: numbers of the windows that are measured on.
    """

    windows: TextWindows
    encoder: TextEncoder
    vocabulary: Vocabulary
    rule: MaskingRule
    seed: int
    train: np.ndarray
    held_out: np.ndarray

    def batch(self, windows: np.ndarray, step: int) -> WordBatch:
        """Make the batch of an update; the same one for the same seed and step."""
        rng = np.random.default_rng([self.seed, step])
        rows = self.windows.rows(windows)
        return make_batch(rows, self.encoder, self.vocabulary, self.rule, rng)


@dataclass(frozen=True)
class Recipe:
    """How weights are updated."""

    learning_rate: float
    weight_decay: float
    max_grad_norm: float
    checkpoint_s: float


def measure_hidden(model: WordModel, material: Material, schedule: Schedule) -> dict[str, float]:
    """Measure on the held-out windows, with the same words hidden each time.

    Returns:
        ``loss`` (nats a hidden word), ``accuracy`` (share of hidden words that were the most
        probable one), ``bag_loss`` (nats), ``hidden`` (how many words) and ``windows``.
    """
    device = next(model.parameters()).device
    lengths = material.windows.lengths[material.held_out]
    order = np.argsort(lengths, kind="stable")
    size = max(1, min(schedule.batch_rows, schedule.batch_tokens // int(lengths.max())))
    sums = np.zeros(4)
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(order), size):
            rows = material.held_out[order[start : start + size]]
            batch = material.batch(rows, _HELD_OUT + start).to(device)
            loss: WordLoss = model(batch)
            bag = float(loss.bag) * len(rows)
            sums += [float(loss.words) * loss.hidden, bag, loss.hits, loss.hidden]
    words, bag, hits, hidden = sums.tolist()
    return {
        "loss": words / hidden,
        "accuracy": hits / hidden,
        "bag_loss": bag / len(order),
        "hidden": int(hidden),
        "windows": len(order),
    }


def pretrain(
    model: WordModel,
    material: Material,
    schedule: Schedule,
    recipe: Recipe,
    *,
    checkpoints: Path,
    log: EventLog,
    interruption: Interruption,
) -> AdaptationProgress:
    """Update a model until the budget is used, from its last checkpoint if there is one.

    When ``interruption`` is requested, the update is finished, a checkpoint is written, and what
    is returned has used less than the budget.

    Raises:
        ModelError: the loss is no number any more.
        OSError: a checkpoint cannot be written.
    """
    optimizer = make_optimizer(model, recipe)
    progress = load_state(checkpoints, model, optimizer)
    if progress is None:
        progress = AdaptationProgress()
    else:
        log.emit("note", text=f"going on from checkpoint-{progress.global_step}")
    device = next(model.parameters()).device
    model.train()
    saved = before = time.monotonic()
    speed = _Speed(progress, schedule.used(progress.global_step, progress.seconds))
    for windows in _batches(schedule, progress):
        step = progress.global_step
        batch = material.batch(material.train[windows], step).to(device)
        rate = recipe.learning_rate * schedule.rate(step, progress.seconds)
        loss = update(model, batch, optimizer, rate, recipe.max_grad_norm)
        now = time.monotonic()
        progress.seconds += now - before
        before = now
        progress.global_step += 1
        progress.tokens += batch.tokens
        progress.hidden += loss.hidden
        speed.add(loss, progress, schedule, rate, log)
        if interruption.is_requested:
            break
        if now - saved > recipe.checkpoint_s:
            save_state(checkpoints, model, optimizer, progress)
            log.emit("checkpoint", step=progress.global_step)
            saved = before = time.monotonic()
    save_state(checkpoints, model, optimizer, progress)
    log.emit("checkpoint", step=progress.global_step)
    return progress


def update(
    model: WordModel,
    batch: WordBatch,
    optimizer: torch.optim.Optimizer,
    rate: float,
    max_grad_norm: float,
) -> WordLoss:
    """Do one update.

    Raises:
        ModelError: the loss is no number.
    """
    loss: WordLoss = model(batch)
    loss.total.backward()  # type: ignore[no-untyped-call]
    if not bool(torch.isfinite(loss.total)):
        raise ModelError(
            f"The loss became {float(loss.total.detach())}; nothing was saved after that. Start "
            f"again with a lower {setting('learning_rate')}, or with "
            f"{setting('precision', 'fp32')}."
        )
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_grad_norm)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad()
    return loss


def make_optimizer(model: WordModel, recipe: Recipe) -> torch.optim.Optimizer:
    """Build AdamW; no weight decay on biases and norms."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [
            {
                "params": [p for p in parameters if p.ndim > 1],
                "weight_decay": recipe.weight_decay,
            },
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
        betas=BETAS,
        eps=EPSILON,
        fused=next(model.parameters()).device.type in ("cpu", "cuda"),
    )


def _batches(schedule: Schedule, progress: AdaptationProgress) -> Iterator[np.ndarray]:
    """Iterate batches from the one where ``progress`` is, until the budget is used."""
    begin, epoch = 0, 0
    while schedule.used(progress.global_step, progress.seconds) < 1:
        plan = schedule.plan(epoch)
        for windows in plan[max(0, progress.global_step - begin) :]:
            yield windows
            if schedule.used(progress.global_step, progress.seconds) >= 1:
                return
        begin += len(plan)
        epoch += 1


class _Speed:
    """Reports an update each 200th of the budget: loss since the last report, tokens a second."""

    def __init__(self, progress: AdaptationProgress, used: float) -> None:
        self._from = (progress.tokens, progress.seconds)
        self._reported = used
        self._losses: list[tuple[float, float]] = []

    def add(
        self,
        loss: WordLoss,
        progress: AdaptationProgress,
        schedule: Schedule,
        rate: float,
        log: EventLog,
    ) -> None:
        """Take in an update, and report when it is time."""
        used = schedule.used(progress.global_step, progress.seconds)
        self._losses.append((float(loss.words), float(loss.bag)))
        if used < 1 and used - self._reported < 1 / CURVE_POINTS:
            return
        self._reported = used
        words, bag = np.mean(self._losses, axis=0).tolist()
        self._losses.clear()
        step, tokens, seconds = progress.global_step, progress.tokens, progress.seconds
        point = {
            "step": step,
            "tokens": tokens,
            "loss": round(words, 4),
            "bag_loss": round(bag, 4),
        }
        progress.curve.append(point)
        speed = (tokens - self._from[0]) / max(1e-9, seconds - self._from[1])
        log.emit(
            "step",
            steps=schedule.steps or round(step / max(used, 1e-9)),
            epoch=round(tokens / max(1, int(schedule.lengths.sum())), 3),
            learning_rate=rate,
            tokens_per_second=round(speed, 1),
            seconds_left=round(seconds * (1 - min(used, 1)) / max(used, 1e-9), 1),
            **point,
        )
