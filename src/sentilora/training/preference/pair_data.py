"""The pairs of a run: read, tokenised, and coupled to its labelled batches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.data.pairs.held_out import PairParts, part_pairs
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.data.pairs.preference_pairs import PairFile, Pairs
from sentilora.files import replacing
from sentilora.labels import poles_of
from sentilora.training.batches.encoded_examples import EncodedExamples, encode_table
from sentilora.training.preference.pair_batches import (
    EncodedPairs,
    PairCollator,
    PairedCollator,
    PairedPlan,
    PairLoss,
    reference_log_odds,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentilora.config import RunConfig
    from sentilora.data.labelled.examples import Parts
    from sentilora.model.tokens import TextEncoder
    from sentilora.training.batches.batch_plan import BatchPlan, Collator
    from sentilora.training.run_context import Ground

REFERENCE = "reference.npy"


def read_config_pairs(config: RunConfig, parts: Parts) -> PairParts | None:
    """Read the pairs that a config names, and keep from training what it may not see.

    Raises:
        DataError: they cannot be read or used.
        ConfigError: texts are graded, and the labels have no positive and negative side.
    """
    settings = config.pairs
    if settings.file is None:
        return None
    file = PairFile(settings.file, settings.columns, settings.texts, settings.key)
    labels = parts.train.labels
    pairs = read_pairs(file, labels=labels, skip_bad_rows=config.data.skip_bad_rows)
    if pairs.is_graded:
        poles_of(labels)
    return part_pairs(
        pairs,
        parts,
        share=settings.held_out_share,
        seed=config.seed,
        is_train_used=not settings.only,
    )


def encode_pair_texts(
    pairs: Pairs,
    encoder: TextEncoder,
    path: Path,
    progress: Callable[[int], None] | None = None,
) -> EncodedExamples:
    """Tokenise the different texts of pairs into a file; they have no labels, so all are 0."""
    no_labels = np.zeros(len(pairs.table), np.int64)
    return encode_table(pairs.table, no_labels, encoder, path, progress)


def couple(
    plan: BatchPlan, collator: Collator, texts: EncodedExamples, model: Any, ground: Ground
) -> tuple[PairedPlan, PairedCollator, PairLoss]:
    """Give every batch of labelled rows a batch of pairs; or give batches of pairs alone.

    Args:
        plan: of the labelled rows; not used when a run has only pairs.
        collator: of the labelled rows; likewise.
        texts: tokenised texts of the pairs to train on.
        model: as it is before training.
        ground: the run.
    """
    assert ground.pairs is not None
    config, processes = ground.config, ground.processes
    only = config.pairs.only
    reference, name = _reference(texts, model, ground)
    pairs = EncodedPairs(ground.pairs.train, texts, reference)
    paired = PairedPlan(None if only else plan, pairs, config)
    told = f"pairs: {len(pairs):,} {pairs.pairs.kind}, seen {paired.passes:.1f} times each"
    ground.log.emit("note", text=f"{told}{f'; reference {name}' if name else ''}")
    makes_pairs = PairCollator(pairs, ground.encoder, processes.rank, processes.world_size)
    return (
        paired,
        PairedCollator(None if only else collator, makes_pairs, paired.offset),
        PairLoss(ground.labels, config.pairs, processes.world_size),
    )


def plan_pairs(
    plan: BatchPlan, pairs: Pairs, encoder: TextEncoder, folder: Path, config: RunConfig
) -> PairedPlan:
    """Plan the batches of a training with pairs, without training.

    Args:
        plan: of the labelled rows.
        pairs: to train on.
        encoder: tokenises their texts.
        folder: takes the token file.
        config: of the run.
    """
    texts = encode_pair_texts(pairs, encoder, folder / "pairs.tokens")
    encoded = EncodedPairs(pairs, texts, np.zeros(len(pairs)))
    return PairedPlan(None if config.pairs.only else plan, encoded, config)


def reference_of(ground: Ground) -> str | None:
    """Name the frozen reference of label preferences: ``uniform`` or ``start``; None for graded.

    The model that training starts with has something to say only if its head was trained: when it
    comes from an adapter that knows all labels of the run.
    """
    if ground.pairs is None or ground.pairs.train.is_graded:
        return None
    asked = ground.config.pairs.reference
    if asked != "auto":
        return asked
    known = ground.start.labels.names if ground.start is not None else ()
    return "start" if set(ground.labels.names) <= set(known) else "uniform"


def _reference(texts: EncodedExamples, model: Any, ground: Ground) -> tuple[np.ndarray, str | None]:
    """Return the reference's log-odds, computed once a run, and its name."""
    assert ground.pairs is not None
    pairs, name = ground.pairs.train, reference_of(ground)
    if name != "start":
        return np.zeros(len(pairs)), name
    file, processes = ground.run.work / REFERENCE, ground.processes
    values = None
    if processes.is_main:
        if not file.is_file():
            ground.log.emit("phase", name="score pairs with the reference", total=None)
            found = reference_log_odds(
                model.to(ground.device),
                pairs,
                texts,
                ground.encoder,
                device=ground.device,
                precision=ground.precision,
            )
            with replacing(file) as stream:
                np.save(stream, found)
        values = np.load(file)
    shared = processes.share(values)
    assert shared is not None
    return shared, name
