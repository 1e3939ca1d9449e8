"""``export``: a run becomes files to deploy, proved to answer as the run does.

``merged`` is a plain transformers folder: the adapter is folded into the encoder, the label names
stand in ``config.json``, and ``AutoModelForSequenceClassification``, ``AutoTokenizer`` and
``pipeline("text-classification")`` load it without SentiLoRA.

``onnx`` is the same network as one file, computed with ONNX Runtime; ``openvino`` is two files,
computed with OpenVINO; ``browser`` is a web page with the ONNX file. ``sentilora.load`` opens all
of them, and these three can be made int8 under an accuracy budget.

    exports/<run>-merged/
      config.json, model.safetensors, tokenizer.json, tokenizer_config.json
      labels.json, sentilora.json   as in a run's model/, with a kind of its own
      parity.json                   how far the answers are from the run's
      README.md                     the run's model card, with how to use this folder
      manifest.json                 sha256 of every file, WRITTEN LAST

Not covered: plain transformers knows neither of two things that SentiLoRA does with the same files.
It keeps only the head of a text over the limit, not head and tail, nor windows; and it does not
calibrate logits (the card in the folder has the lines that do).
"""

from __future__ import annotations

import shlex
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import torch
from safetensors import SafetensorError

from sentilora.data.labelled.learned_texts import LearnedTexts
from sentilora.data.labelled.scan import LabelledOptions
from sentilora.defaults import MAX_CHANGED, MAX_DISAGREEMENT, MAX_DROP
from sentilora.errors import ModelError
from sentilora.events import EventLog, Listener
from sentilora.exports.accuracy import judge_export, read_labelled
from sentilora.exports.browser_page import page_runtime, write_page
from sentilora.exports.export_card import write_card
from sentilora.exports.export_order import Order
from sentilora.exports.export_source import run_file, run_part, search_data
from sentilora.exports.first_stage_data import make_first_stage
from sentilora.exports.int8.int8_search import quantise
from sentilora.exports.parity import (
    PARITY,
    compare_logits,
    layers_of,
    measure_mates,
    parity_texts,
    read_parity,
)
from sentilora.exports.targets import KINDS, WRITERS, check_no_columns, check_targets
from sentilora.files import path_of, write_json
from sentilora.inference.engines.engine import Engine, TorchEngine, open_engine
from sentilora.inference.scoring import score_texts
from sentilora.message import setting
from sentilora.model.artifact import (
    BROWSER_FILE,
    PARTIAL,
    Artifact,
    load_classifier,
    new_artifact,
    open_artifact,
    save_artifact,
    save_texts,
    seal_artifact,
)
from sentilora.model.first_stage import FIRST_STAGE, load_first_stage
from sentilora.model.model_settings import ModelSettings
from sentilora.model.padding import computes_lengths_apart
from sentilora.model.tokens import TextEncoder
from sentilora.runs.disk import check_space
from sentilora.runs.proof import prove_reload

FOLDER = "exports"
PROOF_TEXTS = 64
CPU = torch.device("cpu")
_SLACK_BYTES = 50_000_000  # tokenizer, card, and what the disk needs besides
_WITH_INT8 = 3  # times the float32 weights: these, and an int8 file of each way


