"""``train``: from a data file to a proven model in a run folder.

The order is chosen so that a kill at any moment loses little: train (checkpoints), calibrate, save,
prove, seal (the model is there), then measure and report. ``--resume`` takes up whichever is open.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentilora.config import RunConfig, make_config
from sentilora.data.splitting import read_parts
from sentilora.errors import SentiloraError
from sentilora.evaluation.calibration import fit_temperature
from sentilora.inference.device import pick_device, pick_precision
from sentilora.inference.scoring import score_texts
from sentilora.inference.sentiment_model import load
from sentilora.labels import Labels, parse_labels
from sentilora.model.artifact import Settings, save_artifact, seal_artifact
from sentilora.model.bases import ResolvedBase, resolve_base
from sentilora.model.classifier import count_parameters, create_model, load_tokenizer
from sentilora.model.tokens import TextEncoder, TextRule
from sentilora.training.encoding import EncodedExamples, encode_examples
from sentilora.training.environment import describe_environment, write_environment
from sentilora.training.events import EventLog, Listener
from sentilora.training.fitting import Fitted, Interrupted, fit, spent_in_all
from sentilora.training.measuring import measure_model
from sentilora.training.processes import Processes, join_processes
from sentilora.training.proof import prove_reload
from sentilora.training.reporting import write_report
from sentilora.training.run import Run, check_space, create_run, resume_run

if TYPE_CHECKING:
    import torch

    from sentilora.data.examples import Examples, Parts

PROOF_TEXTS = 64


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
        config = make_config(
            {**config.model_dump(), **settings, "data.train": str(data or config.data.train)}
        )
    return _go(config, None, listener)


@dataclass(frozen=True)
class _Ground:
    """What all steps of a run stand on."""

    config: RunConfig
    run: Run
    log: EventLog
    parts: Parts
    base: ResolvedBase
    encoder: TextEncoder
    device: torch.device
    precision: str
    processes: Processes

    @property
    def labels(self) -> Labels:
        return self.parts.train.labels


def _go(config: RunConfig, run: Run | None, listener: Listener | None) -> Run:
    device = pick_device(config.device)
    precision = pick_precision(config.training.precision, device)
    processes = join_processes(device.type)
    base = resolve_base(config.base)
    tokenizer = load_tokenizer(base.source, base.revision)
    parts = read_config_parts(config)
    if run is None:
        if processes.is_main:
            check_space(Path(config.output), needed_bytes(parts, config))
            run = create_run(config)
        run = processes.share(run)
    assert run is not None
    rule = TextRule(config.text.max_tokens or 256, config.text.long_text, config.text.head_share)
    ground = _Ground(
        config=config,
        run=run,
        log=EventLog(
            run.path if processes.is_main else None, listener if processes.is_main else None
        ),
        parts=parts,
        base=base,
        encoder=TextEncoder(tokenizer, rule),
        device=device,
        precision=precision,
        processes=processes,
    )
    try:
        return _work(ground)
    except Interrupted:
        raise
    except (SentiloraError, KeyboardInterrupt) as error:
        ground.log.emit("failed", error=str(error) or type(error).__name__)
        raise


def _work(ground: _Ground) -> Run:
    run, log, processes = ground.run, ground.log, ground.processes
    if processes.is_main:
        environment = describe_environment(
            ground.parts,
            device=str(ground.device),
            precision=ground.precision,
            seed=ground.config.seed,
        )
        write_environment(environment, run.path / "environment.json")
        run.work.mkdir(exist_ok=True)
    processes.wait()
    log.emit(
        "started",
        run=str(run.path),
        base=ground.base.name,
        labels=list(ground.labels.names),
        device=ground.device.type,
        precision=ground.precision,
        rows={name: len(part) for name, part in _named(ground.parts).items()},
        notes=list(ground.parts.notes),
    )
    if not (run.model_path / "manifest.json").is_file():
        _train_and_save(ground)
    if not processes.is_main:
        processes.wait()
        return run
    training = json.loads((run.work / "training.json").read_text(encoding="utf-8"))
    model = load(run.path, device=ground.config.device)
    untrained = _create(ground)
    measured = measure_model(
        model,
        untrained,
        ground.parts,
        config=ground.config,
        precision=ground.precision,
        log=log,
    )
    write_report(run, ground.config, ground.parts, ground.base, training, measured)
    log.emit("finished", run=str(run.path), metrics=measured["after"]["metrics"])
    shutil.rmtree(run.checkpoints, ignore_errors=True)
    shutil.rmtree(run.work, ignore_errors=True)
    processes.wait()
    return run


def _create(ground: _Ground) -> Any:
    config = ground.config
    return create_model(
        config.base,
        ground.labels,
        use_peft=config.method == "lora",
        rank=config.lora.rank,
        alpha=config.lora.alpha,
        lora_dropout=config.lora.dropout,
        target_modules=config.lora.target_modules,
        dropout=config.training.dropout,
        seed=config.seed,
    )


def _train_and_save(ground: _Ground) -> None:
    run, log = ground.run, ground.log
    train = _encode(ground, "train", ground.parts.train)
    validation = _encode(ground, "validation", ground.parts.validation)
    network = _create(ground)
    trainable, total = count_parameters(network)
    log.emit("fit", trainable_parameters=trainable, total_parameters=total)
    fitted = fit(
        network,
        train,
        validation,
        config=ground.config,
        labels=ground.labels,
        encoder=ground.encoder,
        run=run,
        log=log,
        device=ground.device,
        precision=ground.precision,
        processes=ground.processes,
    )
    if ground.processes.is_main:
        _save(ground, fitted, train, (trainable, total))
    ground.processes.wait()


def _save(
    ground: _Ground, fitted: Fitted, train: EncodedExamples, parameters: tuple[int, int]
) -> None:
    """Calibrate on the validation part, write the model, prove that it reloads, and seal it."""
    import torch

    run, log, config = ground.run, ground.log, ground.config
    log.emit("phase", name="calibrate and prove the reload", total=None)
    cpu = torch.device("cpu")
    network = fitted.model.float()
    texts = ground.parts.validation.texts
    scored = score_texts(network, ground.encoder, texts, device=ground.device)
    temperature = fit_temperature(scored.logits, ground.parts.validation.label_ids)
    is_adapter = config.method == "lora"
    stored = network.peft_config["default"] if is_adapter else None
    settings = Settings(
        labels=ground.labels,
        base=ground.base.hub_id,
        revision=stored.revision if stored is not None else ground.base.revision,
        rule=ground.encoder.rule,
        temperature=temperature,
        kind="adapter" if is_adapter else "model",
    )
    folder = save_artifact(network, ground.encoder.tokenizer, settings, run.model_path)
    proof_texts = texts[:PROOF_TEXTS]
    reference = score_texts(network.to(cpu), ground.encoder, proof_texts, device=cpu)
    proof = prove_reload(folder, proof_texts, reference.logits)
    spent = spent_in_all(run, fitted.spent)
    tokens = int(fitted.plan.tokens[: fitted.steps].sum())
    weights = [f.stat().st_size for f in folder.glob("*.safetensors")]
    events = run.events
    training = {
        "cost": {
            "seconds": round(spent.seconds, 1),
            "tokens": tokens,
            "tokens_per_second": round(tokens / max(spent.seconds, 1e-9), 1),
            "steps": fitted.steps,
            "trainable_parameters": parameters[0],
            "total_parameters": parameters[1],
            "trainable_share": parameters[0] / parameters[1],
            "model_bytes": sum(weights),
            "full_model_bytes": parameters[1] * 4,
            "peak_memory_bytes": fitted.peak_memory,
            "energy_kwh": spent.energy_kwh,
            "co2_g": spent.co2_g,
            "energy_method": spent.energy_method,
            "co2_method": spent.co2_method,
        },
        "device": ground.device.type,
        "precision": ground.precision,
        "loss_curve": _curve(events, "step", ("loss",)),
        "validation_curve": _curve(events, "evaluation", ("macro_f1", "accuracy", "log_loss")),
        "best_step": fitted.best_step,
        "train_truncated_share": train.truncated_share,
        "proof": {
            "texts": proof.texts,
            "max_logit_difference": proof.max_logit_difference,
            "seconds": proof.seconds,
        },
    }
    (run.work / "training.json").write_text(json.dumps(training), encoding="utf-8")
    seal_artifact(folder)


def _curve(events: list[dict[str, Any]], kind: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Collect one point a step; after a resume the later one counts."""
    points = {
        e["step"]: {"step": e["step"], **{n: e[n] for n in names}}
        for e in events
        if e["kind"] == kind
    }
    return [points[step] for step in sorted(points)]


