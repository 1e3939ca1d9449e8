"""Texts to scored and embedded statements, and to the answers of the model on whole texts.

Each different statement is tokenised, scored and embedded once. All are sorted by length, so that
almost nothing is padding, and some thousand are in work at a time, so that a hundred thousand texts
need memory for their vectors and little else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentilora.errors import ModelError
from sentilora.events import EventLog
from sentilora.inference.scoring import find_repeats, score_windows
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.inference.token_budget import BatchBudget
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.encoder import BATCH_TOKENS, TopicEncoder
from sentilora.insights.statements.kinds import find_kinds
from sentilora.insights.statements.splitter import MOST_CHARACTERS, split_all
from sentilora.insights.statements.statements import Statements, signs_of
from sentilora.message import Message
from sentilora.model.tokens import MOSTLY_UNKNOWN
from sentilora.runs.memory import return_freed_memory

_AT_ONCE = 1 << 19  # characters of statements, or of texts, that are in work at a time
_NEARLY_ALL = 0.9  # of the statements: unknown to the base, so that nothing can be told


@dataclass(frozen=True)
class ReadStatements:
    """Statements of all texts, and what the model says of each text as a whole.

    Attributes:
        statements: S statements.
        probabilities: calibrated probability of each label of each text, ``(N, C)`` float32; None
            where a column holds the labels.
        notes: what a reader has to know of it.
    """

    statements: Statements
    probabilities: NDArray[np.float32] | None
    notes: tuple[Message, ...] = ()


def read_statements(
    feedback: Feedback,
    model: SentimentModel,
    encoder: TopicEncoder | None = None,
    log: EventLog | None = None,
) -> ReadStatements:
    """Take texts apart, score them and their statements, and embed the statements.

    Args:
        feedback: N texts.
        model: model that scores.
        encoder: encoder that embeds; the model's base when None.
        log: log that is told ``phase`` and ``progress``.

    Raises:
        MissingExtraError: the base comes with a package that is not installed.
        ModelError: the base is not there, or knows next to nothing of nearly all statements.
    """
    log = log or EventLog()
    text_index, start, end = split_all(feedback.texts)
    pieces = [
        feedback.texts[index][first:last]
        for index, first, last in zip(
            text_index.tolist(), start.tolist(), end.tolist(), strict=True
        )
    ]
    unique, owners = find_repeats(pieces)
    encoder = encoder or TopicEncoder(model)
    vectors = np.empty((len(pieces), encoder.width), np.float16)
    scores = np.empty((len(unique), len(model.labels)), np.float32)
    unread = np.zeros(len(unique), np.bool_)
    budget = BatchBudget(BATCH_TOKENS)  # of one size, so that answers repeat to the last digit
    log.emit("phase", name="score and embed the statements", total=len(unique))
    for part in _parts(unique):
        words = [unique[index] for index in part]
        encoded = model.encoder.encode(words)
        unread[part] = np.array(encoded.unknown) >= MOSTLY_UNKNOWN
        with model.turn:
            scores[part] = _scores(model, words, encoded.windows, budget)
        found = encoder.vectors(encoded.windows, progress=log.count)
        place = np.full(len(unique), -1)
        place[part] = np.arange(len(part))
        own = np.flatnonzero(place[owners] >= 0)
        vectors[own] = found[place[owners[own]]]
        return_freed_memory()
    unknown_notes = _unknown_notes(
        [pieces[at] for at in np.flatnonzero(unread[owners])], len(pieces), model
    )
    of_texts = None
    if feedback.label_ids is None:
        known = dict(zip(unique, range(len(unique)), strict=True))
        of_texts = _text_scores(feedback.texts, model, known, scores, budget, log)
    signed = (scores @ signs_of(model.labels)).astype(np.float32)
    kinds = find_kinds(unique, signed)
    return ReadStatements(
        Statements(
            text_index=text_index,
            start=start,
            end=end,
            probabilities=scores[owners],
            signed=signed[owners],
            vectors=vectors,
            kinds=kinds[owners],
        ),
        of_texts,
        (*_notes(feedback.texts), *unknown_notes),
    )


def _parts(texts: Sequence[str]) -> Iterator[list[int]]:
    """Yield the indices of some texts at a time, longest first, about as many characters each."""
    part: list[int] = []
    characters = 0
    for index in sorted(range(len(texts)), key=lambda at: (-len(texts[at]), at)):
        part.append(index)
        characters += len(texts[index])
        if characters >= _AT_ONCE:
            yield part
            part, characters = [], 0
    if part:
        yield part


def _scores(
    model: SentimentModel,
    texts: list[str],
    windows: Sequence[Sequence[Sequence[int]]],
    budget: BatchBudget,
) -> NDArray[np.float64]:
    if model.first_stage is not None:
        return model.probabilities(model.score(texts, budget=budget).logits)
    logits = score_windows(model.engine, windows, model.encoder, budget=budget, is_exact=True)
    return model.probabilities(logits)


def _text_scores(
    texts: Sequence[str],
    model: SentimentModel,
    known: dict[str, int],
    scores: NDArray[np.float32],
    budget: BatchBudget,
    log: EventLog,
) -> NDArray[np.float32]:
    """Return what the model says of whole texts; of a text of one statement it is known."""
    places = np.array([known.get(text.strip(), -1) for text in texts])
    found = np.empty((len(texts), scores.shape[1]), np.float32)
    found[places >= 0] = scores[places[places >= 0]]
    others = np.flatnonzero(places < 0).tolist()
    log.emit("phase", name="score the texts", total=len(others))
    for at in _parts([texts[index] for index in others]):
        part = [others[place] for place in at]
        scored = model.score([texts[index] for index in part], budget=budget, progress=log.count)
        found[part] = model.probabilities(scored.logits)
        return_freed_memory()
    return found


def _notes(texts: Sequence[str]) -> tuple[Message, ...]:
    long = sum(len(text) > MOST_CHARACTERS for text in texts)
    if not long:
        return ()
    return (
        Message(
            f"{long:,} texts are longer than {MOST_CHARACTERS:,} characters: statements are looked "
            "for in that much of their start"
        ),
    )


def _unknown_notes(
    unread: Sequence[str], number: int, model: SentimentModel
) -> tuple[Message, ...]:
    """Say how many statements the base has no tokens for.

    Raises:
        ModelError: nearly all of them.
    """
    if not unread:
        return ()
    base = model.artifact.settings.base
    example = " ".join(unread[0].split())[:20]
    told = f"{len(unread):,} of {number:,} statements are signs that the base {base} does not know"
    if len(unread) >= _NEARLY_ALL * number:
        raise ModelError(
            f"{told}, such as '{example}': nothing can be told of these texts. Expected texts in "
            "words that it knows, or a model with a base that knows these."
        )
    return (Message(f"{told}, such as '{example}': what is said of them is a guess"),)
