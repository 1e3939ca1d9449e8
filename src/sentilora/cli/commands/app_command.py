"""``sentilora app``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sentilora.defaults import HOST
from sentilora.ui.settings import PORT, AppSettings

EXAMPLE = "Example:  sentilora app runs/NAME --port 8600"


def open_app(
    run: Annotated[
        str, typer.Argument(help="Run folder, its model/, or an export to begin with.")
    ] = AppSettings.run,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")
    ] = HOST,
    port: Annotated[int, typer.Option(help="Port to listen on; 0: a free one.")] = PORT,
    output: Annotated[
        Path, typer.Option(help="Folder with run folders; trainings go there, too.")
    ] = AppSettings.runs,
    store: Annotated[
        str,
        typer.Option(help="Store of a monitor: SQLite file, or address of a PostgreSQL database."),
    ] = AppSettings.store,
) -> None:
    """Open the web page: try texts, analyse files, watch, train, compare, export.

    It runs until Ctrl-C. Texts stay on this machine; there is no password, so open it to others
    only in a network you trust.
    """
    from sentilora.ui.launcher import check_installed, launch

    check_installed()
    _check_run(run)

    def tell(url: str) -> None:
        print(f"page        {url}\nstop        Ctrl-C", file=sys.stderr)

    settings = AppSettings(run=run, runs=output.expanduser(), store=store)
    launch(settings, host=host, port=port, tell=tell)


def _check_run(run: str) -> None:
    """Say now, rather than on the page, that there is no such model."""
    from sentilora.model.artifact import find_artifact

    find_artifact(run)
