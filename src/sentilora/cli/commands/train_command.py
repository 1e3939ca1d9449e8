"""``sentilora train``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.cli.setting_options import settings_command

if TYPE_CHECKING:
    from sentilora.config import RunConfig

EXAMPLE = "Example:  sentilora train reviews.csv --base minilm --preset balanced --output runs"


def _run_config() -> type[RunConfig]:
    from sentilora.config import RunConfig

    return RunConfig


TrainCommand = settings_command(_run_config)


def train(
    context: typer.Context,
    data: Annotated[
        str | None,
        typer.Argument(help="File, folder with train.* and test.*, hub data set id, or 'sample'."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings in a TOML file; options win over it.")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Train this many times; report mean and interval.")
    ] = None,
    feedback: Annotated[
        str | None,
        typer.Option(
            metavar="STORE",
            help="Go on from --from with the corrections of a store, beside the old rows.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run that --config lies in.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and what it would take.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Train a sentiment model, prove that it reloads, and show what training bought."""
    from sentilora.cli.progress import ProgressBar
    from sentilora.cli.report_tables import show_dry_run, show_run, show_seeds
    from sentilora.errors import ConfigError

    settings = {**({} if data is None else {"data.train": data}), **context.obj}
    if feedback is not None:
        beside = {"config": config, "seeds": seeds, "resume": resume, "dry_run": dry_run}
        _learn(feedback, settings, beside, as_json=as_json)
        return
    if resume:
        _check_resume(config, settings)
        from sentilora.training.train import train as run_training

        with ProgressBar() as listener:
            run = run_training(resume=config, listener=listener)
        show_run(run, as_json=as_json)
        return

    from sentilora.config import make_config, read_config

    resolved = (
        read_config(config, settings) if config else make_config(settings, title="the options")
    )
    if not resolved.data.train:
        raise ConfigError(
            f"No data. Give a file, e.g.: {typed('train', 'reviews.csv', base='minilm')}; or try "
            f"the sample: {typed('train', 'sample', base='minilm')}"
        )
    if dry_run:
        from sentilora.training.training_estimate import estimate

        show_dry_run(estimate(resolved), as_json=as_json)
        return
    if seeds is not None:
        from sentilora.training.seeds import train_seeds

        with ProgressBar() as listener:
            summary = train_seeds(resolved, seeds, listener=listener)
        if as_json:
            print(json.dumps(summary.to_dict(), indent=2))
        else:
            show_seeds(summary)
        return
    from sentilora.training.train import train as run_training

    with ProgressBar() as listener:
        run = run_training(config=resolved, listener=listener)
    show_run(run, as_json=as_json)


def _learn(store: str, settings: dict[str, Any], beside: dict[str, Any], *, as_json: bool) -> None:
    """Go on from a model with corrections."""
    from sentilora.cli.progress import ProgressBar
    from sentilora.cli.report_tables import show_run
    from sentilora.errors import ConfigError

    if given := [COMMAND_LINE.setting(name, None) for name, one in beside.items() if one]:
        raise ConfigError(f"--feedback does not go with {', '.join(given)}. Leave that out.")
    start = settings.pop("start_from", None)
    if start is None:
        again = typed("train", start_from="RUN", feedback=store)
        raise ConfigError(f"--feedback goes on from a model, and none was named. Type: {again}")
    from sentilora.monitoring.corrections.corrected_run import train_on_feedback

    with ProgressBar() as listener:
        run = train_on_feedback(start, store, listener=listener, **settings)
    show_run(run, as_json=as_json)


def _check_resume(config: Path | None, settings: dict[str, Any]) -> None:
    from sentilora.errors import ConfigError

    if config is None:
        raise ConfigError(
            "--resume needs to know which run. Type: "
            f"{typed('train', resume='runs/NAME/config.toml')}"
        )
    from sentilora.section import offered_settings

    names = {
        setting.key: COMMAND_LINE.setting(setting.name, None)
        for setting in offered_settings(_run_config())
    }
    given = [str(value) if key == "data.train" else names[key] for key, value in settings.items()]
    if given:
        raise ConfigError(
            f"--resume goes on with the settings of the run; leave out: {', '.join(given)}."
        )
