"""From vectors of statements to named themes; the door of this room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sentilora.data.same_text import numbered, text_hashes
from sentilora.insights.themes.clusters import (
    Centres,
    assign,
    centres_of,
    group,
    group_wordings,
)
from sentilora.insights.themes.description import Grouping, Said, describe
from sentilora.insights.themes.stability import measure_stability
from sentilora.insights.themes.themes import FoundThemes, KeptTheme, KeptThemes
from sentilora.insights.themes.topic_space import TopicSpace, fit_space

LEAST_TEXTS = 3
GROUPED_AT_ONCE = 5000
RESAMPLES = 6
FEW_WORDINGS = 40
_SAME = 0.6  # cosine from which a new statement joins those of one wording
_ROWS = 65_536
_FLOOR = 0.5


def find_themes(
    vectors: NDArray[np.floating],
    words: Sequence[str],
    *,
    text_index: NDArray[np.int64],
    kinds: NDArray[np.int8],
    weights: NDArray[np.float64] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
    pinned: KeptThemes | None = None,
) -> FoundThemes:
    """Group statements by what they are about, and name the groups.

    Groups are found among at most 5,000 different statements, all others join the nearest one; a
    statement too far from all, and groups of less than three texts, are in no theme. The same
    arguments give the same themes.

    Args:
        vectors: of S statements, ``(S, D)`` of length 1, in any format.
        words: S statements.
        text_index: index of each statement's text, ``(S,)``.
        kinds: kind of each, an index into ``KINDS``, ``(S,)``.
        weights: voice of each, ``(S,)``; None for 1 each.
        seed: of the sample and of the resamples.
        resamples: number of halves in which themes are looked for again; 0 leaves their stability
            unknown.
        pinned: themes of the last report: statements that are near enough to one join it, and only
            the others are grouped; of these groups, loose ones are no themes.

    Returns:
        Themes, largest first; the stability of pinned ones is not known.
    """
    count = len(words)
    if weights is None:
        weights = np.ones(count)
    nothing = FoundThemes(
        (), np.full(count, -1, np.int64), np.full(count, np.nan, np.float32), pinned
    )
    if count == 0 or not weights.sum():
        return nothing
    said = Said(vectors, words, text_index, kinds, weights)
    space = pinned.space if pinned is not None else fit_space(vectors, weights)
    kept = pinned.themes if pinned is not None else ()
    group_of, likeness = assign(vectors, _centres(kept), space)
    free = np.flatnonzero(group_of < 0)
    floor = _FLOOR * float(np.median([theme.least for theme in kept])) if kept else -1.0
    centres, fresh, fresh_likeness, stability = _group(said, free, space, seed, resamples, floor)
    group_of[free] = np.where(fresh >= 0, fresh + len(kept), -1)
    likeness[free] = fresh_likeness
    grouping = Grouping(group_of, likeness, kept, centres, stability)
    return describe(said, space, grouping, seed)


def _centres(kept: Sequence[KeptTheme]) -> Centres:
    directions = np.array([theme.centre for theme in kept], np.float32)
    return Centres(directions, np.array([theme.least for theme in kept], np.float64))


def _group(
    said: Said,
    free: NDArray[np.int64],
    space: TopicSpace,
    seed: int,
    resamples: int,
    floor: float,
) -> tuple[Centres, NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]:
    """Group some statements; none of the groups holds fewer than three texts.

    Where few wordings come again and again ("Great", "Slow"), each is a group of its own: too few
    are different to tell by them what belongs together. How stable that is, is not known.

    Args:
        said: all statements.
        free: indices of those to be grouped, ``(F,)``.
        space: topic space.
        seed: of the sample and of the resamples.
        resamples: number of halves in which groups are looked for again.
        floor: cosine from which vectors have to belong to a group: what is left beside kept themes
            is loose, and no new theme where it only lies together by chance.

    Returns:
        Centres of the groups, group and likeness of each statement, stability of each group.
    """
    same = numbered(text_hashes(said.words[at] for at in free))
    _, first = np.unique(same, return_index=True)
    if len(first) > GROUPED_AT_ONCE:
        generator = np.random.default_rng(seed)
        first = np.sort(generator.permutation(first)[:GROUPED_AT_ONCE])
    sample = space.turned(said.vectors[free[first]])
    few = len(first) <= FEW_WORDINGS and len(free) >= LEAST_TEXTS * len(first)
    is_closed = few and len(free) == len(said.words)
    groups = group_wordings(sample) if is_closed else group(sample)
    centres = centres_of(sample, groups)
    group_of = np.full(int(same.max(initial=-1)) + 1, -1, np.int64)
    group_of[same[first]] = groups
    own, vectors = group_of[same], said.vectors
    found, _ = _placed(vectors, free, own, centres, space)
    order = _large(found, said.text_index[free])
    order = order[centres.least[order] >= floor]
    new = np.full(len(centres.least) + 1, -1, np.int64)
    new[order] = np.arange(len(order))
    centres = centres.select(order)
    found, likeness = _placed(vectors, free, new[own], centres, space)
    stability = np.full(len(order), np.nan)
    if is_closed:
        centres = Centres(centres.directions, np.full(len(order), _SAME))
    elif resamples and len(order):
        stability = _stability(sample, groups, seed, resamples)[order]
    return centres, found, likeness, stability


def _placed(
    vectors: NDArray[np.floating],
    rows: NDArray[np.int64],
    own: NDArray[np.int64],
    centres: Centres,
    space: TopicSpace,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Leave statements in their own group, and put the others to the nearest; both if near enough.

    Args:
        vectors: of all statements.
        rows: indices of those to be placed, ``(F,)``.
        own: group that each of them was found with, ``(F,)``; -1 where it was not in the sample.
        centres: of the groups.
        space: topic space of the centres.

    Returns:
        Group, ``(F,)``, -1 for none; cosine to its centre, ``(F,)``, NaN for none.
    """
    group_of, likeness = np.empty(len(rows), np.int64), np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _ROWS):
        part = slice(start, start + _ROWS)
        turned = space.turned(vectors[rows[part]])
        nearest, cosine = assign(turned, centres)
        stays = np.flatnonzero(own[part] >= 0)
        to = own[part][stays]
        to_own = np.einsum("sd,sd->s", turned[stays], centres.directions[to])
        near = to_own >= centres.least[to]
        nearest[stays[near]], cosine[stays[near]] = to[near], to_own[near]
        group_of[part] = nearest
        likeness[part] = np.where(nearest >= 0, cosine, np.float32(np.nan))
    return group_of, likeness


def _large(groups: NDArray[np.int64], texts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the groups of three texts or more."""
    told = groups >= 0
    pairs = np.unique(np.stack([groups[told], texts[told]]), axis=1)
    return np.flatnonzero(np.bincount(pairs[0]) >= LEAST_TEXTS)


def _stability(
    sample: NDArray[np.float32], groups: NDArray[np.int64], seed: int, resamples: int
) -> NDArray[np.float64]:
    def regroup(rows: NDArray[np.int64]) -> NDArray[np.int64]:
        half = sample[rows]
        centres = centres_of(half, group(half))
        nearest: NDArray[np.int64] = (sample @ centres.directions.T).argmax(axis=1)
        return nearest

    return measure_stability(groups, regroup, seed=seed, resamples=resamples)
