"""Groups of statements turned into themes: named, worded, quoted, and kept for the next report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.statements.statements import KINDS
from sentilora.insights.themes.clusters import Centres
from sentilora.insights.themes.quotes import choose_quotes
from sentilora.insights.themes.terms import count_terms
from sentilora.insights.themes.theme_names import Telling, find_telling, key_of, name_theme
from sentilora.insights.themes.themes import FoundTheme, FoundThemes, KeptTheme, KeptThemes
from sentilora.insights.themes.topic_space import TopicSpace

_WORDS_FROM = 30_000
_LOOKED_AT = 400
_COMPLAINT, _PRAISE, _REMARK = map(KINDS.index, ("complaint", "praise", "remark"))


@dataclass(frozen=True)
class Said:
    """What is grouped: S statements, and what is known of each.

    Attributes:
        vectors: ``(S, D)`` of length 1.
        words: S statements.
        text_index: text of each, ``(S,)``.
        kinds: kind of each, ``(S,)``.
        weights: voice of each, ``(S,)``.
    """

    vectors: NDArray[np.floating]
    words: Sequence[str]
    text_index: NDArray[np.int64]
    kinds: NDArray[np.int8]
    weights: NDArray[np.float64]


@dataclass(frozen=True)
class Grouping:
    """Groups of the statements, those of kept themes first.

    Attributes:
        group_of: index of each statement's group, ``(S,)``; -1 for none.
        likeness: cosine to the centre of its group, ``(S,)``.
        kept: themes of an earlier report; the first groups are theirs.
        centres: of the K groups after those.
        stability: of these, ``(K,)``; NaN where it is not known.
    """

    group_of: NDArray[np.int64]
    likeness: NDArray[np.float32]
    kept: tuple[KeptTheme, ...]
    centres: Centres
    stability: NDArray[np.float64]


def describe(said: Said, space: TopicSpace, grouping: Grouping, seed: int) -> FoundThemes:
    """Name groups of statements and choose what to show of them.

    What people decided about kept themes is heeded: a merged one is counted with the theme that it
    is a part of, an excluded one is in no theme. New groups that no word sets apart are no themes.

    Args:
        said: statements.
        space: topic space of the groups.
        grouping: groups.
        seed: of the statements whose words are counted, where there are many.
    """
    old = len(grouping.kept)
    group_of = _heeded(KeptThemes(space, grouping.kept), grouping.group_of)
    telling = _telling(said, group_of, old + len(grouping.stability), seed)
    group_of = _worded(group_of, telling, old)
    likeness = np.where(group_of >= 0, grouping.likeness, np.float32(np.nan))
    members = _members(group_of)
    voices = {at: _voices(said, rows) for at, rows in members.items()}
    order = sorted(members, key=lambda at: (-voices[at], at))
    names = {theme.name.lower() for theme in grouping.kept}
    keys = {theme.key for theme in grouping.kept}
    themes: list[FoundTheme] = []
    fresh: list[KeptTheme] = []
    for at in order:
        rows = members[at]
        near = rows[np.argsort(-likeness[rows], kind="stable")[:_LOOKED_AT]]
        turned = space.turned(said.vectors[near])
        own = _speakers(said, rows)
        chosen = choose_quotes(near, likeness[near], turned, said.text_index, said.words)
        quotes = (
            *(one for one in chosen if one in own),
            *(one for one in chosen if one not in own),
        )
        if at < old:
            known = grouping.kept[at]
            themes.append(FoundTheme(known.key, known.name, known.words, quotes, is_pinned=True))
            continue
        name = name_theme(own, likeness[own], said.words, telling[at], taken=names)
        share = float(grouping.stability[at - old])
        stability = None if np.isnan(share) else share
        key = key_of(telling[at], keys)
        themes.append(FoundTheme(key, name, telling[at].words, quotes, stability))
        centre, least = grouping.centres.directions[at - old], grouping.centres.least[at - old]
        fresh.append(KeptTheme(key, name, telling[at].words, centre, float(least)))
    index = np.full(old + len(grouping.stability) + 1, -1, np.int64)
    index[order] = np.arange(len(order))
    kept = KeptThemes(space, (*grouping.kept, *fresh))
    return FoundThemes(tuple(themes), index[group_of], likeness, kept)


def _heeded(kept: KeptThemes, group_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put groups of kept themes to the themes they are merged into, and excluded ones to none."""
    at = {theme.key: index for index, theme in enumerate(kept.themes)}
    new = np.arange(int(group_of.max(initial=-1)) + 2)
    new[-1] = -1
    for index, theme in enumerate(kept.themes[: len(new) - 1]):
        owner = kept.owner_of(theme)
        new[index] = -1 if owner.excluded or theme.excluded else at[owner.key]
    return new[group_of]


def _worded(group_of: NDArray[np.int64], telling: Sequence[Telling], old: int) -> NDArray[np.int64]:
    """Leave out new groups that no word sets apart, unless no group has one."""
    wordless = [at for at, told in enumerate(telling) if at >= old and not told.words]
    if len(wordless) + old == len(telling):
        return group_of
    return np.where(np.isin(group_of, wordless), -1, group_of)


def _members(group_of: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    """Return the statements of each group, in their order."""
    order = np.argsort(group_of, kind="stable")
    values, starts = np.unique(group_of[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {int(at): rows for at, rows in zip(values, parts, strict=True) if at >= 0}


def _voices(said: Said, rows: NDArray[np.int64]) -> float:
    """Return how many texts mention a theme, each by its weight."""
    _, first = np.unique(said.text_index[rows], return_index=True)
    return float(said.weights[rows[first]].sum())


def _speakers(said: Said, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the statements that speak for a theme: those of its most frequent kind.

    Where most are remarks, and of the others far more are complaints than praise (beyond two
    standard deviations of a fair coin), complaints speak for it, and the other way round.
    """
    kinds = said.kinds[rows]
    counts = np.bincount(kinds, minlength=len(KINDS))
    main = int(counts.argmax())
    down, up = int(counts[_COMPLAINT]), int(counts[_PRAISE])
    if main == _REMARK and abs(down - up) > 2 * math.sqrt(down + up):
        main = _COMPLAINT if down > up else _PRAISE
    own: NDArray[np.int64] = rows[kinds == main]
    return own


def _telling(said: Said, group_of: NDArray[np.int64], count: int, seed: int) -> list[Telling]:
    """Find the telling words of all groups, from at most 30,000 statements."""
    rows = np.arange(len(group_of))
    if len(rows) > _WORDS_FROM:
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:_WORDS_FROM])
    terms = count_terms([said.words[int(at)] for at in rows])
    return find_telling(terms, group_of[rows], said.weights[rows], count)
