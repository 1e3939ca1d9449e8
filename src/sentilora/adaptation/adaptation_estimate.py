"""What an adaptation would take: counted and measured, nothing kept."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sentilora.adaptation.adaptation_config import make_adapt_config
from sentilora.adaptation.adaptation_context import (
    AdaptationContext,
    describe_data,
    read_texts,
    resolve_adaptation,
)
from sentilora.adaptation.objective import WordModel
from sentilora.adaptation.pretraining import Material, make_optimizer, update
from sentilora.runs.cost import peak_memory_bytes


def estimate_adaptation(base: str, texts: Sequence[str | Path], **settings: Any) -> dict[str, Any]:
    """Count texts and tokens, and time two updates; nothing is kept.

    Raises:
        ConfigError, DataError, DeviceError, ModelError: as an adaptation would.
    """
    config = make_adapt_config({**settings, "base": base, "texts": [str(text) for text in texts]})
    context = resolve_adaptation(config)
    corpus = read_texts(config)
    with tempfile.TemporaryDirectory() as folder:
        windows = context.encode(corpus, Path(folder))
        material, schedule = context.material(windows), context.schedule(windows)
        model = context.model(windows)
        speed = _speed(context, model, material)
    tokens_in_pass = int(schedule.lengths.sum())
    steps_in_pass = len(schedule.plan(0))
    seconds = [] if config.minutes is None else [config.minutes * 60]
    if schedule.steps is not None:
        seconds.append(schedule.steps / steps_in_pass * tokens_in_pass / speed)
    tokens = round(min(seconds) * speed)
    return {
        "config": config.model_dump(exclude_none=True),
        "data": describe_data(corpus),
        "windows": len(windows.is_held_out),
        "held_out_texts": windows.held_out_texts,
        "tokens_in_pass": tokens_in_pass,
        "device": context.device.type,
        "precision": context.precision,
        "head": "the base's own" if model.head.is_own else "fresh",
        "learning_rate": context.recipe(model).learning_rate,
        "parameters": sum(p.numel() for p in model.encoder.parameters()),
        "steps": round(steps_in_pass * tokens / tokens_in_pass),
        "tokens": tokens,
        "epochs": round(tokens / tokens_in_pass, 3),
        "tokens_per_second": round(speed, 1),
        "seconds": round(min(seconds), 1),
        "memory_bytes": peak_memory_bytes(context.device.type),
        "disk_bytes": context.needed_bytes(corpus.counts.kept),
    }


def _speed(context: AdaptationContext, model: WordModel, material: Material) -> float:
    """Return real tokens per second of two updates of typical size, after one to warm up."""
    plan = context.schedule(material.windows).plan(0)
    typical = sorted(plan, key=lambda rows: int(material.windows.lengths[rows].sum()))
    rows = material.train[typical[len(plan) // 2]]
    recipe = context.recipe(model)
    optimizer = make_optimizer(model, recipe)
    model.train()
    tokens, started = 0, 0.0
    for number in range(3):
        if number == 1:
            started = time.monotonic()
        batch = material.batch(rows, number).to(context.device)
        update(model, batch, optimizer, 0.0, recipe.max_grad_norm)
        tokens += batch.tokens if number else 0
    return tokens / max(1e-9, time.monotonic() - started)
