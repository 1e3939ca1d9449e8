"""What adapting the base to unlabelled texts gives a classifier, under one recipe and seed.

    python -m benchmarks.adaptation imdb --minutes 30 --rows 2000 --seeds 2

FOLDER holds ``train.parquet`` (labelled) and ``unsup.parquet``. Of train, ``--heldout`` rows are
put aside to measure on; their texts, and those of ``test.parquet`` if it is there, are kept out of
every adaptation. The base is adapted to the rest, once for each ``--variant`` and for the same
time; then the same short LoRA training is done from the base and from each adapted one, on
``--rows`` labelled rows, with the same seeds. The test part is never measured on.

Variants differ in settings of ``sentilora adapt``: ``--variant mlm:bag_weight=0`` and
``--variant more:mask_share=0.3,learning_rate=1e-4``; the default is ``adapted:``, all defaults.
What is finished in ``--work`` is not done again. Prints Markdown and writes JSON.

Data traps of this IMDb copy that are seen to: rows of unsup whose ``also_in`` names test, and rows
of train whose ``cad_split`` is validation or test, are dropped before anything else.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import sentilora
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.parts import write_parts
from benchmarks.common.program import RESULTS, make_parser, write_record
from sentilora.adaptation.adapt import adapt, resume_adaptation
from sentilora.data.labelled.reader import read_examples
from sentilora.data.labelled.split import split
from sentilora.data.labelled.stratification import thin
from sentilora.errors import ConfigError, SentiloraError
from sentilora.runs.run_folder import Run

BASE = "base"
METRICS = ("accuracy", "log_loss", "macro_f1")
Record = dict[str, Any]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("adaptation", __doc__)
    add = parser.add_argument
    add("folder", type=Path, help="with train.parquet and unsup.parquet")
    add("--minutes", type=float, help="of updates, for each variant (10)")
    add("--max-steps", type=int, help="updates instead of minutes")
    add("--variant", action="append", help="NAME:setting=value,…; can be given again")
    add("--rows", type=int, default=2000, help="labelled rows to train on (2000)")
    add("--heldout", type=int, default=2500, help="labelled rows to measure on (2500)")
    add("--seeds", type=int, default=2, help="trainings from each base (2)")
    add("--first-seed", type=int, default=13, help="the first of them (13)")
    add("--base", default="minilm", help="what is adapted (minilm)")
    add("--preset", default="fast", help="of the trainings (fast)")
    add("--train", action="append", default=[], help="setting=value of the trainings, e.g. seed=1")
    add("--text", help="column with the text")
    add("--label", default="label", help="column with the label (label)")
    add("--group", help="column whose values are held out together (movie)")
    add("--work", type=Path, default=Path("runs") / "adapting", help="folder for all that is made")
    add("--output", type=Path, default=RESULTS / "adaptation.json")
    options = parser.parse_args(arguments)
    options.budget = {"max_steps": options.max_steps} if options.max_steps else {}
    if options.minutes or not options.max_steps:
        options.budget["minutes"] = options.minutes or 10.0
    problems = [
        f"--{name} must be at least 1"
        for name in ("rows", "heldout", "seeds")
        if getattr(options, name) < 1
    ]
    problems += [
        f"there is no {options.folder / name}"
        for name in ("train.parquet", "unsup.parquet")
        if not (options.folder / name).is_file()
    ]
    try:
        options.variants = dict(map(read_variant, options.variant or ["adapted:"]))
        options.train = dict(map(read_setting, options.train))
    except ValueError as error:
        problems.append(str(error))
    if problems:
        parser.error("; ".join(problems))
    return options


def read_variant(text: str) -> tuple[str, Record]:
    """Read ``NAME:setting=value,…``."""
    name, colon, settings = text.partition(":")
    if not colon or not name or name == BASE:
        raise ValueError(f"--variant {text}: expected NAME:setting=value,… (not '{BASE}')")
    return name, dict(read_setting(part) for part in settings.split(",") if part)


def read_setting(text: str) -> tuple[str, Any]:
    """Read ``setting=value``; the value is JSON, else a string."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text}: expected setting=value")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def prepare(options: argparse.Namespace) -> Path:
    """Write the rows of this comparison; return the folder with ``train`` and ``test``.

    ``unlabelled.parquet`` beside it holds the texts to adapt to.
    """
    work = options.work
    work.mkdir(parents=True, exist_ok=True)
    _check_work(options)
    labelled = pq.read_table(options.folder / "train.parquet")
    if "cad_split" in labelled.column_names:
        split_of = pc.fill_null(labelled["cad_split"].cast(pa.string()), "")
        is_used = pc.is_in(split_of, value_set=pa.array(["validation", "test"]))
        labelled = labelled.filter(pc.invert(is_used))
    pq.write_table(labelled, work / "labelled.parquet")
    examples = read_examples(
        work / "labelled.parquet", text=options.text, label=options.label, group=options.group
    )
    rest, heldout = split(examples, options.heldout / len(examples), seed=options.first_seed)
    few = rest
    if options.rows < len(rest):
        few = rest.select(thin(rest.label_ids, options.rows, options.first_seed))
    data: Path = work / "data"
    data.mkdir(exist_ok=True)
    write_parts({"train": few, "test": heldout}, data)

    unsup = pq.read_table(options.folder / "unsup.parquet")
    if "also_in" in unsup.column_names:
        also_in = pc.fill_null(unsup["also_in"].cast(pa.string()), "")
        unsup = unsup.filter(pc.invert(pc.match_substring(also_in, "test")))
    column = options.text or "text"
    texts = pa.chunked_array(
        [*unsup[column].cast(pa.string()).chunks, pa.array(rest.texts, pa.string())]
    )
    pq.write_table(pa.table({"text": texts}), work / "unlabelled.parquet")
    return data


