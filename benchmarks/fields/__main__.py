"""What helps in a field of its own: finance, health, retail.

    python -m benchmarks.fields data --work fields

``data`` is a folder with ``financial_phrasebank/``, ``fdu_mtl_16domains/`` and ``fabsa/``. Of each
field are written, for each seed, ``WORK/SEED/FIELD/``: ``train-100.csv`` and ``train-1000.csv``
(the rows drawn label by label), ``test.csv``, and ``texts.csv``, all texts of the field without
labels. ``--write`` stops there: the commands of docs/your-field.md run on these files.

Measured on test, which nothing was chosen on: ``general`` as it is, ``general`` trained further,
the base trained, and the base trained after ``sentilora adapt`` has read ``texts.csv``; TF-IDF +
logistic regression beside. All trainings have one preset and no other setting. Texts of test, by
their letters and digits, are taken out of train and texts.

What is finished in ``--work`` is not done again. Prints Markdown and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import sentilora
from benchmarks.adaptation import read_setting
from benchmarks.common.machine import describe_options, describe_place
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.fields.field_rows import FIELDS, write_field
from sentilora.errors import SentiloraError
from sentilora.runs.run_folder import Run
from sentilora.samples import GENERAL

AS_IT_IS, TFIDF, STARTED = "general, as it is", "TF-IDF + logistic regression", "general, trained"
TRAINED, ADAPTED = "base, trained", "base, adapted, trained"
SIDES = (AS_IT_IS, TFIDF, TRAINED, ADAPTED, STARTED)
METRICS = ("accuracy", "macro_f1")
Record = dict[str, Any]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("fields", __doc__)
    add = parser.add_argument
    add("folder", type=Path, help="with the folders of the sets")
    add("--field", action="append", choices=list(FIELDS), help="one alone; can be given again")
    add("--sizes", default="100,1000", help="rows to learn from (100,1000)")
    add("--seeds", type=int, default=1, help="how often rows are drawn and trained on (1)")
    add("--first-seed", type=int, default=13, help="the first of them (13)")
    add("--base", default="minilm", help="what is trained and adapted (minilm)")
    add("--from", dest="start", default=GENERAL, help="what is trained further (general)")
    add("--preset", default="fast", help="of the trainings (fast)")
    add("--train", action="append", default=[], help="setting=value of the trainings")
    add("--max-steps", type=int, help="updates of an adaptation (60; health 30)")
    add("--write", action="store_true", help="write the files of the fields, and no more")
    add("--finished", action="store_true", help="put together what is finished; train nothing")
    add("--work", type=Path, default=Path("runs") / "fields", help="folder for all that is made")
    add("--output", type=Path, default=RESULTS / "fields.json")
    options = parser.parse_args(arguments)
    options.sizes = [int(size) for size in options.sizes.split(",")]
    options.fields = options.field or list(FIELDS)
    try:
        options.settings = dict(map(read_setting, options.train))
    except ValueError as error:
        parser.error(f"--train {error}")
    missing = [p for p in _files(options) if not p.is_file()]
    if missing:
        parser.error("; ".join(f"there is no {path}" for path in missing))
    return options


def _files(options: argparse.Namespace) -> list[Path]:
    names = dict.fromkeys(name for field in options.fields for name in FIELDS[field].files)
    return [options.folder / name for name in names]


def written(options: argparse.Namespace, name: str, seed: int) -> Path:
    """Write the files of a field, and return their folder."""
    folder: Path = options.work / str(seed) / name
    write_field(options.folder, FIELDS[name], options.sizes, seed, folder)
    return folder


def adapted(options: argparse.Namespace, name: str, folder: Path) -> Path:
    """Adapt the base to the texts of a field, unless that was done; return the new base."""
    base: Path = options.work / "bases" / name
    if base.is_dir():
        return base
    shutil.rmtree(base.with_name(f"{name}.partial"), ignore_errors=True)
    return sentilora.adapt(
        options.base,
        [folder / "texts.csv"],
        test=[str(folder / "test.csv")],
        output=str(base),
        max_steps=options.max_steps or FIELDS[name].adapting,
        seed=options.first_seed,
    )


def trained(options: argparse.Namespace, path: Path, folder: Path, size: int, **how: Any) -> Record:
    """Train, unless that was done already; return the report."""
    run = Run(path)
    if not run.is_finished:
        shutil.rmtree(path, ignore_errors=True)
        run = sentilora.train(
            config={
                "preset": options.preset,
                "output": str(path.parent),
                "name": path.name,
                "data.train": str(folder / f"train-{size}.csv"),
                "data.test": str(folder / "test.csv"),
                "data.text": "text",
                "data.label": "label",
                "data.any_text": True,
                "training.max_steps": FIELDS[folder.name].updates,
                "report.baselines": [],
                **options.settings,
                **how,
            }
        )
    return run.report


def measure(options: argparse.Namespace, seed: int) -> Iterator[tuple[str, Record]]:
    """Yield each row of the table, and each adaptation, as it is done; adapting comes last."""
    plain: dict[str, Record] = {
        TRAINED: {"base": options.base, "report.baselines": ["tfidf"]},
        STARTED: {"start_from": options.start},
    }
    for name in options.fields:
        folder = written(options, name, seed)
        if seed == options.first_seed:
            about = {"field": name, "seed": seed, "side": AS_IT_IS, "size": 0}
            yield "rows", {**about, **_as_it_is(options, folder)}
        for side, how in plain.items():
            yield from _trainings(options, seed, folder, side, how)
    for name in options.fields:
        folder = options.work / str(seed) / name
        if options.finished and not (options.work / "bases" / name).is_dir():
            continue
        base = adapted(options, name, folder)
        if seed == options.first_seed:
            told = json.loads((base / "adapt.json").read_text(encoding="utf-8"))
            kept = ("data", "training", "held_out")
            yield "adapted", {"field": name, **{key: told[key] for key in kept}}
        yield from _trainings(options, seed, folder, ADAPTED, {"base": str(base)})


def _as_it_is(options: argparse.Namespace, folder: Path) -> Record:
    file = folder / "as-it-is.json"
    if not file.is_file():
        report = sentilora.evaluate(options.start, folder / "test.csv", any_text=True)
        file.write_text(json.dumps(_figures(report.to_dict())), encoding="utf-8")
    known: Record = json.loads(file.read_text(encoding="utf-8"))
    return known


def _trainings(
    options: argparse.Namespace, seed: int, folder: Path, side: str, how: Record
) -> Iterator[tuple[str, Record]]:
    for size in options.sizes:
        about = {"field": folder.name, "seed": seed, "size": size}
        path = folder.parent / "runs" / f"{folder.name}-{size}-{side.replace(', ', '-')}"
        if options.finished and not Run(path).is_finished:
            continue
        report = trained(options, path, folder, size, seed=seed, **how)
        yield "rows", {**about, "side": side, **_figures(report)}
        if "tfidf" in report["baselines"]:
            yield "rows", {**about, "side": TFIDF, **_figures(report["baselines"]["tfidf"])}


def _figures(report: Record) -> Record:
    cost = report.get("cost") or {}
    return {
        "rows": report["metrics"]["rows"],
        "metrics": {name: report["metrics"][name] for name in METRICS},
        "intervals": {name: report["intervals"][name] for name in METRICS},
        "seconds": cost.get("seconds", report.get("seconds")),
    }


def table(records: list[Record], adaptations: list[Record], field: str) -> str:
    """Write one line a side and size, means over the seeds, for one field."""
    mine = [record for record in records if record["field"] == field]
    lines = [
        f"| {field}, {mine[0]['rows']:,} test rows | trained on | accuracy % | macro F1 % "
        "| accuracy of each draw | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    adapting = sum(a["training"]["seconds"] for a in adaptations if a["field"] == field)
    for size in sorted({record["size"] for record in mine}):
        for side in SIDES:
            ones = [one for one in mine if (one["side"], one["size"]) == (side, size)]
            if not ones:
                continue
            cells = [_mean(ones, metric) for metric in METRICS]
            draws = ", ".join(f"{100 * one['metrics']['accuracy']:.1f}" for one in ones)
            took = fmean(one["seconds"] or 0 for one in ones)
            seconds = f"{took:,.0f}" if took else "–"
            if side == ADAPTED:
                seconds += f", after {adapting:,.0f} of adapting"
            learned = f"{size:,} rows" if size else "nothing"
            lines.append(f"| {side} | {learned} | {' | '.join(cells)} | {draws} | {seconds} |")
    return "\n".join(lines)


def _mean(ones: list[Record], metric: str) -> str:
    value = fmean(one["metrics"][metric] for one in ones)
    low, high = (fmean(one["intervals"][metric][end] for one in ones) for end in (0, 1))
    return f"{100 * value:.1f} [{100 * low:.1f} – {100 * high:.1f}]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    options = parse(arguments)
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    outcome: Record = {
        "machine": describe_place(_files(options)),
        "options": describe_options(options),
        "adapted": [],
        "rows": [],
    }
    try:
        for seed in seeds:
            if options.write:
                for name in options.fields:
                    print(written(options, name, seed))
                continue
            for kind, record in measure(options, seed):
                outcome[kind].append(record)
                told = (record["field"], record.get("side"), record.get("size"))
                print(seed, kind, *told, record.get("metrics", ""), file=sys.stderr, flush=True)
                write_record(outcome, options.output)
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    if not options.write:
        for name in options.fields:
            print(table(outcome["rows"], outcome["adapted"], name), end="\n\n")
        print(f"written: {options.output}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