def export(
    run: str | Path,
    to: str = "merged",
    *,
    output: str | Path | None = None,
    quantize: str | None = None,
    max_drop: float = MAX_DROP,
    max_changed: float = MAX_CHANGED,
    cascade: bool = False,
    max_disagreement: float = MAX_DISAGREEMENT,
    data: Any = None,
    text: str | None = None,
    label: str | None = None,
    listener: Listener | None = None,
    runtime: str | Path | None = None,
    **reading: Unpack[LabelledOptions],
) -> Path:
    """Write a model as files to deploy.

    Args:
        run: path of a run folder, its ``model/``, or an export.
        to: target: ``merged``, a plain transformers folder, ``onnx``, one file for ONNX Runtime,
            ``openvino``, a model for OpenVINO, or ``browser``, a web page.
        output: the folder to write; ``exports/<run name>-<to>`` when None.
        quantize: ``int8`` for the fastest 8-bit way that keeps ``max_drop`` and beats float32, not
            for ``merged``; tried on the run's own data, which have to be where they were, or, of
            any other model, on half of ``data``, 2,000 rows at most. None for float32.
        max_drop: points of macro F1 that it may lose on the run's validation part, in ``[0, 100]``.
        max_changed: share of labels that it may change, of validation and training texts, in
            ``[0, 1]``.
        cascade: whether to add a first stage that answers easy texts before the network; fitted to
            the run's training texts, which have to be where they were.
        max_disagreement: share of texts that may get another label by it, in ``(0, 1)``.
        data: labelled file, folder (its ``test`` part), hub data set id, ``sample`` or rows in
            memory to judge the export on, beside the run; None to leave that out.
        text: column of ``data`` with the text; found by name when None.
        label: column of ``data`` with the label; found by name when None.
        listener: listener to the events ``phase`` (name, total), ``finished`` (folder), and ``way``
            (name, number, total) when a way to quantise is tried.
        runtime: folder that npm filled, from which a web page gets its libraries; when None, the
            page loads them from a CDN.
        reading: keywords that say how ``data`` is read: ``labels``, ``stars``, ``scale``,
            ``any_text``, ``skip_bad_rows``; ``encoding``, ``delimiter``, ``quoting``, ``header``,
            ``columns``, ``skip_lines``, ``sheet``, found out where they are left out.

    Returns:
        The finished folder.

    Raises:
        ConfigError: there is no such target or number format, a budget is out of range, an option
            does not go with the target or lacks ``data``, or ``runtime`` lacks a file.
        DataError: the data of the run cannot be read for ``cascade`` or ``quantize``, or ``data``
            cannot be read or have labels that the model does not know.
        MissingExtraError: the packages that the target needs are not installed.
        ModelError: there is no such model, the output exists or cannot be written, the export
            does not answer as the run does, or no way to quantise keeps the budget and is faster;
            nothing is left behind.
        RunError: the disk has no room, or the output's folder cannot be written.

    Example:
        >>> import sentilora
        >>> sentilora.export("general", to="merged", output="exports/general").name
        'general'
    """
    check_targets(to, quantize, max_drop, max_changed, max_disagreement)
    if data is None:
        check_no_columns(text, label, **reading)
    artifact = open_artifact(run)
    is_staged = cascade or (artifact.path / FIRST_STAGE).is_file()
    libraries = page_runtime(to, runtime, cascade=is_staged)
    name = artifact.name
    final = path_of(output) if output else Path(FOLDER) / f"{name}-{to}"
    if final.exists():
        raise ModelError(
            f"The folder {final} exists already. Choose another with {setting('output', 'DIR')}, "
            f"or remove it: rm -r {shlex.quote(str(final))}"
        )
    labelled = None
    if data is not None:
        rows = read_labelled(data, artifact.settings, text=text, label=label, **reading)
        labelled = rows, Path(rows.examples.source).name
    order = Order(
        to=to,
        final=final,
        max_drop=max_drop if quantize else None,
        max_changed=max_changed,
        max_disagreement=max_disagreement if cascade else None,
        labelled=labelled,
        libraries=libraries,
        log=EventLog(listener),
    )
    try:
        folder = _write(artifact, name, order)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelError(
            f"The export {final} cannot be written: {reason}. Choose another folder with "
            f"{setting('output', 'DIR')}."
        ) from error
    finally:  # after success there is none
        shutil.rmtree(final.with_name(final.name + PARTIAL), ignore_errors=True)
    order.log.emit("finished", folder=str(folder))
    return folder


