"""``sentilora train``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from sentilora.cli.options import (
    Group,
    Label,
    LabelNames,
    PairsColumns,
    PairsKey,
    PairsTexts,
    Stars,
    Test,
    Text,
    Validation,
)

EXAMPLE = "Example:  sentilora train reviews.csv --base minilm --preset balanced --output runs"


def train(
    data: Annotated[
        str | None,
        typer.Argument(help="File, folder with train.* and test.*, hub data set id, or 'sample'."),
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="Base: a name, hub id or folder. Default: distilbert.")
    ] = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="RUN",
            help="Train a run's adapter on, or 'general'; decides the base.",
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings in a TOML file; options win over it.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="fast, balanced or best: how long to train and to read.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="lora, or full: all weights, for comparison.")
    ] = None,
    text: Text = None,
    label: Label = None,
    group: Group = None,
    labels: LabelNames = None,
    stars: Stars = None,
    validation: Validation = None,
    test: Test = None,
    pairs: Annotated[
        str | None, typer.Option(help="File of graded texts or label preferences to learn from.")
    ] = None,
    pairs_weight: Annotated[
        float | None, typer.Option(help="Weight of their loss beside that of labels. Default: 1.")
    ] = None,
    pairs_only: Annotated[
        bool, typer.Option("--pairs-only", help="Train on pairs alone; labels only measure.")
    ] = False,
    pairs_columns: PairsColumns = None,
    pairs_texts: PairsTexts = None,
    pairs_key: PairsKey = None,
    limit: Annotated[int | None, typer.Option(help="Train on this many rows.")] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Leave out unusable rows, and list them.")
    ] = False,
    epochs: Annotated[int | None, typer.Option(help="Passes over the data.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Peak learning rate.")] = None,
    rank: Annotated[int | None, typer.Option(help="LoRA rank.")] = None,
    load_in_4bit: Annotated[
        bool,
        typer.Option("--load-in-4bit", help="Hold the frozen base in 4 bits (QLoRA); CUDA only."),
    ] = False,
    max_tokens: Annotated[int | None, typer.Option(help="Tokens read per text.")] = None,
    long_text: Annotated[
        str | None, typer.Option(help="head, head-tail or windows: of a text over the limit.")
    ] = None,
    precision: Annotated[str | None, typer.Option(help="auto, fp32, bf16 or fp16.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of split, start and order.")] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Train this many times; report mean and interval.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None,
    country: Annotated[str | None, typer.Option(help="ISO code for the CO2 figure: DEU.")] = None,
    output: Annotated[str | None, typer.Option(help="Folder for run folders.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the run folder.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run that --config lies in.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and what it would take.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Train a sentiment model, prove that it reloads, and show what training bought."""
    from sentilora.cli.progress import Progress
    from sentilora.cli.report_tables import show_dry_run, show_run, show_seeds
    from sentilora.data.pairs.pair_columns import parse_pair_columns
    from sentilora.errors import ConfigError

    settings = _settings(
        {
            "data.train": data,
            "base": base,
            "start_from": start_from,
            "preset": preset,
            "method": method,
            "data.text": text,
            "data.label": label,
            "data.group": group,
            "data.labels": [x.strip() for x in labels.split(",")] if labels else None,
            "data.stars": stars,
            "data.validation": validation,
            "data.test": test,
            "pairs.file": pairs,
            "pairs.weight": pairs_weight,
            "pairs.only": pairs_only or None,
            "pairs.columns": parse_pair_columns(pairs_columns) or None,
            "pairs.texts": pairs_texts,
            "pairs.key": pairs_key,
            "data.limit": limit,
            "data.skip_bad_rows": skip_bad_rows or None,
            "training.epochs": epochs,
            "training.learning_rate": learning_rate,
            "training.precision": precision,
            "lora.rank": rank,
            "lora.load_in_4bit": load_in_4bit or None,
            "text.max_tokens": max_tokens,
            "text.long_text": long_text,
            "seed": seed,
            "device": device,
            "report.country": country,
            "output": output,
            "name": name,
        }
    )
    if resume:
        _check_resume(config, settings)
        from sentilora.training.train import train as run_training

        with Progress() as listener:
            run = run_training(resume=config, listener=listener)
        show_run(run, as_json=as_json)
        return

    from sentilora.config import make_config, read_config

    resolved = (
        read_config(config, settings) if config else make_config(settings, title="the options")
    )
    if not resolved.data.train:
        raise ConfigError(
            "No data. Give a file, e.g.: sentilora train reviews.csv; or try the sample: "
            "sentilora train sample --base minilm"
        )
    if dry_run:
        from sentilora.training.training_estimate import estimate

        show_dry_run(estimate(resolved), as_json=as_json)
        return
    if seeds is not None:
        from sentilora.training.seeds import train_seeds

        with Progress() as listener:
            summary = train_seeds(resolved, seeds, listener=listener)
        if as_json:
            print(json.dumps(summary.to_dict(), indent=2))
        else:
            show_seeds(summary)
        return
    from sentilora.training.train import train as run_training

    with Progress() as listener:
        run = run_training(config=resolved, listener=listener)
    show_run(run, as_json=as_json)


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _check_resume(config: Path | None, settings: dict[str, Any]) -> None:
    from sentilora.errors import ConfigError

    if config is None:
        raise ConfigError(
            "--resume needs to know which run. Type: "
            "sentilora train --config runs/NAME/config.toml --resume"
        )
    if settings:
        raise ConfigError(
            f"--resume goes on with the settings of the run; leave out: {', '.join(settings)}."
        )
