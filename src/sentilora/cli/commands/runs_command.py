"""``sentilora runs``."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentilora.cli.option_words import COMMAND_LINE, typed

if TYPE_CHECKING:
    from sentilora.runs.run_folder import Run

EXAMPLE = "Example:  sentilora runs --output runs"


def runs(
    output: Annotated[Path, typer.Option(help="Folder with run folders.")] = Path("runs"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the runs in a folder, oldest first."""
    from sentilora.runs.run_folder import list_runs

    rows = [_describe(run) for run in list_runs(output.expanduser())]
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    _show(rows, output)


def _describe(run: Run) -> dict[str, Any]:
    from sentilora.errors import SentiloraError
    from sentilora.evaluation.reports.report import read_report

    row: dict[str, Any] = {"name": run.path.name, "path": str(run.path), "state": "finished"}
    row |= dict.fromkeys(("base", "accuracy", "macro_f1", "created", "hint"))
    try:
        row["base"] = run.config.base
        if not run.is_finished:
            hint = typed("train", resume=run.path / "config.toml")
            return {**row, "state": "unfinished", "created": _started(run), "hint": hint}
        report = read_report(run.path)
    except SentiloraError as error:
        return {**row, "state": "unreadable", "hint": error.message.spelled(COMMAND_LINE)}
    metrics = {name: report.metrics.get(name) for name in ("accuracy", "macro_f1")}
    return {**row, **metrics, "created": report.created}


def _started(run: Run) -> str | None:
    from sentilora.runs.event_file import read_events

    first = next(read_events(run.path), None)
    seconds = first["time"] if first else (run.path / "config.toml").stat().st_mtime
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _show(rows: list[dict[str, Any]], folder: Path) -> None:
    from rich.markup import escape
    from rich.table import Table

    from sentilora.cli.report_tables import console

    out = console()
    if not rows:
        out.print(f"There are no runs in {folder}.", markup=False)
        out.print(f"next     {typed('train', 'sample', base='minilm')}", markup=False)
        return
    table = Table()
    for heading in ("name", "state", "base"):
        table.add_column(heading, no_wrap=True)
    for heading in ("accuracy", "macro F1"):
        table.add_column(heading, justify="right")
    table.add_column("created (UTC)")
    for row in rows:
        shares = [
            "–" if row[key] is None else f"{row[key]:.4f}" for key in ("accuracy", "macro_f1")
        ]
        created = (row["created"] or "–").replace("T", " ").removesuffix("Z")
        table.add_row(
            escape(row["name"]), row["state"], escape(row["base"] or "–"), *shares, created
        )
    out.print(table)
    for row in rows:
        if row["state"] != "finished":
            then = "if it runs no more: " if row["state"] == "unfinished" else ""
            out.print(f"{row['name']}  {then}{row['hint']}", markup=False, soft_wrap=True)
    done = [row for row in rows if row["state"] == "finished"]
    if done:
        then = typed("predict", done[-1]["path"], "a text")
        out.print(f"\nnext     {then}", markup=False, soft_wrap=True)
