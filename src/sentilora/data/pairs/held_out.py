"""Which pairs may be trained on, and which are kept back to measure with.

The labelled parts come first: a text of validation or test is never trained on, in a pair as little
as with its label. Pairs that are kept back share no text with anything that is trained on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sentilora.data.labelled.examples import Examples, Parts
from sentilora.data.pairs.preference_pairs import Pairs
from sentilora.errors import DataError
from sentilora.message import setting

MOST_HELD_OUT = 2000  # more pairs than that are not worth the time of scoring them

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PairParts:
    """The pairs of a run.

    Attributes:
        train: pairs to learn from.
        held_out: pairs to measure with, which the training has not seen in any form; may be empty.
        notes: remarks for the user on what became of the other pairs.
    """

    train: Pairs
    held_out: Pairs
    notes: tuple[str, ...]


def part_pairs(
    pairs: Pairs, parts: Parts, *, share: float, seed: int, is_train_used: bool = True
) -> PairParts:
    """Divide pairs into those to train on and those to measure with.

    A pair with a text of the validation or test part is not trained on. It is held out, unless the
    training sees its other text. If these are fewer than ``share`` of the pairs, more are held out:
    at random, and all pairs that hang together by their texts at once. Texts are the same when they
    differ only in case and white space.

    Args:
        pairs: the pairs as they were read.
        parts: the labelled data of the run, by part.
        share: share of the pairs to hold out, in ``[0, 1)``; 0 holds out none beside those above.
        seed: seed of the random choice.
        is_train_used: whether the labelled train part is trained on as well.

    Raises:
        DataError: no pair is left to train on.
    """
    in_train = _touches(pairs, parts.train) if is_train_used else np.zeros(len(pairs), np.bool_)
    in_validation, in_test = _touches(pairs, parts.validation), _touches(pairs, parts.test)
    is_open = ~in_validation & ~in_test
    wanted = round(share * len(pairs)) - int((~is_open & ~in_train).sum())
    chosen = _choose(pairs, is_open, in_train, wanted, seed)
    trained = is_open & ~chosen
    if not trained.any():
        raise DataError(
            f"{pairs.source}: none of {len(pairs):,} pairs is left to train on. Found: "
            f"{int(in_test.sum()):,} with a text of the test part, {int(in_validation.sum()):,} "
            "with one of the validation part. Give pairs of other texts, or keep whole products or "
            f"customers in one part with {setting('group', 'COL')}."
        )
    seen = np.zeros(len(pairs.keys), np.bool_)
    seen[pairs.sides[trained]] = True
    seen = np.isin(pairs.keys, pairs.keys[seen])  # by hash: other spellings of a text are seen too
    held_out = ~trained & ~in_train & ~seen[pairs.sides].any(axis=1)
    lost = ~trained & ~held_out
    notes = [f"pairs: {int(trained.sum()):,} to train on, {int(held_out.sum()):,} held out"]
    if lost.any():
        of_test, of_validation = (
            int((lost & x).sum()) for x in (in_test, in_validation & ~in_test)
        )
        notes.append(
            f"pairs: {int(lost.sum()):,} left out, as a text of theirs stands in test "
            f"({of_test:,}) or validation ({of_validation:,}) and one is seen in training"
        )
    places = np.flatnonzero(held_out)
    if len(places) > MOST_HELD_OUT:
        places = np.sort(np.random.default_rng(seed).choice(places, MOST_HELD_OUT, replace=False))
        notes.append(f"pairs: {MOST_HELD_OUT:,} of the held-out ones are measured")
    return PairParts(
        pairs.select(np.flatnonzero(trained)), pairs.select(places), (*pairs.notes, *notes)
    )


def _touches(pairs: Pairs, examples: Examples) -> Flags:
    """Tell which pairs have a text of the examples, ``(P,)``."""
    is_there = np.isin(pairs.keys, examples.text_hashes())
    return np.asarray(is_there[pairs.sides].any(axis=1))


def _choose(pairs: Pairs, is_open: Flags, in_train: Flags, wanted: int, seed: int) -> Flags:
    """Choose about ``wanted`` open pairs, in whole units without a labelled train text."""
    chosen = np.zeros(len(pairs), np.bool_)
    places = np.flatnonzero(is_open)
    if wanted <= 0 or not len(places):
        return chosen
    units = pairs.select(places).units()
    sizes = np.bincount(units)
    is_taken = np.bincount(units, weights=in_train[places], minlength=len(sizes)) > 0
    left = float(wanted)
    picked = np.zeros(len(sizes), np.bool_)
    for unit in np.random.default_rng(seed).permutation(len(sizes)):
        if not is_taken[unit] and sizes[unit] <= left:
            picked[unit] = True
            left -= sizes[unit]
    chosen[places[picked[units]]] = True
    return chosen
