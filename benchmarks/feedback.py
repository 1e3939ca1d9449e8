"""What is learned from corrections, and what is forgotten, by how a model goes on.

    python -m benchmarks.feedback fabsa/all.parquet --by industry --new Banking,"Ride Hailing"

A model is trained on rows of the other values of ``--by``. It then meets ``--stream`` rows of the
new ones; those that it answers wrongly are corrected, as people do who look at answers. From there
it goes on in each way: with the corrections alone or beside old rows, with each correction once or
several times, at several learning rates. Measured are other rows of both kinds that nobody chose,
and corrections that were held out. Of the file only the part ``--split`` is read, as choices are
made by this program.

Prints Markdown and writes JSON. Accuracies are means over ``--seeds``, which draw the rows anew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pyarrow.parquet as pq

import sentilora
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora.config import make_config
from sentilora.labels import TERNARY
from sentilora.training.train import train_unmeasured

Row = dict[str, str]


@dataclass(frozen=True)
class Way:
    """How a model goes on.

    Attributes:
        old: share of the old rows that come along.
        repeats: how often each correction stands among the rows.
        learning_rate: peak of the learning rate.
        epochs: passes over the rows.
    """

    old: float
    repeats: int
    learning_rate: float
    epochs: int


WAYS = (
    Way(0.0, 1, 3e-4, 2),
    Way(0.0, 1, 1e-4, 2),
    Way(1.0, 1, 1e-4, 2),
    Way(1.0, 1, 3e-4, 2),
    Way(1.0, 1, 3e-4, 4),
    Way(1.0, 1, 7e-4, 2),
    Way(1.0, 3, 1e-4, 2),
    Way(1.0, 3, 3e-4, 2),
    Way(0.25, 1, 3e-4, 2),
    Way(0.25, 3, 3e-4, 2),
)


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("feedback", __doc__)
    add = parser.add_argument
    add("data", help="parquet file with text, label (0, 1, 2) and the columns below")
    add("--by", required=True, help="column by which rows are old or new")
    add("--new", required=True, help="its values that are new, with commas")
    add("--split", default="train", help="value of the column 'split' that is read (train)")
    add("--rows", type=int, default=1000, help="old rows to learn from (1000)")
    add("--stream", type=int, default=1000, help="new rows that are answered (1000)")
    add("--measured", type=int, default=600, help="rows of each kind to measure on (600)")
    add("--held-out", type=float, default=0.2, help="share of the corrections held out (0.2)")
    add("--seeds", type=int, default=3, help="how often all is drawn and trained (3)")
    add("--first-seed", type=int, default=13)
    add("--ways", help="numbers of the ways, from 0, with commas (all)")
    add("--base", default="minilm")
    add("--preset", default="fast", help="of the model that goes on (fast)")
    add("--output", type=Path, default=RESULTS / "feedback.json")
    return parser.parse_args(arguments)


def read(options: argparse.Namespace, seed: int) -> dict[str, list[Row]]:
    """Draw the rows of every part."""
    table = pq.read_table(options.data)
    rows = [row for row in table.to_pylist() if row["split"] == options.split]
    order = np.random.default_rng(seed).permutation(len(rows))
    new = set(options.new.split(","))
    sides: dict[bool, list[Row]] = {False: [], True: []}
    for place in order:
        row = rows[place]
        told = {"text": row["text"], "label": TERNARY[row["label"]]}
        sides[row[options.by] in new].append(told)
    n, measured = options.rows, options.measured
    validation = n // 8
    return {
        "train": sides[False][:n],
        "validation": sides[False][n : n + validation],
        "old": sides[False][n + validation : n + validation + measured],
        "stream": sides[True][: options.stream],
        "new": sides[True][options.stream : options.stream + measured],
    }


def measure_seed(options: argparse.Namespace, seed: int) -> Iterator[dict[str, Any]]:
    """Yield what each way comes to, with one draw of the rows."""
    parts = read(options, seed)
    with tempfile.TemporaryDirectory() as folder:
        old = _train(options, folder, seed, "old", parts, parts["train"])
        wrong = _wrong(old, parts["stream"])
        held = wrong[: round(options.held_out * len(wrong))]
        learned = wrong[len(held) :]
        sides = {"old": parts["old"], "new": parts["new"], "held out": held}
        about = {"seed": seed, "corrections": len(learned), "held_out": len(held)}
        yield {**about, "way": None, **_accuracies(old, sides), "seconds": None}
        chosen = range(len(WAYS)) if options.ways is None else map(int, options.ways.split(","))
        for number in chosen:
            way = WAYS[number]
            rows = parts["train"][: round(way.old * len(parts["train"]))] + learned * way.repeats
            begun = time.monotonic()
            model = _train(options, folder, seed, str(number), parts, rows, old, way)
            seconds = time.monotonic() - begun
            yield {**about, "way": asdict(way), **_accuracies(model, sides), "seconds": seconds}


def _train(
    options: argparse.Namespace,
    folder: str,
    seed: int,
    name: str,
    parts: dict[str, list[Row]],
    rows: list[Row],
    start: Any = None,
    way: Way | None = None,
) -> Any:
    settings: dict[str, Any] = {
        "output": folder,
        "name": name,
        "seed": seed,
        "preset": options.preset,
        "data.any_text": True,
    }
    if start is None or way is None:
        settings["base"] = options.base
    else:
        settings |= {
            "start_from": str(start.artifact.home),
            "training.learning_rate": way.learning_rate,
            "training.epochs": way.epochs,
        }
    named = {"train": rows, "validation": parts["validation"], "test": parts["old"]}
    run = train_unmeasured(make_config(settings), named)
    return sentilora.load(run.path, precision="auto")


def _wrong(model: Any, rows: list[Row]) -> list[Row]:
    answers = model.predict([row["text"] for row in rows])
    return [row for row, one in zip(rows, answers, strict=True) if one.label != row["label"]]


def _accuracies(model: Any, sides: dict[str, list[Row]]) -> dict[str, float]:
    return {name: 1 - len(_wrong(model, rows)) / len(rows) for name, rows in sides.items()}


def table(records: list[dict[str, Any]]) -> str:
    """Write a line a way, means over seeds."""
    lines = [
        "| old rows | corrections | learning rate | epochs | old kind | new kind | held out | s |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    ways = list(dict.fromkeys(str(one["way"]) for one in records))
    for way in ways:
        own = [one for one in records if str(one["way"]) == way]
        told = own[0]["way"]
        how = (
            "as it is | | |"
            if told is None
            else f"{told['old']:.0%} | × {told['repeats']} | {told['learning_rate']:g} | "
            f"{told['epochs']} |"
        )
        means = [f"{fmean(one[side] for one in own):.1%}" for side in ("old", "new", "held out")]
        seconds = "" if told is None else f"{fmean(one['seconds'] for one in own):.0f}"
        lines.append(f"| {how} {' | '.join(means)} | {seconds} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write."""
    options = parse(arguments)
    records: list[dict[str, Any]] = []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for record in measure_seed(options, seed):
            records.append(record)
            print(record, file=sys.stderr, flush=True)
            told = {
                "place": describe_place([Path(options.data)]),
                "options": describe_options(options),
            }
            write_record({**told, "records": records}, options.output)
    corrections = fmean(one["corrections"] for one in records)
    held = fmean(one["held_out"] for one in records)
    print(f"{corrections:.0f} corrections learned from, {held:.0f} held out, means over seeds\n")
    print(table(records))


if __name__ == "__main__":
    main()
