"""int8 under an accuracy budget: every known way is tried, measured, and the fastest good one kept.

A way is good if macro F1 on labelled texts falls by at most the budget, if it changes at most a
given share of labels of these and of more texts, and if it is faster than float32 of the same
target on this machine. Where none is, nothing is shipped, and the error says what each way lost.
The ways are in onnx_quantisers.py and openvino_quantisers.py.

Macro F1 alone may come out equal by luck: on n rows a label weighs 100 / n points, and changes for
the better and for the worse cancel out. Changed labels do not, and need no truth to be counted, so
that there are more texts for them; few texts are told as few (``Quantised.doubt``).

Speed is measured pairwise, one way beside float32, in turns in one process: what else the machine
does meets both alike, and no more than two models are in memory.

Not covered: texts of another kind, on which more may be lost. Of a run, most of the texts without
labels are those that it learned from, of which it is surer than of others.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sentilora.defaults import MAX_CHANGED, MAX_DROP
from sentilora.errors import ModelError
from sentilora.events import EventLog
from sentilora.exports.accuracy import Accuracy, check_numbers, judge
from sentilora.exports.first_stage_fit import CERTAINTY, upper_bound
from sentilora.exports.int8.int8_result import Quantised, Speeds, Tried, on_one_scale, refusal
from sentilora.exports.int8.int8_way import Way
from sentilora.exports.int8.onnx_quantisers import onnx_ways
from sentilora.exports.int8.openvino_quantisers import openvino_ways
from sentilora.inference.engines.device import pick_precision
from sentilora.inference.engines.engine import Engine
from sentilora.inference.engines.runtimes import RUNTIMES
from sentilora.inference.scoring import score_texts
from sentilora.model.model_settings import ModelSettings
from sentilora.model.tokens import TextEncoder

if TYPE_CHECKING:
    from sentilora.exports.int8.int8_data import Int8Data

CALIBRATION_TEXTS = 300  # NNCF's own default
CALIBRATION_TOKENS = 2**16  # reached first by long texts
SPEED_TEXTS = 200
SPEED_SECONDS = 2.0  # for one round of float32
ROUNDS = 5

WAYS = {"onnx": onnx_ways, "openvino": openvino_ways, "browser": onnx_ways}


Race = Callable[[Engine, Engine, TextEncoder, Sequence[str]], Speeds]


def quantise(
    file: Path,
    settings: ModelSettings,
    encoder: TextEncoder,
    data: Int8Data,
    *,
    max_drop: float = MAX_DROP,
    max_changed: float = MAX_CHANGED,
    log: EventLog | None = None,
    race: Race | None = None,
) -> Quantised:
    """Replace a float32 export by the fastest int8 one that keeps the budget.

    Args:
        file: the float32 file, ``model.onnx`` or ``openvino_model.xml`` with its weights beside it.
        settings: settings of the export; its kind says what computes the file.
        encoder: tokenizer of the export, with its text rule.
        data: texts to choose on; ranges are found on those without labels, where there are some.
        max_drop: largest loss in points of macro F1, 0 or more.
        max_changed: largest share of labels that may change, in ``[0, 1]``.
        log: log that is told when a way begins.
        race: function that measures speed; :func:`measure_speed` when None.

    Raises:
        DataError: there are no labelled texts.
        MissingExtraError: the packages that quantise are not installed.
        ModelError: no way keeps the budget and is faster than float32; says what each one lost.
    """
    log = log or EventLog()
    ways = WAYS[settings.kind](file, calibration_inputs(data.others or data.texts, encoder))
    track = _lay_track(file, settings, encoder, data)
    folder = file.parent / "int8.partial"
    tried = []
    try:
        for number, way in enumerate(ways, 1):
            log.emit("way", name=way.name, number=number, total=len(ways))
            tried.append(_attempt(way, folder / way.name / file.name, track, race or measure_speed))
        outcome = Quantised(
            rows=len(data.texts),
            source=data.source,
            changed_texts=len(track.texts),
            max_drop=max_drop,
            max_changed=max_changed,
            speed_texts=len(track.raced),
            fp32=track.before,
            fp32_bytes=size_of(file),
            ways=on_one_scale(tried),
        )
        if outcome.best is None:
            raise ModelError(refusal(outcome))
        shipped = folder / outcome.best.name / file.name
        bf16 = _race_in_bf16({"fp32": file, "int8": shipped}, track, race or measure_speed)
        del track  # its engine reads from the files that are replaced now
        for one in files_of(shipped):
            one.replace(file.parent / one.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if bf16 is not None and outcome.best.speeds is not None:
        scale = outcome.best.speeds.fp32
        bf16 = {name: speeds.beside(scale) for name, speeds in bf16.items()}
    return replace(outcome, chosen=outcome.best.name, bf16=bf16)


@dataclass(frozen=True)
class _Track:
    """What every way is measured on, and the float32 model that it is measured against."""

    settings: ModelSettings
    encoder: TextEncoder
    texts: list[str]  # those with labels first
    label_ids: NDArray[np.int64]
    fp32: Engine
    logits: NDArray[np.float32]
    before: Accuracy
    raced: list[str]


def _lay_track(file: Path, settings: ModelSettings, encoder: TextEncoder, data: Int8Data) -> _Track:
    texts = data.texts + data.others
    fp32 = _open(settings, file)
    logits = score_texts(fp32, encoder, texts).logits
    before = judge(logits[: len(data.texts)], data.label_ids, settings)
    raced = data.texts[: _affordable(fp32, encoder, data.texts)]
    return _Track(settings, encoder, texts, data.label_ids, fp32, logits, before, raced)


def _attempt(way: Way, target: Path, track: _Track, race: Race) -> Tried:
    target.parent.mkdir(parents=True)
    try:
        way.write(target)
        engine = _open(track.settings, target)
        found = check_numbers(score_texts(engine, track.encoder, track.texts).logits)
        after = judge(found[: len(track.label_ids)], track.label_ids, track.settings)
    except ModelError as error:
        return Tried(way.name, problem=str(error))
    changed = int((found.argmax(axis=1) != track.logits.argmax(axis=1)).sum())
    return Tried(
        name=way.name,
        bytes=size_of(target),
        accuracy=after,
        drop=100 * (track.before.macro_f1 - after.macro_f1),
        flipped_share=changed / len(found),
        flipped_bound=upper_bound(changed, len(found), CERTAINTY),
        speeds=race(track.fp32, engine, track.encoder, track.raced),
    )


def _race_in_bf16(files: Mapping[str, Path], track: _Track, race: Race) -> dict[str, Speeds] | None:
    """Measure what bfloat16 gives, where the CPU multiplies it and the runtime can use it."""
    kind = track.settings.kind
    picked = pick_precision("auto", track.fp32.device)
    if picked == "fp32" or picked not in RUNTIMES[kind][1][0].precisions:
        return None
    return {
        name: race(track.fp32, _open(track.settings, file, picked), track.encoder, track.raced)
        for name, file in files.items()
    }


def calibration_inputs(
    texts: Sequence[str], encoder: TextEncoder
) -> list[Mapping[str, NDArray[np.int64]]]:
    """Return some texts as inputs ``(1, T)`` int64, without padding."""
    windows = encoder.encode(texts[:CALIBRATION_TEXTS]).windows
    found: list[Mapping[str, NDArray[np.int64]]] = []
    tokens = 0
    for window in (one[0] for one in windows):
        tokens += len(window)
        if found and tokens > CALIBRATION_TOKENS:
            break
        ids = np.array([window], dtype=np.int64)
        found.append({"input_ids": ids, "attention_mask": np.ones_like(ids)})
    return found


def measure_speed(fp32: Engine, way: Engine, encoder: TextEncoder, texts: Sequence[str]) -> Speeds:
    """Let two models answer the same texts in turns, after one round that is not counted."""
    engines = (fp32, way)
    seconds = np.empty((ROUNDS + 1, 2))
    for number in range(ROUNDS + 1):
        for index in (0, 1) if number % 2 else (1, 0):
            seconds[number, index] = _seconds(engines[index], encoder, texts)
    counted = seconds[1:]
    before, after = (len(texts) / np.median(counted, axis=0)).tolist()
    return Speeds(before, after, float(np.median(counted[:, 0] / counted[:, 1])))


def files_of(file: Path) -> list[Path]:
    """Return the file, and the weights beside it where they are a file of their own."""
    return [one for one in (file, file.with_suffix(".bin")) if one.is_file()]


def size_of(file: Path) -> int:
    """Return the bytes of the file, and of the weights beside it."""
    return sum(one.stat().st_size for one in files_of(file))


def _open(settings: ModelSettings, file: Path, precision: str = "fp32") -> Engine:
    return RUNTIMES[settings.kind][1][0](file, precision, reads_padding=settings.reads_padding)


def _seconds(engine: Engine, encoder: TextEncoder, texts: Sequence[str]) -> float:
    started = time.perf_counter()
    score_texts(engine, encoder, texts)
    return time.perf_counter() - started


def _affordable(engine: Engine, encoder: TextEncoder, texts: Sequence[str]) -> int:
    """Return how many texts the engine answers in one round's time."""
    few = texts[:16]
    rate = len(few) / max(_seconds(engine, encoder, few), 1e-6)
    return max(len(few), min(int(rate * SPEED_SECONDS), SPEED_TEXTS, len(texts)))
