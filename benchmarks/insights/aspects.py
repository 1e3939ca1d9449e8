"""Are the aspects right? FABSA's twelve, by their names alone.

    python -m benchmarks.insights.aspects general fabsa/all.parquet

Rows of ``--part`` (test) are taken apart, embedded and scored; an aspect counts for a text if one
of its statements speaks of it, with the mood of these statements. Beside it stand the words of the
names alone, and nearness to the name alone, whose limit is the best one for these very rows. Micro
and macro F1 over the twelve aspects, and micro F1 of aspect with mood.

Settings of the search were chosen on 2,000 rows of the train part.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import sentilora
from sentilora.insights.feedback import Feedback
from sentilora.insights.statements.encoder import TopicEncoder
from sentilora.insights.statements.statement_reader import read_statements
from sentilora.insights.statements.statements import Statements
from sentilora.insights.themes.aspect_search import WordIndex, find_aspects
from sentilora.insights.themes.topic_space import fit_space, unit

NAMES = {
    "online-experience.app-website": "app, website",
    "company-brand.general-satisfaction": "general satisfaction",
    "purchase-booking-experience.ease-of-use": "ease of use",
    "staff-support.attitude-of-staff": "attitude of staff",
    "value.price-value-for-money": "price, value for money",
    "logistics-rides.speed": "speed",
    "company-brand.competitor": "competitor",
    "account-management.account-access": "account access",
    "value.discounts-promotions": "discounts, promotions",
    "staff-support.phone": "phone",
    "company-brand.reviews": "reviews",
    "staff-support.email": "email",
}
Marks = NDArray[np.bool_]


def main() -> None:
    """Measure, print a table, and write JSON if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("model")
    parser.add_argument("file", type=Path)
    parser.add_argument("--part", default="test")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    table = pd.read_parquet(options.file)
    table = table[table["split"] == options.part]
    model = sentilora.load(options.model, precision="auto")
    encoder = TopicEncoder(model)
    texts = table["text"].tolist()
    feedback = Feedback(str(options.file), texts, np.arange(len(texts)), model.labels)
    read = read_statements(feedback, model, encoder).statements
    words = [read.words_of(index, feedback) for index in range(len(read))]
    names = list(NAMES.values())
    named = encoder.embed(names)
    ours = find_aspects(names, named, read.vectors, words, read.text_index).speaks
    space = fit_space(read.vectors, np.ones(len(read)))
    near = space.turned(read.vectors) @ unit(named - space.mean).T
    limits = np.quantile(near, np.linspace(0.7, 0.97, 28))
    sides = {"SentiLoRA": ours, "words of the names": WordIndex(words).of_names(names) > 0}
    truth, moods = _truth(table)
    best = max(limits, key=lambda limit: _figures(near > limit, read, truth, moods)["micro_f1"])
    sides["nearness, its best limit"] = near > best
    found = {name: _figures(side, read, truth, moods) for name, side in sides.items()}
    print(f"{len(texts)} texts, {len(read)} statements, {truth.sum()} aspects")
    print(f"{'':<28}{'micro F1':>10}{'macro F1':>10}{'with mood':>11}")
    for name, one in found.items():
        print(
            f"{name:<28}{one['micro_f1']:>10.3f}{one['macro_f1']:>10.3f}{one['with_mood']:>11.3f}"
        )
    if options.output:
        options.output.write_text(
            json.dumps({"texts": len(texts), "sides": found}, indent=2) + "\n"
        )


def _truth(table: pd.DataFrame) -> tuple[Marks, NDArray[np.int64]]:
    """Return which text has which aspect, ``(N, A)``, and with which mood: -1, 0 or 1."""
    marks = np.zeros((len(table), len(NAMES)), np.bool_)
    moods = np.zeros(marks.shape, np.int64)
    places = {name: place for place, name in enumerate(NAMES)}
    for row, (aspects, signs) in enumerate(zip(table["aspects"], table["polarities"], strict=True)):
        for aspect, sign in zip(aspects, signs, strict=True):
            marks[row, places[aspect]], moods[row, places[aspect]] = True, sign
    return marks, moods


def _figures(
    speaks: Marks, read: Statements, truth: Marks, moods: NDArray[np.int64]
) -> dict[str, float]:
    found = np.zeros(truth.shape, np.bool_)
    np.logical_or.at(found, read.text_index, speaks)
    mood = np.zeros(truth.shape)
    np.add.at(mood, read.text_index, speaks * read.signed[:, None])
    right = found & truth
    each = 2 * right.sum(0) / np.maximum(found.sum(0) + truth.sum(0), 1)
    total = found.sum() + truth.sum()
    agreed = right & (np.where(np.abs(mood) < 1 / 3, 0, np.sign(mood)) == moods)
    return {
        "micro_f1": float(2 * right.sum() / total),
        "macro_f1": float(each.mean()),
        "with_mood": float(2 * agreed.sum() / total),
    }


if __name__ == "__main__":
    main()
