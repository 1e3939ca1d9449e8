"""A cascade: the first stage answers what it may, the network reads the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sentilora.inference.engines import Engine
from sentilora.inference.scoring import (
    BATCH_TOKENS,
    Progress,
    Scored,
    find_repeats,
    score_windows,
)
from sentilora.model.firststage import FirstStage
from sentilora.model.probabilities import Calibration, softmax
from sentilora.model.tokens import TextEncoder


def score_in_stages(
    stage: FirstStage,
    engine: Engine,
    encoder: TextEncoder,
    texts: Sequence[str],
    calibration: Calibration,
    *,
    batch_tokens: int = BATCH_TOKENS,
    progress: Progress | None = None,
) -> Scored:
    """Compute the logits of texts, those of easy ones by the first stage.

    Args:
        stage: the first stage.
        engine: what computes the network.
        encoder: tokenizer with its text rule.
        texts: any number.
        calibration: of the network; logits of the first stage, which has one of its own, are
            such that this one turns them into the first stage's probabilities.
        batch_tokens: padded tokens per batch of the network at most.
        progress: called with the number of texts each time some are done.

    Returns:
        As :func:`score_texts`. The first stage reads whole texts, so none of its texts is cut.
    """
    unique, owners = find_repeats(texts)
    tokens = encoder.tokenise(unique)
    first = stage.logits(tokens)
    early = softmax(first).max(axis=1, initial=0) >= stage.threshold
    repeats = np.bincount(owners, minlength=len(unique))
    if progress is not None and early.any():
        progress(int(repeats[early].sum()))
    rest = np.flatnonzero(~early)
    encoded = encoder.cut([tokens[row] for row in rest.tolist()])
    logits = calibration.unscale(first).astype(np.float32)
    logits[rest] = score_windows(
        engine,
        encoded.windows,
        encoder,
        batch_tokens=batch_tokens,
        progress=progress and (lambda batch: progress(int(repeats[rest[batch]].sum()))),
    )
    truncated = np.zeros(len(unique), dtype=bool)
    truncated[rest] = encoded.truncated
    return Scored(logits[owners], truncated[owners].tolist(), encoded.tokens, early[owners])
