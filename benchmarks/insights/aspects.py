"""Are the aspects right? Aspects of FABSA by their names alone, and with 50 labelled texts.

    python -m benchmarks.insights.aspects general fabsa/all.parquet

The twelve categories are asked for by the last part of their names ("price value for money").
Sides see the texts of one part and no label but where it is said:

- *keywords*: a statement with any word of the name, or an inflection of one.
- *similarity*: the cosine of a statement to the name, both by the base of the model, above one
  threshold for all aspects; the threshold is the best one on the train part, a help that ours does
  not get.
- *sentilora*: ``find_aspects``, whose settings were chosen on 2,000 texts of train.
- *sentilora, 50 texts*: ``find_by_examples`` with 50 labelled texts of train; mean of ``--draws``.

F1 counts pairs of text and aspect (micro); macro F1 is the mean over aspects. With mood, a pair is
right if its mood is, too: that of the statements behind it, neutral within a third of the middle.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.common.kept import kept
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora.inference.sentiment_model import load
from sentilora.insights.aspects.aspect_examples import KnownTexts, find_by_examples
from sentilora.insights.aspects.aspect_phrases import name_words
from sentilora.insights.aspects.aspect_search import find_aspects
from sentilora.insights.aspects.aspect_words import word_sets
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.statements.statement_reader import read_statements
from sentilora.insights.statements.statements import Statements
from sentilora.insights.themes.terms import stem
from sentilora.insights.themes.topic_space import unit

Bools = NDArray[np.bool_]
NEUTRAL = 1 / 3
LABELLED = 50
# What a statement has but its text.
BESIDE = ("start", "end", "probabilities", "signed", "vectors", "kinds")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("insights.aspects", __doc__)
    add = parser.add_argument
    add("model", help="model that scores, and whose base embeds")
    add("data", type=Path, help="FABSA as parquet, with the columns of the table above")
    add("--part", default="test", choices=["val", "test"], help="part that is reported (test)")
    add("--draws", type=int, default=20, help="draws of 50 labelled texts (20)")
    add("--cache", type=Path, help="file that keeps statements and vectors between goes")
    add("--output", type=Path, default=RESULTS / "insights-aspects.json")
    return parser.parse_args(arguments)


class Part:
    """Texts of one part, their statements, and what people say of them.

    Args:
        frame: rows of the part.
        everything: statements of all rows.
        places: positions of the rows.
        names: categories.
        labels: labels of the model.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        everything: Statements,
        places: NDArray[np.int64],
        names: list[str],
        labels: Any,
    ) -> None:
        rows = frame.iloc[places]
        self.feedback = Feedback("fabsa", rows.text.tolist(), places, labels)
        self.statements = taken(everything, places, len(frame))
        self.truth = np.array([[name in found for name in names] for found in rows.aspects])
        self.moods = np.full(self.truth.shape, 9)
        for row, (found, moods) in enumerate(zip(rows.aspects, rows.polarities, strict=True)):
            for name, mood in zip(found, moods, strict=True):
                self.moods[row, names.index(name)] = mood
        self.said = word_sets(
            self.statements.words_of(index, self.feedback) for index in range(len(self.statements))
        )

    def in_texts(self, about: Bools) -> Bools:
        """Return which texts have a statement about which aspect."""
        found = np.zeros(self.truth.shape, np.bool_)
        np.logical_or.at(found, self.statements.text_index, about)
        return found

    def moods_of(self, about: Bools) -> NDArray[np.int64]:
        """Return -1, 0 or 1 of each text and aspect by the statements about it."""
        total = np.zeros(self.truth.shape)
        count = np.zeros(self.truth.shape)
        np.add.at(total, self.statements.text_index, self.statements.signed[:, None] * about)
        np.add.at(count, self.statements.text_index, about)
        mean = total / np.maximum(count, 1)
        return np.where(np.abs(mean) < NEUTRAL, 0, np.sign(mean)).astype(np.int64)

    def figures(self, texts: Bools, moods: NDArray[np.int64]) -> dict[str, Any]:
        """Measure what a side says."""
        right = texts & self.truth
        both = right & (moods == self.moods)
        each = 2 * right.sum(0) / np.maximum(texts.sum(0) + self.truth.sum(0), 1)
        said = texts.sum() + self.truth.sum()
        return {
            "f1": round(float(2 * right.sum() / said), 4),
            "macro_f1": round(float(each.mean()), 4),
            "f1_with_mood": round(float(2 * both.sum() / said), 4),
            "precision": round(float(right.sum() / max(1, texts.sum())), 4),
            "recall": round(float(right.sum() / self.truth.sum()), 4),
            "by_aspect": [round(float(value), 3) for value in each],
        }

    def of_statements(self, about: Bools) -> dict[str, Any]:
        """Measure a side that judges statements."""
        return self.figures(self.in_texts(about), self.moods_of(about))


