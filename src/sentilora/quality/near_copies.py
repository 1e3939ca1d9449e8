"""Texts that are nearly the same: edited, cut, quoted again, or with other punctuation.

Two texts are near copies when the sets of their groups of four characters, upper and lower case
and punctuation aside, have a Jaccard similarity of at least :data:`SIMILAR`. Pairs that may be are
found by MinHash in bands (Broder 1997, "On the resemblance and containment of documents"), and each
is compared exactly before it counts. Texts of fewer than :data:`SHORT` characters are copies only
when all of their letters and digits are the same.

Not covered: the same said in other words, and a short text that is quoted within a long one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sentilora.data.same_text import fold, hashes, numbered

SIMILAR = 0.7
SHORT = 30  # characters; in shorter texts a single other word is another text
_GRAM = 4
_BANDS, _BAND_ROWS = 24, 4  # pairs of similarity 0.7 are met with 99.8 %, of 0.3 with 18 %
_SEED = 13
_AT_ONCE = 4_000_000  # characters
_PAIRS_AT_ONCE = 50_000
_KEPT = 5000  # texts whose groups of characters are kept for the next comparison
_OTHER = re.compile(r"[\W_]+")

Grams = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Copies:
    """For each text, which earlier one it is a copy of.

    Attributes:
        original: ``(N,)`` int64, place of the earlier text; a text that is none has its own place.
        similarity: ``(N,)`` float64, Jaccard similarity with it, 0 to 1; 1 where all letters and
            digits are the same.
        is_equal: ``(N,)`` bool, whether all letters and digits are those of the earlier text.
        same: ``(N,)`` int64, place of the first text with all the same letters and digits.
    """

    original: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]
    is_equal: npt.NDArray[np.bool_]
    same: npt.NDArray[np.int64]


def find_copies(texts: Sequence[str], similar: float = SIMILAR) -> Copies:
    """Find the copies among texts; of several that are alike the first one is no copy.

    Args:
        texts: N texts.
        similar: least Jaccard similarity of near copies.
    """
    plain = [_plain(text) for text in texts]
    numbers = numbered(hashes(plain))
    _, first_of = np.unique(numbers, return_index=True)
    same = first_of[numbers].astype(np.int64)
    original = same.copy()
    similarity = np.ones(len(texts))
    is_equal = np.ones(len(texts), np.bool_)
    long = np.sort(first_of[[len(plain[place]) >= SHORT for place in first_of]])
    for place, (twin, alike) in _near([plain[place] for place in long], similar).items():
        members = np.flatnonzero(original == long[place])
        original[members] = long[twin]
        similarity[members], is_equal[members] = alike, False
    return Copies(original, similarity, is_equal, same)


def _plain(text: str) -> str:
    """Return what is compared; signs alone, such as emoji, are compared as they stand."""
    folded = fold(text)
    return _OTHER.sub(" ", folded).strip() or folded


def _near(texts: Sequence[str], similar: float) -> dict[int, tuple[int, float]]:
    """Return for places of near copies the place of an earlier text, and how similar it is."""
    if len(texts) < 2:
        return {}
    signatures = _signatures(texts)
    earlier: dict[int, list[int]] = {}
    for first, second in _likely(signatures, _candidates(signatures), similar).tolist():
        earlier.setdefault(max(first, second), []).append(min(first, second))
    known: dict[int, Grams] = {}
    found: dict[int, tuple[int, float]] = {}
    for place in sorted(earlier):
        own = _grams_of(texts, place, known)
        twins = {found[other][0] if other in found else other for other in earlier[place]}
        alike, twin = max((_jaccard(_grams_of(texts, one, known), own), -one) for one in twins)
        if alike >= similar:
            found[place] = (-twin, alike)
    return found


def _likely(
    signatures: npt.NDArray[np.uint32], pairs: npt.NDArray[np.int64], similar: float
) -> npt.NDArray[np.int64]:
    """Return the pairs whose signatures do not speak against them, by four standard deviations."""
    count = signatures.shape[1]
    least = similar - 4 * (similar * (1 - similar) / count) ** 0.5
    agree = np.empty(len(pairs))
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        some = pairs[start : start + _PAIRS_AT_ONCE]
        equal = signatures[some[:, 0]] == signatures[some[:, 1]]
        agree[start : start + _PAIRS_AT_ONCE] = equal.mean(axis=1)
    likely: npt.NDArray[np.int64] = pairs[agree >= least]
    return likely


def _grams(text: str) -> Grams:
    """Return a number for each group of four characters, in order, ``(len(text) - 3,)``."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    found = codes[: len(codes) - _GRAM + 1].copy()
    for shift in range(1, _GRAM):
        found *= np.uint64(0x1F_FFF1)
        found += codes[shift : len(codes) - _GRAM + 1 + shift]
    found *= np.uint64(0x9E37_79B9_7F4A_7C15)
    found ^= found >> np.uint64(29)
    return found


def _grams_of(texts: Sequence[str], place: int, known: dict[int, Grams]) -> Grams:
    if place not in known:
        if len(known) >= _KEPT:
            known.clear()
        known[place] = np.unique(_grams(texts[place]))
    return known[place]


def _jaccard(first: Grams, second: Grams) -> float:
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)


def _signatures(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return ``(N, 96)`` uint32: the least of each random order of the groups of a text."""
    rng = np.random.default_rng(_SEED)
    count = _BANDS * _BAND_ROWS
    factors = rng.integers(0, 2**63, count, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    terms = rng.integers(0, 2**63, count, dtype=np.uint64)
    found = np.empty((len(texts), count), np.uint32)
    start, characters = 0, 0
    for place, text in enumerate(texts):
        characters += len(text)
        if characters < _AT_ONCE and place + 1 < len(texts):
            continue
        grams = [_grams(one) for one in texts[start : place + 1]]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in grams])[:-1]])
        whole = np.concatenate(grams)
        for column, (factor, term) in enumerate(zip(factors, terms, strict=True)):
            order = ((whole * factor + term) >> np.uint64(32)).astype(np.uint32)
            found[start : place + 1, column] = np.minimum.reduceat(order, starts)
        start, characters = place + 1, 0
    return found


def _candidates(signatures: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Return pairs of texts that agree in a band, ``(P, 2)``: of more than two, neighbours."""
    parts = np.split(np.ascontiguousarray(signatures), _BANDS, axis=1)
    keys = [np.unique(part, axis=0, return_inverse=True)[1].ravel() for part in parts]
    pairs = []
    for band, own in enumerate(keys):
        # Where a band says little, those that agree in the next one, too, stand side by side.
        order = np.lexsort((keys[band - 1], own))
        is_next = np.flatnonzero(own[order[1:]] == own[order[:-1]])
        pairs.append(np.stack([order[is_next], order[is_next + 1]], axis=1))
    return np.unique(np.concatenate(pairs), axis=0).astype(np.int64)
