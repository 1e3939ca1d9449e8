"""Examples to trained weights: the part of a run between tokenising and saving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.errors import Interrupted
from sentilora.evaluation.metrics import measure
from sentilora.evaluation.order_bounds import fit_biases, shifted_probabilities
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_windows
from sentilora.labels import Labels
from sentilora.message import command
from sentilora.model.bases.known_bases import architecture_of
from sentilora.model.outputs import add_to_logits
from sentilora.model.probabilities import softmax
from sentilora.model.quick.quick_blocks import quick_blocks
from sentilora.model.quiet import quiet_transformers
from sentilora.model.tokens import TextEncoder
from sentilora.runs.checkpoints import last_checkpoint
from sentilora.runs.cost import Meter, Spent, peak_memory_bytes
from sentilora.runs.disk import disk_errors
from sentilora.runs.interruption import Interruption, stop_on_signal
from sentilora.runs.memory import keep_freed_memory
from sentilora.runs.run_folder import CONFIG
from sentilora.training.arguments import early_stopping, make_arguments
from sentilora.training.batches.batch_plan import BatchPlan, Collator, balanced_weights
from sentilora.training.batches.encoded_examples import EncodedExamples
from sentilora.training.context.run_context import RunContext
from sentilora.training.coupled_batches import couple
from sentilora.training.idle_adapters import IdleAdapters
from sentilora.training.preference.pair_batches import BatchMaker, Plan
from sentilora.training.trainer import Reporting, SentimentTrainer

if TYPE_CHECKING:
    import torch
    from transformers import TrainerCallback

    from sentilora.config import RunConfig


@dataclass(frozen=True)
class Fitted:
    """A model at its best checkpoint, and how it got there."""

    model: Any
    plan: Plan
    steps: int
    best_step: int
    spent: Spent
    peak_memory: int


def fit(
    model: Any,
    train: EncodedExamples,
    validation: EncodedExamples,
    context: RunContext,
    callbacks: Sequence[TrainerCallback] = (),
    pairs: EncodedExamples | None = None,
) -> Fitted:
    """Train a model, or go on from the last complete checkpoint of its run.

    Args:
        model: the untrained network.
        train: examples that it learns from.
        validation: examples that choose the best checkpoint.
        context: the run.
        callbacks: callbacks that come after the run's own, so that they see what those have asked
            for.
        pairs: the texts of the run's pairs, if it has some.

    Raises:
        Interrupted: someone asked to stop; a checkpoint was written.
        ModelError: the weights became NaN, which the next evaluation notices.
        RunError: the disk is full.
    """
    config, run, log, processes = context.config, context.run, context.log, context.processes
    device, precision, encoder = context.device, context.precision, context.encoder
    labels, settings = context.labels, config.training
    keep_freed_memory()
    rows = make_plan(train.lengths, config)
    row_collator = Collator(
        train,
        encoder,
        balanced_weights(train.label_ids, len(labels), settings.class_weights),
        processes.rank,
        processes.world_size,
    )
    plan: Plan = rows
    collator: BatchMaker = row_collator
    pair_loss = None
    if pairs is not None:
        plan, collator, pair_loss = couple(rows, row_collator, pairs, model, context)
    is_order_only = config.pairs.only
    interruption = Interruption()
    resume = command("train", resume=run.path / CONFIG)
    trainer = SentimentTrainer(
        model,
        make_arguments(
            settings,
            folder=run.checkpoints,
            plan=plan,
            seed=config.seed,
            device=device,
            precision=precision,
        ),
        plan=plan,
        collator=collator,
        validate=lambda network: validate(
            network,
            validation,
            labels,
            encoder,
            settings.select_by,
            device,
            precision,
            is_order_only=is_order_only,
        ),
        settings=settings,
        head_modules=_heads(model),
        callbacks=[
            *early_stopping(settings.patience),
            Reporting(
                log,
                plan,
                interruption,
                checkpoint_s=settings.checkpoint_minutes * 60,
                is_alone=processes.world_size == 1,
            ),
            IdleAdapters(log),
            *callbacks,
        ],
        pair_loss=pair_loss,
    )
    checkpoint = last_checkpoint(run.checkpoints) if processes.is_main else None
    checkpoint = processes.share(checkpoint)
    if checkpoint is not None:
        log.emit("note", text=f"going on from {checkpoint.name}")
    with (
        quiet_transformers(),
        stop_on_signal(interruption, is_alone=processes.world_size == 1),
        disk_errors(run.path, resume),
        Meter(config.report.country) as meter,
        quick_blocks(model),
    ):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    state = trainer.state
    if interruption.is_requested and state.global_step < len(plan):
        log.emit("interrupted", step=state.global_step)
        raise Interrupted(
            f"Stopped after update {state.global_step} of {len(plan)}; everything is saved. "
            f"Go on with: {resume}"
        )
    assert meter.spent is not None
    # Accelerate leaves mixed precision wrapped around forward() unless told otherwise.
    network = trainer.accelerator.unwrap_model(trainer.model_wrapped, keep_fp32_wrapper=False)
    if is_order_only:
        logits = _score(network, validation, encoder, device, precision)
        add_to_logits(network, fit_biases(logits, validation.label_ids)[0])
    return Fitted(
        model=network,
        plan=plan,
        steps=state.global_step,
        best_step=state.best_global_step or state.global_step,
        spent=meter.spent,
        peak_memory=peak_memory_bytes(device.type),
    )


def make_plan(lengths: np.ndarray, config: RunConfig) -> BatchPlan:
    """Plan all batches; the number of epochs depends on how many updates one has."""
    settings = config.training
    sizes = {"batch_rows": settings.batch_rows, "batch_tokens": settings.batch_tokens}
    one = BatchPlan(lengths, epochs=1, seed=config.seed, **sizes)
    return BatchPlan(
        lengths,
        epochs=config.epochs_for(len(one)),
        seed=config.seed,
        max_steps=settings.max_steps,
        **sizes,
    )


def validate(
    network: Any,
    examples: EncodedExamples,
    labels: Labels,
    encoder: TextEncoder,
    select_by: str,
    device: torch.device,
    precision: str,
    *,
    is_order_only: bool = False,
) -> dict[str, float]:
    """Measure a model on tokenised examples; ``selection`` is more for the better model.

    A model that has learned an order only (``is_order_only``) is measured with the bounds between
    its labels where they suit these examples best.
    """
    logits = _score(network, examples, encoder, device, precision)
    if is_order_only:
        probabilities = shifted_probabilities(logits, examples.label_ids)
    else:
        probabilities = softmax(logits)
    metrics = measure(examples.label_ids, probabilities, labels).metrics
    kept = {
        name: float(metrics[name]) for name in ("accuracy", "macro_f1", "macro_recall", "log_loss")
    }
    sign = -1.0 if select_by == "log_loss" else 1.0
    return {"selection": sign * kept[select_by], **kept}


def _score(
    network: Any,
    examples: EncodedExamples,
    encoder: TextEncoder,
    device: torch.device,
    precision: str,
) -> np.ndarray:
    windows = [examples.windows(index) for index in range(len(examples))]
    return score_windows(TorchEngine(network, device, precision), windows, encoder)


def _heads(model: Any) -> tuple[str, ...]:
    if hasattr(model, "peft_config"):
        return tuple(model.peft_config["default"].modules_to_save or ())
    known = architecture_of(model.config.model_type)
    return known.head_modules if known else ("classifier",)