def _write(artifact: Artifact, name: str, order: Order) -> Path:
    """Write, open again, compare_logits, prove, describe, and seal last."""
    parts, int8_data, labelled = search_data(artifact, order)
    texts = parity_texts()
    order.log.emit("phase", name="write and compare", total=None)
    separate, tokenizer = load_classifier(artifact, merge=False)
    tokenizer.model_max_length = artifact.settings.rule.max_tokens
    encoder = TextEncoder(tokenizer, artifact.settings.rule)
    plain = TorchEngine(separate, CPU)
    expected = _logits(plain, encoder, texts)
    settings = replace(
        artifact.settings, kind=KINDS[order.to], reads_padding=computes_lengths_apart(separate)
    )
    folder = _write_network(artifact, tokenizer, settings, order)
    engine = _open(folder)
    layers = layers_of(separate)
    compare = partial(compare_logits, expected, calibration=settings.calibration)
    parity = compare(_logits(engine, encoder, texts), layers=layers)
    quantised = None
    if int8_data is not None:
        assert order.max_drop is not None
        del engine  # it reads from the files that are replaced
        quantised = quantise(
            folder / WRITERS[order.to][1],
            settings,
            encoder,
            int8_data,
            max_drop=order.max_drop,
            max_changed=order.max_changed,
            log=order.log,
        )
        engine = _open(folder)
    if order.to == "browser":
        write_page(
            folder,
            name,
            BROWSER_FILE,
            settings=settings,
            engine=engine,
            encoder=encoder,
            runtime=order.libraries,
        )
    order.log.emit("phase", name="prove the reload", total=None)
    # Scored apart: logits are the same to the bit only in the same batches.
    proof = prove_reload(folder, texts[-PROOF_TEXTS:], engine, encoder)
    facts: dict[str, Any] = {"format": 1, "to": order.to, "source": name}
    facts |= {"run": run_part(artifact), **parity.to_dict(), "proof": proof.to_dict()}
    if quantised is not None:
        facts |= compare(_logits(engine, encoder, texts), layers=None).to_dict()
        facts["quantisation"] = {**quantised.to_dict(), "fp32_parity": parity.to_dict()}
    stage = load_first_stage(artifact.path)  # of an export that is exported again
    if stage is not None:
        facts["cascade"] = read_parity(artifact.path)["cascade"]
    if order.max_disagreement is not None:
        assert parts is not None
        stage, cascaded = make_first_stage(
            artifact, parts, engine, encoder, max_disagreement=order.max_disagreement
        )
        facts["cascade"] = cascaded.to_dict()
    if stage is not None:
        stage.save(folder)
    if labelled is not None:
        judged = judge_export(
            *labelled,
            settings,
            encoder,
            run=plain,
            export=engine,
            stage=stage,
            layers=layers if quantised is None else None,
            learned=LearnedTexts.read(artifact.home),
        )
        facts["labelled"] = judged.to_dict()
    mates = measure_mates(
        engine,
        encoder,
        texts[-PROOF_TEXTS:] if quantised is None else texts,
        tolerance=parity.tolerance if quantised is None else None,
    )
    facts["batch_mates"] = mates.to_dict()
    write_json(folder / PARITY, facts)
    write_card(run_file(artifact, "README.md"), folder / "README.md", settings, quantised, mates)
    return seal_artifact(folder)


def _write_network(
    artifact: Artifact, tokenizer: Any, settings: ModelSettings, order: Order
) -> Path:
    """Write the merged network in float32 into a new, unsealed folder."""
    merged, _ = load_classifier(artifact)
    times = 1 if order.max_drop is None else _WITH_INT8
    weights = sum(p.numel() * p.element_size() for p in merged.parameters())
    check_space(order.final.parent, times * weights + _SLACK_BYTES)
    if order.to not in WRITERS:
        return save_artifact(merged, tokenizer, settings, order.final)
    write, file = WRITERS[order.to]
    folder = new_artifact(order.final)
    (folder / file).parent.mkdir(exist_ok=True)
    write(merged, settings, folder / file)
    merged.config.save_pretrained(folder)
    save_texts(tokenizer, settings, folder)
    return folder


def _open(folder: Path) -> Engine:
    return open_engine(open_artifact(folder, is_sealed=False), device="cpu")[0]


def _logits(engine: Engine, encoder: TextEncoder, texts: list[str]) -> np.ndarray:
    return score_texts(engine, encoder, texts).logits
