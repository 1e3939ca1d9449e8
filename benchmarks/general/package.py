"""A finished run becomes the folder that ships: float16 weights, calibrated once more, proved."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from sentilora.errors import ModelError
from sentilora.evaluation.calibration import fit_calibration
from sentilora.inference.engines.engine import TorchEngine, open_engine
from sentilora.inference.scoring import score_texts
from sentilora.inference.sentiment_model import SentimentModel
from sentilora.model.adapter_file import ADAPTER_WEIGHTS
from sentilora.model.artifact import (
    MANIFEST,
    PARTIAL,
    load_classifier,
    open_artifact,
    seal_artifact,
)
from sentilora.model.model_settings import write_model_settings
from sentilora.model.probabilities import UNCALIBRATED
from sentilora.model.tokens import TextEncoder
from sentilora.runs.proof import prove_reload
from sentilora.runs.run_folder import Run
from sentilora.training.context.resolved_run import read_config_parts

LIMIT_BYTES = 3_000_000  # of the whole folder, tokeniser included
PROOF_TEXTS = 64
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Packed:
    """A folder that is not sealed yet.

    Attributes:
        folder: with the suffix ``.partial``.
        facts: for the card: sizes, calibration, validation rows, difference of the proof.
    """

    folder: Path
    facts: dict[str, Any]

    def load(self, precision: str = "fp32") -> SentimentModel:
        """Load the model as its users will."""
        artifact = open_artifact(self.folder, is_sealed=False)
        engine, tokenizer = open_engine(artifact, device="cpu", precision=precision)
        return SentimentModel(artifact, engine, tokenizer)


def pack(run: Run, target: Path, *, max_tokens: int | None = None) -> Packed:
    """Write a run's adapter beside ``target``, with its weights rounded to float16.

    The calibration is fitted anew, with the rounded weights, on the run's own validation part.

    Args:
        run: a finished run of method ``lora``.
        target: the folder that :func:`seal` makes of it.
        max_tokens: how much of a text is read from now on; as in training when None.

    Raises:
        ModelError: the run holds no adapter, or another process finds other logits.
    """
    source = open_artifact(run.path)
    if source.settings.kind != "adapter":
        raise ModelError(f"{run.path} holds all weights; only an adapter can be shipped.")
    folder = target.with_name(target.name + PARTIAL)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source.path, folder, ignore=shutil.ignore_patterns(MANIFEST))
    stored = load_file(source.path / ADAPTER_WEIGHTS)
    weights = {name: tensor.half() for name, tensor in stored.items()}
    save_file(weights, folder / ADAPTER_WEIGHTS, metadata={"format": "pt"})
    _write_compactly(folder / "tokenizer.json")

    rule = replace(source.settings.rule, max_tokens=max_tokens or source.settings.rule.max_tokens)
    settings = replace(source.settings, rule=rule, calibration=UNCALIBRATED)
    write_model_settings(settings, folder)
    network, tokenizer = load_classifier(open_artifact(folder, is_sealed=False), merge=False)
    encoder = TextEncoder(tokenizer, rule)
    validation = read_config_parts(run.config).validation
    texts = validation.texts
    engine = TorchEngine(network, CPU)
    scored = score_texts(engine, encoder, texts)
    calibration = fit_calibration(scored.logits, validation.label_ids)
    write_model_settings(replace(settings, calibration=calibration), folder)
    proof = prove_reload(folder, texts[:PROOF_TEXTS], engine, encoder)
    return Packed(
        folder,
        {
            **calibration.to_dict(),
            "validation_rows": len(texts),
            "max_tokens": rule.max_tokens,
            "weights": sum(tensor.numel() for tensor in weights.values()),
            "weight_bytes": (folder / ADAPTER_WEIGHTS).stat().st_size,
            "proof_texts": proof.texts,
            "max_logit_difference": proof.max_logit_difference,
        },
    )


def seal(packed: Packed, card: str) -> Path:
    """Add the card, check the size, write the manifest and move the folder to its place.

    Raises:
        ModelError: all files together are over 3 MB.
    """
    (packed.folder / "README.md").write_text(card, encoding="utf-8")
    size = sum(file.stat().st_size for file in packed.folder.iterdir())
    if size > LIMIT_BYTES:
        raise ModelError(
            f"{packed.folder} has {size:,} bytes, expected at most {LIMIT_BYTES:,}. "
            "Train with a lower --rank."
        )
    return seal_artifact(packed.folder)


def _write_compactly(file: Path) -> None:
    """Write JSON without the blanks that fill a third of a tokeniser file."""
    value = json.loads(file.read_text(encoding="utf-8"))
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    file.write_text(text + "\n", encoding="utf-8")
