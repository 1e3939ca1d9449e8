"""Batches of pairs, coupled to the labelled batches of a run; and their frozen reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.files import replacing
from sentilora.training.preference.pair_batches import (
    EncodedPairs,
    PairCollator,
    PairedCollator,
    PairedPlan,
    PairLoss,
    reference_log_odds,
)
from sentilora.training.preference.pair_data import encode_pair_texts

if TYPE_CHECKING:
    from sentilora.config import RunConfig
    from sentilora.data.pairs.preference_pairs import Pairs
    from sentilora.model.tokens import TextEncoder
    from sentilora.training.batches.batch_plan import BatchPlan, Collator
    from sentilora.training.batches.encoded_examples import EncodedExamples
    from sentilora.training.context.resolved_run import ResolvedRun
    from sentilora.training.context.run_context import RunContext

REFERENCE = "reference.npy"


def couple(
    plan: BatchPlan, collator: Collator, texts: EncodedExamples, model: Any, context: RunContext
) -> tuple[PairedPlan, PairedCollator, PairLoss]:
    """Give every batch of labelled rows a batch of pairs; or give batches of pairs alone.

    Args:
        plan: plan of the labelled rows; not used when a run has only pairs.
        collator: collator of the labelled rows; not used when a run has only pairs.
        texts: tokenised texts of the pairs to train on.
        model: model as it is before training.
        context: the run.
    """
    assert context.pairs is not None
    config, processes = context.config, context.processes
    only = config.pairs.only
    reference, name = _reference(texts, model, context)
    pairs = EncodedPairs(context.pairs.train, texts, reference)
    paired = PairedPlan(None if only else plan, pairs, config)
    told = f"pairs: {len(pairs):,} {pairs.pairs.kind}, seen {paired.passes:.1f} times each"
    context.log.emit("note", text=f"{told}{f'; reference {name}' if name else ''}")
    makes_pairs = PairCollator(pairs, context.encoder, processes.rank, processes.world_size)
    return (
        paired,
        PairedCollator(None if only else collator, makes_pairs, paired.offset),
        PairLoss(context.labels, config.pairs, processes.world_size),
    )


def plan_pairs(
    plan: BatchPlan, pairs: Pairs, encoder: TextEncoder, folder: Path, config: RunConfig
) -> PairedPlan:
    """Plan the batches of a training with pairs, without training.

    Args:
        plan: plan of the labelled rows.
        pairs: pairs to train on.
        encoder: encoder that tokenises their texts.
        folder: folder that takes the token file.
        config: config of the run.
    """
    texts = encode_pair_texts(pairs, encoder, folder / "pairs.tokens")
    encoded = EncodedPairs(pairs, texts, np.zeros(len(pairs)))
    return PairedPlan(None if config.pairs.only else plan, encoded, config)


def reference_of(resolved: ResolvedRun) -> str | None:
    """Name the frozen reference of label preferences: ``uniform`` or ``start``; None for graded.

    The model that training starts with has something to say only if its head was trained: when it
    comes from an adapter that knows all labels of the run.
    """
    if resolved.pairs is None or resolved.pairs.train.is_graded:
        return None
    asked = resolved.config.pairs.reference
    if asked != "auto":
        return asked
    known = resolved.start.labels.names if resolved.start is not None else ()
    return "start" if set(resolved.labels.names) <= set(known) else "uniform"


def _reference(
    texts: EncodedExamples, model: Any, context: RunContext
) -> tuple[np.ndarray, str | None]:
    """Return the reference's log-odds, computed once a run, and its name."""
    assert context.pairs is not None
    pairs, name = context.pairs.train, reference_of(context)
    if name != "start":
        return np.zeros(len(pairs)), name
    file, processes = context.run.work / REFERENCE, context.processes
    values = None
    if processes.is_main:
        if not file.is_file():
            context.log.emit("phase", name="score pairs with the reference", total=None)
            found = reference_log_odds(
                model.to(context.device),
                pairs,
                texts,
                context.encoder,
                device=context.device,
                precision=context.precision,
            )
            with replacing(file) as stream:
                np.save(stream, found)
        values = np.load(file)
    shared = processes.share(values)
    assert shared is not None
    return shared, name
