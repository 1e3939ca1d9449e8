"""From trained weights to a sealed model: calibrate, save, prove, seal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from sentilora.evaluation.calibration import fit_calibration
from sentilora.evaluation.report_parts.training_part import Cost, CurvePoint, TrainingPart
from sentilora.inference.engines.engine import TorchEngine
from sentilora.inference.scoring import score_texts
from sentilora.message import command
from sentilora.model.artifact import save_artifact, seal_artifact
from sentilora.model.bases.local_bases import fingerprint
from sentilora.model.model_settings import ModelSettings
from sentilora.runs.cost import spent_in_all
from sentilora.runs.proof import prove_reload
from sentilora.runs.run_folder import CONFIG
from sentilora.training.batches.encoded_examples import EncodedExamples
from sentilora.training.context.run_context import RunContext
from sentilora.training.training_loop import Fitted

PROOF_TEXTS = 64
TRAINING = "training.json"


@dataclass(frozen=True)
class TrainingRecord:
    """What the report needs of a training, kept in the work folder until the report is written.

    Attributes:
        part: cost, curves and proof.
        device: device that was trained on.
        precision: number format that was trained in.
        train_truncated_share: share of the train texts that were cut.
    """

    part: TrainingPart
    device: str
    precision: str
    train_truncated_share: float

    def write(self, folder: Path) -> None:
        """Write the record to a work folder."""
        about = {
            "device": self.device,
            "precision": self.precision,
            "train_truncated_share": self.train_truncated_share,
        }
        text = json.dumps({**self.part.to_dict(), **about})
        (folder / TRAINING).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> TrainingRecord:
        """Read the record from a work folder."""
        raw = json.loads((folder / TRAINING).read_text(encoding="utf-8"))
        part = TrainingPart.from_dict(raw)
        assert part is not None, folder
        return cls(part, raw["device"], raw["precision"], raw["train_truncated_share"])


def save(
    context: RunContext, fitted: Fitted, train: EncodedExamples, parameters: tuple[int, int]
) -> None:
    """Calibrate on the validation part, write the model, prove that it reloads, and seal it.

    What the report needs of the training is written to the work folder before the seal, so that a
    sealed model can always be reported on.

    Args:
        context: the run.
        fitted: the trained network.
        train: the train part, for the share of cut texts.
        parameters: numbers of trainable and of all parameters.

    Raises:
        ModelError: the saved model does not give the same logits in a new process.
    """
    run, config = context.run, context.config
    context.log.emit("phase", name="calibrate and prove the reload", total=None)
    network = fitted.model.float()
    validation = context.parts.validation
    texts = validation.texts
    scored = score_texts(TorchEngine(network, context.device), context.encoder, texts)
    is_adapter = config.method == "lora"
    stored = network.peft_config["default"] if is_adapter else None
    settings = ModelSettings(
        labels=context.labels,
        base=context.base.hub_id,
        revision=stored.revision if stored is not None else context.base.revision,
        rule=context.encoder.rule,
        calibration=fit_calibration(scored.logits, validation.label_ids),
        kind="adapter" if is_adapter else "model",
        base_sha256=fingerprint(context.base),
    )
    folder = save_artifact(network, context.encoder.tokenizer, settings, run.model_path)
    cpu = torch.device("cpu")
    engine = TorchEngine(network.to(cpu), cpu)
    how = f"go on with: {command('train', resume=run.path / CONFIG)}"
    proof = prove_reload(folder, texts[:PROOF_TEXTS], engine, context.encoder, again=how)
    events = run.events
    model_bytes = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    part = TrainingPart(
        cost=_cost(context, fitted, parameters, model_bytes),
        loss_curve=_curve(events, "step", ("loss",)),
        validation_curve=_curve(events, "evaluation", ("macro_f1", "accuracy", "log_loss")),
        best_step=fitted.best_step,
        proof=proof,
    )
    record = TrainingRecord(part, context.device.type, context.precision, train.truncated_share)
    record.write(run.work)
    seal_artifact(folder)


def _cost(
    context: RunContext, fitted: Fitted, parameters: tuple[int, int], model_bytes: int
) -> Cost:
    spent = spent_in_all(context.run, fitted.spent)
    tokens = int(fitted.plan.tokens[: fitted.steps].sum())
    trainable, total = parameters
    return Cost(
        seconds=round(spent.seconds, 1),
        tokens=tokens,
        tokens_per_second=round(tokens / max(spent.seconds, 1e-9), 1),
        steps=fitted.steps,
        trainable_parameters=trainable,
        total_parameters=total,
        trainable_share=trainable / total,
        model_bytes=model_bytes,
        full_model_bytes=total * 4,
        peak_memory_bytes=fitted.peak_memory,
        energy_kwh=spent.energy_kwh,
        co2_g=spent.co2_g,
        energy_method=spent.energy_method,
        co2_method=spent.co2_method,
    )


def _curve(
    events: list[dict[str, Any]], kind: str, names: tuple[str, ...]
) -> tuple[CurvePoint, ...]:
    """Collect one point a step; after a resume the later one counts."""
    points = {
        event["step"]: CurvePoint(event["step"], {name: event[name] for name in names})
        for event in events
        if event["kind"] == kind
    }
    return tuple(points[step] for step in sorted(points))
