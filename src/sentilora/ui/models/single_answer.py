"""One text to a model: the answer, why, how long it took and on what."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from sentilora.inference.explanation import Explanation
from sentilora.inference.prediction import Prediction
from sentilora.inference.sentiment_model import SentimentModel

EXAMPLES = (
    "Great movie, highly recommended!",
    "Three weeks late, and then nobody picks up the phone.",
    "The parcel arrived on Tuesday.",
    "The room was lovely, but the noise at night was awful.",
)


@dataclass(frozen=True)
class Answer:
    """What a model said to a text.

    Attributes:
        text: as it was typed.
        prediction: the answer.
        model: name of the model, for people.
        machine: words on what computed: engine, number format and device.
        milliseconds: time of the prediction alone, in milliseconds.
        explanation: contributions of the words; None where they were not asked for.
        explained_ms: time of the explanation, in milliseconds; None without one.
    """

    text: str
    prediction: Prediction
    model: str
    machine: str
    milliseconds: float
    explanation: Explanation | None = None
    explained_ms: float | None = None


def ask(model: SentimentModel, name: str, text: str, threshold: float | None = None) -> Answer:
    """Put a text to a model.

    Args:
        model: model that answers.
        name: its name for people.
        text: the text as it was typed.
        threshold: score below which it is not sure, in ``[0, 1]``.

    Raises:
        DataError: the text is empty.
    """
    started = time.perf_counter()
    prediction = model.predict(text, threshold=threshold)
    took = time.perf_counter() - started
    return Answer(text, prediction, name, machine_of(model), took * 1000)


def explained(answer: Answer, model: SentimentModel) -> Answer:
    """Return the answer with what each word contributed, from the model that gave it."""
    started = time.perf_counter()
    explanation = model.explain(answer.text)
    took = time.perf_counter() - started
    return replace(answer, explanation=explanation, explained_ms=took * 1000)


def machine_of(model: SentimentModel) -> str:
    """Return ``torch, fp32, CPU``, or ``GPU`` with its kind."""
    kind = model.device.type
    place = "CPU" if kind == "cpu" else f"GPU ({kind})"
    return f"{model.engine.name}, {model.precision}, {place}"
