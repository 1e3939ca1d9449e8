"""What a model is to learn: the rows that it learned from before, and what people corrected.

A model that is trained on corrections alone forgets what it knew, so the old rows come along. A
correction wins over an old row of the same text. Which corrections are held out is decided by
their texts alone: the same ones stay held out, however often a model is trained anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sentilora.data.files.table_files import write_batches
from sentilora.data.same_text import fold, hash_of
from sentilora.monitoring.corrections.corrected_texts import CorrectedText
from sentilora.monitoring.corrections.stored_corrections import Correction

if TYPE_CHECKING:
    from sentilora.data.labelled.examples import Examples, Parts

ORIGINAL, CORRECTED = "original", "correction"
TRAIN, HELD_OUT = "train", "held-out"
COLUMNS = (
    "part",
    "row",
    "origin",
    "id",
    "source",
    "label_before",
    "label",
    "corrected_by",
    "corrected_in",
    "corrected_at",
)
_PARTS_OF = 1000


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from, and corrections to compare the old and the new model on.

    Attributes:
        parts: rows of ``train``, ``validation`` and ``test``, each with ``text`` and ``label``.
        held_out: corrections that are not learned from, as such rows.
        origins: where each row of ``train`` and of ``held_out`` comes from, by :data:`COLUMNS`.
        notes: remarks for the user.
    """

    parts: Mapping[str, list[dict[str, str]]]
    held_out: list[dict[str, str]]
    origins: list[dict[str, Any]]
    notes: list[str] = field(default_factory=list)


def make_lesson(
    old: Parts,
    corrected: Sequence[CorrectedText],
    labels: Sequence[str],
    *,
    held_out_share: float,
    repeats: int,
) -> Lesson:
    """Put old rows and corrections together.

    Args:
        old: parts of the training before.
        corrected: each corrected text once.
        labels: labels of the model.
        held_out_share: share of the corrections that is held out, in ``[0, 1)``.
        repeats: how often each correction that is learned from stands among the rows.
    """
    measured = {hash_of(fold(text)) for part in (old.validation, old.test) for text in part.texts}
    known = [one for one in corrected if one.correction.after in labels]
    usable = [one for one in known if hash_of(fold(one.text)) not in measured]
    keys = {hash_of(fold(one.text)) for one in usable}
    is_replaced = np.isin(old.train.text_hashes(), np.array(sorted(keys), np.uint64))
    kept = list(_rows(old.train.select(np.flatnonzero(~is_replaced))))
    held = [one for one in usable if is_held_out(one.text, held_out_share)]
    learned = [one for one in usable if not is_held_out(one.text, held_out_share)]
    train = kept + [_row(one) for one in learned for _ in range(repeats)]
    origins = [_origin(TRAIN, place, row) for place, row in enumerate(kept, 1)]
    origins += [
        _origin(TRAIN, len(kept) + 1 + place * repeats + copy, _row(one), one.correction)
        for place, one in enumerate(learned)
        for copy in range(repeats)
    ]
    origins += [
        _origin(HELD_OUT, place, _row(one), one.correction) for place, one in enumerate(held, 1)
    ]
    parts = {
        "train": train,
        "validation": list(_rows(old.validation)),
        "test": list(_rows(old.test)),
    }
    notes = _notes(len(kept), int(is_replaced.sum()), learned, held)
    contradicted = sum(one.contradicted for one in corrected)
    for number, told in (
        (len(corrected) - len(known), "have labels that the model does not have: left out"),
        (len(known) - len(usable), "are of texts that the model is measured with: left out"),
        (contradicted, "were followed by other labels for the same text: the last one counts"),
    ):
        if number:
            notes.append(f"{number:,} corrections {told}")
    return Lesson(parts, [_row(one) for one in held], origins, notes)


def is_held_out(text: str, share: float) -> bool:
    """Whether a correction of a text is held out; the same for the same text, always."""
    return hash_of(f"held out {fold(text)}") % _PARTS_OF < share * _PARTS_OF


def write_origins(origins: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write where rows come from, as CSV.

    Raises:
        DataError: the file cannot be written.
    """
    import pyarrow as pa

    kinds = {name: pa.int64() if name == "row" else pa.string() for name in COLUMNS}
    schema = pa.schema(list(kinds.items()))
    with write_batches(path, schema, escape_formulas=True) as writer:
        writer.write(pa.RecordBatch.from_pylist([dict(one) for one in origins], schema=schema))


def _notes(
    kept: int, replaced: int, learned: Sequence[CorrectedText], held: Sequence[CorrectedText]
) -> list[str]:
    changed = sum(one.correction.is_change for one in learned)
    notes = [
        f"{kept:,} old rows and {len(learned):,} corrections to learn from, {changed:,} of these "
        f"with another label than the model's; {len(held):,} corrections held out"
    ]
    if replaced:
        notes.append(f"{replaced:,} old rows have a text that was corrected: the correction counts")
    return notes


def _rows(examples: Examples) -> Iterator[dict[str, str]]:
    names = examples.labels.names
    for text, label_id in zip(examples.texts, examples.label_ids, strict=True):
        yield {"text": text, "label": names[label_id]}


def _row(one: CorrectedText) -> dict[str, str]:
    return {"text": one.text, "label": one.correction.after}


def _origin(
    part: str, row: int, learned: Mapping[str, str], correction: Correction | None = None
) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(COLUMNS)
    told |= {"part": part, "row": row, "origin": ORIGINAL, "label": learned["label"]}
    if correction is not None:
        moment = dt.datetime.fromtimestamp(correction.at_ms / 1000, dt.UTC)
        told |= {
            "origin": CORRECTED,
            "id": correction.id,
            "source": correction.source,
            "label_before": correction.before,
            "corrected_by": correction.by,
            "corrected_in": correction.origin,
            "corrected_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        }
    return told