def taken(statements: Statements, places: NDArray[np.int64], number: int) -> Statements:
    """Return the statements of some texts, in the order of these."""
    new = np.full(number, -1)
    new[places] = np.arange(len(places))
    own = np.flatnonzero(new[statements.text_index] >= 0)
    own = own[np.argsort(new[statements.text_index[own]], kind="stable")]
    return Statements(
        new[statements.text_index[own]],
        *(getattr(statements, name)[own] for name in BESIDE),
    )


def by_words(part: Part, names: list[str]) -> Bools:
    """Find statements with a word of a name."""
    stems = [{stem(word) for word in name_words(name)} for name in names]
    found = [[bool(own & set(map(stem, said))) for own in stems] for said in part.said]
    return np.array(found)


def likeness(part: Part, names: list[str], encoder: TopicEncoder) -> NDArray[np.float32]:
    """Return the cosine of each statement to each name, both around their means."""
    vectors, known = part.statements.vectors, encoder.embed(names)
    return unit(vectors - vectors.mean(0)) @ unit(known - known.mean(0)).T


def best_threshold(part: Part, cosines: NDArray[np.float32]) -> float:
    """Return the threshold with the best F1 on a part."""
    limits = np.quantile(cosines, np.linspace(0.6, 0.99, 79))
    return float(max(limits, key=lambda limit: part.of_statements(cosines > limit)["f1"]))


def with_examples(
    part: Part, train: Part, names: list[str], encoder: TopicEncoder, seed: int
) -> dict[str, Any]:
    """Measure ours with 50 labelled texts of train beside the texts of the part."""
    drawn = np.random.default_rng(seed).choice(len(train.truth), LABELLED, replace=False)
    extra = taken(train.statements, drawn, len(train.truth))
    texts = [train.feedback.texts[index] for index in drawn]
    labelled = Feedback("fabsa", texts, np.arange(LABELLED), part.feedback.labels)
    known = KnownTexts(tuple(names), labelled, extra, train.truth[drawn])
    return part.of_statements(
        find_by_examples(part.feedback, part.statements, encoder, known).speaks
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure all sides on one part, print a table and write a record."""
    options = parse(arguments)
    frame = pd.read_parquet(options.data)
    model = load(options.model, precision="auto")
    encoder = TopicEncoder(model)
    texts = Feedback("fabsa", frame.text.tolist(), np.arange(len(frame)), model.labels)
    everything = kept(
        options.cache,
        options.model,
        texts.texts,
        lambda: read_statements(texts, model, encoder).statements,
    )
    categories = sorted({name for found in frame.aspects for name in found})
    names = [name.split(".")[1].replace("-", " ") for name in categories]
    train, part = (
        Part(frame, everything, np.flatnonzero(frame.split == name), categories, model.labels)
        for name in ("train", options.part)
    )
    limit = best_threshold(train, likeness(train, names, encoder))
    began = time.perf_counter()
    found = find_aspects(part.feedback, part.statements, encoder, names)
    seconds = time.perf_counter() - began
    sides = {
        "keywords": part.of_statements(by_words(part, names)),
        "similarity": part.of_statements(likeness(part, names, encoder) > limit),
        "sentilora": part.of_statements(found.speaks),
    }
    drawn = [with_examples(part, train, names, encoder, seed) for seed in range(options.draws)]
    if drawn:
        sides["sentilora, 50 texts"] = {
            key: np.mean([one[key] for one in drawn], axis=0).round(4).tolist() for key in drawn[0]
        }
    record = {
        "part": options.part,
        "texts": len(part.truth),
        "statements": len(part.statements),
        "aspects": names,
        "share_of_texts": part.truth.mean(0).round(4).tolist(),
        "threshold_of_similarity": round(limit, 4),
        "seconds_of_finding": round(seconds, 2),
        "sides": sides,
        "options": describe_options(options),
        "machine": describe_place([options.data]),
    }
    write_record(record, options.output)
    print(f"{'side':<22}{'F1':>7}{'macro':>8}{'with mood':>11}{'precision':>11}{'recall':>8}")
    for name, one in sides.items():
        print(
            f"{name:<22}{one['f1']:>7.3f}{one['macro_f1']:>8.3f}{one['f1_with_mood']:>11.3f}"
            f"{one['precision']:>11.3f}{one['recall']:>8.3f}"
        )
    for place, name in enumerate(names):
        told = "  ".join(f"{one['by_aspect'][place]:.2f}" for one in sides.values())
        print(f"  {name:<24}{part.truth[:, place].mean():>6.1%}  {told}")
    print(f"{seconds:.1f} s to find {len(names)} aspects of {len(part.truth):,} texts")


if __name__ == "__main__":
    main()
