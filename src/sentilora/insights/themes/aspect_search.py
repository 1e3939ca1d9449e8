"""Aspects that were asked for by name: which statements speak of them.

A statement speaks of an aspect when it is near to the aspect's name in the topic space; words make
it nearer. As a name says little, it learns from the statements that are nearest to it (J. Rocchio,
1971, with the best as feedback): its direction is moved towards them, and the words that they hold
more often than the others count like those of the name, such as "polite" for "attitude of staff".
Settings were chosen on 2,000 train rows of FABSA, by the names of its 12 aspects alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.themes.quotes import choose_quotes
from sentilora.insights.themes.terms import is_content, stem, words_in
from sentilora.insights.themes.topic_space import TopicSpace, fit_space, unit

NEAR = 0.25  # cosine, from which a statement speaks of an aspect
WORD = 0.15  # cosine that a word of the name is worth, and a word that was learned
ROUNDS = 3
FEEDBACK = 0.015  # of the statements
LEARNED = 8  # words, at most
_FEWEST = 3
_ROWS = 8192


@dataclass(frozen=True)
class FoundAspects:
    """Which statements speak of which aspect.

    Attributes:
        names: A names.
        speaks: ``(S, A)`` bool.
        likeness: how near each statement is, ``(S, A)`` float32.
        quotes: indices of statements to show for each aspect, most typical first.
    """

    names: tuple[str, ...]
    speaks: NDArray[np.bool_]
    likeness: NDArray[np.float32]
    quotes: tuple[tuple[int, ...], ...]

    @property
    def nearest(self) -> list[str | None]:
        """Name of the aspect that each statement is nearest to; None where it speaks of none."""
        best = np.where(self.speaks, self.likeness, -np.inf).argmax(axis=1)
        spoken = np.asarray(self.speaks.any(axis=1))
        names = np.array([*self.names, None], dtype=object)
        found: list[str | None] = names[np.where(spoken, best, len(self.names))].tolist()
        return found


def find_aspects(
    names: Sequence[str],
    name_vectors: NDArray[np.float32],
    vectors: NDArray[np.float32],
    words: Sequence[str],
    text_index: NDArray[np.int64],
) -> FoundAspects:
    """Find the statements that speak of aspects.

    Args:
        names: A names of aspects, such as ``delivery`` or ``price, value for money``.
        name_vectors: vectors of the names, ``(A, D)`` float32 of length 1.
        vectors: of S statements, ``(S, D)`` float32 of length 1.
        words: S statements.
        text_index: index of each statement's text, ``(S,)``.
    """
    space = fit_space(vectors, np.ones(len(vectors)))
    said = WordIndex(words)
    named = unit(name_vectors - space.mean)
    held = said.of_names(names)
    directions, learned = named, np.zeros_like(held)
    many = max(_FEWEST, round(FEEDBACK * len(vectors)))
    for _ in range(ROUNDS):
        likeness = _likeness(vectors, space, directions) + WORD * (held + learned)
        nearest = likeness.argmax(axis=1)
        moved, telling = named.copy(), []
        for place in range(len(names)):
            own = np.flatnonzero(nearest == place)
            best = own[np.argsort(-likeness[own, place], kind="stable")[:many]]
            telling.append(said.telling(best))
            if len(best):
                moved[place] += unit(space.turned(vectors[best]).mean(axis=0, keepdims=True))[0]
        directions, learned = unit(moved), said.holding(telling)
    likeness = _likeness(vectors, space, directions) + WORD * (held + learned)
    speaks = likeness > NEAR
    quotes = []
    for place in range(len(names)):
        members = np.flatnonzero(speaks[:, place])
        own = likeness[members, place]
        quotes.append(choose_quotes(members, own, vectors[members], text_index, words))
    return FoundAspects(tuple(names), speaks, likeness, tuple(quotes))


def _likeness(
    vectors: NDArray[np.float32], space: TopicSpace, directions: NDArray[np.float32]
) -> NDArray[np.float32]:
    parts = [space.turned(block) @ directions.T for block in _blocks(vectors)]
    likeness: NDArray[np.float32] = np.concatenate(parts).astype(np.float32)
    return likeness


def _blocks(vectors: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(vectors), _ROWS):
        yield vectors[start : start + _ROWS]


class WordIndex:
    """Which statement holds which word of content, by stems."""

    def __init__(self, words: Sequence[str]) -> None:
        from scipy.sparse import csr_matrix

        rows = [{stem(word) for word in words_in(said) if is_content(word)} for said in words]
        self._index: dict[str, int] = {}
        columns = [
            self._index.setdefault(word, len(self._index)) for row in rows for word in sorted(row)
        ]
        ends = np.cumsum([0, *map(len, rows)])
        shape = (len(rows), max(1, len(self._index)))
        self._held = csr_matrix((np.ones(len(columns)), columns, ends), shape=shape)
        self._counts = np.asarray(self._held.sum(axis=0)).ravel()
        self._stems = list(self._index)

    def of_names(self, names: Sequence[str]) -> NDArray[np.float32]:
        """Return 1 where a statement holds a word of a name, ``(S, A)`` float32."""
        return self.holding([{stem(word) for word in words_in(name)} for name in names])

    def holding(self, wanted: Sequence[set[str]]) -> NDArray[np.float32]:
        """Return 1 where a statement holds one of the words, ``(S, A)`` float32."""
        found = np.zeros((self._held.shape[0], len(wanted)), np.float32)
        for place, stems in enumerate(wanted):
            columns = [self._index[word] for word in sorted(stems) if word in self._index]
            if columns:
                found[:, place] = np.asarray(self._held[:, columns].sum(axis=1)).ravel() > 0
        return found

    def telling(self, rows: NDArray[np.int64]) -> set[str]:
        """Return the words that these statements hold more often than the others.

        By their part of the divergence of the two shares (Kullback and Leibler, 1951).
        """
        counts = np.asarray(self._held[rows].sum(axis=0)).ravel()
        inside = (counts + 0.5) / (len(rows) + 1)
        outside = (self._counts - counts + 0.5) / (self._held.shape[0] - len(rows) + 1)
        worth = np.where(counts >= _FEWEST, inside * np.log(inside / outside), 0.0)
        best = np.argsort(-worth, kind="stable")[:LEARNED]
        return {self._stems[place] for place in best.tolist() if worth[place] > 0}
