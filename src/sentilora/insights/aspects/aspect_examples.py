"""Aspects that learn from a few texts whose aspects are known, such as fifty.

One logistic regression an aspect, on the mean vector of a text's statements and on what the name
alone says of it, which weighs as much as all of the vector; so that with few texts it is the
threshold, and with more the meaning, that is learned.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from sentilora.data.same_text import fold
from sentilora.defaults import SEED
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.insights.aspects.asked_aspects import AspectExamples
from sentilora.insights.aspects.aspect_search import find_aspects, typical_quotes
from sentilora.insights.aspects.aspects import FoundAspects
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.statements.statement_reader import read_statements
from sentilora.insights.statements.statements import Statements
from sentilora.insights.themes.topic_space import unit

NAME_WEIGHT = 1.0  # of the score by name, in its standard deviations
STRENGTH = 1.0  # C of the regression
MENTIONED_FROM = 0.4  # probability; below one half, as F1 asks for


@dataclass(frozen=True)
class KnownTexts:
    """Texts whose aspects are known, with their statements.

    Attributes:
        names: A names of aspects.
        feedback: L texts.
        statements: their statements.
        answers: whether each text mentions each aspect, ``(L, A)``.
    """

    names: tuple[str, ...]
    feedback: Feedback
    statements: Statements
    answers: NDArray[np.bool_]


def known_texts(
    examples: AspectExamples, model: SentimentModel, encoder: TopicEncoder
) -> KnownTexts:
    """Take texts whose aspects are known apart, and embed them."""
    number = len(examples.texts)
    feedback = Feedback(
        examples.source,
        examples.texts,
        np.arange(number),
        model.labels,
        label_ids=np.zeros(number, np.int64),  # no answer to whole texts is asked for
    )
    read = read_statements(feedback, model, encoder)
    return KnownTexts(examples.names, feedback, read.statements, examples.answers)


def find_by_examples(
    feedback: Feedback,
    statements: Statements,
    encoder: TopicEncoder,
    known: KnownTexts,
    *,
    seed: int = SEED,
) -> FoundAspects:
    """Tell which statements speak of which aspect, as a few texts with known aspects teach.

    A text that mentions an aspect does so in the statements that speak of it by its name alone, and
    in the surest one. What a person saw in a text holds for it and its copies.

    Args:
        feedback: N texts.
        statements: S statements of them, with vectors of ``encoder``.
        encoder: encoder that embeds names, phrases and words.
        known: texts whose aspects are known.
        seed: seed of the draw of statements to learn from.
    """
    number, own = len(feedback), len(statements)
    both = _joined(statements, known.statements, number)
    texts = [*feedback.texts, *known.feedback.texts]
    everything = replace(known.feedback, texts=texts, rows=np.arange(len(texts)), label_ids=None)
    found = find_aspects(everything, both, encoder, known.names, seed=seed)
    places = np.arange(number, len(texts))
    of_texts = learn_aspects(found, both, len(texts), places, known.answers)[:number]
    seen = {fold(text): place for place, text in enumerate(known.feedback.texts)}
    for index, text in enumerate(feedback.texts):
        if (place := seen.get(fold(text))) is not None:
            surely = np.maximum(np.abs(of_texts[index]), 1)
            of_texts[index] = np.where(known.answers[place], surely, -surely)
    by_name, owner = found.scores[:own], statements.text_index
    mine = FoundAspects(found.names, found.words, by_name, ())
    surest = mine.text_scores(owner, number)
    speaks = (of_texts[owner] > 0) & (mine.speaks | (by_name >= surest[owner]))
    scores = np.where(speaks, of_texts[owner], -np.abs(by_name)).astype(np.float32)
    spoken = [statements.words_of(index, feedback) for index in range(own)]
    return FoundAspects(
        found.names,
        found.words,
        scores,
        typical_quotes(scores, statements, spoken),
        len(known.feedback),
    )


def _joined(first: Statements, second: Statements, number: int) -> Statements:
    """Return the statements of two lots of texts, of which the first has ``number``."""
    parts = {
        field.name: np.concatenate([getattr(first, field.name), getattr(second, field.name)])
        for field in fields(Statements)
        if field.name != "text_index"
    }
    index = np.concatenate([first.text_index, second.text_index + number])
    return Statements(text_index=index, **parts)


def learn_aspects(
    found: FoundAspects,
    statements: Statements,
    number: int,
    known: NDArray[np.int64],
    answers: NDArray[np.bool_],
) -> NDArray[np.float32]:
    """Return the score of each text and aspect, ``(N, A)``: above 0 the text mentions it.

    Args:
        found: aspects by their names alone.
        statements: the statements.
        number: number of texts, N.
        known: indices of the texts whose aspects are known, ``(L,)``.
        answers: whether they mention each aspect, ``(L, A)``; an aspect that none or all of them
            mention keeps the scores by its name.
    """
    from sklearn.linear_model import LogisticRegression

    by_name = found.text_scores(statements.text_index, number)
    by_name = np.where(np.isfinite(by_name), by_name, np.float32(-5))
    means = np.zeros((number, statements.vectors.shape[1]), np.float32)
    mean = statements.vectors.mean(axis=0, dtype=np.float32)
    np.add.at(means, statements.text_index, statements.vectors - mean)
    means = unit(means)
    scores = by_name.copy()
    for place in range(len(found.names)):
        answer = answers[:, place]
        if answer.all() or not answer.any():
            continue
        spread = max(float(by_name[:, place].std()), 1e-6)
        told = NAME_WEIGHT * (by_name[:, [place]] - by_name[:, place].mean()) / spread
        features = np.hstack([means, told])
        regression = LogisticRegression(C=STRENGTH, max_iter=300)
        regression.fit(features[known], answer)
        limit = np.log(MENTIONED_FROM / (1 - MENTIONED_FROM))
        scores[:, place] = regression.decision_function(features) - limit
    return scores
