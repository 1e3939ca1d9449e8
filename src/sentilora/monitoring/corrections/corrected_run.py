"""``train_on_feedback``: go on from a model with what people corrected of its answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sentilora.config import RunConfig, make_config
from sentilora.data.labelled.examples import Parts
from sentilora.data.stored_frames import store_frame
from sentilora.errors import ConfigError, DataError, settings_named_by, several
from sentilora.events import EventLog, Listener
from sentilora.files import folder_of, sha256_of
from sentilora.message import command, setting
from sentilora.model.warm_start import Start, open_start
from sentilora.monitoring.corrections.corrected_texts import CorrectedText, last_labels
from sentilora.monitoring.corrections.correction import opened
from sentilora.monitoring.corrections.lesson import Lesson, make_lesson, write_origins
from sentilora.monitoring.store.store import Store
from sentilora.runs.environment import describe_files
from sentilora.runs.run_folder import CONFIG, Run
from sentilora.samples import GENERAL
from sentilora.training.context.held_rows import FOLDER
from sentilora.training.context.resolved_run import read_config_parts
from sentilora.training.context.run_context import ENVIRONMENT
from sentilora.training.context.train_keywords import TRAIN_KEYWORDS, settings_of
from sentilora.training.train import train

HELD_OUT_SHARE = 0.2
REPEATS = 1
# Less than a fresh training takes: the adapter is trained already. benchmarks/feedback.py compares.
DEFAULTS: Mapping[str, Any] = {"training.epochs": 2, "training.learning_rate": 3e-4}


def train_on_feedback(
    start: str | Path,
    store: Store | str | Path = "feedback.db",
    *,
    data: str | Path | None = None,
    held_out_share: float = HELD_OUT_SHARE,
    listener: Listener | None = None,
    **settings: Any,
) -> Run:
    """Go on from a model with the corrections of a store, and compare the new one with it.

    The rows that the model learned from come along, so that nothing is forgotten. The run keeps
    ``provenance.csv``, which says of each row where it comes from; its report sets both models
    beside each other, on the test part and on corrections that were held out.

    Args:
        start: run to go on from, the file of the promoted one, or ``general``.
        store: open store, SQLite file, or address of a PostgreSQL database.
        data: labelled data in the place of those that the model learned from: file, folder, hub
            data set id, or ``sample``.
        held_out_share: share of the corrections that is held out to compare with, in ``[0, 1)``.
        listener: listener to the events of a training.
        settings: settings as for ``train``.

    Raises:
        DataError: there are no corrections, or the old rows are not there any more.
        ConfigError, ModelError, DeviceError, RunError: as for ``train``.

    Example:
        >>> import sentilora
        >>> try:
        ...     sentilora.train_on_feedback("general", "none.db")
        ... except sentilora.SentiloraError as error:
        ...     print(error)
        There is no store none.db. ...
    """
    with settings_named_by(TRAIN_KEYWORDS):
        given, problems = settings_of(settings)
        if problems:
            raise ConfigError(several("the settings", problems))
        if not 0 <= held_out_share < 1:
            raise ConfigError(
                f"held_out_share = {held_out_share!r}: expected a share from 0 to below 1."
            )
        named = given.pop("start_from", start)
        where = store.name if isinstance(store, Store) else str(store)
        log = EventLog(listener)
        corrected, without = _corrections(store)
        opened_start = open_start(str(named))
        parts = _old_parts(opened_start, data, given, where)
        _check_labels(opened_start, parts)
        lesson = make_lesson(
            parts,
            corrected,
            opened_start.labels.names,
            held_out_share=held_out_share,
            repeats=REPEATS,
        )
        if without:
            lesson.notes.append(f"{without:,} corrections have lost their words: left out")
        for note in lesson.notes:
            log.emit("note", text=note)
        config = _config(opened_start, str(named), given)
        config |= _kept(lesson, folder_of(config["output"]) / FOLDER)
        return train(dict(lesson.parts), config=config, listener=listener)


def _corrections(store: Store | str | Path) -> tuple[list[CorrectedText], int]:
    with opened(store) as there:
        with there.engine.connect() as connection:
            corrected, without = last_labels(connection)
        if not corrected:
            lost = f" but {without:,} whose words are no longer kept" if without else ""
            raise DataError(
                f"{there.name} holds no corrections to learn from{lost}. Expected labels that "
                f"people gave. Give some: {command('correct', 'ID', 'LABEL', store=there.name)}"
            )
    return corrected, without


def _old_parts(start: Start, data: str | Path | None, given: dict[str, Any], store: str) -> Parts:
    """Read the rows that a model learned from, or those that are to stand for them."""
    own = {name: given.pop(name) for name in list(given) if name.startswith("data.")}
    source = own.pop("data.train", data)
    if source is not None:
        seed = {"seed": given["seed"]} if "seed" in given else {}
        return read_config_parts(make_config({**own, **seed, "data.train": str(source)}))
    if own:
        named = ", ".join(name.partition(".")[2] for name in own)
        raise ConfigError(
            f"{named}: said of data, and none were given: those of {start.name} are read as they "
            "were. Name data beside it, or leave that out."
        )
    folder = start.artifact.run_folder
    if folder is None or not (folder / CONFIG).is_file():
        way = command("train", "sample", start_from=start.name, feedback=store)
        raise DataError(
            f"{start.name} does not say which rows it learned from, and without old rows a model "
            f"forgets what it knew. Expected labelled data beside the corrections, such as: {way}"
        )
    parts = read_config_parts(Run(folder).config)
    _check_same(folder, parts, store)
    return parts


def _check_same(folder: Path, parts: Parts, store: str) -> None:
    """Refuse files that have changed: other rows would be held out than were before."""
    told = json.loads((folder / ENVIRONMENT).read_text(encoding="utf-8"))["data"]
    then = {one["file"]: one["sha256"] for one in told}
    files = dict.fromkeys(file for part in _all(parts) for file in part.files)
    now = {one["file"]: one["sha256"] for one in describe_files(list(files))}
    changed = [name for name, sha256 in now.items() if then.get(name) != sha256]
    if changed:
        way = command("train", "DATA", start_from=folder, feedback=store)
        raise DataError(
            f"{', '.join(changed)}: not what {folder.name} learned from any more, so that its test "
            "rows cannot be told from the others. Put the old file back, or name labelled data "
            f"whose test part it has not seen: {way}"
        )


def _all(parts: Parts) -> tuple[Any, ...]:
    return parts.train, parts.validation, parts.test


def _check_labels(start: Start, parts: Parts) -> None:
    theirs, ours = parts.train.labels.names, start.labels.names
    if set(theirs) != set(ours):
        raise DataError(
            f"{parts.train.source} has the labels {', '.join(theirs)}, and {start.name} has "
            f"{', '.join(ours)}. Expected the same; say which values stand for them with "
            f"{setting('labels')}."
        )


def _config(start: Start, named: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings of the training but those of its data."""
    rule, folder = start.artifact.settings.rule, start.artifact.run_folder
    return {
        "output": str(folder.parent) if folder is not None else RunConfig().output,
        "name": f"{time.strftime('%Y-%m-%d-%H%M%S')}-feedback",
        "text.max_tokens": rule.max_tokens,
        "text.long_text": rule.long_text,
        "text.head_share": rule.head_share,
        **DEFAULTS,
        **given,
        "start_from": _followed(start, named),
        "data.text": "text",
        "data.label": "label",
        "data.labels": [f"{name}={name}" for name in start.labels.names],
        "data.any_text": True,
    }


def _followed(start: Start, named: str) -> str:
    """Return what a run started from, not the file that stood for it, which moves on."""
    if start.artifact.pointer is None:
        return named
    return GENERAL if start.name == GENERAL else str(start.artifact.home)


def _kept(lesson: Lesson, folder: Path) -> dict[str, str]:
    """Write what the run has to find again, beside its rows."""
    kept = {}
    if lesson.held_out:
        kept["corrections.held_out"] = str(store_frame(lesson.held_out, folder))
    folder.mkdir(parents=True, exist_ok=True)
    first = folder / f"provenance-{time.time_ns()}.csv"
    write_origins(lesson.origins, first)
    final = folder / f"provenance-{sha256_of(first)[:12]}.csv"
    kept["corrections.provenance"] = str(first.replace(final))
    return kept
