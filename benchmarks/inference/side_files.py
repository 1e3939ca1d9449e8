"""The files that the sides open, made once from a run and kept in a work folder."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import sentilora
from benchmarks.inference.job import Job
from benchmarks.inference.sides import HEAD, INT8_ONNX
from sentilora.data.labelled.stratification import thin
from sentilora.errors import ModelError
from sentilora.exports.first_stage_data import read_run_parts
from sentilora.model.artifact import Artifact, base_of, open_artifact

DEFAULT = "pipeline, batch 1"
OURS = "SentiLoRA"
REFERENCE = f"{OURS}, torch fp32"
HEAD_ROWS = 2000  # train rows that the head of sentence-transformers is fitted to
CALIBRATION_ROWS = 300  # NNCF's default
SEED = 13


def prepare(
    run: str, work: Path, *, sides: list[str], max_drop: float, max_disagreement: float
) -> list[Job]:
    """Write what is not there yet, and return the sides, peers first.

    A side that the project refuses, as its budget cannot be kept, is left out with the reason.

    Args:
        run: a finished run with its data in place.
        work: folder of its own for this run.
        sides: parts of names; only sides that have one of them, all where there is none.
        max_drop: budget of SentiLoRA's int8 export, in points of macro F1.
        max_disagreement: share of labels that the cascade may change.
    """
    artifact = open_artifact(run)
    limit = artifact.settings.rule.max_tokens
    work.mkdir(parents=True, exist_ok=True)

    def export(name: str, to: str, **options: Any) -> Path:
        folder = work / name
        return folder if folder.exists() else sentilora.export(run, to, output=folder, **options)

    def onnx_int8() -> Path:
        return _onnx_int8(export("onnx", "onnx"), work / "peer-onnx-int8")

    def nncf_int8() -> Path:
        return _nncf_int8(artifact, export("openvino", "openvino"), work / "peer-openvino-int8")

    def setfit() -> Path:
        return _head(artifact, work / "peer-sentence-transformers")

    def ours(folder: Path, precision: str = "auto") -> Job:
        return Job("", "sentilora", folder, precision)

    budget = {"quantize": "int8", "max_drop": max_drop}
    cascade = {"cascade": True, "max_disagreement": max_disagreement}
    makers: dict[str, Callable[[], Job]] = {
        DEFAULT: lambda: Job("", "pipeline", export("merged", "merged"), batch_rows=1),
        "pipeline, its best batch": lambda: Job("", "pipeline", export("merged", "merged")),
        "sentence-transformers + LR": lambda: Job("", "sentence-transformers", setfit()),
        "ONNX Runtime int8": lambda: Job("", "onnxruntime", onnx_int8(), max_tokens=limit),
        "OpenVINO int8 (NNCF)": lambda: Job("", "openvino", nncf_int8(), max_tokens=limit),
        REFERENCE: lambda: ours(Path(run), "fp32"),
        f"{OURS}, torch auto": lambda: ours(Path(run)),
        f"{OURS}, openvino fp32": lambda: ours(export("openvino", "openvino"), "fp32"),
        f"{OURS}, openvino auto": lambda: ours(export("openvino", "openvino")),
        f"{OURS}, openvino int8": lambda: ours(export("openvino-int8", "openvino", **budget)),
        f"{OURS}, onnx int8": lambda: ours(export("onnx-int8", "onnx", **budget)),
        f"{OURS}, cascade with torch": lambda: ours(export("cascade", "merged", **cascade)),
        f"{OURS}, cascade with openvino": lambda: ours(
            export("cascade-openvino", "openvino", **cascade)
        ),
    }
    jobs = []
    for name, make in makers.items():
        if sides and not any(part in name for part in sides):
            continue
        try:
            jobs.append(replace(make(), side=name))
        except ModelError as error:
            print(f"{name}: left out. {error}", file=sys.stderr)
    return jobs


def _head(artifact: Artifact, folder: Path) -> Path:
    """Fit a logistic regression to sentence embeddings of the base."""
    if folder.exists():
        return folder
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression

    train = read_run_parts(artifact).train
    train = train.select(thin(train.label_ids, min(HEAD_ROWS, len(train)), SEED))
    base = base_of(artifact).source
    vectors = SentenceTransformer(base, device="cpu").encode(
        list(train.texts), show_progress_bar=False
    )
    fitted = LogisticRegression(max_iter=1000).fit(vectors, train.label_ids)
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    folder.mkdir()
    np.savez(folder / HEAD, weights=weights.astype(np.float32), bias=bias.astype(np.float32))
    about = {"base": base, "labels": list(train.labels.names)}
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def _onnx_int8(source: Path, folder: Path) -> Path:
    """Quantise as ONNX Runtime's documentation shows: ``quantize_dynamic`` with its defaults.

    The shapes that torch's exporter noted are taken out first: with them it stops at the
    classifier, whose weights it turns over.
    """
    if folder.exists():
        return folder
    import onnx
    from onnxruntime.quantization import quantize_dynamic

    partial = folder.with_name(folder.name + ".partial")
    shutil.copytree(source, partial, dirs_exist_ok=True)
    plain = onnx.load(source / "model.onnx")
    del plain.graph.value_info[:]
    quantize_dynamic(plain, partial / INT8_ONNX)
    (partial / "model.onnx").unlink()
    return partial.rename(folder)


def _nncf_int8(artifact: Artifact, source: Path, folder: Path) -> Path:
    """Quantise as OpenVINO's documentation shows for transformers: 300 texts of train, NNCF."""
    if folder.exists():
        return folder
    import nncf
    import openvino
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(source))
    train = read_run_parts(artifact).train
    chosen = thin(train.label_ids, min(CALIBRATION_ROWS, len(train)), SEED)
    limit = artifact.settings.rule.max_tokens

    def encode(text: str) -> dict[str, Any]:
        encoded = tokenizer(text, truncation=True, max_length=limit, return_tensors="np")
        return {name: encoded[name] for name in ("input_ids", "attention_mask")}

    quantised = nncf.quantize(
        openvino.Core().read_model(source / "openvino_model.xml"),
        nncf.Dataset([train.texts[row] for row in chosen.tolist()], encode),
        model_type=nncf.ModelType.TRANSFORMER,
    )
    partial = folder.with_name(folder.name + ".partial")
    shutil.copytree(source, partial, dirs_exist_ok=True)
    openvino.save_model(quantised, partial / "openvino_model.xml", compress_to_fp16=False)
    return partial.rename(folder)
