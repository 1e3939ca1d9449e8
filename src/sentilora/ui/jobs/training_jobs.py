"""Trainings that run in processes of their own, so that they outlive a page, and even the server.

Beside the runs lies a hidden folder for each training that the page started:

    runs/.app/<run name>/
      settings.toml   what it was asked to do
      process.json    which process it is
      stderr.txt      what it said; holds the error of a training that failed before it had a run
      <data file>     the file that was uploaded; a training that goes on reads it again

How far a training is stands in its run folder alone (see run_progress.py). Not covered: Windows,
which has no signal that asks a process without a console to stop.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import psutil

from sentilora.config import make_config
from sentilora.errors import RunError
from sentilora.message import command, option, setting
from sentilora.runs.event_file import read_events
from sentilora.runs.run_folder import CONFIG, Run, create_name
from sentilora.settings_file import write_settings
from sentilora.ui.jobs.run_names import BESIDE, check_run_name

PROCESS = "process.json"
SAID = "stderr.txt"
SETTINGS = "settings.toml"

# A shell that starts a server in the background has it ignore SIGINT, and children inherit that.
_LISTENING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from sentilora.cli.app import main; from sentilora.ui.display.page_words import PAGE; "
    "main(PAGE)"
)
_STILL_WARM_S = 60.0
_starting = threading.Lock()


@dataclass(frozen=True)
class Job:
    """A training that the page started.

    Attributes:
        run: run folder of the training, which may not be there yet.
    """

    run: Run

    @property
    def folder(self) -> Path:
        """Where its process is written down."""
        return self.run.path.parent / BESIDE / self.run.path.name

    @property
    def is_alive(self) -> bool:
        """Whether its process is at work."""
        return self._process() is not None

    @property
    def error(self) -> str | None:
        """What its process said last when it failed; None if it did not."""
        try:
            said = (self.folder / SAID).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        for mark in ("unexpected error: ", "error: "):
            _, found, message = f"\n{said}".rpartition(f"\n{mark}")
            if found:
                return message.strip().replace(f"{self.folder.resolve()}/", "")
        return None

    @property
    def is_elsewhere(self) -> bool:
        """Whether somebody else seems to work on it, in a terminal for instance."""
        return not self.is_alive and _silence_s(self.run) is not None

    def stop(self) -> None:
        """Ask it to stop as Ctrl-C does: it writes a checkpoint first."""
        process = self._process()
        if process is not None:
            process.send_signal(signal.SIGINT)

    def _process(self) -> psutil.Process | None:
        try:
            told = json.loads((self.folder / PROCESS).read_text(encoding="utf-8"))
            process = psutil.Process(told["pid"])
            is_same = abs(process.create_time() - told["created"]) < 1.0
            is_dead = process.status() == psutil.STATUS_ZOMBIE
        except (OSError, ValueError, KeyError, psutil.Error):
            return None
        return process if is_same and not is_dead else None


def find_jobs(runs: Path) -> list[Job]:
    """Return the trainings that the page started, the newest first."""
    files = runs.glob(f"{BESIDE}/*/{PROCESS}")
    newest = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
    return [Job(Run(runs / file.parent.name)) for file in newest]


def running_job(runs: Path) -> Job | None:
    """Return the training that is at work now, if there is one."""
    return next((job for job in find_jobs(runs) if job.is_alive), None)


def start(settings: Mapping[str, Any], runs: Path) -> Job:
    """Start a training; an uploaded file is copied beside the runs first.

    Args:
        settings: settings of a :class:`~sentilora.config.RunConfig`, by dotted names. Those that
            are None are left to the defaults.
        runs: the folder of the run folders.

    Raises:
        RunError: another one is at work, nothing can be written, or the name is taken or no name.
        ConfigError: a setting is out of range.
    """
    chosen = {key: value for key, value in settings.items() if value is not None}
    with _starting, _writing(runs):
        _refuse_second(runs)
        config = make_config(chosen)
        base = config.start_from or config.base
        name = config.name or create_name(config.model_copy(update={"base": base}))
        _refuse_name(runs, name)
        job = Job(Run(runs / name))
        job.folder.mkdir(parents=True)
        data = Path(config.data.train)
        if data.is_file():
            kept = job.folder / data.name
            copyfile(data, kept)
            chosen["data.train"] = str(kept.resolve())
        write_settings({**chosen, "output": str(runs), "name": name}, job.folder / SETTINGS)
        _spawn(job, ["train", option("config"), str(job.folder / SETTINGS)])
    return job


def resume(run: Run) -> Job:
    """Go on with a training that was stopped.

    Raises:
        RunError: another one is at work, or nothing can be written.
    """
    runs = run.path.parent
    with _starting, _writing(runs):
        _refuse_second(runs)
        _refuse_elsewhere(run)
        job = Job(run)
        job.folder.mkdir(parents=True, exist_ok=True)
        _spawn(job, ["train", option("config"), str(run.path / CONFIG), option("resume")])
    return job


def _spawn(job: Job, arguments: Sequence[str]) -> None:
    with (job.folder / SAID).open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and command
            [sys.executable, "-c", _LISTENING, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
            start_new_session=True,  # Ctrl-C for the server is not for the training
        )
    created = psutil.Process(process.pid).create_time()
    told = json.dumps({"pid": process.pid, "created": created})
    (job.folder / PROCESS).write_text(told + "\n", encoding="utf-8")
    # Somebody has to ask how it ended, or it stays in the table of processes.
    threading.Thread(target=process.wait, daemon=True).start()


def _refuse_second(runs: Path) -> None:
    running = running_job(runs)
    if running is not None:
        raise RunError(
            f"The training {running.run.path.name} is at work. Expected one at a time: stop it, or "
            "wait until it is done."
        )


def _refuse_name(runs: Path, name: str) -> None:
    check_run_name(name)
    if (runs / name).exists():
        raise RunError(
            f"There is a run {name} already. Expected a new name in {setting('name')}; or leave it "
            "empty, and one is made."
        )


def _refuse_elsewhere(run: Run) -> None:
    """Refuse a run that somebody else seems to be working on."""
    silence = _silence_s(run)
    if silence is not None:
        raise RunError(
            f"The run {run.path.name} wrote its last event {silence:.0f} s ago, so it may be at "
            f"work somewhere else. Expected {_STILL_WARM_S:.0f} s of silence: try again a little "
            "later."
        )


def _silence_s(run: Run) -> float | None:
    """Return the seconds since the last event of a run that looks as if it were at work."""
    last = deque(read_events(run.path), maxlen=1)
    if not last or last[0]["kind"] in ("interrupted", "failed", "finished"):
        return None
    age = time.time() - float(last[0]["time"])
    return age if age < _STILL_WARM_S else None


@contextmanager
def _writing(runs: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RunError(
            f"The folder {runs} cannot be written: {error.strerror or error}. "
            f"Choose another when you start the page: {command('app', output='DIR')}"
        ) from error
