"""SentiLoRA's training beside the ordinary recipe and full fine-tuning, in one run.

    python -m benchmarks.training imdb/train.parquet --label label --minutes 60

Sides: ``ordinary`` (``Trainer`` + PEFT as tutorials have it, see ordinary.py),
``ordinary-full`` (the same without PEFT), ``full`` (all weights, SentiLoRA's loop, the texts of
``balanced``; ``full-fast`` and ``full-best`` too), and the presets. All train on the same rows with
the same number of threads, each in its own process, and take turns of ``--slice`` seconds, so that
whatever else the machine does hits all alike. A side's clock runs only while it trains: waiting,
measuring accuracy on the held-out rows, and the recipe's own validation are outside of it. Every
side follows its whole plan (schedule, epochs) unless ``--minutes`` ends it.

Prints Markdown tables and writes everything as JSON after each turn. Needs the embedded base, or
another one with --base. Not covered: several GPUs, and the time of loading and tokenising, which
stands in the JSON as startup_s.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common.gemm import medians, to_json
from benchmarks.common.parts import read_parts, write_parts
from benchmarks.common.program import RESULTS, make_parser, write_record
from benchmarks.training.job import Job
from benchmarks.training.ordinary import RECIPES
from benchmarks.training.presets import side_names
from benchmarks.training.race import Outcome, Record, run_race
from benchmarks.training.side_process import GEMM
from benchmarks.training.tables import render
from sentilora.errors import SentiloraError

SIDES = (*RECIPES, *side_names())
DEFAULT_SIDES = "ordinary,full,fast,balanced,best"


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("training", __doc__)
    add = parser.add_argument
    add("data", help="labelled file to train on; its test part is not touched")
    add("--sides", default=DEFAULT_SIDES, help=f"some of {','.join(SIDES)}")
    add("--rows", type=int, help="train (and validate) on so many rows")
    add("--heldout", type=int, default=2000, help="rows that measure accuracy (2000)")
    add("--test", help="file that each side scores once, if it finishes its plan")
    add(
        "--minutes",
        type=limits,
        default={},
        help="own minutes after which a side is stopped: 60, or 60,ordinary-full=20",
    )
    add("--slice", type=float, default=120, help="own seconds of a turn (120)")
    add("--max-tokens", type=int, help="limit per text, for all sides; else 256, and the presets'")
    add("--epochs", type=int, help="passes of SentiLoRA's sides; else the presets' own")
    add("--ordinary-rate", type=float, help="learning rate of the ordinary recipe (3e-4)")
    add("--base", default="minilm", help="encoder of all sides (minilm)")
    add("--device", default="auto", choices=("auto", "cpu", "cuda", "mps"))
    add("--threads", type=int, help="of every side; else what torch takes")
    add("--seed", type=int, default=13, help="of split, start and order (13)")
    add("--first-tokens", type=int, default=50_000, help="first measurement after these (50000)")
    add("--growth", type=float, default=1.25, help="tokens between measurements grow by it (1.25)")
    add("--text", help="column with the text")
    add("--label", help="column with the label")
    add("--group", help="column whose values never stand on two sides of the split")
    add("--output", type=Path, default=RESULTS / "training.json")
    options = parser.parse_args(arguments)
    options.sides = options.sides.split(",")
    problems = check(options)
    if problems:
        parser.error("; ".join(problems))
    return options


def limits(text: str) -> dict[str, float]:
    """Read ``60,ordinary-full=20`` as minutes of each side; no name stands for all others."""
    parts = (part.rpartition("=") for part in text.split(","))
    return {side: float(minutes) for side, _, minutes in parts}


def check(options: argparse.Namespace) -> list[str]:
    """Return what is wrong with the options."""
    problems = [
        f"--sides {side}: unknown; choose from {', '.join(SIDES)}"
        for side in options.sides
        if side not in SIDES
    ]
    if len(set(options.sides)) < len(options.sides):
        problems.append("--sides names a side twice")
    if options.growth <= 1:
        problems.append(f"--growth {options.growth}: must be above 1")
    for side, minutes in options.minutes.items():
        if minutes <= 0 or side not in ("", *options.sides):
            problems.append(f"--minutes {side}={minutes:g}: expected a side and a number above 0")
    for name in ("rows", "heldout", "slice", "first_tokens", "threads", "max_tokens", "epochs"):
        value = getattr(options, name)
        if value is not None and value <= 0:
            problems.append(f"--{name.replace('_', '-')} {value}: must be above 0")
    if options.test is not None and not Path(options.test).exists():
        problems.append(f"--test {options.test}: there is no such file")
    return problems


def make_jobs(options: argparse.Namespace, folder: Path) -> list[Job]:
    """Make one job a side, the matrix products first."""
    return [
        Job(
            side=side,
            base=options.base,
            folder=folder,
            seed=options.seed,
            device=options.device,
            threads=options.threads,
            minutes=options.minutes.get(side, options.minutes.get("")),
            max_tokens=options.max_tokens,
            epochs=options.epochs,
            first_tokens=options.first_tokens,
            growth=options.growth,
            test=options.test,
            columns=(options.text, options.label),
            ordinary_rate=options.ordinary_rate,
        )
        for side in (GEMM, *options.sides)
    ]


def tell(side: str, kind: str, record: Record) -> None:
    """Say on stderr how far a side is."""
    if kind == "ready":
        text = f"start-up took {record['startup_s']} s"
    elif kind == "failed":
        text = f"failed: {record['failed']}"
    elif "steps" in record:
        last = record["points"][-1] if record["points"] else {"seconds": 0.0, "accuracy": 0.0}
        text = (
            f"{record['steps']:,} of {record['planned_steps']:,} updates; "
            f"{last['accuracy']:.2%} after {last['seconds']:,.0f} s"
        )
    else:
        return
    print(f"{time.strftime('%H:%M:%S')} {side}: {kind}, {text}", file=sys.stderr, flush=True)


def to_record(description: Record, outcome: Outcome) -> Record:
    """Return everything that was measured so far, ready for JSON."""
    return {
        **description,
        "shapes": [[*shape, count] for shape, count in outcome.shapes.items()],
        "gemm": to_json(medians(outcome.rounds)),
        "gemm_rounds": len(outcome.rounds),
        "sides": {name: side for name, side in outcome.sides.items() if name != GEMM},
    }


def describe(options: argparse.Namespace, parts: dict[str, Any]) -> Record:
    """Return what is known before the race."""
    from benchmarks.common.machine import describe_options, describe_place

    return {
        "created": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "settings": describe_options(options),
        "machine": describe_place(parts["train"].files),
        "rows": {name: len(examples) for name, examples in parts.items()},
    }


def main() -> None:
    """Run the race and print the tables."""
    options = parse()
    import torch

    from sentilora.inference.engines.device import pick_device

    options.threads = options.threads or torch.get_num_threads()
    outcome = Outcome()
    try:
        options.device = pick_device(options.device).type
        parts = read_parts(
            options.data,
            heldout_rows=options.heldout,
            rows=options.rows,
            seed=options.seed,
            columns=(options.text, options.label),
            group=options.group,
        )
    except SentiloraError as error:
        raise SystemExit(str(error)) from error
    description = describe(options, parts)

    def note(side: str, kind: str, record: Record) -> None:
        tell(side, kind, record)
        write_record(to_record(description, outcome), options.output)

    with tempfile.TemporaryDirectory(prefix="race-") as folder:
        write_parts(parts, Path(folder))
        run_race(
            make_jobs(options, Path(folder)), slice_s=options.slice, tell=note, outcome=outcome
        )
    print(render(to_record(description, outcome)))
    print(f"wrote {options.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
