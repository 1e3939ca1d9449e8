"""``export``: a run becomes files to deploy, proved to answer as the run does.

``merged`` is a plain transformers folder: the adapter is folded into the encoder, the label names
stand in ``config.json``, and ``AutoModelForSequenceClassification``, ``AutoTokenizer`` and
``pipeline("text-classification")`` load it without SentiLoRA. ``sentilora.load`` opens it too and
gives the run's predictions.

    exports/<run>-merged/
      config.json, model.safetensors, tokenizer.json, tokenizer_config.json
      labels.json, sentilora.json   as in a run's model/; the kind is ``model``
      parity.json                   how far the answers are from the run's
      README.md                     the run's model card, with how to use this folder
      manifest.json                 sha256 of every file, WRITTEN LAST

Not covered: plain transformers knows neither of two things that SentiLoRA does with the same files.
It keeps only the head of a text over the limit (``pipeline(..., truncation=True)`` cuts at the
run's ``max_tokens``, which is the tokenizer's ``model_max_length``), not head and tail, nor
windows; and it does not calibrate logits (the card in the folder has the lines that do).
"""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError

from sentilora.errors import ConfigError, ModelError
from sentilora.export.card import write_card
from sentilora.export.parity import PARITY, Parity, compare, parity_texts
from sentilora.inference.scoring import score_texts
from sentilora.model.artifact import (
    PARTIAL,
    Artifact,
    load_classifier,
    open_artifact,
    save_artifact,
    seal_artifact,
)
from sentilora.model.tokens import TextEncoder
from sentilora.training.proof import Proof, prove_reload
from sentilora.training.run import check_space

TARGETS = ("merged",)
FOLDER = "exports"
PROOF_TEXTS = 64

_SLACK_BYTES = 50_000_000  # tokenizer, card, and what the disk needs besides


def export(run: str | Path, to: str = "merged", *, output: str | Path | None = None) -> Path:
    """Write a model as files to deploy.

    Args:
        run: a run folder, its ``model/``, or an export.
        to: ``merged``, a plain transformers folder.
        output: the folder to write; ``exports/<run name>-merged`` when None.

    Returns:
        The finished folder.

    Raises:
        ConfigError: there is no such target.
        ModelError: there is no such model, the output exists or cannot be written, or the export
            does not answer as the run does; nothing is left behind.
        RunError: the disk has no room, or the output's folder cannot be written.
    """
    if to not in TARGETS:
        raise ConfigError(f"There is no export to '{to}'. There is: {', '.join(TARGETS)}.")
    artifact = open_artifact(run)
    name = run_name(artifact)
    final = Path(output).expanduser() if output else Path(FOLDER) / f"{name}-{to}"
    if final.exists():
        raise ModelError(
            f"The folder {final} exists already. Choose another with --output DIR, or remove it: "
            f"rm -r {shlex.quote(str(final))}"
        )
    try:
        return _export_merged(artifact, name, final)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(
            f"The export {final} cannot be written: {reason}. "
            "Choose another folder with --output DIR."
        ) from error
    finally:  # after success there is none
        shutil.rmtree(final.with_name(final.name + PARTIAL), ignore_errors=True)


def run_name(artifact: Artifact) -> str:
    """Return the name of the run or export that a model folder belongs to."""
    folder = artifact.path.resolve()
    return folder.parent.name if folder.name == "model" else folder.name


def _export_merged(artifact: Artifact, name: str, final: Path) -> Path:
    texts = parity_texts()
    separate, tokenizer = load_classifier(artifact, merge=False)
    tokenizer.model_max_length = artifact.settings.rule.max_tokens
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    expected = _logits(separate, encoder, texts)
    merged, _ = load_classifier(artifact)
    check_space(final.parent, _bytes_of(merged) + _SLACK_BYTES)

    settings = replace(artifact.settings, kind="model")
    folder = save_artifact(merged, tokenizer, settings, final)
    parity = compare(expected, _logits(merged, encoder, texts))
    # Scored apart: logits are the same to the bit only in the same batches.
    proof_texts = texts[-PROOF_TEXTS:]
    proof = prove_reload(folder, proof_texts, _logits(merged, encoder, proof_texts))
    _write_parity(folder / PARITY, artifact, name, parity, proof)
    write_card(_run_file(artifact, "README.md"), folder / "README.md", artifact.settings)
    return seal_artifact(folder)


def _logits(model: Any, encoder: TextEncoder, texts: list[str]) -> np.ndarray:
    import torch

    return score_texts(model, encoder, texts, device=torch.device("cpu")).logits


def _bytes_of(model: Any) -> int:
    return sum(p.numel() * p.element_size() for p in model.parameters())


def _run_file(artifact: Artifact, name: str) -> Path | None:
    """Return a file that lies beside the model in its run, or in an export, if it is there."""
    folder = artifact.path.resolve()
    file = (folder.parent if folder.name == "model" else folder) / name
    return file if file.is_file() else None


def _write_parity(path: Path, artifact: Artifact, name: str, parity: Parity, proof: Proof) -> None:
    facts = {
        "format": 1,
        "to": "merged",
        "source": name,
        "run": _run_part(artifact),
        **parity.to_dict(),
        "proof": {
            "texts": proof.texts,
            "max_logit_difference": proof.max_logit_difference,
            "seconds": proof.seconds,
        },
    }
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _run_part(artifact: Artifact) -> dict[str, Any]:
    """Return what the run's report says about the training, for reports on the export."""
    for name in ("report.json", PARITY):
        file = _run_file(artifact, name)
        if file is not None:
            try:
                part: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["run"]
            except (ValueError, KeyError, TypeError) as error:
                raise ModelError(
                    f"{file} cannot be read: {error!r}. Copy it again, or remove it."
                ) from error
            return part
    return {"method": "lora"} if artifact.settings.kind == "adapter" else {}
