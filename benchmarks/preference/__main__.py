"""What preferences give beside labels, with the same number of updates and texts in each.

    python -m benchmarks.preference data --rows 4000 --pairs 4000 --steps 250

FOLDER holds ``imdb/`` (``train``, ``test`` and ``pairs_test``) and ``cad_imdb/`` (``train`` and
``validation``), as parquet files. Arms, all from the same start and with the same seed:

    labels        labelled reviews alone
    ratings       half of each update labelled reviews, half pairs of the same reviews by stars
    edits         half labelled reviews, half pairs of counterfactual edits
    preferences   half labelled reviews, half the edits as label preferences
    as-labels     labelled reviews and the edits with their labels: the same texts, no pairs
    ratings-only  pairs by stars alone; labels place the bound

Each is measured on accuracy, rank correlation of ``signed`` with the stars and ranking accuracy on
test reviews, and consistency on the validation part of the edits: both texts of a pair right. Rows
of ``imdb/train`` that are originals of validation or test edits are left out, as are texts of the
test. Prints Markdown and writes JSON.
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
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.preference.files import Files, Sizes, prepare
from sentilora.data.labelled.reader import read_examples
from sentilora.errors import SentiloraError
from sentilora.labels import BINARY
from sentilora.settings_file import read_settings
from sentilora.training.context.train_keywords import settings_of
from sentilora.training.seeds import mean_interval

ARMS = ("labels", "ratings", "edits", "preferences", "as-labels", "ratings-only")
NAMES = {
    "labels": "labels",
    "ratings": "labels + pairs by stars",
    "edits": "labels + pairs of edits",
    "preferences": "labels + edits as label preferences",
    "as-labels": "labels + edits as labels (no pairs)",
    "ratings-only": "pairs by stars alone",
}
MEASURES = {
    "accuracy": "accuracy",
    "ranking_accuracy": "ranking accuracy",
    "spearman": "Spearman with stars",
    "consistency": "both of an edit pair right",
}
Record = dict[str, Any]


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("preference", __doc__)
    add = parser.add_argument
    add("folder", type=Path, help="holds imdb/ and cad_imdb/")
    add("--rows", type=int, default=4000, help="labelled reviews, about (4000)")
    add("--pairs", type=int, default=4000, help="pairs of each kind at most (4000)")
    add("--edits", type=int, default=1707, help="pairs of edits at most (1707, which is all)")
    add("--steps", type=int, default=250, help="updates of each arm (250)")
    add("--batch-rows", type=int, default=16, help="texts in each update (16)")
    add("--validation-rows", type=int, default=400, help="to choose the checkpoint (400)")
    add("--test-rows", type=int, default=2000, help="test reviews, about (2000; 25000: all)")
    add("--test-pairs", type=int, default=4000, help="of these reviews at most (4000)")
    add("--arms", default=",".join(ARMS), help="which ones, by comma")
    add("--seeds", type=int, default=1, help="how often all is drawn and trained (1)")
    add("--first-seed", type=int, default=13, help="the first of them (13)")
    add("--base", default="minilm", help="base (minilm)")
    add("--max-tokens", type=int, default=128, help="tokens read per text (128)")
    add("--weight", type=float, default=1.0, help="of the pairs' loss beside that of labels (1)")
    add("--margin-scale", type=float, default=1.0, help="logits that margin 1 means (1)")
    add("--device", default="auto", help="auto, cpu, cuda or mps")
    add("--config", type=Path, help="TOML file with further settings for all arms")
    add("--output", type=Path, default=RESULTS / "preference.json")
    options = parser.parse_args(arguments)
    options.arms = options.arms.split(",")
    unknown = [arm for arm in options.arms if arm not in ARMS]
    if unknown:
        parser.error(f"--arms {','.join(unknown)}: must be of {', '.join(ARMS)}")
    if options.seeds < 1 or options.batch_rows < 4:
        parser.error("--seeds must be at least 1, and --batch-rows at least 4")
    return options


def measure_seed(
    options: argparse.Namespace, seed: int, work: Path, further: Record
) -> Iterator[Record]:
    """Yield what each arm reaches, with one draw of the rows and further settings."""
    sizes = Sizes(
        rows=options.rows,
        validation_rows=options.validation_rows,
        test_rows=options.test_rows,
        pairs=options.pairs,
        edits=options.edits,
        test_pairs=options.test_pairs,
    )
    files = prepare(options.folder, work, sizes, seed)
    for arm in options.arms:
        settings = {**common(options, files, seed, work, further), **of_arm(arm, files, options)}
        run = sentilora.train(config={**settings, "name": arm})
        cost = run.report["cost"]
        yield {
            "arm": arm,
            "seed": seed,
            "metrics": measure(run.path, files, options.device),
            "updates": cost["steps"],
            "tokens": cost["tokens"],
            "seconds": cost["seconds"],
            "best_step": run.report["best_step"],
            "counts": files.counts,
        }


def read_further(config: Path | None) -> Record:
    """Read further settings for all arms, with dotted names."""
    settings, problems = settings_of(read_settings(config)) if config else ({}, [])
    if problems:
        raise SystemExit("\n".join([f"{config}:", *problems]))
    return settings


def common(
    options: argparse.Namespace, files: Files, seed: int, work: Path, further: Record
) -> Record:
    """Return the settings that all arms share."""
    return {
        "base": options.base,
        "seed": seed,
        "device": options.device,
        "output": str(work / "runs"),
        "data.label": "label",
        "data.labels": list(BINARY),
        "data.validation": str(files.validation),
        "data.test": str(files.few),
        "text.max_tokens": options.max_tokens,
        "training.max_steps": options.steps,
        "training.epochs": 100,
        "training.evaluations_per_epoch": 1,
        "training.patience": 0,
        "pairs.weight": options.weight,
        "pairs.margin_scale": options.margin_scale,
        "pairs.held_out_share": 0.0,
        "report.baselines": [],
        **further,
    }


def of_arm(arm: str, files: Files, options: argparse.Namespace) -> Record:
    """Return the settings of one arm: what it learns from, in updates of as many texts."""
    if arm in ("labels", "as-labels"):
        train = files.labelled if arm == "labels" else files.with_edits
        return {"data.train": str(train), "training.batch_rows": options.batch_rows}
    pairs = {
        "ratings": files.ratings,
        "ratings-only": files.ratings,
        "edits": files.edits,
        "preferences": files.preferences,
    }[arm]
    is_alone = arm == "ratings-only"
    return {
        "data.train": str(files.labelled),
        "pairs.file": str(pairs),
        "pairs.only": is_alone,
        "training.batch_rows": options.batch_rows if is_alone else options.batch_rows // 2,
    }


def measure(run: Path, files: Files, device: str) -> dict[str, float]:
    """Measure a model on the test reviews, their pairs, and the validation edits."""
    model = sentilora.load(run, device=device)
    # Intervals are taken over seeds, or from `sentilora evaluate`.
    few: dict[str, Any] = {"resamples": 100}
    read: dict[str, Any] = {"label": "label", "labels": list(BINARY)}
    tested = sentilora.evaluate(
        model, files.test, pairs=files.test_pairs, rating="rating", **read, **few
    ).data
    edited = sentilora.evaluate(model, files.counterfactual, group="pair_id", **read, **few).data
    return {
        "accuracy": tested["metrics"]["accuracy"],
        "ranking_accuracy": tested["pairs"]["metrics"]["ranking_accuracy"],
        "spearman": tested["ratings"]["metrics"]["spearman"],
        "consistency": edited["groups"]["metrics"]["consistency"],
        "edit_accuracy": edited["metrics"]["accuracy"],
    }


def table(records: list[Record]) -> str:
    """Write one line an arm: means over the seeds, and the difference to labels alone."""
    arms = [arm for arm in ARMS if any(record["arm"] == arm for record in records)]
    seeds = sorted({record["seed"] for record in records})
    lines = [
        f"| {len(seeds)} seed(s) | {' | '.join(MEASURES.values())} | tokens | seconds |",
        "| --- |" + " ---: |" * (len(MEASURES) + 2),
    ]
    for arm in arms:
        mine = [record for record in records if record["arm"] == arm]
        cells = [_cell(records, arm, name) for name in MEASURES]
        cells += [f"{fmean(one[name] for one in mine):,.0f}" for name in ("tokens", "seconds")]
        lines.append(f"| {NAMES[arm]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(records: list[Record], arm: str, name: str) -> str:
    values = {r["seed"]: r["metrics"][name] for r in records if r["arm"] == arm}
    plain = {r["seed"]: r["metrics"][name] for r in records if r["arm"] == "labels"}
    text = f"{fmean(values.values()):.4f}"
    gains = [values[seed] - plain[seed] for seed in values if seed in plain]
    if arm == "labels" or not gains:
        return text
    limits = ""
    if len(gains) > 1:  # the same rows and start in both: the difference is what counts
        low, high = mean_interval(gains)
        limits = f", {low:+.4f} to {high:+.4f}"
    return f"{text} ({fmean(gains):+.4f}{limits})"


def main(arguments: list[str] | None = None) -> int:
    """Measure all seeds; write what is known after each arm."""
    options = parse(arguments)
    try:
        further = read_further(options.config)
        source = read_examples(
            options.folder / "imdb" / "train.parquet", label="label", text="text"
        )
        description = {
            "machine": describe_place(source.files),
            "options": describe_options(options),
        }
        records: list[Record] = []
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            with tempfile.TemporaryDirectory() as work:
                for record in measure_seed(options, seed, Path(work), further):
                    records.append(record)
                    said = ", ".join(f"{k} {v:.4f}" for k, v in record["metrics"].items())
                    print(f"seed {seed}, {record['arm']}: {said}", file=sys.stderr)
                    write_record({**description, "records": records}, options.output)
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(records))
    print(f"\nwrote {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
