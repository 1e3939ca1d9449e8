"""``train``: from a data file to a proven model in a run folder.

The order is chosen so that a kill at any moment loses little: train (checkpoints), calibrate, save,
prove, seal (the model is there), then measure and report. ``--resume`` takes up whichever is open.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sentilora.config import RunConfig, make_config
from sentilora.errors import SentiloraError
from sentilora.inference.sentiment_model import load
from sentilora.model.classifier import count_parameters
from sentilora.model.four_bit import move_adapter
from sentilora.model.warm_start import describe_start
from sentilora.runs.events import Listener
from sentilora.runs.run_folder import CONFIG, Run, resume_run
from sentilora.training.measurement import measure_model, measure_pairs
from sentilora.training.report_files import write_report
from sentilora.training.run_context import Ground, prepare
from sentilora.training.seal import TRAINING, save
from sentilora.training.training_loop import Interrupted, fit


def train(
    data: str | Path | None = None,
    *,
    config: RunConfig | Mapping[str, Any] | None = None,
    resume: str | Path | None = None,
    listener: Listener | None = None,
    **settings: Any,
) -> Run:
    """Train a model on labelled texts, prove that it reloads, measure it, and write a run folder.

    Args:
        data: file, folder with ``train.*`` and ``test.*``, hub data set id, or ``sample``.
        config: all settings, or some of them as nested or dotted keys (``{"lora.rank": 8}``).
        resume: the ``config.toml`` of an unfinished run to go on with; nothing else may be given.
        listener: is told every event.
        settings: top-level settings and sections: ``base="minilm"``, ``training={"epochs": 2}``.

    Returns:
        The finished run.

    Raises:
        ConfigError, DataError, ModelError, DeviceError, RunError: see the message; nothing that
            was there before is lost.
        Interrupted: someone asked to stop; go on with ``resume``.
    """
    if resume is not None:
        run = resume_run(Path(resume))
        return _go(run.config, run, listener)
    if not isinstance(config, RunConfig):
        given = {**(config or {}), **settings}
        if data is not None:
            given["data.train"] = str(data)
        config = make_config(given)
    elif settings or data is not None:
        given = {**config.model_dump(exclude_unset=True), **settings}
        config = make_config({**given, "data.train": str(data or config.data.train)})
    return _go(config, None, listener)


def _go(config: RunConfig, run: Run | None, listener: Listener | None) -> Run:
    ground = prepare(config, run, listener)
    try:
        return _work(ground)
    except Interrupted:
        raise
    except KeyboardInterrupt as error:
        ground.log.emit("interrupted", step=None)
        config_path = ground.run.path / CONFIG
        raise Interrupted(
            f"Stopped. Go on with: sentilora train --config {config_path} --resume"
        ) from error
    except SentiloraError as error:
        ground.log.emit("failed", error=str(error))
        raise


def _work(ground: Ground) -> Run:
    run, log, processes, parts = ground.run, ground.log, ground.processes, ground.parts
    processes.wait()
    log.emit(
        "started",
        run=str(run.path),
        base=ground.base.name,
        labels=list(ground.labels.names),
        device=ground.device.type,
        precision=ground.precision,
        rows={
            "train": len(parts.train),
            "validation": len(parts.validation),
            "test": len(parts.test),
        },
        notes=list(parts.notes),
    )
    if ground.start is not None:
        log.emit("note", text=describe_start(ground.start, ground.labels))
    if not (run.model_path / "manifest.json").is_file():
        _train_and_save(ground)
    if processes.is_main:
        _measure(ground)
    processes.wait()
    return run


def _train_and_save(ground: Ground) -> None:
    pairs = ground.encode_pairs()
    if pairs is not None and ground.config.pairs.only:
        train_part = pairs
    else:
        train_part = ground.encode("train", ground.parts.train)
    validation = ground.encode("validation", ground.parts.validation)
    network = plain = ground.create_network()
    trainable, total = count_parameters(plain)
    if ground.config.lora.load_in_4bit:
        network = ground.create_network(load_in_4bit=True)
    ground.log.emit("fit", trainable_parameters=trainable, total_parameters=total)
    fitted = fit(network, train_part, validation, ground, pairs=pairs)
    if network is not plain:  # kept, proved and measured is the adapter on the base in float32
        fitted = replace(fitted, model=move_adapter(fitted.model, plain.to(ground.device)))
    if ground.processes.is_main:
        save(ground, fitted, train_part, (trainable, total))
    ground.processes.wait()


def _measure(ground: Ground) -> None:
    run, config, log = ground.run, ground.config, ground.log
    training = json.loads((run.work / TRAINING).read_text(encoding="utf-8"))
    model, untrained = load(run.path, device=config.device), ground.create_network()
    measured = measure_model(
        model, untrained, ground.parts, config=config, precision=ground.precision, log=log
    )
    if ground.pairs is not None:
        measured["pairs"] = measure_pairs(model, untrained, ground)
    metrics = measured["after"]["metrics"]
    start = ground.start.name if ground.start else None
    write_report(
        run, config, ground.parts, ground.base, training, measured, start=start, pairs=ground.pairs
    )
    log.emit("finished", run=str(run.path), metrics=metrics)
    shutil.rmtree(run.checkpoints, ignore_errors=True)
    shutil.rmtree(run.work, ignore_errors=True)
