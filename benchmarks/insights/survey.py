"""Do few labels tell the shares? True labels of FABSA, asked as ``sentilora label`` asks.

    python -m benchmarks.insights.survey general fabsa/all.parquet

Texts of the train part are scored by the model; then ``--repeats`` people label ``--rows`` texts
each, with the labels of the set. Coverage is how often the 95 % interval holds the true share; its
width stands beside that of a simple random sample of as many labels. *Few negative* keeps a tenth
of the negative texts, *far too sure* are probabilities to the power of three, and *knows nothing*
are random ones.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.common.kept import kept
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora.insights.mood.estimates import Z
from sentilora.insights.survey.survey_plan import plan_survey
from sentilora.insights.survey.survey_shares import survey_shares, survey_weights

Floats = NDArray[np.float64]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("insights.survey", __doc__)
    add = parser.add_argument
    add("model", help="model that scores")
    add("data", type=Path, help="FABSA as parquet, with the columns text, label and split")
    add("--repeats", type=int, default=200)
    add("--rows", type=int, nargs="+", default=[30, 60, 150], help="labels of one survey")
    add("--cache", type=Path, help="file that keeps the probabilities of all texts between goes")
    add("--output", type=Path, default=RESULTS / "insights-survey.json")
    return parser.parse_args(arguments)


def probabilities_of(model: str, texts: list[str]) -> Floats:
    """Return what the model says of each text, ``(N, C)``."""
    import sentilora

    loaded = sentilora.load(model, precision="auto")
    return np.asarray(loaded.probabilities(loaded.score(texts).logits), np.float64)


def measure(told: Floats, truth: NDArray[np.int64], rows: int, repeats: int) -> dict[str, Any]:
    """Repeat a survey, and tell how often it was right."""
    labels = told.shape[1]
    shares = np.bincount(truth, minlength=labels) / len(truth)
    held = np.zeros(labels)
    widths, values = [], []
    for seed in range(repeats):
        plan = plan_survey(told, rows, seed)
        asked = plan.order[:rows]
        groups, weights = survey_weights(plan.stratum, asked)
        found = survey_shares(asked, truth[asked], groups, weights, told)
        held += [one.low <= share <= one.high for one, share in zip(found, shares, strict=True)]
        widths.append([one.high - one.low for one in found])
        values.append([one.value for one in found])
    counted = np.bincount(told.argmax(axis=1), minlength=labels) / len(truth)
    return {
        "rows": rows,
        "texts": len(truth),
        "true": shares.round(4).tolist(),
        "counted": counted.round(4).tolist(),
        "coverage": (held / repeats).round(4).tolist(),
        "width": np.mean(widths, axis=0).round(4).tolist(),
        "width_of_simple_sample": (2 * Z * np.sqrt(shares * (1 - shares) / rows)).round(4).tolist(),
        "bias": (np.mean(values, axis=0) - shares).round(4).tolist(),
    }


def main(arguments: list[str] | None = None) -> None:
    """Measure, print a table and write a record."""
    options = parse(arguments)
    frame = pd.read_parquet(options.data)
    texts = frame.text.tolist()
    everything = kept(
        options.cache, options.model, texts, lambda: probabilities_of(options.model, texts)
    )
    own = np.flatnonzero(frame.split == "train")
    told, truth = everything[own], frame.label.to_numpy(np.int64)[own]
    told /= told.sum(axis=1, keepdims=True)
    generator = np.random.default_rng(0)
    few = np.flatnonzero((truth != 0) | (generator.random(len(truth)) < 0.1))
    sure = told**3 / (told**3).sum(axis=1, keepdims=True)
    nothing = generator.dirichlet(np.ones(told.shape[1]), len(truth))
    cases = [(f"{rows} labels", told, truth, rows) for rows in options.rows]
    cases += [
        ("60 labels, few negative", told[few], truth[few], 60),
        ("60 labels, far too sure", sure, truth, 60),
        ("60 labels, knows nothing", nothing, truth, 60),
    ]
    record: dict[str, Any] = {
        "machine": describe_place([options.data]),
        "options": describe_options(options),
        "cases": {},
    }
    print(f"{'case':<26}{'true':<20}{'counted':<20}{'coverage':<20}{'width':<20}simple sample")
    for name, some, labels, rows in cases:
        one = measure(some, labels, rows, options.repeats)
        record["cases"][name] = one
        keys = ("true", "counted", "coverage", "width", "width_of_simple_sample")
        print(f"{name:<26}" + "".join(f"{_three(one[key]):<20}" for key in keys), flush=True)
    write_record(record, options.output)


def _three(values: list[float]) -> str:
    return " ".join(f"{value:.3f}" for value in values)


if __name__ == "__main__":
    main()
