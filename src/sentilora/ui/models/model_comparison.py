"""Several models on the same labelled texts: their figures, and the texts they do not agree on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sentilora.data.files.sources import locate
from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.data.labelled.scan import Asked
from sentilora.defaults import SEED
from sentilora.evaluation.metrics import Measured
from sentilora.evaluation.model_figures import measure_unseen, measure_with_intervals
from sentilora.evaluation.model_rows import given_labels, read_rows
from sentilora.evaluation.reports.comparison import caution_of
from sentilora.inference.sentiment_model import SentimentModel

RESAMPLES = 500
PIECE = 256  # texts at a time; between two pieces other sessions get their turn


@dataclass(frozen=True)
class Texts:
    """Labelled texts to measure with.

    Attributes:
        data: path of the file.
        asked: how its rows are to be read.
        labels: names of its labels in order; None when they are read as the model's.
    """

    data: Path
    asked: Asked
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class MeasuredModel:
    """A model on labelled texts.

    Attributes:
        name: of the model, for people.
        labels: in id order.
        figures: its metrics with intervals, label by label, and how sure it is.
        texts, truths, answers, scores: of each row, in the order of the file.
        caution: words on the texts that it learned from; None where there are none.
        notes: remarks on how the file was read.
        left_out: number of rows that were left out.
    """

    name: str
    labels: tuple[str, ...]
    figures: Measured
    texts: list[str]
    truths: list[str]
    answers: list[str]
    scores: list[float]
    caution: str | None
    notes: tuple[str, ...]
    left_out: int


def measure_texts(
    model: SentimentModel,
    name: str,
    texts: Texts,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> MeasuredModel:
    """Measure a model on a labelled file.

    Raises:
        DataError: the data cannot be read, or hold labels that the model does not know.
        ConfigError: a name of a label is not one of the model's.
    """
    import numpy as np

    names = model.labels.names
    given = given_labels(texts.labels, model.labels)
    rows = read_rows(
        locate(texts.data, texts.asked.reading), "test", texts.asked, given, model.labels
    )
    logits = []
    for start in range(0, len(rows.texts), PIECE):
        logits.append(model.score(rows.texts[start : start + PIECE]).logits)
        if progress is not None:
            progress(min(start + PIECE, len(rows.texts)), len(rows.texts))
    probabilities = model.probabilities(np.concatenate(logits))
    chosen = probabilities.argmax(axis=1)
    sampling = {"resamples": RESAMPLES, "seed": SEED}
    learned = LearnedTexts.read(model.artifact.home)
    seen = measure_unseen(
        learned, rows.texts, rows.label_ids, probabilities, model.labels, **sampling
    )
    return MeasuredModel(
        name=name,
        labels=names,
        figures=measure_with_intervals(rows.label_ids, probabilities, model.labels, **sampling),
        texts=rows.texts,
        truths=[names[label_id] for label_id in rows.label_ids],
        answers=[names[label_id] for label_id in chosen],
        scores=[float(score) for score in probabilities.max(axis=1)],
        caution=None if seen is None else caution_of(seen),
        notes=rows.examples.notes,
        left_out=len(rows.examples.skipped),
    )


def disagreements(measured: Sequence[MeasuredModel]) -> list[dict[str, str]]:
    """Return the texts that not all models answer alike: text, truth and each model's answer.

    First come those that only some models get right, and among them those where the models are
    surest. Models that were measured on other rows than the first one are left out.
    """
    if not measured:
        return []
    first = measured[0]
    same = [one for one in measured if one.texts == first.texts]
    found = []
    for row, text in enumerate(first.texts):
        answers = [one.answers[row] for one in same]
        if len(set(answers)) == 1:
            continue
        truth = first.truths[row]
        cells = {one.name: f"{one.answers[row]} ({one.scores[row]:.0%})" for one in same}
        order = (truth not in answers, -sum(one.scores[row] for one in same))
        found.append((order, {"text": text, "truth": truth, **cells}))
    found.sort(key=lambda pair: pair[0])
    return [row for _, row in found]
