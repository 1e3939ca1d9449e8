"""``sentilora adapt``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import typed
from sentilora.cli.setting_options import settings_command

if TYPE_CHECKING:
    from sentilora.adaptation.adaptation_config import AdaptConfig

EXAMPLE = "Example:  sentilora adapt minilm unlabelled.csv --test test.csv --minutes 60"


def _adapt_config() -> type[AdaptConfig]:
    from sentilora.adaptation.adaptation_config import AdaptConfig

    return AdaptConfig


AdaptCommand = settings_command(_adapt_config)


def adapt(
    context: typer.Context,
    base: Annotated[
        str | None, typer.Argument(help="Base: a name, hub id or folder.", show_default=False)
    ] = None,
    texts: Annotated[
        list[str] | None,
        typer.Argument(help="Files (.txt: a text a line) and folders; labels are ignored."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the unfinished adaptation to this folder.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and what it would take.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Teach an encoder the language of your texts, without labels; the result is a new base."""
    from sentilora.cli.progress import ProgressBar
    from sentilora.errors import ConfigError

    settings: dict[str, Any] = context.obj
    if resume is not None:
        _check_resume(resume, base, texts, settings)
        from sentilora.adaptation.adapt import resume_adaptation

        with ProgressBar() as listener:
            folder = resume_adaptation(resume, listener)
    elif base is None or not texts:
        missing = "base and texts" if base is None else "texts"
        example = typed("adapt", "minilm", "reviews.csv")
        raise ConfigError(f"No {missing} given. Type, e.g.: {example}")
    elif dry_run:
        from sentilora.adaptation.adaptation_estimate import estimate_adaptation

        _show_dry_run(estimate_adaptation(base, texts, **settings), as_json=as_json)
        return
    else:
        from sentilora.adaptation.adapt import adapt as run_adaptation

        with ProgressBar() as listener:
            folder = run_adaptation(base, texts, listener=listener, **settings)
    _show(folder, as_json=as_json)


def _check_resume(
    resume: Path, base: str | None, texts: list[str] | None, settings: dict[str, Any]
) -> None:
    from sentilora.errors import ConfigError
    from sentilora.section import offered_settings

    names = {setting.key: setting.name for setting in offered_settings(_adapt_config())}
    given = [*([base] if base else []), *(texts or []), *(f"--{names[key]}" for key in settings)]
    if given:
        raise ConfigError(
            f"--resume goes on with the settings of {resume}; leave out: "
            f"{', '.join(name.replace('_', '-') for name in given)}."
        )


def _show(folder: Path, *, as_json: bool) -> None:
    report = json.loads((folder / "adapt.json").read_text(encoding="utf-8"))
    if as_json:
        print(json.dumps({"path": str(folder), **report}, indent=2, ensure_ascii=False))
        return
    from rich.table import Table

    from sentilora.cli.report_tables import console
    from sentilora.evaluation.reports.wording import duration

    held_out, training = report["held_out"], report["training"]
    table = Table(title=f"{held_out['texts']:,} texts held out", title_justify="left")
    for heading in ("", "before", "after"):
        table.add_column(heading, justify="right" if heading else "left")
    sides = (held_out["before"], held_out["after"])
    table.add_row("loss, nats a hidden token", *[f"{side['loss']:.3f}" for side in sides])
    table.add_row("hidden tokens named right", *[f"{side['accuracy']:.1%}" for side in sides])
    if report["objective"]["bag_weight"]:
        table.add_row("loss, nats a word of the bag", *[f"{s['bag_loss']:.3f}" for s in sides])
    out = console()
    out.print(table)
    if report["objective"]["head"] == "fresh":
        out.print(
            "the base brought no head for hidden words: 'before' is under one that starts from "
            "word frequencies",
            markup=False,
            soft_wrap=True,
        )
    out.print(
        f"adapted in {duration(training['seconds'])}: {training['tokens']:,} tokens, "
        f"{training['epochs']:g} passes, {training['tokens_per_second']:,.0f} tokens/s",
        markup=False,
    )
    out.print(f"\nbase     {folder}", markup=False, soft_wrap=True)
    out.print(f"next     {typed('train', 'DATA', base=folder)}", markup=False, soft_wrap=True)


def _show_dry_run(estimate: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(estimate, indent=2, ensure_ascii=False))
        return
    from sentilora.cli.report_tables import console
    from sentilora.evaluation.reports.wording import duration

    texts = estimate["data"]["texts"]
    facts = {
        "texts": f"{texts['kept']:,} of {texts['read']:,} rows, {estimate['held_out_texts']:,} of "
        "them held out",
        "left out": f"{texts['guarded']:,} that stand in a test file, {texts['duplicates']:,} "
        f"duplicates, {texts['bad']:,} bad",
        "windows": f"{estimate['windows']:,}",
        "tokens": f"{estimate['tokens']:,} in {estimate['epochs']:g} passes",
        "updates": f"about {estimate['steps']:,}",
        "head": f"{estimate['head']}, learning rate {estimate['learning_rate']:g}",
        "weights": f"{estimate['parameters']:,}, all of them learn",
        "device": f"{estimate['device']} ({estimate['precision']})",
        "speed": f"{estimate['tokens_per_second']:,.0f} tokens/s, measured on two updates",
        "updating": f"about {duration(estimate['seconds'])}",
        "memory": f"about {estimate['memory_bytes'] / 1e9:.1f} GB",
        "disk": f"about {estimate['disk_bytes'] / 1e6:.0f} MB",
    }
    out = console()
    for name, text in facts.items():
        out.print(f"{name:<11} {text}", markup=False, soft_wrap=True)
    out.print("\nnothing was written; leave out --dry-run to adapt", markup=False)
