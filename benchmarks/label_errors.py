"""How many planted wrong labels a deep check finds, and how many right ones it doubts.

    python -m benchmarks.label_errors imdb/train.parquet --label label --rows 4000

``--rows`` rows are drawn from the file, five of a hundred of their labels are replaced by another
one, and the judge of the deep check has to find them: with words alone, and with words and the
vectors of ``general``, which has learned from none of IMDb's reviews (its card names its sets).
This is done ``--plantings`` times with other rows flipped; the vectors are computed once. ``named``
are the rows that the check names; ``recall at precision 0.5`` is that of the longest ranking of
which half is planted. The set's own wrong labels count against the judge. The same rows are
judged once more in small files of ``--small`` rows each, at most twenty of a size. The judge's
settings were chosen on the first 2,000 rows of the order that seed 77 gives; ``--skip 2000`` leaves
them out. ``--vectors FILE`` keeps the vectors for another go.

Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.common.kept import kept
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora.data.labelled.reader import read_examples
from sentilora.errors import SentiloraError
from sentilora.events import EventLog
from sentilora.quality.judge_vectors import judge_vectors
from sentilora.quality.label_doubts import doubt_labels
from sentilora.quality.near_copies import find_copies

SIDES = ("words", "words and general")
SMALL_FILES = 20
Record = dict[str, Any]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("label_errors", __doc__)
    add = parser.add_argument
    add("data", help="labelled file that general has not learned from")
    add("--rows", type=int, default=4000, help="rows to judge (4000)")
    add("--skip", type=int, default=2000, help="rows of the order that are left out (2000)")
    add("--share", type=float, default=0.05, help="share of labels to replace (0.05)")
    add("--plantings", type=int, default=3, help="how often other labels are replaced (3)")
    add("--small", default="60,100,200,500", help="rows of small files (60,100,200,500)")
    add("--seed", type=int, default=77, help="seed of the order of the rows (77)")
    add("--text", help="column with the text")
    add("--label", help="column with the label")
    add("--vectors", type=Path, help="file that keeps the vectors between goes")
    add("--output", type=Path, default=RESULTS / "label_errors.json")
    options = parser.parse_args(arguments)
    options.small = [int(size) for size in options.small.split(",") if size]
    if not 0 < options.share < 0.5 or options.plantings < 1:
        parser.error("--share must lie between 0 and 0.5, and --plantings be at least 1")
    return options


def timed_vectors(texts: list[str]) -> tuple[NDArray[np.float32], float]:
    """Return the vectors of texts and the seconds they took."""
    started = time.monotonic()
    vectors = judge_vectors(texts, EventLog())
    return vectors, time.monotonic() - started


def plant(label_ids: NDArray[np.int64], share: float, seed: int) -> NDArray[np.int64]:
    """Replace a share of labels by another one, each of the others as likely."""
    rng = np.random.default_rng(seed)
    count = int(label_ids.max()) + 1
    chosen = rng.choice(len(label_ids), round(share * len(label_ids)), replace=False)
    given = label_ids.copy()
    given[chosen] = (given[chosen] + rng.integers(1, count, len(chosen))) % count
    return given


def measured(
    given: NDArray[np.int64],
    truth: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    places: NDArray[np.int64],
) -> Record:
    """Return what was found of the planted labels, by the rows named and along the ranking."""
    planted = given != truth
    order = np.argsort(probabilities[np.arange(len(given)), given], kind="stable")
    found = np.cumsum(planted[order])
    precision, recall = found / np.arange(1, len(given) + 1), found / planted.sum()
    return {
        "named": len(places),
        "precision": float(planted[places].mean()) if len(places) else 0.0,
        "recall": float(planted[places].sum() / planted.sum()),
        "recall_at_precision_0.5": float(recall[precision >= 0.5].max(initial=0.0)),
        "precision_at_recall_0.8": float(precision[recall >= 0.8].max()),
        "accuracy": float((probabilities.argmax(axis=1) == truth).mean()),
    }


def in_small_files(
    texts: Sequence[str],
    truth: NDArray[np.int64],
    groups: NDArray[np.int64],
    vectors: NDArray[np.float32],
    size: int,
    share: float,
) -> dict[str, Record]:
    """Return what is named in files of so many rows, all of them counted together."""
    counts = {side: np.zeros(3, np.int64) for side in SIDES}
    starts = range(0, len(texts) - size + 1, size)[:SMALL_FILES]
    for number, start in enumerate(starts):
        rows = slice(start, start + size)
        own = truth[rows]
        given = plant(own, share, number)
        for side in SIDES:
            read = vectors[rows] if side == SIDES[1] else None
            places = doubt_labels(texts[rows], given, groups[rows], read).places
            right = int((given != own)[places].sum())
            counts[side] += [len(places), right, int((given != own).sum())]
    return {
        side: {
            "files": len(starts),
            "named": float(named / max(1, len(starts))),
            "precision": float(right / named) if named else 0.0,
            "recall": float(right / planted) if planted else 0.0,
        }
        for side, (named, right, planted) in counts.items()
    }


def main(arguments: list[str] | None = None) -> int:
    """Plant, judge, print and write."""
    options = parse(arguments)
    try:
        examples = read_examples(options.data, text=options.text, label=options.label)
        order = np.random.default_rng(options.seed).permutation(len(examples))
        examples = examples.select(order[options.skip : options.skip + options.rows])
        texts, truth = examples.texts, examples.label_ids
        vectors, seconds = kept(options.vectors, "general", texts, lambda: timed_vectors(texts))
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    groups = find_copies(texts).original
    runs: dict[str, list[Record]] = {side: [] for side in SIDES}
    for seed in range(options.plantings):
        given = plant(truth, options.share, seed)
        for side in SIDES:
            started = time.monotonic()
            read = vectors if side == SIDES[1] else None
            found = doubt_labels(texts, given, groups, read)
            one = measured(given, truth, found.probabilities, found.places)
            runs[side].append(one | {"seconds": round(time.monotonic() - started, 1)})
    means = {
        side: {key: fmean(one[key] for one in ones) for key in ones[0]}
        for side, ones in runs.items()
    }
    print(f"{len(texts):,} rows, {options.share:.0%} wrong, {options.plantings} plantings\n")
    print("| judge | rows named | precision | recall | recall at precision 0.5 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for side, mean in means.items():
        print(
            f"| {side} | {mean['named']:.0f} | {mean['precision']:.3f} | {mean['recall']:.3f} "
            f"| {mean['recall_at_precision_0.5']:.3f} |"
        )
    small = {
        size: in_small_files(texts, truth, groups, vectors, size, options.share)
        for size in options.small
    }
    print("\n| rows of a file | judge | rows named | precision | recall |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for size, sides in small.items():
        for side, one in sides.items():
            figures = f"{one['named']:.1f} | {one['precision']:.2f} | {one['recall']:.2f}"
            print(f"| {size} | {side} | {figures} |")
    record = {
        "machine": describe_place(examples.files),
        "options": describe_options(options),
        "rows": len(texts),
        "vector_seconds": round(seconds, 1),
        "means": means,
        "small": small,
        "plantings": runs,
    }
    write_record(record, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
