"""Hugging Face's ``Trainer`` with SentiLoRA's batches, loss, evaluation and events.

The plan of batches covers all epochs, so for ``Trainer`` the whole training is one epoch: its
step is the index of the batch, which makes resuming exact. Batches are not handed to accelerate:
:class:`~sentilora.training.batches.batch_plan.Collator` already gives each process its share.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from sentilora.model.artifact import save_weights
from sentilora.model.quiet import quiet_transformers
from sentilora.model.tokens import average_windows
from sentilora.training.preference.pair_batches import PAIRS, BatchMaker, PairLoss, Plan

if TYPE_CHECKING:
    from transformers.trainer_callback import TrainerControl, TrainerState

    from sentilora.config import TrainingConfig
    from sentilora.events import EventLog
    from sentilora.runs.interruption import Interruption


class _Indices(Dataset[int]):
    """The data set that ``Trainer`` sees: indices; the collator fetches what they mean."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> int:
        return index


class SentimentTrainer(Trainer):  # type: ignore[misc]
    """Train a sequence classifier on a plan of batches.

    Args:
        plan: plan of all batches.
        collator: collator that makes their tensors.
        validate: function that returns the validation metrics of the model; ``selection`` decides
            (more is better).
        settings: settings of the training: learning rates and the like.
        head_modules: names of modules that take ``settings.head_learning_rate``.
        pair_loss: loss of the pairs in a batch, where it holds some.
    """

    # Set by Trainer, which carries no types.
    optimizer: torch.optim.Optimizer | None
    control: TrainerControl

    def __init__(
        self,
        model: Any,
        arguments: TrainingArguments,
        *,
        plan: Plan,
        collator: BatchMaker,
        validate: Callable[[Any], dict[str, float]],
        settings: TrainingConfig,
        head_modules: tuple[str, ...],
        callbacks: list[TrainerCallback],
        pair_loss: PairLoss | None = None,
    ) -> None:
        self.plan = plan
        self.collator = collator
        self.validate = validate
        self.settings = settings
        self.head_modules = head_modules
        self.pair_loss = pair_loss
        with quiet_transformers():
            super().__init__(
                model=model,
                args=arguments,
                train_dataset=_Indices(len(collator.examples)),
                eval_dataset=_Indices(0),  # evaluate() is ours; Trainer only asks whether it is set
                callbacks=callbacks,
            )
        self.remove_callback(PrinterCallback)

    def get_train_dataloader(self) -> DataLoader[int]:
        """Return the batches of the plan, this process's share of each."""
        return DataLoader(self.train_dataset, batch_sampler=self.plan, collate_fn=self.collator)

    def training_step(
        self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None
    ) -> torch.Tensor:
        """Compute the gradients of labelled rows and of pairs, one after the other.

        So no more memory is needed than for the larger of the two; processes exchange the sum.
        """
        parts = []
        if rows := {name: value for name, value in inputs.items() if name != PAIRS}:
            parts.append(rows)
        if PAIRS in inputs:
            parts.append(inputs[PAIRS])
        *first, last = parts
        losses = []
        for part in first:
            with self.accelerator.no_sync(model):
                losses.append(super().training_step(model, part, num_items_in_batch))
        losses.append(super().training_step(model, last, num_items_in_batch))
        return torch.stack(losses).sum()

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return the weighted mean cross-entropy of the whole batch, over all processes.

        A batch of pairs has a loss of its own.

        DDP averages gradients over processes; multiplying by their number turns that into the sum
        of what each computed on its share.
        """
        if "pair_weights" in inputs:
            assert self.pair_loss is not None
            return self.pair_loss(model, inputs)
        labels, weights = inputs["labels"], inputs["row_weights"]
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        logits = average_windows(outputs.logits.float(), inputs["windows"].tolist())
        losses = torch.nn.functional.cross_entropy(
            logits, labels, reduction="none", label_smoothing=self.settings.label_smoothing
        )
        loss = (losses * weights).sum() * self.collator.world_size
        return (loss, outputs) if return_outputs else loss

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Build AdamW: no weight decay on biases and norms, a rate of its own for the head."""
        if self.optimizer is None:
            rate = float(self.settings.learning_rate or 0.0)
            head_rate = self.settings.head_learning_rate or rate
            groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
            for name, parameter in (model or self.model).named_parameters():
                if parameter.requires_grad:
                    is_head = any(part in self.head_modules for part in name.split("."))
                    decay = self.settings.weight_decay if parameter.ndim > 1 else 0.0
                    groups.setdefault((head_rate if is_head else rate, decay), []).append(parameter)
            self.optimizer = torch.optim.AdamW(
                [
                    {"params": parameters, "lr": lr, "weight_decay": decay}
                    for (lr, decay), parameters in groups.items()
                ],
                lr=rate,
                fused=self.args.device.type in ("cpu", "cuda"),
            )
        return self.optimizer

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Measure the model on the validation part."""
        measured = self.validate(self.model)
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in measured.items()}
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """Write the weights of a checkpoint without asking the hub about the base."""
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_weights(self.accelerator.unwrap_model(self.model), folder)


class Reporting(TrainerCallback):  # type: ignore[misc]
    """Turn what ``Trainer`` does into events, and decide when to evaluate, save and stop."""

    def __init__(
        self,
        log: EventLog,
        plan: Plan,
        interruption: Interruption,
        *,
        checkpoint_s: float,
        is_alone: bool,
    ) -> None:
        self.log = log
        self.plan = plan
        self.interruption = interruption
        self.checkpoint_s = checkpoint_s
        self.is_alone = is_alone  # several processes must save at the same steps
        self.tokens_done = np.cumsum(plan.tokens)
        self.started = self.saved = time.monotonic()
        self.first_step = 0

    def on_train_begin(
        self, args: Any, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Start the clocks."""
        self.started = self.saved = time.monotonic()
        self.first_step = state.global_step

    def on_step_end(
        self, args: Any, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """Evaluate at the end; save when it is time, or when a stop was asked for."""
        if state.global_step >= state.max_steps:
            control.should_evaluate = control.should_log = True
        is_due = time.monotonic() - self.saved > self.checkpoint_s
        if self.is_alone and (is_due or self.interruption.is_requested):
            control.should_save = True
            control.should_training_stop |= self.interruption.is_requested
        return control

    def on_log(
        self,
        args: Any,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Report an update: loss, speed in tokens (padding not counted), and time left."""
        if not logs or "loss" not in logs:
            return
        step = state.global_step
        seconds = max(1e-9, time.monotonic() - self.started)
        before = int(self.tokens_done[self.first_step - 1]) if self.first_step else 0
        done, total = int(self.tokens_done[step - 1]), int(self.tokens_done[-1])
        speed = (done - before) / seconds
        self.log.emit(
            "step",
            step=step,
            steps=len(self.plan),
            epoch=round(self.plan.epoch_at(step), 3),
            loss=round(logs["loss"], 6),
            learning_rate=logs.get("learning_rate"),
            tokens=done,
            tokens_per_second=round(speed, 1),
            seconds_left=round((total - done) / speed, 1) if speed else None,
        )

    def on_evaluate(
        self,
        args: Any,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **_: Any,
    ) -> None:
        """Report the validation metrics."""
        values = {k.removeprefix("eval_"): v for k, v in (metrics or {}).items()}
        self.log.emit("evaluation", step=state.global_step, **values)

    def on_save(self, args: Any, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Report a checkpoint."""
        self.saved = time.monotonic()
        self.log.emit("checkpoint", step=state.global_step)
