"""Names of runs, changed or taken away from the page.

A run may move (see runs/checkpoints.py); what names its place is the page's own folder beside it,
and the two settings that stand in both. The words of its report and card stay as they were written.
"""

from __future__ import annotations

import re
import shutil

from sentilora.errors import RunError
from sentilora.message import setting
from sentilora.runs.run_folder import CONFIG, Run
from sentilora.settings_file import read_settings, write_settings

BESIDE = ".app"  # beside the runs; see training_jobs.py

_NAME = re.compile(r"[^\W_][\w .-]{0,79}")


def check_run_name(name: str) -> None:
    """Refuse what is no name of a folder that one would want.

    Raises:
        RunError: it is none.
    """
    if _NAME.fullmatch(name) is None or name.endswith((" ", ".")):
        raise RunError(
            f"{setting('name', name)} is no name for a run. Expected letters, digits, '-', '_', "
            "'.' and spaces, a letter or a digit first, 80 at most."
        )


def rename_run(run: Run, name: str) -> Run:
    """Give a run another name.

    Raises:
        RunError: the name is taken or none, or the folder cannot be moved.
    """
    check_run_name(name)
    runs = run.path.parent
    renamed = Run(runs / name)
    if renamed.path.exists() or (runs / BESIDE / name).exists():
        raise RunError(f"There is a run {name} already. Expected a new name.")
    beside = runs / BESIDE / run.path.name
    try:
        run.path.rename(renamed.path)
        if beside.is_dir():
            beside.rename(runs / BESIDE / name)
        _mend(renamed, str(beside.resolve()), str((runs / BESIDE / name).resolve()))
    except OSError as error:
        raise RunError(
            f"The run {run.path.name} cannot be renamed: {error.strerror or error}."
        ) from error
    return renamed


def delete_run(run: Run) -> None:
    """Remove a run and what the page kept beside it.

    Raises:
        RunError: a file cannot be removed.
    """
    for folder in (run.path, run.path.parent / BESIDE / run.path.name):
        try:
            if folder.is_dir():
                shutil.rmtree(folder)
        except OSError as error:
            raise RunError(
                f"The run {run.path.name} cannot be deleted: {error.strerror or error}."
            ) from error


def _mend(run: Run, old: str, new: str) -> None:
    """Write the new name, and where its data lie now, into what repeats the run."""
    config = run.path / CONFIG
    if not config.is_file():
        return
    settings = read_settings(config)
    settings["name"] = run.path.name
    data = settings.get("data", {})
    if str(data.get("train", "")).startswith(f"{old}/"):
        data["train"] = new + str(data["train"])[len(old) :]
    write_settings(settings, config)