def _encode(ground: _Ground, name: str, examples: Examples) -> EncodedExamples:
    ground.log.emit("phase", name=f"tokenise {name}", total=len(examples))
    path = ground.run.work / f"{name}-{ground.processes.rank}.tokens"
    return encode_examples(
        examples, ground.encoder, path, lambda done: ground.log.emit("progress", done=done)
    )


def read_config_parts(config: RunConfig) -> Parts:
    """Read the parts that a config names."""
    data = config.data
    return read_parts(
        data.train,
        validation=data.validation,
        test=data.test,
        text=data.text,
        label=data.label,
        group=data.group,
        labels=parse_labels(data.labels),
        stars=data.stars,
        skip_bad_rows=data.skip_bad_rows,
        validation_share=data.validation_share,
        test_share=data.test_share,
        limit=data.limit,
        seed=config.seed,
    )


def _named(parts: Parts) -> dict[str, Examples]:
    return {"train": parts.train, "validation": parts.validation, "test": parts.test}


def needed_bytes(parts: Parts, config: RunConfig) -> int:
    """Estimate the disk a run needs: token files, and three checkpoints with optimiser state."""
    tokens = (
        (len(parts.train) + len(parts.validation)) * min(config.text.max_tokens or 256, 300) * 4
    )
    return tokens + (60_000_000 if config.method == "lora" else 3_000_000_000)
