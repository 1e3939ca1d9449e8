"""What a training would take: counted and measured, nothing written."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from sentilora.config import RunConfig
from sentilora.inference.engines.device import autocast
from sentilora.model.classifier import count_parameters
from sentilora.model.quick.quick_blocks import quick_blocks
from sentilora.model.tokens import TextEncoder, average_windows
from sentilora.runs.cost import peak_memory_bytes
from sentilora.runs.memory import keep_freed_memory
from sentilora.training.batches.batch_plan import Collator
from sentilora.training.batches.encoded_examples import EncodedExamples, encode_examples
from sentilora.training.context.resolved_run import create_network, resolve
from sentilora.training.context.run_context import needed_bytes
from sentilora.training.coupled_batches import plan_pairs
from sentilora.training.preference.pair_batches import Plan
from sentilora.training.training_loop import make_plan


def estimate(config: RunConfig) -> dict[str, Any]:
    """Resolve everything, tokenise, and time two real updates on batches of typical size.

    Raises:
        ConfigError, DataError, ModelError, DeviceError: as training would.
    """
    resolved = resolve(config)
    config, parts, pairs = resolved.config, resolved.parts, resolved.pairs
    encoder, device, precision = resolved.encoder, resolved.device, resolved.precision
    with tempfile.TemporaryDirectory() as folder:
        train = encode_examples(parts.train, encoder, Path(folder) / "train.tokens")
        rows = make_plan(train.lengths, config)
        plan: Plan = rows
        if pairs is not None:
            plan = plan_pairs(rows, pairs.train, encoder, Path(folder), config)
        model = create_network(resolved).to(device)
        batches = list(rows)
        typical = np.argsort(rows.tokens)[len(rows) // 2]
        keep_freed_memory()
        with quick_blocks(model):
            tokens_per_second = _speed(
                model, [batches[typical]] * 2, train, encoder, device, precision
            )
    trainable, total = count_parameters(model)
    tokens = int(plan.tokens.sum())
    # Beside what the two updates needed: two moments a trainable weight.
    memory = peak_memory_bytes(device.type) + trainable * 8
    return {
        "config": config.model_dump(exclude_none=True),
        "rows": {
            "train": len(parts.train),
            "validation": len(parts.validation),
            "test": len(parts.test),
        },
        "left_out": sum(len(part.skipped) for part in (parts.train, parts.validation, parts.test)),
        "label_counts": parts.train.counts(),
        **({"pairs": len(pairs.train)} if pairs is not None else {}),
        "truncated_share": train.truncated_share,
        "device": device.type,
        "precision": precision,
        "steps": len(plan),
        "epochs": len(plan.steps_per_epoch),
        "tokens": tokens,
        "trainable_parameters": trainable,
        "total_parameters": total,
        "tokens_per_second": round(tokens_per_second, 1),
        "training_s": round(tokens / tokens_per_second, 1),
        "memory_bytes": memory,
        "disk_bytes": needed_bytes(resolved),
        "notes": list(parts.notes),
    }


def _speed(
    model: Any,
    batches: list[list[int]],
    examples: EncodedExamples,
    encoder: TextEncoder,
    device: Any,
    precision: str,
) -> float:
    """Return real tokens per second of forward and backward, after one warm-up."""
    import torch

    collate = Collator(examples, encoder, np.ones(int(examples.label_ids.max()) + 1))
    model.train()
    tokens, started = 0, 0.0
    for number, batch in enumerate([batches[0], *batches]):
        if number == 1:
            started = time.monotonic()
        inputs = {name: tensor.to(device) for name, tensor in collate(batch).items()}
        with autocast(device, precision):
            out = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        logits = average_windows(out.logits.float(), inputs["windows"].tolist())
        loss = torch.nn.functional.cross_entropy(logits, inputs["labels"])
        loss.backward()  # type: ignore[no-untyped-call]
        if number:
            tokens += int(inputs["attention_mask"].sum())
    if device.type == "cuda":
        torch.cuda.synchronize()
    return tokens / max(1e-9, time.monotonic() - started)