def _check_work(options: argparse.Namespace) -> None:
    """Refuse a work folder that holds another comparison, whose parts would be taken for ours."""
    names = ("rows", "heldout", "first_seed", "base", "preset", "budget", "train", "group")
    ours = {name: getattr(options, name) for name in names}
    file = options.work / "comparison.json"
    if file.is_file() and json.loads(file.read_text(encoding="utf-8")) != ours:
        raise ConfigError(
            f"{options.work} holds a comparison with other options. Choose another --work."
        )
    file.write_text(json.dumps(ours), encoding="utf-8")


def adapted(options: argparse.Namespace, name: str, settings: Record, data: Path) -> Path:
    """Adapt the base, unless that was done already; return the folder."""
    folder: Path = options.work / "bases" / name
    guards = [data / "test.parquet", options.folder / "test.parquet"]
    if folder.is_dir():
        return folder
    if folder.with_name(f"{name}.partial").is_dir():
        return resume_adaptation(folder)
    return adapt(
        options.base,
        [options.work / "unlabelled.parquet"],
        test=[str(guard) for guard in guards if guard.is_file()],
        output=str(folder),
        **{**options.budget, "seed": options.first_seed, **settings},
    )


def trained(options: argparse.Namespace, name: str, base: str, seed: int, data: Path) -> Record:
    """Train from a base, unless that was done already; return what it reached."""
    run = Run(options.work / "runs" / f"{name}-{seed}")
    if not run.is_finished:
        config = {
            "base": base,
            "preset": options.preset,
            "seed": seed,
            "output": str(run.path.parent),
            "name": run.path.name,
            "data.train": str(data),
            "report.baselines": ["frozen"],
            **options.train,
        }
        run = sentilora.train(config=config)
    report = run.report
    frozen = report["baselines"].get("frozen")
    return {
        "base": name,
        "seed": seed,
        "metrics": {metric: report["metrics"][metric] for metric in METRICS},
        "frozen": frozen["metrics"]["accuracy"] if frozen else None,
        "seconds": report["cost"]["seconds"],
    }


def measure(options: argparse.Namespace, data: Path) -> Iterator[tuple[str, Record]]:
    """Yield each adaptation and each training as it is done."""
    bases = {BASE: options.base}
    for name, settings in options.variants.items():
        folder = adapted(options, name, settings, data)
        bases[name] = str(folder)
        report = json.loads((folder / "adapt.json").read_text(encoding="utf-8"))
        kept = ("data", "objective", "training", "held_out")
        yield "adapted", {"base": name, "settings": settings, **{k: report[k] for k in kept}}
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        for name, base in bases.items():
            yield "trained", trained(options, name, base, seed, data)


def table(adaptations: list[Record], trainings: list[Record]) -> str:
    """Write one line a base; the gain is against the base as it is, seed by seed."""
    about = {record["base"]: record for record in adaptations}
    seeds = sorted({record["seed"] for record in trainings})
    lines = [
        "| base | adapted for | hidden-word loss | "
        + " | ".join(f"seed {seed}" for seed in seeds)
        + " | mean accuracy | gain | mean log loss | frozen encoder |",
        "| --- | ---: | ---: |" + " ---: |" * (len(seeds) + 4),
    ]
    plain = {r["seed"]: r["metrics"]["accuracy"] for r in trainings if r["base"] == BASE}
    for name in dict.fromkeys(record["base"] for record in trainings):
        mine = {record["seed"]: record for record in trainings if record["base"] == name}
        accuracy = {seed: record["metrics"]["accuracy"] for seed, record in mine.items()}
        gains = [accuracy[seed] - plain[seed] for seed in accuracy if seed in plain]
        frozen = [record["frozen"] for record in mine.values() if record["frozen"] is not None]
        lines.append(
            f"| {name} | {_effort(about.get(name))} | "
            + " | ".join(f"{accuracy[s]:.4f}" if s in accuracy else "–" for s in seeds)
            + f" | {fmean(accuracy.values()):.4f}"
            + (f" | {fmean(gains):+.4f}" if name != BASE and gains else " | –")
            + f" | {fmean(record['metrics']['log_loss'] for record in mine.values()):.4f}"
            + (f" | {fmean(frozen):.4f} |" if frozen else " | – |")
        )
    return "\n".join(lines)


def _effort(adaptation: Record | None) -> str:
    if adaptation is None:
        return "– | –"
    training, held_out = adaptation["training"], adaptation["held_out"]
    return (
        f"{training['tokens'] / 1e6:.2f} M tokens, {training['seconds'] / 60:.1f} min | "
        f"{held_out['before']['loss']:.3f} → {held_out['after']['loss']:.3f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    options = parse(arguments)
    try:
        data = prepare(options)
        examples = read_examples(data / "train.parquet", label=options.label)
        outcome: Record = {
            "settings": describe_options(options),
            "machine": describe_place(examples.files),
            "adapted": [],
            "trained": [],
        }
        for kind, record in measure(options, data):
            outcome[kind].append(record)
            print(f"{kind}: {record['base']} {record.get('metrics', '')}", file=sys.stderr)
            write_record(outcome, options.output)
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(outcome["adapted"], outcome["trained"]))
    print(f"\nwritten: {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
