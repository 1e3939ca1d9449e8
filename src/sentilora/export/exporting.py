"""``export``: a run becomes files to deploy, proved to answer as the run does.

``merged`` is a plain transformers folder: the adapter is folded into the encoder, the label names
stand in ``config.json``, and ``AutoModelForSequenceClassification``, ``AutoTokenizer`` and
``pipeline("text-classification")`` load it without SentiLoRA. ``sentilora.load`` opens it too and
gives the run's predictions.

``onnx`` is the same network as one file ``model.onnx`` (see onnxfile.py), with the tokenizer beside
it; ``sentilora.load`` computes it with ONNX Runtime. ``openvino`` is ``openvino_model.xml`` and
``openvino_model.bin`` (see openvinofile.py), computed with OpenVINO.

    exports/<run>-merged/
      config.json, model.safetensors, tokenizer.json, tokenizer_config.json
      labels.json, sentilora.json   as in a run's model/, with a kind of its own
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
import torch
from safetensors import SafetensorError

from sentilora.errors import ConfigError, ModelError
from sentilora.export.card import write_card
from sentilora.export.cascading import MAX_DISAGREEMENT
from sentilora.export.onnxfile import write_onnx
from sentilora.export.openvinofile import write_openvino
from sentilora.export.parity import PARITY, Parity, compare, parity_texts
from sentilora.export.teaching import make_first_stage
from sentilora.inference.engines import Engine, TorchEngine, open_engine
from sentilora.inference.scoring import score_texts
from sentilora.model.artifact import (
    ONNX_FILE,
    OPENVINO_FILE,
    PARTIAL,
    Artifact,
    load_classifier,
    new_artifact,
    open_artifact,
    save_artifact,
    save_texts,
    seal_artifact,
)
from sentilora.model.settings import write_json
from sentilora.model.tokens import TextEncoder
from sentilora.training.proof import Proof, prove_reload
from sentilora.training.run import check_space

KINDS = {"merged": "model", "onnx": "onnx", "openvino": "openvino"}  # of the artifact, by target
WRITERS = {"onnx": (write_onnx, ONNX_FILE), "openvino": (write_openvino, OPENVINO_FILE)}
FOLDER = "exports"
PROOF_TEXTS = 64
CPU = torch.device("cpu")

_SLACK_BYTES = 50_000_000  # tokenizer, card, and what the disk needs besides


def export(
    run: str | Path,
    to: str = "merged",
    *,
    output: str | Path | None = None,
    cascade: bool = False,
    max_disagreement: float = MAX_DISAGREEMENT,
) -> Path:
    """Write a model as files to deploy.

    Args:
        run: a run folder, its ``model/``, or an export.
        to: ``merged``, a plain transformers folder, ``onnx``, one file for ONNX Runtime, or
            ``openvino``, a model for OpenVINO.
        output: the folder to write; ``exports/<run name>-<to>`` when None.
        cascade: add a first stage that answers easy texts before the network; fitted to the
            run's training texts, which have to be where they were.
        max_disagreement: share of texts that may get another label by it, in ``(0, 1)``.

    Returns:
        The finished folder.

    Raises:
        ConfigError: there is no such target, or ``max_disagreement`` is out of range.
        DataError: the data of the run cannot be read for the cascade.
        MissingExtraError: the packages that ``onnx`` or ``openvino`` needs are not installed.
        ModelError: there is no such model, the output exists or cannot be written, or the export
            does not answer as the run does; nothing is left behind.
        RunError: the disk has no room, or the output's folder cannot be written.
    """
    if to not in KINDS:
        raise ConfigError(f"There is no export to '{to}'. There is: {', '.join(KINDS)}.")
    if not 0 < max_disagreement < 1:
        raise ConfigError(
            f"--max-disagreement {max_disagreement:g} is no share of texts: expected a number "
            "between 0 and 1. Type for instance: --max-disagreement 0.01"
        )
    artifact = open_artifact(run)
    name = run_name(artifact)
    final = Path(output).expanduser() if output else Path(FOLDER) / f"{name}-{to}"
    if final.exists():
        raise ModelError(
            f"The folder {final} exists already. Choose another with --output DIR, or remove it: "
            f"rm -r {shlex.quote(str(final))}"
        )
    try:
        return _write(artifact, name, to, final, max_disagreement if cascade else None)
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


def _write(
    artifact: Artifact, name: str, to: str, final: Path, max_disagreement: float | None
) -> Path:
    """Write, open again, compare, prove, describe, and seal last."""
    staged = None
    if max_disagreement is not None:
        staged = make_first_stage(artifact, max_disagreement=max_disagreement)
    texts = parity_texts()
    separate, tokenizer = load_classifier(artifact, merge=False)
    tokenizer.model_max_length = artifact.settings.rule.max_tokens
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    expected = _logits(TorchEngine(separate, CPU), encoder, texts)
    merged, _ = load_classifier(artifact)
    check_space(final.parent, _bytes_of(merged) + _SLACK_BYTES)

    settings = replace(artifact.settings, kind=KINDS[to])
    if to in WRITERS:
        write, file = WRITERS[to]
        folder = new_artifact(final)
        write(merged, settings, folder / file)
        merged.config.save_pretrained(folder)
        save_texts(tokenizer, settings, folder)
    else:
        folder = save_artifact(merged, tokenizer, settings, final)
    engine, _ = open_engine(open_artifact(folder, is_sealed=False), device="cpu")
    parity = compare(expected, _logits(engine, encoder, texts))
    # Scored apart: logits are the same to the bit only in the same batches.
    proof = prove_reload(folder, texts[-PROOF_TEXTS:], engine, encoder)
    facts = _facts(artifact, name, to, parity, proof)
    if staged is not None:
        stage, cascaded = staged
        stage.save(folder)
        facts["cascade"] = cascaded.to_dict()
    write_json(folder / PARITY, facts)
    write_card(_run_file(artifact, "README.md"), folder / "README.md", settings)
    return seal_artifact(folder)


def _logits(engine: Engine, encoder: TextEncoder, texts: list[str]) -> np.ndarray:
    return score_texts(engine, encoder, texts).logits


def _bytes_of(model: Any) -> int:
    return sum(p.numel() * p.element_size() for p in model.parameters())


def _run_file(artifact: Artifact, name: str) -> Path | None:
    """Return a file that lies beside the model in its run, or in an export, if it is there."""
    folder = artifact.path.resolve()
    file = (folder.parent if folder.name == "model" else folder) / name
    return file if file.is_file() else None


def _facts(artifact: Artifact, name: str, to: str, parity: Parity, proof: Proof) -> dict[str, Any]:
    return {
        "format": 1,
        "to": to,
        "source": name,
        "run": _run_part(artifact),
        **parity.to_dict(),
        "proof": proof.to_dict(),
    }


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
