"""The door of the room: which statements speak of which aspect, from the names alone.

Each aspect teaches itself from the texts. The statements most like its name and paraphrases
(``aspect_phrases``), and those that hold one of its words (``aspect_words``) and are like it, too,
are taken for examples of it, those less like it for examples of anything else; a logistic
regression on their vectors then judges every statement (pseudo-labels: Yarowsky 1995, ACL;
Meng et al. 2018, CIKM, "Weakly-supervised neural text classification").

No label sets the threshold: it stands a little below where the regression, balanced between both
kinds, is undecided, and higher for a statement without any of the aspect's words, the more the
typical statements of the aspect hold one. Thus "email" asks for the word, "ease of use" does not.

How well that is, and what was chosen on what, is measured by ``benchmarks/insights/aspects.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import SEED
from sentilora.insights.aspects.aspect_phrases import PHRASES, TEMPLATES, phrases_of
from sentilora.insights.aspects.aspect_words import mentions, near_words, word_sets
from sentilora.insights.aspects.aspects import FoundAspects
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.statements.statements import Statements
from sentilora.insights.themes.quotes import choose_quotes
from sentilora.insights.themes.topic_space import TopicSpace, unit

TYPICAL = 0.02  # of the statements, which are examples of an aspect
FEWEST_TYPICAL = 3
WORD_LIKE = 0.7  # quantile of likeness from which a statement with a word is an example
OTHER = 0.8  # quantile of likeness below which a statement without a word is none
WORD_BONUS = 0.1  # cosine that a word is worth
WORD_NEEDED = 2.5  # log-odds that are asked more without a word, where all examples hold one
LENIENCE = 0.5  # log-odds below even, from which a statement speaks of an aspect
LIKE_ENOUGH = 0.3  # cosine, to the name or its paraphrases, of an example without a word
MOST_TAUGHT = 20_000  # statements that a regression learns from
STRENGTH = 1.0  # C of the regression

Floats = NDArray[np.float32]


def find_aspects(
    feedback: Feedback,
    statements: Statements,
    encoder: TopicEncoder,
    names: Sequence[str],
    *,
    seed: int = SEED,
) -> FoundAspects:
    """Tell which statements speak of which aspect.

    Args:
        feedback: the texts.
        statements: S statements of them, with vectors of ``encoder``.
        encoder: encoder that embeds names, phrases and words.
        names: A names.
        seed: seed of the draw of statements to learn from, where there are very many.
    """
    spoken = [statements.words_of(index, feedback) for index in range(len(statements))]
    said = word_sets(spoken)
    words = near_words(said, names, encoder)
    has_word = mentions(said, words)
    mean = statements.vectors.mean(axis=0, dtype=np.float32)
    vectors = TopicSpace(mean).turned(statements.vectors)
    nearest, likeness = _likeness(vectors, names, encoder)
    scores = np.empty(has_word.shape, np.float32)
    for place in range(len(names)):
        scores[:, place] = _judge(
            vectors,
            nearest[:, place],
            likeness[:, place],
            has_word[:, place],
            np.random.default_rng([seed, place]),
        )
    return FoundAspects(tuple(names), words, scores, typical_quotes(scores, statements, spoken))


def typical_quotes(
    scores: Floats, statements: Statements, spoken: Sequence[str]
) -> tuple[tuple[int, ...], ...]:
    """Return the indices of statements to show for each aspect.

    Args:
        scores: how surely a statement speaks of an aspect, ``(S, A)``; above 0 it does.
        statements: S statements.
        spoken: their words.
    """
    quotes = []
    for place in range(scores.shape[1]):
        own = np.flatnonzero(scores[:, place] > 0)
        near, vectors = scores[own, place], statements.vectors[own].astype(np.float32)
        quotes.append(choose_quotes(own, near, vectors, statements.text_index, spoken))
    return tuple(quotes)


def _likeness(
    vectors: Floats, names: Sequence[str], encoder: TopicEncoder
) -> tuple[Floats, Floats]:
    """Return the larger cosine to name or paraphrases, and both together, ``(S, A)`` each."""
    phrases = [phrase for some in PHRASES.values() for phrase in some]
    paraphrases = dict(zip(phrases, encoder.embed(phrases), strict=True))
    background = np.mean(list(paraphrases.values()), axis=0)
    spoken = encoder.embed([template.format(name) for name in names for template in TEMPLATES])
    spoken = spoken.reshape(len(names), len(TEMPLATES), -1).mean(axis=1)
    nearest = vectors @ unit(spoken - background).T
    likeness = nearest.copy()
    for place, name in enumerate(names):
        if known := phrases_of(name):
            middle = np.mean([paraphrases[phrase] for phrase in known], axis=0)
            to_phrases = vectors @ unit(middle - background)
            likeness[:, place] = to_phrases + nearest[:, place] / 2
            np.maximum(nearest[:, place], to_phrases, out=nearest[:, place])
    return nearest, likeness


def _judge(
    vectors: Floats,
    nearest: Floats,
    likeness: Floats,
    has_word: NDArray[np.bool_],
    generator: np.random.Generator,
) -> Floats:
    """Return the log-odds of each statement to speak of one aspect, ``(S,)``."""
    from sklearn.linear_model import LogisticRegression

    number = len(likeness)
    order = np.argsort(-(likeness + WORD_BONUS * has_word), kind="stable")
    typical = order[: max(FEWEST_TYPICAL, round(TYPICAL * number))]
    typical = typical[(nearest[typical] >= LIKE_ENOUGH) | has_word[typical]]
    is_one = np.zeros(number, np.bool_)
    is_one[typical] = True
    is_one |= has_word & (likeness >= np.quantile(likeness, WORD_LIKE))
    is_other = ~is_one & ~has_word & (likeness < np.quantile(likeness, OTHER))
    if not is_one.any() or not is_other.any():
        return np.where(is_one | has_word, 1.0, -1.0).astype(np.float32)
    draw = partial(_some, generator=generator)
    taught = np.sort(np.concatenate([draw(is_one), draw(is_other)]))
    regression = LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced")
    regression.fit(vectors[taught], is_one[taught])
    needs_word = float(has_word[typical].mean()) if len(typical) else 1.0
    surely = regression.decision_function(vectors) + LENIENCE
    surely -= WORD_NEEDED * needs_word * ~has_word
    odds: Floats = surely.astype(np.float32)
    return odds


def _some(chosen: NDArray[np.bool_], *, generator: np.random.Generator) -> NDArray[np.int64]:
    places = np.flatnonzero(chosen)
    if len(places) <= MOST_TAUGHT // 2:
        return places
    return generator.choice(places, MOST_TAUGHT // 2, replace=False)
