"""A cascade: the first stage answers what it may, the network reads the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sentilora.inference.engines.engine import Engine
from sentilora.inference.scoring import Piece, Progress, Scored, score_pieces
from sentilora.inference.token_budget import BatchBudget
from sentilora.model.first_stage import FirstStage
from sentilora.model.probabilities import Calibration, softmax
from sentilora.model.tokens import TextEncoder


def score_in_stages(
    stage: FirstStage,
    engine: Engine,
    encoder: TextEncoder,
    texts: Sequence[str],
    calibration: Calibration,
    *,
    budget: BatchBudget | None = None,
    progress: Progress | None = None,
) -> Scored:
    """Compute the logits of texts, those of easy ones by the first stage.

    Args:
        stage: first stage of the cascade.
        engine: engine that computes the network.
        encoder: tokenizer with its text rule.
        texts: the texts, any number.
        calibration: calibration of the network; logits of the first stage, which has one of its
            own, are such that this one turns them into the first stage's probabilities.
        budget: largest number of padded tokens in a batch of the network; ``BATCH_TOKENS`` when
            None.
        progress: function that is called with the number of texts each time some are done.

    Returns:
        As :func:`score_texts`. The first stage reads whole texts, so none of its texts is cut.
    """

    def prepare(piece: list[str]) -> Piece:
        tokens = encoder.tokenise(piece)
        logits, early = answer_early(stage, tokens, calibration)
        rest = encoder.cut([tokens[row] for row in np.flatnonzero(~early).tolist()])
        return Piece(rest, encoder.unknown_shares(tokens), (logits, early))

    return score_pieces(engine, encoder, texts, prepare, budget=budget, progress=progress)


def answer_early(
    stage: FirstStage, tokens: Sequence[Sequence[int]], calibration: Calibration
) -> tuple[np.ndarray, np.ndarray]:
    """Let the first stage read the token ids of N whole texts.

    Returns:
        ``(N, C)`` float32 logits, such that the network's ``calibration`` turns them into the first
        stage's probabilities, and ``(N,)`` bool, which of the texts it may answer.
    """
    first = stage.logits(tokens)
    early = softmax(first).max(axis=1, initial=0) >= stage.threshold
    return calibration.unscale(first).astype(np.float32), early
