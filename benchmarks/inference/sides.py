"""How each side turns texts into labels: peers as their documentation shows, and SentiLoRA.

Every peer gets texts in the order in which they come, in batches padded to their longest text, as
its documentation has it, except sentence-transformers, which sorts by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.inference.job import Job

Classify = Callable[[Sequence[str], int], list[str]]  # texts, rows in a batch -> labels
HEAD = "head.npz"
INT8_ONNX = "model_int8.onnx"


def open_side(job: Job) -> Classify:
    """Load what a side needs, and return what labels texts."""
    return OPENERS[job.kind](job)


def _sentilora(job: Job) -> Classify:
    import sentilora

    model = sentilora.load(job.folder, device="cpu", precision=job.precision)
    return lambda texts, _: [prediction.label for prediction in model.predict(list(texts))]


def _pipeline(job: Job) -> Classify:
    """Hugging Face ``pipeline``; batch 1 is its default."""
    from transformers import pipeline

    classify = pipeline("text-classification", model=str(job.folder), truncation=True, device="cpu")
    return lambda texts, rows: [answer["label"] for answer in classify(texts, batch_size=rows)]


def _sentence_transformers(job: Job) -> Classify:
    """The predict path of SetFit: sentence-transformers, then logistic regression on embeddings.

    The embeddings are those of the base, not of the trained model, so accuracy is another one.
    """
    from sentence_transformers import SentenceTransformer

    about = json.loads((job.folder / "about.json").read_text(encoding="utf-8"))
    model = SentenceTransformer(about["base"], device="cpu")
    with np.load(job.folder / HEAD) as head:
        weights, bias = head["weights"], head["bias"]

    def classify(texts: Sequence[str], rows: int) -> list[str]:
        vectors = model.encode(list(texts), batch_size=rows, show_progress_bar=False)
        scores = vectors @ weights.T + bias
        return [about["labels"][label_id] for label_id in scores.argmax(axis=1)]

    return classify


def _onnxruntime(job: Job) -> Classify:
    """ONNX Runtime with all its defaults on a file that it quantised dynamically."""
    import onnxruntime

    session = onnxruntime.InferenceSession(
        job.folder / INT8_ONNX, providers=["CPUExecutionProvider"]
    )
    return _batched(job, lambda inputs: session.run(["logits"], inputs)[0])


def _openvino(job: Job) -> Classify:
    """OpenVINO with all its defaults."""
    import openvino

    model = openvino.Core().compile_model(job.folder / "openvino_model.xml", "CPU")
    return _batched(job, lambda inputs: model(inputs)["logits"])


def _batched(job: Job, logits: Callable[[dict[str, Any]], np.ndarray]) -> Classify:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(job.folder))
    names = _label_names(job.folder)

    def classify(texts: Sequence[str], rows: int) -> list[str]:
        found: list[str] = []
        for start in range(0, len(texts), rows):
            encoded = tokenizer(
                list(texts[start : start + rows]),
                padding=True,
                truncation=True,
                max_length=job.max_tokens,
                return_tensors="np",
            )
            inputs = {
                name: encoded[name].astype(np.int64) for name in ("input_ids", "attention_mask")
            }
            found += [names[label_id] for label_id in logits(inputs).argmax(axis=1)]
        return found

    return classify


def _label_names(folder: Path) -> list[str]:
    about = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    return list(about["label2id"])


OPENERS: dict[str, Callable[[Job], Classify]] = {
    "sentilora": _sentilora,
    "pipeline": _pipeline,
    "sentence-transformers": _sentence_transformers,
    "onnxruntime": _onnxruntime,
    "openvino": _openvino,
}
