"""Words of the texts that are near to the name of an aspect, by the vectors of single words.

A word counts for the aspect whose name it is nearest to, and for one alone. Words of the name
itself count, too, but those of a longer name that say little of it, such as "use" in "ease of use".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sentilora.insights.aspects.aspect_phrases import name_words
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.themes.terms import stem, words_in
from sentilora.insights.themes.topic_space import unit

NEAR = 0.45  # cosine of a word to a name, from which it counts for it
FEWEST_TEXTS = 3
MOST_WORDS = 4_000  # that are embedded, the most frequent


def word_sets(texts: Iterable[str]) -> list[set[str]]:
    """Return the words of each text, in small letters; single letters are none."""
    return [{word for word in words_in(text) if len(word) > 1} for text in texts]


def near_words(
    texts: Sequence[set[str]], names: Sequence[str], encoder: TopicEncoder
) -> tuple[tuple[str, ...], ...]:
    """Find the words of each of A names: its own, and those of the texts that are near to it.

    Args:
        texts: words of each statement.
        names: A names.
        encoder: encoder of the statements.

    Returns:
        A tuples of words, nearest first.
    """
    counts = Counter(word for text in texts for word in text)
    own = [{stem(word) for word in name_words(name)} for name in names]
    known = [word for word, count in counts.most_common(MOST_WORDS) if count >= FEWEST_TEXTS]
    inflected = [[word for word in sorted(counts) if stem(word) in stems] for stems in own]
    if not known:
        return tuple(map(tuple, inflected))
    place_of = {word: index for index, word in enumerate(known)}
    vectors = encoder.embed(known)
    middle = vectors.mean(axis=0)
    likeness = unit(vectors - middle) @ unit(encoder.embed(list(names)) - middle).T
    nearest = likeness.argmax(axis=1)
    found = []
    for place in range(len(names)):
        order = np.argsort(-likeness[:, place], kind="stable").tolist()
        near = [
            known[index]
            for index in order
            if likeness[index, place] >= NEAR and nearest[index] == place
        ]
        mine = [
            word
            for word in inflected[place]
            if len(own[place]) == 1
            or word not in place_of
            or likeness[place_of[word], place] >= NEAR
        ]
        found.append(tuple(dict.fromkeys((*mine, *near))))
    return tuple(found)


def mentions(texts: Sequence[set[str]], words: Sequence[Sequence[str]]) -> NDArray[np.bool_]:
    """Tell which texts hold a word of which aspect, ``(S, A)``."""
    sets = [frozenset(one) for one in words]
    found = [[not text.isdisjoint(one) for one in sets] for text in texts]
    return np.array(found, np.bool_).reshape(len(texts), len(sets))
