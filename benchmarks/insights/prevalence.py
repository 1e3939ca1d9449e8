"""How far corrected shares of labels are from the truth, and how often their interval holds it.

    python -m benchmarks.insights.prevalence general fabsa/all.parquet mine/labelled.parquet

Each file has labels 0, 1 and 2. The model answers ``--rows`` texts of it. Then, ``--draws`` times,
shares are drawn at random, and 300 texts with these shares; the shares are estimated

- *checked*: with the confusion of 300 other texts of the file, as a run has one;
- *not checked*: from the answers alone.

``fitted`` are shares fitted to the probabilities under equal ones, which a report does not tell.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora import load
from sentilora.insights.feedback import Feedback
from sentilora.insights.mood.prevalence import prevalence_of
from sentilora.insights.mood.weighted_texts import weighted_texts_of
from sentilora.labels import TERNARY, Labels

TEXTS = 300
Record = dict[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("insights.prevalence", __doc__)
    add = parser.add_argument
    add("model", help="run, export or general")
    add("files", type=Path, nargs="+", help="parquet files with text and label")
    add("--rows", type=int, default=1500, help="texts of each file to answer (1500)")
    add("--draws", type=int, default=50, help="how often shares are drawn (50)")
    add("--seed", type=int, default=0)
    add("--output", type=Path, default=RESULTS / "insights-prevalence.json")
    return parser.parse_args(arguments)


def answers(model: Any, file: Path, rows: int, seed: int) -> tuple[Floats, Ints]:
    """Return probabilities and true labels of some rows of a file."""
    import pyarrow.parquet as parquet

    table = parquet.read_table(file, columns=["text", "label"]).to_pydict()
    known = [index for index, label in enumerate(table["label"]) if label in (0, 1, 2)]
    drawn = np.random.default_rng(seed).permutation(known)[:rows].tolist()
    predicted = model.predict([table["text"][index] for index in drawn])
    probabilities = np.array([list(one.probabilities.values()) for one in predicted])
    return probabilities, np.array([table["label"][index] for index in drawn])


def measure(probabilities: Floats, truth: Ints, draws: int, seed: int) -> list[Record]:
    """Estimate shares of drawn texts in each way; return errors, widths and coverage."""
    errors: dict[str, list[float]] = {name: [] for name in ("checked", "not checked", "fitted")}
    held: dict[str, list[bool]] = {"checked": [], "not checked": []}
    widths: dict[str, list[float]] = {"checked": [], "not checked": []}
    for number in range(draws):
        generator = np.random.default_rng([seed, number])
        order = generator.permutation(len(truth))
        checked, rest = order[:TEXTS], order[TEXTS:]
        confusion = np.zeros((3, 3), dtype=np.int64)
        np.add.at(confusion, (truth[checked], probabilities[checked].argmax(axis=1)), 1)
        sizes = np.round(TEXTS * generator.dirichlet([1, 1, 1])).astype(int)
        rows = np.concatenate(
            [generator.choice(rest[truth[rest] == label], size) for label, size in enumerate(sizes)]
        )
        shares = np.bincount(truth[rows], minlength=3) / len(rows)
        for name, known in (("checked", confusion), ("not checked", None)):
            found = _estimates(probabilities[rows], known, seed + number)
            errors[name] += [
                abs(one.value - share) for one, share in zip(found, shares, strict=True)
            ]
            held[name] += [one.low <= s <= one.high for one, s in zip(found, shares, strict=True)]
            widths[name] += [one.high - one.low for one in found]
        errors["fitted"] += np.abs(_fitted(probabilities[rows]) - shares).tolist()
    return [
        {
            "way": name,
            "mean error": float(np.mean(errors[name])),
            "interval holds the truth": float(np.mean(held[name])) if name in held else None,
            "width": float(np.mean(widths[name])) if name in widths else None,
        }
        for name in errors
    ]


def _estimates(probabilities: Floats, confusion: Ints | None, seed: int) -> list[Any]:
    label_ids = probabilities.argmax(axis=1)
    number = len(label_ids)
    feedback = Feedback("", [""] * number, np.arange(number), Labels(TERNARY))
    found = prevalence_of(
        weighted_texts_of(feedback, label_ids),
        probabilities,
        np.random.default_rng(seed),
        confusion=confusion,
    )
    return list(found.shares.values())


def _fitted(probabilities: Floats, rounds: int = 200) -> Floats:
    shares = np.full(3, 1 / 3)
    for _ in range(rounds):
        weighted = probabilities * shares
        shares = (weighted / weighted.sum(axis=1, keepdims=True)).mean(axis=0)
    return shares


def table(records: list[Record]) -> str:
    """Write one line a file and way."""
    lines = [
        "| texts | accuracy | way | mean error of a share | interval holds the truth | its width |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    for one in records:
        for way in one["ways"]:
            holds, width = (
                "–" if way[name] is None else f"{way[name]:.{digits}%}"
                for name, digits in (("interval holds the truth", 0), ("width", 1))
            )
            lines.append(
                f"| {one['file']} | {one['accuracy']:.1%} | {way['way']} "
                f"| {way['mean error']:.1%} | {holds} | {width} |"
            )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure each file."""
    options = parse(arguments)
    model = load(options.model)
    records = []
    for file in options.files:
        probabilities, truth = answers(model, file, options.rows, options.seed)
        records.append(
            {
                "file": f"{file.parent.name}/{file.name}",
                "rows": len(truth),
                "accuracy": float((probabilities.argmax(axis=1) == truth).mean()),
                "ways": measure(probabilities, truth, options.draws, options.seed),
            }
        )
        print(f"{file.name}: done", file=sys.stderr)
    found = {
        "machine": describe_place(options.files),
        "options": describe_options(options),
        "records": records,
    }
    write_record(found, options.output)
    print(table(records))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
