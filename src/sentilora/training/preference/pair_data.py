"""The pairs of a run, read and tokenised."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sentilora.data.pairs.held_out import PairParts, part_pairs
from sentilora.data.pairs.pair_reader import read_pairs
from sentilora.data.pairs.preference_pairs import PairFile, Pairs
from sentilora.labels import poles_of
from sentilora.training.batches.encoded_examples import EncodedExamples, encode_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentilora.config import RunConfig
    from sentilora.data.labelled.examples import Parts
    from sentilora.model.tokens import TextEncoder


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
