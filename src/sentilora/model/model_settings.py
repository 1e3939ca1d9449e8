"""What a saved model says of itself, beside its weights: ``sentilora.json`` and ``labels.json``."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sentilora.errors import ModelError
from sentilora.files import write_json
from sentilora.labels import Labels
from sentilora.model.probabilities import UNCALIBRATED, Calibration
from sentilora.model.tokens import TextRule

FORMAT = 1
SETTINGS_FILE = "sentilora.json"


@dataclass(frozen=True)
class ModelSettings:
    """What a saved model needs beside its weights.

    Attributes:
        labels: ordered label names.
        base: hub id (or folder, for a base without one) of the encoder.
        revision: commit or branch of the base; None for a folder.
        rule: how much of a text is read.
        calibration: how logits become probabilities.
        kind: kind of the saved model: ``adapter`` (PEFT files), ``model`` (all weights), ``onnx``,
            ``openvino`` or ``browser`` (files for these runtimes).
        base_sha256: hash of the weights of a base that is a folder, by which it is known again.
        reads_padding: whether files for a runtime have to get batches of one length only, without
            padding; what torch computes finds that out by itself (padding.py).
    """

    labels: Labels
    base: str
    revision: str | None
    rule: TextRule
    calibration: Calibration = UNCALIBRATED
    kind: str = "adapter"
    base_sha256: str | None = None
    reads_padding: bool = False


def write_model_settings(settings: ModelSettings, folder: Path) -> None:
    """Write ``labels.json`` and ``sentilora.json``, which :func:`read_model_settings` takes."""
    labels = settings.labels
    write_json(
        folder / "labels.json",
        {"num_labels": len(labels), "id2label": labels.id2label, "label2id": labels.label2id},
    )
    write_json(
        folder / SETTINGS_FILE,
        {
            "format": FORMAT,
            "kind": settings.kind,
            "base": settings.base,
            "revision": settings.revision,
            "base_sha256": settings.base_sha256,
            "reads_padding": settings.reads_padding,
            "labels": list(labels.names),
            "text": asdict(settings.rule),
            **settings.calibration.to_dict(),
        },
    )


def read_model_settings(folder: Path) -> ModelSettings:
    """Read ``sentilora.json``.

    Raises:
        ModelError: it cannot be read, or has an unknown format.
    """
    path = folder / SETTINGS_FILE
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if raw.get("format") != FORMAT:
        raise ModelError(
            f"{folder} has format {raw.get('format')!r}; this version reads {FORMAT}. "
            "Install a newer one: pip install -U sentilora"
        )
    return ModelSettings(
        labels=Labels(tuple(raw["labels"])),
        base=raw["base"],
        revision=raw["revision"],
        rule=TextRule(**raw["text"]),
        calibration=Calibration.from_dict(raw),
        kind=raw["kind"],
        base_sha256=raw.get("base_sha256"),
        reads_padding=raw.get("reads_padding", False),
    )
