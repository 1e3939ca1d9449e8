"""``sentilora promote``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed
from sentilora.errors import ConfigError

if TYPE_CHECKING:
    from sentilora.runs.promotion.promote import Promotion

EXAMPLE = "Example:  sentilora promote runs/NAME --over general   or:  sentilora promote --undo"


def promote(
    run: Annotated[
        str | None, typer.Argument(help="Run folder or export that is to be used from now on.")
    ] = None,
    over: Annotated[
        str | None,
        typer.Option(
            metavar="RUN|NAME",
            help="What it replaces: a run, 'general', or the file of the one in use; else what is "
            "in use, or what the run started from.",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="Name of the file beside the run that stands for the one in use.")
    ] = "promoted",
    test: Annotated[
        str | None,
        typer.Option(help="Labelled rows to compare both on, where the training has not."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also if it is worse, or was not compared.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Go back to the model that was in use before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a run take the place of the model in use, unless it is worse on the same rows.

    What serves and watches by the name of that file takes it without a restart.
    """
    from sentilora.cli.progress import ProgressBar
    from sentilora.runs.promotion.promote import promote as replace
    from sentilora.runs.promotion.promote import undo_promotion

    if undo:
        if run is not None or test is not None or force:
            file = COMMAND_LINE.setting("over", str(Path("runs") / name))
            raise ConfigError(
                f"{COMMAND_LINE.setting('undo', True)} goes back to the model before, and takes no "
                f"run. Name the file with {file} if it lies elsewhere."
            )
        _show(undo_promotion(over or Path("runs") / name), as_json=as_json)
        return
    if run is None:
        raise ConfigError(f"No run was named. Type: {typed('promote', 'RUN')}")
    with ProgressBar() as listener:
        done = replace(run, over=over, name=name, test=test, force=force, listener=listener)
    _show(done, as_json=as_json)


def _show(done: Promotion, *, as_json: bool) -> None:
    from sentilora.evaluation.reports.comparison import against_old

    path = _short(done.pointer)
    if as_json:
        told = {
            "pointer": str(path),
            "model": done.model,
            "before": done.before,
            "compared": None if done.compared is None else done.compared.to_dict(),
        }
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for line in [] if done.compared is None else against_old(done.compared):
        print(f"compared    {line}")
    before = "; nothing was in use" if done.before is None else f", in the place of {done.before}"
    print(f"promoted    {done.model}{before}")
    print(f"name        {path}: what serves and watches by it takes the new model by itself")
    print(f"next        {typed('serve', path)}")


def _short(path: Path) -> Path:
    """Return a path from where the command was typed, if it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
