"""Which tokens of a batch are hidden, and what stands in their place.

As BERT does it (Devlin et al. 2019, arXiv:1810.04805): of the chosen tokens 80 % become the mask
token, 10 % a random one, 10 % stay. Special tokens are never chosen. Whole words can be chosen
instead of single tokens, and words of a sentiment lexicon more often than others (after Gu et al.
2020, arXiv:2004.09733, and Tian et al. 2020, arXiv:2005.05635).

Choices depend on seed and step alone, so that a resumed run hides what the killed one would have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sentilora.errors import ModelError

MASKED, RANDOM = 0.8, 0.1
_STARTS = ("Ġ", "▁")  # how byte-level BPE and SentencePiece mark the first piece of a word
_GOES_ON = "##"  # how WordPiece marks all others


@dataclass(frozen=True)
class Vocabulary:
    """What masking has to know about each token of a vocabulary.

    Attributes:
        mask_id: id of the mask token.
        is_special: ``(V,)`` whether a token is never hidden.
        starts_word: ``(V,)`` whether a token begins a word.
        is_sentiment: ``(V,)`` whether a token is a whole word of the sentiment lexicon.
        ordinary: ids of the tokens that may stand in for others.
    """

    mask_id: int
    is_special: npt.NDArray[np.bool_]
    starts_word: npt.NDArray[np.bool_]
    is_sentiment: npt.NDArray[np.bool_]
    ordinary: npt.NDArray[np.int64]


@dataclass(frozen=True)
class MaskingRule:
    """How much is hidden, and what.

    Attributes:
        share: share of the ordinary tokens to hide, in ``(0, 1)``.
        whole_words: whether all pieces of a word are hidden, or none.
        sentiment_weight: weight of words of the sentiment lexicon, which are chosen this many times
            as often as others; the share of all tokens stays the same.
    """

    share: float
    whole_words: bool = False
    sentiment_weight: float = 1.0


@dataclass(frozen=True)
class Masked:
    """A batch with hidden tokens.

    Attributes:
        input_ids: ``(B, T)`` token ids that the encoder reads.
        positions: ``(M,)`` flat places of the chosen tokens, at least one.
        targets: ``(M,)`` ids of the tokens that stood there.
    """

    input_ids: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]


def describe_vocabulary(tokenizer: Any) -> Vocabulary:
    """Look at each token of a tokenizer once.

    Raises:
        ModelError: the tokenizer has no mask token.
    """
    if tokenizer.mask_token_id is None:
        raise ModelError(
            "The tokenizer of this base has no mask token, so words cannot be hidden from the "
            "encoder. Choose another base: minilm, distilbert, bert, roberta or modernbert."
        )
    size = len(tokenizer)
    tokens: list[str] = [token or "" for token in tokenizer.convert_ids_to_tokens(range(size))]
    is_special = np.zeros(size, np.bool_)
    is_special[list(tokenizer.all_special_ids)] = True
    if any(token.startswith(_GOES_ON) for token in tokens):
        starts_word = np.array([not token.startswith(_GOES_ON) for token in tokens])
    elif any(token.startswith(_STARTS) for token in tokens):
        starts_word = np.array([token.startswith(_STARTS) for token in tokens])
    else:
        starts_word = np.ones(size, np.bool_)
    lexicon = _sentiment_words()
    return Vocabulary(
        mask_id=int(tokenizer.mask_token_id),
        is_special=is_special,
        starts_word=starts_word | is_special,
        is_sentiment=starts_word & np.array([_bare(token) in lexicon for token in tokens]),
        ordinary=np.flatnonzero(~is_special),
    )


def mask_batch(
    input_ids: npt.NDArray[np.int64],
    attention_mask: npt.NDArray[np.int64],
    vocabulary: Vocabulary,
    rule: MaskingRule,
    rng: np.random.Generator,
) -> Masked:
    """Choose tokens of a padded batch and hide them.

    Args:
        input_ids: ``(B, T)`` token ids of the texts.
        attention_mask: ``(B, T)`` 1 where there is a token, 0 on padding.
        vocabulary: vocabulary of the tokenizer.
        rule: rule that says how much is hidden, and what.
        rng: random generator that decides; the same state gives the same batch.
    """
    can_hide = (attention_mask > 0) & ~vocabulary.is_special[input_ids]
    weights = np.where(vocabulary.is_sentiment[input_ids], rule.sentiment_weight, 1.0)
    units = _units(input_ids, vocabulary, rule.whole_words)
    drawn = rng.random(units.max() + 1)
    if rule.whole_words:  # a word has the weight of its first piece
        first = np.unique(units, return_index=True)[1]
        weights = weights.ravel()[first][units]
    eligible = weights[can_hide]
    scale = rule.share * len(eligible) / max(1e-9, eligible.sum())
    chosen = can_hide & (drawn[units] < weights * scale)
    if not chosen.any():
        chosen.flat[int(np.argmax(can_hide))] = True  # nothing to learn from otherwise
    positions = np.flatnonzero(chosen)
    targets = input_ids.ravel()[positions]
    kinds = rng.random(len(positions))
    instead = np.where(
        kinds < MASKED,
        vocabulary.mask_id,
        np.where(kinds < MASKED + RANDOM, rng.choice(vocabulary.ordinary, len(positions)), targets),
    )
    hidden = input_ids.copy()
    hidden.flat[positions] = instead
    return Masked(hidden, positions, targets)


def _units(
    input_ids: npt.NDArray[np.int64], vocabulary: Vocabulary, whole_words: bool
) -> npt.NDArray[np.int64]:
    """Number what is chosen together, ``(B, T)``: tokens, or the words they belong to."""
    if not whole_words:
        return np.arange(input_ids.size).reshape(input_ids.shape)
    begins = vocabulary.starts_word[input_ids]
    begins[:, 0] = True
    # What follows a special token begins a word, also where BPE gives it no mark.
    begins[:, 1:] |= vocabulary.is_special[input_ids[:, :-1]]
    return np.asarray(np.cumsum(begins.ravel()).reshape(input_ids.shape) - 1)


def _sentiment_words() -> frozenset[str]:
    """Return the words of VADER's lexicon (Hutto & Gilbert 2014), English."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return frozenset(word for word in SentimentIntensityAnalyzer().lexicon if word.isalpha())


def _bare(token: str) -> str:
    return token.lstrip("".join(_STARTS)).lower()
