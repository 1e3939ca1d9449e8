"""Which models there are to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sentilora.errors import SentiloraError
from sentilora.model.artifact import MANIFEST, find_artifact, home_of
from sentilora.runs.run_folder import Run, list_runs
from sentilora.samples import GENERAL
from sentilora.ui.settings import AppSettings


@dataclass(frozen=True)
class Choice:
    """A model that can be chosen.

    Attributes:
        path: path of the model, as :func:`sentilora.load` takes it.
        name: name for people.
    """

    path: str
    name: str


def list_choices(settings: AppSettings) -> list[Choice]:
    """List the given model, the one that ships, runs (newest first) and exports; each once."""
    found = [Choice(settings.run, _name_of(settings.run)), Choice(GENERAL, GENERAL)]
    runs = [run.path for run in list_runs(settings.runs) if run.is_finished]
    found += [Choice(str(path), path.name) for path in reversed(runs)]
    exports = sorted(settings.exports.glob(f"*/{MANIFEST}"))
    found += [Choice(str(file.parent), f"{file.parent.name} (export)") for file in exports]
    chosen: dict[str, Choice] = {}
    for one in found:
        chosen.setdefault(_key(one.path), one)
    return list(chosen.values())


def run_of(path: str) -> Run | None:
    """Return the run that a model belongs to; None for exports and the one that ships."""
    if path == GENERAL:
        return None
    given = Path(path).expanduser().resolve()
    for folder in (given, given.parent):
        run = Run(folder)
        if (given == folder or given == run.model_path) and run.is_finished:
            return run
    return None


def _name_of(path: str) -> str:
    if path == GENERAL:
        return GENERAL
    return home_of(Path(path).expanduser().resolve()).name


def _key(path: str) -> str:
    try:
        return str(find_artifact(path).resolve())
    except SentiloraError:
        return path
