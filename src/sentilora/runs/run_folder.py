"""The run folder: what training writes and every other part reads.

runs/2026-11-20-143210-minilm-reviews/
  config.toml  environment.json  events.jsonl  checkpoints/  model/
  report.json  report.html  README.md
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentilora.config import RunConfig, read_config, write_config
from sentilora.errors import RunError
from sentilora.files import path_of
from sentilora.message import command, setting
from sentilora.model.artifact import MANIFEST, MODEL_FOLDER
from sentilora.runs.event_file import read_events

CONFIG = "config.toml"


@dataclass(frozen=True)
class Run:
    """A run folder.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> sentilora.Run(Path("runs/reviews")).is_finished
        False
    """

    path: Path

    def __fspath__(self) -> str:
        """Stand for its folder, wherever a path is asked for."""
        return str(self.path)

    def __repr__(self) -> str:
        is_there = self.path.is_dir()
        state = "finished" if self.is_finished else "not finished" if is_there else "not there"
        return f"<Run {self.path}: {state}>"

    @property
    def model_path(self) -> Path:
        """The finished model; valid once it holds its manifest."""
        return self.path / MODEL_FOLDER

    @property
    def checkpoints(self) -> Path:
        """Resumable state, removed when the run is finished."""
        return self.path / "checkpoints"

    @property
    def work(self) -> Path:
        """Intermediate results, removed when the run is finished."""
        return self.path / "work"

    @property
    def is_finished(self) -> bool:
        """Whether the model was proved and everything was measured."""
        return (self.path / "report.json").is_file() and (self.model_path / MANIFEST).is_file()

    @property
    def config(self) -> RunConfig:
        """What the run was told to do."""
        return read_config(self.path / CONFIG)

    @property
    def report(self) -> dict[str, Any]:
        """What was measured.

        Raises:
            RunError: the run has not finished.
        """
        try:
            text = (self.path / "report.json").read_text(encoding="utf-8")
        except OSError as error:
            raise RunError(f"{self._unfinished} {self._how_to_resume}") from error
        report: dict[str, Any] = json.loads(text)
        return report

    @property
    def events(self) -> list[dict[str, Any]]:
        """What happened so far."""
        return list(read_events(self.path))

    @property
    def _unfinished(self) -> str:
        return f"The run {self.path} has not finished."

    @property
    def _how_to_resume(self) -> str:
        return f"Go on with it: {command('train', resume=self.path / CONFIG)}"


def create_name(config: RunConfig) -> str:
    """Make a name from the time, the base and the data."""
    parts = [Path(config.base).name, Path(config.data.train).name.split(".")[0]]
    return "-".join([time.strftime("%Y-%m-%d-%H%M%S"), *map(_slug, parts)])


def create_run(config: RunConfig) -> Run:
    """Make a new run folder and write its config.

    Raises:
        RunError: the folder exists already, or cannot be written.
    """
    path = Path(config.output).expanduser() / (config.name or create_name(config))
    try:
        path.mkdir(parents=True)
    except FileExistsError as error:
        raise RunError(
            f"The run folder {path} exists already. Choose another {setting('name')}, or go on "
            f"with it: {command('train', resume=path / CONFIG)}"
        ) from error
    except OSError as error:
        raise RunError(
            f"The run folder {path} cannot be made: {error.strerror}. "
            f"Choose a folder you may write to with {setting('output', 'DIR')}."
        ) from error
    write_config(config, path / CONFIG)
    return Run(path)


def resume_run(config_path: Path) -> Run:
    """Open the run that a config lies in, to go on with it.

    Raises:
        RunError: the config is not inside a run folder, or that run has finished.
    """
    run = Run(config_path.resolve().parent)
    if config_path.name != CONFIG or not (run.path / "environment.json").is_file():
        raise RunError(
            f"{config_path} is not the config.toml of a run folder. "
            f"Resume with: {command('train', resume='runs/NAME/config.toml')}"
        )
    if run.is_finished:
        raise RunError(
            f"The run {run.path} has finished; there is nothing to resume. Look at "
            f"{run.path / 'report.html'}, or predict: {command('predict', run.path, 'a text')}"
        )
    return run


def list_runs(folder: str | Path = "runs") -> Iterator[Run]:
    """Yield the runs in a folder, oldest first.

    Example:
        >>> import sentilora
        >>> from pathlib import Path
        >>> [run.path.name for run in sentilora.list_runs(Path("runs"))]
        []
    """
    for config in sorted(path_of(folder).glob(f"*/{CONFIG}")):
        yield Run(config.parent)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "data"
