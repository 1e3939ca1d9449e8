"""``train``: from a data file to a proven model in a run folder.

The order is chosen so that a kill at any moment loses little: train (checkpoints), calibrate, save,
prove, seal (the model is there), then measure and report. ``resume`` takes up whichever is open.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sentilora.config import RunConfig, make_config, read_config
from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.errors import ConfigError, Interrupted, SentiloraError, settings_named_by
from sentilora.evaluation.report_parts.order_part import OrderPart
from sentilora.events import Listener
from sentilora.files import path_of
from sentilora.inference.sentiment_model import load
from sentilora.message import Message, command, setting
from sentilora.model.artifact import MANIFEST
from sentilora.model.classifier import count_parameters
from sentilora.model.four_bit import move_adapter
from sentilora.model.warm_start import describe_start
from sentilora.runs.run_folder import CONFIG, Run, resume_run
from sentilora.training.context.held_rows import kept_rows, take_rows
from sentilora.training.context.resolved_run import create_network, resolve
from sentilora.training.context.run_context import RunContext, encode_pairs, encode_part, open_run
from sentilora.training.context.train_keywords import (
    TRAIN_KEYWORDS,
    is_section,
    settings_of,
)
from sentilora.training.measurement import measure_held_out, measure_model
from sentilora.training.report_files import write_report
from sentilora.training.seal import TrainingRecord, save
from sentilora.training.start_comparison import PROVENANCE
from sentilora.training.training_loop import fit


def train(
    data: Any = None,
    /,
    *,
    config: RunConfig | Mapping[str, Any] | str | Path | None = None,
    resume: str | Path | None = None,
    listener: Listener | None = None,
    **settings: Any,
) -> Run:
    """Train a model on labelled texts, prove that it reloads, measure it, and write a run folder.

    Args:
        data: file, folder with ``train.*`` and ``test.*``, hub data set id, or ``sample``; or rows
            in memory: a table, rows as dicts, ``(texts, labels)``, or a dict of parts. Rows are
            kept as files in ``data/`` beside the runs.
        config: all settings, or some of them as nested or dotted keys (``{"lora.rank": 8}``); or
            the path of a TOML file that holds them.
        resume: the ``config.toml`` of an unfinished run to go on with; nothing else may be given.
        listener: function that is told every event.
        settings: settings by the names of their options (``base="minilm"``, ``epochs=2``,
            ``text="review"``), and sections as dicts (``training={"max_steps": 100}``).

    Returns:
        The finished run.

    Raises:
        ConfigError, DataError, ModelError, DeviceError, RunError: see the message; nothing that
            was there before is lost.
        Interrupted: someone asked to stop; go on with ``resume``.

    Example:
        >>> import sentilora
        >>> run = sentilora.train(
        ...     "sample",
        ...     base="minilm",
        ...     max_tokens=32,
        ...     max_steps=2,
        ...     report={"baselines": ["majority"], "resamples": 100},
        ... )
        >>> run.is_finished
        True
    """
    with settings_named_by(TRAIN_KEYWORDS):
        if resume is not None:
            if data is not None or config is not None or settings:
                given = ", ".join(settings) or "data"
                raise ConfigError(
                    f"{setting('resume')} goes on with a run as it was begun, and {given} was "
                    "given beside it. Leave that out, or start a new run without it."
                )
            run = resume_run(path_of(resume))
            return _go(run.config, run, listener)
        read, rows = _read(data, config, settings)
        return _go(read, None, listener, rows)


def train_unmeasured(
    config: RunConfig, rows: Mapping[str, Any], listener: Listener | None = None
) -> Run:
    """Train on rows in memory up to the sealed model, and leave out what is measured afterwards.

    Args:
        config: all settings but the places of the data.
        rows: rows of ``train``, ``validation`` and ``test``, as ``train`` takes them in memory.
        listener: function that is told every event.

    Raises:
        ConfigError, DataError, ModelError, DeviceError, RunError: as for ``train``.
    """
    return _go(config, None, listener, rows, is_measured=False)


def _read(
    data: Any, config: RunConfig | Mapping[str, Any] | str | Path | None, keywords: dict[str, Any]
) -> tuple[RunConfig, dict[str, Any]]:
    """Return the config, and rows in memory that stand for parts of the data."""
    if "data" in keywords and not is_section(keywords["data"]):
        named = keywords.pop("data")
        if data is not None:
            raise ConfigError(
                "The data are given twice, as first argument and as data=…. Leave one of them out."
            )
        data = named
    if is_section(data):
        keywords, data = {**keywords, "data": data}, None
    given, problems = settings_of(keywords)
    if data is not None:
        given["data.train"] = os.fspath(data) if isinstance(data, os.PathLike) else data
    base: dict[str, Any] = {}
    if isinstance(config, Mapping):
        base, more = settings_of(config)
        problems += more
    given = {**base, **given}
    rows = take_rows(given)
    if config is not None and not isinstance(config, Mapping | RunConfig):
        return read_config(path_of(config), given, problems=problems), rows
    if isinstance(config, RunConfig):
        if not given and not problems:
            return config, rows
        given = {**config.model_dump(exclude_unset=True), **given}
    return make_config(given, problems=problems), rows


def _go(
    config: RunConfig,
    run: Run | None,
    listener: Listener | None,
    rows: Mapping[str, Any] | None = None,
    *,
    is_measured: bool = True,
) -> Run:
    with kept_rows(config, rows or {}) as kept:
        resolved = resolve(kept)
    context = open_run(resolved, run, listener)
    try:
        return _work(context, is_measured=is_measured)
    except Interrupted:
        raise
    except KeyboardInterrupt as error:
        context.log.emit("interrupted", step=None)
        config_path = context.run.path / CONFIG
        raise Interrupted(f"Stopped. Go on with: {command('train', resume=config_path)}") from error
    except SentiloraError as error:
        context.log.emit("failed", error=Message(error.message, TRAIN_KEYWORDS))
        raise


def _work(context: RunContext, *, is_measured: bool) -> Run:
    run, log, processes, parts = context.run, context.log, context.processes, context.parts
    processes.wait()
    log.emit(
        "started",
        run=str(run.path),
        base=context.base.name,
        labels=list(context.labels.names),
        device=context.device.type,
        precision=context.precision,
        rows={
            "train": len(parts.train),
            "validation": len(parts.validation),
            "test": len(parts.test),
        },
        notes=list(parts.notes),
    )
    if context.start is not None:
        log.emit("note", text=describe_start(context.start, context.labels))
    if not (run.model_path / MANIFEST).is_file():
        _train_and_save(context)
    if processes.is_main and is_measured:
        _measure(context)
    processes.wait()
    return run


def _train_and_save(context: RunContext) -> None:
    pairs = encode_pairs(context)
    if pairs is not None and context.config.pairs.only:
        train_part = pairs
    else:
        train_part = encode_part(context, "train", context.parts.train)
    validation = encode_part(context, "validation", context.parts.validation)
    network = plain = create_network(context)
    trainable, total = count_parameters(plain)
    if context.config.lora.load_in_4bit:
        network = create_network(context, load_in_4bit=True)
    context.log.emit("fit", trainable_parameters=trainable, total_parameters=total)
    fitted = fit(network, train_part, validation, context, pairs=pairs)
    if network is not plain:  # kept, proved and measured is the adapter on the base in float32
        fitted = replace(fitted, model=move_adapter(fitted.model, plain.to(context.device)))
    if context.processes.is_main:
        _learned_texts(context).write(context.run.path)
        if (origins := context.config.corrections.provenance) is not None:
            shutil.copyfile(origins, context.run.path / PROVENANCE)
        save(context, fitted, train_part, (trainable, total))
    context.processes.wait()


def _learned_texts(context: RunContext) -> LearnedTexts:
    """Return the hashes of all texts that shaped the weights, by way of the start as well."""
    parts, pairs, start = context.parts, context.pairs, context.start
    train = [] if context.config.pairs.only else [parts.train.text_hashes()]
    train += [pairs.train.keys] if pairs is not None else []
    learned = LearnedTexts(np.concatenate(train), parts.validation.text_hashes())
    return learned.joined(LearnedTexts.read(start.artifact.home) if start is not None else None)


def _measure(context: RunContext) -> None:
    run, config, log = context.run, context.config, context.log
    model, untrained = load(run.path, device=config.device), create_network(context)
    measured = measure_model(
        model,
        untrained,
        context.parts,
        config=config,
        precision=context.precision,
        log=log,
        start=context.start,
    )
    pairs = measure_held_out(model, untrained, context) if context.pairs is not None else None
    write_report(context, TrainingRecord.read(run.work), measured, OrderPart(trained=pairs))
    log.emit("finished", run=str(run.path), metrics=measured.after.metrics)
    shutil.rmtree(run.checkpoints, ignore_errors=True)
    shutil.rmtree(run.work, ignore_errors=True)
