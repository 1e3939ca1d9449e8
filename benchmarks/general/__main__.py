r"""Build and measure ``general``, the adapter that ships with the package.

    DATA=data
    python -m benchmarks.general build --work ~/general \
        $DATA/tweeteval_sentiment $DATA/sst5 $DATA/amazon_blitzer $DATA/fdu_mtl_16domains \
        --held-out $DATA/dynasent/*.parquet $DATA/sst2/validation.parquet \
        --three $DATA/tweeteval_sentiment/val.parquet --two $DATA/imdb/test.parquet
    python -m benchmarks.general measure general --three FILE --two FILE

``build`` checks the terms of each set (general/sets.py), draws one mixture of training texts
without any that something is measured on, trains on it as ``sentilora train`` does, rounds the
weights to float16, calibrates them, proves the reload, measures, writes the card and seals the
folder: at most 3 MB. A training that was stopped goes on with ``sentilora train --config
WORK/runs/general/config.toml --resume``; after that, ``build`` with the same options takes up the
finished run.

``--three`` is a file with three labels, ``--two`` one with negative and positive texts only, for
which the neutral probability is split evenly; their texts are held out, too. Prints the figures as
JSON.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import sentilora
from benchmarks.common.program import make_parser
from benchmarks.general.card import render
from benchmarks.general.figures import measure_three, measure_two
from benchmarks.general.mixture import (
    held_out_keys,
    measured_parts,
    mix,
    read_story,
    write_mixture,
)
from benchmarks.general.package import pack, seal
from benchmarks.general.sets import check_folders
from sentilora import samples
from sentilora.cli.progress import ProgressBar
from sentilora.config import RunConfig, make_config
from sentilora.errors import ConfigError, SentiloraError
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.runs.run_folder import Run
from sentilora.settings_file import read_settings
from sentilora.training.training_estimate import estimate

NAME = samples.GENERAL


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = make_parser("general", __doc__)
    jobs = parser.add_subparsers(dest="job", required=True)
    build_parser = jobs.add_parser("build", help="train, pack, measure, write")
    add = build_parser.add_argument
    add("folders", type=Path, nargs="+", help="folders of sets, known by their names")
    add("--held-out", type=Path, nargs="+", required=True, help="parquet files to keep out")
    add("--work", type=Path, required=True, help="folder for the mixture and the run")
    add("--output", type=Path, default=samples.general(), help="the folder that ships")
    add("--rows-per-set", type=int, default=30_000, help="at most, in equal parts a label (30000)")
    add("--break-share", type=float, default=0.0, help="of reviews that get HTML breaks (0)")
    add("--joined", type=int, default=0, help="texts put together from sentences (0)")
    add("--minutes", type=float, help="of training at most, as a dry run estimates it")
    add("--preset", default="fast", help="fast, balanced or best (fast)")
    add("--epochs", type=int, default=2, help="passes over the mixture (2)")
    add("--rank", type=int, default=16, help="LoRA rank (16)")
    add("--base", default="minilm", help="encoder (minilm)")
    add("--read-tokens", type=int, help="tokens read once it is trained, if not as in training")
    add("--seed", type=int, default=13, help="of drawing, split and order (13)")
    add("--config", type=Path, help="TOML file with further settings")
    measure_parser = jobs.add_parser("measure", help="measure a model that is there")
    measure_parser.add_argument("model", nargs="?", default=NAME, help="a run, or general")
    for one in (build_parser, measure_parser):
        one.add_argument("--three", type=Path, help="parquet file with three labels")
        one.add_argument("--precision", default="fp32", help="to measure in: fp32, bf16 (fp32)")
        one.add_argument("--two", type=Path, help="parquet file with negative and positive")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says."""
    options = parse(arguments)
    try:
        if options.job == "build":
            build(options)
        else:
            model = sentilora.load(options.model, device="cpu", precision=options.precision)
            print(json.dumps(measure(model, options), indent=2))
    except SentiloraError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def build(options: argparse.Namespace) -> None:
    """Make the adapter from the sets, or from the run that an earlier call finished."""
    run = Run(options.work.expanduser() / "runs" / NAME)
    mixture = options.work.expanduser() / "mixture.parquet"
    folders = check_folders(options.folders)
    named = [*options.held_out, options.three, options.two]
    held_out = [file for file in named if file] + measured_parts(folders.values())
    if run.is_finished:
        print(f"taking up {run.path}", file=sys.stderr)
    else:
        rows, story = mix(
            folders,
            held_out_keys(held_out),
            rows_per_set=options.rows_per_set,
            joined=options.joined,
            seed=options.seed,
            break_share=options.break_share,
        )
        write_mixture(rows, story, mixture)
        print(json.dumps({name: vars(drawn) for name, drawn in story.items()}), file=sys.stderr)
        with ProgressBar() as listener:
            run = sentilora.train(config=settings(options, mixture), listener=listener)
    packed = pack(run, options.output, max_tokens=options.read_tokens)
    measured = measure(packed.load(options.precision), options)
    card = render(
        run,
        packed.facts,
        read_story(mixture),
        measured,
        precision=options.precision,
        command=command(options),
        held_out=[f"{file.parent.name}/{file.name}" for file in dict.fromkeys(held_out)],
    )
    folder = seal(packed, card)
    print(json.dumps({"path": str(folder), **packed.facts, "measured": measured}, indent=2))


