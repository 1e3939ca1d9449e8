"""SentiLoRA's own sides: its presets, and full fine-tuning with the same loop and batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.common.flops import flops_per_token
from benchmarks.training.job import Job
from benchmarks.training.side import Contestant
from benchmarks.training.token_counter import TokenCounter
from sentilora.config import PRESETS, RunConfig, make_config
from sentilora.training.context.resolved_run import create_network, resolve
from sentilora.training.context.run_context import encode_part, open_run
from sentilora.training.training_loop import fit, make_plan

FULL_PRESET = "balanced"


def side_names() -> tuple[str, ...]:
    """Return the names of all sides of SentiLoRA; plain ``full`` has the texts of ``balanced``."""
    return ("full", *PRESETS, *(f"full-{preset}" for preset in PRESETS))


def config_of(job: Job) -> RunConfig:
    """Return the config of a side: a preset as it is, or with ``method = full``."""
    method, _, preset = job.side.partition("-")
    is_full = method == "full"
    settings: dict[str, Any] = {
        "base": job.base,
        "preset": (preset or FULL_PRESET) if is_full else job.side,
        "method": "full" if is_full else "lora",
        "seed": job.seed,
        "device": job.device,
        "output": str(job.folder),
        "name": job.side,
        "data.train": str(job.part("train")),
        "data.validation": str(job.part("validation")),
        "data.test": str(job.part("heldout")),
    }
    if job.max_tokens is not None:
        settings["text.max_tokens"] = job.max_tokens
    if job.epochs is not None:
        settings["training.epochs"] = job.epochs
    return make_config(settings)


def prepare(job: Job) -> Contestant:
    """Do what ``sentilora train`` does before ``fit``."""
    config = config_of(job)
    context = open_run(resolve(config))
    train = encode_part(context, "train", context.parts.train)
    validation = encode_part(context, "validation", context.parts.validation)
    network = create_network(context)
    counter = TokenCounter(network, context.encoder.pad_id)
    plan = make_plan(train.lengths, config)
    planned = np.cumsum(plan.tokens)

    def fit_with(pacer: Any) -> Any:
        return fit(network, train, validation, context, callbacks=[pacer]).model

    return Contestant(
        precision=context.precision,
        device=context.device,
        labels=context.labels,
        encoder=context.encoder,
        planned_tokens=planned,
        epoch_ends=tuple(int(step) for step in np.cumsum(plan.steps_per_epoch)),
        tokens_at=lambda step: int(planned[step - 1]) if step else 0,
        counter=counter,
        flops_per_token=flops_per_token(network, train.lengths),
        is_full=config.method == "full",
        train=fit_with,
        recipe={
            "what": f"sentilora, preset {config.preset}, method {config.method}",
            "rank": config.lora.rank if config.method == "lora" else None,
            "learning_rate": config.training.learning_rate,
            "max_tokens": config.text.max_tokens,
            "batch_rows": config.training.batch_rows,
            "batch_tokens": config.training.batch_tokens,
            "epochs": len(plan.steps_per_epoch),
            "rows": len(train),
        },
    )
