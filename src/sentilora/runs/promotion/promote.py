"""``promote``: let a new model take the place of the one in use, unless it is worse.

The model in use is what a small file stands for, ``runs/promoted``: programs that were started with
its name take the new model while they run. Worse is judged on the same rows, by
:class:`~sentilora.evaluation.report_parts.old_and_new.OldAndNew`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentilora import samples
from sentilora.errors import ConfigError, DataError, ModelError
from sentilora.evaluation.report_parts.old_and_new import OldAndNew
from sentilora.evaluation.reports.comparison import against_old
from sentilora.evaluation.reports.report import read_report
from sentilora.events import EventLog, Listener
from sentilora.files import path_of, sha256_of
from sentilora.inference.sentiment_model import load
from sentilora.message import command, setting
from sentilora.model.artifact import MANIFEST, MODEL_FOLDER, Artifact, open_artifact
from sentilora.model.promoted.pointer import (
    NAME,
    Pointer,
    Promoted,
    read_pointer,
    write_pointer,
)
from sentilora.model.promoted.same_labels import check_same_labels
from sentilora.runs.promotion.measured_pair import measure_pair
from sentilora.runs.run_folder import CONFIG, Run


@dataclass(frozen=True)
class Promotion:
    """A model that has taken the place of another one.

    Attributes:
        pointer: file that stands for the model in use.
        model: name of the model that is in use now.
        before: name of the one that was; None where there was none.
        compared: both on the same rows; None where that was not asked for.
    """

    pointer: Path
    model: str
    before: str | None
    compared: OldAndNew | None = None


def promote(
    run: str | Path,
    *,
    over: str | Path | None = None,
    name: str = NAME,
    test: Any = None,
    force: bool = False,
    listener: Listener | None = None,
) -> Promotion:
    """Let a run take the place of the model in use.

    Args:
        run: path of a finished run, or of an export.
        over: model that it is to replace: a run, ``general``, or the file that stands for the one
            in use. When None it is what that file stands for, else what the run started from; a
            run that started afresh, where nothing is in use, replaces nothing.
        name: name of the file, which lies beside the run; what ``over`` names, if that is one.
        test: labelled rows to compare both on, where the training of the run did not do so.
        force: whether to do so although it is worse, or was not compared.
        listener: listener to the events ``phase`` and ``progress``.

    Raises:
        ModelError: it is worse, was not compared, has other labels, or is no finished model.
        ConfigError: ``over`` is not what is in use, or ``name`` is no name for a file there.
        DataError: ``test`` cannot be read, or the file cannot be written.

    Example:
        >>> import sentilora
        >>> words = {"great": "positive", "parcel": "neutral", "broken": "negative"}
        >>> rows = [{"text": f"{word} {n}", "label": words[word]} for n in range(40)
        ...         for word in words]
        >>> run = sentilora.train(rows, base="minilm", max_tokens=8, max_steps=2, name="new",
        ...                       report={"baselines": []})
        >>> sentilora.promote(run.path, over="general", force=True).model
        'new'
        >>> sentilora.load("runs/promoted").artifact.home.name
        'new'
    """
    new = open_artifact(run)
    place, pointer = _pointer(new, over, name)
    old = _old(new, over, pointer)
    now = _promoted(new, place.parent, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    if old is None:
        _write(Pointer(place, now))
        return Promotion(place, now.name, None)
    if old.path.resolve() == new.path.resolve():
        raise ModelError(f"{new.home.name} is the model in use already. Expected another run.")
    check_same_labels(new.home.name, new.settings.labels, old.home.name, old.settings.labels)
    compared = _compared(old, new, test, EventLog(listener))
    if not force:
        _check_not_worse(old, new, compared, run, over)
    if pointer is None:
        before: tuple[Promoted, ...] = (_promoted(old, place.parent, ""),)
    else:
        before = (*pointer.before, pointer.now)
    _write(Pointer(place, now, before))
    return Promotion(place, now.name, before[-1].name, compared)


def undo_promotion(pointer: str | Path = Path("runs") / NAME) -> Promotion:
    """Let the model that was in use before take its place again.

    Args:
        pointer: the file that stands for the model in use.

    Raises:
        ModelError: there is no such file, nothing was in use before, or that is no longer there.
        DataError: the file cannot be written.

    Example:
        >>> import sentilora
        >>> try:
        ...     sentilora.undo_promotion("runs/none")
        ... except sentilora.SentiloraError as error:
        ...     print(error)
        runs/none stands for no promoted model. ...
    """
    place = path_of(pointer)
    found = read_pointer(place)
    if found is None:
        raise ModelError(
            f"{pointer} stands for no promoted model. Expected the file that a promotion wrote, "
            f"such as {Path('runs') / NAME}. Promote a run first: {command('promote', 'RUN')}"
        )
    if not found.before:
        raise ModelError(
            f"{pointer} stands for {found.now.name}, and nothing was in use before it. Expected an "
            f"earlier promotion. Promote another run: {command('promote', 'RUN')}"
        )
    *earlier, last = found.before
    back = Pointer(place, last, tuple(earlier))
    open_artifact(samples.GENERAL if last.model == samples.GENERAL else back.folder)
    _write(back)
    return Promotion(place, last.name, found.now.name)


def _pointer(new: Artifact, over: str | Path | None, name: str) -> tuple[Path, Pointer | None]:
    """Return where the file lies, and what it says so far."""
    if over is not None and over != samples.GENERAL:
        place = path_of(over)
        if (pointer := read_pointer(place)) is not None:
            return place.absolute(), pointer
    if Path(name).name != name or name in ("", ".", ".."):
        raise ConfigError(
            f"{setting('name', name)} is no name of a file beside the run. Expected one such as "
            f"{setting('name', NAME)}."
        )
    place = new.home.absolute().parent / name
    pointer = read_pointer(place)
    if pointer is None and place.exists():
        raise ConfigError(
            f"{place} is there and stands for no model. Choose another name with "
            f"{setting('name', 'NAME')}."
        )
    return place, pointer


def _old(new: Artifact, over: str | Path | None, pointer: Pointer | None) -> Artifact | None:
    """Open what is to be replaced; None for nothing."""
    if over is not None:
        named = open_artifact(over)
        if pointer is None or named.path.resolve() == open_artifact(pointer.path).path.resolve():
            return named
        raise ConfigError(
            f"{pointer.path} stands for {pointer.now.name}, not for {named.home.name}: what is in "
            f"use is replaced. Leave {setting('over', str(over))} out, or give that one a file of "
            f"its own with {setting('name', 'NAME')}."
        )
    if pointer is not None:
        return open_artifact(pointer.path)
    if new.run_folder is not None and (new.run_folder / CONFIG).is_file():
        start = Run(new.run_folder).config.start_from
        if start is not None:
            return open_artifact(start)
    return None


def _compared(old: Artifact, new: Artifact, test: Any, log: EventLog) -> OldAndNew | None:
    """Return the comparison of both: measured now, or in the training of the new one."""
    if test is not None:
        return measure_pair(load(str(old.path)), load(str(new.path)), test, log)
    if new.run_folder is None or not (new.run_folder / "report.json").is_file():
        return None
    found = read_report(new.run_folder).old_and_new
    if found is None or found.old_sha256 != sha256_of(old.path / MANIFEST):
        return None
    return found


def _check_not_worse(
    old: Artifact,
    new: Artifact,
    compared: OldAndNew | None,
    run: str | Path,
    over: str | Path | None,
) -> None:
    names = f"{new.home.name} is not promoted over {old.home.name}"
    if compared is None:
        way = command("promote", run, test="test.csv")
        if over is not None:
            way = command("promote", run, over=over, test="test.csv")
        raise ModelError(
            f"{names}: the two were not compared on the same rows. Compare them on labelled rows "
            f"that neither has learned from: {way}; or say {setting('force', True)}."
        )
    if compared.is_worse:
        lines = "".join(f"\n  {line}" for line in against_old(compared))
        raise ModelError(
            f"{names}: it is worse.{lines}\nExpected at least as many right in all, and neither "
            f"line worse by more than luck. Train another one, or say {setting('force', True)} if "
            "it is to be used all the same."
        )


def _promoted(artifact: Artifact, folder: Path, at: str) -> Promoted:
    """Describe a model from the folder of a pointer."""
    sha256 = sha256_of(artifact.path / MANIFEST)
    home = artifact.path.resolve()
    if home == samples.general().resolve():
        return Promoted(samples.GENERAL, sha256, at)
    home = home.parent if home.name == MODEL_FOLDER else home
    base = folder.resolve()
    inside = home.is_relative_to(base)
    return Promoted(home.relative_to(base).as_posix() if inside else str(home), sha256, at)


def _write(pointer: Pointer) -> None:
    try:
        write_pointer(pointer)
    except OSError as error:
        raise DataError(
            f"{pointer.path} cannot be written: {error.strerror or error}. Expected a folder that "
            "may be written to."
        ) from error
