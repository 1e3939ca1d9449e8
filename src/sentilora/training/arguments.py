"""The settings of a training as ``Trainer`` of transformers wants them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from transformers import EarlyStoppingCallback, TrainerCallback, TrainingArguments

from sentilora.model.quiet import quiet_transformers
from sentilora.training.preference.pair_batches import Plan

if TYPE_CHECKING:
    from sentilora.config import TrainingConfig


def make_arguments(
    settings: TrainingConfig,
    *,
    folder: Path,
    plan: Plan,
    seed: int,
    device: torch.device,
    precision: str,
) -> TrainingArguments:
    """Translate the settings into ``TrainingArguments``."""
    steps = len(plan)
    per_epoch = plan.steps_per_epoch[0]
    every = max(1, min(steps, -(-per_epoch // settings.evaluations_per_epoch)))
    with quiet_transformers():
        return TrainingArguments(
            output_dir=str(folder),
            num_train_epochs=1,
            seed=seed,
            learning_rate=float(settings.learning_rate or 0.0),
            lr_scheduler_type=settings.schedule,
            warmup_steps=round(steps * settings.warmup_share),
            max_grad_norm=settings.max_grad_norm,
            logging_steps=max(1, round(steps / 200)),
            logging_nan_inf_filter=False,
            eval_strategy="steps",
            eval_steps=every,
            save_strategy="steps",
            save_steps=every,
            save_total_limit=2,
            load_best_model_at_end=True,
            metric_for_best_model="selection",
            greater_is_better=True,
            restore_callback_states_from_checkpoint=True,
            remove_unused_columns=False,
            label_names=["labels"],
            report_to="none",
            disable_tqdm=True,
            log_level="error",
            use_cpu=device.type == "cpu",
            bf16=precision == "bf16",
            fp16=precision == "fp16",
            ddp_find_unused_parameters=False,
            dataloader_pin_memory=device.type == "cuda",
        )


def early_stopping(patience: int) -> list[TrainerCallback]:
    """Return the callback that stops after ``patience`` evaluations without gain; none for 0."""
    return [EarlyStoppingCallback(early_stopping_patience=patience)] if patience else []
