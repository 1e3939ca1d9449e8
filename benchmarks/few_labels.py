"""What starting from ``general`` saves when only a few texts are labelled.

    python -m benchmarks.few_labels imdb/train.parquet --label label --seeds 3

For each seed, ``--heldout`` rows of the file are put aside to measure on, and of the rest a small
file of each size is drawn, label by label. On each small file are trained: TF-IDF + logistic
regression (on all its rows), and the base with a fresh adapter and with the one of ``--from``
(which put a tenth of it aside for validation, as ``sentilora train`` does). ``as it is`` is the
adapter of ``--from`` before any training, its head put to the labels of the file.

Choose a file that the adapter of ``--from`` has not learned from; the card of ``general`` names its
sets. Prints Markdown and writes JSON. Times are those of the trainings, validation included.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import sentilora
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.parts import write_parts
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora import samples
from sentilora.data.labelled.examples import Examples
from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.split import split
from sentilora.data.labelled.stratification import thin
from sentilora.errors import SentiloraError
from sentilora.evaluation.baselines import BASELINES, run_baselines
from sentilora.evaluation.metrics import measure
from sentilora.settings_file import read_settings
from sentilora.training.batches.batch_plan import balanced_weights
from sentilora.training.seeds import mean_interval

TFIDF, FRESH, AS_IT_IS, STARTED = "tfidf", "fresh", "as it is", "started"
SIDES = (TFIDF, FRESH, AS_IT_IS, STARTED)
METRICS = ("accuracy", "macro_f1", "macro_recall", "log_loss", "ece")
Record = dict[str, Any]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("few_labels", __doc__)
    add = parser.add_argument
    add("data", help="labelled file, of which small parts are trained on")
    add("--sizes", default="100,500", help="rows to learn from (100,500)")
    add("--seeds", type=int, default=3, help="how often each size is drawn and trained on (3)")
    add("--first-seed", type=int, default=13, help="the first of them (13)")
    add("--heldout", type=int, default=2000, help="rows to measure on (2000)")
    add("--from", dest="start", default=samples.GENERAL, help="adapter to start from (general)")
    add("--base", default="minilm", help="base of the fresh adapter (minilm)")
    add("--preset", default="balanced", help="fast, balanced or best (balanced)")
    add("--config", type=Path, help="TOML file with further settings for both trainings")
    add("--start-config", type=Path, help="TOML file with settings for the started one alone")
    add("--text", help="column with the text")
    add("--label", help="column with the label")
    add("--metric", default="accuracy", choices=METRICS, help="shown in the table (accuracy)")
    add("--output", type=Path, default=RESULTS / "few_labels.json")
    options = parser.parse_args(arguments)
    options.sizes = [int(size) for size in options.sizes.split(",")]
    if options.seeds < 1 or min(options.sizes) < 20:
        parser.error("--seeds must be at least 1, and each of --sizes at least 20")
    return options


def measure_seed(options: argparse.Namespace, examples: Examples, seed: int) -> Iterator[Record]:
    """Yield what each side reaches on each size, with one draw of the rows."""
    rest, heldout = split(examples, options.heldout / len(examples), seed=seed)
    for size in options.sizes:
        small = rest.select(thin(rest.label_ids, size, seed))
        about = {"size": len(small), "seed": seed, "heldout": len(heldout)}
        yield {**about, "side": TFIDF, **_tfidf(small, heldout, seed)}
        with tempfile.TemporaryDirectory() as folder:
            write_parts({"train": small, "test": heldout}, Path(folder))
            yield {**about, "side": FRESH, **_outcome(_train(options, folder, seed, False))}
            report = _train(options, folder, seed, True)
            before = {**report, "metrics": report["before"]["metrics"], "cost": {"seconds": 0.0}}
            yield {**about, "side": AS_IT_IS, **_outcome(before)}
            yield {**about, "side": STARTED, **_outcome(report)}


def _train(options: argparse.Namespace, folder: str, seed: int, is_started: bool) -> Record:
    start = {"start_from": options.start} if is_started else {"base": options.base}
    files = [options.config, options.start_config if is_started else None]
    settings = [read_settings(file) for file in files if file]
    given: Record = {
        "preset": options.preset,
        "seed": seed,
        "output": folder,
        "name": STARTED if is_started else FRESH,
        "data.train": folder,
        "report.baselines": [],
        **start,
    }
    for one in settings:
        given |= one
    return sentilora.train(config=given).report


def _outcome(report: Record) -> Record:
    return {
        "metrics": {name: report["metrics"][name] for name in METRICS},
        "seconds": report["cost"]["seconds"],
    }


def _tfidf(train: Examples, heldout: Examples, seed: int) -> Record:
    done, _ = run_baselines(
        [TFIDF],
        train.texts,
        train.label_ids,
        heldout.texts,
        train.labels,
        class_weights=balanced_weights(train.label_ids, len(train.labels), "auto"),
        seed=seed,
    )
    fitted = done[TFIDF]
    metrics = measure(heldout.label_ids, fitted.probabilities, train.labels).metrics
    return {"metrics": {name: metrics[name] for name in METRICS}, "seconds": fitted.seconds}


def table(records: list[Record], names: dict[str, str], metric: str) -> str:
    """Write one line a side and one column a size, means over the seeds."""
    sizes = sorted({record["size"] for record in records})
    lines = [
        f"| {metric} | " + " | ".join(f"{size} texts | training" for size in sizes) + " |",
        "| --- |" + " ---: | ---: |" * len(sizes),
    ]
    for side in SIDES:
        cells = []
        for size in sizes:
            mine = [r for r in records if (r["side"], r["size"]) == (side, size)]
            values = [record["metrics"][metric] for record in mine]
            low, high = mean_interval(values) if len(values) > 1 else (None, None)
            spread = "" if low is None else f" ({low:.4f}–{high:.4f})"
            seconds = fmean(record["seconds"] for record in mine)
            cells += [f"{fmean(values):.4f}{spread}", f"{seconds:,.1f} s"]
        lines.append(f"| {names[side]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure all seeds; write what is known after each."""
    options = parse(arguments)
    names = {
        TFIDF: BASELINES[TFIDF].name,
        FRESH: f"{options.base} + LoRA, fresh",
        AS_IT_IS: f"{options.start}, as it is",
        STARTED: f"{options.start} + LoRA",
    }
    try:
        examples = read_examples(options.data, text=options.text, label=options.label)
        description = {
            "machine": describe_place(examples.files),
            "options": describe_options(options),
        }
        records: list[Record] = []
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            for record in measure_seed(options, examples, seed):
                records.append(record)
                figure = f"{record['metrics'][options.metric]:.4f} in {record['seconds']:.1f} s"
                print(
                    f"seed {seed}, {record['size']}: {names[record['side']]}: {figure}",
                    file=sys.stderr,
                )
                write_record({**description, "records": records}, options.output)
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(records, names, options.metric))
    print(f"\nwrote {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