def settings(options: argparse.Namespace, mixture: Path) -> RunConfig:
    """Return the settings of the training; ``--minutes`` becomes a number of updates."""
    given: dict[str, Any] = {
        "base": options.base,
        "preset": options.preset,
        "seed": options.seed,
        "output": str(mixture.parent / "runs"),
        "name": NAME,
        "data.train": str(mixture),
        "data.text": "text",
        "data.label": "label",
        "data.labels": ["negative", "neutral", "positive"],
        "data.validation_share": 0.05,
        "data.test_share": 0.05,
        "lora.rank": options.rank,
        "training.epochs": options.epochs,
        **(read_settings(options.config) if options.config else {}),
    }
    config = make_config(given)
    if options.minutes is None:
        return config
    expected = estimate(config)
    share = options.minutes * 60 / expected["training_s"]
    if share < 1:
        config.training.max_steps = max(1, int(expected["steps"] * share))
        print(
            f"{expected['steps']:,} updates would take {expected['training_s'] / 60:.0f} minutes: "
            f"stopping after {config.training.max_steps:,}",
            file=sys.stderr,
        )
    return config


def measure(model: SentimentModel, options: argparse.Namespace) -> dict[str, Any]:
    """Measure a model on the files that were named."""
    if set(model.labels.names) != {"negative", "neutral", "positive"}:
        raise ConfigError(
            f"The model has the labels {', '.join(model.labels.names)}, expected negative, neutral "
            "and positive."
        )
    measured = {}
    if options.three:
        measured["three"] = measure_three(model, options.three)
    if options.two:
        measured["two"] = measure_two(model, options.two)
    return measured


def command(options: argparse.Namespace) -> str:
    """Return the command that was typed, with folders and files by name alone."""
    parts = ["python -m benchmarks.general build", *(folder.name for folder in options.folders)]
    parts += ["--held-out", *(f"{file.parent.name}/{file.name}" for file in options.held_out)]
    for name in (
        "rows_per_set",
        "break_share",
        "joined",
        "minutes",
        "preset",
        "epochs",
        "rank",
        "read_tokens",
        "seed",
        "precision",
    ):
        value = getattr(options, name)
        if value is not None:
            parts.append(f"--{name.replace('_', '-')} {shlex.quote(str(value))}")
    return " ".join([*parts, "--work WORK"])


if __name__ == "__main__":
    raise SystemExit(main())
